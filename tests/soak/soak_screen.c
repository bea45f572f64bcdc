/* soak_screen corpus BYTES [SEED]    documents of words, CSV, JSON, links, base64 and noise, with
 *                                    listed and other addresses in every spelling planted anywhere
 * soak_screen tokens COUNT [SEED]    tokens of address shape, one a line; some are listed
 *
 * Each document is screened on every path of this processor, in pieces of random length and in
 * ranges as several threads would, and must give what a slow reading of every token gives: no false
 * hit, no miss. Every fourth document also for keys whose nested script is listed, in the depth
 * that finds them. Prints what was compared; ends with 1 at the first difference. */
#include <inttypes.h>

#include "base/buf.h"
#include "listed.h"
#include "slow_screen.h"
#include "spellings.h"

enum { DOCUMENT_BYTES = 4 << 20, POOLS = 6, LISTED = 40, HEARD_MAX = 512 << 20 };

struct soak {
    struct spellings all[POOLS];
    struct listed listed;
    uint64_t state;
    struct cw_buf text;
    struct cw_buf slow;
    struct cw_buf fast;
    uint64_t bytes;
    uint64_t tokens;
    uint64_t hits;
};

static uint64_t next(struct soak *soak)
{
    soak->state ^= soak->state << 13;
    soak->state ^= soak->state >> 7;
    soak->state ^= soak->state << 17;
    return soak->state * 0x2545f4914f6cdd1du;
}

static size_t below(struct soak *soak, size_t limit)
{
    return (size_t)((next(soak) >> 33) % limit);
}

/* ---- documents ---- */

static void put_letters(struct soak *soak, const char *letters, size_t len)
{
    const size_t count = strlen(letters);
    for (size_t i = 0; i < len; i++) {
        cw_buf_char(&soak->text, letters[below(soak, count)]);
    }
}

