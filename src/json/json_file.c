#define _XOPEN_SOURCE 700 /* S_ISVTX */
#include "json/json_file.h"

#include <stdarg.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "json/json_locate.h"

struct cw_json_file {
    char *path;
    char *text;
    size_t len;
    json_t *root;
    char sha256[CW_SHA256_HEX_BYTES];
};

/* What goes with one attempt to read a text: where messages go and what they name. */
struct reading {
    struct cw_span text;
    const char *name;
    struct cw_mistakes *mistakes;
};

static void refuse_at(const struct reading *reading, size_t offset, const char *why)
{
    const struct cw_json_place place = cw_json_place_at(reading->text, offset);
    cw_mistakes_add(reading->mistakes, CW_MISTAKE_ERROR,
                    (struct cw_mistake_place){reading->name, place.line, place.column, ""}, "%s",
                    why);
}

/* Offset of the first byte that is no UTF-8; text.len when all is well. */
static size_t bad_utf8_at(struct cw_span text)
{
    size_t at = 0;
    uint32_t code_point = 0;
    while (at < text.len && cw_utf8_next(text, &at, &code_point)) {
    }
    return at;
}

/* What Jansson cannot say well, or would not notice. True when the text may be parsed. */
static bool precheck(const struct reading *reading)
{
    const struct cw_span text = reading->text;
    if (cw_span_trim(text).len == 0) {
        refuse_at(reading, 0, "the file is empty: a JSON object is expected");
        return false;
    }
    if (cw_span_starts_with(text, CW_SPAN("\xEF\xBB\xBF"))) {
        refuse_at(reading, 0,
                  "the file starts with a byte order mark: save it as UTF-8 without one");
        return false;
    }
    const size_t bad = bad_utf8_at(text);
    if (bad < text.len) {
        refuse_at(reading, bad, "not UTF-8: save the file in this encoding");
        return false;
    }
    const size_t deep = cw_json_depth_find(text, CW_JSON_DEPTH_MAX);
    if (deep < text.len) {
        char why[80];
        (void)snprintf(why, sizeof(why), "nested more than %u levels deep", CW_JSON_DEPTH_MAX);
        refuse_at(reading, deep, why);
        return false;
    }
    return true;
}

/* The token that Jansson stumbled over; its text is "... near 'token'" when the token is short.
 * Only its length and, for a name that stands twice, its text are used: what stands in the wrong
 * place of a rule may be a secret key, and is not repeated. */
static struct cw_span token_of(const json_error_t *error)
{
    const struct cw_span text = cw_span_cstr(error->text);
    static const char mark[] = " near '";
    const char *from = strstr(error->text, mark);
    if (from == NULL || !cw_span_ends_with(text, CW_SPAN("'"))) {
        return (struct cw_span){NULL, 0};
    }
    const size_t start = (size_t)(from - error->text) + sizeof(mark) - 1;
    return cw_span_slice(text, start, text.len - 1);
}

/* From an opening quote: a line or the text ends before the closing one. */
static bool is_unclosed(struct cw_span text, size_t at)
{
    for (at++; at < text.len && text.data[at] != '"'; at++) {
        if (text.data[at] == '\n') {
            return true;
        }
        at += text.data[at] == '\\' ? 1 : 0;
    }
    return at >= text.len;
}

static char byte_at(struct cw_span text, size_t at)
{
    if (at < text.len) {
        return text.data[at];
    }
    return '\0';
}

