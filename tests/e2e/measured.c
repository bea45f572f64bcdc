/* Stands in the place of a program: runs the one of the same name in the folder "real" beside it,
 * with the same arguments and descriptors, and writes a line into the file "measured" beside it:
 *
 *   processor time of it and all its children in ms
 *   largest resident memory of any one of them in KiB
 *
 * Then it ends as that one ended. Looking at /proc from outside would miss what lives for
 * milliseconds, and rusage of a child of a large program (Python) begins with that program's own.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, EXIT_BROKEN = 70 };

static long milliseconds(struct timeval time)
{
    return (long)time.tv_sec * 1000 + (long)time.tv_usec / 1000;
}

static void record(const char *folder, const struct rusage *used)
{
    char path[PATH_BYTES + 16];
    char line[64];
    (void)snprintf(path, sizeof(path), "%s/measured", folder);
    const int length =
        snprintf(line, sizeof(line), "%ld %ld\n",
                 milliseconds(used->ru_utime) + milliseconds(used->ru_stime), used->ru_maxrss);
    const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, (size_t)length) != length || close(fd) != 0) {
        _exit(EXIT_BROKEN);
    }
}

static void end_like(int status)
{
    if (WIFSIGNALED(status)) {
        const struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(WTERMSIG(status), SIG_DFL);
        (void)raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BROKEN);
}

int main(int argc, char **argv)
{
    char folder[PATH_BYTES];
    char real[PATH_BYTES + 16];
    struct rusage used;
    int status = 0;
    const ssize_t length = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
    if (argc < 1 || length <= 0) {
        return EXIT_BROKEN;
    }
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash == NULL) {
        return EXIT_BROKEN;
    }
    *slash = '\0';
    const char *name = slash + 1;
    (void)snprintf(real, sizeof(real), "%s/real/%s", folder, name);
    const pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever kills us means the real one */
        argv[0] = real;
        (void)execv(real, argv);
        _exit(EXIT_BROKEN);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        return EXIT_BROKEN;
    }
    record(folder, &used);
    end_like(status);
}
