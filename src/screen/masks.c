#include "screen/internal.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

/* Each byte is a letter or digit (ALNUM), a sign that can stand in a token (JOINT), or neither. */

enum { ALNUM = 0x80, JOINT = 0x40 };

#define TEN(x)     x, x, x, x, x, x, x, x, x, x
#define TWENTY6(x) TEN(x), TEN(x), x, x, x, x, x, x

static const uint8_t classes[128] = {
    ['+'] = JOINT,          ['-'] = JOINT, ['/'] = JOINT,          ['0'] = TEN(ALNUM),
    ['A'] = TWENTY6(ALNUM), ['_'] = JOINT, ['a'] = TWENTY6(ALNUM),
};

static void classify_scalar(const char *data, size_t words, uint64_t *ret_alnum, uint64_t *ret_wide)
{
    for (size_t i = 0; i < words; i++) {
        uint64_t alnum = 0;
        uint64_t joint = 0;
        for (unsigned j = 0; j < 64; j++) {
            const unsigned char c = (unsigned char)data[64 * i + j];
            const uint64_t found = c < 128 ? classes[c] : 0;
            alnum |= (found >> 7) << j;
            joint |= (found >> 6 & 1u) << j;
        }
        ret_alnum[i] = alnum;
        ret_wide[i] = alnum | joint;
    }
}

static uint64_t count_scalar(const char *data, size_t len)
{
    uint64_t count = 0;
    for (size_t i = 0; i < len; i++) {
        count += data[i] == '\n' ? 1 : 0;
    }
    return count;
}

#if defined(__x86_64__)

#define AVX2   __attribute__((target("avx2,popcnt")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,popcnt")))

/* A byte's class by its two halves: bits of both tables that meet. 1 digits · 2 letters of columns
 * 4 and 6 · 4 letters of columns 5 and 7 · 8 + - / · 16 _ */
struct halves {
    __m256i low;
    __m256i high;
};

AVX2 static struct halves class_halves(void)
{
    const __m128i low =
        _mm_setr_epi8(1 | 4, 1 | 2 | 4, 1 | 2 | 4, 1 | 2 | 4, 1 | 2 | 4, 1 | 2 | 4, 1 | 2 | 4,
                      1 | 2 | 4, 1 | 2 | 4, 1 | 2 | 4, 2 | 4, 2 | 8, 2, 2 | 8, 2, 2 | 8 | 16);
    const __m128i high = _mm_setr_epi8(0, 0, 8, 1, 2, 4 | 16, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0);
    return (struct halves){_mm256_broadcastsi128_si256(low), _mm256_broadcastsi128_si256(high)};
}

AVX2 static __m256i classify_32(struct halves tables, const char *from)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i bytes = _mm256_loadu_si256((const void *)from);
    /* A byte above 127 has no entry in the upper table, and the lower one gives 0 for it anyway. */
    const __m256i low = _mm256_shuffle_epi8(tables.low, bytes);
    const __m256i high =
        _mm256_shuffle_epi8(tables.high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
    return _mm256_and_si256(low, high);
}

/* The shuffle takes the low four bits of a byte below 128 by itself only when bits 4 to 6 are clear
 * or ignored, which they are: it looks at bits 0 to 3 and 7. */
AVX2 static void classify_avx2(const char *data, size_t words, uint64_t *ret_alnum,
                               uint64_t *ret_wide)
{
    const struct halves tables = class_halves();
    const __m256i letters = _mm256_set1_epi8(1 | 2 | 4);
    const __m256i zero = _mm256_setzero_si256();
    for (size_t i = 0; i < words; i++) {
        const __m256i a = classify_32(tables, data + 64 * i);
        const __m256i b = classify_32(tables, data + 64 * i + 32);
        const __m256i alnum_a = _mm256_cmpeq_epi8(_mm256_and_si256(a, letters), zero);
        const __m256i alnum_b = _mm256_cmpeq_epi8(_mm256_and_si256(b, letters), zero);
        const uint64_t low = (uint32_t)_mm256_movemask_epi8(alnum_a);
        const uint64_t high = (uint32_t)_mm256_movemask_epi8(alnum_b);
        const uint64_t low_wide = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, zero));
        const uint64_t high_wide = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, zero));
        ret_alnum[i] = ~(low | high << 32);
        ret_wide[i] = ~(low_wide | high_wide << 32);
    }
}

