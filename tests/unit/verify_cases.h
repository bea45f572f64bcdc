/* verify_cases.h: files, headers and signers that must be refused, and the few beside them that
 * must not. */
#ifndef CW_TESTS_VERIFY_CASES_H
#define CW_TESTS_VERIFY_CASES_H

#include "verify_world.h"

/* In the file, the first `from` becomes `to`; `why` is part of the message that must come. */
static const struct {
    const char *file;
    const char *from;
    const char *to;
    const char *why;
} tampered[] = {
    {"001-listed.jws.json", "\"payload\":\"eyJkYXRh", "\"payload\":\"eyJkYXRi", "did not sign"},
    {"001-listed.jws.json", "kZHJlc3MubGlzdGVkIn0", "kZHJlc3MubGlzdGVkIn1", "payload: not canon"},
    {"001-listed.jws.json", "kZHJlc3MubGlzdGVkIn0", "kZHJlc3MubGlzdGVkIn0=", "payload: not canon"},
    {"001-listed.jws.json", "kZHJlc3MubGlzdGVkIn0", "kZHJlc3MubGlzdGVkIn0 ", "payload: not canon"},
    {"001-listed.jws.json", "\"payload\":\"eyJk", "\"payload\":\"eyJ+", "payload: not canonical"},
    {"001-listed.jws.json", "\"payload\":\"", "\"payload\":\"AAAA", "did not sign"},
    {"001-listed.jws.json", "\"T9rYq", "\"T9rYr", "did not sign"},
    {"001-listed.jws.json", "VXRpBw\"", "VXRpBx\"", "not 64 bytes in canonical"},
    {"001-listed.jws.json", "VXRpBw\"", "VXRpBw==\"", "not 64 bytes in canonical"},
    {"001-listed.jws.json", "VXRpBw\"", "VXRp\"", "not 64 bytes in canonical"},
    {"001-listed.jws.json", "kx_rkKJ8", "kx/rkKJ8", "not 64 bytes in canonical"},
    {"001-listed.jws.json", "kx_rkKJ8", "kx\\nrkKJ8", "not 64 bytes in canonical"},
    {"001-listed.jws.json", "MTc5NTE0NDUwMi", "MTc5NTE0NDUwNi", "did not sign"},
    {"001-listed.jws.json", "K2p3cyJ9\"", "K2p3cyJ9=\"", "header: not canonical base64url"},
    {"001-listed.jws.json", "\"payload\":", "\"payload\":\"e30\",\"payload\":", "twice"},
    {"001-listed.jws.json", "\"signature\":", "\"signature\":\"\",\"signature\":", "twice"},
    {"001-listed.jws.json",
     "\"signature\":", "\"header\":{\"alg\":\"none\"},\"signature\":", "unprotected member"},
    {"001-listed.jws.json", "{\"payload\"", "{\"note\":\"freeze it\",\"payload\"", "beside"},
    {"001-listed.jws.json", "\"signatures\":[{", "\"signatures\":[7,{",
     "signature 1: no protected"},
    {"001-listed.jws.json", "\"signatures\":[{", "\"signatures\":[{},{",
     "signature 1: no protected"},
    {"001-listed.jws.json", "\"signatures\"", "\"signature\"", "beside"},
    {"001-listed.jws.json", "\"protected\":\"eyJhbGci", "\"protected\":\"", "header: not"},
    {"001-listed.jws.json", "]}", "]}x", "behind"},
    {"001-listed.jws.json", "]}", "]", "too early"},
    {"001-listed.compact.jws", "eyJhbGci", "\xEF\xBB\xBF", "header: not canonical"},
    {"001-listed.compact.jws", ".eyJk", ".eyJl", "did not sign"},
    {"001-listed.compact.jws", ".eyJk", "eyJk", "three parts"},
    {"001-listed.compact.jws", ".T9rY", ".T9rY.", "not 64 bytes"},
    {"001-listed.compact.jws", ".eyJk", ".", "did not sign"},
    {"001-listed.eddsa-compat.jws.json", "\"iQRZ", "\"iQRa", "did not sign"},
    {"001-listed.countersigned.jws.json", "\"qJ-Q", "\"qJ-R", "signature 2: its key did not"},
};

/* Protected headers, each honestly signed over worked example 001. */
#define PLAIN "\"cty\":\"cloudevents+json\",\"cw_purpose\":\"issue\",\"iat\":1795144502,"
#define REST  PLAIN "\"kid\":\"%s\",\"typ\":\"cryptowatch-alert+jws\""

