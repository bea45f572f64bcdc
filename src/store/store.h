/* store.h: the state of one installation, in one SQLite database with one writer.
 *
 * Knows feeds, listings and their episodes, tracked matches, alerts, the outbox and attempts.
 * Refuses to know how any of it is decided. From cw_store_begin to cw_store_commit is one moment:
 * snapshot accepted + listings replaced + alerts signed and queued, never held over the network.
 *
 * Durability: WAL, synchronous=FULL, foreign keys on; a failed write rolls back and the handle
 * refuses further writes until cw_store_rollback. A newer schema is CW_STATE, an older is migrated.
 *
 * Ownership: arrays are filled into an arena of the caller; callbacks get borrowed values.
 */
#ifndef CW_STORE_STORE_H
#define CW_STORE_STORE_H

#include "alert/alert.h"
#include "base/clock.h"
#include "match/reconcile.h"
#include "tlog/checkpoint.h"
#include "watchlist/diff.h"

struct cw_store;

enum cw_store_mode {
    CW_STORE_WRITE, /* scan, deliver: makes the database when missing */
    CW_STORE_READ,  /* check, list, status: CW_NOT_FOUND when there is no database */
};

/** Opens state_dir/state.db (0600 when made). Works for readers on a read-only file system.
 *  Returns: CW_OK, CW_NOT_FOUND, CW_STATE (damaged, newer), CW_DENIED, CW_IO, CW_NOMEM */
CW_NODISCARD enum cw_status cw_store_open(const char *state_dir, enum cw_store_mode mode,
                                          struct cw_store **ret, struct cw_error *err);
/** Checkpoints (writers) and closes; NULL is fine. */
void cw_store_close(struct cw_store *store);
void cw_store_closep(struct cw_store **store);

/** The lock of a run: state_dir/lock, flock, held until unlock or process end.
 *  Returns: CW_OK, CW_BUSY when another run holds it, CW_IO. */
CW_NODISCARD enum cw_status cw_state_lock(const char *state_dir, int *ret_fd, struct cw_error *err);
void cw_state_unlock(int fd);

CW_NODISCARD enum cw_status cw_store_begin(struct cw_store *store, struct cw_error *err);
CW_NODISCARD enum cw_status cw_store_commit(struct cw_store *store, struct cw_error *err);
/** Between begin and its commit or rollback. */
bool cw_store_is_changing(const struct cw_store *store);
/** Never fails; fine outside a transaction. */
void cw_store_rollback(struct cw_store *store);
/** Ends what cw_store_begin began, whatever became of it: commits when `status` is CW_OK, takes all
 *  back when it is not or when the commit fails.
 *  Returns: `status`, or that of the commit. */
CW_NODISCARD enum cw_status cw_store_end(struct cw_store *store, enum cw_status status,
                                         struct cw_error *err);

/** A read transaction where there is none yet: several questions see one state.
 *  Out: ret_is_mine  give it back to cw_store_read_end, in any case */
CW_NODISCARD enum cw_status cw_store_read_begin(struct cw_store *store, bool *ret_is_mine,
                                                struct cw_error *err);
void cw_store_read_end(struct cw_store *store, bool is_mine);

/* ---- feeds ------------------------------------------------------------------------------- */

enum cw_feed_status {
    CW_FEED_NEVER, /* never read */
    CW_FEED_GOOD,
    CW_FEED_FAILED, /* the last fetch or parse failed; the last good list is in force */
    CW_FEED_HELD,   /* the last document is not believed; the last good list is in force */
};
/** "never", "good", "failed", "held". */
const char *cw_feed_status_name(enum cw_feed_status status);

/** What we know about a feed; plain values, NUL-terminated. Times 0: never. */
struct cw_feed_state {
    char id[65];
    enum cw_feed_status status;
    char snapshot_sha256[65]; /* accepted; "" never */
    uint64_t snapshot_bytes;
    int64_t retrieved_at_s; /* the accepted bytes were last seen served (200 or 304) */
    int64_t attempted_at_s; /* last attempt of any outcome */
    int64_t not_before_s;   /* cool-down after 429/503; 0 none */
    uint64_t http_status;
    char url[2049];
    char final_url[2049];
    char etag[512];
    char last_modified[512];
    char media_type[512];
    char published[11];
    uint64_t entries;  /* usable and not, as published */
    uint64_t listings; /* distinct keys in force */
    uint64_t unusable;
    uint64_t failures; /* in a row */
    int64_t failing_since_s;
    char error_code[32];
    char error_text[512];
    char held_sha256[65];     /* document waiting to be believed; "" none */
    char held_evidence[65];   /* what speaks for it: fetches that say the same agree; "" none */
    uint64_t held_fetches;    /* that agreed, in a row */
    int64_t held_since_s;     /* the first of them */
    char issued[11];          /* issue date of the accepted document; "" it has none */
    int64_t whole_at_s;       /* last answer that was read whole, not 304 */
    char released_sha256[65]; /* `feed accept` released this one; "" none */
    char book_sha256[65];     /* digest of the rules this list was matched against */
    char norm[32];            /* normaliser that made the listings */
};

