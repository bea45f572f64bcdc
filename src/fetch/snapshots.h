/* snapshots.h: the folder of documents as received, each named by its SHA-256.
 *
 *   tmp.<pid>-<n>    being written; a leftover of a killed run is swept by the next one
 *   <sha256>         whole, durable, mode 0440, never changed
 *   <sha256>.json    how it was retrieved the first time
 */
#ifndef CW_FETCH_SNAPSHOTS_H
#define CW_FETCH_SNAPSHOTS_H

#include "base/error.h"
#include "crypto/hash.h"

/** A document on its way into the folder. {.fd = -1} is none. */
struct cw_snapshot_tmp {
    int fd; /* read and write, O_CLOEXEC */
    char *path;
};

/** Makes an empty temporary file. Returns: CW_OK, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_snapshot_begin(const char *folder, struct cw_snapshot_tmp *ret,
                                              struct cw_error *err);
/** How many bytes are stored, without reading them. Returns: CW_OK, CW_IO. */
CW_NODISCARD enum cw_status cw_snapshot_size(const struct cw_snapshot_tmp *tmp, uint64_t *ret_bytes,
                                             struct cw_error *err);
/** Reads the stored bytes back and hashes them. */
CW_NODISCARD enum cw_status cw_snapshot_measure(const struct cw_snapshot_tmp *tmp,
                                                uint64_t *ret_bytes,
                                                char ret_sha256[static CW_SHA256_HEX_BYTES],
                                                struct cw_error *err);
/** Makes the document durable under its name. One that is there already and sound is kept, a
 *  damaged one is replaced. The temporary name is gone afterwards. */
CW_NODISCARD enum cw_status cw_snapshot_keep(const char *folder, const struct cw_snapshot_tmp *tmp,
                                             const char *sha256, struct cw_error *err);
/** Closes and removes the temporary file. */
void cw_snapshot_discard(struct cw_snapshot_tmp *tmp);
/** Removes what killed runs left. For the only writer of the folder. */
void cw_snapshots_sweep(const char *folder);
/** Removes a document with the record of its retrieval; the record first, so that whoever finds a
 *  document left by a killed run removes both. What is not there is fine.
 *  Returns: CW_OK, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_snapshot_remove(const char *folder, const char *sha256,
                                               struct cw_error *err);
/** A regular file of this name is there. */
bool cw_snapshot_exists(const char *folder, const char *sha256);

#endif
