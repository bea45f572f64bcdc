/* run.h: what the stages of one scan share. Private to src/scan/.
 *
 *   scan.c    the story: lock, fetch, every feed, deliver, summary
 *   due.c     which feeds are asked now, and the fetch itself
 *   outcome.c what is written when no listing changes, and what "good" means
 *   intake.c  one feed: parse, judge, compare, match, and the one transaction
 *   renew.c   the list in force, read again after another program read it
 *   facts.c   one event as the facts of an alert
 *   words.c   what a list says, as it may stand in one
 *   emit.c    facts to sealed bytes in the outbox, through announce.h
 *   feed_alerts.c what a list that fails, is held or grows old has to be told about
 *   ledger.c  what the transparency log is told, and its publication
 *   retain.c  which documents on disk nobody needs
 *   report.c  what a run did, in memory and as JSON
 */
#ifndef CW_SCAN_RUN_H
#define CW_SCAN_RUN_H

#include "scan/scan.h"

/* Cron fires a second early now and then: nobody waits a whole period for it. */
enum { CW_CRON_SLACK_S = 60 };

struct cw_scan {
    const struct cw_home *home;
    const struct cw_scan_options *options;
    struct cw_scan_report *report;
    struct cw_store *store; /* NULL in a dry run on a home that never scanned */
    struct cw_book *book;
    int64_t now_s;        /* start of the run */
    uint64_t deadline_ms; /* monotonic */
    int lock_fd;          /* -1: none */
    uint64_t generation;  /* of this run, once it publishes; 0 before */
    char *snapshots_dir;  /* home's, or a temporary one in a dry run */
};

/** One feed on its way through a run. */
struct cw_intake {
    struct cw_scan_feed *entry; /* in the report */
    const struct cw_feed *feed;
    struct cw_feed_state before; /* as stored */
    struct cw_feed_state state;  /* the same, edited and written back */
    struct cw_feed_state stored; /* as it is in the store by now */
    bool is_recorded;            /* what came of this run's fetch is written already */
    bool is_due;
    struct cw_fetch_result fetched; /* when is_due */
};

/* due.c */
CW_NODISCARD enum cw_status cw_scan_select(struct cw_scan *scan, struct cw_intake **ret,
                                           size_t *ret_count, struct cw_error *err);
CW_NODISCARD enum cw_status cw_scan_fetch(struct cw_scan *scan, struct cw_intake *intakes,
                                          size_t count, struct cw_error *err);

static inline bool cw_scan_is_writing(const struct cw_scan *scan)
{
    return scan->options->mode == CW_SCAN_NORMAL;
}

static inline void cw_scan_copy(char *to, size_t bytes, const char *from)
{
    (void)snprintf(to, bytes, "%s", from);
}

/* outcome.c */
CW_NODISCARD enum cw_status cw_scan_record(const struct cw_scan *scan,
                                           const struct cw_intake *intake, const char *outcome,
                                           struct cw_error *err);
CW_NODISCARD enum cw_status cw_scan_save(struct cw_scan *scan, struct cw_intake *intake,
                                         const char *outcome, struct cw_error *err);
void cw_scan_set_error(struct cw_intake *intake, const char *code, const char *text);
/** Is the time of the run over, or what is left of it after it was asked to stop? */
bool cw_scan_is_late(const struct cw_scan *scan);
/** Reports a list that the run was stopped before: as if nobody had asked for it, nothing of it is
 *  kept and it is due again. */
void cw_scan_stopped(struct cw_intake *intake);
CW_NODISCARD enum cw_status cw_scan_failed(struct cw_scan *scan, struct cw_intake *intake,
                                           const char *code, const char *text,
                                           struct cw_error *err);
CW_NODISCARD enum cw_status cw_scan_held(struct cw_scan *scan, struct cw_intake *intake,
                                         struct cw_error *err);
void cw_scan_good(const struct cw_scan *scan, struct cw_intake *intake);

/* intake.c: CW_OK also when the feed failed or is held; else the run must end */
CW_NODISCARD enum cw_status cw_scan_take(struct cw_scan *scan, struct cw_intake *intake,
                                         struct cw_error *err);

