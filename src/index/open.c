#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "index/checksum.h"
#include "index/internal.h"

enum { SEEN_BITS = 64 };

enum cw_status cw_index_damaged(struct cw_error *err, const char *what, uint64_t at)
{
    return cw_error_set(err, CW_STATE,
                        "the index is damaged: %s at %llu: run `cryptowatch scan --force`", what,
                        (unsigned long long)at);
}

/* ---- the header ---- */

static enum cw_status check_identity(const struct cw_index_header *header, struct cw_error *err)
{
    if (memcmp(header->magic, cw_index_magic, sizeof(cw_index_magic)) != 0) {
        return cw_error_set(err, CW_STATE, "is not an index of cryptowatch");
    }
    if (header->endian != CW_INDEX_ENDIAN) {
        return cw_error_set(err, CW_STATE, "was written on a machine of another byte order");
    }
    return CW_OK;
}

/* After the sum, which every format has in one place: a flipped bit is damage, not a version. */
static enum cw_status check_format(const struct cw_index_header *header, struct cw_error *err)
{
    if (header->version > CW_INDEX_VERSION) {
        return cw_error_set(err, CW_INVALID,
                            "was written by a newer cryptowatch (format %u, this program knows %d)",
                            header->version, CW_INDEX_VERSION);
    }
    if (header->version != CW_INDEX_VERSION) {
        return cw_error_set(err, CW_INVALID,
                            "is of a format that is no longer read (%u): `cryptowatch scan` makes "
                            "it anew",
                            header->version);
    }
    if (header->block_bytes != CW_INDEX_BLOCK) {
        return cw_error_set(err, CW_STATE, "has blocks of a size that is none (%u)",
                            header->block_bytes);
    }
    return CW_OK;
}

static uint64_t blocks_of(uint64_t bytes)
{
    return bytes / CW_INDEX_BLOCK + (bytes % CW_INDEX_BLOCK != 0 ? 1 : 0);
}

/* Sections follow one another without gaps, so each lies where it must or the header is wrong. */
static bool are_sections_whole(const struct cw_index_header *header)
{
    uint64_t at = CW_INDEX_BLOCK;
    for (size_t i = 0; i < CW_SECTIONS; i++) {
        const struct cw_index_section *section = &header->sections[i];
        if (section->at != at || section->bytes > header->file_bytes) {
            return false;
        }
        at += blocks_of(section->bytes) * CW_INDEX_BLOCK;
        if (at > header->file_bytes) {
            return false;
        }
    }
    return at == header->file_bytes;
}

static bool is_table_whole(const struct cw_index_section *table)
{
    if (table->bytes == 0) {
        return table->count == 0;
    }
    if (table->bits < CW_INDEX_BITS_MIN || table->bits > CW_INDEX_BITS_MAX ||
        table->count > UINT32_MAX) {
        return false;
    }
    const uint64_t directory = ((1ull << table->bits) + 1) * sizeof(uint32_t);
    return table->bytes == cw_index_directory_at(table->count) + directory;
}

static enum cw_status check_shape(const struct cw_index_header *header, uint64_t len,
                                  struct cw_error *err)
{
    const struct cw_index_section *sections = header->sections;
    if (header->file_bytes != len) {
        return cw_error_set(err, CW_STATE, "has %llu bytes and should have %llu: it was cut short",
                            (unsigned long long)len, (unsigned long long)header->file_bytes);
    }
    bool is_whole = are_sections_whole(header);
    for (size_t i = CW_SECTION_PROBES; is_whole && i <= CW_SECTION_OPAQUES; i++) {
        is_whole = is_table_whole(&sections[i]);
    }
    if (is_whole) {
        const uint64_t covered = (sections[CW_SECTION_SUMS].at - CW_INDEX_BLOCK) / CW_INDEX_BLOCK;
        const struct cw_index_section *sums = &sections[CW_SECTION_SUMS];
        is_whole = sums->count == covered && sums->bytes == covered * sizeof(uint64_t) &&
                   sections[CW_SECTION_TOPS].count == blocks_of(sums->bytes) &&
                   sections[CW_SECTION_TOPS].bytes == blocks_of(sums->bytes) * sizeof(uint64_t) &&
                   sections[CW_SECTION_SOURCES].count <= UINT16_MAX &&
                   sections[CW_SECTION_RECORDS].bytes <= (uint64_t)UINT32_MAX * CW_INDEX_UNIT;
    }
    return is_whole ? CW_OK : cw_index_damaged(err, "its table of sections", 0);
}

