/* utf16.h: text of two-byte characters as UTF-8: what spreadsheets call "Unicode text".
 *
 * Knows byte order marks and surrogates. A document without one of the two marks is not UTF-16
 * here, and passes as it is. What is no character becomes a byte that no UTF-8 has (0xFF), so that
 * whoever reads on refuses it with its line (text_guard.h). Source: RFC 2781.
 */
#ifndef CW_FEED_UTF16_H
#define CW_FEED_UTF16_H

#include "base/buf.h"

enum { CW_UTF16_SLICE_MAX = 32 << 10 }; /* bytes taken at once: at most twice that come out */

enum cw_utf16_kind { CW_UTF16_UNKNOWN, CW_UTF16_NONE, CW_UTF16_LITTLE, CW_UTF16_BIG };

/** Runs over a document in chunks. Zero is the start. */
struct cw_utf16 {
    enum cw_utf16_kind kind;
    unsigned char first; /* byte of a character of which one has come */
    bool has_first;
    unsigned high; /* surrogate that waits for its other half; 0: none */
};

/** Appends the next bytes of the document as UTF-8.
 *  In:   bytes    at most CW_UTF16_SLICE_MAX; is_last  the document ends with them
 *  Out:  out      gets nothing as long as it is not known what the document is */
void cw_utf16_take(struct cw_utf16 *utf16, struct cw_span bytes, bool is_last, struct cw_buf *out);

#endif
