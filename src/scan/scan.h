/* scan.h: the main job, once: fetch what is due, believe or hold, match, sign, queue, deliver.
 *
 * Knows the order of the stages and the one atomic moment per feed. Refuses to know HTTP, SQL, JSON
 * or signatures: those are its modules. Killed anywhere, the next run continues; nothing is lost
 * and nothing is signed twice differently.
 */
#ifndef CW_SCAN_SCAN_H
#define CW_SCAN_SCAN_H

#include "fetch/fetch.h"
#include "home/home.h"

enum cw_scan_feed_status {
    CW_SCAN_UPDATED,
    CW_SCAN_UNCHANGED,
    CW_SCAN_HELD,
    CW_SCAN_FAILED,
    CW_SCAN_SKIPPED, /* not due, cooling down, or not asked for */
};
/** "updated" … */
const char *cw_scan_feed_status_name(enum cw_scan_feed_status status);

/** What became of one feed. */
struct cw_scan_feed {
    const struct cw_feed *feed; /* borrowed from the home */
    enum cw_scan_feed_status status;
    uint64_t entries;
    uint64_t added;
    uint64_t removed;
    uint64_t changed;
    uint64_t invalid;
    uint64_t bytes;
    int64_t last_good_s; /* what is in force was seen then, when it failed or is held; 0 never */
    uint64_t suspicious; /* listings of the new document on addresses nobody holds */
    char suspicious_text[256]; /* the first of them, for people; "" none */
    char error_code[32];
    char error_text[512]; /* "" when all is well */
};

/** One alert that this run made (or, in a dry run, would make). */
struct cw_scan_alert {
    struct cw_alert_summary summary;
};

/** What became of the transparency log. */
struct cw_scan_log {
    uint64_t size;        /* entries that the published checkpoint covers */
    char error_text[512]; /* why it was not continued; "" when all is well */
};

struct cw_scan_report {
    int64_t started_at_s;
    int64_t finished_at_s;
    struct cw_scan_feed *feeds;
    size_t feeds_count;
    struct cw_scan_alert *alerts;
    size_t alerts_count;
    struct cw_scan_log log;
    struct cw_error index_damage; /* of the index that was found, and is replaced; else no code */
    struct cw_deliver_report deliveries;
    bool is_stopped; /* asked to end before it was done (base/stop.h) */
    bool
        is_partial; /* that, something failed, is held, stale or dead, or the log stands: exit 20 */
};
void cw_scan_report_clear(struct cw_scan_report *report);

enum cw_scan_mode { CW_SCAN_NORMAL, CW_SCAN_DRY }; /* dry: write nothing, send nothing */

struct cw_scan_options {
    enum cw_scan_mode mode;
    bool is_forced;        /* ignore `every` */
    bool is_offline;       /* parse the stored snapshots again; fetch nothing */
    bool is_undelivered;   /* stop after queueing */
    const char *only_feed; /* NULL: all enabled feeds */
    struct cw_clock clock;
    struct cw_random random;
    const char *version; /* program version, for alerts and the user agent */
    /** May be NULL: told when a stage begins and when a feed is done, for a terminal. */
    void (*progress)(void *ctx, const char *stage, const struct cw_scan_feed *feed);
    /** May be NULL: told once, at the very end and still under the lock of the run, how it ended
     * and what it did until then. Not told in a dry run, nor when another run holds the lock. In:
     * store  NULL when it could not be opened */
    void (*at_end)(void *ctx, enum cw_status status, const struct cw_scan_report *report,
                   struct cw_store *store);
    void *ctx;
};

/** Runs a scan.
 *  In:      home  loaded with keys (keys not needed in a dry run)
 *  Out:     ret   always initialised; clear it
 *  Returns: CW_OK when the run came to its end (see is_partial); CW_BUSY when another run holds the
 *           lock; CW_NOT_FOUND for an unknown only_feed; CW_STATE, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_scan_run(const struct cw_home *home,
                                        const struct cw_scan_options *options,
                                        struct cw_scan_report *ret, struct cw_error *err);

#endif
