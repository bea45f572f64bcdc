/* key_cases.h: the public test keys, and what may and may not stand in a secret file. */
#ifndef CW_TESTS_KEY_CASES_H
#define CW_TESTS_KEY_CASES_H

#include "base/status.h"

/* Public test keys: their seeds are printed in the specification. Never load them anywhere. */
#define ALERT_SEED    "4dedab71b9ae183a77a6547b6e8c86fd17e768c74de5b25f120abc8e6d12273a"
#define DELIVERY_SEED "6e62ff135dc4eb19263a1b40bb21cfb32c605b1512f1444c2f2f5a9eda2d9269"
#define LOG_SEED      "e6922bfa9576008f798a66126eb88862eece27b033b78cc61e9a1aced4fc6c73"
#define WEBHOOK       "whsec_eQDAyHCoktTgKZBnUf6cWLqMD/cgfqUwKEbVXm7bmz4="
#define ALERT_DIGITS  "E3tq3G5rhg6d6ZUe26Mhv0X52jHTeWyXxIKvI5tEic6"

#define D     "\"d\":\"Te2rcbmuGDp3plR7boyG_RfnaMdN5bJfEgq8jm0SJzo\""
#define X     "\"x\":\"ciJ8xCePrKuX6cIV1eV8pmyObwsPBwmWDfpenmxZRTg\""
#define CRV   "\"crv\":\"Ed25519\""
#define KTY   "\"kty\":\"OKP\""
#define BEGIN "-----BEGIN PRIVATE KEY-----\n"
#define END   "-----END PRIVATE KEY-----\n"
#define BODY  "MC4CAQAwBQYDK2VwBCIEI" ALERT_DIGITS "\n"

struct content_row {
    const char *what;
    const char *text;
    enum cw_status status;
};

