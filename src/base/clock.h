/* clock.h: time as an input that a test can hold in its hand.
 *
 * Knows two clocks: wall time in UTC seconds (written into records) and monotonic milliseconds
 * (used for deadlines only). Nothing below the command line calls time() itself.
 */
#ifndef CW_BASE_CLOCK_H
#define CW_BASE_CLOCK_H

#include <stdint.h>

/* 2025-01-01: before the first release. A clock that shows less has lost its time (a battery, a
 * machine that booted without network); the next releases may raise it. */
#define CW_CLOCK_EARLIEST_S 1735689600

struct cw_clock {
    int64_t (*now_s)(void *ctx);         /* UTC, Unix seconds */
    uint64_t (*monotonic_ms)(void *ctx); /* milliseconds from an arbitrary start, never back */
    void *ctx;
};

/** The machine's clocks. */
struct cw_clock cw_clock_system(void);

static inline int64_t cw_clock_now_s(const struct cw_clock *clock)
{
    return clock->now_s(clock->ctx);
}

static inline uint64_t cw_clock_monotonic_ms(const struct cw_clock *clock)
{
    return clock->monotonic_ms(clock->ctx);
}

#endif
