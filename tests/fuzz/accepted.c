/* accepted.c: the counts of what a fuzz target let in, in both builds: with libFuzzer, where nobody
 * asks, and with replay.c. */
#include "fuzz.h"

#include <string.h>

#include "base/status.h"

struct kind {
    const char *what;
    size_t count;
};

static struct kind kinds[FUZZ_KINDS_MAX];
static size_t kinds_count;

void fuzz_accept(const char *what)
{
    size_t i = 0;
    while (i < kinds_count && strcmp(kinds[i].what, what) != 0) {
        i++;
    }
    if (i == kinds_count) {
        CW_ASSERT(kinds_count < FUZZ_KINDS_MAX);
        kinds[kinds_count++].what = what;
    }
    kinds[i].count++;
}

size_t fuzz_accepted(const char *what)
{
    size_t count = 0;
    for (size_t i = 0; i < kinds_count; i++) {
        count += what == NULL || strcmp(kinds[i].what, what) == 0 ? kinds[i].count : 0;
    }
    return count;
}
