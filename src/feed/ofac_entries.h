/* ofac_entries.h: what a whole OFAC document says, as entries. */
#ifndef CW_FEED_OFAC_ENTRIES_H
#define CW_FEED_OFAC_ENTRIES_H

#include "feed/entry.h"
#include "feed/ofac_document.h"

/** Delivers the date of issue, then the features in document order, then one entry for every
 *  reference that leads nowhere. To be called when the document is known to be whole.
 *  Returns: CW_OK, or what the sink said. */
CW_NODISCARD enum cw_status cw_ofac_deliver(const struct cw_ofac_document *document,
                                            struct cw_entry_sink sink, struct cw_error *err);

#endif
