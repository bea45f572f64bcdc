/* An index file of any bytes: it is refused, or it answers without reading past its end. So that
 * the fuzzer gets behind the checksums, whatever has the length of blocks is sealed first; the
 * first byte says whether. The same bytes are read as a manifest. */
#include "fuzz.h"
#include "index/checksum.h"
#include "index/format.h"
#include "index/manifest.h"

static void seal(uint8_t *bytes, size_t len)
{
    struct cw_index_header header;
    memcpy(&header, bytes, sizeof(header));
    const uint64_t sums_at = header.sections[CW_SECTION_SUMS].at;
    const uint64_t tops_at = header.sections[CW_SECTION_TOPS].at;
    if (sums_at < CW_INDEX_BLOCK || tops_at < sums_at || tops_at > len - CW_INDEX_BLOCK ||
        sums_at % CW_INDEX_BLOCK != 0 || tops_at % CW_INDEX_BLOCK != 0) {
        return;
    }
    for (uint64_t at = CW_INDEX_BLOCK; at < tops_at; at += CW_INDEX_BLOCK) {
        const uint64_t sum = cw_checksum(cw_span_make(bytes + at, CW_INDEX_BLOCK),
                                         CW_INDEX_SEED(header.generation, at / CW_INDEX_BLOCK));
        const uint64_t place = at < sums_at ? sums_at + (at / CW_INDEX_BLOCK - 1) * 8
                                            : tops_at + (at - sums_at) / CW_INDEX_BLOCK * 8;
        if (place <= len - sizeof(sum)) {
            memcpy(bytes + place, &sum, sizeof(sum));
        }
    }
    header.tops_sum = cw_checksum(cw_span_make(bytes + tops_at, CW_INDEX_BLOCK), header.generation);
    memcpy(bytes, &header, sizeof(header));
    const uint64_t sum = cw_checksum(cw_span_make(bytes, CW_INDEX_HEADER_SUM_AT), 0);
    memcpy(bytes + CW_INDEX_HEADER_SUM_AT, &sum, sizeof(sum));
}

static enum cw_status look(void *ctx, const struct cw_index_item *item, enum cw_relation relation,
                           struct cw_error *err)
{
    uint64_t *sum = ctx;
    (void)relation;
    (void)err;
    *sum += cw_checksum(item->value, 0) + cw_checksum(item->canonical, 0);
    *sum += cw_checksum(item->entry_id, 0) + cw_checksum(item->source_id, 0);
    *sum += cw_checksum(item->note, 0) + cw_checksum(item->title, 0);
    for (size_t i = 0; i < item->programs_count; i++) {
        *sum += cw_checksum(item->programs[i], 0);
    }
    for (size_t i = 0; i < item->episodes_count; i++) {
        *sum += (uint64_t)cw_index_item_episode(item, i).from_s;
    }
    return CW_OK;
}

static void ask(const struct cw_index *index)
{
    static const char *const texts[] = {
        "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
        "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
    };
    static const uint64_t hashes[] = {0, 1, UINT64_MAX};
    uint64_t sum = 0;
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        struct cw_address address;
        const enum cw_address_error why =
            cw_address_parse(cw_span_cstr(texts[i]), CW_SPAN(""), CW_ADDRESS_LIST, &address);
        CW_ASSERT(why == CW_ADDRESS_OK);
        (void)!cw_index_find(index, &address, look, &sum, NULL);
        (void)cw_index_may_hold(index, &address);
    }
    (void)!cw_index_find_opaque(index, CW_SPAN("no address"), look, &sum, NULL);
    (void)!cw_index_find_lookalikes(index, hashes, CW_COUNT(hashes), look, &sum, NULL);
    (void)!cw_index_each(index, look, &sum, NULL);
    (void)!cw_index_verify(index, NULL);
    (void)!cw_index_check_filter(index, NULL);
    fuzz_accept("index");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const bool is_sealed = data[0] == '+';
    const size_t len = is_sealed ? size - 1 : size;
    uint8_t *bytes = malloc(len == 0 ? 1 : len);
    CW_ASSERT(bytes != NULL);
    memcpy(bytes, is_sealed ? data + 1 : data, len);
    if (is_sealed && len >= 2 * (size_t)CW_INDEX_BLOCK) {
        seal(bytes, len);
    }
    struct cw_index *index = NULL;
    if (cw_index_open_memory(cw_span_make(bytes, len), &index, NULL) == CW_OK) {
        ask(index);
    }
    cw_index_close(index);
    struct cw_manifest manifest;
    if (cw_manifest_parse(cw_span_make(bytes, len), &manifest, NULL) == CW_OK) {
        fuzz_accept("manifest");
    }
    cw_manifest_clear(&manifest);
    free(bytes);
    return 0;
}