static const struct {
    const char *header;
    const char *why; /* NULL: accepted */
} headers[] = {
    {"{\"alg\":\"Ed25519\"," REST "}", NULL},
    {"{\"alg\":\"EdDSA\"," REST "}", NULL},
    {"{\"alg\":\"none\"," REST "}", "alg"},
    {"{\"alg\":\"HS256\"," REST "}", "alg"},
    {"{\"alg\":\"ed25519\"," REST "}", "alg"},
    {"{\"alg\":\"Ed448\"," REST "}", "alg"},
    {"{\"alg\":[\"Ed25519\"]," REST "}", "alg"},
    {"{" REST "}", "alg"},
    {"{\"alg\":\"Ed25519\",\"alg\":\"Ed25519\"," REST "}", "twice"},
    {"{\"alg\":\"Ed25519\",\"crit\":[\"exp\"]," REST "}", "crit is forbidden"},
    {"{\"alg\":\"Ed25519\",\"b64\":false," REST "}", "b64 is forbidden"},
    {"{\"alg\":\"Ed25519\",\"b64\":true," REST "}", "b64 is forbidden"},
    {"{\"alg\":\"Ed25519\",\"jwk\":{}," REST "}", "jwk is forbidden"},
    {"{\"alg\":\"Ed25519\",\"jku\":\"https://evil.example\"," REST "}", "jku is forbidden"},
    {"{\"alg\":\"Ed25519\",\"x5u\":\"https://evil.example\"," REST "}", "x5u is forbidden"},
    {"{\"alg\":\"Ed25519\",\"x5c\":[]," REST "}", "unknown member"},
    {"{\"alg\":\"Ed25519\",\"zip\":\"DEF\"," REST "}", "unknown member"},
    {"{\"alg\":\"Ed25519\"," PLAIN "\"kid\":\"%s\",\"typ\":\"JWT\"}", "typ"},
    {"{\"alg\":\"Ed25519\"," PLAIN "\"kid\":\"%s\"}", "typ"},
    {"{\"alg\":\"Ed25519\"," PLAIN "\"typ\":\"cryptowatch-alert+jws\"}", "kid"},
    {"{\"alg\":\"Ed25519\"," PLAIN "\"kid\":\"%sA\",\"typ\":\"cryptowatch-alert+jws\"}", "kid"},
    {"{\"alg\":\"Ed25519\"," PLAIN "\"kid\":\"alert\",\"typ\":\"cryptowatch-alert+jws\"}", "kid"},
    {"{\"alg\":\"Ed25519\",\"cty\":\"json\",\"cw_purpose\":\"issue\",\"iat\":1,\"kid\":\"%s\","
     "\"typ\":\"cryptowatch-alert+jws\"}",
     "cty"},
    {HEADER("endorse", "1795144502"), "cw_purpose"},
    {HEADER("", "1795144502"), "cw_purpose"},
    {HEADER("issue", "\"1795144502\""), "iat"},
    {HEADER("issue", "1795144502.5"), "iat"},
    {HEADER("issue", "-1"), "iat"},
    {HEADER("issue", "253402300800"), "iat"},
    {HEADER("issue", "null"), "iat"},
    {"[\"Ed25519\"]", "not a JSON object"},
    {"Ed25519", "not JSON"},
    {"", "empty"},
};

/* Who signs example 001, and what follows when the sets of scanner and partner are trusted. */
struct trust_row {
    const char *name;
    struct signer signers[3];
    size_t count;
    enum cw_status status;
    const char *why;
    size_t issuers;
};

static const struct trust_row trust_rows[] = {
    {"issuer", {{SEED_ALERT, ISSUE}}, 1, CW_OK, "", 1},
    {"issuer twice", {{SEED_ALERT, ISSUE}, {SEED_ALERT, ISSUE}}, 2, CW_OK, "", 1},
    {"two keys",
     {{SEED_ALERT, ISSUE}, {SEED_ALERT_OLD, HEADER("issue", "1792022399")}},
     2,
     CW_OK,
     "",
     2},
    {"rogue beside", {{SEED_ROGUE, ISSUE}, {SEED_ALERT, ISSUE}}, 2, CW_OK, "", 1},
    {"expired beside", {{SEED_ALERT_OLD, ISSUE}, {SEED_ALERT, ISSUE}}, 2, CW_OK, "", 1},
    {"partner issues, too", {{SEED_PARTNER, ISSUE}, {SEED_ALERT, ISSUE}}, 2, CW_OK, "", 1},
    {"rogue only", {{SEED_ROGUE, ISSUE}}, 1, CW_NOT_FOUND, "none of the trusted sets", 0},
    {"rogue, partner concurs",
     {{SEED_ROGUE, ISSUE}, {SEED_PARTNER, HEADER("concur", "1795165200")}},
     2,
     CW_NOT_FOUND,
     "none of the trusted sets",
     0},
    {"partner for our source", {{SEED_PARTNER, ISSUE}}, 1, CW_UNTRUSTED, "may issue for", 0},
    {"concur only",
     {{SEED_PARTNER, HEADER("concur", "1795165200")}},
     1,
     CW_UNTRUSTED,
     "make no alert",
     0},
    {"we only received",
     {{SEED_ALERT, HEADER("received", "1795144502")}},
     1,
     CW_UNTRUSTED,
     "make no alert",
     0},
    {"we only verified",
     {{SEED_ALERT, HEADER("verified", "1795144502")}},
     1,
     CW_UNTRUSTED,
     "make no alert",
     0},
    {"at nbf", {{SEED_ALERT, HEADER("issue", "1790812800")}}, 1, CW_OK, "", 1},
    {"before nbf", {{SEED_ALERT, HEADER("issue", "1790812799")}}, 1, CW_UNTRUSTED, "in force", 0},
    {"before exp", {{SEED_ALERT, HEADER("issue", "1853971199")}}, 1, CW_OK, "", 1},
    {"at exp", {{SEED_ALERT, HEADER("issue", "1853971200")}}, 1, CW_UNTRUSTED, "in force", 0},
    {"before it was superseded",
     {{SEED_ALERT_OLD, HEADER("issue", "1792022399")}},
     1,
     CW_OK,
     "",
     1},
    {"when it was superseded",
     {{SEED_ALERT_OLD, HEADER("issue", "1792022400")}},
     1,
     CW_UNTRUSTED,
     "in force",
     0},
};

#endif