/* facts.c: strings live in the arena. CW_LIMIT when the arena is full. */
struct cw_event_source {
    const struct cw_intake *intake;
    const struct cw_watchlist *old_list; /* may be NULL */
    struct cw_alert_provenance provenance;
};
CW_NODISCARD enum cw_status cw_scan_provenance(const struct cw_intake *intake,
                                               struct cw_arena *arena,
                                               struct cw_alert_provenance *ret,
                                               struct cw_error *err);
struct cw_event_facts {
    struct cw_alert_facts facts;
    struct cw_alert_address address;
};
CW_NODISCARD enum cw_status cw_scan_facts(const struct cw_scan *scan,
                                          const struct cw_event_source *source,
                                          const struct cw_match_event *event,
                                          struct cw_arena *arena, struct cw_event_facts *ret,
                                          struct cw_error *err);

/* emit.c: builds, seals, stores and queues; in a dry run only reports. Needs a transaction. */
CW_NODISCARD enum cw_status cw_scan_emit(struct cw_scan *scan, struct cw_event_facts *facts,
                                         struct cw_error *err);
/** Was an alert with the identifier of these facts stored before? */
CW_NODISCARD enum cw_status cw_scan_was_told(const struct cw_scan *scan,
                                             const struct cw_alert_facts *facts, bool *ret_was_told,
                                             struct cw_error *err);
/** Emits an alert unless it was told before; in a dry run, too. Needs a transaction. */
CW_NODISCARD enum cw_status
cw_scan_tell_once(struct cw_scan *scan, const struct cw_alert_facts *facts, struct cw_error *err);

/* feed_alerts.c. One failure may be a train in a tunnel; three in a row are an outage (the worked
 * example 004 of alerts.md tells of the third). */
enum { CW_SCAN_FAILURES_TOLD = 3 };
/** Tells, from the state before and now, of a list that failed, is held, is stale or came back:
 *  each once per outage. Needs a transaction. */
CW_NODISCARD enum cw_status cw_scan_tell_feed(struct cw_scan *scan, const struct cw_intake *intake,
                                              struct cw_error *err);
/** Tells once for all that everything of ours left a list in one document that is believed: more
 *  than one address, and nothing of ours stays. Needs a transaction. */
CW_NODISCARD enum cw_status cw_scan_tell_all_gone(struct cw_scan *scan,
                                                  const struct cw_intake *intake, size_t count,
                                                  struct cw_error *err);
/** The same for a list that nobody asked for in this run, in a transaction of its own. */
CW_NODISCARD enum cw_status
cw_scan_tell_waiting(struct cw_scan *scan, const struct cw_intake *intake, struct cw_error *err);
/** Writes the state of a feed with what has to be told of it. Needs a transaction. */
CW_NODISCARD enum cw_status cw_scan_put_state(struct cw_scan *scan, const struct cw_intake *intake,
                                              struct cw_error *err);
/** The sign of life, when one is configured and due; in a transaction of its own. */
CW_NODISCARD enum cw_status cw_scan_heartbeat(struct cw_scan *scan, struct cw_error *err);

/* ledger.c: entries go into the transaction of the fact that they tell */
CW_NODISCARD enum cw_status cw_scan_log_keys(struct cw_scan *scan, struct cw_error *err);
CW_NODISCARD enum cw_status cw_scan_log_snapshot(const struct cw_scan *scan,
                                                 const struct cw_intake *intake,
                                                 struct cw_error *err);
CW_NODISCARD enum cw_status cw_scan_log_run(struct cw_scan *scan, const struct cw_intake *intakes,
                                            size_t count, struct cw_error *err);
/* Never fails: alerts do not wait for the log. What is wrong stands in the report. */
void cw_scan_log_publish(struct cw_scan *scan);

/* retain.c: removes old documents that were never in force. After the transactions of the run:
 * never before the database has forgotten them. Never fails: what stays today goes another day. */
void cw_scan_retain(struct cw_scan *scan, const struct cw_intake *intakes, size_t count);

/* report.c */
CW_NODISCARD enum cw_status cw_scan_report_alert(struct cw_scan_report *report,
                                                 const struct cw_alert_summary *summary,
                                                 struct cw_error *err);
CW_NODISCARD enum cw_status cw_scan_report_store(struct cw_scan *scan, struct cw_error *err);

#endif
