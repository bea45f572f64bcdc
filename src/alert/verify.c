#include "alert/internal.h"
#include "alert/jws.h"
#include "alert/key_set.h"
#include "alert/receipt.h"
#include "alert/strict.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

static_assert(CW_JWS_SIGNATURES_MAX == sizeof(((struct cw_verification *)0)->signatures) /
                                           sizeof(struct cw_signature_report),
              "a report for each signature that may be read");

/* The bytes that were signed, in both spellings. */
struct signed_bytes {
    struct cw_buf body;
    struct cw_buf payload; /* base64url, when the body came beside the file */
    struct cw_span payload_text;
};

/* ---- the body ---- */

static enum cw_status decode_payload(const struct cw_jws *jws, struct signed_bytes *bytes,
                                     struct cw_error *err)
{
    bytes->payload_text = jws->payload_text;
    if (cw_base64_decode(&bytes->body, CW_BASE64_URL, jws->payload_text)) {
        return CW_OK;
    }
    switch (bytes->body.failed) {
    case CW_NOMEM:
        return cw_error_set(err, CW_NOMEM, "not enough memory");
    case CW_LIMIT:
        return cw_error_set(err, CW_UNTRUSTED, "payload: longer than %zu bytes", bytes->body.max);
    case CW_OK:
    case CW_INVALID:
    case CW_UNTRUSTED:
    case CW_TEMPORARY:
    case CW_NOT_FOUND:
    case CW_BUSY:
    case CW_DENIED:
    case CW_IO:
    case CW_STATE:
        break;
    }
    return cw_error_set(err, CW_UNTRUSTED, "payload: not canonical base64url");
}

static enum cw_status encode_body(struct cw_span detached, struct signed_bytes *bytes,
                                  struct cw_error *err)
{
    if (detached.len > bytes->body.max) {
        return cw_error_set(err, CW_UNTRUSTED, "body: longer than %zu bytes", bytes->body.max);
    }
    cw_buf_span(&bytes->body, detached);
    cw_base64_encode(&bytes->payload, CW_BASE64_URL, detached);
    bytes->payload_text = cw_buf_as_span(&bytes->payload);
    if (cw_buf_status(&bytes->body, NULL) != CW_OK ||
        cw_buf_status(&bytes->payload, NULL) != CW_OK) {
        return cw_error_set(err, CW_NOMEM, "not enough memory");
    }
    return CW_OK;
}

static enum cw_status take_body(const struct cw_jws *jws, struct cw_span detached,
                                struct signed_bytes *bytes, struct cw_error *err)
{
    if (!jws->has_payload && detached.len == 0) {
        return cw_error_set(err, CW_NOT_FOUND,
                            "the signature is detached: the signed bytes are needed, too");
    }
    if (!jws->has_payload) {
        return encode_body(detached, bytes, err);
    }
    const enum cw_status status = decode_payload(jws, bytes, err);
    if (status == CW_OK && detached.len > 0 &&
        !cw_span_equal(detached, cw_buf_as_span(&bytes->body))) {
        return cw_error_set(err, CW_UNTRUSTED, "the body beside the file is not its payload");
    }
    return status;
}

/* ---- signatures ---- */

/* What all sets together say of the key of one signature. */
struct key_word {
    const struct cw_public_key *key; /* NULL: none knows it */
    enum cw_signature_state state;
    enum cw_signature_state otherwise; /* had no set called it compromised */
    int64_t compromised_at_s;          /* the earliest time that one names */
};

/* A key may stand in several sets, one of them an old copy. The strictest word counts, so that a
 * revocation holds as soon as one set knows of it. */
static struct key_word judge_key(const struct cw_trust *trust, const struct cw_jws_header *header)
{
    struct key_word word = {.state = CW_SIGNATURE_UNKNOWN_KEY,
                            .otherwise = CW_SIGNATURE_GOOD,
                            .compromised_at_s = INT64_MAX};
    for (size_t i = 0; i < trust->count; i++) {
        const struct cw_key_entry *entry = cw_key_set_find(trust->sets[i], header->kid);
        if (entry == NULL) {
            continue;
        }
        const enum cw_signature_state one = cw_key_entry_judge(entry, header->iat_s);
        const enum cw_signature_state times =
            one == CW_SIGNATURE_COMPROMISED ? cw_key_entry_judge_times(entry, header->iat_s) : one;
        word.state = word.key == NULL || one > word.state ? one : word.state;
        word.otherwise = times > word.otherwise ? times : word.otherwise;
        word.key = &entry->key;
        if (one == CW_SIGNATURE_COMPROMISED && entry->revoked_at_s < word.compromised_at_s) {
            word.compromised_at_s = entry->revoked_at_s;
        }
    }
    return word;
}

