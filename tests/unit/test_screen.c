/* Screening: what the engine reports is what a slow reading of every token reports, on every path,
 * at every alignment, however the bytes come in. */
#include "suite.h"

#include "../soak/listed.h"
#include "../soak/slow_screen.h"
#include "../soak/spellings.h"
#include "base/buf.h"
#include "crypto/hash.h"
#include "screen/plain.h"

enum { COLUMN_TAG = 0, COLUMN_INPUT = 2, COLUMN_TEXT = 5, DOCUMENT_MAX = 64 << 20 };

static const enum cw_screen_path paths[] = {CW_SCREEN_SCALAR, CW_SCREEN_AVX2, CW_SCREEN_AVX512};

/* ---- hits as text ---- */

struct ear {
    const struct listed *listed;
    struct cw_buf heard; /* "line:offset:text\n" */
};

static enum cw_status on_hit(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                             struct cw_error *err)
{
    (void)err;
    struct ear *ear = ctx;
    *ret_is_known = listed_knows(ear->listed, hit->address);
    if (*ret_is_known) {
        cw_buf_printf(&ear->heard, "%llu:%llu:", (unsigned long long)hit->line,
                      (unsigned long long)hit->offset);
        cw_buf_span(&ear->heard, hit->text);
        cw_buf_span(&ear->heard, CW_SPAN("\n"));
    }
    return CW_OK;
}

static struct ear ear_of(const struct listed *listed)
{
    struct ear ear = {.listed = listed};
    cw_buf_init(&ear.heard, DOCUMENT_MAX);
    return ear;
}

static struct cw_screen *engine(const struct listed *listed, struct ear *ear,
                                enum cw_screen_path path)
{
    const struct cw_screen_options options = {
        .filter = listed->filter,
        .sink = {on_hit, ear},
        .path = path,
        .depth = listed->is_nested_known ? CW_SCREEN_EVERY : CW_SCREEN_FILTERED,
    };
    struct cw_screen *screen = NULL;
    const enum cw_status status = cw_screen_new(&options, &screen, NULL);
    return status == CW_OK ? screen : NULL;
}

/* Whole, in chunks of `chunk` bytes. */
static void hear(const struct listed *listed, struct cw_span text, enum cw_screen_path path,
                 size_t chunk, struct ear *ear)
{
    struct cw_screen *screen = engine(listed, ear, path);
    CU_ASSERT_FATAL(screen != NULL);
    cw_screen_begin(screen, CW_SCREEN_ALL);
    for (size_t at = 0; at < text.len; at += chunk) {
        CU_ASSERT(cw_screen_feed(screen, cw_span_slice(text, at, at + chunk), NULL) == CW_OK);
    }
    CU_ASSERT(cw_screen_end(screen, NULL) == CW_OK);
    cw_screen_free(screen);
}

/* The first line in which two reports differ. */
static void show_difference(struct cw_span slow, struct cw_span fast)
{
    struct cw_span a;
    struct cw_span b;
    for (;;) {
        const bool has_a = cw_span_next_line(&slow, &a);
        const bool has_b = cw_span_next_line(&fast, &b);
        if (!has_a || !has_b || !cw_span_equal(a, b)) {
            (void)printf("\n    slow %.*s\n    fast %.*s\n", has_a ? (int)a.len : 5,
                         has_a ? a.data : "(end)", has_b ? (int)b.len : 5,
                         has_b ? b.data : "(end)");
            return;
        }
    }
}

static void compare(const struct listed *listed, struct cw_span text, size_t chunk,
                    const char *what)
{
    struct ear slow = ear_of(listed);
    slow_screen(text, (struct cw_screen_sink){on_hit, &slow});
    for (size_t i = 0; i < CW_COUNT(paths); i++) {
        if (!cw_screen_path_works(paths[i])) {
            continue;
        }
        struct ear fast = ear_of(listed);
        hear(listed, text, paths[i], chunk, &fast);
        const bool is_same =
            cw_span_equal(cw_buf_as_span(&slow.heard), cw_buf_as_span(&fast.heard));
        CW_CHECK(is_same, "%s, path %d", what, (int)paths[i]);
        if (!is_same) {
            show_difference(cw_buf_as_span(&slow.heard), cw_buf_as_span(&fast.heard));
        }
        cw_buf_clear(&fast.heard);
    }
    cw_buf_clear(&slow.heard);
}

