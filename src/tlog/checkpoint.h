/* checkpoint.h: what a log says of itself: its name, how many entries it has, and their root.
 *
 * Knows C2SP tlog-checkpoint, which is the text of a signed note. Refuses to know who signs it.
 */
#ifndef CW_TLOG_CHECKPOINT_H
#define CW_TLOG_CHECKPOINT_H

#include "base/buf.h"
#include "tlog/merkle.h"

struct cw_tlog_checkpoint {
    char origin[CW_LOG_NAME_MAX + 1];
    struct cw_tlog_tree tree;
};

/** Reads the text of a note. Lines below the third are extensions: they must not be empty, and are
 * not looked at.
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_LIMIT beyond CW_LOG_SIZE_MAX. */
CW_NODISCARD enum cw_status
cw_tlog_checkpoint_read(struct cw_span text, struct cw_tlog_checkpoint *ret, struct cw_error *err);
/** Appends the three lines. */
void cw_tlog_checkpoint_write(const struct cw_tlog_checkpoint *checkpoint, struct cw_buf *out);

#endif