static const struct content_row content_rows[] = {
    {"PEM as OpenSSL writes it", BEGIN BODY END, CW_OK},
    {"PEM without the last line feed", BEGIN BODY "-----END PRIVATE KEY-----", CW_OK},
    {"PEM with CR LF and a blank line",
     "-----BEGIN PRIVATE KEY-----\r\nMC4CAQAwBQYDK2VwBCIEI" ALERT_DIGITS
     "\r\n-----END PRIVATE KEY-----\r\n\r\n",
     CW_OK},
    {"JWK in order", "{" CRV "," D "," KTY "," X "}", CW_OK},
    {"JWK in another order, spaced", " { " X " ,\n" KTY ", " D ",\t" CRV " }\n", CW_OK},
    {"empty file", "", CW_INVALID},
    {"only a line feed", "\n", CW_INVALID},
    {"PEM cut after its first line", BEGIN, CW_INVALID},
    {"PEM cut inside its body", BEGIN "MC4CAQAwBQYDK2VwBCIEIE3tq3G5rhg6", CW_INVALID},
    {"PEM without its last line", BEGIN BODY, CW_INVALID},
    {"PEM cut inside its last line", BEGIN BODY "-----END PRIVATE", CW_INVALID},
    {"garbage behind PEM", BEGIN BODY END "x", CW_INVALID},
    {"two keys", BEGIN BODY END BEGIN BODY END, CW_INVALID},
    {"words in front of PEM", "key:\n" BEGIN BODY END, CW_INVALID},
    {"space before the body", BEGIN " " BODY END, CW_INVALID},
    {"public key",
     "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAciJ8xCePrKuX6cIV1eV8pmyObwsPBwmW"
     "DfpenmxZRTg=\n-----END PUBLIC KEY-----\n",
     CW_INVALID},
    {"encrypted key",
     "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" BODY "-----END ENCRYPTED PRIVATE KEY-----\n",
     CW_INVALID},
    {"key for X25519", BEGIN "MC4CAQAwBQYDK2VuBCIEI" ALERT_DIGITS "\n" END, CW_INVALID},
    {"seed of 31 bytes",
     BEGIN "MC4CAQAwBQYDK2VwBCIEIE3tq3G5rhg6d6ZUe26Mhv0X52jHTeWyXxIKvI5tEic=\n" END, CW_INVALID},
    {"seed of 33 bytes", BEGIN "MC4CAQAwBQYDK2VwBCIEI" ALERT_DIGITS "AA==\n" END, CW_INVALID},
    {"bare seed in base64", "Te2rcbmuGDp3plR7boyG/RfnaMdN5bJfEgq8jm0SJzo=\n", CW_INVALID},
    {"public JWK", "{" CRV "," KTY "," X "}", CW_INVALID},
    {"JWK without its public key", "{" CRV "," D "," KTY "}", CW_INVALID},
    {"JWK with a foreign x",
     "{" CRV "," D "," KTY ",\"x\":\"W9s0LvyTb93ovOKnXRAGt8o-qk-Y0KfOWPTw9uK1gy4\"}", CW_INVALID},
    {"JWK with a repeated member", "{" CRV "," D "," KTY "," KTY "}", CW_INVALID},
    {"JWK with five members", "{" CRV "," D "," KTY "," X ",\"use\":\"sig\"}", CW_INVALID},
    {"JWK of another curve", "{\"crv\":\"X25519\"," D "," KTY "," X "}", CW_INVALID},
    {"JWK of another type", "{" CRV "," D ",\"kty\":\"EC\"," X "}", CW_INVALID},
    {"JWK with an escape", "{\"cr\\u0076\":\"Ed25519\"," D "," KTY "," X "}", CW_INVALID},
    {"JWK with a padded d",
     "{" CRV ",\"d\":\"Te2rcbmuGDp3plR7boyG_RfnaMdN5bJfEgq8jm0SJzo=\"," KTY "," X "}", CW_INVALID},
    {"JWK with left-over bits in d",
     "{" CRV ",\"d\":\"Te2rcbmuGDp3plR7boyG_RfnaMdN5bJfEgq8jm0SJzp\"," KTY "," X "}", CW_INVALID},
    {"JWK with a number", "{" CRV ",\"d\":1," KTY "," X "}", CW_INVALID},
    {"JWK with a trailing comma", "{" CRV "," D "," KTY "," X ",}", CW_INVALID},
    {"JWK without its end", "{" CRV "," D "," KTY "," X, CW_INVALID},
    {"JWK cut inside a string", "{" CRV "," D "," KTY ",\"x\":\"ciJ8", CW_INVALID},
    {"garbage behind a JWK", "{" CRV "," D "," KTY "," X "}{}", CW_INVALID},
    {"JWK in an array", "[{" CRV "," D "," KTY "," X "}]", CW_INVALID},
};

#define B24 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
#define B60 B24 "GBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7"

static const struct content_row webhook_rows[] = {
    {"32 bytes", WEBHOOK, CW_OK},
    {"24 bytes", "whsec_" B24, CW_OK},
    {"64 bytes", "whsec_" B60 "PD0+Pw==", CW_OK},
    {"23 bytes", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", CW_INVALID},
    {"65 bytes", "whsec_" B60 "PD0+P0A=", CW_INVALID},
    {"nothing", "", CW_INVALID},
    {"only the prefix", "whsec_", CW_INVALID},
    {"cut prefix", "whse", CW_INVALID},
    {"no prefix", B24, CW_INVALID},
    {"prefix in capitals", "WHSEC_" B24, CW_INVALID},
    {"prefix of a public key", "whpk_l8lLz37A48aQaroK2QTvsGZr02Ikm1JxualCPI/yVTc=", CW_INVALID},
    {"prefix of a private key", "whsk_" B24, CW_INVALID},
    {"missing padding", "whsec_eQDAyHCoktTgKZBnUf6cWLqMD/cgfqUwKEbVXm7bmz4", CW_INVALID},
    {"URL alphabet", "whsec_eQDAyHCoktTgKZBnUf6cWLqMD_cgfqUwKEbVXm7bmz4=", CW_INVALID},
    {"left-over bits", "whsec_eQDAyHCoktTgKZBnUf6cWLqMD/cgfqUwKEbVXm7bmz5=", CW_INVALID},
    {"space inside", "whsec_ " B24, CW_INVALID},
    {"two secrets", "whsec_" B24 " whsec_" B24, CW_INVALID},
};

#endif
