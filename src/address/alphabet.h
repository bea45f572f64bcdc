/* alphabet.h: the digit alphabets of the encodings, each with its reverse table. */
#ifndef CW_ADDRESS_ALPHABET_H
#define CW_ADDRESS_ALPHABET_H

#include <stdint.h>

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

#endif