/* As compare, on one path: where the paths are no question. */
static void compare_on(enum cw_screen_path path, const struct listed *listed, struct cw_span text,
                       const char *what)
{
    struct ear slow = ear_of(listed);
    struct ear fast = ear_of(listed);
    slow_screen(text, (struct cw_screen_sink){on_hit, &slow});
    hear(listed, text, path, SIZE_MAX / 2, &fast);
    const bool is_same = cw_span_equal(cw_buf_as_span(&slow.heard), cw_buf_as_span(&fast.heard));
    CW_CHECK(is_same, "%s", what);
    CW_CHECK(slow.heard.len > 0 || strlen(what) < CW_TOKEN_LEN_MIN, "%s: nothing found", what);
    if (!is_same) {
        show_difference(cw_buf_as_span(&slow.heard), cw_buf_as_span(&fast.heard));
    }
    cw_buf_clear(&slow.heard);
    cw_buf_clear(&fast.heard);
}

/* ---- documents ---- */

static void list_vectors(struct listed *listed)
{
    for (size_t i = 0; i < CW_COUNT(spelling_families); i++) {
        struct fixture row;
        CU_ASSERT_FATAL(fixture_open(&row, spelling_families[i]));
        while (fixture_next(&row)) {
            const bool is_any = cw_span_is(row.fields[COLUMN_TAG], "*");
            (void)listed_add(listed, row.fields[COLUMN_INPUT],
                             is_any ? CW_SPAN("") : row.fields[COLUMN_TAG]);
        }
        fixture_close(&row);
    }
    listed_build(listed);
}

/* Every text of the vectors, with separators that change from one to the next. */
static void write_vectors(struct cw_buf *out)
{
    static const char *const marks[] = {"\n", " ", "\",\"", "\0",       ":",
                                        "/",  "-", "_",     "\xc3\xa9", "\n\n",
                                        "+",  ".", "=",     "seen:",    "https://x.io/address/"};
    size_t mark = 0;
    for (size_t i = 0; i < CW_COUNT(spelling_families); i++) {
        struct fixture row;
        CU_ASSERT_FATAL(fixture_open(&row, spelling_families[i]));
        while (fixture_next(&row)) {
            static const size_t columns[] = {COLUMN_INPUT, COLUMN_TEXT};
            for (size_t j = 0; j < CW_COUNT(columns); j++) {
                const char *text = marks[mark++ % CW_COUNT(marks)];
                cw_buf_span(out, cw_span_make(text, text[0] == '\0' ? 1 : strlen(text)));
                cw_buf_span(out, row.fields[columns[j]]);
            }
        }
        fixture_close(&row);
    }
}

static void finds_what_a_slow_reading_finds(void)
{
    struct listed listed = {0};
    struct cw_buf text;
    cw_buf_init(&text, DOCUMENT_MAX);
    list_vectors(&listed);
    for (size_t i = 0; i < 4; i++) {
        write_vectors(&text);
        cw_buf_span(&text, CW_SPAN(" "));
    }
    compare(&listed, cw_buf_as_span(&text), SIZE_MAX / 2, "every vector");
    compare(&listed, cw_buf_as_span(&text), 1000, "every vector in small chunks");
    cw_buf_clear(&text);
    listed_clear(&listed);
}

