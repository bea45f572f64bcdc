/* seal.h: the signature at rest: JWS general JSON over the canonical bytes (alerts.md section 4).
 *
 * Knows JOSE headers, the four shapes of the same signatures and key sets. Refuses to know where
 * keys are stored and what an alert means. Signed bytes are produced once, stored, and sent as they
 * are: nothing here re-serialises a body.
 */
#ifndef CW_ALERT_SEAL_H
#define CW_ALERT_SEAL_H

#include "base/buf.h"
#include "crypto/sign.h"

/** What is sealed: told apart by `typ` in the signed header, so that no signature over the one can
 *  be passed off as one over the other. */
enum cw_seal_kind {
    CW_SEAL_ALERT,   /* cryptowatch-alert+jws, cloudevents+json */
    CW_SEAL_RECEIPT, /* cryptowatch-receipt+jws, json */
};
/** The longest body of a kind: CW_ALERT_BYTES_MAX, CW_RECEIPT_BYTES_MAX. */
size_t cw_seal_bytes_max(enum cw_seal_kind kind);

struct cw_sealing {
    struct cw_span body; /* canonical bytes, checked by the caller */
    int64_t iat_s;       /* signing time */
};
/** Signs as the issuer; see cw_seal. */
CW_NODISCARD enum cw_status cw_seal_as(enum cw_seal_kind kind, const struct cw_signing_key *key,
                                       const struct cw_sealing *what, struct cw_buf *ret_jws,
                                       struct cw_buf *ret_detached, struct cw_error *err);

/** Signs B as its issuer.
 *  In:      body   canonical bytes, checked by the caller
 *           iat_s  signing time
 *  Out:     ret_jws       appended: the canonical general JSON serialisation
 *           ret_detached  appended (may be NULL): `protected..signature`, the delivery header */
CW_NODISCARD enum cw_status cw_seal(const struct cw_signing_key *key, struct cw_span body,
                                    int64_t iat_s, struct cw_buf *ret_jws,
                                    struct cw_buf *ret_detached, struct cw_error *err);

/** The detached compact form of the issuing signature of a stored JWS. */
CW_NODISCARD enum cw_status cw_seal_detached(struct cw_span jws, struct cw_buf *ret_detached,
                                             struct cw_error *err);

/** What a partner says by countersigning (alerts.md section 4.1). */
enum cw_countersign_purpose {
    CW_COUNTERSIGN_RECEIVED, /* we got this */
    CW_COUNTERSIGN_VERIFIED, /* signature and log checked */
    CW_COUNTERSIGN_CONCUR,   /* we found the same from our own snapshot */
};
bool cw_countersign_purpose_parse(struct cw_span name, enum cw_countersign_purpose *ret);

struct cw_countersigner {
    const struct cw_signing_key *key;
    enum cw_countersign_purpose purpose;
    int64_t iat_s;
};
/** Adds one signature over the same payload; the earlier ones stay word for word. Whether the file
 *  deserves it is the caller's to check, before.
 *  In:      detached_body  the signed bytes when the file has no payload
 *  Out:     ret_jws        appended: general JSON, with a payload when the file had one
 *  Returns: CW_OK; CW_UNTRUSTED when it is no signature file, or its payload no base64url;
 *           CW_NOT_FOUND without the signed bytes; CW_INVALID when this key said the same before;
 *           CW_LIMIT, CW_STATE, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_seal_countersign(struct cw_span file, struct cw_span detached_body,
                                                const struct cw_countersigner *who,
                                                struct cw_buf *ret_jws, struct cw_error *err);

enum { CW_KEY_SET_KEYS_MAX = 256, CW_KEY_SET_SOURCES_MAX = 32 };

/** A JWK set: keys somebody published (alerts.md section 5.3). */
struct cw_key_set;
/** Reads a JWK set; CW_INVALID with a sentence when it is not one. `name` stands in reports. */
CW_NODISCARD enum cw_status cw_key_set_parse(struct cw_span text, const char *name,
                                             struct cw_key_set **ret, struct cw_error *err);
