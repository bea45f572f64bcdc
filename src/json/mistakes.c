#include "json/mistakes.h"

#include <stdarg.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

enum { FILE_BYTES_MAX = 1024, FIELD_BYTES_MAX = 512 };

static void item_clear(struct cw_mistake *item)
{
    free(item->file);
    free(item->field);
    free(item->text);
    *item = (struct cw_mistake){0};
}

void cw_mistakes_init(struct cw_mistakes *mistakes)
{
    *mistakes = (struct cw_mistakes){0};
}

void cw_mistakes_clear(struct cw_mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        item_clear(&mistakes->items[i]);
    }
    free(mistakes->items);
    *mistakes = (struct cw_mistakes){0};
}

static char *escaped(const char *text, size_t bytes_max)
{
    char *copy = malloc(bytes_max);
    if (copy != NULL) {
        cw_text_escape_to(copy, bytes_max, cw_span_cstr(text));
    }
    return copy;
}

/* Where a new mistake goes: a fresh item, or the place of a kept warning when only an error is
 * worth it. NULL means: counted, not kept. The array has its full size from the first mistake on.
 */
static struct cw_mistake *place_for(struct cw_mistakes *mistakes, enum cw_mistake_grade grade)
{
    if (mistakes->items == NULL) {
        mistakes->items = calloc(CW_MISTAKES_MAX, sizeof(*mistakes->items));
    }
    if (mistakes->items == NULL) {
        return NULL;
    }
    if (mistakes->count < CW_MISTAKES_MAX) {
        return &mistakes->items[mistakes->count++];
    }
    for (size_t i = mistakes->count; grade == CW_MISTAKE_ERROR && i > 0; i--) {
        if (mistakes->items[i - 1].grade == CW_MISTAKE_WARNING) {
            item_clear(&mistakes->items[i - 1]);
            return &mistakes->items[i - 1];
        }
    }
    return NULL;
}

void cw_mistakes_add(struct cw_mistakes *mistakes, enum cw_mistake_grade grade,
                     struct cw_mistake_place place, const char *fmt, ...)
{
    switch (grade) {
    case CW_MISTAKE_ERROR:
        mistakes->errors++;
        break;
    case CW_MISTAKE_WARNING:
        mistakes->warnings++;
        break;
    }
    char text[CW_ERROR_TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    struct cw_mistake fresh = {
        .grade = grade,
        .line = place.line,
        .column = place.column,
        .file = escaped(place.file, FILE_BYTES_MAX),
        .field = escaped(place.field, FIELD_BYTES_MAX),
        .text = escaped(text, sizeof(text)),
    };
    struct cw_mistake *kept = NULL;
    if (fresh.file != NULL && fresh.field != NULL && fresh.text != NULL) {
        kept = place_for(mistakes, grade);
    }
    if (kept == NULL) {
        item_clear(&fresh);
        return;
    }
    *kept = fresh;
    CW_ASSERT(mistakes->count <= CW_MISTAKES_MAX);
}

void cw_mistake_format(const struct cw_mistake *mistake, char *ret, size_t bytes)
{
    char place[32] = "";
    if (mistake->line > 0) {
        (void)snprintf(place, sizeof(place), "%d:%d:", mistake->line, mistake->column);
    }
    const char *colon = mistake->field[0] == '\0' ? "" : ": ";
    (void)snprintf(ret, bytes, "%s:%s %s%s%s", mistake->file, place, mistake->field, colon,
                   mistake->text);
}

static const struct cw_mistake *first_error(const struct cw_mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        if (mistakes->items[i].grade == CW_MISTAKE_ERROR) {
            return &mistakes->items[i];
        }
    }
    return NULL;
}

enum cw_status cw_mistakes_status(const struct cw_mistakes *mistakes, struct cw_error *err)
{
    if (mistakes->errors == 0) {
        return CW_OK;
    }
    const struct cw_mistake *first = first_error(mistakes);
    if (first == NULL) { /* memory was too short to keep a single one */
        return cw_error_set(err, CW_INVALID, "%zu mistakes in our own files", mistakes->errors);
    }
    char text[CW_ERROR_TEXT_BYTES];
    cw_mistake_format(first, text, sizeof(text));
    if (mistakes->errors == 1) {
        return cw_error_set(err, CW_INVALID, "%s", text);
    }
    /* The count is what would be cut off at the end of a long text, so the text yields to it. */
    return cw_error_set(err, CW_INVALID, "%.460s (and %zu more)", text, mistakes->errors - 1);
}
