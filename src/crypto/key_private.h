/* key_private.h: what the files of this folder share about secrets; for nobody else. */
#ifndef CW_CRYPTO_KEY_PRIVATE_H
#define CW_CRYPTO_KEY_PRIVATE_H

#include "crypto/sign.h"

/** A PKCS#8 PEM or a JWK is below 200 bytes, a long bearer token below 4 KiB; more is CW_LIMIT. */
enum { CW_SECRET_FILE_BYTES_MAX = 8192 };

/** Locked, guarded, never dumped memory; free with sodium_free. NULL when there is none. */
void *cw_secret_memory_new(size_t bytes);
/** The text for a failed cw_secret_memory_new; CW_NOMEM. */
enum cw_status cw_secret_memory_exhausted(struct cw_error *err);

/** Copies the seed out; the caller wipes it. */
void cw_signing_key_seed(const struct cw_signing_key *key,
                         uint8_t ret_seed[static CW_ED25519_SEED_BYTES]);

/** CW_DENIED when others may write to the folder of path; CW_NOT_FOUND when there is none. */
CW_NODISCARD enum cw_status cw_secret_folder_check(const char *path, struct cw_error *err);
/** Whose a secret file has to be. */
enum cw_secret_owner {
    CW_SECRET_OURS,       /* ours, and readable by nobody else */
    CW_SECRET_CREDENTIAL, /* handed over by the service manager */
};
/** Reads a whole secret file under the rules of cw_signing_key_load or of its sibling.
 *  Out: ret  initialised here, also on failure; end with cw_secret_buf_wipe in any case. */
CW_NODISCARD enum cw_status cw_secret_file_read(const char *path, enum cw_secret_owner owner,
                                                struct cw_buf *ret, struct cw_error *err);
/** Zeroes all memory of the buffer and frees it. */
void cw_secret_buf_wipe(struct cw_buf *buf);

#endif