/* Each address of the pairs is listed alone and the other one looked for. */
static void finds_every_related_pair(void)
{
    struct fixture row;
    size_t found = 0;
    CU_ASSERT_FATAL(fixture_open(&row, "pairs"));
    while (fixture_next(&row)) {
        for (size_t i = 0; i < 2; i++) {
            struct listed listed = {0};
            const struct cw_span other = row.fields[1 + 2 * (1 - i)];
            if (!listed_add(&listed, row.fields[1 + 2 * i], row.fields[2 * i])) {
                continue;
            }
            listed_build(&listed);
            struct ear ear = ear_of(&listed);
            hear(&listed, other, CW_SCREEN_AUTO, SIZE_MAX / 2, &ear);
            found += ear.heard.len > 0 ? 1 : 0;
            cw_buf_clear(&ear.heard);
            compare(&listed, other, SIZE_MAX / 2, "a pair");
            listed_clear(&listed);
        }
    }
    CW_CHECK(found >= 60, "only %zu found", found);
    fixture_close(&row);
}

/* One text is listed, and all texts of the same bytes are looked for. */
static void finds_every_spelling(void)
{
    struct spellings *all = calloc(1, sizeof(*all));
    CU_ASSERT_FATAL(all != NULL);
    CU_ASSERT_FATAL(spellings_learn(all));
    struct cw_buf text;
    uint8_t pool[POOL_BYTES];
    uint64_t state = 2463534242u;
    for (size_t i = 0; i < sizeof(pool); i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        pool[i] = (uint8_t)(state >> 56);
    }
    spellings_make(all, pool);
    CW_CHECK(all->count > 250, "only %zu spellings", all->count);
    cw_buf_init(&text, DOCUMENT_MAX);
    for (size_t i = 0; i < all->count; i++) {
        cw_buf_str(&text, all->texts[i]);
        cw_buf_char(&text, '\n');
    }
    for (size_t i = 0; i < all->count; i++) {
        struct listed listed = {0};
        if (listed_add(&listed, cw_span_cstr(all->texts[i]), CW_SPAN(""))) {
            listed_build(&listed);
            compare_on(CW_SCREEN_AUTO, &listed, cw_buf_as_span(&text), all->texts[i]);
        }
        listed_clear(&listed);
    }
    cw_buf_clear(&text);
    free(all);
}

#include "screen_nested_cases.h"

/* ---- places ---- */

static const char *const planted[] = {
    "0x098B716B8Aaf21512996dC57EB0615e2383E2f96",
    "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
    "bitcoincash:qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h",
    "nano_1natrium1o3z5519ifou7xii8crpxpk8y65qmkih8e8bpsjri651oza8imdd",
    "rdmx6-jaaaa-aaaaa-aaadq-cai",
    "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2",
};

static void list_planted(struct listed *listed)
{
    for (size_t i = 0; i < CW_COUNT(planted); i++) {
        CW_CHECK(listed_add(listed, cw_span_cstr(planted[i]), CW_SPAN("")), "%s", planted[i]);
    }
    listed_build(listed);
}

/* At every offset over two words of bits, and at every offset around the end of a window. */
static void finds_at_every_place(void)
{
    static const size_t places[] = {0, CW_SCREEN_BLOCK - 200, CW_SCREEN_BLOCK + 900,
                                    CW_SCREEN_BLOCK + 1900, CW_SCREEN_BLOCK + 2900};
    struct listed listed = {0};
    list_planted(&listed);
    const size_t room = CW_SCREEN_BLOCK + 8192;
    char *text = malloc(room);
    CU_ASSERT_FATAL(text != NULL);
    for (size_t i = 0; i < CW_COUNT(planted); i++) {
        const size_t len = strlen(planted[i]);
        for (size_t j = 0; j < CW_COUNT(places) * 260; j++) {
            const size_t at = places[j / 260] + j % 260;
            struct ear ear = ear_of(&listed);
            memset(text, ' ', at + len + 1);
            memcpy(text + at, planted[i], len);
            hear(&listed, cw_span_make(text, at + len + j % 2), CW_SCREEN_AUTO, SIZE_MAX / 2, &ear);
            char expected[128];
            (void)snprintf(expected, sizeof(expected), "0:%zu:%s\n", at, planted[i]);
            CW_CHECK(cw_span_is(cw_buf_as_span(&ear.heard), expected), "%s at %zu", planted[i], at);
            cw_buf_clear(&ear.heard);
        }
    }
    free(text);
    listed_clear(&listed);
}

