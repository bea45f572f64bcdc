/* crc32.h: the checksum of gzip (RFC 1952 section 8), which libarchive reads past without a look.
 */
#ifndef CW_PARSE_CRC32_H
#define CW_PARSE_CRC32_H

#include "base/span.h"

enum { CW_CRC32_SLICES = 8 };

struct cw_crc32 {
    uint32_t table[CW_CRC32_SLICES][256];
    uint32_t value; /* the checksum of all bytes so far */
};

void cw_crc32_init(struct cw_crc32 *crc);
void cw_crc32_add(struct cw_crc32 *crc, struct cw_span bytes);

#endif
