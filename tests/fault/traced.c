/* Sanitizer builds: the leak checker is itself a tracer, and a program can have only one. Under
 * kill_at it would end a program that did its work with 1; a helper, whose environment is empty,
 * cannot be told so by ASAN_OPTIONS. Linked into the three programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRACER "TracerPid:"

int __lsan_is_turned_off(void);

/* Read by LeakSanitizer (sanitizer/lsan_interface.h) before it looks for leaks. */
int __lsan_is_turned_off(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL) {
        return 0;
    }
    char line[128];
    int is_traced = 0;
    while (fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, TRACER, strlen(TRACER)) == 0) {
            is_traced = strtol(line + strlen(TRACER), NULL, 10) != 0;
            break;
        }
    }
    (void)fclose(status);
    return is_traced;
}
