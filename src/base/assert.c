#include "base/status.h"

_Noreturn void cw_assert_failed(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
    abort();
}
