#include "sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Written out, because the headers of Debian 12 end at the second version.
 * Source: landlock(7); Documentation/userspace-api/landlock.rst. */
struct ruleset {
    uint64_t files;
    uint64_t net;    /* from version 4 */
    uint64_t scoped; /* from version 6 */
};

enum {
    NET_BIND_TCP = 1 << 0,
    NET_CONNECT_TCP = 1 << 1,
    SCOPE_ABSTRACT_SOCKET = 1 << 0,
    SCOPE_SIGNAL = 1 << 1,
    FILES_V1 = (1 << 13) - 1,
    FILES_V2 = 1 << 13, /* to link or rename into another folder */
    FILES_V3 = 1 << 14, /* to truncate */
    FILES_V5 = 1 << 15, /* ioctl of a device */
};

static struct ruleset rights_of(int abi, bool may_connect, size_t *ret_size)
{
    struct ruleset all = {.files = FILES_V1};
    *ret_size = sizeof(all.files);
    all.files |= abi >= 2 ? FILES_V2 : 0;
    all.files |= abi >= 3 ? FILES_V3 : 0;
    all.files |= abi >= 5 ? FILES_V5 : 0;
    if (abi >= 4) {
        all.net = NET_BIND_TCP | (may_connect ? 0 : NET_CONNECT_TCP);
        *ret_size += sizeof(all.net);
    }
    if (abi >= 6) {
        all.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
        *ret_size += sizeof(all.scoped);
    }
    return all;
}

/* A file has no folders to read. What cannot be given is not given: we are only safer by it. */
static void allow_reading(int ruleset, const char *name)
{
    struct stat st;
    const int fd = open(name, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &st) == 0) {
        const struct landlock_path_beneath_attr rule = {
            .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
                              (S_ISDIR(st.st_mode) ? LANDLOCK_ACCESS_FS_READ_DIR : 0),
            .parent_fd = fd,
        };
        (void)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    (void)close(fd);
}

int cw_landlock_version(void)
{
    const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

int cw_landlock_restrict(const char *const *names, size_t names_count, bool may_connect)
{
    const int abi = cw_landlock_version();
    if (abi == 0) {
        return 0;
    }
    size_t size = 0;
    const struct ruleset all = rights_of(abi, may_connect, &size);
    const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (ruleset < 0) {
        return 0;
    }
    for (size_t i = 0; i < names_count; i++) {
        if (names[i] != NULL && names[i][0] != '\0') {
            allow_reading(ruleset, names[i]);
        }
    }
    const bool is_in_force = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    (void)close(ruleset);
    return is_in_force ? abi : 0;
}
