/* proof.h: the proof that one entry is in a log, as a file that stands for itself.
 *
 * Knows C2SP tlog-proof. Refuses to know what the extra data means (our files carry the entry in
 * it, alerts.md section 8.4): nothing in the file is true before its parts were checked against
 * each other and the checkpoint against a key.
 */
#ifndef CW_TLOG_PROOF_H
#define CW_TLOG_PROOF_H

#include "base/buf.h"
#include "tlog/merkle.h"

struct cw_tlog_proof {
    bool has_extra;
    struct cw_buf extra;
    uint64_t index;
    struct cw_tlog_path path;
    struct cw_span checkpoint; /* a signed note, borrowed from the file */
};

/** Takes a file apart; the file must outlive *ret.
 *  Out:     ret  set in any case; end with cw_tlog_proof_clear
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_LIMIT (bytes, hashes); CW_NOMEM. */
CW_NODISCARD enum cw_status cw_tlog_proof_read(struct cw_span file, struct cw_tlog_proof *ret,
                                               struct cw_error *err);
void cw_tlog_proof_clear(struct cw_tlog_proof *proof);
/** Appends the file. */
void cw_tlog_proof_write(const struct cw_tlog_proof *proof, struct cw_buf *out);

#endif