static enum cw_status read_header(struct cw_index *index, struct cw_error *err)
{
    if (index->len < sizeof(index->header)) {
        return cw_error_set(err, CW_STATE, "is not an index of cryptowatch: %zu bytes are too few",
                            index->len);
    }
    memcpy(&index->header, index->bytes, sizeof(index->header));
    const struct cw_index_header *header = &index->header;
    enum cw_status status = check_identity(header, err);
    if (status != CW_OK) {
        return status;
    }
    if (index->len < CW_INDEX_BLOCK ||
        cw_checksum(cw_span_make(index->bytes, CW_INDEX_HEADER_SUM_AT), 0) !=
            cw_load64(index->bytes + CW_INDEX_HEADER_SUM_AT)) {
        return cw_index_damaged(err, "its header", 0);
    }
    status = check_format(header, err);
    if (status == CW_OK) {
        status = check_shape(header, index->len, err);
    }
    if (status != CW_OK) {
        return status;
    }
    const struct cw_index_section *tops = &header->sections[CW_SECTION_TOPS];
    const struct cw_span bytes =
        cw_span_make(index->bytes + tops->at, blocks_of(tops->bytes) * CW_INDEX_BLOCK);
    if (cw_checksum(bytes, header->generation) != header->tops_sum) {
        return cw_index_damaged(err, "its sums", tops->at);
    }
    return CW_OK;
}

/* ---- opening ---- */

/* The blocks that SUMS covers: 1 to this one. */
static uint64_t blocks_summed(const struct cw_index *index)
{
    return index->header.sections[CW_SECTION_SUMS].count;
}

static _Atomic uint64_t *new_bits(uint64_t count)
{
    return calloc((size_t)(count / SEEN_BITS) + 1, sizeof(_Atomic uint64_t));
}

static enum cw_status take_up(struct cw_index *index, struct cw_error *err)
{
    const enum cw_status status = read_header(index, err);
    if (status != CW_OK) {
        return status;
    }
    index->seen = new_bits(blocks_summed(index) + 1);
    index->seen_sums = new_bits(index->header.sections[CW_SECTION_TOPS].count);
    if (index->seen == NULL || index->seen_sums == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    return CW_OK;
}

enum cw_status cw_index_open_memory(struct cw_span bytes, struct cw_index **ret,
                                    struct cw_error *err)
{
    CW_CLEANUP(cw_index_closep) struct cw_index *index = cw_index_new();
    if (index == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    index->bytes = (const uint8_t *)bytes.data;
    index->len = bytes.len;
    const enum cw_status status = take_up(index, err);
    if (status == CW_OK) {
        *ret = index;
        index = NULL;
    }
    return status;
}

static enum cw_status map(int fd, const char *path, struct cw_index *index, struct cw_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return cw_file_fail(err, path, "open", errno);
    }
    if (!S_ISREG(info.st_mode) || info.st_size <= 0) {
        return cw_error_set(err, CW_STATE, "%s: is not an index of cryptowatch", path);
    }
    void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
        return cw_file_fail(err, path, "open", errno);
    }
    index->bytes = bytes;
    index->len = (size_t)info.st_size;
    index->map = bytes;
    return CW_OK;
}

enum cw_status cw_index_open(const char *path, struct cw_index **ret, struct cw_error *err)
{
    CW_CLEANUP(cw_index_closep) struct cw_index *index = cw_index_new();
    if (index == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return cw_file_fail(err, path, "open", errno);
    }
    enum cw_status status = map(fd, path, index, err);
    (void)close(fd);
    struct cw_error why = {0};
    if (status == CW_OK) {
        status = take_up(index, &why);
        if (status != CW_OK) {
            return cw_error_set(err, status, "%s: %s", path, why.text);
        }
        *ret = index;
        index = NULL;
    }
    return status;
}

void cw_index_close(struct cw_index *index)
{
    if (index == NULL) {
        return;
    }
    if (index->map != NULL) {
        (void)munmap(index->map, index->len);
    }
    free(index->seen);
    free(index->seen_sums);
    free(index);
}

void cw_index_closep(struct cw_index **index)
{
    cw_index_close(*index);
    *index = NULL;
}

/* ---- blocks ---- */

/* Two threads may check one block at once: both find the same, and set the same bit. */
static bool is_seen(const _Atomic uint64_t *bits, uint64_t at)
{
    const uint64_t word = atomic_load_explicit(&bits[at / SEEN_BITS], memory_order_relaxed);
    return (word >> at % SEEN_BITS & 1u) != 0;
}

