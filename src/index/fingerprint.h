/* fingerprint.h: whether files are still the ones that were read, without reading them.
 *
 * Knows names, sizes and times of last change. Refuses to know contents: two files of one size,
 * written within one tick of the file system's clock, look the same.
 */
#ifndef CW_INDEX_FINGERPRINT_H
#define CW_INDEX_FINGERPRINT_H

#include "base/span.h"

/** Sum over files, in whatever order they are added. Start with zeros. */
struct cw_fingerprint {
    uint64_t files;
    uint64_t sum;
};

/** Adds a file under its role, by which it counts even when it has moved. One that is not there
 *  counts as that. */
void cw_fingerprint_file(struct cw_fingerprint *fingerprint, const char *role, const char *path);
/** Adds every file that lies in a folder, but not what lies deeper or begins with a dot. */
void cw_fingerprint_folder(struct cw_fingerprint *fingerprint, const char *role, const char *path);

static inline bool cw_fingerprint_equal(const struct cw_fingerprint *a,
                                        const struct cw_fingerprint *b)
{
    return a->files == b->files && a->sum == b->sum;
}

#endif
