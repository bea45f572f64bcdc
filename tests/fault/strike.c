#include "strike.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENV_MAX = 8, ENV_BYTES = 4096, FRAMES_MAX = 40 };

/* ---- the page ---------------------------------------------------------------------------------
 */

static struct fault_page *page;
static bool is_counted; /* this is the program whose calls count */

void fault_next(const char *name, void *ret, size_t bytes)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        static const char what[] = "strike: a function has no definition behind it\n";
        (void)!write(STDERR_FILENO, what, sizeof(what) - 1);
        _exit(127);
    }
    memcpy(ret, &found, bytes);
}

__attribute__((noinline)) void fault_struck(void)
{
    __asm__ volatile("");
}

static __thread bool is_listing __attribute__((tls_model("initial-exec")));

/* FNV-1a. Addresses mean the same in every run when the kernel does not move them (setarch -R). */
static uint32_t chain_of_caller(void)
{
    void *frames[FRAMES_MAX];
    uint32_t hash = 2166136261U;
    is_listing = true;
    const int count = backtrace(frames, FRAMES_MAX);
    is_listing = false;
    for (int i = 0; i < count; i++) {
        const uintptr_t address = (uintptr_t)frames[i];
        for (size_t shift = 0; shift < 64; shift += 8) {
            hash = (hash ^ (uint8_t)(address >> shift)) * 16777619U;
        }
    }
    return hash;
}

bool fault_strikes(enum fault_kind kind, enum fault_call call)
{
    if (!is_counted || page->kind != (uint32_t)kind || is_listing) {
        return false;
    }
    const uint64_t number = __atomic_add_fetch(&page->counted, 1, __ATOMIC_RELAXED);
    if (number <= FAULT_LIST_MAX) {
        page->list[number - 1] = (uint8_t)call;
        page->chains[number - 1] = page->is_listing != 0 ? chain_of_caller() : 0;
    }
    const bool is_now =
        page->at > 0 && (number == page->at || (page->is_onwards != 0 && number > page->at));
    if (is_now) {
        (void)__atomic_add_fetch(&page->struck, 1, __ATOMIC_RELAXED);
        fault_struck();
    }
    return is_now;
}

int fault_error(void)
{
    return page->error;
}

bool fault_is_after(void)
{
    return page->is_after != 0;
}

static void read_page(const char *path)
{
    struct stat stat;
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &stat) != 0 || stat.st_size != (off_t)sizeof(struct fault_page)) {
        static const char what[] = "strike: FAULT_PAGE is no page\n";
        (void)!write(STDERR_FILENO, what, sizeof(what) - 1);
        _exit(127);
    }
    void *mapped = mmap(NULL, sizeof(struct fault_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (mapped == MAP_FAILED) {
        _exit(127);
    }
    page = mapped;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULT_PAGE");
    if (path == NULL) {
        return;
    }
    read_page(path);
    void *frame = NULL;
    if (page->is_listing != 0) {
        (void)backtrace(&frame, 1); /* loads what it needs now, before the program is sealed */
    }
    is_counted = page->magic == FAULT_MAGIC &&
                 strncmp(page->who, program_invocation_short_name, sizeof(page->who)) == 0;
}

/* ---- into the helper programs -----------------------------------------------------------------
 */

static const char *const handed_on[] = {"LD_PRELOAD", "FAULT_PAGE", "ASAN_OPTIONS",
                                        "UBSAN_OPTIONS"};

/* "NAME=value" of each that is set, into memory of the caller. */
static void make_env(char texts[ENV_MAX][ENV_BYTES], char *env[ENV_MAX + 1])
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof(handed_on) / sizeof(handed_on[0]); i++) {
        const char *value = getenv(handed_on[i]);
        if (value != NULL) {
            (void)snprintf(texts[count], ENV_BYTES, "%s=%s", handed_on[i], value);
            env[count] = texts[count];
            count++;
        }
    }
    env[count] = NULL;
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
                const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
                char *const argv[restrict], char *const envp[restrict])
{
    NEXT(int, posix_spawn, pid_t *, const char *, const posix_spawn_file_actions_t *,
         const posix_spawnattr_t *, char *const *, char *const *)
    char texts[ENV_MAX][ENV_BYTES];
    char *env[ENV_MAX + 1];
    const bool is_empty = envp == NULL || envp[0] == NULL;
    make_env(texts, env);
    return next(pid, path, actions, attr, argv, page != NULL && is_empty ? env : envp);
}
