/* unpack.h: the document inside a stored file, as a stream of blocks.
 *
 * Recognises by content a plain file, gzip, bzip2, xz, zstd and a ZIP with exactly one document;
 * nothing else, and not one inside another. Refuses what is cut, damaged, encrypted or followed by
 * more bytes. The caller must not believe a byte before CW_OK.
 */
#ifndef CW_PARSE_UNPACK_H
#define CW_PARSE_UNPACK_H

#include "base/error.h"
#include "base/span.h"

struct cw_unpack_sink {
    /** Takes a block, borrowed until it returns; anything but CW_OK stops and comes back. */
    enum cw_status (*block)(void *ctx, struct cw_span bytes, struct cw_error *err);
    void *ctx;
};

struct cw_unpack_report {
    uint64_t bytes_in;
    uint64_t bytes_decoded;
};

/** Reads a regular file from its start to its end.
 *  Returns: CW_OK; CW_UNTRUSTED for a container that is cut, damaged or holds not one document;
 *           CW_LIMIT past CW_FEED_DECODED_MAX or CW_UNPACK_RATIO_MAX; CW_IO; CW_NOMEM; what the
 *           sink said.
 *  Limits:  one block in memory, and what the decompressor needs. */
CW_NODISCARD enum cw_status cw_unpack(int fd, struct cw_unpack_sink sink,
                                      struct cw_unpack_report *ret_report, struct cw_error *err);

/** The caps on what has come out of a packed document so far.
 *  In:      name  of the container, for the words; bytes_in  of it that were read
 *  Returns: CW_OK; CW_LIMIT past CW_FEED_DECODED_MAX, or past CW_UNPACK_RATIO_MAX behind the first
 *           MiB. */
CW_NODISCARD enum cw_status cw_unpack_check_size(const char *name, uint64_t bytes_in,
                                                 uint64_t bytes_out, struct cw_error *err);

#endif
