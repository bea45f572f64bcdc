/* base64.h: the two base64 spellings we use, strict in both directions.
 *
 * Decoding accepts exactly what encoding would write: no white space, no foreign alphabet, no
 * non-zero left-over bits, padding exactly as the variant says.
 */
#ifndef CW_CRYPTO_BASE64_H
#define CW_CRYPTO_BASE64_H

#include "base/buf.h"

enum cw_base64 {
    CW_BASE64_STANDARD, /* RFC 4648 section 4, padded: webhook signatures, checkpoints */
    CW_BASE64_URL,      /* RFC 4648 section 5, unpadded: everything of JOSE */
};

/** Appends the encoding of data. */
void cw_base64_encode(struct cw_buf *out, enum cw_base64 variant, struct cw_span data);
/** Writes the encoding of data and a NUL into an array of `bytes`, which must hold both, for a
 *  caller that must not allocate.
 *  Returns: length without the NUL */
size_t cw_base64_encode_to(enum cw_base64 variant, struct cw_span data, char *ret, size_t bytes);
/** How many bytes a text of this length and padding stands for; false when it cannot be canonical.
 *  Does not look at the characters. */
bool cw_base64_decoded_len(enum cw_base64 variant, struct cw_span text, size_t *ret_len);
/** Appends the decoded bytes; false (nothing appended) when the text is not canonical. */
bool cw_base64_decode(struct cw_buf *out, enum cw_base64 variant, struct cw_span text);
/** Exactly len bytes into a fixed array, whose content is undefined on failure. */
bool cw_base64_decode_exact(enum cw_base64 variant, struct cw_span text, uint8_t *ret, size_t len);

#endif
