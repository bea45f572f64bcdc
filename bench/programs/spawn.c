/* bench_spawn: how long a whole process takes, from posix_spawn to its exit code.
 *
 *   bench_spawn COUNT PROGRAM [ARGUMENT...]
 *       {"median_us","min_us","p99_us","code","peak_kb"}; output of the program is thrown away
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bench.h"

enum { COUNT_MAX = 1000000 };

extern char **environ;

static void die(const char *what)
{
    bench_die("bench_spawn", what);
}

static int run_once(char **argv, posix_spawn_file_actions_t *actions)
{
    pid_t pid = 0;
    int state = 0;
    if (posix_spawnp(&pid, argv[0], actions, NULL, argv, environ) != 0) {
        die("cannot start the program");
    }
    if (waitpid(pid, &state, 0) != pid || !WIFEXITED(state)) {
        die("the program did not end by itself");
    }
    return WEXITSTATUS(state);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    const uint64_t count = argc >= 3 ? bench_size(argv[1]) : 0;
    if (count == 0 || count > COUNT_MAX) {
        die("usage: COUNT PROGRAM [ARGUMENT...]");
    }
    double *times = calloc(count, sizeof(*times));
    posix_spawn_file_actions_t actions;
    if (times == NULL || posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) != 0) {
        die("out of memory");
    }
    int code = 0;
    for (uint64_t i = 0; i < count; i++) {
        const double start = bench_seconds();
        code = run_once(argv + 2, &actions);
        times[i] = (bench_seconds() - start) * 1e6;
    }
    struct rusage usage;
    (void)getrusage(RUSAGE_CHILDREN, &usage);
    qsort(times, count, sizeof(*times), compare);
    (void)printf(
        "{\"median_us\":%.1f,\"min_us\":%.1f,\"p99_us\":%.1f,\"code\":%d,\"peak_kb\":%ld}\n",
        times[count / 2], times[0], times[count * 99 / 100], code, usage.ru_maxrss);
    (void)posix_spawn_file_actions_destroy(&actions);
    free(times);
    return 0;
}
