/* publish.h: the state's lists and the operator's cases as an index, in a file or in memory.
 *
 * Knows what goes into an index, in which order, and when it is built anew. Refuses to know its
 * format, and how an answer is made of it. The state stays the truth: an index can be lost at any
 * time and is built again from it.
 */
#ifndef CW_PUBLISH_PUBLISH_H
#define CW_PUBLISH_PUBLISH_H

#include "home/home.h"
#include "index/builder.h"
#include "index/manifest.h"
#include "store/store.h"

/** state_dir/index; free with free(). NULL: memory is exhausted. */
char *cw_publish_folder(const struct cw_config *config);

/** Says what an index would be built from now: norm, basis, fingerprint, enabled feeds, rules.
 *  Leaves generation, built_at_s and index alone.
 *  In:      store  NULL when there is no state yet: no feed was ever read
 *  Out:     ret    begun with zeros; clear it in any case
 *  Returns: CW_OK; CW_STATE, CW_IO of the store; CW_NOMEM */
CW_NODISCARD enum cw_status cw_publish_describe(const struct cw_home *home, struct cw_store *store,
                                                struct cw_manifest *ret, struct cw_error *err);

/** Builds an index of every case and every enabled feed.
 *  In:      options  generation, path (NULL: memory) and time; the basis comes from `manifest`
 *           clock    for who may be stopped; NULL: nobody
 *  Out:     ret      finished; free it
 *  Returns: CW_OK; CW_STATE, CW_IO, CW_DENIED, CW_LIMIT, CW_NOMEM; CW_TEMPORARY: stopped */
CW_NODISCARD enum cw_status cw_publish_build(const struct cw_home *home, struct cw_store *store,
                                             const struct cw_index_options *options,
                                             const struct cw_clock *clock,
                                             struct cw_index_builder **ret, struct cw_error *err);

struct cw_publish_options {
    uint64_t generation; /* of this run; numbers a new file */
    int64_t now_s;
    bool is_forced;               /* build the file anew, whatever is there */
    const struct cw_clock *clock; /* for who may be stopped (base/stop.h); NULL: nobody */
};
struct cw_published {
    bool is_built;          /* a new file was made */
    struct cw_error damage; /* CW_STATE: what was wrong with the one it stands for; else no code */
};
/** Brings state_dir/index up to date: the file when lists, cases or the set of feeds changed since
 *  it was built, or when it is missing or damaged, and the manifest always. One that stays is read
 *  whole, to be sure of it. What a killed run has left between
 *  its commit and its publication is made good by this. Needs the lock of a run.
 *  Returns: as cw_publish_build; CW_TEMPORARY when it was stopped; what was in force stays so on
 *           failure, and the next run makes it good */
CW_NODISCARD enum cw_status cw_publish(const struct cw_home *home, struct cw_store *store,
                                       const struct cw_publish_options *options,
                                       struct cw_published *ret, struct cw_error *err);

#endif
