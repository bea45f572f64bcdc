/* packed.h: how a packed document begins.
 *
 * Knows the first bytes of gzip, zstd, xz, bzip2 and ZIP, in full: for who must not take plain text
 * for one of them. cryptowatch-parse is content with less when it is told to unpack
 * (parse/unpack.c). Sources: RFC 1952; RFC 8878; the .xz file format 1.1; bzip2; APPNOTE.TXT 4.3.7.
 */
#ifndef CW_FEED_PACKED_H
#define CW_FEED_PACKED_H

#include "base/span.h"

enum { CW_PACKED_HEAD_BYTES = 10 }; /* of the longest */

/** In: head  CW_PACKED_HEAD_BYTES bytes are enough; fewer are a shorter document */
static inline bool cw_is_packed(struct cw_span head)
{
    static const struct cw_span magics[] = {
        {"\x1f\x8b\x08", 3}, {"\x28\xb5\x2f\xfd", 4}, {"\xfd\x37zXZ", 5},
        {"BZh91AY&SY", 10},  {"PK\x03\x04", 4},
    };
    for (size_t i = 0; i < CW_COUNT(magics); i++) {
        if (cw_span_starts_with(head, magics[i])) {
            return true;
        }
    }
    return false;
}

#endif
