/* verify_world.h: trusted sets, files signed for a test, and one run of the verification. */
#ifndef CW_TESTS_VERIFY_WORLD_H
#define CW_TESTS_VERIFY_WORLD_H

#include "alert_world.h"

enum { TEXT_MAX = 1 << 19, SETS_MAX = 3 };

#define KID_ALERT "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao"
#define IAT       1795144502

/* ---- trust, and a run of the verification ---- */

struct run {
    struct cw_key_set *sets[SETS_MAX];
    size_t sets_count;
    struct cw_verification found;
    struct cw_buf body;
    struct cw_error err;
};

static void run_begin(struct run *run)
{
    *run = (struct run){.sets_count = 0};
    cw_buf_init(&run->body, TEXT_MAX);
}

/* Trusts a set of the fixtures in which `from`, if any, was replaced. */
static void trust(struct run *run, const char *name, const char *from, const char *to)
{
    struct cw_buf file;
    struct cw_buf text;
    cw_buf_init(&text, TEXT_MAX);
    CU_ASSERT_FATAL(
        replace(&text, fixture(name, &file), from == NULL ? "{" : from, to == NULL ? "{" : to));
    CU_ASSERT_FATAL(run->sets_count < SETS_MAX);
    CU_ASSERT_EQUAL_FATAL(
        cw_key_set_parse(cw_buf_as_span(&text), name, &run->sets[run->sets_count++], &run->err),
        CW_OK);
    cw_buf_clear(&text);
    cw_buf_clear(&file);
}

static enum cw_status verify(struct run *run, struct cw_span file, struct cw_span detached)
{
    const struct cw_key_set *sets[SETS_MAX] = {run->sets[0], run->sets[1], run->sets[2]};
    cw_buf_reset(&run->body);
    cw_error_clear(&run->err);
    const enum cw_status status =
        cw_seal_verify(file, detached, &(struct cw_trust){.sets = sets, .count = run->sets_count},
                       &run->found, &run->body, &run->err);
    CW_CHECK((status == CW_OK) == (run->body.len > 0), "content without a valid file");
    CW_CHECK((status == CW_OK) == (run->err.text[0] == '\0'), "status %d: %s", (int)status,
             run->err.text);
    return status;
}

static void run_end(struct run *run)
{
    for (size_t i = 0; i < run->sets_count; i++) {
        cw_key_set_free(run->sets[i]);
    }
    cw_buf_clear(&run->body);
}

/* ---- files made for a test ---- */

struct signer {
    const char *seed;
    const char *header; /* JSON of the protected header, with %s for the kid */
};

#define HEADER(purpose, iat)                                                                       \
    "{\"alg\":\"Ed25519\",\"cty\":\"cloudevents+json\",\"cw_purpose\":\"" purpose                  \
    "\",\"iat\":" iat ",\"kid\":\"%s\",\"typ\":\"cryptowatch-alert+jws\"}"
#define ISSUE HEADER("issue", "1795144502")

static void put_signature(struct cw_buf *out, const struct signer *signer, struct cw_span payload)
{
    char json[1024];
    char kid[CW_KID_TEXT_BYTES];
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    struct cw_buf input;
    struct cw_signing_key *key = key_of(signer->seed);
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_public_key_kid(&public_key, kid);
    const char *mark = strstr(signer->header, "%s");
    const int before = mark == NULL ? (int)strlen(signer->header) : (int)(mark - signer->header);
    (void)snprintf(json, sizeof(json), "%.*s%s%s", before, signer->header, mark == NULL ? "" : kid,
                   mark == NULL ? "" : mark + 2);
    cw_buf_init(&input, TEXT_MAX);
    cw_base64_encode(&input, CW_BASE64_URL, cw_span_cstr(json));
    cw_buf_str(out, "{\"protected\":\"");
    cw_buf_span(out, cw_buf_as_span(&input));
    cw_buf_char(&input, '.');
    cw_buf_span(&input, payload);
    cw_sign(key, cw_buf_as_span(&input), signature);
    cw_buf_str(out, "\",\"signature\":\"");
    cw_base64_encode(out, CW_BASE64_URL, cw_span_make(signature, sizeof(signature)));
    cw_buf_str(out, "\"}");
    cw_buf_clear(&input);
    cw_signing_key_free(key);
}

/* A general JSON file over any bytes, with honest signatures over whatever headers. */
static void seal_with(struct cw_buf *out, struct cw_span body, const struct signer *signers,
                      size_t count)
{
    struct cw_buf payload;
    cw_buf_init(&payload, TEXT_MAX);
    cw_buf_init(out, TEXT_MAX);
    cw_base64_encode(&payload, CW_BASE64_URL, body);
    cw_buf_str(out, "{\"payload\":\"");
    cw_buf_span(out, cw_buf_as_span(&payload));
    cw_buf_str(out, "\",\"signatures\":[");
    for (size_t i = 0; i < count; i++) {
        cw_buf_str(out, i == 0 ? "" : ",");
        put_signature(out, &signers[i], cw_buf_as_span(&payload));
    }
    cw_buf_str(out, "]}");
    CU_ASSERT_EQUAL_FATAL(cw_buf_status(out, NULL), CW_OK);
    cw_buf_clear(&payload);
}

/* Verifies example 001 under these signers. */
static inline enum cw_status verify_signed(struct run *run, const struct signer *signers,
                                           size_t count)
{
    struct cw_buf body;
    struct cw_buf file;
    seal_with(&file, fixture(IN_001, &body), signers, count);
    const enum cw_status status = verify(run, cw_buf_as_span(&file), (struct cw_span){NULL, 0});
    cw_buf_clear(&file);
    cw_buf_clear(&body);
    return status;
}

#endif
