/* transfer.h: one request, from its first connection to its result, over any redirects.
 *
 * Knows libcurl, the rules of fetching (https only, redirects by hand, no private address) and the
 * caps. Refuses to know who asks and what the bytes mean.
 *
 *   state      event                        next
 *   running    redirect that may be taken   running (another hop, added to the multi handle again)
 *   running    anything else                ended   (cw_transfer_result may be called)
 */
#ifndef CW_NET_TRANSFER_H
#define CW_NET_TRANSFER_H

#include <curl/curl.h>

#include "http/net.h"
#include "net/guard.h"

struct cw_transfer;

/** What all transfers of this process share. Borrowed while any of them lives. */
struct cw_transfer_policy {
    struct cw_guard_hosts allowed; /* may be in private ranges and may be spoken to over http: */
    CURLM *multi;
};

/** Copies the request and starts it.
 *  In:      body_fd  where the body of a GET goes; not closed; -1 for a POST
 *  Out:     ret      set on CW_OK; it may have ended at once (a refused URL)
 *  Returns: CW_OK, CW_NOMEM, CW_INVALID when the request cannot be written down. */
CW_NODISCARD enum cw_status cw_transfer_start(const struct cw_transfer_policy *policy,
                                              const struct cw_net_request *request, int body_fd,
                                              struct cw_transfer **ret, struct cw_error *err);
/** The transfer to which a handle of a CURLMSG_DONE belongs. */
struct cw_transfer *cw_transfer_of(CURL *easy);
/** Judges the end of one hop. The handle is taken off the multi handle, and put on it again for the
 *  next hop. */
void cw_transfer_on_done(struct cw_transfer *transfer, CURLcode code);
bool cw_transfer_has_ended(const struct cw_transfer *transfer);
/** The result; borrowed from the transfer. Only after its end. */
struct cw_net_result cw_transfer_result(const struct cw_transfer *transfer);
void cw_transfer_free(struct cw_transfer *transfer);

#endif
