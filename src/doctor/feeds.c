/* feeds.c: every enabled list: is it what the publisher says today? */
#include "doctor/feed_health.h"
#include "doctor/internal.h"

static void tell(struct cw_doctor *doctor, const struct cw_feed *feed,
                 const struct cw_feed_health *health)
{
    char check[80];
    char since[96] = "";
    const char *command = health->command[0] != '\0' ? health->command : health->look;
    (void)snprintf(check, sizeof(check), "feeds.%s", feed->id);
    if (health->since_s > 0) {
        (void)snprintf(since, sizeof(since), " since %s",
                       cw_doctor_moment(doctor, health->since_s).text);
    }
    cw_doctor_warn(doctor, check, command[0] != '\0' ? cw_doctor_type(doctor, "%s", command) : NULL,
                   "%s%s: %s; %s%s%s", cw_feed_condition_name(health->condition), since,
                   health->why, health->in_force, health->advice[0] != '\0' ? "; " : "",
                   health->advice);
}

/* Lists that no scan has read are told together: in a new home they are all of them. */
struct counted {
    size_t good;
    size_t bad;
    size_t never;
    struct cw_buf never_ids;
};

static void look_at(struct cw_doctor *doctor, const struct cw_feed *feed, struct counted *counted)
{
    struct cw_feed_state state = {0};
    struct cw_feed_health health;
    struct cw_error err = {0};
    if (cw_store_feed_get(doctor->store, feed->id, &state, &err) != CW_OK) {
        counted->bad++;
        cw_doctor_fail(doctor, "feeds", err.code, NULL, "feed %s: %s", feed->id, err.text);
        return;
    }
    cw_feed_health_of(feed, &state, doctor->home.snapshots_dir, doctor->now_s, &health);
    switch (health.condition) {
    case CW_CONDITION_GOOD:
        counted->good++;
        return;
    case CW_CONDITION_NEVER:
        cw_buf_printf(&counted->never_ids, "%s%s", counted->never++ == 0 ? "" : ", ", feed->id);
        return;
    case CW_CONDITION_FAILED:
    case CW_CONDITION_HELD:
    case CW_CONDITION_STALE:
        counted->bad++;
        tell(doctor, feed, &health);
        return;
    }
}

void cw_doctor_feeds(struct cw_doctor *doctor)
{
    struct counted counted = {.good = 0};
    if (doctor->home.feeds == NULL) {
        cw_doctor_warn(doctor, "feeds", NULL, "not looked at: no feed file can be read");
        return;
    }
    cw_buf_init(&counted.never_ids, CW_DOCTOR_NAMES_BYTES);
    for (size_t i = 0; i < cw_feeds_count(doctor->home.feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(doctor->home.feeds, i);
        if (feed->enabled) {
            look_at(doctor, feed, &counted);
        }
    }
    if (counted.never > 0) {
        const char *names = counted.never_ids.data;
        cw_doctor_warn(doctor, "feeds.never", cw_doctor_type(doctor, "scan"),
                       "%zu lists were never read, nothing of them is in force: %s%s",
                       counted.never, names != NULL ? names : "",
                       counted.never_ids.failed != CW_OK ? " …" : "");
    } else if (counted.bad == 0) {
        cw_doctor_ok(doctor, "feeds", "%zu lists are good and fresh", counted.good);
    }
    cw_buf_clear(&counted.never_ids);
}
