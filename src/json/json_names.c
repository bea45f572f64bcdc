#define _XOPEN_SOURCE 700 /* realpath */
#include "json/json_names.h"

#include "base/file.h"
#include "base/limits.h"

static bool is_id_char(char c, enum cw_json_id_kind kind)
{
    if (cw_ascii_is_digit(c) || (c >= 'a' && c <= 'z')) {
        return true;
    }
    return kind == CW_JSON_ID_CASE && c >= 'A' && c <= 'Z';
}

bool cw_json_id_is_valid(struct cw_span id, enum cw_json_id_kind kind)
{
    if (id.len == 0 || id.len > CW_ID_MAX || !is_id_char(id.data[0], kind)) {
        return false;
    }
    for (size_t i = 1; i < id.len; i++) {
        const char c = id.data[i];
        const bool is_joint = c == '-' || (kind == CW_JSON_ID_CASE && (c == '.' || c == '_'));
        if (!is_joint && !is_id_char(c, kind)) {
            return false;
        }
    }
    return true;
}

bool cw_json_check_id(const struct cw_json_file *file, const char *id, enum cw_json_id_kind kind,
                      const char *pointer, struct cw_mistakes *mistakes)
{
    if (cw_json_id_is_valid(cw_span_cstr(id), kind)) {
        return true;
    }
    const char *allowed = "lower-case letters, digits and \"-\"";
    switch (kind) {
    case CW_JSON_ID_LOWER:
        break;
    case CW_JSON_ID_CASE:
        allowed = "letters, digits, \"-\", \".\" and \"_\"";
        break;
    }
    cw_json_file_mistake(file, mistakes, CW_MISTAKE_ERROR, pointer,
                         "must be 1 to %u characters, %s, and start with a letter or digit",
                         CW_ID_MAX, allowed);
    return false;
}

bool cw_json_check_file_id(const struct cw_json_file *file, const char *id,
                           enum cw_json_id_kind kind, struct cw_mistakes *mistakes)
{
    if (!cw_json_check_id(file, id, kind, "/id", mistakes)) {
        return false;
    }
    const char *path = cw_json_file_path(file);
    const char *slash = strrchr(path, '/');
    struct cw_span name = cw_span_cstr(slash == NULL ? path : slash + 1);
    if (cw_span_ends_with(name, CW_SPAN(".json"))) {
        name.len -= sizeof(".json") - 1;
    }
    if (!cw_span_is(name, id)) {
        cw_json_file_mistake(file, mistakes, CW_MISTAKE_ERROR, "/id",
                             "differs from the file's name: rename the file to %s.json, or write "
                             "\"%.*s\" here",
                             id, CW_SPAN_ARG(name));
    }
    return true;
}

const char *cw_json_path(const struct cw_json_file *file, struct cw_span path,
                         struct cw_arena *arena)
{
    if (path.len == 0 || path.data[0] == '/') {
        return cw_arena_copy(arena, path).data;
    }
    char *folder = cw_path_dirname(cw_json_file_path(file));
    if (folder != NULL && folder[0] != '/') {
        char *absolute = realpath(folder, NULL);
        free(folder);
        folder = absolute;
    }
    const char *copied = NULL;
    struct cw_span name = cw_arena_copy(arena, path);
    if (folder != NULL && name.data != NULL) {
        char *joined = cw_path_join(folder, name.data);
        copied = joined == NULL ? NULL : cw_arena_copy(arena, cw_span_cstr(joined)).data;
        free(joined);
    }
    free(folder);
    return copied;
}
