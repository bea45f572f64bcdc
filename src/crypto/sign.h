/* sign.h: Ed25519 keys, one per role, and what they sign.
 *
 * Knows keys, signatures and the spellings of both. Refuses to know what a message means. Secret
 * keys live in locked memory behind an opaque handle, are wiped when freed, and never appear in an
 * error text. Source: RFC 8032, RFC 8037, RFC 7638, alerts.md section 5.
 */
#ifndef CW_CRYPTO_SIGN_H
#define CW_CRYPTO_SIGN_H

#include "base/buf.h"
#include "crypto/random.h"

enum {
    CW_ED25519_SEED_BYTES = 32,
    CW_ED25519_PUBLIC_BYTES = 32,
    CW_ED25519_SIGNATURE_BYTES = 64,
    CW_KID_TEXT_BYTES = 44, /* RFC 7638 thumbprint in base64url, 43 characters and NUL */
};

enum cw_key_role { CW_KEY_ALERT, CW_KEY_DELIVERY, CW_KEY_LOG };
enum { CW_KEY_ROLES = 3 };

/** "alert", "delivery", "log". */
const char *cw_key_role_name(enum cw_key_role role);
bool cw_key_role_parse(struct cw_span name, enum cw_key_role *ret_role);

struct cw_public_key {
    uint8_t bytes[CW_ED25519_PUBLIC_BYTES];
};

struct cw_signing_key; /* secret; opaque */

/** Key from a seed; the caller wipes its copy. NULL when locked memory is exhausted. */
struct cw_signing_key *cw_signing_key_new(const uint8_t seed[static CW_ED25519_SEED_BYTES]);
/** New random key. */
struct cw_signing_key *cw_signing_key_generate(const struct cw_random *random);
void cw_signing_key_free(struct cw_signing_key *key);
void cw_signing_key_freep(struct cw_signing_key **key);
struct cw_public_key cw_signing_key_public(const struct cw_signing_key *key);
void cw_sign(const struct cw_signing_key *key, struct cw_span message,
             uint8_t ret_signature[static CW_ED25519_SIGNATURE_BYTES]);
/** True only for a valid signature (libsodium refuses small-order and non-canonical input). */
bool cw_sign_is_valid(const struct cw_public_key *key, struct cw_span message,
                      const uint8_t signature[static CW_ED25519_SIGNATURE_BYTES]);

/** Writes the seed as PKCS#8 PEM, as OpenSSL does, to a file that must not exist; mode 0600.
 *  Returns: CW_OK; CW_INVALID (exists); CW_DENIED, also for a folder in which cw_signing_key_load
 *           would refuse it; CW_NOT_FOUND (no such folder); CW_IO. */
CW_NODISCARD enum cw_status cw_signing_key_save(const struct cw_signing_key *key, const char *path,
                                                struct cw_error *err);
/** Reads PKCS#8 PEM or a private JWK (exactly the members crv, d, kty and x; x must belong to d).
 *  The file must be named itself: a symbolic link is CW_DENIED.
 *  Returns: CW_OK; CW_NOT_FOUND; CW_DENIED when the file is not ours or group/world may read it, or
 *           its folder is group- or world-writable (the text says which and the chmod to type);
 *           CW_INVALID when it is not such a key; CW_IO; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_signing_key_load(const char *path, struct cw_signing_key **ret_key,
                                                struct cw_error *err);

/** Reads a key that the service manager put into its folder of credentials: as above, but it may
 *  belong to root and be readable by a group, which is how systemd spells "by this service alone".
 *  Nobody but its owner may write it, and others may not read it. */
CW_NODISCARD enum cw_status cw_signing_key_load_credential(const char *path,
                                                           struct cw_signing_key **ret_key,
                                                           struct cw_error *err);

/** Spellings of a public key (alerts.md section 5.1). */
enum cw_key_format {
    CW_KEY_JWK,
    CW_KEY_KID,
    CW_KEY_PEM,
    CW_KEY_SSH,
    CW_KEY_WHPK,
    CW_KEY_VKEY, /* needs a name */
};

void cw_public_key_kid(const struct cw_public_key *key, char ret_kid[static CW_KID_TEXT_BYTES]);
/** Appends the spelling, without a final newline except PEM.
 *  In:  name  for CW_KEY_VKEY: the key name (C2SP signed-note), not empty, without white space and
 *             "+" (the caller has checked); else ignored, may be empty. */
void cw_public_key_format(struct cw_buf *out, const struct cw_public_key *key,
                          enum cw_key_format format, struct cw_span name);

/** A webhook secret `whsec_<base64>` of 24..64 decoded bytes; locked memory. */
struct cw_webhook_secret;
CW_NODISCARD enum cw_status cw_webhook_secret_load(const char *path,
                                                   struct cw_webhook_secret **ret_secret,
                                                   struct cw_error *err);
CW_NODISCARD enum cw_status cw_webhook_secret_parse(struct cw_span text,
                                                    struct cw_webhook_secret **ret_secret,
                                                    struct cw_error *err);
void cw_webhook_secret_free(struct cw_webhook_secret *secret);
void cw_webhook_secret_hmac(const struct cw_webhook_secret *secret, struct cw_span message,
                            uint8_t ret_mac[static 32]);
/** Reads a small secret text file (bearer token) under the same permission rules as a key; trimmed.
 *  Out: ret_text  initialised by the caller. */
CW_NODISCARD enum cw_status cw_secret_text_load(const char *path, struct cw_buf *ret_text,
                                                struct cw_error *err);

#endif