/* The commonest slips, each with its remedy. */
static const char *syntax_reason(struct cw_span text, size_t at)
{
    const struct cw_span before = cw_span_trim(cw_span_slice(text, 0, at));
    const char found = byte_at(text, at);
    const char last = byte_at(before, before.len - 1); /* none before the first: "at" is past it */
    if ((found == '}' || found == ']') && last == ',') {
        return "a comma stands before this closing bracket: remove it";
    }
    if (found == '"' && is_unclosed(text, at)) {
        return "this string does not end on its line: close the quotes, or write \\n";
    }
    if ((found == '"' || found == '{' || found == '[') &&
        (last == '"' || last == '}' || last == ']')) {
        return "a comma or colon is missing before this";
    }
    if (found == '\'') {
        return "JSON strings stand in double quotes";
    }
    if (found == '/' || found == '#') {
        return "JSON has no comments: use the member made for remarks";
    }
    return "this is not JSON: a comma, colon, bracket or quote is wrong here";
}

static void refuse_syntax(const struct reading *reading, const json_error_t *error)
{
    const struct cw_span token = token_of(error);
    size_t at = error->position < 0 ? 0 : (size_t)error->position;
    at = at >= token.len ? at - token.len : 0;
    if (token.len == 0 && at > 0) {
        at--; /* the position is behind the byte that was read last */
    }
    const char *why = "this cannot be read as JSON";
    switch (json_error_code(error)) {
    case json_error_premature_end_of_input:
        why = "the file ends too early: a bracket or quote is not closed";
        break;
    case json_error_end_of_input_expected:
        why = "the document has ended before this: remove what follows";
        break;
    case json_error_numeric_overflow:
        why = "this number is too large";
        break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        why = "\\u0000 is not allowed in a string";
        break;
    case json_error_invalid_utf8:
        why = "not UTF-8: save the file in this encoding";
        break;
    case json_error_duplicate_key:
        why = "this name stands twice in one object: keep one";
        break;
    case json_error_invalid_syntax:
        why = syntax_reason(reading->text, at);
        break;
    case json_error_out_of_memory:
        why = "not enough memory to read the file";
        break;
    case json_error_unknown:
    case json_error_stack_overflow:
    case json_error_invalid_argument:
    case json_error_cannot_open_file:
    case json_error_wrong_type:
    case json_error_invalid_format:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
    case json_error_null_value:
        break;
    }
    refuse_at(reading, at, why);
}

/* A member that stands twice is a mistake with a place, but no reason to say nothing about the
 * rest: the text is read a second time without that check. Only the first double name is found. */
static json_t *parse(const struct reading *reading)
{
    json_error_t error;
    json_t *root =
        json_loadb(reading->text.data, reading->text.len, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        refuse_syntax(reading, &error);
        if (json_error_code(&error) == json_error_duplicate_key) {
            root = json_loadb(reading->text.data, reading->text.len, 0, &error);
        }
    }
    return root;
}

/* Takes `text` over in every case. */
static enum cw_status file_take(struct cw_buf *text, const char *name, struct cw_mistakes *mistakes,
                                struct cw_json_file **ret, struct cw_error *err)
{
    const struct reading reading = {cw_buf_as_span(text), name, mistakes};
    json_t *root = precheck(&reading) ? parse(&reading) : NULL;
    if (root == NULL) {
        cw_buf_clear(text);
        *ret = NULL;
        return CW_OK;
    }
    struct cw_json_file *file = calloc(1, sizeof(*file));
    char *path = strdup(name);
    if (file == NULL || path == NULL || cw_buf_take(text, &file->text, &file->len, err) != CW_OK) {
        json_decref(root);
        free(file);
        free(path);
        cw_buf_clear(text);
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory", name);
    }
    file->path = path;
    file->root = root;
    cw_sha256_hex((struct cw_span){file->text, file->len}, file->sha256);
    *ret = file;
    return CW_OK;
}

bool cw_json_check_mode(const char *path, struct cw_mistakes *mistakes)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return true; /* whoever opens it says what is wrong, better than we could here */
    }
    const bool is_sticky_dir = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
    if ((info.st_mode & S_IWOTH) == 0 || is_sticky_dir) {
        return true;
    }
    cw_mistakes_add(mistakes, CW_MISTAKE_ERROR, (struct cw_mistake_place){path, 0, 0, ""},
                    "everybody on this machine may write here: chmod o-w");
    return false;
}