AVX2 static uint64_t count_avx2(const char *data, size_t len)
{
    const __m256i newline = _mm256_set1_epi8('\n');
    uint64_t count = 0;
    size_t at = 0;
    for (; at + 32 <= len; at += 32) {
        const __m256i bytes = _mm256_loadu_si256((const void *)(data + at));
        const uint32_t found = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, newline));
        count += (unsigned)__builtin_popcount(found);
    }
    return count + count_scalar(data + at, len - at);
}

AVX512 static void classify_avx512(const char *data, size_t words, uint64_t *ret_alnum,
                                   uint64_t *ret_wide)
{
    const __m512i low = _mm512_loadu_si512(classes);
    const __m512i high = _mm512_loadu_si512(classes + 64);
    for (size_t i = 0; i < words; i++) {
        const __m512i bytes = _mm512_loadu_si512(data + 64 * i);
        const uint64_t ascii = ~(uint64_t)_mm512_movepi8_mask(bytes);
        const __m512i found = _mm512_permutex2var_epi8(low, bytes, high);
        ret_alnum[i] = (uint64_t)_mm512_movepi8_mask(found) & ascii;
        ret_wide[i] = (uint64_t)_mm512_test_epi8_mask(found, found) & ascii;
    }
}

AVX512 static uint64_t count_avx512(const char *data, size_t len)
{
    const __m512i newline = _mm512_set1_epi8('\n');
    uint64_t count = 0;
    size_t at = 0;
    for (; at + 64 <= len; at += 64) {
        const uint64_t found = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(data + at), newline);
        count += (unsigned)__builtin_popcountll(found);
    }
    return count + count_scalar(data + at, len - at);
}

#endif

/* ---- the choice ---- */

#if defined(__x86_64__)
/* Which of the two paths the processor and the system have. Asked here and not by the compiler's
 * __builtin_cpu_supports: that asks at the start of every program, and a question to the processor
 * costs a virtual machine as much as the rest of a `check`. Source: Intel SDM volume 2, CPUID and
 * XGETBV; volume 1, sections 14.3 and 15.2. */
enum { HAS_AVX2 = 1 << 0, HAS_AVX512 = 1 << 1 };

static bool has_all(unsigned value, unsigned bits)
{
    return (value & bits) == bits;
}

static unsigned state_kept_by_system(void)
{
    unsigned low = 0;
    unsigned high = 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static unsigned ask_processor(void)
{
    enum { OWN_AVX = 0x06, OWN_AVX512 = 0xe6 };
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || !has_all(c, bit_OSXSAVE | bit_AVX | bit_POPCNT)) {
        return 0;
    }
    const unsigned kept = state_kept_by_system();
    if (!has_all(kept, OWN_AVX) || __get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 ||
        !has_all(b, bit_AVX2 | bit_BMI | bit_BMI2)) {
        return 0;
    }
    const bool has_avx512 = has_all(kept, OWN_AVX512) && has_all(b, bit_AVX512F | bit_AVX512BW) &&
                            has_all(c, bit_AVX512VBMI);
    return HAS_AVX2 | (has_avx512 ? HAS_AVX512 : 0u);
}
#endif

bool cw_screen_path_works(enum cw_screen_path path)
{
    switch (path) {
    case CW_SCREEN_AUTO:
    case CW_SCREEN_SCALAR:
        return true;
    case CW_SCREEN_AVX2:
#if defined(__x86_64__)
        return (ask_processor() & HAS_AVX2) != 0;
#else
        return false;
#endif
    case CW_SCREEN_AVX512:
#if defined(__x86_64__)
        return (ask_processor() & HAS_AVX512) != 0;
#else
        return false;
#endif
    }
    return false;
}

const struct screen_path *cw_screen_path_get(enum cw_screen_path path)
{
    static const struct screen_path scalar = {classify_scalar, cw_screen_runs_plain,
                                              cw_screen_scan_plain, count_scalar,
                                              cw_text_filter_pick_scalar};
#if defined(__x86_64__)
    static const struct screen_path avx2 = {classify_avx2, cw_screen_runs_bmi, cw_screen_scan_bmi,
                                            count_avx2, cw_text_filter_pick_avx2};
    static const struct screen_path avx512 = {classify_avx512, cw_screen_runs_avx512,
                                              cw_screen_scan_bmi, count_avx512,
                                              cw_text_filter_pick_avx512};
    const bool is_auto = path == CW_SCREEN_AUTO;
    if (path == CW_SCREEN_AVX512 || (is_auto && cw_screen_path_works(CW_SCREEN_AVX512))) {
        return &avx512;
    }
    if (path == CW_SCREEN_AVX2 || (is_auto && cw_screen_path_works(CW_SCREEN_AVX2))) {
        return &avx2;
    }
#endif
    return &scalar;
}
