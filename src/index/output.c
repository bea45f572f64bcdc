#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "index/build.h"
#include "index/checksum.h"

enum {
    STAGED_BYTES = 64 * CW_INDEX_BLOCK,
    SUMS_FIRST = 64,
};

/* ---- opening and closing ---- */

static enum cw_status open_temporary(struct cw_index_output *out, struct cw_error *err)
{
    char *folder = cw_path_dirname(out->path);
    if (folder == NULL) {
        return cw_error_no_memory(err);
    }
    out->fd = cw_file_temporary(folder, &out->temporary);
    const int cause = errno;
    free(folder);
    return out->fd >= 0 ? CW_OK : cw_file_fail(err, out->path, "make a file beside it", cause);
}

enum cw_status cw_output_open(struct cw_index_output *out, const struct cw_index_options *options,
                              struct cw_error *err)
{
    *out = (struct cw_index_output){
        .fd = -1,
        .generation = options->generation,
        .max = options->bytes_max == 0 ? CW_INDEX_BYTES_MAX : options->bytes_max,
        .staged = malloc(STAGED_BYTES),
        .fill = CW_INDEX_BLOCK, /* the header's place */
    };
    if (out->staged == NULL) {
        return cw_error_no_memory(err);
    }
    memset(out->staged, 0, CW_INDEX_BLOCK);
    if (options->path == NULL) {
        return CW_OK;
    }
    out->path = strdup(options->path);
    return out->path == NULL ? cw_error_no_memory(err) : open_temporary(out, err);
}

void cw_output_close(struct cw_index_output *out)
{
    if (out->fd >= 0) {
        (void)close(out->fd);
    }
    if (out->temporary != NULL) {
        (void)unlink(out->temporary);
    }
    free(out->temporary);
    free(out->path);
    free(out->staged);
    free(out->memory);
    free(out->sums);
    *out = (struct cw_index_output){.fd = -1};
}

/* ---- blocks ---- */

static bool add_sum(struct cw_index_output *out, uint64_t sum)
{
    if (out->sums_count == out->sums_cap) {
        const size_t cap = out->sums_cap == 0 ? SUMS_FIRST : out->sums_cap * 2;
        uint64_t *moved = realloc(out->sums, cap * sizeof(*moved));
        if (moved == NULL) {
            return false;
        }
        out->sums = moved;
        out->sums_cap = cap;
    }
    out->sums[out->sums_count++] = sum;
    return true;
}

static enum cw_status remember(struct cw_index_output *out, struct cw_error *err)
{
    const size_t wanted = (size_t)out->at + out->fill;
    if (wanted > out->memory_cap) {
        const size_t cap = wanted + wanted / 2;
        uint8_t *moved = realloc(out->memory, cap);
        if (moved == NULL) {
            return cw_error_no_memory(err);
        }
        out->memory = moved;
        out->memory_cap = cap;
    }
    memcpy(out->memory + out->at, out->staged, out->fill);
    return CW_OK;
}

/* Writes what is staged: whole blocks. */
static enum cw_status flush(struct cw_index_output *out, struct cw_error *err)
{
    CW_ASSERT(out->fill % CW_INDEX_BLOCK == 0);
    if (out->at + out->fill > out->max) {
        return cw_error_set(err, CW_LIMIT, "the index would be larger than %llu bytes",
                            (unsigned long long)out->max);
    }
    for (size_t i = 0; i < out->fill; i += CW_INDEX_BLOCK) {
        const uint64_t block = (out->at + i) / CW_INDEX_BLOCK;
        const struct cw_span bytes = cw_span_make(out->staged + i, CW_INDEX_BLOCK);
        if (block > 0 && !add_sum(out, cw_checksum(bytes, CW_INDEX_SEED(out->generation, block)))) {
            return cw_error_no_memory(err);
        }
    }
    const enum cw_status status =
        out->fd < 0 ? remember(out, err)
                    : cw_fd_write_all(out->fd, cw_span_make(out->staged, out->fill), err);
    out->at += out->fill;
    out->fill = 0;
    return status;
}

enum cw_status cw_output_put(struct cw_index_output *out, const void *data, size_t len,
                             struct cw_error *err)
{
    const uint8_t *from = data;
    while (len > 0) {
        const size_t room = STAGED_BYTES - out->fill;
        const size_t part = len < room ? len : room;
        memcpy(out->staged + out->fill, from, part);
        out->fill += part;
        from += part;
        len -= part;
        if (out->fill == STAGED_BYTES) {
            const enum cw_status status = flush(out, err);
            if (status != CW_OK) {
                return status;
            }
        }
    }
    return CW_OK;
}

