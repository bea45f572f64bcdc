/* mix.h: a fast hash without a key, for what nobody gains by making collide.
 *
 * Knows words and a folded product of 128 bits (the step of wyhash). Refuses to be a defence:
 * whoever reads this can make two texts with one hash. So it is for candidates that are compared
 * afterwards; a place in a table is chosen with a key (crypto/siphash.h). The same on every
 * machine.
 */
#ifndef CW_BASE_MIX_H
#define CW_BASE_MIX_H

#include "base/span.h"

/** Eight bytes as a number, the first one lowest. */
static inline uint64_t cw_load_le64(const void *from)
{
    uint64_t word = 0;
    memcpy(&word, from, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/** The same of the last 1 to 7 bytes of a text, with zeros above; nothing else is read. */
static inline uint64_t cw_load_le_tail(struct cw_span text, size_t count)
{
    if (text.len >= sizeof(uint64_t)) {
        const char *from = text.data + text.len - sizeof(uint64_t);
        return cw_load_le64(from) >> (64 - 8 * count);
    }
    uint64_t word = 0;
    for (size_t i = text.len; i-- > text.len - count;) {
        word = word << 8 | (unsigned char)text.data[i];
    }
    return word;
}

/** The two halves of a product of 128 bits, folded. */
static inline uint64_t cw_mix_fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    const wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/** Hash of a text under a number that says what it is. */
static inline uint64_t cw_mix(uint64_t name, struct cw_span text)
{
    uint64_t hash = cw_mix_fold(name ^ 0x9e3779b97f4a7c15u, text.len ^ 0xd1b54a32d192ed03u);
    size_t at = 0;
    for (; text.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        hash = cw_mix_fold(hash ^ 0x8bb84b93962eacc9u,
                           cw_load_le64(text.data + at) ^ 0x2d358dccaa6c78a5u);
    }
    const uint64_t tail = at == text.len ? 0 : cw_load_le_tail(text, text.len - at);
    return cw_mix_fold(hash ^ 0x589965cc75374cc3u, tail ^ 0x1d8e4e27c47d124fu);
}

#endif
