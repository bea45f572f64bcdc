/* bench_corpus: watch lists and corpora, the same for everybody, at the speed of the disk.
 *
 *   bench_corpus list COUNT                       a watch list, one address a line
 *   bench_corpus lines|csv|ndjson|ftm BYTES COUNT a corpus of at least BYTES; COUNT listed
 * addresses of that list are planted among 1e5 times as many
 *
 * To stdout. The addresses of a corpus are drawn from a pool of a million that has nothing in
 * common with the list: real traffic repeats itself as well, and a pool keeps the generator faster
 * than what is measured with it. One place of an address in 100,000 holds a listed one.
 */
#include <string.h>

#include "bench.h"
#include "samples.h"

enum {
    LIST_SEED = 1,
    POOL_SEED = 2,
    DRAW_SEED = 3,
    POOL_COUNT = 1000000,
    PLACES_PER_HIT = 100000,
    RECORD_MAX = 4096,
    SHORT_MAX = 128, /* no family of the mix writes more */
    STDOUT_BYTES = 1 << 20,
};

struct corpus {
    char *pool;      /* POOL_COUNT texts of SHORT_MAX bytes, NUL-terminated */
    uint64_t listed; /* size of the list that hits are taken from */
    uint64_t places; /* addresses written so far */
    uint64_t records;
};

static void die(const char *what)
{
    bench_die("bench_corpus", what);
}

static char *make_pool(void)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    char *pool = malloc((size_t)POOL_COUNT * SHORT_MAX);
    if (pool == NULL) {
        die("out of memory");
        return NULL;
    }
    for (size_t i = 0; i < POOL_COUNT; i++) {
        const size_t len = bench_mixed(POOL_SEED, i, text);
        if (len >= SHORT_MAX) {
            die("an address of the mix is too long for the pool");
        }
        memcpy(pool + i * SHORT_MAX, text, len + 1);
    }
    return pool;
}

/* The next address: one in PLACES_PER_HIT is a listed one. `ret` holds CW_ADDRESS_TEXT_BYTES. */
static const char *next_address(struct corpus *corpus, char *ret)
{
    const uint64_t place = corpus->places++;
    const uint64_t drawn = bench_random(DRAW_SEED, place);
    if (place % PLACES_PER_HIT == PLACES_PER_HIT / 2) {
        (void)bench_mixed(LIST_SEED, drawn % corpus->listed, ret);
        return ret;
    }
    return corpus->pool + (size_t)(drawn % POOL_COUNT) * SHORT_MAX;
}

typedef int record_fn(struct corpus *corpus, char ret[static RECORD_MAX]);

static int write_line(struct corpus *corpus, char ret[static RECORD_MAX])
{
    char text[CW_ADDRESS_TEXT_BYTES];
    return snprintf(ret, RECORD_MAX, "%s\n", next_address(corpus, text));
}

/* A token transfer as explorers and data warehouses export it. */
static int write_csv(struct corpus *corpus, char ret[static RECORD_MAX])
{
    char from[CW_ADDRESS_TEXT_BYTES];
    char to[CW_ADDRESS_TEXT_BYTES];
    const char *sender = next_address(corpus, from);
    const char *receiver = next_address(corpus, to);
    const uint64_t n = corpus->records;
    const uint64_t a = bench_random(4, n);
    const uint64_t b = bench_random(5, n);
    return snprintf(
        ret, RECORD_MAX,
        "%llu,2026-01-%02u %02u:%02u:%02u UTC,0x%016llx%016llx%016llx%016llx,%u,%s,%s,%llu.%06u\n",
        (unsigned long long)(21000000 + n / 200), (unsigned)(n / 2000000 % 28 + 1),
        (unsigned)(a % 24), (unsigned)(a >> 8) % 60, (unsigned)(a >> 16) % 60,
        (unsigned long long)a, (unsigned long long)b, (unsigned long long)(a ^ b << 1),
        (unsigned long long)(b ^ a << 1), (unsigned)(n % 200), sender, receiver,
        (unsigned long long)(b % 1000000), (unsigned)(a % 1000000));
}