uint64_t cw_output_at(const struct cw_index_output *out)
{
    return out->at + out->fill;
}

enum cw_status cw_output_pad(struct cw_index_output *out, struct cw_error *err)
{
    static const uint8_t zeros[CW_INDEX_BLOCK] = {0};
    const size_t over = out->fill % CW_INDEX_BLOCK;
    return over == 0 ? CW_OK : cw_output_put(out, zeros, CW_INDEX_BLOCK - over, err);
}

/* ---- the end ---- */

static enum cw_status put_section(struct cw_index_output *out, const uint64_t *sums, size_t count,
                                  struct cw_index_section *ret, struct cw_error *err)
{
    *ret = (struct cw_index_section){
        .at = cw_output_at(out), .bytes = count * sizeof(*sums), .count = count};
    const enum cw_status status = cw_output_put(out, sums, count * sizeof(*sums), err);
    return status == CW_OK ? cw_output_pad(out, err) : status;
}

/* TOPS is sealed as one text, with its padding. */
static enum cw_status put_tops(struct cw_index_output *out, size_t from, size_t count,
                               struct cw_index_header *header, struct cw_error *err)
{
    const size_t padded =
        (count + CW_INDEX_SUMS_PER_BLOCK - 1) / CW_INDEX_SUMS_PER_BLOCK * CW_INDEX_SUMS_PER_BLOCK;
    uint64_t *tops = calloc(padded == 0 ? 1 : padded, sizeof(*tops));
    if (tops == NULL) {
        return cw_error_no_memory(err);
    }
    memcpy(tops, out->sums + from, count * sizeof(*tops));
    header->tops_sum = cw_checksum(cw_span_make(tops, padded * sizeof(*tops)), header->generation);
    const enum cw_status status =
        put_section(out, tops, count, &header->sections[CW_SECTION_TOPS], err);
    free(tops);
    return status;
}

/* The sums of the blocks so far, then the sums of the blocks that hold those. Writing a block adds
 * its own sum at the end of the array, so the ones to write are counted first and copied. */
static enum cw_status put_sums(struct cw_index_output *out, struct cw_index_header *header,
                               struct cw_error *err)
{
    enum cw_status status = out->fill > 0 ? flush(out, err) : CW_OK;
    if (status != CW_OK) {
        return status;
    }
    const size_t count = out->sums_count;
    uint64_t *sums = malloc((count + 1) * sizeof(*sums));
    if (sums == NULL) {
        return cw_error_no_memory(err);
    }
    memcpy(sums, out->sums, count * sizeof(*sums));
    status = put_section(out, sums, count, &header->sections[CW_SECTION_SUMS], err);
    free(sums);
    if (status == CW_OK && out->fill > 0) {
        status = flush(out, err);
    }
    if (status == CW_OK) {
        status = put_tops(out, count, out->sums_count - count, header, err);
    }
    return status == CW_OK && out->fill > 0 ? flush(out, err) : status;
}

static enum cw_status put_header(struct cw_index_output *out, const struct cw_index_header *header,
                                 struct cw_error *err)
{
    uint8_t block[CW_INDEX_BLOCK] = {0};
    memcpy(block, header, sizeof(*header));
    const uint64_t sum = cw_checksum(cw_span_make(block, CW_INDEX_HEADER_SUM_AT), 0);
    memcpy(block + CW_INDEX_HEADER_SUM_AT, &sum, sizeof(sum));
    if (out->fd < 0) {
        memcpy(out->memory, block, sizeof(block));
        return CW_OK;
    }
    if (lseek(out->fd, 0, SEEK_SET) != 0) {
        return cw_file_fail(err, out->path, "write", errno);
    }
    return cw_fd_write_all(out->fd, cw_span_make(block, sizeof(block)), err);
}

static enum cw_status publish(struct cw_index_output *out, struct cw_error *err)
{
    if (fsync(out->fd) != 0) {
        return cw_file_fail(err, out->path, "keep", errno);
    }
    if (rename(out->temporary, out->path) != 0) {
        return cw_file_fail(err, out->path, "put in place", errno);
    }
    free(out->temporary);
    out->temporary = NULL;
    char *folder = cw_path_dirname(out->path);
    const enum cw_status status =
        folder == NULL ? cw_error_no_memory(err) : cw_dir_sync(folder, err);
    free(folder);
    return status;
}

enum cw_status cw_output_finish(struct cw_index_output *out, struct cw_index_header *header,
                                struct cw_error *err)
{
    enum cw_status status = put_sums(out, header, err);
    header->file_bytes = out->at;
    if (status == CW_OK) {
        status = put_header(out, header, err);
    }
    return status == CW_OK && out->fd >= 0 ? publish(out, err) : status;
}
