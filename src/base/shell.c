#include "base/shell.h"

#include <stdio.h>
#include <string.h>

static bool is_plain(const char *word)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@%=";
    return word[0] != '\0' && strspn(word, plain) == strlen(word);
}

void cw_shell_word(struct cw_buf *out, const char *path)
{
    if (path[0] == '-') {
        cw_buf_str(out, "./"); /* a path, and no option */
    }
    if (is_plain(path)) {
        cw_buf_str(out, path);
        return;
    }
    cw_buf_char(out, '\'');
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '\'') {
            cw_buf_str(out, "'\\''");
        } else {
            cw_buf_char(out, *c);
        }
    }
    cw_buf_char(out, '\'');
}

struct cw_quoted cw_shell_quote(const char *path)
{
    struct cw_quoted quoted = {""};
    struct cw_buf text;
    cw_buf_init(&text, sizeof(quoted.text) - 1);
    if (strlen(path) < CW_SHELL_PATH_BYTES) {
        cw_shell_word(&text, path);
    }
    if (text.len > 0 && cw_buf_status(&text, NULL) == CW_OK) {
        (void)snprintf(quoted.text, sizeof(quoted.text), "%s", text.data);
    }
    cw_buf_clear(&text);
    return quoted;
}

struct cw_quoted cw_shell_quote_in(const char *folder, const char *name)
{
    char path[CW_SHELL_PATH_BYTES];
    const int len = snprintf(path, sizeof(path), "%s/%s", folder, name);
    return len > 0 && (size_t)len < sizeof(path) ? cw_shell_quote(path) : (struct cw_quoted){""};
}

void cw_shell_config(struct cw_buf *out, const char *config)
{
    if (config != NULL) {
        cw_buf_str(out, " --config ");
        cw_shell_word(out, config);
    }
}

static bool needs_config(struct cw_span command)
{
    return !cw_span_starts_with(command, CW_SPAN("cryptowatch init")) &&
           cw_span_find_text(command, CW_SPAN(" --config ")) == command.len;
}

void cw_shell_complete(struct cw_buf *out, struct cw_span text, const char *config)
{
    const struct cw_span mark = CW_SPAN("`cryptowatch ");
    while (config != NULL) {
        const size_t from = cw_span_find_text(text, mark);
        const size_t until = from < text.len ? cw_span_find(text, '`', from + 1) : text.len;
        if (until == text.len) {
            break;
        }
        cw_buf_span(out, cw_span_slice(text, 0, until));
        if (needs_config(cw_span_slice(text, from + 1, until))) {
            cw_shell_config(out, config);
        }
        cw_buf_char(out, '`');
        text = cw_span_slice(text, until + 1, text.len);
    }
    cw_buf_span(out, text);
}
