#include <stdarg.h>

#include "base/datetime.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/flow.h"

enum { CUT_MIN = 8 };

/* An answer with a part missing would read like one without. */
_Noreturn static void end_without_memory(void)
{
    (void)fprintf(stderr, "cryptowatch: out of memory for the output\n");
    exit(CW_EXIT_OS);
}

void cw_cli_json(json_t *value)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_COMPACT);
    json_decref(value);
    if (text == NULL) {
        end_without_memory();
    }
    (void)printf("%s\n", text);
    free(text);
}

json_t *cw_json_text(struct cw_span text)
{
    json_t *plain = json_stringn(text.data == NULL ? "" : text.data, text.len);
    if (plain != NULL) {
        return plain;
    }
    /* not UTF-8: write it as JSON with replacement characters, and read that back */
    struct cw_buf json;
    cw_buf_init(&json, text.len * 6 + 16);
    cw_json_string(&json, text);
    if (json.failed != CW_OK) {
        end_without_memory();
    }
    json_t *value = json_loadb(json.data, json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    cw_buf_clear(&json);
    return value != NULL ? value : json_string("");
}

json_t *cw_json_time(int64_t time_s)
{
    if (time_s == 0) {
        return json_null();
    }
    char text[CW_TIME_TEXT_BYTES];
    cw_time_format(time_s, text);
    return json_string(text);
}

static void escape_or_end(struct cw_buf *out, struct cw_span text)
{
    cw_buf_init(out, text.len * 6 + 16);
    cw_text_escape(out, text);
    if (out->failed != CW_OK) {
        end_without_memory();
    }
}

void cw_cli_print(struct cw_span text)
{
    struct cw_buf safe;
    escape_or_end(&safe, text);
    (void)fwrite(safe.data == NULL ? "" : safe.data, 1, safe.len, stdout);
    cw_buf_clear(&safe);
}

static void print_flow(const struct cw_cli *cli, struct cw_line line, struct cw_span text)
{
    struct cw_buf safe;
    escape_or_end(&safe, text);
    const struct cw_flow flow = {cli->columns, line.indent, line.column, false};
    cw_flow_print(&flow, cw_buf_as_span(&safe));
    cw_buf_clear(&safe);
}

void cw_cli_text(const struct cw_cli *cli, struct cw_line line, const struct cw_buf *text)
{
    if (text->failed != CW_OK) {
        end_without_memory();
    }
    print_flow(cli, line, cw_buf_as_span(text));
}

void cw_cli_line(const struct cw_cli *cli, struct cw_line line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (text == NULL) {
        end_without_memory();
    }
    va_start(args, fmt);
    (void)vsnprintf(text, (size_t)len + 1, fmt, args);
    va_end(args);
    print_flow(cli, line, cw_span_make(text, (size_t)len));
    free(text);
}

void cw_cli_cut(const struct cw_cli *cli, size_t column, const char *text)
{
    struct cw_buf safe;
    escape_or_end(&safe, cw_span_cstr(text));
    const bool is_narrow = cli->columns < column + CUT_MIN;
    cw_flow_cut(is_narrow ? (cli->columns > 0 ? CUT_MIN : 0) : cli->columns - column,
                cw_buf_as_span(&safe));
    (void)printf("\n");
    cw_buf_clear(&safe);
}
