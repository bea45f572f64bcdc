#include "feed/misp_folder.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/uuid.h"

#define MANIFEST "manifest.json"
#define SUFFIX   ".json"

char *cw_misp_folder_of(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return NULL;
    }
    if (S_ISDIR(info.st_mode)) {
        return strdup(path);
    }
    const bool is_manifest = cw_span_is(cw_span_cstr(path), MANIFEST) ||
                             cw_span_ends_with(cw_span_cstr(path), CW_SPAN("/" MANIFEST));
    return is_manifest ? cw_path_dirname(path) : NULL;
}

/* One document on its way out. */
struct writing {
    const char *folder;
    int fd;
    uint64_t bytes;
    uint64_t bytes_max;
};

static bool is_event(const char *name)
{
    const struct cw_span text = cw_span_cstr(name);
    char uuid[CW_UUID_TEXT_BYTES - 1];
    if (text.len != sizeof(uuid) + sizeof(SUFFIX) - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof(uuid); i++) {
        uuid[i] = cw_ascii_lower(text.data[i]);
    }
    return cw_uuid_is_text(cw_span_make(uuid, sizeof(uuid)));
}

static enum cw_status put(struct writing *to, struct cw_span bytes, struct cw_error *err)
{
    if (bytes.len > to->bytes_max - to->bytes) {
        return cw_error_set(err, CW_LIMIT, "%s: is longer than %llu bytes", to->folder,
                            (unsigned long long)to->bytes_max);
    }
    to->bytes += bytes.len;
    return cw_fd_write_all(to->fd, bytes, err);
}

static enum cw_status put_file(struct writing *to, const char *name, struct cw_error *err)
{
    struct cw_buf text;
    char *path = cw_path_join(to->folder, name);
    if (path == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    cw_buf_init(&text, CW_MISP_FILE_MAX);
    enum cw_status status = cw_file_read(path, &text, err);
    if (status == CW_OK) {
        status = put(to, cw_buf_as_span(&text), err);
    }
    cw_buf_clear(&text);
    free(path);
    return status;
}

static bool has_manifest(char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], MANIFEST) == 0) {
            return true;
        }
    }
    return false;
}

static enum cw_status put_all(struct writing *to, char *const *names, size_t count,
                              struct cw_error *err)
{
    bool is_first = true;
    enum cw_status status = put(to, CW_SPAN("{\"manifest\":\n"), err);
    if (status == CW_OK) {
        status = put_file(to, MANIFEST, err);
    }
    if (status == CW_OK) {
        status = put(to, CW_SPAN(",\"response\":["), err);
    }
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        if (!is_event(names[i])) {
            continue;
        }
        status = put(to, is_first ? CW_SPAN("\n") : CW_SPAN(",\n"), err);
        is_first = false;
        if (status == CW_OK) {
            status = put_file(to, names[i], err);
        }
    }
    return status == CW_OK ? put(to, CW_SPAN("]}\n"), err) : status;
}

enum cw_status cw_misp_folder_write(const char *folder, uint64_t bytes_max, int fd,
                                    uint64_t *ret_bytes, struct cw_error *err)
{
    struct writing to = {.folder = folder, .fd = fd, .bytes_max = bytes_max};
    char **names = NULL;
    size_t count = 0;
    enum cw_status status = cw_dir_list(folder, SUFFIX, &names, &count, err);
    if (status != CW_OK) {
        return status;
    }
    status = has_manifest(names, count)
                 ? put_all(&to, names, count, err)
                 : cw_error_set(err, CW_INVALID, "%s: holds no " MANIFEST ", so it is no MISP feed",
                                folder);
    cw_names_free(names);
    if (status == CW_OK) {
        *ret_bytes = to.bytes;
    }
    return status;
}