/** State of one feed; a feed never seen gives CW_OK with status CW_FEED_NEVER and its id. */
CW_NODISCARD enum cw_status cw_store_feed_get(struct cw_store *store, const char *id,
                                              struct cw_feed_state *ret, struct cw_error *err);
CW_NODISCARD enum cw_status
cw_store_feed_put(struct cw_store *store, const struct cw_feed_state *state, struct cw_error *err);

/** One retrieval, good or not: the evidence of what was served when. */
struct cw_retrieval {
    const char *feed;
    int64_t at_s;
    const char *outcome; /* "new", "unchanged", "failed", "held" */
    uint64_t http_status;
    const char *url;
    const char *final_url;
    const char *sha256; /* "" when no body */
    uint64_t bytes;
    const char *error_code;
    const char *error_text;
};
CW_NODISCARD enum cw_status cw_store_retrieval_add(struct cw_store *store,
                                                   const struct cw_retrieval *retrieval,
                                                   struct cw_error *err);

/** Was a document of these bytes ever in force on this feed? */
CW_NODISCARD enum cw_status cw_store_was_accepted(struct cw_store *store, const char *feed,
                                                  const char *sha256, bool *ret_was_accepted,
                                                  struct cw_error *err);

/* ---- listings ---------------------------------------------------------------------------- */

/** Loads the listings and opaque entries of a feed that are in force, finished, with episode and
 *  revision. `clock` as in struct cw_replacement. CW_TEMPORARY: stopped. */
CW_NODISCARD enum cw_status cw_store_watchlist_load(struct cw_store *store, const char *feed,
                                                    const struct cw_clock *clock,
                                                    struct cw_watchlist **ret,
                                                    struct cw_error *err);

/** Takes one listing that stands on an address nobody holds; borrowed during the call. */
typedef enum cw_status (*cw_suspicious_fn)(void *ctx, struct cw_span canonical,
                                           struct cw_span value, struct cw_error *err);
/** Tells the listings of a feed that are in force and reserved (address/reserved.h), in order of
 *  key. Such an entry never alerts; a person should look at the list.
 *  Returns: CW_OK, what the callback returned, CW_STATE, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_store_suspicious(struct cw_store *store, const char *feed,
                                                cw_suspicious_fn fn, void *ctx,
                                                struct cw_error *err);

/** An entry in force that is no address; borrowed. `value` is "" when it was a secret key. */
struct cw_unusable {
    struct cw_span position, value, error;
};
typedef enum cw_status (*cw_unusable_fn)(void *ctx, const struct cw_unusable *entry,
                                         struct cw_error *err);
/** Tells the first of them in the order of the document. Returns: as cw_store_suspicious. */
CW_NODISCARD enum cw_status cw_store_unusable(struct cw_store *store, const char *feed, size_t max,
                                              cw_unusable_fn fn, void *ctx, struct cw_error *err);

/** One list put in the place of another. Pointers are borrowed during the call. */
struct cw_replacement {
    const char *feed;
    const struct cw_watchlist *old_list; /* in force until now; NULL when there was none */
    struct cw_watchlist *new_list;       /* in force from now on; gets episodes and revisions */
    const struct cw_delta *delta;        /* from old_list to new_list */
    int64_t at_s;                        /* when; > 0 */
    bool is_quiet;                       /* the same document read anew: no revision is counted */
    const struct cw_clock *clock;        /* CW_TEMPORARY when stopped (base/stop.h); or NULL */
};
/** Makes `new_list` the list in force. Needs a transaction. Added listings begin a new episode when
 *  the key was listed before; changed ones count a revision; both numbers are written into
 *  new_list, for unchanged listings too. Removed ones stay with the time they ended. */
CW_NODISCARD enum cw_status cw_store_watchlist_replace(struct cw_store *store,
                                                       const struct cw_replacement *replacement,
                                                       struct cw_error *err);

