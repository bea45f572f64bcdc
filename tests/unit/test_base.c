/* The base module without the operating system: errors, spans, buffers, arenas, time and text. */
#include "suite.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checked.h"
#include "base/text.h"

/* ---- error ---- */

static void error_keeps_the_first_cause(void)
{
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(cw_error_set(&err, CW_UNTRUSTED, "first %d", 1), CW_UNTRUSTED);
    CU_ASSERT_EQUAL(cw_error_set(&err, CW_IO, "second"), CW_IO);
    CU_ASSERT_EQUAL(err.code, CW_UNTRUSTED);
    CU_ASSERT_STRING_EQUAL(err.text, "first 1");
}

static void error_may_be_null(void)
{
    CU_ASSERT_EQUAL(cw_error_set(NULL, CW_LIMIT, "nobody hears"), CW_LIMIT);
    CU_ASSERT_EQUAL(cw_error_prefix(NULL, "x: "), CW_OK);
}

static void error_escapes_hostile_text(void)
{
    struct cw_error err = {0};
    (void)cw_error_set(&err, CW_UNTRUSTED, "name \"%s\"", "a\x1b[2J\xe2\x80\xae\xff\xc2\x85");
    CU_ASSERT_STRING_EQUAL(err.text, "name \"a\\x1b[2J\\u202e\\xff\\u0085\"");
    CU_ASSERT_TRUE(cw_text_is_printable(cw_span_cstr(err.text)));
}

static void error_cuts_at_a_character_boundary(void)
{
    /* Three-byte characters behind 0..3 bytes of shift: no shift may leave half of one. */
    char text[3 * CW_ERROR_TEXT_BYTES + 4];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', shift);
        for (size_t i = 0; i < CW_ERROR_TEXT_BYTES; i++) {
            memcpy(text + shift + 3 * i, "\xe2\x82\xac", 3);
        }
        text[shift + (size_t)3 * CW_ERROR_TEXT_BYTES] = '\0';
        struct cw_error err = {0};
        (void)cw_error_set(&err, CW_INVALID, "%s", text);
        const struct cw_span kept = cw_span_cstr(err.text);
        CW_CHECK(cw_utf8_is_valid(kept), "shift %zu leaves half a character", shift);
        CW_CHECK(cw_span_ends_with(kept, CW_SPAN("\xe2\x82\xac...")), "shift %zu: end", shift);
        CW_CHECK(kept.len > CW_ERROR_TEXT_BYTES - 8, "shift %zu: only %zu bytes", shift, kept.len);
    }
}

static void error_prefix_puts_context_in_front(void)
{
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(cw_error_prefix(&err, "ignored: "), CW_OK);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    (void)cw_error_set(&err, CW_UNTRUSTED, "line %d", 3);
    CU_ASSERT_EQUAL(cw_error_prefix(&err, "%s: ", "feeds/a\nb.json"), CW_UNTRUSTED);
    CU_ASSERT_STRING_EQUAL(err.text, "feeds/a\\x0ab.json: line 3");
}

static void error_prefix_stays_within_its_array(void)
{
    char text[CW_ERROR_TEXT_BYTES + 1];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct cw_error err = {0};
    (void)cw_error_set(&err, CW_IO, "%s", text);
    for (int i = 0; i < 5; i++) {
        (void)cw_error_prefix(&err, "%s%s%s%s%s", text, text, text, text, text);
    }
    CU_ASSERT_EQUAL(strlen(err.text), CW_ERROR_TEXT_BYTES - 1);
}

static void error_clear_makes_room_for_another(void)
{
    struct cw_error err = {0};
    (void)cw_error_set(&err, CW_IO, "one");
    cw_error_clear(&err);
    CU_ASSERT_EQUAL(err.code, CW_OK);
    (void)cw_error_set(&err, CW_BUSY, "two");
    CU_ASSERT_STRING_EQUAL(err.text, "two");
}

/* ---- span ---- */