/* A run that could be an address but for its checksum. */
static void put_token(struct soak *soak)
{
    static const struct {
        const char *prefix;
        const char *letters;
        size_t len;
    } shapes[] = {
        {"0x", "0123456789abcdef", 40},
        {"0x", "0123456789ABCDEFabcdef", 40},
        {"", "0123456789abcdef", 40},
        {"", "0123456789abcdef", 64},
        {"0x", "0123456789abcdef", 64},
        {"k:", "0123456789abcdef", 64},
        {"1", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 33},
        {"3", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 33},
        {"T", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 33},
        {"r", "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", 33},
        {"L", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 33},
        {"", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 44},
        {"5", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 47},
        {"X", "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", 46},
        {"4", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", 94},
        {"bc1q", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", 38},
        {"bc1p", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", 58},
        {"cosmos1", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", 38},
        {"addr1", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", 98},
        {"u1", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", 106},
        {"bitcoincash:q", "qpzry9x8gf2tvdw0s3jn54khce6mua7l", 41},
        {"G", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 55},
        {"M", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 68},
        {"", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 58},
        {"EQ", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 46},
        {"UQ", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 46},
        {"SP", "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 39},
        {"nano_", "13456789abcdefghijkmnopqrstuwxyz", 60},
        {"f1", "abcdefghijklmnopqrstuvwxyz234567", 39},
    };
    const size_t at = below(soak, CW_COUNT(shapes));
    cw_buf_str(&soak->text, shapes[at].prefix);
    put_letters(soak, shapes[at].letters, shapes[at].len - below(soak, 8) / 7);
    soak->tokens++;
}

static void put_address(struct soak *soak)
{
    const struct spellings *all = &soak->all[below(soak, POOLS)];
    cw_buf_str(&soak->text, all->texts[below(soak, all->count)]);
    soak->tokens++;
}

static void put_uuid(struct soak *soak)
{
    static const size_t lens[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < CW_COUNT(lens); i++) {
        cw_buf_str(&soak->text, i == 0 ? "" : "-");
        put_letters(soak, "0123456789abcdef", lens[i]);
    }
}

static void put_noise(struct soak *soak)
{
    for (size_t left = below(soak, 400); left > 0; left--) {
        cw_buf_char(&soak->text, (char)(next(soak) >> 56));
    }
}

static void put_words(struct soak *soak)
{
    for (size_t left = below(soak, 30); left > 0; left--) {
        put_letters(soak, "etaoinshrdlucmfwypvbgkjqxz", 1 + below(soak, 11));
        cw_buf_char(&soak->text, " .,-_/:\n\"="[below(soak, 10)]);
    }
}

/* What hides where a text begins, whole or not quite. */
static void put_escape(struct soak *soak)
{
    static const char *const escapes[] = {
        "\\n",
        "\\t",
        "\\r\\n",
        "\\u003d",
        "\\u00",
        "\\x3d",
        "\\x3",
        "%3D",
        "%0a",
        "%2",
        "%253D",
        "\x1b[31m",
        "\x1b[01;31m",
        "\x1b[m",
        "\x1b[m\x1b[K",
        "\\x1b[1;4m",
        "[1;;38:5K",
        ";1m",
        "[1m",
        "\\nnano_",
        "%3Aeip155:1:",
        "\\nbitcoincash:",
        "\\u003d0:",
        "[0000000000000000000000000000000m",
        "[000000000000000;00000000000000;0m",
        "[1;31",
    };
    cw_buf_str(&soak->text, escapes[below(soak, CW_COUNT(escapes))]);
}

/* Anything, and then an address or what looks like one between any two signs. */
static void put_piece(struct soak *soak)
{
    static const char signs[] = " \n,;:\"'/=.+-_\t|()[]<>@#\0\xc3\xff";
    switch (below(soak, 9)) {
    case 0:
        put_noise(soak);
        break;
    case 1:
        put_uuid(soak);
        break;
    case 2:
        put_letters(soak, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                    below(soak, 1500));
        break;
    case 3:
        cw_buf_str(&soak->text, "https://tronscan.org/#/address/");
        break;
    case 4:
        cw_buf_str(&soak->text, "{\"to\":\"");
        break;
    case 5:
        put_letters(soak, "x", 1010 + below(soak, 30));
        break;
    default:
        put_words(soak);
        break;
    }
    cw_buf_char(&soak->text, signs[below(soak, sizeof(signs) - 1)]);
    if (below(soak, 4) == 0) {
        put_escape(soak);
    }
    if (below(soak, 3) == 0) {
        put_address(soak);
    } else {
        put_token(soak);
    }
    cw_buf_char(&soak->text, signs[below(soak, sizeof(signs) - 1)]);
}

static void make_document(struct soak *soak, bool is_tokens)
{
    cw_buf_reset(&soak->text);
    while (soak->text.len < DOCUMENT_BYTES) {
        if (!is_tokens) {
            put_piece(soak);
            continue;
        }
        if (below(soak, 20) == 0) {
            put_escape(soak);
        }
        if (below(soak, 50) == 0) {
            put_address(soak);
        } else {
            put_token(soak);
        }
        cw_buf_char(&soak->text, '\n');
    }
}

/* New keys, of which some texts are listed. */
static void make_keys(struct soak *soak)
{
    listed_clear(&soak->listed);
    for (size_t i = 0; i < POOLS; i++) {
        uint8_t pool[POOL_BYTES];
        for (size_t j = 0; j < sizeof(pool); j++) {
            pool[j] = (uint8_t)(next(soak) >> 56);
        }
        if (i == 1) {
            memset(pool, 0, 8); /* short texts: leading zeros */
        }
        spellings_make(&soak->all[i], pool);
        for (size_t j = 0; i < 4 && j < LISTED; j++) {
            const char *text = soak->all[i].texts[below(soak, soak->all[i].count)];
            (void)listed_add(&soak->listed, cw_span_cstr(text), CW_SPAN(""));
        }
    }
    listed_build(&soak->listed);
}

/* ---- comparing ---- */

struct ear {
    const struct listed *listed;
    struct cw_buf *heard;
    uint64_t lines;
    uint64_t hits;
};

static enum cw_status on_hit(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                             struct cw_error *err)
{
    (void)err;
    struct ear *ear = ctx;
    *ret_is_known = listed_knows(ear->listed, hit->address);
    if (*ret_is_known) {
        ear->hits++;
        cw_buf_printf(ear->heard, "%" PRIu64 ":%" PRIu64 ":", ear->lines + hit->line, hit->offset);
        cw_buf_span(ear->heard, hit->text);
        cw_buf_char(ear->heard, '\n');
    }
    return CW_OK;
}

static void screen_range(struct soak *soak, struct cw_screen *screen, struct ear *ear,
                         struct cw_screen_range range)
{
    const struct cw_span text = cw_buf_as_span(&soak->text);
    const size_t end = (size_t)(range.until + CW_SCREEN_CONTEXT);
    enum cw_status status = CW_OK;
    cw_screen_begin(screen, range);
    for (size_t at = (size_t)range.from; at < end && at < text.len;) {
        const size_t piece = 1 + below(soak, 300000);
        const size_t to = at + piece < end ? at + piece : end;
        status = cw_screen_feed(screen, cw_span_slice(text, at, to), NULL);
        CW_ASSERT(status == CW_OK);
        at = to;
    }
    status = cw_screen_end(screen, NULL);
    CW_ASSERT(status == CW_OK);
    ear->lines += cw_screen_lines(screen);
}

static bool is_same(struct soak *soak, enum cw_screen_path path, uint64_t parts)
{
    const uint64_t len = soak->text.len;
    struct ear ear = {.listed = &soak->listed, .heard = &soak->fast};
    struct cw_screen *screen = NULL;
    const struct cw_screen_options options = {
        .filter = soak->listed.filter,
        .sink = {on_hit, &ear},
        .path = path,
        .depth = soak->listed.is_nested_known ? CW_SCREEN_NESTED : CW_SCREEN_FILTERED,
    };
    const enum cw_status status = cw_screen_new(&options, &screen, NULL);
    CW_ASSERT(status == CW_OK);
    cw_buf_reset(&soak->fast);
    for (uint64_t i = 0, after = 0; i < parts; i++) {
        const uint64_t until = i + 1 == parts ? len : len * (i + 1) / parts;
        const uint64_t from = after < CW_SCREEN_MARGIN ? 0 : after - CW_SCREEN_MARGIN;
        screen_range(soak, screen, &ear, (struct cw_screen_range){from, after, until});
        after = until;
    }
    cw_screen_free(screen);
    return cw_span_equal(cw_buf_as_span(&soak->slow), cw_buf_as_span(&soak->fast));
}

static bool compare(struct soak *soak)
{
    static const enum cw_screen_path paths[] = {CW_SCREEN_SCALAR, CW_SCREEN_AVX2, CW_SCREEN_AVX512};
    struct ear ear = {.listed = &soak->listed, .heard = &soak->slow};
    cw_buf_reset(&soak->slow);
    slow_screen(cw_buf_as_span(&soak->text), (struct cw_screen_sink){on_hit, &ear});
    soak->hits += ear.hits;
    for (size_t i = 0; i < CW_COUNT(paths); i++) {
        if (cw_screen_path_works(paths[i]) &&
            !is_same(soak, paths[i], i == 0 ? 1 : 1 + below(soak, 9))) {
            (void)printf("path %d differs\n", (int)paths[i]);
            return false;
        }
    }
    return cw_buf_status(&soak->slow, NULL) == CW_OK && cw_buf_status(&soak->fast, NULL) == CW_OK;
}

static void show_difference(const struct soak *soak)
{
    struct cw_span slow = cw_buf_as_span(&soak->slow);
    struct cw_span fast = cw_buf_as_span(&soak->fast);
    struct cw_span a = CW_SPAN("");
    struct cw_span b = CW_SPAN("");
    while (cw_span_next_line(&slow, &a) && cw_span_next_line(&fast, &b) && cw_span_equal(a, b)) {
    }
    (void)printf("slow %.*s\nfast %.*s\n", CW_SPAN_ARG(a), CW_SPAN_ARG(b));
}

static void show(const struct soak *soak)
{
    (void)printf("%" PRIu64 " bytes, %" PRIu64 " tokens of address shape, %" PRIu64 " hits\n",
                 soak->bytes, soak->tokens, soak->hits);
    (void)fflush(stdout);
}

int main(int argc, char **argv)
{
    uint64_t wanted = 0;
    uint64_t seed = 20261126;
    if (argc < 3 || !cw_span_to_u64(cw_span_cstr(argv[2]), UINT64_MAX, &wanted) ||
        (argc > 3 && !cw_span_to_u64(cw_span_cstr(argv[3]), UINT64_MAX, &seed))) {
        (void)fprintf(stderr, "usage: soak_screen corpus BYTES [SEED] | tokens COUNT [SEED]\n");
        return 64;
    }
    struct soak *soak = calloc(1, sizeof(*soak));
    if (soak == NULL || cw_hash_selftest(NULL) != CW_OK || !spellings_learn(&soak->all[0])) {
        return 2;
    }
    for (size_t i = 1; i < POOLS; i++) {
        soak->all[i] = soak->all[0];
    }
    soak->state = seed * 2 + 1;
    cw_buf_init(&soak->text, 2u * DOCUMENT_BYTES);
    cw_buf_init(&soak->slow, HEARD_MAX);
    cw_buf_init(&soak->fast, HEARD_MAX);
    const bool is_tokens = strcmp(argv[1], "tokens") == 0;
    bool is_good = true;
    for (size_t i = 0; is_good && (is_tokens ? soak->tokens : soak->bytes) < wanted; i++) {
        make_keys(soak);
        soak->listed.is_nested_known = i % 4 == 3; /* and so is screened */
        make_document(soak, is_tokens);
        is_good = compare(soak);
        soak->bytes += soak->text.len;
        if (i % 16 == 0) {
            show(soak);
        }
    }
    show(soak);
    if (!is_good) {
        show_difference(soak);
        (void)printf("DIFFERENT: seed %" PRIu64 "\n", seed);
    }
    is_good = is_good && soak->hits > 0;
    listed_clear(&soak->listed);
    cw_buf_clear(&soak->text);
    cw_buf_clear(&soak->slow);
    cw_buf_clear(&soak->fast);
    free(soak);
    return is_good ? 0 : 1;
}
