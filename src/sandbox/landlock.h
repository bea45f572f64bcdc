/* landlock.h: files taken from this process by the kernel's Landlock.
 *
 * Knows the versions of its interface. Refuses to know which files are needed.
 */
#ifndef CW_SANDBOX_LANDLOCK_H
#define CW_SANDBOX_LANDLOCK_H

#include <stddef.h>

#include "sandbox/sandbox.h"

/** The version of the interface that this kernel has; 0: none. */
int cw_landlock_version(void);
/** Takes every right over files but reading what is named, listening, and speaking to processes
 *  outside of the sandbox. What is open stays usable. Needs no_new_privs.
 *  In:      names  files and folders, "" or NULL for none; what does not exist is passed over
 *           may_connect  TCP connections can still be made
 *  Returns: the ABI version that is in force; 0 when the kernel has none. */
int cw_landlock_restrict(const char *const *names, size_t names_count, bool may_connect);

#endif