/** A listing found for an asked address. Borrowed during the callback. */
struct cw_found {
    const char *feed;
    const struct cw_listing *listing;
    bool is_active;
    int64_t first_seen_s; /* begin of the current or last episode */
    int64_t ended_s;      /* 0 while active */
};
typedef enum cw_status (*cw_found_fn)(void *ctx, const struct cw_found *found,
                                      struct cw_error *err);
/** Calls `found` for every listing, active or ended, that shares a probe with the asked address, or
 *  whose canonical key is equal. Candidates: the caller judges with cw_address_relation. */
CW_NODISCARD enum cw_status cw_store_find(struct cw_store *store, const struct cw_address *asked,
                                          cw_found_fn found, void *ctx, struct cw_error *err);
/** Opaque entries whose text is byte for byte the asked one. */
CW_NODISCARD enum cw_status
cw_store_find_opaque(struct cw_store *store, struct cw_span text,
                     enum cw_status (*found)(void *ctx, const char *feed,
                                             const struct cw_opaque *opaque, struct cw_error *err),
                     void *ctx, struct cw_error *err);

/** One stretch of time that a key stood on a list. */
struct cw_episode {
    uint64_t number; /* as cw_listing.episode */
    int64_t from_s;
    int64_t until_s; /* 0: in force */
};
typedef enum cw_status (*cw_episode_fn)(void *ctx, const struct cw_episode *episode,
                                        struct cw_error *err);
/** What names a listed key on one list. Borrowed during the call. */
struct cw_listed_key {
    const char *feed;
    struct cw_span entry_id;
    struct cw_span canonical;
};
/** Calls back for every episode of a listed key, oldest first; for questions about a day in the
 *  past. */
CW_NODISCARD enum cw_status cw_store_episodes(struct cw_store *store,
                                              const struct cw_listed_key *key, cw_episode_fn fn,
                                              void *ctx, struct cw_error *err);

/** A listing with every stretch of time that it stood on its list. Borrowed during the call. */
struct cw_history {
    const struct cw_listing *listing;
    bool is_active;
    const struct cw_episode *episodes; /* oldest first, at least one */
    size_t episodes_count;
};
typedef enum cw_status (*cw_history_fn)(void *ctx, const struct cw_history *history,
                                        struct cw_error *err);
/** Calls back for every listing that a feed ever held, in order of (entry_id, canonical). */
CW_NODISCARD enum cw_status cw_store_each_listing(struct cw_store *store, const char *feed,
                                                  cw_history_fn fn, void *ctx,
                                                  struct cw_error *err);
/** Calls back for every opaque entry of a feed, in the order of its document. */
CW_NODISCARD enum cw_status cw_store_each_opaque(
    struct cw_store *store, const char *feed,
    enum cw_status (*fn)(void *ctx, const struct cw_opaque *opaque, struct cw_error *err),
    void *ctx, struct cw_error *err);
/** A number that grows with every change of any list, so that what was built from them knows
 *  whether it is still right. 0: there was no list yet. */
CW_NODISCARD enum cw_status cw_store_changes(struct cw_store *store, uint64_t *ret,
                                             struct cw_error *err);
/** Digest of what a feed has in force; all zero when it never had a list. */
CW_NODISCARD enum cw_status cw_store_list_digest(struct cw_store *store, const char *feed,
                                                 uint8_t ret[static 32], struct cw_error *err);
/** The last time that a feed was seen served, at `at_s` or before.
 *  Out: ret_at_s    0: never; ret_sha256 is then ""
 *       ret_sha256  the document that was in force by it */
CW_NODISCARD enum cw_status cw_store_seen_before(struct cw_store *store, const char *feed,
                                                 int64_t at_s, int64_t *ret_at_s,
                                                 char ret_sha256[static 65], struct cw_error *err);

/* ---- tracked matches --------------------------------------------------------------------- */

/** A feed's tracked matches, in the order of reconcile.h, in the arena: CW_LIMIT past its cap. */
CW_NODISCARD enum cw_status cw_store_tracked_load(struct cw_store *store, const char *feed,
                                                  struct cw_arena *arena, struct cw_tracked **ret,
                                                  size_t *ret_count, struct cw_error *err);
CW_NODISCARD enum cw_status cw_store_tracked_put(struct cw_store *store, const char *feed,
                                                 const struct cw_tracked *tracked,
                                                 struct cw_error *err);