static void ends_tokens_at_the_longest_and_no_later(void)
{
    struct listed listed = {0};
    list_planted(&listed);
    char text[1200];
    static const struct {
        const char *description;
        size_t padding; /* letters in front of the address, a token with it */
        size_t hits;    /* by bytes that the core does not read: decode refuses them anyway */
    } rows[] = {{"1024 bytes", 1024 - 34, 0}, {"1025 bytes", 1025 - 34, 0}, {"alone", 0, 1}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct ear ear = ear_of(&listed);
        memset(text, 'x', sizeof(text));
        memcpy(text + rows[i].padding, planted[1], 34);
        hear(&listed, cw_span_make(text, rows[i].padding + 34), CW_SCREEN_AUTO, 100, &ear);
        CW_CHECK((ear.heard.len > 0) == (rows[i].hits > 0), "%s", rows[i].description);
        cw_buf_clear(&ear.heard);
    }
    listed_clear(&listed);
}

/* Ranges of a document, each screened alone, together report what the whole does. */
static void hands_over_between_ranges(void)
{
    enum { PARTS = 7 };
    struct listed listed = {0};
    struct cw_buf text;
    cw_buf_init(&text, DOCUMENT_MAX);
    list_vectors(&listed);
    write_vectors(&text);
    const struct cw_span all = cw_buf_as_span(&text);
    struct ear whole = ear_of(&listed);
    hear(&listed, all, CW_SCREEN_AUTO, SIZE_MAX / 2, &whole);
    for (size_t shift = 0; shift < 50; shift++) {
        struct ear parts = ear_of(&listed);
        uint64_t lines = 0;
        for (size_t i = 0; i < PARTS; i++) {
            const size_t after = i == 0 ? 0 : all.len / PARTS * i + shift;
            const size_t until = i == PARTS - 1 ? all.len : all.len / PARTS * (i + 1) + shift;
            const size_t from = after > CW_SCREEN_MARGIN ? after - CW_SCREEN_MARGIN : 0;
            struct ear part = ear_of(&listed);
            struct cw_screen *screen = engine(&listed, &part, CW_SCREEN_AUTO);
            CU_ASSERT_FATAL(screen != NULL);
            cw_screen_begin(screen, (struct cw_screen_range){from, after, until});
            CU_ASSERT(cw_screen_feed(screen, cw_span_slice(all, from, until + CW_SCREEN_CONTEXT),
                                     NULL) == CW_OK);
            CU_ASSERT(cw_screen_end(screen, NULL) == CW_OK);
            struct cw_span rest = cw_buf_as_span(&part.heard);
            while (rest.len > 0) { /* line numbers of a part count from its beginning */
                const size_t colon = cw_span_find(rest, ':', 0);
                uint64_t line = 0;
                CU_ASSERT(cw_span_to_u64(cw_span_slice(rest, 0, colon), UINT64_MAX, &line));
                const size_t end = cw_span_find(rest, '\n', 0) + 1;
                cw_buf_printf(&parts.heard, "%llu", (unsigned long long)(lines + line));
                cw_buf_span(&parts.heard, cw_span_slice(rest, colon, end));
                rest = cw_span_slice(rest, end, rest.len);
            }
            lines += cw_screen_lines(screen);
            cw_screen_free(screen);
            cw_buf_clear(&part.heard);
        }
        CW_CHECK(cw_span_equal(cw_buf_as_span(&parts.heard), cw_buf_as_span(&whole.heard)),
                 "shifted by %zu", shift);
        cw_buf_clear(&parts.heard);
    }
    cw_buf_clear(&whole.heard);
    cw_buf_clear(&text);
    listed_clear(&listed);
}

/* ---- hostile text ---- */

