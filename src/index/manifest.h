/* manifest.h: index/current, the small text that says which index file is in force and how old its
 * lists are.
 *
 * Knows what a reader must know without opening the database: the file, the age and state of every
 * list, the digest of every case, and a fingerprint of the files people edit. Refuses to judge an
 * age: that is done when somebody asks. Replaced whole at the end of every scan, also of one
 * without news.
 */
#ifndef CW_INDEX_MANIFEST_H
#define CW_INDEX_MANIFEST_H

#include "base/buf.h"
#include "base/limits.h"
#include "index/fingerprint.h"
#include "index/index.h"

/** How one enabled list stood when the manifest was written. Texts are NUL-terminated. */
struct cw_manifest_feed {
    char id[CW_ID_MAX + 1];
    char status[8];           /* "never", "good", "failed", "held", as the state has it */
    int64_t retrieved_at_s;   /* last seen served; 0 never */
    int64_t stale_after_s;    /* seconds; judged when asked */
    char snapshot_sha256[65]; /* "" never */
    uint64_t entries;
};

struct cw_manifest_rule {
    char id[CW_ID_MAX + 1];
    char sha256[65];
};

/** Begin with zeros; clear it in any case. */
struct cw_manifest {
    uint64_t generation; /* of the run that wrote it */
    int64_t built_at_s;
    uint64_t index; /* generation of the index file: its name */
    char norm[32];  /* name of the normaliser that read the addresses */
    uint8_t basis[32];
    struct cw_fingerprint files; /* configuration, feeds, rules and the watched */
    struct cw_manifest_feed *feeds;
    size_t feeds_count;
    struct cw_manifest_rule *rules;
    size_t rules_count;
    char **watched; /* absolute paths of address files outside of the folders */
    size_t watched_count;
};
void cw_manifest_clear(struct cw_manifest *manifest);

/** Grow by one; ret members are to be filled. NULL when memory is exhausted. */
struct cw_manifest_feed *cw_manifest_add_feed(struct cw_manifest *manifest);
struct cw_manifest_rule *cw_manifest_add_rule(struct cw_manifest *manifest);
bool cw_manifest_add_watched(struct cw_manifest *manifest, struct cw_span path);

/** Writes it as text, with its checksum. Returns: CW_OK, CW_LIMIT, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_manifest_format(const struct cw_manifest *manifest,
                                               struct cw_buf *ret, struct cw_error *err);
/** Reads the text. Returns: CW_OK; CW_STATE when it is not one, is damaged or of a newer program;
 *  CW_NOMEM. ret is to be cleared in any case. */
CW_NODISCARD enum cw_status cw_manifest_parse(struct cw_span text, struct cw_manifest *ret,
                                              struct cw_error *err);

/* ---- the folder ---- */

/** Puts a manifest in force: folder/current, replaced atomically and durably. */
CW_NODISCARD enum cw_status
cw_manifest_publish(const char *folder, const struct cw_manifest *manifest, struct cw_error *err);
/** Reads the one in force. Returns: as cw_manifest_parse; CW_NOT_FOUND when there is none. */
CW_NODISCARD enum cw_status cw_manifest_load(const char *folder, struct cw_manifest *ret,
                                             struct cw_error *err);
/** Path of the index file of a generation; free with free(). NULL: memory is exhausted. */
char *cw_index_file_path(const char *folder, uint64_t generation);
/** Opens what is in force: a manifest and the very file it names, however often both are replaced
 *  meanwhile.
 *  Out:     ret_manifest  to be cleared in any case
 *  Returns: CW_OK; CW_NOT_FOUND when nothing was published; CW_STATE when it is damaged; others of
 *           cw_index_open */
CW_NODISCARD enum cw_status cw_index_open_current(const char *folder,
                                                  struct cw_manifest *ret_manifest,
                                                  struct cw_index **ret, struct cw_error *err);
/** Removes index files but these two, and what a killed run left half-written. Never fails: what
 *  stays is removed the next time. */
void cw_index_prune(const char *folder, uint64_t keep, uint64_t keep_too);

#endif
