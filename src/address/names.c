#include "address/codec.h"

/* Words for codes: errors, flags, relations. */

static const struct {
    const char *code;
    const char *text;
    int rank; /* how far the reading got; the higher one is reported */
} errors[] = {
    [CW_ADDRESS_OK] = {"OK", "the text is an address", -1},
    [CW_ADDRESS_EMPTY] = {"EMPTY", "there is nothing here", 0},
    [CW_ADDRESS_TOO_LONG] = {"TOO_LONG", "the text is longer than any address", 12},
    [CW_ADDRESS_CHARSET] = {"CHARSET", "a character does not occur in such an address", 4},
    [CW_ADDRESS_CASE] = {"CASE", "upper and lower case letters are mixed where they must not be",
                         6},
    [CW_ADDRESS_PREFIX] = {"PREFIX", "the beginning does not belong to such an address", 2},
    [CW_ADDRESS_LENGTH] = {"LENGTH", "the number of characters is wrong", 3},
    [CW_ADDRESS_CHECKSUM] = {"CHECKSUM", "the checksum is wrong: a character was mistyped", 11},
    [CW_ADDRESS_VERSION] = {"VERSION", "the version inside does not belong to such an address", 5},
    [CW_ADDRESS_PADDING] = {"PADDING", "bits or bytes that must be zero are not", 8},
    [CW_ADDRESS_RANGE] = {"RANGE", "a number inside is too large", 7},
    [CW_ADDRESS_AMBIGUOUS] = {"AMBIGUOUS", "it can mean two different addresses", 9},
    [CW_ADDRESS_UNSUPPORTED] = {"UNSUPPORTED",
                                "it is something else than an address we can compare", 10},
    [CW_ADDRESS_UNKNOWN] = {"UNKNOWN", "no address looks like this", 0},
    [CW_ADDRESS_CHAIN] = {"CHAIN", "we do not know this chain", 1},
    [CW_ADDRESS_SECRET] = {"SECRET", "it is a private key: keep it secret and move the funds", 13},
    [CW_ADDRESS_TRUNCATED] = {"TRUNCATED", "a part of the address was left out", 0},
    [CW_ADDRESS_WHITESPACE] = {"WHITESPACE", "white space is inside the address", 0},
    [CW_ADDRESS_URL] = {"URL", "the link does not name one address", 0},
};

const char *cw_address_error_code(enum cw_address_error why)
{
    CW_ASSERT((size_t)why < CW_COUNT(errors));
    return errors[why].code;
}

const char *cw_address_error_text(enum cw_address_error why)
{
    CW_ASSERT((size_t)why < CW_COUNT(errors));
    return errors[why].text;
}

enum cw_address_error cw_error_worse(enum cw_address_error a, enum cw_address_error b)
{
    return errors[b].rank > errors[a].rank ? b : a;
}

const char *cw_address_flag_name(enum cw_address_flag flag)
{
    static const char *const names[CW_ADDRESS_FLAGS] = {
        "testnet",
        "legacy",
        "noprefix",
        "short",
        "off-curve",
        "token-aware",
        "tex",
        "masked-id",
        "long-zero",
        "icap",
        "hex",
        "metadata",
        "sanitised",
        "unwrapped",
        "defanged",
        "label-mismatch",
        "upper-prefix",
        "bounceable",
        "non-bounceable",
    };
    unsigned bit = 0;
    while (bit < CW_ADDRESS_FLAGS && (unsigned)flag != 1u << bit) {
        bit++;
    }
    CW_ASSERT(bit < CW_ADDRESS_FLAGS);
    return names[bit];
}

static const char *const relation_names[CW_RELATIONS] = {
    [CW_RELATION_NONE] = "none",
    [CW_RELATION_EXACT] = "exact",
    [CW_RELATION_ENCODING] = "encoding",
    [CW_RELATION_SAME_KEY_HASH] = "same-key-hash",
    [CW_RELATION_CROSS_CHAIN] = "cross-chain",
    [CW_RELATION_ENTITY] = "entity",
};

const char *cw_relation_name(enum cw_relation relation)
{
    CW_ASSERT((size_t)relation < CW_RELATIONS);
    return relation_names[relation];
}

bool cw_relation_parse(struct cw_span name, enum cw_relation *ret)
{
    for (size_t i = 0; i < CW_RELATIONS; i++) {
        if (cw_span_is(name, relation_names[i])) {
            *ret = (enum cw_relation)i;
            return true;
        }
    }
    return false;
}
