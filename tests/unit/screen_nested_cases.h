/* screen_nested_cases.h: keys of a document whose nested script is listed. Included by
 * test_screen.c.
 */
#ifndef CW_TESTS_SCREEN_NESTED_CASES_H
#define CW_TESTS_SCREEN_NESTED_CASES_H

/* A script hash is listed; of the keys nested in it each text, on every path, as with every token.
 */
static void finds_keys_of_nested_scripts(void)
{
    struct listed listed = {.is_nested_known = true};
    static const char text[] =
        "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 "
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4,bitcoincash:"
        "qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
    CU_ASSERT(listed_add(&listed, CW_SPAN("3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"), CW_SPAN("")));
    listed_build(&listed);
    struct ear slow = ear_of(&listed);
    hear(&listed, CW_SPAN(text), CW_SCREEN_AUTO, 9, &slow);
    size_t hits = 0;
    for (size_t i = 0; i < slow.heard.len; i++) {
        hits += slow.heard.data[i] == '\n' ? 1 : 0;
    }
    CU_ASSERT_EQUAL(hits, 4);
    for (size_t i = 0; i < CW_COUNT(paths); i++) {
        struct ear fast = ear_of(&listed);
        const struct cw_screen_options options = {.filter = listed.filter,
                                                  .sink = {on_hit, &fast},
                                                  .path = paths[i],
                                                  .depth = CW_SCREEN_NESTED};
        struct cw_screen *screen = NULL;
        if (cw_screen_new(&options, &screen, NULL) != CW_OK) {
            continue;
        }
        cw_screen_begin(screen, CW_SCREEN_ALL);
        CU_ASSERT(cw_screen_feed(screen, CW_SPAN(text), NULL) == CW_OK);
        CU_ASSERT(cw_screen_end(screen, NULL) == CW_OK);
        cw_screen_free(screen);
        CU_ASSERT(cw_span_equal(cw_buf_as_span(&slow.heard), cw_buf_as_span(&fast.heard)));
        cw_buf_clear(&fast.heard);
    }
    cw_buf_clear(&slow.heard);
    listed_clear(&listed);
}

static void finds_nested_scripts_when_every_token_is_decoded(void)
{
    struct listed listed = {.is_nested_known = true};
    CU_ASSERT(listed_add(&listed, CW_SPAN("3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"), CW_SPAN("")));
    listed_build(&listed);
    struct ear ear = ear_of(&listed);
    const struct cw_span text = CW_SPAN("to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4 today");
    hear(&listed, text, CW_SCREEN_AUTO, 7, &ear);
    CU_ASSERT(
        cw_span_is(cw_buf_as_span(&ear.heard), "0:3:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n"));
    cw_buf_clear(&ear.heard);
    compare(&listed, text, SIZE_MAX / 2, "a nested script");
    listed_clear(&listed);
}

#endif
