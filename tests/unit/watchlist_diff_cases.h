/* watchlist_diff_cases.h: two states of one list: what was added, removed and changed, when that is
 * not believed, and the addresses that are nobody's. Included by test_watchlist.c after its rows.
 */
#ifndef CW_TESTS_WATCHLIST_DIFF_CASES_H
#define CW_TESTS_WATCHLIST_DIFF_CASES_H

/* ---- two states ---- */

/* A state is a word: a letter is a party, upper case one with another name. */
static struct cw_watchlist *list_of_word(const char *word)
{
    struct cw_watchlist *list = new_list();
    for (size_t i = 0; word[i] != '\0'; i++) {
        const char id[] = {cw_ascii_lower(word[i]), '\0'};
        const struct row row = {.value = EVM, .id = id, .name = &word[i]};
        struct cw_entry entry = entry_of(&row);
        entry.entry_name.len = 1;
        OK(cw_watchlist_add_entry(list, &entry, &err));
    }
    OK(cw_watchlist_finish(list, &err));
    return list;
}

/* "+ab-c*d": added, removed, changed. */
static void write_delta(const struct cw_watchlist *old_list, const struct cw_watchlist *new_list,
                        const struct cw_delta *delta, char *ret, size_t bytes)
{
    struct cw_buf out;
    cw_buf_init(&out, bytes - 1);
    cw_buf_char(&out, '+');
    for (size_t i = 0; i < delta->added_count; i++) {
        cw_buf_span(&out, cw_watchlist_at(new_list, delta->added[i])->entry_id);
    }
    cw_buf_char(&out, '-');
    for (size_t i = 0; i < delta->removed_count; i++) {
        cw_buf_span(&out, cw_watchlist_at(old_list, delta->removed[i])->entry_id);
    }
    cw_buf_char(&out, '*');
    for (size_t i = 0; i < delta->changed_count; i++) {
        const struct cw_listing *now = cw_watchlist_at(new_list, delta->changed[i]);
        const struct cw_listing *was = cw_watchlist_at(old_list, delta->changed_old[i]);
        CU_ASSERT(cw_span_equal(now->entry_id, was->entry_id));
        CU_ASSERT(cw_span_equal(now->canonical, was->canonical));
        cw_buf_span(&out, now->entry_id);
    }
    CU_ASSERT_EQUAL(out.failed, CW_OK);
    (void)snprintf(ret, bytes, "%.*s", CW_SPAN_ARG(cw_buf_as_span(&out)));
    cw_buf_clear(&out);
}

static void compare_words(const char *before, const char *after, char *ret, size_t bytes)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *old_list = NULL;
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *now = list_of_word(after);
    struct cw_delta delta = {0};
    if (before != NULL) {
        old_list = list_of_word(before);
    }
    OK(cw_delta_make(old_list, now, &delta, &err));
    write_delta(old_list, now, &delta, ret, bytes);
    cw_delta_clear(&delta);
    CU_ASSERT_PTR_NULL(delta.added);
}

static const struct {
    const char *what;
    const char *before; /* NULL: never read */
    const char *after;
    const char *delta;
} delta_cases[] = {
    {"first reading adds everything", NULL, "abc", "+abc-*"},
    {"first reading of nothing", NULL, "", "+-*"},
    {"nothing changed", "abc", "abc", "+-*"},
    {"another order is no change", "cab", "bca", "+-*"},
    {"one at the end", "ab", "abc", "+c-*"},
    {"one in front", "bc", "abc", "+a-*"},
    {"one gone from the middle", "abc", "ac", "+-b*"},
    {"everything gone", "abc", "", "+-abc*"},
    {"everything new", "", "abc", "+abc-*"},
    {"all replaced", "abc", "def", "+def-abc*"},
    {"interleaved", "ace", "bdf", "+bdf-ace*"},
    {"one changed", "abc", "aBc", "+-*b"},
    {"all changed", "abc", "ABC", "+-*abc"},
    {"changed, added and removed at once", "abd", "Acd", "+c-b*a"},
};

static void finds_added_removed_and_changed(void)
{
    for (size_t i = 0; i < CW_COUNT(delta_cases); i++) {
        char text[128];
        compare_words(delta_cases[i].before, delta_cases[i].after, text, sizeof(text));
        CW_CHECK(strcmp(text, delta_cases[i].delta) == 0, "%s: %s", delta_cases[i].what, text);
    }
}

/* Between random states: backwards, added and removed swap places; and counting tells what must be
 * changed: everything common whose case differs. */
static void is_the_mirror_of_itself_backwards(void)
{
    uint64_t state = 0x2545f4914f6cdd1du;
    for (size_t round = 0; round < 200; round++) {
        char words[2][27] = {"", ""};
        char expected[128] = "";
        char added[27] = "";
        char removed[27] = "";
        char changed[27] = "";
        for (char letter = 'a'; letter <= 'z'; letter++) {
            const char upper = (char)(letter - 'a' + 'A');
            const char is[2] = {below(&state, 2) == 0 ? letter : upper,
                                below(&state, 2) == 0 ? letter : upper};
            const bool in[2] = {below(&state, 2) == 0, below(&state, 2) == 0};
            for (size_t w = 0; w < 2; w++) {
                words[w][strlen(words[w])] = in[w] ? is[w] : '\0';
            }
            char *to = in[1] ? added : removed;
            to = in[0] && in[1] ? changed : to;
            if (in[0] != in[1] || (in[0] && is[0] != is[1])) {
                to[strlen(to)] = letter;
            }
        }
        char text[128];
        (void)snprintf(expected, sizeof(expected), "+%s-%s*%s", added, removed, changed);
        compare_words(words[0], words[1], text, sizeof(text));
        CW_CHECK(strcmp(text, expected) == 0, "%s to %s: %s", words[0], words[1], text);
        (void)snprintf(expected, sizeof(expected), "+%s-%s*%s", removed, added, changed);
        compare_words(words[1], words[0], text, sizeof(text));
        CW_CHECK(strcmp(text, expected) == 0, "%s to %s: %s", words[1], words[0], text);
    }
}

/* ---- is it believed? ---- */

/* ---- nobody's addresses ---- */

static const struct {
    const char *value;
    bool is_reserved;
} reserved_cases[] = {
    {"0x0000000000000000000000000000000000000000", true},
    {"0x0000000000000000000000000000000000000001", true},
    {"0x000000000000000000000000000000000000dEaD", true},
    {"0x000000000000000000000000000000000000ffff", true},
    {"0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE", true},
    {"0xdEAD000000000000000042069420694206942069", true},
    {"1111111111111111111114oLvT2", true},
    {"1BitcoinEaterAddressDontSendf59kuE", true},
    {"T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", true},
    {"0x0000000000000000000000000000000000010000", false},
    {"0x1000000000000000000000000000000000000000", false},
    {"0x000000000000000000000000000000000000dead000000000000000000000000", false},
    {EVM, false},
    {P2PKH, false},
    {TRON, false},
};

static void knows_the_addresses_that_are_nobodys(void)
{
    for (size_t i = 0; i < CW_COUNT(reserved_cases); i++) {
        const struct row row = {.value = reserved_cases[i].value};
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(&row, 1);
        const bool is_reserved =
            cw_watchlist_count(list) == 1 && cw_watchlist_at(list, 0)->is_reserved;
        CW_CHECK(is_reserved == reserved_cases[i].is_reserved, "%s", reserved_cases[i].value);
    }
}

#endif
