#include "store/sql.h"

/* Schema 1. Times are Unix seconds, 0 is never. Enumerations are stored by name, so that a new
 * value in the middle of an enum changes no stored row. Big columns stand last: SQLite then filters
 * on the small ones without reading their overflow pages.
 *
 * listings  one row per key that a list ever held; never deleted
 *   is_active 1, ended_s 0     in force since first_seen_s, the begin of this episode
 *   is_active 0, ended_s > 0   left the list then; a return makes the next episode
 * episodes  the episodes that are over
 * outbox    waiting -> delivered | dead; redeliver leads back to waiting
 *
 * Feeds are named, not referenced: a retrieval may be recorded before the first state of its feed.
 */
static const char schema_1_lists[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE feeds ("
    " id TEXT PRIMARY KEY,"
    " status TEXT NOT NULL CHECK (status IN ('never', 'good', 'failed', 'held')),"
    " snapshot_sha256 TEXT NOT NULL, snapshot_bytes INTEGER NOT NULL,"
    " retrieved_at_s INTEGER NOT NULL, attempted_at_s INTEGER NOT NULL,"
    " not_before_s INTEGER NOT NULL, http_status INTEGER NOT NULL,"
    " url TEXT NOT NULL, final_url TEXT NOT NULL, etag TEXT NOT NULL,"
    " last_modified TEXT NOT NULL, media_type TEXT NOT NULL, published TEXT NOT NULL,"
    " entries INTEGER NOT NULL, listings INTEGER NOT NULL, unusable INTEGER NOT NULL,"
    " failures INTEGER NOT NULL, failing_since_s INTEGER NOT NULL,"
    " error_code TEXT NOT NULL, error_text TEXT NOT NULL,"
    " held_sha256 TEXT NOT NULL, released_sha256 TEXT NOT NULL, book_sha256 TEXT NOT NULL,"
    " norm TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE retrievals ("
    " seq INTEGER PRIMARY KEY, feed TEXT NOT NULL, at_s INTEGER NOT NULL,"
    " outcome TEXT NOT NULL CHECK (outcome IN ('new', 'unchanged', 'failed', 'held')),"
    " http_status INTEGER NOT NULL, url TEXT NOT NULL, final_url TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, bytes INTEGER NOT NULL,"
    " error_code TEXT NOT NULL, error_text TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX retrievals_by_feed ON retrievals (feed, at_s);"

    "CREATE TABLE lists ("
    " feed TEXT PRIMARY KEY, digest BLOB NOT NULL CHECK (length(digest) = 32)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE listings ("
    " id INTEGER PRIMARY KEY, feed TEXT NOT NULL, entry_id TEXT NOT NULL,"
    " canonical TEXT NOT NULL, is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),"
    " episode INTEGER NOT NULL CHECK (episode >= 0),"
    " revision INTEGER NOT NULL CHECK (revision >= 0),"
    " first_seen_s INTEGER NOT NULL, ended_s INTEGER NOT NULL,"
    " is_reserved INTEGER NOT NULL CHECK (is_reserved IN (0, 1)),"
    " entry_sha256 TEXT NOT NULL, value TEXT NOT NULL, tag TEXT NOT NULL,"
    " encoding TEXT NOT NULL, entry_name TEXT NOT NULL, listed_on TEXT NOT NULL,"
    " position TEXT NOT NULL, spellings TEXT NOT NULL, tags TEXT NOT NULL,"
    " programs TEXT NOT NULL, related TEXT NOT NULL, note TEXT NOT NULL,"
    " UNIQUE (feed, entry_id, canonical), CHECK ((ended_s = 0) = is_active)"
    ") STRICT;"
    "CREATE INDEX listings_by_key ON listings (canonical);"

    "CREATE TABLE episodes ("
    " listing INTEGER NOT NULL REFERENCES listings (id), episode INTEGER NOT NULL,"
    " from_s INTEGER NOT NULL, until_s INTEGER NOT NULL, PRIMARY KEY (listing, episode)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE probes ("
    " probe BLOB NOT NULL CHECK (length(probe) = 16),"
    " listing INTEGER NOT NULL REFERENCES listings (id), PRIMARY KEY (probe, listing)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE opaque ("
    " id INTEGER PRIMARY KEY, feed TEXT NOT NULL, value TEXT NOT NULL, tag TEXT NOT NULL,"
    " entry_id TEXT NOT NULL, entry_name TEXT NOT NULL, error TEXT NOT NULL,"
    " position TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX opaque_by_feed ON opaque (feed);"
    "CREATE INDEX opaque_by_value ON opaque (value);";

static const char schema_1_matches[] =
    "CREATE TABLE tracked ("
    " feed TEXT NOT NULL, case_id TEXT NOT NULL, address_canonical TEXT NOT NULL,"
    " entry_id TEXT NOT NULL, listed_canonical TEXT NOT NULL, relation TEXT NOT NULL,"
    " episode INTEGER NOT NULL, revision INTEGER NOT NULL,"
    " was_alerted INTEGER NOT NULL CHECK (was_alerted IN (0, 1)),"
    " entry_sha256 TEXT NOT NULL, address_value TEXT NOT NULL, listed_value TEXT NOT NULL,"
    " listed_encoding TEXT NOT NULL, entry_name TEXT NOT NULL, entry_json TEXT NOT NULL,"
    " PRIMARY KEY (feed, case_id, address_canonical, entry_id, listed_canonical)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE pairs ("
    " feed TEXT NOT NULL, case_id TEXT NOT NULL, since_s INTEGER NOT NULL,"
    " PRIMARY KEY (feed, case_id)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE alerts ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
    " created_at_s INTEGER NOT NULL, type TEXT NOT NULL, severity TEXT NOT NULL,"
    " tlp TEXT NOT NULL, time TEXT NOT NULL, case_id TEXT NOT NULL, feed TEXT NOT NULL,"
    " subject TEXT NOT NULL, source TEXT NOT NULL, text_en TEXT NOT NULL,"
    " detached BLOB NOT NULL, body BLOB NOT NULL, jws BLOB NOT NULL"
    ") STRICT;"

    "CREATE TABLE outbox ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL REFERENCES alerts (id),"
    " endpoint TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),"
    " attempts INTEGER NOT NULL, queued_at_s INTEGER NOT NULL, due_at_s INTEGER NOT NULL,"
    " last_status INTEGER NOT NULL, last_error TEXT NOT NULL, UNIQUE (alert_id, endpoint)"
    ") STRICT;"
    "CREATE INDEX outbox_waiting ON outbox (endpoint, seq) WHERE state = 'waiting';"

    "CREATE TABLE attempts ("
    " id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL REFERENCES outbox (seq),"
    " began_at_s INTEGER NOT NULL, ended_at_s INTEGER NOT NULL, state TEXT NOT NULL,"
    " http_status INTEGER NOT NULL, error TEXT NOT NULL, answer BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX attempts_by_delivery ON attempts (delivery);"

    "CREATE TABLE endpoints ("
    " id TEXT PRIMARY KEY, is_disabled INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),"
    " not_before_s INTEGER NOT NULL, reason TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE runs ("
    " generation INTEGER PRIMARY KEY AUTOINCREMENT, started_at_s INTEGER NOT NULL,"
    " finished_at_s INTEGER NOT NULL, summary TEXT NOT NULL"
    ") STRICT;";

static const char *const schema_1[] = {schema_1_lists, schema_1_matches, NULL};

/* Number 2 is for another change; nothing of it is needed here. */
static const char *const schema_2[] = {NULL};

/* log_queue      entries that are in no tile yet, in the order in which they will stand
 * log_heads      the heads that we signed (store.h)
 * log_positions  where the entry of an alert stands
 * log_ended      logs that we ended: their names are used up
 * log_keys       keys whose begin stands in the log */
static const char schema_3_log[] =
    "CREATE TABLE log_queue ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL,"
    " entry BLOB NOT NULL CHECK (length(entry) BETWEEN 1 AND 65535)"
    ") STRICT;"

    "CREATE TABLE log_heads ("
    " stage TEXT PRIMARY KEY CHECK (stage IN ('published', 'prepared')),"
    " origin TEXT NOT NULL, size INTEGER NOT NULL CHECK (size > 0),"
    " root BLOB NOT NULL CHECK (length(root) = 32), through INTEGER NOT NULL,"
    " at_s INTEGER NOT NULL, note BLOB NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE log_positions ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL, origin TEXT NOT NULL,"
    " position INTEGER NOT NULL CHECK (position >= 0), UNIQUE (alert_id, origin)"
    ") STRICT;"

    "CREATE TABLE log_ended (origin TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"

    "CREATE TABLE log_keys ("
    " role TEXT NOT NULL, kid TEXT NOT NULL, PRIMARY KEY (role, kid)"
    ") STRICT, WITHOUT ROWID;";

static const char *const schema_3[] = {schema_3_log, NULL};

/* outbox.chain            what a row must not overtake: an earlier one of the same case, or for an
 *                         alert about a list the same list; "" for neither
 * endpoints.counted_from  dead letters up to this place in the queue were dealt with by hand */
static const char schema_4_order[] =
    "ALTER TABLE outbox ADD COLUMN chain TEXT NOT NULL DEFAULT '';"
    "UPDATE outbox SET chain = (SELECT CASE WHEN case_id <> '' THEN 'case:' || case_id"
    " WHEN feed <> '' THEN 'feed:' || feed ELSE '' END FROM alerts WHERE id = alert_id);"
    "CREATE INDEX outbox_chains ON outbox (endpoint, chain, seq)"
    " WHERE state = 'waiting' AND chain <> '';"
    "ALTER TABLE endpoints ADD COLUMN counted_from INTEGER NOT NULL DEFAULT 0;";

static const char *const schema_4[] = {schema_4_order, NULL};

/* What must be remembered until a held document is believed, and when an answer was last read whole
 * (store.h). A document that is held already counts as the first that says so. */
static const char schema_5_holds[] =
    "ALTER TABLE feeds ADD COLUMN held_evidence TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE feeds ADD COLUMN held_fetches INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN held_since_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN issued TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE feeds ADD COLUMN whole_at_s INTEGER NOT NULL DEFAULT 0;"
    "UPDATE feeds SET issued = published WHERE held_sha256 = '';"
    "CREATE INDEX retrievals_by_document ON retrievals (feed, sha256) WHERE outcome = 'new';";

static const char *const schema_5[] = {schema_5_holds, NULL};

const char *const *const cw_store_migrations[] = {schema_1, schema_2, schema_3, schema_4, schema_5};
const int cw_store_schema = (int)CW_COUNT(cw_store_migrations);