/* alerts.md section 5.3: a thief can invent iat, but not what a witness saw before the theft. */
static bool is_saved(const struct key_word *word, const struct cw_jws_element *element,
                     const struct cw_witnessed *witnessed)
{
    return word->state == CW_SIGNATURE_COMPROMISED && witnessed != NULL &&
           witnessed->at_s < word->compromised_at_s &&
           strcmp(element->header.purpose, CW_JWS_ISSUE) == 0 &&
           memcmp(element->signature, witnessed->signature, sizeof(element->signature)) == 0;
}

/* What is judged, and what is known beside the sets: NULL unless a proof was looked at. */
struct judging {
    const struct cw_trust *trust;
    const struct cw_witnessed *witnessed;
    struct cw_span payload_text;
};

static enum cw_status judge_element(const struct judging *judging,
                                    const struct cw_jws_element *element,
                                    struct cw_signature_report *report, struct cw_error *err)
{
    const struct key_word word = judge_key(judging->trust, &element->header);
    report->state = word.state;
    if (word.state == CW_SIGNATURE_UNKNOWN_KEY) {
        return CW_OK;
    }
    struct cw_buf input;
    cw_buf_init(&input, CW_JWS_BYTES_MAX);
    cw_jws_signing_input(&input, element->protected_text, judging->payload_text);
    const enum cw_status status = cw_buf_status(&input, NULL);
    if (status == CW_OK &&
        !cw_sign_is_valid(word.key, cw_buf_as_span(&input), element->signature)) {
        report->state = CW_SIGNATURE_BAD;
    } else if (is_saved(&word, element, judging->witnessed)) {
        report->state = word.otherwise;
        report->is_saved = word.otherwise == CW_SIGNATURE_GOOD;
    }
    cw_buf_clear(&input);
    return status == CW_OK ? CW_OK : cw_error_set(err, CW_NOMEM, "not enough memory");
}

/* Fills a report for every element, also after a bad one: the reader wants to know whose it is. */
static enum cw_status judge_all(const struct judging *judging, const struct cw_jws *jws,
                                struct cw_verification *ret, struct cw_error *err)
{
    size_t bad = 0;
    ret->signatures_count = 0;
    for (size_t i = 0; i < jws->count; i++) {
        const struct cw_jws_header *header = &jws->elements[i].header;
        struct cw_signature_report *report = &ret->signatures[i];
        *report = (struct cw_signature_report){.iat_s = header->iat_s};
        memcpy(report->kid, header->kid, sizeof(report->kid));
        memcpy(report->purpose, header->purpose, sizeof(report->purpose));
        const enum cw_status status = judge_element(judging, &jws->elements[i], report, err);
        if (status != CW_OK) {
            return status;
        }
        ret->signatures_count++;
        bad = bad == 0 && report->state == CW_SIGNATURE_BAD ? i + 1 : bad;
    }
    return bad == 0 ? CW_OK
                    : cw_error_set(err, CW_UNTRUSTED,
                                   "signature %zu: its key did not sign these bytes", bad);
}

static bool is_issue(const struct cw_signature_report *report)
{
    return strcmp(report->purpose, CW_JWS_ISSUE) == 0;
}

static size_t issues_in(const struct cw_verification *found, enum cw_signature_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < found->signatures_count; i++) {
        count += is_issue(&found->signatures[i]) && found->signatures[i].state == state ? 1 : 0;
    }
    return count;
}

/* Before anything of the body is looked at: is there an issuer that we know, in force? */
static enum cw_status check_issuers(const struct cw_verification *found, struct cw_error *err)
{
    if (issues_in(found, CW_SIGNATURE_GOOD) > 0) {
        return CW_OK;
    }
    if (issues_in(found, CW_SIGNATURE_COMPROMISED) > 0) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "the issuing key was revoked as compromised: no signature of it is "
                            "good by itself, but for one in a log proof that a trusted witness "
                            "cosigned before");
    }
    if (issues_in(found, CW_SIGNATURE_OUT_OF_TIME) > 0) {
        return cw_error_set(err, CW_UNTRUSTED, "the issuing key was not in force when it signed");
    }
    if (issues_in(found, CW_SIGNATURE_UNKNOWN_KEY) > 0) {
        return cw_error_set(err, CW_NOT_FOUND, "the issuing key is in none of the trusted sets");
    }
    return cw_error_set(err, CW_UNTRUSTED,
                        "no signature is an issuer's: countersignatures make no alert");
}

/* ---- the source ---- */

static bool speaks_for(const struct cw_trust *trust, const char *kid, struct cw_span source)
{
    for (size_t i = 0; i < trust->count; i++) {
        if (cw_key_set_find(trust->sets[i], kid) != NULL &&
            cw_key_set_speaks_for(trust->sets[i], source)) {
            return true;
        }
    }
    return false;
}

static bool counts_as_issuer(const struct cw_signature_report *report)
{
    return is_issue(report) && report->state == CW_SIGNATURE_GOOD && report->is_source_trusted;
}

