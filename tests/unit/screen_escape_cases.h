/* screen_escape_cases.h: an address is found whatever escape stands in front of it. Is included by
 * test_screen.c, whose ears it uses. */
#ifndef CW_TESTS_SCREEN_ESCAPE_CASES_H
#define CW_TESTS_SCREEN_ESCAPE_CASES_H

static const char *const escapes_in_front[] = {
    "pay to\\n",
    "\\t",
    "\\r\\n",
    "\\u003d",
    "\\u000A",
    "\\x3d",
    "to%3D",
    "%20",
    "%0a",
    "\x1b[31m",
    "\x1b[m\x1b[K",
    "\x1b[01;31m",
    "\\u001b[38;5;196m",
    "^[[1;38:2:255:0:0;4m",
};

static size_t hits_of(const struct listed *listed, struct cw_span text)
{
    struct ear ear = ear_of(listed);
    size_t hits = 0;
    hear(listed, text, CW_SCREEN_AUTO, SIZE_MAX / 2, &ear);
    for (size_t i = 0; i < ear.heard.len; i++) {
        hits += ear.heard.data[i] == '\n' ? 1 : 0;
    }
    cw_buf_clear(&ear.heard);
    return hits;
}

/* Every spelling of a key that is found alone is found behind each escape, and nothing is told
 * twice. TON's "-1:" begins with the sign that would end a run of letters. */
static void finds_what_an_escape_hides(void)
{
    struct spellings *all = calloc(1, sizeof(*all));
    uint8_t pool[POOL_BYTES];
    struct cw_buf text;
    size_t asked = 0;
    CU_ASSERT_FATAL(all != NULL && spellings_learn(all));
    for (size_t i = 0; i < sizeof(pool); i++) {
        pool[i] = (uint8_t)(37 + 91 * i);
    }
    spellings_make(all, pool);
    cw_buf_init(&text, DOCUMENT_MAX);
    for (size_t i = 0; i < all->count; i++) {
        struct listed listed = {0};
        const struct cw_span spelling = cw_span_cstr(all->texts[i]);
        if (listed_add(&listed, spelling, CW_SPAN("")) && spelling.data[0] != '-') {
            listed_build(&listed);
            const size_t alone = hits_of(&listed, spelling);
            cw_buf_reset(&text);
            for (size_t j = 0; j < CW_COUNT(escapes_in_front); j++) {
                cw_buf_str(&text, escapes_in_front[j]);
                cw_buf_span(&text, spelling);
                cw_buf_str(&text, "\\n\n");
            }
            const size_t hits = hits_of(&listed, cw_buf_as_span(&text));
            CW_CHECK(hits == alone * CW_COUNT(escapes_in_front), "%s: %zu", all->texts[i], hits);
            if (alone > 0 && i % 8 == 0) { /* the soak test compares many more */
                compare_on(CW_SCREEN_SCALAR, &listed, cw_buf_as_span(&text), all->texts[i]);
            }
            asked += alone;
        }
        listed_clear(&listed);
    }
    CW_CHECK(asked > 200, "only %zu", asked);
    cw_buf_clear(&text);
    free(all);
}

#endif
