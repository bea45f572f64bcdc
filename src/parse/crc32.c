#include "parse/crc32.h"

static const uint32_t POLYNOMIAL = 0xedb88320u; /* reflected */

void cw_crc32_init(struct cw_crc32 *crc)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) {
            value = (value >> 1) ^ ((value & 1u) != 0 ? POLYNOMIAL : 0);
        }
        crc->table[0][i] = value;
    }
    for (size_t slice = 1; slice < CW_CRC32_SLICES; slice++) {
        for (size_t i = 0; i < 256; i++) {
            const uint32_t before = crc->table[slice - 1][i];
            crc->table[slice][i] = (before >> 8) ^ crc->table[0][before & 0xffu];
        }
    }
    crc->value = 0;
}

static uint32_t load_le(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

/* Eight bytes a step: a list of 120 MB must not cost a third of a second for its checksum. */
void cw_crc32_add(struct cw_crc32 *crc, struct cw_span bytes)
{
    uint32_t value = ~crc->value;
    size_t at = 0;
    for (; bytes.len - at >= 8; at += 8) {
        const unsigned char *from = (const unsigned char *)bytes.data + at;
        const uint32_t low = value ^ load_le(from);
        const uint32_t high = load_le(from + 4);
        value = crc->table[7][low & 0xffu] ^ crc->table[6][low >> 8 & 0xffu] ^
                crc->table[5][low >> 16 & 0xffu] ^ crc->table[4][low >> 24] ^
                crc->table[3][high & 0xffu] ^ crc->table[2][high >> 8 & 0xffu] ^
                crc->table[1][high >> 16 & 0xffu] ^ crc->table[0][high >> 24];
    }
    for (; at < bytes.len; at++) {
        value = (value >> 8) ^ crc->table[0][(value ^ (unsigned char)bytes.data[at]) & 0xffu];
    }
    crc->value = ~value;
}
