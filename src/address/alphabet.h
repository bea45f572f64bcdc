/* alphabet.h: the digit alphabets of the encodings, each with its reverse table. */
#ifndef CW_ADDRESS_ALPHABET_H
#define CW_ADDRESS_ALPHABET_H

#include <stdint.h>

#include "base/span.h"

struct cw_alphabet {
    char letters[59];
    int8_t values[128]; /* -1 for a character that is no digit */
};

extern const struct cw_alphabet cw_alphabet_base58;
extern const struct cw_alphabet cw_alphabet_xrp;
extern const struct cw_alphabet cw_alphabet_bech32;
extern const struct cw_alphabet cw_alphabet_base32;
extern const struct cw_alphabet cw_alphabet_base32_lower;
extern const struct cw_alphabet cw_alphabet_nano;
extern const struct cw_alphabet cw_alphabet_conflux;
extern const struct cw_alphabet cw_alphabet_c32;

/** Value of a digit; negative when it is none. */
static inline int cw_digit_value(const struct cw_alphabet *alphabet, char c)
{
    const unsigned char at = (unsigned char)c;
    return at < 128 ? alphabet->values[at] : -1;
}

/** What all letters of a text have in common, a bit each. */
enum cw_letters {
    CW_LETTERS_VISIBLE = 1 << 0, /* ASCII without blanks and controls */
    CW_LETTERS_BASE58 = 1 << 1,  /* of Bitcoin, and so of XRP: the same letters */
    CW_LETTERS_BASE32 = 1 << 2,  /* A to Z, 2 to 7 */
    CW_LETTERS_NO_LOWER = 1 << 3,
    CW_LETTERS_NO_UPPER = 1 << 4,
    CW_LETTERS_ONE_CASE = 1 << 5, /* one of the last two */
};

/** The enum cw_letters of a text, in one pass; of the empty text all of them. */
unsigned cw_letters_of(struct cw_span text);

#endif
