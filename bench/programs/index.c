/* bench_index: builds an index of N addresses from decoded keys and asks it, with a clock.
 *
 *   bench_index N [FILE]
 *
 * The same N gives the same addresses in every run: half EVM, a quarter P2PKH, a quarter P2WPKH,
 * from a counter through SplitMix64. Prints one line a measurement: name, value, unit.
 */
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "address/codec.h"
#include "crypto/hash.h"
#include "index/builder.h"

enum { ASKED = 1 << 16, ROUNDS = 16 };

/* Processor time: what a neighbour on the same machine does not change. */
static double now_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

/* The text of address number n, without its checksums where there are any in base58: the builder
 * gets decoded keys, whose text it only stores. */
static void make(uint64_t n, struct cw_address *ret)
{
    uint8_t bytes[24];
    char text[64];
    for (size_t i = 0; i < sizeof(bytes); i += 8) {
        const uint64_t word = mix(n * 3 + i / 8);
        memcpy(bytes + i, &word, 8);
    }
    memset(ret, 0, offsetof(struct cw_address, bytes));
    const bool is_evm = n % 2 == 0;
    const struct cw_found found = {
        .chain = is_evm ? CW_CHAIN_EVM : CW_CHAIN_BITCOIN,
        .kind = is_evm ? CW_KIND_ACCOUNT : (n % 4 == 1 ? CW_KIND_P2PKH : CW_KIND_P2WPKH),
        .payload = cw_span_make(bytes, 20),
    };
    (void)cw_found_add(ret, &found);
    ret->readings[0].is_narrowed = true;
    static const char digits[] = "0123456789abcdef";
    text[0] = is_evm ? '0' : '1';
    text[1] = is_evm ? 'x' : '1';
    for (size_t i = 0; i < 20; i++) {
        text[2 + 2 * i] = digits[bytes[i] >> 4];
        text[3 + 2 * i] = digits[bytes[i] & 15];
    }
    memcpy(ret->source, text, 42);
    ret->source[42] = '\0';
}

static void say(const char *name, double value, const char *unit)
{
    (void)printf("%-28s %12.3f %s\n", name, value, unit);
}

static void die(const struct cw_error *err)
{
    (void)fprintf(stderr, "bench_index: %s\n", err->text);
    exit(1);
}

static void build(const char *path, uint64_t count)
{
    static const uint8_t basis[32] = {1};
    static const struct cw_index_episode episode = {.from_s = 1795144503};
    struct cw_error err = {0};
    struct cw_index_builder *builder = NULL;
    uint32_t source = 0;
    const struct cw_index_options options = {.path = path, .generation = 1, .basis = basis};
    const struct cw_index_source feed = {.id = CW_SPAN("bench"), .relations = UINT32_MAX};
    if (cw_index_builder_new(&options, &builder, &err) != CW_OK ||
        cw_index_builder_source(builder, &feed, &source, &err) != CW_OK) {
        die(&err);
    }
    double making_s = 0;
    const double start_s = now_s();
    struct cw_address *made = malloc(1024 * sizeof(*made));
    for (uint64_t n = 0; n < count; n++) {
        if (n % 1024 == 0) {
            const double before_s = now_s();
            for (uint64_t i = 0; i < 1024; i++) {
                make(n + i, &made[i]);
            }
            making_s += now_s() - before_s;
        }
        const struct cw_address *address = &made[n % 1024];
        char canonical[CW_CANONICAL_BYTES];
        cw_address_canonical(address, canonical);
        const struct cw_index_listing listing = {
            .source = source,
            .value = cw_address_source(address),
            .canonical = cw_span_cstr(canonical),
            .entry_id = cw_span_cstr(canonical),
            .episodes = &episode,
            .episodes_count = 1,
            .is_active = true,
        };
        if (cw_index_builder_decoded(builder, &listing, address, &err) != CW_OK) {
            die(&err);
        }
    }
    free(made);
    const double added_s = now_s();
    if (cw_index_builder_finish(builder, &err) != CW_OK) {
        die(&err);
    }
    const double done_s = now_s();
    cw_index_builder_free(builder);
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    const double total_s = done_s - start_s - making_s;
    say("build, addresses a second", (double)count / total_s / 1e6, "M/s");
    say("build, adding", added_s - start_s - making_s, "s");
    say("build, sorting and writing", done_s - added_s, "s");
    say("build, peak memory", (double)usage.ru_maxrss / 1024, "MiB");
}

static enum cw_status count_told(void *ctx, const struct cw_index_item *item,
                                 enum cw_relation relation, struct cw_error *err)
{
    (void)item;
    (void)relation;
    (void)err;
    *(uint64_t *)ctx += 1;
    return CW_OK;
}

static void ask(const struct cw_index *index, const char *name, uint64_t from, uint64_t count)
{
    struct cw_address *asked = malloc(ASKED * sizeof(*asked));
    struct cw_error err = {0};
    uint64_t told = 0;
    uint64_t held = 0;
    char text[64];
    for (uint64_t i = 0; i < ASKED; i++) {
        make(from + mix(i) % count, &asked[i]);
    }
    double best_s = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        const double start_s = now_s();
        for (uint64_t i = 0; i < ASKED; i++) {
            held += cw_index_may_hold(index, &asked[i]) ? 1 : 0;
        }
        const double took_s = now_s() - start_s;
        best_s = took_s < best_s ? took_s : best_s;
    }
    (void)snprintf(text, sizeof(text), "may hold, %s", name);
    say(text, ASKED / best_s / 1e6, "M/s");
    const double start_s = now_s();
    for (uint64_t i = 0; i < ASKED; i++) {
        if (cw_index_find(index, &asked[i], count_told, &told, &err) != CW_OK) {
            die(&err);
        }
    }
    (void)snprintf(text, sizeof(text), "find, %s", name);
    say(text, ASKED / (now_s() - start_s) / 1e6, "M/s");
    say("  told", (double)told / ASKED, "each");
    say("  held", (double)held / ASKED / ROUNDS, "each");
    free(asked);
}

int main(int argc, char **argv)
{
    struct cw_error err = {0};
    struct cw_index *index = NULL;
    const char *path = argc > 2 ? argv[2] : "/tmp/bench.cwindex";
    uint64_t count = 0;
    if (argc < 2 || !cw_span_to_u64(cw_span_cstr(argv[1]), 1u << 30, &count) || count == 0) {
        (void)fprintf(stderr, "usage: bench_index N [FILE]\n");
        return 64;
    }
    if (cw_hash_selftest(&err) != CW_OK) {
        die(&err);
    }
    build(path, count);
    double start_s = now_s();
    if (cw_index_open(path, &index, &err) != CW_OK) {
        die(&err);
    }
    say("open", (now_s() - start_s) * 1e6, "us");
    say("file, bytes an address", (double)cw_index_bytes(index) / (double)count, "");
    start_s = now_s();
    if (cw_index_verify(index, &err) != CW_OK) {
        die(&err);
    }
    say("verify", now_s() - start_s, "s");
    ask(index, "listed", 0, count);
    ask(index, "unlisted", count * 8, count);
    cw_index_close(index);
    (void)unlink(path);
    return 0;
}
