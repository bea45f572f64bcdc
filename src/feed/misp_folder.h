/* misp_folder.h: a MISP feed, which is a folder, as the one document that everything else reads.
 *
 *   manifest.json   which events the feed consists of
 *   <uuid>.json     one event each
 *   other names     hashes.csv, signatures: left alone
 *
 * The document is {"manifest":…,"response":[…]}: the files as they are, the events in order of
 * their names, so that the same folder gives the same bytes. Knows names only. Refuses to look into
 * a file: what the manifest says of the events is for the format to judge, in the parser program.
 */
#ifndef CW_FEED_MISP_FOLDER_H
#define CW_FEED_MISP_FOLDER_H

#include "base/error.h"
#include "base/span.h"

/** The folder that a path means: itself, or the one that a manifest.json stands in.
 *  Returns: to be freed by the caller; NULL when it means none, or when memory is exhausted. */
char *cw_misp_folder_of(const char *path);

/** Writes the document of a folder to a descriptor.
 *  In:      bytes_max  of the document
 *  Out:     ret_bytes  written; set on CW_OK
 *  Returns: CW_OK; CW_INVALID without a manifest.json; CW_LIMIT past bytes_max or with a file of
 *           more than CW_MISP_FILE_MAX; CW_NOT_FOUND, CW_DENIED, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_misp_folder_write(const char *folder, uint64_t bytes_max, int fd,
                                                 uint64_t *ret_bytes, struct cw_error *err);

#endif
