#include "base/file.h"
#include "home/internal.h"

enum { FILE_MODE = 0644 };

/* What is shipped: files with an ending in a folder below the data folder, which has the same name
 * in a home. */
static const struct shipped {
    const char *folder;
    const char *suffix;
    size_t bytes_max;
} shipped[] = {
    {"feeds", ".json", CW_CONFIG_BYTES_MAX},
    {"feeds/bundled", "", CW_FEED_BODY_MAX},
    {"rules", ".json", CW_RULE_BYTES_MAX},
    {"rules", ".txt", CW_ADDRESSES_FILE_MAX}, /* addresses_file of a rule */
};

enum cw_status cw_home_check_shipped(const char *data, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < CW_COUNT(shipped); i++) {
        char *path = NULL;
        char **names = NULL;
        size_t count = 0;
        status = cw_home_path(data, shipped[i].folder, &path, err);
        if (status == CW_OK) {
            status = cw_dir_list(path, shipped[i].suffix, &names, &count, err);
        }
        if (status == CW_NOT_FOUND) {
            status = cw_error_prefix(err, "the program is not installed whole: ");
        }
        cw_names_free(names);
        free(path);
    }
    return status;
}

static enum cw_status copy_file(const char *from, const char *to, size_t bytes_max,
                                struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, bytes_max);
    enum cw_status status = cw_file_read(from, &text, err);
    if (status == CW_OK) {
        status = cw_file_create(to, cw_buf_as_span(&text), FILE_MODE, err);
    }
    cw_buf_clear(&text);
    return status;
}

static enum cw_status copy_named(const char *from_folder, const char *to_folder, const char *name,
                                 size_t bytes_max, struct cw_error *err)
{
    char *from = NULL;
    char *to = NULL;
    enum cw_status status = cw_home_path(from_folder, name, &from, err);
    if (status == CW_OK) {
        status = cw_home_path(to_folder, name, &to, err);
    }
    if (status == CW_OK) {
        status = copy_file(from, to, bytes_max, err);
    }
    free(from);
    free(to);
    return status;
}

static enum cw_status copy_all(const char *from_folder, const char *to_folder,
                               const struct shipped *kind, struct cw_error *err)
{
    char **names = NULL;
    size_t count = 0;
    enum cw_status status = cw_dir_list(from_folder, kind->suffix, &names, &count, err);
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = copy_named(from_folder, to_folder, names[i], kind->bytes_max, err);
    }
    cw_names_free(names);
    return status;
}

enum cw_status cw_home_copy_shipped(const char *data, const char *folder, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < CW_COUNT(shipped); i++) {
        char *from = NULL;
        char *to = NULL;
        status = cw_home_path(data, shipped[i].folder, &from, err);
        if (status == CW_OK) {
            status = cw_home_path(folder, shipped[i].folder, &to, err);
        }
        if (status == CW_OK) {
            status = copy_all(from, to, &shipped[i], err);
        }
        free(from);
        free(to);
    }
    return status;
}
