/* deliver.h: from the outbox to the webhooks: what is due, oldest first, signed for each attempt.
 *
 * Knows Standard Webhooks headers, the retry schedule and the queue of each endpoint. Refuses to
 * build or change an alert: the body goes out as stored, byte for byte. At least once: an attempt
 * is recorded before its request, success only after a 2xx; the end of one attempt and the begin of
 * the next go to the disk together, so that a kill repeats one delivery of an endpoint at most. One
 * endpoint's trouble never delays another: each has its own queue, one request under way, and its
 * own time limit in a run.
 *
 * Order: oldest first, and within a case strictly. When something is due for a receiver that was
 * silent, the oldest row that its silence keeps goes in its place, and with the first success all
 * of them are due: who was away for days gets everything in order, at once.
 * What waits for a time that no schedule gives was queued by a clock that was wrong, and is due.
 */
#ifndef CW_DELIVER_DELIVER_H
#define CW_DELIVER_DELIVER_H

#include "base/clock.h"
#include "crypto/sign.h"
#include "deliver/preset.h"
#include "http/net.h"
#include "store/store.h"

enum { CW_DELIVERY_KEYS_MAX = 4 };

/** One receiver. Pointers are borrowed during cw_deliver_run. */
struct cw_receiver {
    const char *id;
    const char *url;
    const struct cw_signing_key *keys[CW_DELIVERY_KEYS_MAX]; /* v1a, newest first; >= 1 */
    size_t keys_count;
    const struct cw_webhook_secret *secret; /* v1; NULL: not sent */
    const char *bearer;                     /* NULL: not sent */
    const char *ca_file;                    /* "" : the system's store */
    struct cw_preset preset;                /* what is posted; B when zero */
    /* routing */
    uint32_t types; /* bit per enum cw_alert_type; 0 means all */
    enum cw_severity min_severity;
    enum cw_tlp max_tlp;
};

/** True when an alert of this summary is for the endpoint (types, min_severity, max_tlp). */
bool cw_receiver_wants(const struct cw_receiver *receiver, const struct cw_alert_summary *alert);

/** What a delivery carries; borrowed. */
struct cw_delivery_event {
    struct cw_span id;       /* of the alert; goes out as webhook-id */
    struct cw_span body;     /* B, or the note of a preset */
    struct cw_span detached; /* goes out as cryptowatch-jws; not with a preset */
};

/** Headers of one attempt: webhook-id, webhook-timestamp, webhook-signature, cryptowatch-jws (not
 *  with a preset), content-type, authorization; appended as "name: value" lines separated by LF.
 *  Pure: the same input gives the same bytes (alerts.md section 6). */
CW_NODISCARD enum cw_status cw_delivery_headers(const struct cw_receiver *receiver,
                                                int64_t timestamp_s,
                                                const struct cw_delivery_event *event,
                                                struct cw_buf *out, struct cw_error *err);

struct cw_deliver_options {
    struct cw_net_options net;
    const char *user_agent; /* "cryptowatch/0.1.0" */
    struct cw_clock clock;
    struct cw_random random;
    uint64_t deadline_ms; /* monotonic: no attempt starts after it, nor when the run is to stop */
    /* NULL, or called in the transaction that disables an endpoint: queues what tells the others,
     * who get it in this run. */
    enum cw_status (*on_disabled)(void *ctx, const char *endpoint, struct cw_error *err);
    void *on_disabled_ctx;
    /* NULL, or called after that transaction and before anything more is sent: what was queued is
     * put into the log, which has to hold an alert before its first attempt (alerts.md 7). */
    void (*after_disabled)(void *ctx);
    void *after_disabled_ctx;
};

struct cw_deliver_report {
    uint64_t sent;     /* 2xx in this run */
    uint64_t failed;   /* attempts that failed in this run */
    uint64_t pending;  /* rows still waiting after it */
    uint64_t dead;     /* rows dead after it */
    uint64_t disabled; /* endpoints disabled after it */
};

/** Sends what is due to all endpoints, side by side.
 *  Returns: CW_OK also when receivers failed; CW_IO, CW_STATE, CW_NOT_FOUND (program), CW_NOMEM. */
CW_NODISCARD enum cw_status
cw_deliver_run(struct cw_store *store, const struct cw_receiver *receivers, size_t receivers_count,
               const struct cw_deliver_options *options, struct cw_deliver_report *ret_report,
               struct cw_error *err);

/** What came back from one test event, sent at once and never queued. */
struct cw_webhook_test {
    uint64_t http_status;
    char error[256];   /* "" when an answer came */
    char answer[1024]; /* printable, cut */
    uint64_t elapsed_ms;
};
CW_NODISCARD enum cw_status cw_deliver_test(const struct cw_receiver *receiver,
                                            const struct cw_delivery_event *event,
                                            const struct cw_deliver_options *options,
                                            struct cw_webhook_test *ret, struct cw_error *err);

#endif