CW_NODISCARD enum cw_status cw_store_tracked_remove(struct cw_store *store, const char *feed,
                                                    const struct cw_tracked *tracked,
                                                    struct cw_error *err);
/** Has this feed been read for this case before? */
CW_NODISCARD enum cw_status cw_store_pair_is_known(struct cw_store *store, const char *feed,
                                                   const char *case_id, bool *ret_is_known,
                                                   struct cw_error *err);
CW_NODISCARD enum cw_status cw_store_pair_add(struct cw_store *store, const char *feed,
                                              const char *case_id, int64_t at_s,
                                              struct cw_error *err);

/* ---- alerts ------------------------------------------------------------------------------ */

/** A sealed alert as stored. */
struct cw_stored_alert {
    struct cw_span id;
    struct cw_span body;     /* B */
    struct cw_span jws;      /* general JSON */
    struct cw_span detached; /* delivery header */
    int64_t created_at_s;
};

/** Stores a sealed alert.
 *  Out:  ret_is_new  false when the id was there already: the stored bytes stay as they are. */
CW_NODISCARD enum cw_status cw_store_alert_add(struct cw_store *store,
                                               const struct cw_stored_alert *alert,
                                               const struct cw_alert_summary *summary,
                                               bool *ret_is_new, struct cw_error *err);
typedef enum cw_status (*cw_alert_fn)(void *ctx, const struct cw_stored_alert *alert,
                                      const struct cw_alert_summary *summary, struct cw_error *err);
struct cw_alert_filter { /* NULL, 0: any */
    const char *id;
    const char *case_id;
    const char *feed;
    const char *type;
    int64_t since_s;
};
/** Calls back for each stored alert that fits, oldest first. */
CW_NODISCARD enum cw_status cw_store_alerts(struct cw_store *store,
                                            const struct cw_alert_filter *filter, cw_alert_fn fn,
                                            void *ctx, struct cw_error *err);

/** Is an alert of this identifier stored? */
CW_NODISCARD enum cw_status cw_store_alert_is_known(struct cw_store *store, const char *id,
                                                    bool *ret_is_known, struct cw_error *err);
/** When the newest alert of a type was made; 0 when there is none. */
CW_NODISCARD enum cw_status cw_store_alert_last(struct cw_store *store, const char *type,
                                                int64_t *ret_created_at_s, struct cw_error *err);

/* ---- outbox ------------------------------------------------------------------------------ */

enum cw_delivery_state { CW_DELIVERY_WAITING, CW_DELIVERY_DELIVERED, CW_DELIVERY_DEAD };

struct cw_delivery {
    char alert_id[CW_UUID_TEXT_BYTES];
    char endpoint[65];
    enum cw_delivery_state state;
    uint64_t attempts;
    int64_t queued_at_s;
    int64_t due_at_s;
    uint64_t last_status; /* HTTP, 0 none */
    char last_error[256];
};

/** Queues an alert for an endpoint, due now; no-op when that row exists. */
CW_NODISCARD enum cw_status cw_store_enqueue(struct cw_store *store, const char *alert_id,
                                             const char *endpoint, int64_t now_s,
                                             struct cw_error *err);

/** A row of the outbox that is due, with the bytes to send.
 *  Invariant: seq 0 says that no row is held; the buffers are then empty and `delivery` says
 *  nothing. */
struct cw_due {
    int64_t seq; /* its place in the queue, from 1 */
    struct cw_delivery delivery;
    struct cw_buf body;     /* B, as stored */
    struct cw_buf detached; /* delivery header, as stored */
};
/** Prepares a place for rows: none held. Allocates nothing. */
void cw_due_init(struct cw_due *due);
/** Frees the memory and leaves an empty place. */
void cw_due_clear(struct cw_due *due);
/** Oldest waiting row of an endpoint that is due, after `after_seq` (0 at first). A row behind one
 * of the same case (or, for an alert about a list, of the same list) that waits for its time is not
 *  given: within a case alerts go out in order.
 *  Out:     ret  initialised by the caller, may hold an earlier row; seq 0: none, or a failure */
CW_NODISCARD enum cw_status cw_store_due_next(struct cw_store *store, const char *endpoint,
                                              int64_t now_s, int64_t after_seq, struct cw_due *ret,
                                              struct cw_error *err);
/** Makes every waiting row due that was tried before and not answered, or answered with 429, 502,
 * 503 or 504, or put off by the function below: what keeps them is the receiver and not what they
 * say. Out:     ret_rows  how many became due; those due within the next seconds are left alone */
