/* jws.h: the four shapes of the same signatures (alerts.md section 4.1), taken apart.
 *
 * Knows JOSE. Refuses to know keys and what was signed. Everything that does not depend on a key is
 * settled here: after cw_jws_read each element has one of our algorithms, our types, a purpose, a
 * time, a key id and 64 bytes of signature.
 */
#ifndef CW_ALERT_JWS_H
#define CW_ALERT_JWS_H

#include <jansson.h>

#include "alert/seal.h"
#include "base/limits.h"
#include "crypto/sign.h"

#define CW_JWS_ISSUE "issue"

enum { CW_JWS_PURPOSE_BYTES = 16, CW_JWS_HEADER_BYTES_MAX = 1024 };

struct cw_jws_header {
    char kid[CW_KID_TEXT_BYTES];
    char purpose[CW_JWS_PURPOSE_BYTES];
    int64_t iat_s;
    enum cw_seal_kind kind; /* typ and cty */
};

/** Reads the JSON of a protected header: exactly the members alg, cty, cw_purpose, iat, kid and
 *  typ, each with a value that we know.
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_jws_header_read(struct cw_span json, struct cw_jws_header *ret,
                                               struct cw_error *err);
/** Appends the canonical JSON of a header. */
void cw_jws_header_write(struct cw_buf *out, const struct cw_jws_header *header);

struct cw_jws_element {
    struct cw_span protected_text; /* base64url, as it was signed */
    struct cw_span signature_text;
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    struct cw_jws_header header;
};

/** A signature file. Texts are borrowed from the file or from `root`, which owns them. */
struct cw_jws {
    json_t *root; /* NULL for the compact shapes */
    bool has_payload;
    struct cw_span payload_text; /* base64url; if has_payload */
    size_t count;                /* at least 1, all of one kind */
    struct cw_jws_element elements[CW_JWS_SIGNATURES_MAX];
};

/** Reads any of the shapes; the file must outlive *ret.
 *  Out:     ret  set in any case; end with cw_jws_clear
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_jws_read(struct cw_span file, struct cw_jws *ret,
                                        struct cw_error *err);
void cw_jws_clear(struct cw_jws *jws);

/** Appends the bytes that an element signs: protected "." payload. */
void cw_jws_signing_input(struct cw_buf *out, struct cw_span protected_text,
                          struct cw_span payload_text);

/** Signs one element and verifies what it made.
 *  In:      header        without kid, which is filled in
 *           payload_text  base64url, as it stands in the file
 *  Out:     ret_header, ret_signature  appended: the two texts of the element
 *  Returns: CW_OK; CW_STATE when the fresh signature does not verify; CW_NOMEM, CW_LIMIT. */
CW_NODISCARD enum cw_status cw_jws_sign(const struct cw_signing_key *key,
                                        struct cw_jws_header *header, struct cw_span payload_text,
                                        struct cw_buf *ret_header, struct cw_buf *ret_signature,
                                        struct cw_error *err);
/** Appends an element of `signatures`. */
void cw_jws_put_element(struct cw_buf *out, struct cw_span header_text,
                        struct cw_span signature_text);

#endif
