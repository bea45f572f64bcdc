#include <dirent.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/file.h"
#include "index/manifest.h"

/* Every try that fails because the file has gone means that a whole scan has ended meanwhile. */
enum { TRIES = 1000, NAME_DIGITS = 20 };

char *cw_index_file_path(const char *folder, uint64_t generation)
{
    char name[NAME_DIGITS + 1];
    (void)snprintf(name, sizeof(name), "%" PRIu64, generation);
    return cw_path_join(folder, name);
}

static enum cw_status open_file(const char *folder, const struct cw_manifest *manifest,
                                struct cw_index **ret, struct cw_error *err)
{
    char *path = cw_index_file_path(folder, manifest->index);
    if (path == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    CW_CLEANUP(cw_index_closep) struct cw_index *index = NULL;
    enum cw_status status = cw_index_open(path, &index, err);
    if (status == CW_OK &&
        (cw_index_generation(index) != manifest->index ||
         memcmp(cw_index_basis(index), manifest->basis, sizeof(manifest->basis)) != 0)) {
        status = cw_error_set(err, CW_STATE, "%s: is not the index that index/current names", path);
    }
    free(path);
    if (status == CW_OK) {
        *ret = index;
        index = NULL;
    }
    return status;
}

enum cw_status cw_index_open_current(const char *folder, struct cw_manifest *ret_manifest,
                                     struct cw_index **ret, struct cw_error *err)
{
    uint64_t before = UINT64_MAX;
    *ret_manifest = (struct cw_manifest){0};
    for (int i = 0; i < TRIES; i++) {
        struct cw_error why = {0};
        cw_manifest_clear(ret_manifest);
        enum cw_status status = cw_manifest_load(folder, ret_manifest, &why);
        if (status != CW_OK) {
            return cw_error_set(err, status, "%s", why.text);
        }
        status = open_file(folder, ret_manifest, ret, &why);
        const bool is_gone = status == CW_NOT_FOUND && ret_manifest->index != before;
        if (!is_gone) { /* opened, damaged, or removed by somebody who is no scan */
            return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", why.text);
        }
        before = ret_manifest->index;
    }
    return cw_error_set(err, CW_TEMPORARY, "%s: is replaced faster than it can be read", folder);
}

static bool is_leftover(const char *name, uint64_t keep, uint64_t keep_too)
{
    uint64_t generation = 0;
    return cw_span_to_u64(cw_span_cstr(name), UINT64_MAX, &generation) && generation != keep &&
           generation != keep_too;
}

void cw_index_prune(const char *folder, uint64_t keep, uint64_t keep_too)
{
    cw_dir_sweep(folder, NULL);
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (is_leftover(entry->d_name, keep, keep_too)) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    (void)closedir(dir);
}
