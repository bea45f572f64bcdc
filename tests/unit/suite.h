/* suite.h: what every unit test shares: a table of named tests and CUnit's own count at the end.
 *
 *   static const struct cw_test tests[] = {{"rejects mixed-case bech32", rejects_mixed_case}, ...};
 *   int main(void) { return cw_run_suite("address", tests, CW_COUNT(tests)); }
 */
#ifndef CW_TESTS_SUITE_H
#define CW_TESTS_SUITE_H

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

struct cw_test {
    const char *name; /* behaviour, unique, at most 66 characters */
    void (*run)(void);
};

/* $CW_TESTS_LEFT_OUT names tests, each between bars: scripts/valgrind says which and why. */
static inline bool cw_is_left_out(const char *name)
{
    const char *list = getenv("CW_TESTS_LEFT_OUT");
    char wanted[80];
    (void)snprintf(wanted, sizeof(wanted), "|%s|", name);
    return list != NULL && strstr(list, wanted) != NULL;
}

static inline int cw_run_suite(const char *name, const struct cw_test *tests, size_t count)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 2;
    }
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);
    unsigned left_out = 0;
    for (size_t i = 0; suite != NULL && i < count; i++) {
        if (cw_is_left_out(tests[i].name)) {
            (void)printf("left out: %s\n", tests[i].name);
            left_out++;
        } else if (CU_add_test(suite, tests[i].name, tests[i].run) == NULL) {
            (void)fprintf(stderr, "%s: cannot register test %s\n", name, tests[i].name);
            return 2;
        }
    }
    CU_basic_set_mode(CU_BRM_NORMAL);
    const CU_ErrorCode code = CU_basic_run_tests();
    const unsigned failures = CU_get_number_of_failures();
    const unsigned run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return suite == NULL || code != CUE_SUCCESS || failures > 0 || run + left_out != count ? 1 : 0;
}

/** Fails with a sentence that names the row of a table. */
#define CW_CHECK(condition, ...)                                                                   \
    do {                                                                                           \
        const int cw_ok_ = (condition) ? 1 : 0;                                                    \
        if (!cw_ok_) {                                                                             \
            (void)printf("\n    " __VA_ARGS__);                                                    \
        }                                                                                          \
        CU_ASSERT(cw_ok_);                                                                         \
    } while (0)

#endif
