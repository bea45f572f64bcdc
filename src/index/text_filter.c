#include "index/text_filter.h"

#include "base/mix.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static const char MAGIC[8] = {'C', 'W', 'T', 'E', 'X', 'T', 'F', '1'};
static const uint64_t BLOCKS_MAX = (uint64_t)1 << 32;

static void store_word(unsigned char *to, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(to, &word, sizeof(word));
}

enum cw_status cw_text_filter_open(struct cw_span bytes, struct cw_text_filter *ret,
                                   struct cw_error *err)
{
    static const unsigned char zeros[40] = {0};
    const unsigned char *head = (const unsigned char *)bytes.data;
    if (bytes.len < CW_TEXT_FILTER_HEAD + CW_TEXT_FILTER_LINE) {
        return cw_error_set(err, CW_UNTRUSTED, "text filter: cut: %zu bytes", bytes.len);
    }
    if (memcmp(head, MAGIC, sizeof(MAGIC)) != 0) {
        return cw_error_set(err, CW_UNTRUSTED, "text filter: not one: wrong magic");
    }
    const uint64_t blocks = cw_load_le64(head + 8);
    if (blocks == 0 || blocks > BLOCKS_MAX ||
        (bytes.len - CW_TEXT_FILTER_HEAD) % CW_TEXT_FILTER_LINE != 0 ||
        blocks != (bytes.len - CW_TEXT_FILTER_HEAD) / CW_TEXT_FILTER_LINE) {
        return cw_error_set(err, CW_UNTRUSTED, "text filter: %llu blocks do not make %zu bytes",
                            (unsigned long long)blocks, bytes.len);
    }
    if (memcmp(head + 24, zeros, sizeof(zeros)) != 0) {
        return cw_error_set(err, CW_UNTRUSTED, "text filter: a reserved byte is not zero");
    }
    *ret = (struct cw_text_filter){.lines = head + CW_TEXT_FILTER_HEAD, .blocks = blocks};
    return CW_OK;
}

/* Most hashes fail in the first or second word. */
bool cw_text_filter_has(const struct cw_text_filter *filter, uint64_t hash)
{
    const unsigned char *line = cw_text_filter_line(filter, hash);
    const uint64_t bits = cw_text_filter_bits(hash);
    for (unsigned i = 0; i < CW_TEXT_FILTER_WORDS; i++) {
        if ((cw_load_le64(line + 8 * (size_t)i) >> (bits >> 6 * i & 63u) & 1u) == 0) {
            return false;
        }
    }
    return true;
}

size_t cw_text_filter_pick_scalar(const struct cw_text_filter *filter, const uint64_t *hashes,
                                  size_t count, uint32_t *ret_at)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        ret_at[found] = (uint32_t)i;
        found += cw_text_filter_has(filter, hashes[i]) ? 1 : 0;
    }
    return found;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) size_t cw_text_filter_pick_avx2(const struct cw_text_filter *filter,
                                                                const uint64_t *hashes,
                                                                size_t count, uint32_t *ret_at)
{
    const __m256i low = _mm256_set_epi64x(18, 12, 6, 0);
    const __m256i high = _mm256_set_epi64x(42, 36, 30, 24);
    const __m256i six = _mm256_set1_epi64x(63);
    const __m256i one = _mm256_set1_epi64x(1);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *line = cw_text_filter_line(filter, hashes[i]);
        const __m256i bits = _mm256_set1_epi64x((long long)cw_text_filter_bits(hashes[i]));
        const __m256i a =
            _mm256_sllv_epi64(one, _mm256_and_si256(_mm256_srlv_epi64(bits, low), six));
        const __m256i b =
            _mm256_sllv_epi64(one, _mm256_and_si256(_mm256_srlv_epi64(bits, high), six));
        const int has_a = _mm256_testc_si256(_mm256_loadu_si256((const void *)line), a);
        const int has_b = _mm256_testc_si256(_mm256_loadu_si256((const void *)(line + 32)), b);
        ret_at[found] = (uint32_t)i;
        found += (size_t)(has_a & has_b);
    }
    return found;
}

__attribute__((target("avx512f,avx512bw"))) size_t
cw_text_filter_pick_avx512(const struct cw_text_filter *filter, const uint64_t *hashes,
                           size_t count, uint32_t *ret_at)
{
    const __m512i shifts = _mm512_set_epi64(42, 36, 30, 24, 18, 12, 6, 0);
    const __m512i six = _mm512_set1_epi64(63);
    const __m512i one = _mm512_set1_epi64(1);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *line = cw_text_filter_line(filter, hashes[i]);
        const __m512i bits = _mm512_set1_epi64((long long)cw_text_filter_bits(hashes[i]));
        const __m512i wanted =
            _mm512_sllv_epi64(one, _mm512_and_si512(_mm512_srlv_epi64(bits, shifts), six));
        const __mmask8 has = _mm512_test_epi64_mask(_mm512_loadu_si512(line), wanted);
        ret_at[found] = (uint32_t)i;
        found += has == 0xff ? 1 : 0;
    }
    return found;
}

#endif

/* ---- building ---- */

size_t cw_text_filter_bytes(uint64_t hashes)
{
    const uint64_t per_block = (uint64_t)CW_TEXT_FILTER_LINE * 8 / CW_TEXT_FILTER_BITS;
    const uint64_t blocks = hashes / per_block + 1;
    return blocks > BLOCKS_MAX ? 0 : (size_t)(CW_TEXT_FILTER_HEAD + blocks * CW_TEXT_FILTER_LINE);
}

void cw_text_filter_begin(struct cw_text_filter_builder *builder, void *memory, size_t bytes)
{
    CW_ASSERT(bytes >= CW_TEXT_FILTER_HEAD + CW_TEXT_FILTER_LINE);
    CW_ASSERT((bytes - CW_TEXT_FILTER_HEAD) % CW_TEXT_FILTER_LINE == 0);
    memset(memory, 0, bytes);
    builder->head = memory;
    builder->blocks = (bytes - CW_TEXT_FILTER_HEAD) / CW_TEXT_FILTER_LINE;
    builder->added = 0;
}

void cw_text_filter_add(struct cw_text_filter_builder *builder, uint64_t hash)
{
    const uint64_t bits = cw_text_filter_bits(hash);
    unsigned char *line = builder->head + CW_TEXT_FILTER_HEAD +
                          ((hash >> 32) * builder->blocks >> 32) * CW_TEXT_FILTER_LINE;
    for (unsigned i = 0; i < CW_TEXT_FILTER_WORDS; i++) {
        unsigned char *word = line + 8 * (size_t)i;
        store_word(word, cw_load_le64(word) | (uint64_t)1 << (bits >> 6 * i & 63u));
    }
    builder->added++;
}

void cw_text_filter_finish(struct cw_text_filter_builder *builder)
{
    memcpy(builder->head, MAGIC, sizeof(MAGIC));
    store_word(builder->head + 8, builder->blocks);
    store_word(builder->head + 16, builder->added);
}