enum cw_status cw_json_file_open(const char *path, size_t bytes_max, struct cw_mistakes *mistakes,
                                 struct cw_json_file **ret, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    CW_ASSERT(mistakes != NULL);
    *ret = NULL;
    struct cw_buf text;
    cw_buf_init(&text, bytes_max);
    struct cw_error why = {0};
    const enum cw_status status = cw_file_read(path, &text, &why);
    if (status == CW_NOMEM) {
        cw_buf_clear(&text);
        return cw_error_set(err, CW_NOMEM, "%s", why.text);
    }
    if (status == CW_LIMIT) {
        cw_mistakes_add(mistakes, CW_MISTAKE_ERROR, (struct cw_mistake_place){path, 0, 0, ""},
                        "the file is larger than %zu bytes", bytes_max);
    } else if (status != CW_OK) {
        cw_mistakes_add(mistakes, CW_MISTAKE_ERROR, (struct cw_mistake_place){path, 0, 0, ""},
                        "cannot be read: %s", why.text);
    }
    if (status != CW_OK) {
        cw_buf_clear(&text);
        return CW_OK;
    }
    (void)cw_json_check_mode(path, mistakes);
    return file_take(&text, path, mistakes, ret, err);
}

enum cw_status cw_json_file_from(struct cw_span text, const char *name,
                                 struct cw_mistakes *mistakes, struct cw_json_file **ret,
                                 struct cw_error *err)
{
    CW_ASSERT(name != NULL);
    CW_ASSERT(mistakes != NULL);
    *ret = NULL;
    struct cw_buf copy;
    cw_buf_init(&copy, text.len + 1);
    cw_buf_span(&copy, text);
    if (cw_buf_status(&copy, err) != CW_OK) {
        cw_buf_clear(&copy);
        return CW_NOMEM;
    }
    return file_take(&copy, name, mistakes, ret, err);
}

void cw_json_file_free(struct cw_json_file *file)
{
    if (file == NULL) {
        return;
    }
    json_decref(file->root);
    free(file->text);
    free(file->path);
    free(file);
}

void cw_json_file_freep(struct cw_json_file **file)
{
    cw_json_file_free(*file);
    *file = NULL;
}

const json_t *cw_json_file_root(const struct cw_json_file *file)
{
    return file->root;
}

const char *cw_json_file_sha256(const struct cw_json_file *file)
{
    return file->sha256;
}

const char *cw_json_file_path(const struct cw_json_file *file)
{
    return file->path;
}

void cw_json_file_mistake(const struct cw_json_file *file, struct cw_mistakes *mistakes,
                          enum cw_mistake_grade grade, const char *pointer, const char *fmt, ...)
{
    char text[CW_ERROR_TEXT_BYTES];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    /* Finding a place reads the text once more: worth it only while mistakes are kept. */
    struct cw_json_place place = {0, 0};
    const size_t kept = grade == CW_MISTAKE_ERROR ? mistakes->errors : mistakes->count;
    if (kept < CW_MISTAKES_MAX) {
        place = cw_json_locate((struct cw_span){file->text, file->len}, pointer);
    }
    cw_mistakes_add(mistakes, grade,
                    (struct cw_mistake_place){file->path, place.line, place.column, pointer}, "%s",
                    text);
}

static int collect(const char *data, size_t len, void *ctx)
{
    struct cw_buf *out = ctx;
    cw_buf_append(out, data, len);
    return out->failed == CW_OK ? 0 : -1;
}

enum cw_status cw_json_canonical(const json_t *value, struct cw_buf *out, struct cw_error *err)
{
    const size_t flags = JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY;
    if (json_dump_callback(value, collect, out, flags) == 0) {
        return cw_buf_status(out, err);
    }
    const enum cw_status status = cw_buf_status(out, err);
    return status != CW_OK ? status : cw_error_set(err, CW_NOMEM, "canonical JSON: no memory");
}
