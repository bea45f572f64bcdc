/* The classes of letters, and the labels of chains.def. */
#include "suite.h"

#include "address/codec.h"

static void knows_the_class_of_every_letter(void)
{
    for (int c = -128; c < 128; c++) {
        const char letter = (char)c;
        const bool is_lower = letter >= 'a' && letter <= 'z';
        const bool is_upper = letter >= 'A' && letter <= 'Z';
        const unsigned all = cw_letters_of(cw_span_make(&letter, 1));
        CU_ASSERT_EQUAL((all & CW_LETTERS_VISIBLE) != 0, c >= 33 && c <= 126);
        CU_ASSERT_EQUAL((all & CW_LETTERS_BASE58) != 0,
                        cw_digit_value(&cw_alphabet_base58, letter) >= 0);
        CU_ASSERT_EQUAL((all & CW_LETTERS_BASE58) != 0,
                        cw_digit_value(&cw_alphabet_xrp, letter) >= 0);
        CU_ASSERT_EQUAL((all & CW_LETTERS_BASE32) != 0,
                        cw_digit_value(&cw_alphabet_base32, letter) >= 0);
        CU_ASSERT_EQUAL((all & CW_LETTERS_NO_LOWER) != 0, !is_lower);
        CU_ASSERT_EQUAL((all & CW_LETTERS_NO_UPPER) != 0, !is_upper);
        CU_ASSERT((all & CW_LETTERS_ONE_CASE) != 0);
    }
}

static void keeps_what_all_letters_share(void)
{
    CU_ASSERT_EQUAL(cw_letters_of(CW_SPAN("aB")) & CW_LETTERS_ONE_CASE, 0);
    CU_ASSERT((cw_letters_of(CW_SPAN("1a2b")) & CW_LETTERS_ONE_CASE) != 0);
    CU_ASSERT_EQUAL(cw_letters_of(CW_SPAN("A0")) & CW_LETTERS_BASE32, 0);
    CU_ASSERT_EQUAL(cw_letters_of(CW_SPAN("a l")) & CW_LETTERS_VISIBLE, 0);
}

/* Look-ups compare labels as numbers, which takes them in upper case and short. */
static void writes_every_label_in_upper_case(void)
{
    static const char *const labels[] = {
#define CW_TAG(tag, family, chain, network) tag,
#define CW_ALIAS(tag, tags)                 tag,
#include "address/chains.def"
    };
    for (size_t i = 0; i < CW_COUNT(labels); i++) {
        struct cw_tags found;
        const struct cw_span label = cw_span_cstr(labels[i]);
        CW_CHECK((cw_letters_of(label) & CW_LETTERS_NO_LOWER) != 0, "%s has lower case", labels[i]);
        CW_CHECK(cw_tags_find_short(label, &found), "%s is not found", labels[i]);
    }
}

/* A shape that refuses what its own family writes would make addresses vanish from lists. */
static void asks_a_family_for_what_it_writes(void)
{
    static const struct {
        enum cw_family_id family;
        const char *text;
    } rows[] = {
        {CW_FAMILY_nem, "NB2TDX-BJTL7S-IFUAGS-A5HRI7-CMMLUD-65RINS-AWCQ"},
        {CW_FAMILY_xrpl, "rrrrrrrrrrrrrrrrrrrrrhoLvTp"},
        {CW_FAMILY_substrate, "11111111111111111111111111111111111"},
        {CW_FAMILY_icp, "aaaaa-aa"},
        {CW_FAMILY_tron, "41a614f803b6fd780986a42c78ec9c7f77e6ded13c"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_reader reader;
        cw_reader_init(&reader, cw_span_cstr(rows[i].text), CW_ADDRESS_STRICT);
        CW_CHECK(cw_family_may_read(&cw_family_table[rows[i].family], &reader), "%s is not asked",
                 rows[i].text);
    }
}

static const struct cw_test tests[] = {
    {"knows the class of every letter", knows_the_class_of_every_letter},
    {"keeps what all letters share", keeps_what_all_letters_share},
    {"writes every label in upper case", writes_every_label_in_upper_case},
    {"asks a family for what it writes", asks_a_family_for_what_it_writes},
};

int main(void)
{
    return cw_run_suite("letters", tests, CW_COUNT(tests));
}