void cw_key_set_free(struct cw_key_set *set);
void cw_key_set_freep(struct cw_key_set **set);
/** May this key sign alerts of this source, on the word of the set? Times are not asked: a clock
 * that is wrong must not silence a scan. Returns: CW_OK; CW_INVALID with what is missing: the key,
 * its validity, or the source. */
CW_NODISCARD enum cw_status cw_key_set_allows(const struct cw_key_set *set, const char *kid,
                                              const char *source, struct cw_error *err);

/** One published key with its times, to write a set. */
struct cw_key_record {
    struct cw_public_key key;
    int64_t iat_s;
    int64_t nbf_s;
    int64_t exp_s;
    const char *revoked_reason; /* NULL: not revoked */
    int64_t revoked_at_s;
};
/** Appends a JWK set as pretty JSON with `sources`, readable by cw_key_set_parse. */
CW_NODISCARD enum cw_status cw_key_set_write(const struct cw_key_record *keys, size_t keys_count,
                                             const char *const *sources, struct cw_buf *out,
                                             struct cw_error *err);

enum cw_signature_state {
    CW_SIGNATURE_GOOD,
    CW_SIGNATURE_UNKNOWN_KEY, /* kid in no set: ignored and reported */
    CW_SIGNATURE_BAD,         /* a known key did not sign this: the file is invalid */
    CW_SIGNATURE_OUT_OF_TIME, /* iat outside nbf..exp, or after a revocation */
    CW_SIGNATURE_COMPROMISED, /* key revoked as compromised: not good by itself */
};

struct cw_signature_report {
    char kid[CW_KID_TEXT_BYTES];
    char purpose[16]; /* issue, received, verified, concur */
    int64_t iat_s;
    enum cw_signature_state state;
    bool is_source_trusted; /* the key's set may issue for the alert's source */
    bool is_saved; /* GOOD, though its key was compromised later: a witness saw it before */
};

/** What a verification found (alerts.md section 14). */
struct cw_verification {
    struct cw_signature_report signatures[64];
    size_t signatures_count;
    size_t issuers; /* distinct good issuing keys trusted for the source */
    size_t signers; /* distinct good keys that issued, verified or concur: "received" vouches for
                       nothing */
    enum cw_seal_kind kind; /* once the file could be read */
    bool has_body;
    char body_sha256[65];
};

/** An issuing signature that stood in a log when a witness looked. */
struct cw_witnessed {
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    int64_t at_s; /* of the earliest good cosignature by a trusted witness; INT64_MAX: of none */
};

/** The key sets that a verification trusts, in no order; borrowed. */
struct cw_trust {
    const struct cw_key_set *const *sets;
    size_t count;
    /** May be NULL. Asked when no issuing signature is good and one is of a key that was revoked as
     *  compromised: does a log proof show that one of them is older (alerts.md section 5.3)?
     *  In:      body  not checked yet: not to be shown
     *  Returns: CW_OK with what the proof shows; anything else ends the verification with it. */
    enum cw_status (*prove)(void *ctx, struct cw_span body, struct cw_witnessed *ret,
                            struct cw_error *err);
    void *ctx;
};

/** Verifies an alert or a receipt in any of the shapes: general JSON with payload, general JSON
 * without payload (then `detached_body` is needed), compact, detached compact. In:      trust
 * trusted key sets; detached_body  empty when the payload is attached Out:     ret   always filled
 * as far as the check came ret_body  appended only when the file is valid (never show content
 * before that) Returns: CW_OK valid; CW_UNTRUSTED invalid, with the first reason; CW_NOT_FOUND
 * could not check (no known key, no body); CW_NOMEM. */
CW_NODISCARD enum cw_status cw_seal_verify(struct cw_span file, struct cw_span detached_body,
                                           const struct cw_trust *trust,
                                           struct cw_verification *ret, struct cw_buf *ret_body,
                                           struct cw_error *err);

#endif