/* A line of a service's log. */
static int write_ndjson(struct corpus *corpus, char ret[static RECORD_MAX])
{
    char to[CW_ADDRESS_TEXT_BYTES];
    const uint64_t n = corpus->records;
    const uint64_t a = bench_random(6, n);
    return snprintf(
        ret, RECORD_MAX,
        "{\"time\":\"2026-01-%02uT%02u:%02u:%02u.%03uZ\",\"level\":\"info\",\"service\":"
        "\"withdrawals\",\"request\":\"%08x-%04x-4%03x\",\"account\":\"acct_%012llx\","
        "\"amount\":\"%u.%08u\",\"to\":\"%s\",\"status\":\"accepted\",\"ms\":%u}\n",
        (unsigned)(n / 1000000 % 28 + 1), (unsigned)(a % 24), (unsigned)(a >> 8) % 60,
        (unsigned)(a >> 16) % 60, (unsigned)(a >> 24) % 1000, (unsigned)(a >> 32),
        (unsigned)(a & 0xffffu), (unsigned)(a >> 20 & 0xfffu),
        (unsigned long long)(a & 0xffffffffffffu), (unsigned)(a >> 40) % 100,
        (unsigned)(a >> 12) % 100000000, next_address(corpus, to), (unsigned)(a >> 50) % 900);
}

/* An entity of a FollowTheMoney export: one in fifty is a wallet, the rest are people and firms. */
static int write_ftm(struct corpus *corpus, char ret[static RECORD_MAX])
{
    char key[CW_ADDRESS_TEXT_BYTES];
    const uint64_t n = corpus->records;
    const uint64_t a = bench_random(8, n);
    if (n % 50 == 0) {
        return snprintf(
            ret, RECORD_MAX,
            "{\"id\":\"w-%016llx\",\"caption\":\"wallet\",\"schema\":\"CryptoWallet\","
            "\"referents\":[],\"datasets\":[\"bench\"],\"first_seen\":\"2026-01-02T03:04:05\","
            "\"target\":true,\"properties\":{\"publicKey\":[\"%s\"],\"topics\":"
            "[\"sanction\"],\"holder\":[\"p-%08x\"]}}\n",
            (unsigned long long)a, next_address(corpus, key), (unsigned)(a >> 32));
    }
    return snprintf(ret, RECORD_MAX,
                    "{\"id\":\"p-%016llx\",\"caption\":\"Person %u\",\"schema\":\"Person\","
                    "\"referents\":[\"r-%08x\",\"r-%08x\"],\"datasets\":[\"bench\"],\"first_seen\":"
                    "\"2026-01-02T03:04:05\",\"last_seen\":\"2026-02-03T04:05:06\",\"target\":%s,"
                    "\"properties\":{\"name\":[\"Person %u\",\"P. %u\"],\"country\":[\"zz\"],"
                    "\"birthDate\":[\"19%02u-%02u-%02u\"],\"notes\":[\"Made up for a measurement: "
                    "%016llx. No such person is meant.\"]}}\n",
                    (unsigned long long)a, (unsigned)n, (unsigned)(a & 0xffffffffu),
                    (unsigned)(a >> 32), a % 2 == 0 ? "true" : "false", (unsigned)n,
                    (unsigned)(n % 9973), (unsigned)(a % 100), (unsigned)(a >> 8) % 12 + 1,
                    (unsigned)(a >> 16) % 28 + 1, (unsigned long long)~a);
}

static void write_list(uint64_t count)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    for (uint64_t n = 0; n < count; n++) {
        const size_t len = bench_mixed(LIST_SEED, n, text);
        text[len] = '\n';
        if (fwrite(text, 1, len + 1, stdout) != len + 1) {
            die("cannot write");
        }
    }
}

static void write_corpus(record_fn *write_record, uint64_t bytes, uint64_t listed)
{
    char record[RECORD_MAX];
    struct corpus corpus = {.pool = make_pool(), .listed = listed};
    for (uint64_t written = 0; written < bytes; corpus.records++) {
        const int len = write_record(&corpus, record);
        if (len <= 0 || len >= RECORD_MAX ||
            fwrite(record, 1, (size_t)len, stdout) != (size_t)len) {
            die("cannot write");
        }
        written += (uint64_t)len;
    }
    free(corpus.pool);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        record_fn *write_record;
    } forms[] = {
        {"lines", write_line}, {"csv", write_csv}, {"ndjson", write_ndjson}, {"ftm", write_ftm}};
    const uint64_t first = argc >= 3 ? bench_size(argv[2]) : 0;
    const uint64_t listed = argc >= 4 ? bench_size(argv[3]) : 0;
    (void)setvbuf(stdout, NULL, _IOFBF, STDOUT_BYTES);
    if (argc == 3 && strcmp(argv[1], "list") == 0 && first > 0) {
        write_list(first);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (argc == 4 && strcmp(argv[1], forms[i].name) == 0 && first > 0 && listed > 0) {
            write_corpus(forms[i].write_record, first, listed);
            return fflush(stdout) == 0 ? 0 : 1;
        }
    }
    die("usage: list COUNT | lines|csv|ndjson|ftm BYTES COUNT");
    return 64;
}