CW_NODISCARD enum cw_status cw_store_due_wake(struct cw_store *store, const char *endpoint,
                                              int64_t now_s, uint64_t *ret_rows,
                                              struct cw_error *err);
/** Makes due whatever waits for a time after `latest_s`. */
CW_NODISCARD enum cw_status cw_store_recall(struct cw_store *store, const char *endpoint,
                                            int64_t now_s, int64_t latest_s, struct cw_error *err);
/** Lets the oldest of those rows, when it is older than row `seq`, go in the place of that one: the
 *  two exchange their times, so that a receiver is asked no more often than it would be. */
CW_NODISCARD enum cw_status cw_store_due_exchange(struct cw_store *store, const char *endpoint,
                                                  int64_t now_s, int64_t seq, struct cw_error *err);
/** Records an attempt before its request; durable, in a transaction of its own or the open one. */
CW_NODISCARD enum cw_status cw_store_attempt_begin(struct cw_store *store, int64_t seq,
                                                   int64_t at_s, int64_t due_again_s,
                                                   struct cw_error *err);
/** Records its end; durable, in a transaction of its own unless one is open. */
struct cw_attempt_end {
    enum cw_delivery_state state;
    int64_t due_at_s; /* when WAITING */
    uint64_t http_status;
    const char *error;     /* "" on success */
    struct cw_span answer; /* at most CW_DELIVERY_ANSWER_MAX bytes, any bytes */
};
CW_NODISCARD enum cw_status cw_store_attempt_end(struct cw_store *store, int64_t seq, int64_t at_s,
                                                 const struct cw_attempt_end *end,
                                                 struct cw_error *err);
/** Dead letters of an endpoint after its last success and enabling, queued since `since_s`. */
CW_NODISCARD enum cw_status cw_store_dead_in_a_row(struct cw_store *store, const char *endpoint,
                                                   int64_t since_s, uint64_t *ret_dead,
                                                   struct cw_error *err);
/** What a receiver answered to the last attempt that ended.
 *  Out:     ret_at_s    0 when there was none
 *           ret_answer  appended: any bytes, at most CW_DELIVERY_ANSWER_MAX */
CW_NODISCARD enum cw_status cw_store_last_answer(struct cw_store *store,
                                                 const struct cw_delivery *delivery,
                                                 int64_t *ret_at_s, struct cw_buf *ret_answer,
                                                 struct cw_error *err);
/** State of an endpoint: disabled after 410 or five dead in a row, until enabled by hand. */
CW_NODISCARD enum cw_status cw_store_endpoint_get(struct cw_store *store, const char *endpoint,
                                                  bool *ret_is_disabled, int64_t *ret_not_before_s,
                                                  struct cw_error *err);
/** Enabling one that was disabled starts its count of dead letters anew. */
CW_NODISCARD enum cw_status cw_store_endpoint_put(struct cw_store *store, const char *endpoint,
                                                  bool is_disabled, int64_t not_before_s,
                                                  const char *reason, struct cw_error *err);
/** Puts a row (or, with alert_id NULL, every dead row) back to the start of the schedule. */
CW_NODISCARD enum cw_status cw_store_redeliver(struct cw_store *store, const char *alert_id,
                                               int64_t now_s, uint64_t *ret_rows,
                                               struct cw_error *err);
struct cw_delivery_counts {
    uint64_t waiting;
    uint64_t due;
    uint64_t delivered;
    uint64_t dead;
};
CW_NODISCARD enum cw_status cw_store_delivery_counts(struct cw_store *store, int64_t now_s,
                                                     struct cw_delivery_counts *ret,
                                                     struct cw_error *err);
/** Deliveries of one alert, oldest first. */
CW_NODISCARD enum cw_status cw_store_deliveries(
    struct cw_store *store, const char *alert_id,
    enum cw_status (*fn)(void *ctx, const struct cw_delivery *delivery, struct cw_error *err),
    void *ctx, struct cw_error *err);

/* ---- transparency log -------------------------------------------------------------------- */

/* The database holds what the files cannot say of themselves: which entries wait for their place,
 * and which head we signed last. A folder that says less, or otherwise, was put back or altered.
 *
 *   prepared   signed and not known to be in the folder: it will be published as it is, whatever
 *              happens in between, so that no size is ever signed with two roots
 *   published  in the folder */
enum cw_log_stage { CW_LOG_PUBLISHED, CW_LOG_PREPARED };

