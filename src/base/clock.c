#include "base/clock.h"

#include <time.h>

#include "base/status.h"

static struct timespec read_clock(clockid_t id)
{
    struct timespec now = {0};
    const int result = clock_gettime(id, &now);
    CW_ASSERT(result == 0); /* both clocks are mandatory: failure means a wrong id */
    return now;
}

static int64_t system_now_s(void *ctx CW_UNUSED)
{
    return (int64_t)read_clock(CLOCK_REALTIME).tv_sec;
}

static uint64_t system_monotonic_ms(void *ctx CW_UNUSED)
{
    const struct timespec now = read_clock(CLOCK_MONOTONIC);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

struct cw_clock cw_clock_system(void)
{
    return (struct cw_clock){.now_s = system_now_s, .monotonic_ms = system_monotonic_ms};
}
