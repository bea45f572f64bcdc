/* explain.h: words about reading: what was taken off a text, and why another one is no address.
 *
 * Knows look-alike letters by name and never turns one into what it resembles. Pure, bounded by the
 * text; nothing here changes what a text means.
 */
#ifndef CW_ADDRESS_EXPLAIN_H
#define CW_ADDRESS_EXPLAIN_H

#include "address/address.h"

/** What list mode took off a text before it was an address, a bit each, in the order of reading. */
enum cw_stripped {
    CW_STRIPPED_INVISIBLE = 1 << 0, /* zero-width characters, marks of direction, a BOM */
    CW_STRIPPED_SPACE = 1 << 1,     /* white space around it, or a space of another kind */
    CW_STRIPPED_MARKS = 1 << 2,     /* quotes, brackets, stops, bullets around it */
    CW_STRIPPED_DEFANG = 1 << 3,    /* hxxp, [.] and kin */
    CW_STRIPPED_LINK = 1 << 4,      /* a link around it */
    CW_STRIPPED_DID = 1 << 5,       /* did:pkh: */
    CW_STRIPPED_LABEL = 1 << 6,     /* "ETH: " */
    CW_STRIPPED_BREAK = 1 << 7,     /* white space inside; the checksum proves the join */
    CW_STRIPPED_CAIP10 = 1 << 8,    /* namespace:reference: */
    CW_STRIPPED_SCHEME = 1 << 9,    /* bitcoin: and the like */
    CW_STRIPPED_QUERY = 1 << 10,    /* ?amount=… */
    CW_STRIPPED_TAG = 1 << 11,      /* a destination tag behind it, kept as aux */
};
enum { CW_STRIPPED_KINDS = 12, CW_STRIPPED_BYTES = 64 };

/** Bits of enum cw_stripped; 0 when the text was bare or read strictly. */
uint32_t cw_address_stripped(const struct cw_address *address);

struct cw_stripped_words {
    char texts[CW_STRIPPED_KINDS][CW_STRIPPED_BYTES]; /* "zero-width characters", "query" */
    size_t count;
};
/** The same in words, in the order of reading: "URI scheme bitcoin". */
void cw_address_stripped_words(const struct cw_address *address, struct cw_stripped_words *ret);

/** More about a text that is no address. */
struct cw_explanation {
    size_t character;    /* the place, counted in characters from 1; 0 when no place is to blame */
    uint32_t code_point; /* what stands there; 0 none */
    char text[320];      /* one clause without a stop: "character 5 is U+0410 CYRILLIC …" */
};

/** Says what a code leaves open: which character is to blame, how many digits there are, what the
 *  text would be with a chain named.
 *  In:      text  as it was given to cw_address_parse in list mode; any bytes
 *           why   what that returned
 *  Returns: false when there is nothing to add, and always for CW_ADDRESS_SECRET and CW_ADDRESS_OK
 *  Limits:  O(length) and, for a text of at most 128 bytes, one decode per chain */
bool cw_address_explain_error(struct cw_span text, enum cw_address_error why,
                              struct cw_explanation *ret);

/** The Unicode name of a look-alike and the ASCII character it resembles.
 *  Returns: false for a code point that is not in our table. ret_name holds 64 bytes. */
bool cw_look_alike(uint32_t code_point, char ret_name[static 64], char *ret_ascii);

#endif
