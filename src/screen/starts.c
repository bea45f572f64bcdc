#include "screen/internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Bits to the starts of runs. A run that is too short is dropped with all others of its word: a bit
 * survives five steps of "and the bit so many places on" only where a run of 25 begins or goes on.
 */

struct pair {
    uint64_t low;
    uint64_t high;
};

/* Keeps a bit when the one `places` on is set too. */
static inline struct pair keep_followed(struct pair bits, unsigned places)
{
    return (struct pair){bits.low & (bits.low >> places | bits.high << (64 - places)),
                         bits.high & bits.high >> places};
}

/* Where in the first of two words a run of 25 or more begins; `before` is the bit in front. */
static inline uint64_t long_starts(uint64_t word, uint64_t next, uint64_t before)
{
    static_assert(CW_TOKEN_LEN_MIN == 1 + 1 + 2 + 4 + 8 + 9, "the steps make up the length");
    struct pair bits = {word, next};
    bits = keep_followed(bits, 1);
    bits = keep_followed(bits, 2);
    bits = keep_followed(bits, 4);
    bits = keep_followed(bits, 8);
    bits = keep_followed(bits, 9);
    return bits.low & ~(word << 1 | before);
}

/* Writes all starts, three a word whether or not there are as many: how many there are cannot be
 * foretold, and a wrong guess costs more than two stores. */
static inline __attribute__((always_inline)) size_t find_runs(const uint64_t *bits, size_t words,
                                                              uint32_t *ret)
{
    uint64_t before = 0;
    size_t count = 0;
    for (size_t i = 0; i < words; i++) {
        uint64_t starts = long_starts(bits[i], bits[i + 1], before);
        const size_t found = (size_t)__builtin_popcountll(starts);
        before = bits[i] >> 63;
        for (size_t j = 0; j < 3; j++) {
            /* The bit set at the top is none of the starts when they are used up. */
            ret[count + j] = (uint32_t)(64 * i + (size_t)__builtin_ctzll(starts | 1ull << 63));
            starts &= starts - 1;
        }
        count += found;
    }
    return count;
}

size_t cw_screen_runs_plain(const uint64_t *bits, size_t words, uint32_t *ret)
{
    return find_runs(bits, words, ret);
}

#if defined(__x86_64__)

__attribute__((target("bmi,bmi2,popcnt"))) size_t cw_screen_runs_bmi(const uint64_t *bits,
                                                                     size_t words, uint32_t *ret)
{
    return find_runs(bits, words, ret);
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,popcnt")))

/* Keeps a bit when the one `places` on is set too, in eight words at once. */
#define KEEP_FOLLOWED(low, high, places)                                                           \
    do {                                                                                           \
        (low) = _mm512_and_si512((low), _mm512_shrdi_epi64((low), (high), (places)));              \
        (high) = _mm512_and_si512((high), _mm512_srli_epi64((high), (places)));                    \
    } while (0)

AVX512 static __m512i long_starts_of_eight(__m512i words, __m512i next, __m512i before)
{
    __m512i low = words;
    __m512i high = next;
    KEEP_FOLLOWED(low, high, 1);
    KEEP_FOLLOWED(low, high, 2);
    KEEP_FOLLOWED(low, high, 4);
    KEEP_FOLLOWED(low, high, 8);
    KEEP_FOLLOWED(low, high, 9);
    return _mm512_andnot_si512(_mm512_shldi_epi64(words, before, 1), low);
}

/* The places of the bits of a word come out of a row of numbers, pressed together. */
AVX512 size_t cw_screen_runs_avx512(const uint64_t *bits, size_t words, uint32_t *ret)
{
    static const uint8_t row[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
    };
    const __m512i places = _mm512_loadu_si512(row);
    __m512i before = _mm512_setzero_si512();
    size_t count = 0;
    for (size_t i = 0; i < words; i += 8) {
        const __m512i now = _mm512_loadu_si512(bits + i);
        const __m512i next = _mm512_loadu_si512(bits + i + 1);
        uint64_t starts[8];
        _mm512_storeu_si512(starts,
                            long_starts_of_eight(now, next, _mm512_alignr_epi64(now, before, 7)));
        before = now;
        for (size_t j = 0; j < 8; j++) {
            const __m512i pressed = _mm512_maskz_compress_epi8(starts[j], places);
            const __m128i first = _mm_cvtepu8_epi32(_mm512_castsi512_si128(pressed));
            const __m128i at = _mm_set1_epi32((int)(64 * (i + j)));
            _mm_storeu_si128((void *)(ret + count), _mm_add_epi32(first, at));
            count += (size_t)__builtin_popcountll(starts[j]);
        }
    }
    return count;
}

#endif