static void span_reads_only_plain_decimals(void)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool is_ok;
        uint64_t value;
    } rows[] = {
        {"0", 0, true, 0},
        {"7", 7, true, 7},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"99999999999999999999", UINT64_MAX, false, 0},
        {"8", 7, false, 0},
        {"", 9, false, 0},
        {"00", 9, false, 0},
        {"01", 9, false, 0},
        {"+1", 9, false, 0},
        {"-1", 9, false, 0},
        {" 1", 9, false, 0},
        {"1 ", 9, false, 0},
        {"1e1", 99, false, 0},
        {"0x1", 99, false, 0},
        {"\xd9\xa1", 99, false, 0},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        uint64_t value = 42;
        const bool is_ok = cw_span_to_u64(cw_span_cstr(rows[i].text), rows[i].max, &value);
        CW_CHECK(is_ok == rows[i].is_ok, "\"%s\": accepted %d", rows[i].text, is_ok);
        CW_CHECK(value == (rows[i].is_ok ? rows[i].value : 42), "\"%s\": value", rows[i].text);
    }
}

static void span_splits_lines_of_either_ending(void)
{
    struct cw_span rest = CW_SPAN("a\r\n\nb\rc\n\r\nlast\r");
    static const char *const lines[] = {"a", "", "b\rc", "", "last\r"};
    struct cw_span line = {NULL, 0};
    for (size_t i = 0; i < CW_COUNT(lines); i++) {
        CW_CHECK(cw_span_next_line(&rest, &line), "line %zu is missing", i);
        CW_CHECK(cw_span_is(line, lines[i]), "line %zu differs", i);
    }
    CU_ASSERT_FALSE(cw_span_next_line(&rest, &line));
    struct cw_span nothing = {NULL, 0};
    CU_ASSERT_FALSE(cw_span_next_line(&nothing, &line));
}

static void span_slices_are_clamped(void)
{
    const struct cw_span text = CW_SPAN("abcdef");
    CU_ASSERT_TRUE(cw_span_is(cw_span_slice(text, 1, 3), "bc"));
    CU_ASSERT_TRUE(cw_span_is(cw_span_slice(text, 4, SIZE_MAX), "ef"));
    CU_ASSERT_EQUAL(cw_span_slice(text, 7, 9).len, 0);
    CU_ASSERT_EQUAL(cw_span_slice(text, 3, 1).len, 0);
    CU_ASSERT_PTR_EQUAL(cw_span_slice(text, 9, 9).data, text.data + 6);
    CU_ASSERT_EQUAL(cw_span_slice(cw_span_cstr(NULL), 1, 3).len, 0);
}

static void span_trims_ascii_blanks_only(void)
{
    CU_ASSERT_TRUE(cw_span_is(cw_span_trim(CW_SPAN(" \t\r\n a b \n")), "a b"));
    CU_ASSERT_EQUAL(cw_span_trim(CW_SPAN(" \t ")).len, 0);
    CU_ASSERT_TRUE(cw_span_is(cw_span_trim(CW_SPAN("\xc2\xa0x")), "\xc2\xa0x"));
    CU_ASSERT_TRUE(cw_span_is(cw_span_trim(CW_SPAN("\vx")), "\vx"));
}

static void span_compares_bytes_without_locale(void)
{
    static const struct {
        const char *a;
        const char *b;
        int order;
        bool is_same_nocase;
    } rows[] = {
        {"", "", 0, true},       {"a", "", 1, false},       {"", "a", -1, false},
        {"a", "ab", -1, false},  {"b", "ab", 1, false},     {"A", "a", -1, true},
        {"\xff", "a", 1, false}, {"aB-9", "Ab-9", 1, true}, {"\xc3\x84", "\xc3\xa4", -1, false},
        {"[", "{", -1, false},   {"@", "`", -1, false},     {"abc", "abc", 0, true},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_span a = cw_span_cstr(rows[i].a);
        const struct cw_span b = cw_span_cstr(rows[i].b);
        CW_CHECK(cw_span_compare(a, b) == rows[i].order, "row %zu: order", i);
        CW_CHECK(cw_span_compare(b, a) == -rows[i].order, "row %zu: reversed order", i);
        CW_CHECK(cw_span_equal_nocase(a, b) == rows[i].is_same_nocase, "row %zu: nocase", i);
    }
}