static bool counts_as_signer(const struct cw_signature_report *report)
{
    const bool vouches =
        strcmp(report->purpose, "verified") == 0 || strcmp(report->purpose, "concur") == 0;
    return counts_as_issuer(report) || (vouches && report->state == CW_SIGNATURE_GOOD);
}

/* How many different keys are in elements that count: keys count, not elements. */
static size_t count_keys(const struct cw_verification *found,
                         bool (*counts)(const struct cw_signature_report *report))
{
    size_t count = 0;
    for (size_t i = 0; i < found->signatures_count; i++) {
        bool is_new = counts(&found->signatures[i]);
        for (size_t k = 0; is_new && k < i; k++) {
            is_new = !counts(&found->signatures[k]) ||
                     strcmp(found->signatures[k].kid, found->signatures[i].kid) != 0;
        }
        count += is_new ? 1 : 0;
    }
    return count;
}

static enum cw_status check_source(const struct cw_trust *trust, struct cw_span body,
                                   struct cw_verification *found, struct cw_error *err)
{
    json_t *event = NULL;
    const enum cw_status status = cw_strict_object(body, body.len, &event, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_span source = cw_body_text(event, NULL, "source");
    for (size_t i = 0; i < found->signatures_count; i++) {
        struct cw_signature_report *report = &found->signatures[i];
        report->is_source_trusted = speaks_for(trust, report->kid, source);
    }
    found->issuers = count_keys(found, counts_as_issuer);
    found->signers = count_keys(found, counts_as_signer);
    json_decref(event);
    return found->issuers > 0 ? CW_OK
                              : cw_error_set(err, CW_UNTRUSTED,
                                             "no key that may issue for its source has signed it");
}

/* ---- the story ---- */

/* Only when nothing else can help: a proof is asked for what the keys leave open. */
static enum cw_status ask_the_log(const struct judging *judging, const struct cw_jws *jws,
                                  struct cw_span body, struct cw_verification *ret,
                                  struct cw_error *err)
{
    const struct cw_trust *trust = judging->trust;
    struct cw_witnessed witnessed = {.at_s = INT64_MAX};
    if (trust->prove == NULL || issues_in(ret, CW_SIGNATURE_GOOD) > 0 ||
        issues_in(ret, CW_SIGNATURE_COMPROMISED) == 0) {
        return CW_OK;
    }
    const enum cw_status status = trust->prove(trust->ctx, body, &witnessed, err);
    if (status != CW_OK) {
        return status;
    }
    const struct judging with_proof = {trust, &witnessed, judging->payload_text};
    return judge_all(&with_proof, jws, ret, err);
}

static enum cw_status verify(const struct cw_trust *trust, const struct cw_jws *jws,
                             struct cw_span detached, struct signed_bytes *bytes,
                             struct cw_verification *ret, struct cw_error *err)
{
    enum cw_status status = take_body(jws, detached, bytes, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_span body = cw_buf_as_span(&bytes->body);
    const struct judging judging = {.trust = trust, .payload_text = bytes->payload_text};
    ret->has_body = true;
    cw_sha256_hex(body, ret->body_sha256);
    status = judge_all(&judging, jws, ret, err);
    if (status == CW_OK) {
        status = ask_the_log(&judging, jws, body, ret, err);
    }
    if (status == CW_OK) {
        status = check_issuers(ret, err);
    }
    if (status == CW_OK) {
        status = ret->kind == CW_SEAL_RECEIPT ? cw_receipt_check_body(body, err)
                                              : cw_alert_check_body(body, err);
    }
    return status == CW_OK ? check_source(trust, body, ret, err) : status;
}

enum cw_status cw_seal_verify(struct cw_span file, struct cw_span detached_body,
                              const struct cw_trust *trust, struct cw_verification *ret,
                              struct cw_buf *ret_body, struct cw_error *err)
{
    struct cw_jws jws;
    struct signed_bytes bytes = {.payload_text = {NULL, 0}};
    *ret = (struct cw_verification){.signatures_count = 0};
    cw_buf_init(&bytes.body, 0);
    cw_buf_init(&bytes.payload, CW_JWS_BYTES_MAX);
    enum cw_status status = cw_jws_read(file, &jws, err);
    if (status == CW_OK) {
        ret->kind = jws.elements[0].header.kind;
        cw_buf_init(&bytes.body, cw_seal_bytes_max(ret->kind));
        status = verify(trust, &jws, detached_body, &bytes, ret, err);
    }
    if (status == CW_OK) {
        cw_buf_span(ret_body, cw_buf_as_span(&bytes.body));
        status = cw_buf_status(ret_body, err);
    }
    cw_jws_clear(&jws);
    cw_buf_clear(&bytes.body);
    cw_buf_clear(&bytes.payload);
    return status;
}
