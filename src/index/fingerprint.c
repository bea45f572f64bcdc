#include "index/fingerprint.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "index/checksum.h"

static void add(struct cw_fingerprint *fingerprint, const char *role, const char *name,
                const struct stat *info)
{
    const int64_t numbers[] = {info->st_size, info->st_mtim.tv_sec, info->st_mtim.tv_nsec};
    const uint64_t seed = cw_checksum(cw_span_cstr(name), cw_checksum(cw_span_cstr(role), 0));
    fingerprint->sum += cw_checksum(cw_span_make(numbers, sizeof(numbers)), seed);
    fingerprint->files++;
}

static void add_absence(struct cw_fingerprint *fingerprint, const char *role)
{
    fingerprint->sum += cw_checksum(CW_SPAN("absent"), cw_checksum(cw_span_cstr(role), 0));
}

void cw_fingerprint_file(struct cw_fingerprint *fingerprint, const char *role, const char *path)
{
    struct stat info;
    if (stat(path, &info) == 0) {
        add(fingerprint, role, "", &info);
    } else {
        add_absence(fingerprint, role);
    }
}

void cw_fingerprint_folder(struct cw_fingerprint *fingerprint, const char *role, const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        add_absence(fingerprint, role);
        return;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        struct stat info;
        if (entry->d_name[0] != '.' && fstatat(dirfd(folder), entry->d_name, &info, 0) == 0 &&
            !S_ISDIR(info.st_mode)) {
            add(fingerprint, role, entry->d_name, &info);
        }
    }
    (void)closedir(folder);
}