static void span_finds_and_matches_ends(void)
{
    const struct cw_span text = CW_SPAN("a,b,c");
    CU_ASSERT_EQUAL(cw_span_find(text, ',', 0), 1);
    CU_ASSERT_EQUAL(cw_span_find(text, ',', 2), 3);
    CU_ASSERT_EQUAL(cw_span_find(text, ',', 4), 5);
    CU_ASSERT_EQUAL(cw_span_find(text, 'a', 99), 5);
    CU_ASSERT_TRUE(cw_span_starts_with(text, CW_SPAN("a,")));
    CU_ASSERT_FALSE(cw_span_starts_with(CW_SPAN("a"), text));
    CU_ASSERT_TRUE(cw_span_ends_with(text, CW_SPAN(",c")));
    CU_ASSERT_FALSE(cw_span_ends_with(CW_SPAN("c"), text));
    CU_ASSERT_TRUE(cw_span_starts_with(cw_span_cstr(NULL), cw_span_cstr(NULL)));
    CU_ASSERT_TRUE(cw_span_ends_with(text, cw_span_cstr("")));
}

static void checked_arithmetic_sees_overflow(void)
{
    size_t value = 0;
    int64_t wide = 0;
    CU_ASSERT_TRUE(cw_checked_add(SIZE_MAX - 1, 1, &value) && value == SIZE_MAX);
    CU_ASSERT_FALSE(cw_checked_add(SIZE_MAX, 1, &value));
    CU_ASSERT_FALSE(cw_checked_mul(SIZE_MAX / 2 + 1, 2, &value));
    CU_ASSERT_FALSE(cw_checked_add_i64(INT64_MAX, 1, &wide));
    CU_ASSERT_FALSE(cw_checked_add_i64(INT64_MIN, -1, &wide));
}

/* ---- buf ---- */

static void buf_holds_its_cap_and_no_byte_more(void)
{
    enum { MAX = 100 };
    struct cw_buf buf;
    cw_buf_init(&buf, MAX);
    for (int i = 0; i < MAX; i++) {
        cw_buf_char(&buf, 'x');
    }
    CU_ASSERT_EQUAL(cw_buf_status(&buf, NULL), CW_OK);
    CU_ASSERT_EQUAL(buf.len, MAX);
    cw_buf_char(&buf, 'y');
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(cw_buf_status(&buf, &err), CW_LIMIT);
    CU_ASSERT_STRING_EQUAL(err.text, "more than 100 bytes");
    CU_ASSERT_EQUAL(buf.len, MAX);
    CU_ASSERT_EQUAL(buf.data[MAX], '\0');
    cw_buf_clear(&buf);
    CU_ASSERT_EQUAL(buf.max, MAX);
    CU_ASSERT_EQUAL(cw_buf_status(&buf, NULL), CW_OK);
}

static void buf_failure_leaves_content_and_stays(void)
{
    struct cw_buf buf;
    cw_buf_init(&buf, 4);
    cw_buf_str(&buf, "abc");
    cw_buf_str(&buf, "de");
    cw_buf_str(&buf, "f"); /* would fit: appending it would hide the gap before it */
    CU_ASSERT_EQUAL(cw_buf_status(&buf, NULL), CW_LIMIT);
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&buf), "abc"));
    char *text = NULL;
    CU_ASSERT_EQUAL(cw_buf_take(&buf, &text, NULL, NULL), CW_LIMIT);
    CU_ASSERT_PTR_NULL(text);
    cw_buf_reset(&buf);
    cw_buf_str(&buf, "wxyz");
    CU_ASSERT_EQUAL(cw_buf_status(&buf, NULL), CW_OK);
    CU_ASSERT_STRING_EQUAL(buf.data, "wxyz");
    cw_buf_clear(&buf);
}

static void buf_formats_up_to_its_cap(void)
{
    struct cw_buf buf;
    cw_buf_init(&buf, 8);
    cw_buf_printf(&buf, "%s-%04d", "ab", 7);
    CU_ASSERT_STRING_EQUAL(buf.data, "ab-0007");
    cw_buf_printf(&buf, "%c", '!');
    CU_ASSERT_EQUAL(cw_buf_status(&buf, NULL), CW_OK);
    cw_buf_printf(&buf, "%d", 1);
    CU_ASSERT_EQUAL(cw_buf_status(&buf, NULL), CW_LIMIT);
    CU_ASSERT_STRING_EQUAL(buf.data, "ab-0007!");
    cw_buf_clear(&buf);
}

static void buf_refuses_a_size_that_would_overflow(void)
{
    struct cw_buf buf;
    cw_buf_init(&buf, SIZE_MAX - 1);
    cw_buf_str(&buf, "abc");
    CU_ASSERT_PTR_NULL(cw_buf_room(&buf, SIZE_MAX - 1));
    CU_ASSERT_EQUAL(cw_buf_status(&buf, NULL), CW_LIMIT);
    CU_ASSERT_STRING_EQUAL(buf.data, "abc");
    cw_buf_clear(&buf);
}

