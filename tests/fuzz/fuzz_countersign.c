/* Any bytes as a file that a partner countersigns: what is added is one signature by our key over
 * the same payload, it is not added twice, and a file that was valid stays so. A file that begins
 * with a blank is also offered as the body beside itself. */
#include "alert/seal.h"
#include "base/limits.h"
#include "base/text.h"
#include "fuzz.h"

/* Public test keys: the issuer's, and the seed of the partner's with its set. */
static const char issuer_set[] = "{\"keys\":[{\"crv\":\"Ed25519\",\"kty\":\"OKP\","
                                 "\"x\":\"ciJ8xCePrKuX6cIV1eV8pmyObwsPBwmWDfpenmxZRTg\"}],"
                                 "\"sources\":[\"https://scanner.agency.example/cryptowatch\","
                                 "\"https://scanner.agency.example/cw\"]}";
static const char partner_seed[] =
    "2ca3da3a05727e1f05b9c0ea7667821c8457020b300d1d98af9b30e7faa35da5";
static const int64_t IAT_S = 1795165200;

struct world {
    struct cw_signing_key *key;
    struct cw_key_set *both[2];
};

static void make_world(struct world *ret)
{
    static const char *const no_sources[] = {NULL};
    uint8_t seed[CW_ED25519_SEED_BYTES];
    struct cw_buf text;
    CW_ASSERT(cw_hex_decode(cw_span_cstr(partner_seed), seed, sizeof(seed)));
    ret->key = cw_signing_key_new(seed);
    CW_ASSERT(ret->key != NULL);
    CW_ASSERT(cw_key_set_parse(CW_SPAN(issuer_set), "issuer", &ret->both[0], NULL) == CW_OK);
    const struct cw_key_record record = {.key = cw_signing_key_public(ret->key),
                                         .iat_s = IAT_S,
                                         .nbf_s = IAT_S,
                                         .exp_s = IAT_S + 86400};
    cw_buf_init(&text, CW_JWS_BYTES_MAX);
    CW_ASSERT(cw_key_set_write(&record, 1, no_sources, &text, NULL) == CW_OK);
    CW_ASSERT(cw_key_set_parse(cw_buf_as_span(&text), "partner", &ret->both[1], NULL) == CW_OK);
    cw_buf_clear(&text);
}

static void clear_world(struct world *world)
{
    cw_signing_key_free(world->key);
    cw_key_set_free(world->both[0]);
    cw_key_set_free(world->both[1]);
}

static enum cw_status verify(const struct world *world, struct cw_span file, struct cw_span beside,
                             struct cw_verification *ret)
{
    const struct cw_key_set *const sets[] = {world->both[0], world->both[1]};
    struct cw_buf body;
    cw_buf_init(&body, CW_RECEIPT_BYTES_MAX);
    const enum cw_status status = cw_seal_verify(
        file, beside, &(struct cw_trust){.sets = sets, .count = CW_COUNT(sets)}, ret, &body, NULL);
    cw_buf_clear(&body);
    return status;
}

/* Ours is the last, and the file is valid if it was. */
static void judge_signed(const struct world *world, struct cw_span file, struct cw_span beside,
                         struct cw_span made)
{
    struct cw_verification before;
    struct cw_verification after;
    const enum cw_status was = verify(world, file, beside, &before);
    const enum cw_status is = verify(world, made, beside, &after);
    CW_ASSERT(made.len <= CW_JWS_BYTES_MAX);
    /* none are counted where the payload cannot be decoded: that is the caller's to look at */
    CW_ASSERT(after.signatures_count ==
              before.signatures_count + (before.signatures_count > 0 ? 1u : 0u));
    fuzz_accept("signed");
    if (was == CW_OK) {
        CW_ASSERT(is == CW_OK);
        CW_ASSERT(after.issuers == before.issuers);
        CW_ASSERT(after.signers >= before.signers);
        CW_ASSERT(strcmp(after.body_sha256, before.body_sha256) == 0);
        CW_ASSERT(after.signatures[after.signatures_count - 1].state == CW_SIGNATURE_GOOD);
        fuzz_accept("verified");
    }
}

static void countersign(const struct world *world, struct cw_span file, struct cw_span beside,
                        enum cw_countersign_purpose purpose)
{
    const struct cw_countersigner who = {world->key, purpose, IAT_S};
    struct cw_buf made;
    struct cw_buf again;
    struct cw_error err = {0};
    cw_buf_init(&made, CW_JWS_BYTES_MAX);
    cw_buf_init(&again, CW_JWS_BYTES_MAX);
    const enum cw_status status = cw_seal_countersign(file, beside, &who, &made, &err);
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    CW_ASSERT((status == CW_OK) == (made.len > 0));
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED || status == CW_NOT_FOUND ||
              status == CW_INVALID || status == CW_LIMIT);
    if (status == CW_OK) {
        judge_signed(world, file, beside, cw_buf_as_span(&made));
        const enum cw_status twice =
            cw_seal_countersign(cw_buf_as_span(&made), beside, &who, &again, NULL);
        CW_ASSERT(twice == CW_INVALID || twice == CW_LIMIT);
        CW_ASSERT(again.len == 0);
    }
    cw_buf_clear(&made);
    cw_buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum cw_countersign_purpose purposes[] = {
        CW_COUNTERSIGN_RECEIVED, CW_COUNTERSIGN_VERIFIED, CW_COUNTERSIGN_CONCUR};
    struct world world = {.key = NULL};
    const struct cw_span file = cw_span_make(data, size);
    const struct cw_span beside = size > 0 && data[0] == ' ' ? file : CW_SPAN("");
    make_world(&world);
    for (size_t i = 0; i < CW_COUNT(purposes); i++) {
        countersign(&world, file, beside, purposes[i]);
    }
    clear_world(&world);
    return 0;
}
