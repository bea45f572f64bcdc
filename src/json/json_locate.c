#include "json/json_locate.h"

#include <jansson.h>
#include <limits.h>

#include "base/status.h"

/* A cursor over the text; `at` never passes text.len. */
struct scanner {
    struct cw_span text;
    size_t at;
};

static char peek(const struct scanner *scanner)
{
    if (scanner->at < scanner->text.len) {
        return scanner->text.data[scanner->at];
    }
    return '\0';
}

static void skip_space(struct scanner *scanner)
{
    while (scanner->at < scanner->text.len) {
        const char c = peek(scanner);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            return;
        }
        scanner->at++;
    }
}

/* From an opening quote to behind the closing one. */
static void skip_string(struct scanner *scanner)
{
    scanner->at++;
    while (scanner->at < scanner->text.len) {
        const char c = scanner->text.data[scanner->at++];
        if (c == '"') {
            return;
        }
        if (c == '\\' && scanner->at < scanner->text.len) {
            scanner->at++;
        }
    }
}

/* Behind one value: a string, a bracketed one of any depth, or a bare word or number. */
static void skip_value(struct scanner *scanner)
{
    size_t depth = 0;
    while (scanner->at < scanner->text.len) {
        const char c = peek(scanner);
        if (c == '"') {
            skip_string(scanner);
        } else if (c == '[' || c == '{') {
            depth++;
            scanner->at++;
        } else if (c == ']' || c == '}') {
            if (depth == 0) {
                return;
            }
            depth--;
            scanner->at++;
        } else if (depth == 0 && c == ',') {
            return;
        } else {
            scanner->at++;
            continue;
        }
        if (depth == 0) {
            return;
        }
    }
}

/* Takes the next token off a pointer, decoded in place in `ret`; false at its end or when it is
 * longer than any name we would look for. */
static bool next_token(const char **pointer, char *ret, size_t bytes)
{
    const char *from = *pointer;
    if (*from != '/') {
        return false;
    }
    size_t len = 0;
    for (from++; *from != '\0' && *from != '/'; from++) {
        if (len + 1 >= bytes) {
            return false;
        }
        char c = *from;
        if (c == '~' && (from[1] == '0' || from[1] == '1')) {
            from++;
            c = *from == '0' ? '~' : '/';
        }
        ret[len++] = c;
    }
    ret[len] = '\0';
    *pointer = from;
    return true;
}

/* Compares the string [from, to), quotes included, with a name; Jansson undoes the escapes. */
static bool is_name(struct cw_span quoted, const char *name)
{
    const struct cw_span bare = cw_span_slice(quoted, 1, quoted.len == 0 ? 0 : quoted.len - 1);
    if (cw_span_find(bare, '\\', 0) == bare.len) {
        return cw_span_is(bare, name);
    }
    json_t *decoded = json_loadb(quoted.data, quoted.len, JSON_DECODE_ANY, NULL);
    const bool is_same =
        decoded != NULL && json_is_string(decoded) && strcmp(json_string_value(decoded), name) == 0;
    json_decref(decoded);
    return is_same;
}

/* On "{": goes to the value of a member and gives the place of its name. */
static bool enter_member(struct scanner *scanner, const char *name, size_t *ret_at)
{
    scanner->at++;
    for (skip_space(scanner); peek(scanner) == '"'; skip_space(scanner)) {
        const size_t from = scanner->at;
        skip_string(scanner);
        const struct cw_span quoted = cw_span_slice(scanner->text, from, scanner->at);
        skip_space(scanner);
        if (peek(scanner) != ':') {
            return false;
        }
        scanner->at++;
        skip_space(scanner);
        if (is_name(quoted, name)) {
            *ret_at = from;
            return true;
        }
        skip_value(scanner);
        skip_space(scanner);
        if (peek(scanner) != ',') {
            return false;
        }
        scanner->at++;
    }
    return false;
}

/* On "[": goes to an element. */
static bool enter_element(struct scanner *scanner, const char *token, size_t *ret_at)
{
    uint64_t index = 0;
    if (!cw_span_to_u64(cw_span_cstr(token), SIZE_MAX / 2, &index)) {
        return false;
    }
    scanner->at++;
    skip_space(scanner);
    for (uint64_t i = 0; i < index; i++) {
        skip_value(scanner);
        skip_space(scanner);
        if (peek(scanner) != ',') {
            return false;
        }
        scanner->at++;
        skip_space(scanner);
    }
    if (peek(scanner) == ']' || peek(scanner) == '\0') {
        return false;
    }
    *ret_at = scanner->at;
    return true;
}

static int to_int(size_t value)
{
    return value > INT_MAX ? INT_MAX : (int)value;
}

struct cw_json_place cw_json_place_at(struct cw_span text, size_t offset)
{
    const size_t end = offset < text.len ? offset : text.len;
    size_t line = 1;
    size_t line_start = 0;
    for (size_t at = cw_span_find(text, '\n', 0); at < end; at = cw_span_find(text, '\n', at + 1)) {
        line++;
        line_start = at + 1;
    }
    return (struct cw_json_place){to_int(line), to_int(end - line_start + 1)};
}

struct cw_json_place cw_json_locate(struct cw_span text, const char *pointer)
{
    struct scanner scanner = {text, 0};
    skip_space(&scanner);
    size_t found = scanner.at;
    char token[1024];
    bool is_inside = true;
    while (is_inside && next_token(&pointer, token, sizeof(token))) {
        if (peek(&scanner) == '{') {
            is_inside = enter_member(&scanner, token, &found);
        } else if (peek(&scanner) == '[') {
            is_inside = enter_element(&scanner, token, &found);
        } else {
            is_inside = false;
        }
    }
    return cw_json_place_at(text, found);
}

size_t cw_json_depth_find(struct cw_span text, size_t depth_max)
{
    struct scanner scanner = {text, 0};
    size_t depth = 0;
    while (scanner.at < text.len) {
        const char c = peek(&scanner);
        if (c == '"') {
            skip_string(&scanner);
            continue;
        }
        if ((c == '[' || c == '{') && ++depth > depth_max) {
            return scanner.at;
        }
        if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
        scanner.at++;
    }
    return text.len;
}

void cw_json_pointer_token(char *ret, size_t bytes, const char *name)
{
    CW_ASSERT(bytes > 1);
    size_t len = 0;
    ret[len++] = '/';
    for (; *name != '\0' && len + 3 <= bytes; name++) {
        if (*name == '~' || *name == '/') {
            ret[len++] = '~';
            ret[len++] = *name == '~' ? '0' : '1';
        } else {
            ret[len++] = *name;
        }
    }
    CW_ASSERT(len < bytes);
    ret[len] = '\0';
}
