#include "base/datetime.h"
#include "base/text.h"
#include "cli/cli.h"

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

void cw_cli_print(struct cw_span text)
{
    struct cw_buf safe;
    cw_buf_init(&safe, text.len * 6 + 16);
    cw_text_escape(&safe, text);
    if (safe.failed != CW_OK) {
        end_without_memory();
    }
    (void)fwrite(safe.data == NULL ? "" : safe.data, 1, safe.len, stdout);
    cw_buf_clear(&safe);
}
