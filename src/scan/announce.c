#include "scan/announce.h"

#include "log/queue.h"

struct cw_alert_facts cw_announce_facts(const struct cw_home *home, const char *version,
                                        const struct cw_random *random)
{
    const struct cw_config *config = home->config;
    struct cw_alert_facts facts = {
        .scanner = {.source = config->source,
                    .version = version,
                    .instance = config->instance,
                    .config_sha256 = config->sha256},
        .confidence = -1,
        .tlp = CW_TLP_GREEN,
        .languages = config->languages,
    };
    cw_random_fill(random, facts.nonce, sizeof(facts.nonce));
    return facts;
}

static enum cw_status queue(const struct cw_announcer *to, const struct cw_alert_summary *summary,
                            struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < to->home->receivers_count; i++) {
        const struct cw_receiver *receiver = &to->home->receivers[i];
        if (cw_receiver_wants(receiver, summary)) {
            status = cw_store_enqueue(to->store, summary->id, receiver->id, to->now_s, err);
        }
    }
    return status;
}

static enum cw_status seal_and_store(const struct cw_announcer *to, struct cw_span body,
                                     const struct cw_alert_summary *summary, bool *ret_is_new,
                                     struct cw_error *err)
{
    struct cw_buf jws;
    struct cw_buf detached;
    cw_buf_init(&jws, CW_JWS_BYTES_MAX);
    cw_buf_init(&detached, CW_JWS_BYTES_MAX);
    enum cw_status status = cw_seal(to->home->alert_key, body, to->now_s, &jws, &detached, err);
    if (status == CW_OK) {
        const struct cw_stored_alert alert = {
            .id = cw_span_cstr(summary->id),
            .body = body,
            .jws = cw_buf_as_span(&jws),
            .detached = cw_buf_as_span(&detached),
            .created_at_s = to->now_s,
        };
        status = cw_store_alert_add(to->store, &alert, summary, ret_is_new, err);
        if (status == CW_OK && *ret_is_new) {
            status = cw_log_queue_alert(to->store, &alert, err);
        }
    }
    cw_buf_clear(&jws);
    cw_buf_clear(&detached);
    return status;
}

enum cw_status cw_announce_body(const struct cw_announcer *to, struct cw_span body,
                                const struct cw_alert_summary *summary, bool *ret_is_new,
                                struct cw_error *err)
{
    CW_ASSERT(to->store != NULL);
    CW_ASSERT(to->home->alert_key != NULL);
    const enum cw_status status = seal_and_store(to, body, summary, ret_is_new, err);
    return status == CW_OK ? queue(to, summary, err) : status;
}

static enum cw_status announce_alone(const struct cw_announcer *to, struct cw_span body,
                                     const struct cw_alert_summary *summary, bool *ret_is_new,
                                     struct cw_error *err)
{
    enum cw_status status = cw_store_begin(to->store, err);
    if (status == CW_OK) {
        status = cw_announce_body(to, body, summary, ret_is_new, err);
    }
    return cw_store_end(to->store, status, err);
}

enum cw_status cw_announce(const struct cw_announcer *to, const struct cw_alert_facts *facts,
                           struct cw_alert_summary *ret, bool *ret_is_new, struct cw_error *err)
{
    struct cw_buf body;
    cw_buf_init(&body, CW_ALERT_BYTES_MAX);
    enum cw_status status = cw_alert_build(facts, &body, err);
    if (status == CW_OK) {
        status = cw_alert_summarise(cw_buf_as_span(&body), ret, err);
    }
    if (status == CW_OK) {
        status = cw_store_is_changing(to->store)
                     ? cw_announce_body(to, cw_buf_as_span(&body), ret, ret_is_new, err)
                     : announce_alone(to, cw_buf_as_span(&body), ret, ret_is_new, err);
    }
    cw_buf_clear(&body);
    return status;
}