/** A head that we signed. */
struct cw_store_head {
    struct cw_tlog_checkpoint checkpoint;
    int64_t through; /* last entry of the queue that it covers */
    int64_t at_s;    /* when it was signed */
    struct cw_buf note;
};
/** An empty head: size 0. Allocates nothing. */
void cw_store_head_init(struct cw_store_head *head);
void cw_store_head_clear(struct cw_store_head *head);

/** Puts an entry at the end of the queue. Needs a transaction: that of the fact which it tells.
 *  In:  alert_id  of the alert that it tells, "" for other entries */
CW_NODISCARD enum cw_status cw_store_log_add(struct cw_store *store, struct cw_span entry,
                                             const char *alert_id, struct cw_error *err);
CW_NODISCARD enum cw_status cw_store_log_pending(struct cw_store *store, uint64_t *ret_count,
                                                 struct cw_error *err);
/** The first entries of the queue. */
struct cw_store_batch {
    struct cw_buf bundle; /* as tlog/tile.h writes them; initialised by the caller with its cap */
    size_t count;
    int64_t through; /* the last of them; left alone when there is none */
};
/** Appends entries up to `through_max`, `count_max` of them, or the cap of the buffer, whichever
 * comes first. */
CW_NODISCARD enum cw_status cw_store_log_batch(struct cw_store *store, int64_t through_max,
                                               size_t count_max, struct cw_store_batch *ret,
                                               struct cw_error *err);
/** Out:  ret  initialised by the caller; ret_is_there  false: *ret is left empty */
CW_NODISCARD enum cw_status cw_store_log_head(struct cw_store *store, enum cw_log_stage stage,
                                              struct cw_store_head *ret, bool *ret_is_there,
                                              struct cw_error *err);
/** Keeps a signed head before it is shown to anybody: own transaction, durable. */
CW_NODISCARD enum cw_status cw_store_log_prepare(struct cw_store *store,
                                                 const struct cw_store_head *head,
                                                 struct cw_error *err);
/** The prepared head is in the folder: it becomes the published one, its entries leave the queue,
 *  and where each alert stands is noted. Own transaction, durable.
 *  In:  first  position of the first entry that it added */
CW_NODISCARD enum cw_status cw_store_log_publish(struct cw_store *store,
                                                 const struct cw_store_head *head, uint64_t first,
                                                 struct cw_error *err);
/** Forgets both heads and puts an entry in front of the queue: a new log begins. The name of the
 * old one is used up, or the new one could sign a size of it again. Own transaction. */
CW_NODISCARD enum cw_status cw_store_log_restart(struct cw_store *store, const char *old_origin,
                                                 struct cw_span first_entry, struct cw_error *err);
/** Has a log of this name been ended? */
CW_NODISCARD enum cw_status cw_store_log_is_ended(struct cw_store *store, const char *origin,
                                                  bool *ret_is_ended, struct cw_error *err);
/** In which log an alert stands, and where; the latest, when it stands in several.
 *  Out:  ret_is_there  false when it is in none yet */
CW_NODISCARD enum cw_status cw_store_log_position(struct cw_store *store, const char *alert_id,
                                                  char ret_origin[static CW_LOG_NAME_MAX + 1],
                                                  uint64_t *ret_position, bool *ret_is_there,
                                                  struct cw_error *err);
/** Notes that a key is in use; false in *ret_is_new when that was known. Needs a transaction. */
CW_NODISCARD enum cw_status cw_store_log_key_add(struct cw_store *store, const char *role,
                                                 const char *kid, bool *ret_is_new,
                                                 struct cw_error *err);

/** Numbers a run that publishes something; the number is never given again. */
CW_NODISCARD enum cw_status cw_store_run_begin(struct cw_store *store, int64_t started_at_s,
                                               uint64_t *ret_generation, struct cw_error *err);
/** Ends it: its time and its summary as JSON. */
CW_NODISCARD enum cw_status cw_store_run_end(struct cw_store *store, uint64_t generation,
                                             int64_t finished_at_s, struct cw_span summary_json,
                                             struct cw_error *err);
/** Both at once. */
CW_NODISCARD enum cw_status cw_store_run_add(struct cw_store *store, int64_t started_at_s,
                                             int64_t finished_at_s, struct cw_span summary_json,
                                             uint64_t *ret_generation, struct cw_error *err);
/** Last run that ended: generation 0 and time 0 when there was none. */
CW_NODISCARD enum cw_status cw_store_run_last(struct cw_store *store, uint64_t *ret_generation,
                                              int64_t *ret_finished_at_s, struct cw_error *err);

#endif
