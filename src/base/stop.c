#include "base/stop.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/status.h"

/* Seconds of the monotonic clock at which it was asked, and one; 0: not asked. */
static volatile sig_atomic_t asked_at;

/* Calls only what signal-safety(7) has. */
static void on_signal(int number)
{
    struct timespec now = {0};
    if (asked_at != 0) {
        (void)signal(number, SIG_DFL);
        (void)raise(number); /* waits until this handler has returned */
        return;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    asked_at = (sig_atomic_t)now.tv_sec + 1; /* 68 years since the machine was started */
}

void cw_stop_listen(void)
{
    static const int numbers[] = {SIGTERM, SIGINT};
    struct sigaction action;
    struct sigaction before;
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART; /* poll() and nanosleep() end all the same */
    (void)sigemptyset(&action.sa_mask);
    (void)sigaddset(&action.sa_mask, SIGTERM);
    (void)sigaddset(&action.sa_mask, SIGINT);
    for (size_t i = 0; i < CW_COUNT(numbers); i++) {
        /* who has it ignored, as nohup and shells do for what they put in the background, keeps it
         */
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(numbers[i], &action, NULL);
        }
    }
}

bool cw_stop_is_asked(void)
{
    return asked_at != 0;
}

uint64_t cw_stop_limit(uint64_t deadline_ms)
{
    const sig_atomic_t at = asked_at;
    const uint64_t limit_ms = (uint64_t)at * 1000u + CW_STOP_GRACE_MS;
    return at != 0 && limit_ms < deadline_ms ? limit_ms : deadline_ms;
}

enum cw_status cw_stop_between(const struct cw_clock *clock, size_t parts_done,
                               struct cw_error *err)
{
    if (clock == NULL || asked_at == 0 || parts_done % CW_STOP_PARTS != 0 ||
        cw_clock_monotonic_ms(clock) < cw_stop_limit(UINT64_MAX)) {
        return CW_OK;
    }
    return cw_error_set(err, CW_TEMPORARY, "the run was stopped");
}
