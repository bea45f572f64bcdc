/* check_receipt.h: the answers of one `check`, kept until they become a signed receipt. */
#ifndef CW_CLI_CHECK_RECEIPT_H
#define CW_CLI_CHECK_RECEIPT_H

#include "base/limits.h"
#include "cli/receipt_write.h"

struct cw_asked {
    struct cw_answer answer;
    char *input; /* exactly as asked */
    size_t input_len;
};

struct cw_receipt_draft {
    bool is_wanted;
    bool is_hashed;         /* the receipt holds the hash of what was asked, and nothing from which
                               the text could be read: no listed value, entry or reason either */
    struct cw_asked *items; /* room for CW_RECEIPT_ANSWERS_MAX from the first one on */
    size_t count;
};

/** Keeps an answer and takes its memory over, also on failure.
 *  Returns: CW_OK; CW_LIMIT beyond CW_RECEIPT_ANSWERS_MAX; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_receipt_draft_add(struct cw_receipt_draft *draft,
                                                 struct cw_span input, struct cw_answer *answer,
                                                 struct cw_error *err);
/** Signs what was kept, and makes the file. Returns: as cw_receipt_write. */
CW_NODISCARD enum cw_status cw_receipt_draft_write(const struct cw_receipt_draft *draft,
                                                   const struct cw_receipt_place *place,
                                                   struct cw_error *err);
void cw_receipt_draft_clear(struct cw_receipt_draft *draft);

#endif
