/* library_digits_cases.h: what the library says of 40 bare hex digits. */
#ifndef CW_TESTS_LIBRARY_DIGITS_CASES_H
#define CW_TESTS_LIBRARY_DIGITS_CASES_H

#include "library_index_world.h"

/* Bare digits are an account to who asks, and were an entry without a chain to the list. */
static inline void digits_that_a_list_could_not_use_are_never_clear(void)
{
    static const char *const texts[] = {UNUSABLE, "5AAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDD"};
    for (unsigned has_unusable = 0; has_unusable < 2; has_unusable++) {
        const struct folder folder = folder_make();
        publish(&folder, &(struct world){.generation = 1, .has_unusable = has_unusable == 1});
        struct cryptowatch_index *index = open_folder(&folder);
        struct cryptowatch_ask ask = asking(NULL);
        for (size_t i = 0; i < CW_COUNT(texts); i++) {
            enum cryptowatch_why why = CRYPTOWATCH_WHY_NONE;
            const enum cryptowatch_verdict verdict =
                cryptowatch_index_find_text(index, texts[i], 40, &ask, &why);
            const int may_hold = cryptowatch_index_may_hold_text(index, texts[i], 40);
            CU_ASSERT_EQUAL(verdict,
                            has_unusable == 1 ? CRYPTOWATCH_CANNOT_SAY : CRYPTOWATCH_CLEAR);
            CU_ASSERT_EQUAL(why,
                            has_unusable == 1 ? CRYPTOWATCH_WHY_NO_ADDRESS : CRYPTOWATCH_WHY_NONE);
            CU_ASSERT_EQUAL(may_hold, (int)has_unusable);
        }
        cryptowatch_index_close(index);
        folder_drop(&folder);
    }
}

#endif
