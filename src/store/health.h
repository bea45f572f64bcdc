/* health.h: what the state says of itself when somebody asks whether it is well.
 *
 * Knows the checks that SQLite makes of its own file, who holds the lock, and the totals that a
 * person at three in the morning needs: queues, lists, documents, the newest time. Refuses to judge
 * and to mend. Everything here reads.
 */
#ifndef CW_STORE_HEALTH_H
#define CW_STORE_HEALTH_H

#include "store/store.h"

/** Bytes up to which every index is compared with its table as well; SQLite reads some 100 MB of
 *  state a second that way. Beyond, pages and rows only: `PRAGMA quick_check`. */
#define CW_STORE_WHOLE_CHECK_MAX (1ull << 30)
/** Faults told of one database; it is not well after the first. */
enum { CW_STORE_FAULTS_MAX = 10 };

/** Takes one sentence of SQLite's; borrowed, any bytes. */
typedef void (*cw_fault_fn)(void *ctx, struct cw_span fault);
/** Lets SQLite check its file, and that no row refers to one that is not there.
 *  Out:     ret_faults  how many were told, at most CW_STORE_FAULTS_MAX; 0: none was found
 *           ret_is_whole  false when the file is larger than CW_STORE_WHOLE_CHECK_MAX
 *  Returns: CW_OK; CW_STATE when it cannot even be checked; CW_IO, CW_NOMEM. O(size of the file) */
CW_NODISCARD enum cw_status cw_store_self_check(struct cw_store *store, cw_fault_fn fn, void *ctx,
                                                size_t *ret_faults, bool *ret_is_whole,
                                                struct cw_error *err);

struct cw_store_totals {
    int64_t schema;          /* version of the database */
    uint64_t bytes;          /* of its file */
    uint64_t alerts;         /* stored */
    uint64_t generation;     /* of the last run that began to publish; 0 none */
    int64_t newest_s;        /* latest time that any row was written at; 0 none */
    uint64_t snapshot_bytes; /* largest document in force */
};
CW_NODISCARD enum cw_status cw_store_totals_get(struct cw_store *store, struct cw_store_totals *ret,
                                                struct cw_error *err);

typedef enum cw_status (*cw_name_fn)(void *ctx, const char *name, struct cw_error *err);
/** Tells the feeds that have a list, in order of id, whether they are configured or not. */
CW_NODISCARD enum cw_status cw_store_each_list(struct cw_store *store, cw_name_fn fn, void *ctx,
                                               struct cw_error *err);

/** A stored document that a list refers to. Borrowed during the call. */
struct cw_document {
    const char *sha256;
    const char *feed;
};
typedef enum cw_status (*cw_document_fn)(void *ctx, const struct cw_document *document,
                                         struct cw_error *err);
/** Tells every document that is in force or held, each once, in order of feed. */
CW_NODISCARD enum cw_status cw_store_each_document(struct cw_store *store, cw_document_fn fn,
                                                   void *ctx, struct cw_error *err);

/** The outbox of one endpoint, or an endpoint with a state of its own. */
struct cw_queue {
    char endpoint[65];
    uint64_t waiting;
    uint64_t due;         /* of those: their time has come */
    int64_t oldest_s;     /* the oldest of those that wait was queued then; 0 none */
    int64_t next_s;       /* the next of them is due then; 0 none */
    uint64_t dead;        /* given up */
    char last_error[256]; /* of the newest that waits or is dead */
    bool is_disabled;
    int64_t not_before_s; /* the receiver asked us to wait; 0 not */
    char reason[256];     /* why it is disabled */
};
typedef enum cw_status (*cw_queue_fn)(void *ctx, const struct cw_queue *queue,
                                      struct cw_error *err);
/** Tells every endpoint that the outbox or the table of endpoints knows, in order of id. */
CW_NODISCARD enum cw_status cw_store_queues(struct cw_store *store, int64_t now_s, cw_queue_fn fn,
                                            void *ctx, struct cw_error *err);

/** Who holds the lock of a run. */
enum cw_lock_state {
    CW_LOCK_FREE,
    CW_LOCK_HELD,
    CW_LOCK_UNKNOWN, /* this system does not say */
};
struct cw_lock_holder {
    enum cw_lock_state state;
    int64_t pid;     /* 0: not known */
    int64_t since_s; /* when that process began, UTC; 0: not known */
};
/** Asks the kernel (/proc/locks). Takes no lock itself: even for a moment that could turn a scan
 *  away. */
struct cw_lock_holder cw_state_lock_holder(const char *state_dir);

#endif