static void buf_gives_its_content_away(void)
{
    struct cw_buf buf;
    cw_buf_init(&buf, 0);
    char *text = NULL;
    size_t len = 9;
    CU_ASSERT_EQUAL(cw_buf_take(&buf, &text, &len, NULL), CW_OK);
    CU_ASSERT_EQUAL(len, 0);
    CU_ASSERT_STRING_EQUAL_FATAL(text, "");
    free(text);
    cw_buf_init(&buf, 1000);
    cw_buf_append(&buf, NULL, 0);
    cw_buf_append(&buf, "a\0b", 3);
    CU_ASSERT_EQUAL(cw_buf_take(&buf, &text, &len, NULL), CW_OK);
    CU_ASSERT_EQUAL(len, 3);
    CU_ASSERT_EQUAL(memcmp(text, "a\0b", 4), 0);
    CU_ASSERT_PTR_NULL(buf.data);
    free(text);
    cw_buf_clear(&buf);
}

/* ---- arena ---- */

static void arena_hands_out_its_cap_and_no_byte_more(void)
{
    static const size_t caps[] = {1, 16, 4096, 4097, 100000};
    for (size_t i = 0; i < CW_COUNT(caps); i++) {
        struct cw_arena *arena = cw_arena_new(caps[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
        CW_CHECK(cw_arena_alloc(arena, caps[i]) != NULL, "cap %zu: refused", caps[i]);
        CW_CHECK(cw_arena_status(arena) == CW_OK, "cap %zu: status", caps[i]);
        CW_CHECK(cw_arena_used(arena) == caps[i], "cap %zu: used", caps[i]);
        CW_CHECK(cw_arena_alloc(arena, 1) == NULL, "cap %zu: one more byte", caps[i]);
        CW_CHECK(cw_arena_status(arena) == CW_LIMIT, "cap %zu: no limit", caps[i]);
        cw_arena_free(arena);
        arena = cw_arena_new(caps[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
        CW_CHECK(cw_arena_alloc(arena, caps[i] + 1) == NULL, "cap %zu: one too large", caps[i]);
        CW_CHECK(cw_arena_alloc(arena, 1) == NULL, "cap %zu: does not stay failed", caps[i]);
        cw_arena_freep(&arena);
        CU_ASSERT_PTR_NULL(arena);
    }
}

static void arena_counts_what_lives_elsewhere(void)
{
    struct cw_arena *arena = cw_arena_new(64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    CU_ASSERT_TRUE(cw_arena_charge(arena, 40));
    CU_ASSERT_PTR_NOT_NULL(cw_arena_alloc(arena, 8));
    CU_ASSERT_TRUE(cw_arena_charge(arena, 16));
    CU_ASSERT_EQUAL(cw_arena_used(arena), 64);
    CU_ASSERT_EQUAL(cw_arena_status(arena), CW_OK);
    CU_ASSERT_FALSE(cw_arena_charge(arena, 1));
    CU_ASSERT_EQUAL(cw_arena_status(arena), CW_LIMIT);
    CU_ASSERT_FALSE(cw_arena_charge(arena, 0));
    CU_ASSERT_PTR_NULL(cw_arena_alloc(arena, 1));
    cw_arena_free(arena);
}

static void arena_fails_when_it_is_told_to(void)
{
    struct cw_arena *arena = cw_arena_new(64);
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    cw_arena_fail(arena, CW_NOMEM);
    cw_arena_fail(arena, CW_LIMIT);
    CU_ASSERT_PTR_NULL(cw_arena_alloc(arena, 1));
    CU_ASSERT_EQUAL(cw_arena_status(arena), CW_NOMEM);
    cw_arena_free(arena);
}

static void arena_counts_many_small_blocks(void)
{
    struct cw_arena *arena = cw_arena_new(64u << 10);
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    size_t blocks = 0;
    while (cw_arena_alloc(arena, 1) != NULL) {
        blocks++;
    }
    /* Each block is aligned: the padding is part of the budget, so 64 KiB hold about 4096. */
    CW_CHECK(blocks >= 3000 && blocks <= 4200, "%zu blocks", blocks);
    CU_ASSERT_TRUE(cw_arena_used(arena) <= 64u << 10);
    cw_arena_free(arena);
}

static void arena_blocks_are_aligned_zeroed_and_stable(void)
{
    enum { BLOCKS = 200 };
    struct cw_arena *arena = cw_arena_new(4u << 20);
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    unsigned char *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        const size_t bytes = 1 + i * 37;
        blocks[i] = cw_arena_alloc(arena, bytes);
        CU_ASSERT_PTR_NOT_NULL_FATAL(blocks[i]);
        CW_CHECK((uintptr_t)blocks[i] % _Alignof(max_align_t) == 0, "block %zu: alignment", i);
        CW_CHECK(blocks[i][0] == 0 && blocks[i][bytes - 1] == 0, "block %zu: not zeroed", i);
        memset(blocks[i], (int)i, bytes);
        (void)cw_arena_copy(arena, CW_SPAN("odd"));
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        const size_t last = i * 37;
        CW_CHECK(blocks[i][0] == i && blocks[i][last] == i, "block %zu was overwritten", i);
    }
    cw_arena_free(arena);
}

static void arena_refuses_sizes_that_overflow(void)
{
    struct cw_arena *arena = cw_arena_new(SIZE_MAX);
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    CU_ASSERT_PTR_NOT_NULL(cw_arena_array(arena, 3, 5));
    CU_ASSERT_PTR_NULL(cw_arena_array(arena, SIZE_MAX / 2, 3));
    CU_ASSERT_PTR_NULL(cw_arena_alloc(arena, 1));
    cw_arena_free(arena);
    cw_arena_free(NULL);
}

static void arena_copies_are_terminated(void)
{
    struct cw_arena *arena = cw_arena_new(8);
    CU_ASSERT_PTR_NOT_NULL_FATAL(arena);
    const struct cw_span copy = cw_arena_copy(arena, cw_span_make("abcX", 3));
    CU_ASSERT_EQUAL(copy.len, 3);
    CU_ASSERT_STRING_EQUAL(copy.data, "abc");
    const struct cw_span empty = cw_arena_copy(arena, cw_span_cstr(NULL));
    CU_ASSERT_PTR_NOT_NULL_FATAL(empty.data);
    CU_ASSERT_STRING_EQUAL(empty.data, "");
    CU_ASSERT_PTR_NULL(cw_arena_copy(arena, CW_SPAN("abc")).data);
    cw_arena_free(arena);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"error keeps the first cause", error_keeps_the_first_cause},
        {"error may be NULL", error_may_be_null},
        {"error escapes hostile text", error_escapes_hostile_text},
        {"error is cut at a character boundary", error_cuts_at_a_character_boundary},
        {"error prefix puts context in front", error_prefix_puts_context_in_front},
        {"error prefix stays within its array", error_prefix_stays_within_its_array},
        {"error clear makes room for another", error_clear_makes_room_for_another},
        {"span reads only plain decimals", span_reads_only_plain_decimals},
        {"span splits lines of either ending", span_splits_lines_of_either_ending},
        {"span slices are clamped", span_slices_are_clamped},
        {"span trims ASCII blanks only", span_trims_ascii_blanks_only},
        {"span compares bytes without locale", span_compares_bytes_without_locale},
        {"span finds bytes and matches ends", span_finds_and_matches_ends},
        {"checked arithmetic sees overflow", checked_arithmetic_sees_overflow},
        {"buf holds its cap and no byte more", buf_holds_its_cap_and_no_byte_more},
        {"buf failure leaves content and stays", buf_failure_leaves_content_and_stays},
        {"buf formats up to its cap", buf_formats_up_to_its_cap},
        {"buf refuses a size that would overflow", buf_refuses_a_size_that_would_overflow},
        {"buf gives its content away", buf_gives_its_content_away},
        {"arena hands out its cap and no byte more", arena_hands_out_its_cap_and_no_byte_more},
        {"arena counts what lives elsewhere", arena_counts_what_lives_elsewhere},
        {"arena fails when it is told to", arena_fails_when_it_is_told_to},
        {"arena counts many small blocks", arena_counts_many_small_blocks},
        {"arena blocks are aligned, zeroed, stable", arena_blocks_are_aligned_zeroed_and_stable},
        {"arena refuses sizes that overflow", arena_refuses_sizes_that_overflow},
        {"arena copies are terminated", arena_copies_are_terminated},
    };
    return cw_run_suite("base", tests, CW_COUNT(tests));
}
