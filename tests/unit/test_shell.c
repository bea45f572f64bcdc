/* test_shell.c: what a person is told to type. */
#include "base/shell.h"

#include "suite.h"

static void quotes_what_a_shell_would_read(void)
{
    static const struct {
        const char *path;
        const char *quoted;
    } rows[] = {
        {"/srv/cryptowatch/state", "/srv/cryptowatch/state"},
        {"/srv/crypto watch", "'/srv/crypto watch'"},
        {"/srv/$(reboot)", "'/srv/$(reboot)'"},
        {"/srv/it's", "'/srv/it'\\''s'"},
        {"/srv/a;b", "'/srv/a;b'"},
        {"/srv/`a`", "'/srv/`a`'"},
        {"-rf", "./-rf"},
        {"-r f", "./'-r f'"},
        {"", "''"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_quoted quoted = cw_shell_quote(rows[i].path);
        CW_CHECK(strcmp(quoted.text, rows[i].quoted) == 0, "%s: %s", rows[i].path, quoted.text);
    }
    CU_ASSERT_STRING_EQUAL(cw_shell_quote_in("/a b", "c").text, "'/a b/c'");
}

static void gives_no_half_a_path(void)
{
    char path[CW_SHELL_PATH_BYTES + 1];
    memset(path, 'a', sizeof(path));
    path[CW_SHELL_PATH_BYTES] = '\0';
    CU_ASSERT_STRING_EQUAL(cw_shell_quote(path).text, "");
    path[CW_SHELL_PATH_BYTES - 1] = '\0';
    CU_ASSERT_STRING_EQUAL(cw_shell_quote(path).text, path);
    CU_ASSERT_STRING_EQUAL(cw_shell_quote_in(path, "x").text, "");
    memset(path, '\'', CW_SHELL_PATH_BYTES - 1); /* each takes four bytes */
    CU_ASSERT_STRING_EQUAL(cw_shell_quote(path).text, "");
}

static void completes_the_commands_of_a_sentence(void)
{
    static const struct {
        const char *text;
        const char *config;
        const char *whole;
    } rows[] = {
        {"run `cryptowatch scan`", "/a", "run `cryptowatch scan --config /a`"},
        {"run `cryptowatch scan`", "/it's", "run `cryptowatch scan --config '/it'\\''s'`"},
        {"run `cryptowatch scan`", NULL, "run `cryptowatch scan`"},
        {"`cryptowatch a b` or `cryptowatch c`; end", "/a",
         "`cryptowatch a b --config /a` or `cryptowatch c --config /a`; end"},
        {"`cryptowatch scan --config /b`", "/a", "`cryptowatch scan --config /b`"},
        {"`cryptowatch init`", "/a", "`cryptowatch init`"},
        {"`cryptowatch scan", "/a", "`cryptowatch scan"},
        {"`check` and `cryptowatch`", "/a", "`check` and `cryptowatch`"},
        {"`", "/a", "`"},
        {"", "/a", ""},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf out;
        cw_buf_init(&out, 4096);
        cw_shell_complete(&out, cw_span_cstr(rows[i].text), rows[i].config);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), rows[i].whole), "%s: %s", rows[i].text,
                 out.data == NULL ? "" : out.data);
        cw_buf_clear(&out);
    }
}

/* What is completed twice is as it was after the first time. */
static void completes_once(void)
{
    struct cw_buf once;
    struct cw_buf twice;
    cw_buf_init(&once, 4096);
    cw_buf_init(&twice, 4096);
    cw_shell_complete(&once, CW_SPAN("a `cryptowatch scan --feed x` b"), "/it's a `home`");
    cw_shell_complete(&twice, cw_buf_as_span(&once), "/it's a `home`");
    CU_ASSERT_TRUE(cw_span_equal(cw_buf_as_span(&once), cw_buf_as_span(&twice)));
    cw_buf_clear(&once);
    cw_buf_clear(&twice);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"quotes what a shell would read", quotes_what_a_shell_would_read},
        {"gives no half a path", gives_no_half_a_path},
        {"completes the commands of a sentence", completes_the_commands_of_a_sentence},
        {"completes once", completes_once},
    };
    return cw_run_suite("shell", tests, CW_COUNT(tests));
}
