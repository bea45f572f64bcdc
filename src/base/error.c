#include "base/error.h"

#include <assert.h>
#include <stdarg.h>

#include "base/text.h"

/* Longer than the text that is kept: a message that overflows this one is cut by the escape anyway,
 * so a character split at the end of the raw form never shows. */
enum { RAW_BYTES = 2 * CW_ERROR_TEXT_BYTES };

static_assert(RAW_BYTES > CW_ERROR_TEXT_BYTES + 4, "the raw form must overflow the kept one");

static void format_raw(char raw[static RAW_BYTES], const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void format_raw(char raw[static RAW_BYTES], const char *fmt, va_list args)
{
    if (vsnprintf(raw, RAW_BYTES, fmt, args) < 0) {
        (void)snprintf(raw, RAW_BYTES, "(the text of this error could not be formatted)");
    }
}

enum cw_status cw_error_set(struct cw_error *err, enum cw_status code, const char *fmt, ...)
{
    CW_ASSERT(code != CW_OK);
    CW_ASSERT(fmt != NULL);
    if (err == NULL || err->code != CW_OK) {
        return code;
    }
    char raw[RAW_BYTES];
    va_list args;
    va_start(args, fmt);
    format_raw(raw, fmt, args);
    va_end(args);
    err->code = code;
    cw_text_escape_to(err->text, sizeof(err->text), cw_span_cstr(raw));
    return code;
}

enum cw_status cw_error_no_memory(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "memory is exhausted");
}

enum cw_status cw_error_prefix(struct cw_error *err, const char *fmt, ...)
{
    CW_ASSERT(fmt != NULL);
    if (err == NULL || err->code == CW_OK) {
        return CW_OK;
    }
    char raw[RAW_BYTES + CW_ERROR_TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    format_raw(raw, fmt, args);
    va_end(args);
    const size_t used = strlen(raw);
    memcpy(raw + used, err->text, strlen(err->text) + 1);
    /* The old text holds no unprintable byte any more, so escaping it again changes nothing. */
    cw_text_escape_to(err->text, sizeof(err->text), cw_span_cstr(raw));
    return err->code;
}

void cw_error_clear(struct cw_error *err)
{
    CW_ASSERT(err != NULL);
    err->code = CW_OK;
    err->text[0] = '\0';
}
