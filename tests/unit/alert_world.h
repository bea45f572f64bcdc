/* alert_world.h: the published worked examples of the alert format, as facts and as files.
 *
 * All values are public test values: the keys come from published seeds, the addresses are the
 * known vectors of private key 1, the hosts are reserved names.
 */
#ifndef CW_TESTS_ALERT_WORLD_H
#define CW_TESTS_ALERT_WORLD_H

#include "suite.h"

#include "alert/alert.h"
#include "alert/seal.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

#define SEED_ALERT     "4dedab71b9ae183a77a6547b6e8c86fd17e768c74de5b25f120abc8e6d12273a"
#define SEED_ALERT_OLD "4fbceae838c1477fabaaf2374b222dfdb7a9c263f57c8a9056cb3edb42334fc5"
#define SEED_PARTNER   "2ca3da3a05727e1f05b9c0ea7667821c8457020b300d1d98af9b30e7faa35da5"
#define SEED_ROGUE     "fc877cdd2a340ee05550903b5d0b8d737bb9ff4fd0151d1ec7c9f0d17fd38300"

static inline struct cw_signing_key *key_of(const char *seed_hex)
{
    uint8_t seed[CW_ED25519_SEED_BYTES];
    CU_ASSERT_FATAL(cw_hex_decode(cw_span_cstr(seed_hex), seed, sizeof(seed)));
    struct cw_signing_key *key = cw_signing_key_new(seed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    return key;
}

/* Reads tests/fixtures/alert/<name>; the caller clears the buffer. */
static inline struct cw_span fixture(const char *name, struct cw_buf *text)
{
    char path[512];
    (void)snprintf(path, sizeof(path), CW_FIXTURES "/alert/%s", name);
    cw_buf_init(text, 1 << 20);
    struct cw_error err = {0};
    CU_ASSERT_EQUAL_FATAL(cw_file_read(path, text, &err), CW_OK);
    return cw_buf_as_span(text);
}

/* Appends `text` with the first `from` replaced by `to`; false when `from` is not in it. */
static inline bool replace(struct cw_buf *out, struct cw_span text, const char *from,
                           const char *to)
{
    const struct cw_span needle = cw_span_cstr(from);
    for (size_t at = 0; at + needle.len <= text.len; at++) {
        if (cw_span_equal(cw_span_slice(text, at, at + needle.len), needle)) {
            cw_buf_span(out, cw_span_slice(text, 0, at));
            cw_buf_str(out, to);
            cw_buf_span(out, cw_span_slice(text, at + needle.len, text.len));
            return true;
        }
    }
    return false;
}

static const char *const languages_all[] = {"en", "fr", "ko", NULL};
static const char *const languages_en[] = {"en", NULL};
static const char *const programs_of_002[] = {"EX-DPRK"};
static const struct cw_alert_change changes_of_002[] = {
    {.path = "/programs/0", .to_json = "\"EX-DPRK\""},
};
static const struct cw_alert_report example_reports[] = {
    {"Example report on an example theft", "https://reports.example/2026/example-theft",
     "2026-11-02"},
};

#define SHA_001_SNAPSHOT "5cd3935d47f435c818b5a6add028f3dfd203da86b892e1d50b0e371d7f877638"
#define SHA_002_SNAPSHOT "7c27dd4868f9b119ab751c2c40f6486e5d043f55dcb8e9ab58f0ec63c5dcd9a1"
#define SHA_003_SNAPSHOT "5148ef8f47b720f50f83026b5216d95900dbad08014cc11c2cf42ead5665cfa5"
#define SHA_ENTRY_1      "5c5c94705fff7a05dcacfaee4b013ec3c44f478402b557b70856d7d4d51d01e5"
#define SHA_ENTRY_2      "c5591c7d1e9082378699f220e873192540e0b03a55df4833001b0f36b9110cd7"

/* Facts of one example, held together so that a test may change any of them. */
struct world {
    struct cw_alert_facts facts;
    struct cw_alert_address address;
    struct cw_alert_provenance provenance;
    struct cw_alert_feed feed;
};

/* `nonce` is the base64url text of the example. */
static inline void world_common(struct world *world, const char *nonce, int64_t time_s)
{
    world->facts.time_s = time_s;
    world->facts.scanner = (struct cw_alert_scanner){
        .source = "https://scanner.agency.example/cryptowatch",
        .version = "0.1.0",
        .instance = "scanner-a",
        .config_sha256 = "0edcfa267cef4fa17b5ddab4b1db413817a84dcafdec1d7a8836d17b596b0f79",
    };
    CU_ASSERT_FATAL(cw_base64_decode_exact(CW_BASE64_URL, cw_span_cstr(nonce), world->facts.nonce,
                                           sizeof(world->facts.nonce)));
}

static inline void world_001(struct world *world)
{
    *world = (struct world){
        .facts = {.type = CW_ALERT_LISTED,
                  .severity = CW_HIGH,
                  .confidence = 85,
                  .admiralty = "B2",
                  .tlp = CW_TLP_AMBER,
                  .languages = languages_all},
        .address =
            {
                .case_id = "EXAMPLE-2026-001",
                .case_title = "Example exchange theft (synthetic)",
                .rule_sha256 = "c1a176cf09a389e40bcdc26883762cc3e1bef1ed9efe82bf30ab5a86af9efd51",
                .reported = example_reports,
                .reported_count = 1,
                .chain = "bitcoin",
                .value = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
                .canonical = "bitcoin:p2wpkh:751e76e8199196d454941c45d1b3a323f1433bd6",
                .caip10 = "bip122:000000000019d6689c085ae165831e93:"
                          "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
                .relation = "same-key-hash",
                .listed_value = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
                .listed_canonical = "bitcoin:p2pkh:751e76e8199196d454941c45d1b3a323f1433bd6",
                .listed_encoding = "base58check",
                .entry_id = "EX-4711",
                .entry_name = "EXAMPLE ACTOR",
                .entry_sha256 = SHA_ENTRY_1,
            },
        .provenance =
            {
                .feed = "example-sanctions",
                .publisher = "Example Sanctions Office",
                .url = "https://feeds.example/sanctions.xml",
                .final_url = "https://feeds.example/sanctions.xml",
                .retrieved_at_s = 1795144501,
                .http_status = 200,
                .etag = "\"5cd3935d47f435c8\"",
                .last_modified = "Fri, 20 Nov 2026 02:00:00 GMT",
                .published = "2026-11-20",
                .media_type = "application/xml",
                .snapshot_sha256 = SHA_001_SNAPSHOT,
                .snapshot_bytes = 178,
            },
    };
    world_common(world, "WnBOLxl3N-p0pk8Z9yJpsg", 1795144502);
    world->facts.address = &world->address;
    world->facts.provenance = &world->provenance;
}

static inline void world_002(struct world *world)
{
    world_001(world);
    world_common(world, "pXtG-Nc-WM4a91lF_lClHQ", 1795230902);
    world->facts.type = CW_ALERT_CHANGED;
    world->facts.severity = CW_MEDIUM;
    world->address.entry_sha256 = SHA_ENTRY_2;
    world->address.previous_entry_sha256 = SHA_ENTRY_1;
    world->address.revision = 1;
    world->address.programs = programs_of_002;
    world->address.programs_count = 1;
    world->address.changes = changes_of_002;
    world->address.changes_count = 1;
    world->provenance.retrieved_at_s = 1795230901;
    world->provenance.etag = "\"7c27dd4868f9b119\"";
    world->provenance.last_modified = "Sat, 21 Nov 2026 02:00:00 GMT";
    world->provenance.published = "2026-11-21";
    world->provenance.snapshot_sha256 = SHA_002_SNAPSHOT;
    world->provenance.snapshot_bytes = 204;
}

static inline void world_003(struct world *world)
{
    world_001(world);
    world_common(world, "Y2N9rA1vUMY9vDitVHlViQ", 1795317302);
    world->facts.type = CW_ALERT_DELISTED;
    world->facts.severity = CW_MEDIUM;
    world->address.entry_sha256 = NULL;
    world->address.previous_entry_sha256 = SHA_ENTRY_2;
    world->provenance.retrieved_at_s = 1795317301;
    world->provenance.etag = "\"5148ef8f47b720f5\"";
    world->provenance.last_modified = "Sun, 22 Nov 2026 02:00:00 GMT";
    world->provenance.published = "2026-11-22";
    world->provenance.snapshot_sha256 = SHA_003_SNAPSHOT;
    world->provenance.snapshot_bytes = 59;
}

static inline void world_004(struct world *world)
{
    *world = (struct world){
        .facts = {.type = CW_ALERT_FEED_FAILED,
                  .severity = CW_HIGH,
                  .confidence = -1,
                  .tlp = CW_TLP_GREEN,
                  .languages = languages_en},
        .feed = {.id = "example-sanctions",
                 .url = "https://feeds.example/sanctions.xml",
                 .failures = 3,
                 .since_s = 1795403720,
                 .last_good_at_s = 1795317301,
                 .error_code = "http-status",
                 .error_detail = "503",
                 .http_status = 503},
    };
    world_common(world, "hm03adzr8s7SCFCeXdlyTA", 1795410921);
    world->facts.feed = &world->feed;
}

#endif
