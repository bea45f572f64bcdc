/* internal.h: what the files of this folder share; for nobody else. */
#ifndef CW_HOME_INTERNAL_H
#define CW_HOME_INTERNAL_H

#include "home/home.h"

/** Wipes and frees cw_home.receiver_secrets; NULL is fine. */
void cw_home_free_secrets(void *receiver_secrets);

/** A path inside a folder; free with free(). */
CW_NODISCARD enum cw_status cw_home_path(const char *folder, const char *name, char **ret_path,
                                         struct cw_error *err);

/** Copies the shipped feeds, bundled lists and rules from `data` into `folder`, byte for byte. */
CW_NODISCARD enum cw_status cw_home_copy_shipped(const char *data, const char *folder,
                                                 struct cw_error *err);
/** Finds out whether they are there, before anything is made.
 *  Returns: CW_OK; CW_NOT_FOUND when the installation is incomplete; CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_home_check_shipped(const char *data, struct cw_error *err);

#endif
