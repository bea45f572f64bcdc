/* ask_index: asks the index that `cryptowatch scan` published, as a payment gate would.
 *
 *   ask_index FOLDER ADDRESS...       each address: who lists it, and the verdict
 *   ask_index FOLDER - < DOCUMENT     screens standard input: one line for each hit
 *
 * FOLDER is `state/index` of the installation. Ends with the gravest of 10 listed, 20 cannot say,
 * 11 related, 0 clear; 64 for wrong usage. A long-running program reloads after each scan, or every
 * minute: readers keep what they have taken until they let it go. */
#include <cryptowatch.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { USAGE = 64, READ_BYTES = 65536 };

static int graver(int a, int b)
{
    static const int order[] = {CRYPTOWATCH_LISTED, CRYPTOWATCH_CANNOT_SAY, CRYPTOWATCH_RELATED};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return CRYPTOWATCH_CLEAR;
}

static int print_match(void *ctx, const struct cryptowatch_match *match)
{
    (void)ctx;
    printf("  %s %s %.*s as %.*s\n",
           cryptowatch_relation_name((enum cryptowatch_relation)match->relation),
           match->is_case ? "case" : "list", (int)match->source_id_len, match->source_id,
           (int)match->value_len, match->value);
    return 0;
}

static struct cryptowatch_ask asking(void)
{
    struct cryptowatch_ask ask;
    memset(&ask, 0, sizeof(ask));
    ask.size = sizeof(ask);
    ask.now_s = (int64_t)time(NULL);
    ask.on_match = print_match;
    return ask;
}

/* What is printed never holds the text of a question that does not decode: it could be a secret. */
static int ask_one(const struct cryptowatch_index *index, const char *text)
{
    const struct cryptowatch_ask ask = asking();
    enum cryptowatch_why why;
    const enum cryptowatch_verdict verdict =
        cryptowatch_index_find_text(index, text, strlen(text), &ask, &why);
    printf("%s\n", cryptowatch_verdict_name(verdict));
    if (why == CRYPTOWATCH_WHY_DATA) {
        printf("  a list is stale, failed, held or missing: run cryptowatch scan\n");
    }
    return verdict;
}

struct screened {
    const struct cryptowatch_index *index;
    int worst;
};

static int print_hit(void *ctx, const struct cryptowatch_hit *hit)
{
    struct screened *screened = ctx;
    const struct cryptowatch_ask ask = asking();
    printf("%llu: %s %.*s\n", (unsigned long long)hit->line,
           cryptowatch_verdict_name((enum cryptowatch_verdict)hit->verdict), (int)hit->text_len,
           hit->text);
    (void)!cryptowatch_index_find(screened->index, hit->address, &ask, NULL);
    screened->worst = graver(screened->worst, (int)hit->verdict);
    return 0;
}

/* Whether every list is there and fresh: only then does "no hit" mean "clear". */
static int is_complete(const struct cryptowatch_index *index)
{
    struct cryptowatch_index_info info;
    memset(&info, 0, sizeof(info));
    info.size = sizeof(info);
    return cryptowatch_index_info(index, &info) == CRYPTOWATCH_INDEX_OK &&
           (int64_t)time(NULL) <= info.fresh_until_s;
}

static int screen_stdin(struct cryptowatch_index *index)
{
    static char bytes[READ_BYTES];
    struct screened screened = {index, CRYPTOWATCH_CLEAR};
    struct cryptowatch_screening *screening = NULL;
    enum cryptowatch_index_error why =
        cryptowatch_screening_new(index, print_hit, &screened, &screening);
    size_t got = 0;
    while (why == CRYPTOWATCH_INDEX_OK && (got = fread(bytes, 1, sizeof(bytes), stdin)) > 0) {
        why = cryptowatch_screening_feed(screening, bytes, got);
    }
    if (why == CRYPTOWATCH_INDEX_OK && !ferror(stdin)) {
        why = cryptowatch_screening_end(screening);
    }
    cryptowatch_screening_free(screening);
    if (why != CRYPTOWATCH_INDEX_OK || ferror(stdin) || !is_complete(index)) {
        screened.worst = graver(screened.worst, CRYPTOWATCH_CANNOT_SAY);
    }
    return screened.worst;
}

int main(int argc, char **argv)
{
    struct cryptowatch_follower *follower = NULL;
    int worst = CRYPTOWATCH_CLEAR;
    if (argc < 3) {
        fprintf(stderr, "usage: ask_index FOLDER ADDRESS... | -\n");
        return USAGE;
    }
    if (cryptowatch_init() != CRYPTOWATCH_INIT_OK) {
        fprintf(stderr, "ask_index: a hash gives wrong answers on this machine\n");
        return CRYPTOWATCH_CANNOT_SAY;
    }
    const enum cryptowatch_index_error why = cryptowatch_follower_open(argv[1], &follower);
    if (why != CRYPTOWATCH_INDEX_OK) {
        fprintf(stderr, "ask_index: %s: %s\n", argv[1], cryptowatch_index_error_text(why));
        return CRYPTOWATCH_CANNOT_SAY;
    }
    struct cryptowatch_index *index = cryptowatch_follower_take(follower); /* for this request */
    for (int i = 2; i < argc; i++) {
        worst = graver(worst,
                       strcmp(argv[i], "-") == 0 ? screen_stdin(index) : ask_one(index, argv[i]));
    }
    cryptowatch_index_close(index);
    cryptowatch_follower_close(follower);
    return worst;
}
