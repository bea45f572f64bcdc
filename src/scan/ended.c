#include "scan/ended.h"

enum { SUBJECT_BYTES = 80 };

/* The home as the others see it: without the endpoint that has ended, for which this alert would
 * only lie in the queue. */
static struct cw_home without(const struct cw_home *home, const char *endpoint,
                              struct cw_receiver others[static CW_ENDPOINTS_MAX])
{
    struct cw_home ret = *home;
    CW_ASSERT(home->receivers_count <= CW_ENDPOINTS_MAX);
    ret.receivers = others;
    ret.receivers_count = 0;
    for (size_t i = 0; i < home->receivers_count; i++) {
        if (strcmp(home->receivers[i].id, endpoint) != 0) {
            others[ret.receivers_count++] = home->receivers[i];
        }
    }
    return ret;
}

enum cw_status cw_tell_ended(void *ended, const char *endpoint, struct cw_error *err)
{
    const struct cw_ended *about = ended;
    struct cw_receiver others[CW_ENDPOINTS_MAX];
    char subject[SUBJECT_BYTES];
    struct cw_alert_summary summary;
    bool is_new = false;
    CW_ASSERT(cw_store_is_changing(about->store));
    const struct cw_home home = without(about->home, endpoint, others);
    const struct cw_announcer to = {&home, about->store, cw_clock_now_s(&about->clock)};
    struct cw_alert_facts facts = cw_announce_facts(&home, about->version, &about->random);
    (void)snprintf(subject, sizeof(subject), "endpoint:%.64s", endpoint);
    facts.type = CW_ALERT_ENDPOINT_DISABLED;
    facts.severity = CW_HIGH;
    facts.time_s = to.now_s;
    facts.subject = subject;
    return cw_announce(&to, &facts, &summary, &is_new, err);
}
