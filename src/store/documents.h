/* documents.h: which of the stored documents anybody needs.
 *
 * Knows what the retrievals, feeds and alerts say about a document. Refuses to know its bytes and
 * where they lie.
 */
#ifndef CW_STORE_DOCUMENTS_H
#define CW_STORE_DOCUMENTS_H

#include "store/store.h"

/** Takes the name of a document; borrowed during the call. */
typedef enum cw_status (*cw_document_fn)(void *ctx, const char *sha256, struct cw_error *err);
/** Tells every document that some list served and that was never believed (outcome "failed" or
 *  "held"), but for the last `keep` of each list.
 *  Returns: CW_OK, what the callback returned, CW_STATE, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_store_refused(struct cw_store *store, size_t keep, cw_document_fn fn,
                                             void *ctx, struct cw_error *err);
/** Does anything rest on these bytes? They are or were in force on a list, whole or with what they
 *  added; are held or released; an alert names them, or tells of their list and was made within
 *  `around_s` of their retrieval. */
CW_NODISCARD enum cw_status cw_store_is_needed(struct cw_store *store, const char *sha256,
                                               int64_t around_s, bool *ret_is_needed,
                                               struct cw_error *err);

#endif
