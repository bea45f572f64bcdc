/* sealed_key.h: a signing key under a passphrase, for backups and for keys used by hand.
 *
 * Knows the encrypted form of alerts.md section 5.2: Argon2id over the passphrase, then secretbox
 * over the seed. Refuses to know where a passphrase comes from but through a descriptor: never from
 * the command line or the environment, which others can read. A scheduled run cannot type one.
 *
 * The file is one line of canonical JSON with exactly these members, base64url without padding:
 *   {"ciphertext":…,"kdf":"argon2id13","kid":…,"mem":…,"nonce":…,"ops":…,"role":…,"salt":…,
 *    "type":"cryptowatch-secret-key","v":1}
 */
#ifndef CW_CRYPTO_SEALED_KEY_H
#define CW_CRYPTO_SEALED_KEY_H

#include "crypto/sign.h"

enum { CW_PASSPHRASE_BYTES_MIN = 8, CW_PASSPHRASE_BYTES_MAX = 1024 };

struct cw_passphrase; /* locked memory; opaque */

/** Reads one line, without its end, byte by byte so that nothing behind it is taken.
 *  Returns: CW_OK; CW_INVALID when it is shorter than CW_PASSPHRASE_BYTES_MIN; CW_LIMIT when it is
 *           longer than CW_PASSPHRASE_BYTES_MAX; CW_IO; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_passphrase_read(int fd, struct cw_passphrase **ret,
                                               struct cw_error *err);
bool cw_passphrase_equal(const struct cw_passphrase *a, const struct cw_passphrase *b);
void cw_passphrase_free(struct cw_passphrase *passphrase);
void cw_passphrase_freep(struct cw_passphrase **passphrase);

/** What it costs to try one passphrase. */
struct cw_seal_cost {
    uint64_t ops; /* passes, 1 to 16 */
    uint64_t mem; /* bytes, 8 KiB to 1 GiB, whole KiB */
};
/** Three passes over 256 MiB. */
extern const struct cw_seal_cost cw_seal_cost_default;

/** How a key is put under a passphrase; borrowed. */
struct cw_key_sealing {
    enum cw_key_role role;
    const struct cw_passphrase *passphrase;
    struct cw_seal_cost cost;
    const struct cw_random *random;
};
/** Appends the encrypted form and a line feed.
 *  Returns: CW_OK; CW_INVALID for a cost out of range; CW_NOMEM, also when the cost's memory cannot
 *           be had. */
CW_NODISCARD enum cw_status cw_signing_key_seal(const struct cw_signing_key *key,
                                                const struct cw_key_sealing *how,
                                                struct cw_buf *ret, struct cw_error *err);
/** True when this is meant to be an encrypted key: it begins like one. */
bool cw_signing_key_is_sealed(struct cw_span file);
/** Opens the encrypted form.
 *  In:      name  of the file, for messages
 *  Returns: CW_OK; CW_INVALID when it is no such form, its cost is out of range, or kid is not that
 *           of the key; CW_DENIED when the passphrase is wrong or the file was changed; CW_NOMEM.
 */
CW_NODISCARD enum cw_status cw_signing_key_open(struct cw_span file, const char *name,
                                                const struct cw_passphrase *passphrase,
                                                enum cw_key_role *ret_role,
                                                struct cw_signing_key **ret_key,
                                                struct cw_error *err);

#endif
