/* file.h: whole files, read with a cap and written so that a power cut leaves old or new.
 *
 * Knows the order write, fsync, rename, fsync of the folder. Refuses to know what is inside.
 */
#ifndef CW_BASE_FILE_H
#define CW_BASE_FILE_H

#include <sys/types.h>

#include "base/buf.h"

/** Reads a regular file whole.
 *  Out:     ret  initialised by the caller with its cap; appended to
 *  Returns: CW_OK, CW_NOT_FOUND, CW_DENIED, CW_LIMIT (larger than the cap), CW_IO, CW_INVALID (not
 *           a regular file), CW_NOMEM. The text names the path. */
CW_NODISCARD enum cw_status cw_file_read(const char *path, struct cw_buf *ret,
                                         struct cw_error *err);
/** Reads an open descriptor to its end into ret (capped), from its current position. */
CW_NODISCARD enum cw_status cw_fd_read_all(int fd, struct cw_buf *ret, struct cw_error *err);
/** Writes all bytes, retrying short writes and EINTR. */
CW_NODISCARD enum cw_status cw_fd_write_all(int fd, struct cw_span data, struct cw_error *err);
/** One sentence for a failed system call: which path, what could not be done, the system's reason.
 *  In: cause  errno. Returns: CW_NOT_FOUND, CW_DENIED, CW_NOMEM, CW_INVALID (a folder) or CW_IO */
enum cw_status cw_file_fail(struct cw_error *err, const char *path, const char *verb, int cause);
/** Opens a new file of mode 0600 in a folder, to be renamed, under a name that cw_dir_list does not
 *  show and cw_dir_sweep removes.
 *  Out:     ret_path  free with free(); set only when a descriptor is returned
 *  Returns: the descriptor; -1 with errno */
int cw_file_temporary(const char *folder, char **ret_path);
/** Replaces or makes a file atomically and durably (temporary file beside it, fsync, rename, fsync
 *  of the folder). Mode is exact, whatever the umask. */
CW_NODISCARD enum cw_status cw_file_write(const char *path, struct cw_span data, mode_t mode,
                                          struct cw_error *err);
/** Makes a file that must not exist yet; CW_INVALID if it does. Durable. */
CW_NODISCARD enum cw_status cw_file_create(const char *path, struct cw_span data, mode_t mode,
                                           struct cw_error *err);
/** mkdir -p with mode for the folders it makes; an existing folder is fine.
 *  Returns: CW_OK, CW_INVALID (an empty name), CW_IO (also when something else than a folder is in
 *           the way), CW_DENIED, CW_NOT_FOUND, CW_NOMEM. The text names the path. */
CW_NODISCARD enum cw_status cw_dir_make(const char *path, mode_t mode, struct cw_error *err);
CW_NODISCARD enum cw_status cw_dir_sync(const char *path, struct cw_error *err);
/** Names in a folder that end in `suffix`, sorted by bytes, without those starting with a dot.
 *  Out:     ret_names  NULL-terminated array; free with cw_names_free. */
CW_NODISCARD enum cw_status cw_dir_list(const char *path, const char *suffix, char ***ret_names,
                                        size_t *ret_count, struct cw_error *err);
void cw_names_free(char **names);
/** Removes what killed calls of cw_file_write and cw_file_create left in a folder, and, when `also`
 *  is not NULL, every other file whose name begins with it. For the only writer of that folder.
 *  What cannot be removed does no harm and stays. O(names in the folder). */
void cw_dir_sweep(const char *path, const char *also);
/** base + "/" + name, or name when it is absolute. Free with free(); NULL out of memory. */
char *cw_path_join(const char *base, const char *name);
/** Folder part of a path ("." when there is none). Free with free(). */
char *cw_path_dirname(const char *path);

#endif
