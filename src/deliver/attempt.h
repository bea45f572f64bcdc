/* attempt.h: what one attempt sends and how its outcome reads; for the files of this folder only.
 */
#ifndef CW_DELIVER_ATTEMPT_H
#define CW_DELIVER_ATTEMPT_H

#include "deliver/deliver.h"

enum {
    CW_ATTEMPT_ERROR_BYTES = 256,     /* as cw_delivery.last_error */
    CW_ATTEMPT_HEADERS_BYTES = 16384, /* all headers of one attempt */
};

/** 429, 502, 503 and 504: the receiver asks for quiet, whatever becomes of this alert. */
bool cw_retry_is_pause(uint64_t http_status);

struct cw_attempt {
    const struct cw_receiver *receiver;
    uint64_t request_id;
    int64_t timestamp_s;
    struct cw_delivery_event event;
    const char *user_agent;
};

/** Place for what a request points to. */
struct cw_attempt_text {
    struct cw_buf headers;
    struct cw_buf note; /* empty without a preset */
};
void cw_attempt_text_init(struct cw_attempt_text *text);
void cw_attempt_text_clear(struct cw_attempt_text *text);

/** Builds the request of one attempt.
 *  Out:     text         reset and filled; the request points into it
 *           ret_request  borrows everything
 *  Returns: CW_OK; CW_INVALID when a part cannot stand in a header or B is no alert; CW_LIMIT,
 * CW_NOMEM. */
CW_NODISCARD enum cw_status cw_attempt_request(const struct cw_attempt *attempt,
                                               struct cw_attempt_text *text,
                                               struct cw_net_request *ret_request,
                                               struct cw_error *err);

/** How a result reads in records: "" for a 2xx, else "HTTP 503", "timeout: …". */
void cw_attempt_error(const struct cw_net_result *result,
                      char ret_text[static CW_ATTEMPT_ERROR_BYTES]);

/** The status that counts for the schedule: 0 when the answer did not come in whole. */
uint64_t cw_attempt_status(const struct cw_net_result *result);

#endif