/* Texts made of pieces that are nearly tokens; xorshift, so that a failure comes again. */
static void agrees_on_adversarial_texts(void)
{
    static const char *const pieces[] = {
        "0x",
        "k:",
        "0:",
        "-1:",
        "-",
        "_",
        "/",
        "+",
        ".",
        ":",
        " ",
        "\n",
        "\0",
        "\xff",
        "a",
        "1",
        "098b716b8aaf21512996dc57eb0615e2383e2f96",
        "rdmx6-jaaaa",
        "-aaaaa-aaadq-cai",
        "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2",
        "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
        "qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h",
        "bitcoincash:",
        "ethereum:",
        "did:pkh:",
        "eip155:1:",
        "nano_",
        "1natrium1o3z5519ifou7xii8crpxpk8y65qmkih8e8bpsjri651oza8imdd",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    };
    struct listed listed = {0};
    struct cw_buf text;
    uint64_t state = 88172645463325252u;
    cw_buf_init(&text, DOCUMENT_MAX);
    list_planted(&listed);
    for (size_t i = 0; i < 60000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        const char *piece = pieces[state % CW_COUNT(pieces)];
        cw_buf_span(&text, cw_span_make(piece, piece[0] == '\0' ? 1 : strlen(piece)));
    }
    compare(&listed, cw_buf_as_span(&text), SIZE_MAX / 2, "pieces");
    compare(&listed, cw_buf_as_span(&text), 333, "pieces in chunks");
    cw_buf_clear(&text);
    listed_clear(&listed);
}

static enum cw_status refuse(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                             struct cw_error *err)
{
    (void)hit;
    (void)ret_is_known;
    *(size_t *)ctx += 1;
    return cw_error_set(err, CW_IO, "the reader is gone");
}

static void stops_when_the_sink_fails(void)
{
    struct listed listed = {0};
    struct cw_screen *screen = NULL;
    struct cw_error err = {0};
    size_t asked = 0;
    list_planted(&listed);
    const struct cw_screen_options options = {.filter = listed.filter, .sink = {refuse, &asked}};
    CU_ASSERT_FATAL(cw_screen_new(&options, &screen, &err) == CW_OK);
    cw_screen_begin(screen, CW_SCREEN_ALL);
    for (size_t i = 0; i < 10; i++) {
        CU_ASSERT(cw_screen_feed(screen, cw_span_cstr(planted[0]), &err) == CW_OK);
        CU_ASSERT(cw_screen_feed(screen, CW_SPAN("\n"), &err) == CW_OK);
    }
    CU_ASSERT(cw_screen_end(screen, &err) == CW_IO);
    CU_ASSERT(asked == 1);
    CU_ASSERT(err.text[0] != '\0');
    cw_screen_free(screen);
    listed_clear(&listed);
}

static void plain_is_letters_and_digits(void)
{
    static const char plain[] = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf";
    char text[sizeof(plain)];
    for (size_t at = 2; at < sizeof(plain) - 1; at++) {
        for (int c = 0; c < 256; c++) {
            memcpy(text, plain, sizeof(plain));
            text[at] = (char)c;
            CU_ASSERT_EQUAL(cw_screen_is_plain(cw_span_make(text, sizeof(plain) - 1), true),
                            cw_ascii_is_alpha((char)c) || cw_ascii_is_digit((char)c));
        }
    }
    CU_ASSERT_FALSE(cw_screen_is_plain(cw_span_make(plain, CW_TOKEN_LEN_MIN - 1), false));
}

#include "screen_escape_cases.h"

static const struct cw_test tests[] = {
    {"plain is letters and digits alone", plain_is_letters_and_digits},
    {"finds what a slow reading finds", finds_what_a_slow_reading_finds},
    {"finds every related pair", finds_every_related_pair},
    {"finds every spelling of a listed key", finds_every_spelling},
    {"finds keys whose nested script is listed", finds_keys_of_nested_scripts},
    {"finds nested scripts when every token is decoded",
     finds_nested_scripts_when_every_token_is_decoded},
    {"finds at every place", finds_at_every_place},
    {"ends tokens at the longest and no later", ends_tokens_at_the_longest_and_no_later},
    {"hands over between ranges", hands_over_between_ranges},
    {"agrees on adversarial texts", agrees_on_adversarial_texts},
    {"finds what an escape hides", finds_what_an_escape_hides},
    {"stops when the sink fails", stops_when_the_sink_fails},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("screen", tests, CW_COUNT(tests));
}
