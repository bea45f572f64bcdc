/* announce.h: facts to sealed bytes, stored and queued for every endpoint that wants them.
 *
 * Knows the one way in which an alert comes into being, for the scan and for the commands that tell
 * of something themselves (a retraction, a new key). Refuses to decide whether there is news, and
 * to deliver. Identifiers are functions of the facts, so that telling twice stores once.
 */
#ifndef CW_SCAN_ANNOUNCE_H
#define CW_SCAN_ANNOUNCE_H

#include "home/home.h"

/** Where alerts go; borrowed. */
struct cw_announcer {
    const struct cw_home *home; /* loaded with keys */
    struct cw_store *store;     /* open for writing */
    int64_t now_s;              /* signing time, and when it is due */
};

/** What every alert about ourselves has: who speaks, TLP green, the configured languages, a fresh
 *  nonce. Type, severity, time and what it is about are the caller's. */
struct cw_alert_facts cw_announce_facts(const struct cw_home *home, const char *version,
                                        const struct cw_random *random);

/** Seals, stores and queues a body. Needs a transaction.
 *  Out:     ret_is_new  false when that alert is there already: nothing changes then but that
 *                       endpoints that never heard of it get it
 *  Returns: CW_OK; CW_LIMIT, CW_IO, CW_STATE, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_announce_body(const struct cw_announcer *to, struct cw_span body,
                                             const struct cw_alert_summary *summary,
                                             bool *ret_is_new, struct cw_error *err);

/** Builds an alert and announces it, in a transaction of its own unless one is open.
 *  Out:     ret         what it says, also when it is not new
 *  Returns: as above; CW_INVALID naming a fact that cannot stand in an alert. */
CW_NODISCARD enum cw_status cw_announce(const struct cw_announcer *to,
                                        const struct cw_alert_facts *facts,
                                        struct cw_alert_summary *ret, bool *ret_is_new,
                                        struct cw_error *err);

#endif
