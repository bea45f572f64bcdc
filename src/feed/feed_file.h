/* feed_file.h: feeds/<id>.json, the description of one public list (design.md section 3).
 *
 * Knows the fields, their defaults and what makes a description wrong. Refuses to fetch or parse.
 */
#ifndef CW_FEED_FEED_FILE_H
#define CW_FEED_FEED_FILE_H

#include "feed/format.h"
#include "json/json_file.h"

enum cw_feed_meaning {
    CW_MEANING_SANCTION,
    CW_MEANING_SEIZURE,
    CW_MEANING_LAW_ENFORCEMENT,
    CW_MEANING_VICTIM,
    CW_MEANING_RESEARCH,
    CW_MEANING_LABEL,
};

/** One feed. Strings are never NULL ("" when absent), borrowed until cw_feeds_free. */
struct cw_feed {
    const char *id;
    const char *title;
    const char *publisher;
    const char *homepage;
    const char *licence;
    int meaning;        /* enum cw_feed_meaning */
    int64_t confidence; /* 0..100, default 50 */
    const char *url;    /* as written: goes into alerts */
    const char *path;   /* for file: URLs, absolute (or from the feed file's folder); else NULL */
    const char *format; /* a name that the parser knows */
    struct cw_format_option options[CW_FORMAT_OPTIONS_MAX];
    size_t options_count;
    const char *user_agent;   /* "" for the default */
    const char *headers_file; /* absolute path or "" */
    const char *ca_file;      /* absolute path or "" */
    const char *note;
    const char **redirect_hosts;  /* NULL-terminated */
    int64_t every_s;              /* default 24 h */
    int64_t stale_after_s;        /* default 3 days, or 3 times every_s when that is longer */
    int64_t max_stale_s;          /* default 14 days, or stale_after_s when that is longer */
    int64_t timeout_s;            /* default 15 min */
    int64_t bytes_max;            /* default CW_FEED_BODY_MAX */
    int64_t entries_min;          /* default 1 */
    int64_t tags_min;             /* kinds of address (XBT, ETH …) among them; default 0 */
    int64_t removed_max_percent;  /* default 15 */
    int64_t unusable_max_percent; /* of entries that are no addresses; default 20 */
    bool release_by_itself;       /* a held document is believed once it is agreed; default true */
    bool enabled;                 /* default true */
    const char *sha256;           /* of the description's bytes, hex */
};

/** Of `tags_min`. */
enum { CW_FEED_TAGS_MIN_MAX = 64 };

struct cw_feeds; /* all descriptions of a folder, sorted by id */

/** Whether a cut document of the feed's format is refused as such; else its transfer must prove
 *  that it is whole. */
bool cw_feed_proves_end(const struct cw_feed *feed);

/** "sanction" … */
const char *cw_feed_meaning_name(int meaning);

/** Reads every *.json of a folder. All mistakes of all files are collected; on any error the set is
 *  unusable and *ret is still set, so that `feed list` can show what was readable.
 *  In:      allow_hosts  allow_private_hosts of the configuration, NULL-terminated: http: is taken
 *                        only for these
 *  Returns: CW_OK (look at mistakes->errors), CW_NOT_FOUND when the folder is missing, CW_IO,
 *           CW_NOMEM. */
CW_NODISCARD enum cw_status cw_feeds_load(const char *folder, const char *const *allow_hosts,
                                          struct cw_mistakes *mistakes, struct cw_feeds **ret,
                                          struct cw_error *err);
/** A set of one feed from bytes in memory; `path` stands for the file. For tests and fuzzing. */
CW_NODISCARD enum cw_status cw_feeds_from(struct cw_span text, const char *path,
                                          const char *const *allow_hosts,
                                          struct cw_mistakes *mistakes, struct cw_feeds **ret,
                                          struct cw_error *err);
void cw_feeds_free(struct cw_feeds *feeds);
void cw_feeds_freep(struct cw_feeds **feeds);
size_t cw_feeds_count(const struct cw_feeds *feeds);
const struct cw_feed *cw_feeds_at(const struct cw_feeds *feeds, size_t index);
/** NULL when there is none. */
const struct cw_feed *cw_feeds_find(const struct cw_feeds *feeds, struct cw_span id);

#endif
