/* What stands in lists in the place of an address, and what a person would call it. */
#include "suite.h"

#include "address/reason.h"

static const struct {
    const char *behaviour;
    const char *text;
    const char *tag;
    enum cw_address_error why;
    const char *reason;
} cases[] = {
    {"a customer's number", "175181135", "", CW_ADDRESS_UNKNOWN,
     "it is a number, such as a customer's at an exchange, and no address"},
    {"a number of 21 digits is not called one", "123456789012345678901", "", CW_ADDRESS_UNKNOWN,
     "no address looks like this"},
    {"64 hex digits under XMR", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
     "XMR", CW_ADDRESS_UNSUPPORTED,
     "64 hex digits are a payment id, a transaction or a key, not an address of this chain"},
    {"a digit is missing", "0x98c1b88e59acc1d72d539cd6785afc0d9c44754", "ETH", CW_ADDRESS_LENGTH,
     "it has 39 hex digits behind 0x, and an address has 40"},
    {"two addresses run together",
     "0x98c1b88e59acc1d72d539cd6785afc0d9c4475498c1b88e59acc1d72d539c", "ETH", CW_ADDRESS_LENGTH,
     "it has 61 hex digits behind 0x, and an address has 40"},
    {"base58 in lower case", "1evhn8bfycohrvfphnvtckndmexk1v6qmb", "XBT", CW_ADDRESS_CHECKSUM,
     "all letters are lower case: this address lost its letter case, and with it its meaning"},
    {"base58 in lower case, and a letter that base58 has not", "14bwh6gmvol5ntwbvxqjkjdtzv4y5ebtvm",
     "BTC", CW_ADDRESS_CHARSET,
     "all letters are lower case: this address lost its letter case, and with it its meaning"},
    {"a Cyrillic letter",
     "T\xd0\x9d"
     "96tFMn8KGiYSLiwcV3E2UiaJc8jmcbz3",
     "USDT", CW_ADDRESS_CHARSET, "a character is not of the Latin alphabet, though it may look so"},
    {"two addresses in one cell",
     "0x98c1b88e59acc1d72d539cd6785afc0d9c44754b, TPtunBZPhLvF1fK1t49B8u4uY2hdG2ZnZp", "USDT",
     CW_ADDRESS_WHITESPACE, "it holds more than one address: each needs an entry of its own"},
    {"a memo behind the address", "rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb (Address tag 102334770)*",
     "XRP", CW_ADDRESS_WHITESPACE, "other words stand beside an address"},
    {"an address as the eighth word", "a b c d e f g rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb", "",
     CW_ADDRESS_WHITESPACE, "other words stand beside an address"},
    {"an address as the ninth word is not looked for",
     "a b c d e f g h rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb", "", CW_ADDRESS_WHITESPACE,
     "these are words and no address"},
    {"words", "not an address", "", CW_ADDRESS_WHITESPACE, "these are words and no address"},
    {"a wrong checksum beside a tag", "1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMa", "XBT",
     CW_ADDRESS_CHECKSUM, "the checksum is wrong: a character was mistyped"},
    {"a wrong checksum without a tag", "1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMa", "", CW_ADDRESS_UNKNOWN,
     "it has the form of an address, and its checksum is wrong"},
    {"nothing", " ", "", CW_ADDRESS_EMPTY, "there is nothing here"},
    {"a chain nobody told us of", "12154055877559948854L", "LSK", CW_ADDRESS_CHAIN,
     "we do not know this chain"},
    {"a secret is called a secret and nothing else", "PVT_K1_12345", "", CW_ADDRESS_SECRET,
     "it is a private key: keep it secret and move the funds"},
};

static void says_what_a_person_would_say(void)
{
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct cw_address address;
        char reason[CW_ADDRESS_REASON_BYTES];
        const struct cw_span text = cw_span_cstr(cases[i].text);
        const struct cw_span tag = cw_span_cstr(cases[i].tag);
        const enum cw_address_error why = cw_address_parse(text, tag, CW_ADDRESS_LIST, &address);
        cw_address_reason(text, tag, why, reason);
        CW_CHECK(why == cases[i].why, "%s: %s", cases[i].behaviour, cw_address_error_code(why));
        CW_CHECK(strcmp(reason, cases[i].reason) == 0, "%s: %s", cases[i].behaviour, reason);
    }
}

static void gives_up_on_a_field_over_the_limit(void)
{
    char text[CW_ADDRESS_FIELD_MAX + 1];
    char reason[CW_ADDRESS_REASON_BYTES];
    memset(text, ' ', sizeof(text));
    memcpy(text, "a b", 3);
    cw_address_reason(cw_span_make(text, CW_ADDRESS_FIELD_MAX), CW_SPAN(""), CW_ADDRESS_WHITESPACE,
                      reason);
    CU_ASSERT_STRING_EQUAL(reason, "these are words and no address");
    cw_address_reason(cw_span_make(text, sizeof(text)), CW_SPAN(""), CW_ADDRESS_TOO_LONG, reason);
    CU_ASSERT_STRING_EQUAL(reason, "the text is longer than any address");
}

static const struct cw_test tests[] = {
    {"says what a person would say", says_what_a_person_would_say},
    {"gives up on a field over the limit", gives_up_on_a_field_over_the_limit},
};

int main(void)
{
    return cw_run_suite("reason", tests, CW_COUNT(tests));
}