static void set_seen(_Atomic uint64_t *bits, uint64_t at)
{
    (void)atomic_fetch_or_explicit(&bits[at / SEEN_BITS], 1ull << at % SEEN_BITS,
                                   memory_order_relaxed);
}

static bool is_block(const struct cw_index *index, uint64_t block, uint64_t sum)
{
    const struct cw_span bytes =
        cw_span_make(index->bytes + block * CW_INDEX_BLOCK, CW_INDEX_BLOCK);
    return cw_checksum(bytes, CW_INDEX_SEED(index->header.generation, block)) == sum;
}

/* A block of SUMS, numbered from 0, against its number in TOPS, which opening has proved. */
static bool check_sums(const struct cw_index *index, uint64_t number)
{
    if (is_seen(index->seen_sums, number)) {
        return true;
    }
    const struct cw_index_section *sums = &index->header.sections[CW_SECTION_SUMS];
    const struct cw_index_section *tops = &index->header.sections[CW_SECTION_TOPS];
    const uint64_t sum = cw_load64(index->bytes + tops->at + number * sizeof(uint64_t));
    if (!is_block(index, sums->at / CW_INDEX_BLOCK + number, sum)) {
        return false;
    }
    set_seen(index->seen_sums, number);
    return true;
}

static enum cw_status check_block(const struct cw_index *index, uint64_t block,
                                  struct cw_error *err)
{
    CW_ASSERT(block >= 1);
    CW_ASSERT(block <= blocks_summed(index));
    if (!check_sums(index, (block - 1) / CW_INDEX_SUMS_PER_BLOCK)) {
        return cw_index_damaged(err, "the sum of block", block);
    }
    const struct cw_index_section *sums = &index->header.sections[CW_SECTION_SUMS];
    const uint64_t sum = cw_load64(index->bytes + sums->at + (block - 1) * sizeof(uint64_t));
    if (!is_block(index, block, sum)) {
        return cw_index_damaged(err, "block", block);
    }
    set_seen(index->seen, block);
    return CW_OK;
}

enum cw_status cw_index_touch(const struct cw_index *index, enum cw_index_section_id section,
                              uint64_t at, uint64_t len, const uint8_t **ret_at,
                              struct cw_error *err)
{
    const struct cw_index_section *place = &index->header.sections[section];
    if (at > place->bytes || len > place->bytes - at) {
        return cw_index_damaged(err, "a place outside of its section", at);
    }
    const uint64_t from = place->at + at;
    if (len > 0) {
        const uint64_t last = (from + len - 1) / CW_INDEX_BLOCK;
        for (uint64_t block = from / CW_INDEX_BLOCK; block <= last; block++) {
            if (is_seen(index->seen, block)) {
                continue;
            }
            const enum cw_status status = check_block(index, block, err);
            if (status != CW_OK) {
                return status;
            }
        }
    }
    *ret_at = index->bytes + from;
    return CW_OK;
}

/* ---- what the header says ---- */

uint64_t cw_index_generation(const struct cw_index *index)
{
    return index->header.generation;
}

int64_t cw_index_built_at_s(const struct cw_index *index)
{
    return index->header.built_at_s;
}

uint64_t cw_index_listings(const struct cw_index *index)
{
    return index->header.listings;
}

uint64_t cw_index_opaques(const struct cw_index *index)
{
    return index->header.opaques;
}

uint64_t cw_index_bytes(const struct cw_index *index)
{
    return index->len;
}

uint64_t cw_index_scripts(const struct cw_index *index)
{
    return index->header.scripts;
}

bool cw_index_has_undecoded(const struct cw_index *index)
{
    return index->header.undecoded > 0;
}

const uint8_t *cw_index_basis(const struct cw_index *index)
{
    return index->header.basis;
}

struct cw_span cw_index_filter(const struct cw_index *index)
{
    const struct cw_index_section *filter = &index->header.sections[CW_SECTION_FILTER];
    return cw_span_make(index->bytes + filter->at, (size_t)filter->bytes);
}

enum cw_status cw_index_check_filter(const struct cw_index *index, struct cw_error *err)
{
    const uint8_t *at = NULL;
    return cw_index_touch(index, CW_SECTION_FILTER, 0,
                          index->header.sections[CW_SECTION_FILTER].bytes, &at, err);
}
