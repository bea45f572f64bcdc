#include "home_place.h"

/* ---- keys ---- */

static const char endpoints[] =
    "{\"source\": \"urn:example:a\", \"endpoints\": ["
    "{\"id\": \"soc\", \"url\": \"https://soc.example/hook\", \"min_severity\": \"high\","
    " \"max_tlp\": \"red\", \"types\": [\"cryptowatch.address.listed\", \"cryptowatch.test\"],"
    " \"delivery_key_file\": \"keys/soc.pem\", \"delivery_key_old_file\": \"keys/old.pem\","
    " \"whsec_file\": \"keys/soc.whsec\","
    " \"bearer_file\": \"keys/soc.token\"},"
    "{\"id\": \"off\", \"url\": \"https://off.example/hook\", \"enabled\": false,"
    " \"bearer_file\": \"keys/nowhere\"},"
    "{\"id\": \"desk\", \"url\": \"https://desk.example/hook\"},"
    "{\"id\": \"pager\", \"url\": \"https://pager.example/v2/enqueue\", \"format\": \"pagerduty\","
    " \"routing_key_file\": \"keys/pager.key\"},"
    "{\"id\": \"am\", \"url\": \"https://am.example:9093/\", \"format\": \"alertmanager\"},"
    "{\"id\": \"am-2\", \"url\": \"https://am.example\", \"format\": \"alertmanager\"},"
    "{\"id\": \"am-3\", \"url\": \"https://am.example/own/path\", \"format\": \"alertmanager\"}]}";

static void place_with_endpoints(struct place *place)
{
    struct cw_buf key;
    place_with_home(place);
    put(place, "cryptowatch.json", endpoints, 0600);
    cw_buf_init(&key, 8192);
    OK(cw_file_read(in(place, "keys/log.pem"), &key, why)); /* any other key will do */
    put(place, "keys/soc.pem", key.data, 0600);
    put(place, "keys/pager.key", "0123456789abcdef0123456789abcdef\n", 0600);
    cw_buf_reset(&key);
    OK(cw_file_read(in(place, "keys/alert.pem"), &key, why));
    put(place, "keys/old.pem", key.data, 0600);
    put(place, "keys/soc.whsec", "whsec_eQDAyHCoktTgKZBnUf6cWLqMD/cgfqUwKEbVXm7bmz4=\n", 0600);
    put(place, "keys/soc.token", "  token-of-soc\n", 0600);
    cw_buf_clear(&key);
}

static void loads_receivers(void)
{
    struct place place;
    struct cw_home home;
    struct cw_mistakes mistakes;
    place_with_endpoints(&place);
    OK(load(&place, &mistakes, &home, why));
    OK(cw_home_load_keys(&home, 1795144502, why));
    CU_ASSERT_EQUAL_FATAL(home.receivers_count, 6);
    const struct cw_receiver *soc = &home.receivers[0];
    const struct cw_receiver *desk = &home.receivers[1];
    CU_ASSERT_STRING_EQUAL(soc->id, "soc");
    CU_ASSERT_STRING_EQUAL(soc->url, "https://soc.example/hook");
    CU_ASSERT_EQUAL_FATAL(soc->keys_count, 2);
    CU_ASSERT_PTR_NOT_NULL(soc->secret);
    CU_ASSERT_STRING_EQUAL(soc->bearer, "token-of-soc");
    CU_ASSERT_EQUAL(soc->types, 1u << CW_ALERT_LISTED | 1u << CW_ALERT_TEST);
    CU_ASSERT_EQUAL(soc->min_severity, CW_HIGH);
    CU_ASSERT_EQUAL(soc->max_tlp, CW_TLP_RED);
    CU_ASSERT_STRING_EQUAL(desk->id, "desk");
    CU_ASSERT_PTR_NULL(desk->secret);
    CU_ASSERT_PTR_NULL(desk->bearer);
    CU_ASSERT_EQUAL(desk->types, 0);
    CU_ASSERT_EQUAL(desk->min_severity, CW_INFO);
    CU_ASSERT_EQUAL(desk->max_tlp, CW_TLP_AMBER);
    const struct cw_public_key own = cw_signing_key_public(soc->keys[0]);
    const struct cw_public_key common = cw_signing_key_public(desk->keys[0]);
    CU_ASSERT(memcmp(own.bytes, common.bytes, sizeof(own.bytes)) != 0);
    const struct cw_public_key old = cw_signing_key_public(soc->keys[1]);
    const struct cw_public_key alert = cw_signing_key_public(home.alert_key);
    CU_ASSERT(memcmp(old.bytes, alert.bytes, sizeof(old.bytes)) == 0);
    CU_ASSERT_EQUAL(desk->keys_count, 1);
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    remove_tree(place.top);
}

static void loads_presets(void)
{
    struct place place;
    struct cw_home home;
    struct cw_mistakes mistakes;
    place_with_endpoints(&place);
    OK(load(&place, &mistakes, &home, why));
    OK(cw_home_load_keys(&home, 1795144502, why));
    CU_ASSERT_EQUAL_FATAL(home.receivers_count, 6);
    const struct cw_receiver *pager = &home.receivers[2];
    CU_ASSERT_EQUAL(home.receivers[0].preset.format, CW_FORMAT_CLOUDEVENTS);
    CU_ASSERT_EQUAL(pager->preset.format, CW_FORMAT_PAGERDUTY);
    CU_ASSERT_STRING_EQUAL(pager->preset.routing_key, "0123456789abcdef0123456789abcdef");
    CU_ASSERT_EQUAL(pager->max_tlp, CW_TLP_GREEN);
    CU_ASSERT_STRING_EQUAL(home.receivers[3].url, "https://am.example:9093/api/v2/alerts");
    CU_ASSERT_STRING_EQUAL(home.receivers[4].url, "https://am.example/api/v2/alerts");
    CU_ASSERT_STRING_EQUAL(home.receivers[5].url, "https://am.example/own/path");
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    remove_tree(place.top);
}

static const struct {
    const char *description;
    const char *name; /* file that is changed */
    const char *text; /* NULL: removed */
    mode_t mode;
    enum cw_status status;
    const char *word; /* in the error, beside the name of the file */
} broken_keys[] = {
    {"no alert key", "keys/alert.pem", NULL, 0, CW_NOT_FOUND, "cryptowatch key new --role alert"},
    {"an alert key that is no key", "keys/alert.pem", "secret", 0600, CW_INVALID, ""},
    {"no common delivery key", "keys/delivery.pem", NULL, 0, CW_NOT_FOUND, "endpoint desk"},
    {"no delivery key of an endpoint", "keys/soc.pem", NULL, 0, CW_NOT_FOUND, "endpoint soc"},
    {"a delivery key that is no key", "keys/soc.pem", "-----", 0600, CW_INVALID, "endpoint soc"},
    {"no webhook secret", "keys/soc.whsec", NULL, 0, CW_NOT_FOUND, "endpoint soc"},
    {"a webhook secret others may read", "keys/soc.whsec",
     "whsec_eQDAyHCoktTgKZBnUf6cWLqMD/cgfqUwKEbVXm7bmz4=", 0640, CW_DENIED, "chmod"},
    {"a webhook secret that is none", "keys/soc.whsec", "whsec_AAAA", 0600, CW_INVALID, ""},
    {"no earlier delivery key", "keys/old.pem", NULL, 0, CW_NOT_FOUND, "endpoint soc"},
    {"an earlier delivery key others may read", "keys/old.pem", "x", 0640, CW_DENIED, "chmod"},
    {"no integration key", "keys/pager.key", NULL, 0, CW_NOT_FOUND, "endpoint pager"},
    {"an empty integration key", "keys/pager.key", "\n", 0600, CW_INVALID, "empty"},
    {"an integration key others may read", "keys/pager.key", "x", 0644, CW_DENIED, "chmod"},
    {"no bearer token", "keys/soc.token", NULL, 0, CW_NOT_FOUND, "endpoint soc"},
    {"an empty bearer token", "keys/soc.token", " \n", 0600, CW_INVALID, "endpoint soc"},
    {"a bearer token others may read", "keys/soc.token", "x", 0604, CW_DENIED, "chmod"},
};

static void refuses_broken_keys(void)
{
    for (size_t i = 0; i < CW_COUNT(broken_keys); i++) {
        struct place place;
        struct cw_home home;
        struct cw_mistakes mistakes;
        struct cw_error err = {0};
        place_with_endpoints(&place);
        (void)unlink(in(&place, broken_keys[i].name));
        if (broken_keys[i].text != NULL) {
            put(&place, broken_keys[i].name, broken_keys[i].text, broken_keys[i].mode);
        }
        OK(load(&place, &mistakes, &home, why));
        const enum cw_status status = cw_home_load_keys(&home, 1795144502, &err);
        CW_CHECK(status == broken_keys[i].status, "%s: status %d: %s", broken_keys[i].description,
                 (int)status, err.text);
        CW_CHECK(strstr(err.text, broken_keys[i].name) != NULL, "%s: %s",
                 broken_keys[i].description, err.text);
        CW_CHECK(strstr(err.text, broken_keys[i].word) != NULL, "%s: %s",
                 broken_keys[i].description, err.text);
        CW_CHECK(home.alert_key == NULL && home.receivers == NULL, "%s: half loaded",
                 broken_keys[i].description);
        cw_mistakes_clear(&mistakes);
        cw_home_clear(&home);
        remove_tree(place.top);
    }
}

/* ---- key sets ---- */

/* Copies our own set into trust.d under a name. */
static void put_partner(struct place *place, const char *name, mode_t mode)
{
    struct cw_buf text;
    cw_buf_init(&text, 1 << 16);
    OK(cw_file_read(in(place, "keys/keys.jwks.json"), &text, why));
    put(place, name, text.data, mode);
    cw_buf_clear(&text);
}

static enum cw_status count_sets(struct place *place, size_t *ret_count, struct cw_error *err)
{
    struct cw_home home;
    struct cw_mistakes mistakes;
    struct cw_key_set **sets = NULL;
    OK(load(place, &mistakes, &home, why));
    const enum cw_status status = cw_home_load_key_sets(home.config, &sets, ret_count, err);
    if (status == CW_OK) {
        cw_home_free_key_sets(sets, *ret_count);
    }
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    return status;
}

static void reads_partners(void)
{
    struct place place;
    size_t count = 0;
    place_with_home(&place);
    put_partner(&place, "trust.d/b.jwks.json", 0644);
    put_partner(&place, "trust.d/a.jwks.json", 0644);
    put(&place, "trust.d/policy.json", "no set", 0644);
    put(&place, "trust.d/.hidden.jwks.json", "no set", 0644);
    OK(count_sets(&place, &count, why));
    CU_ASSERT_EQUAL(count, 3);
    CU_ASSERT_EQUAL(unlink(in(&place, "keys/keys.jwks.json")), 0);
    OK(count_sets(&place, &count, why));
    CU_ASSERT_EQUAL(count, 2);
    char *trust = cw_path_join(place.home, "trust.d");
    remove_tree(trust);
    free(trust);
    OK(count_sets(&place, &count, why));
    CU_ASSERT_EQUAL(count, 0);
    remove_tree(place.top);
}

static const struct {
    const char *description;
    const char *name;
    const char *text; /* NULL: a good set */
    mode_t mode;
} broken_sets[] = {
    {"an own set that is none", "keys/keys.jwks.json", "{}", 0644},
    {"a partner's set that is no JSON", "trust.d/p.jwks.json", "nothing", 0644},
    {"a partner's set cut short", "trust.d/p.jwks.json", "{\"keys\": [", 0644},
    {"an empty file", "trust.d/p.jwks.json", "", 0644},
    {"a partner's set that everybody may write", "trust.d/p.jwks.json", NULL, 0666},
};

static void names_broken_sets(void)
{
    for (size_t i = 0; i < CW_COUNT(broken_sets); i++) {
        struct place place;
        struct cw_error err = {0};
        size_t count = 0;
        place_with_home(&place);
        if (broken_sets[i].text == NULL) {
            put_partner(&place, broken_sets[i].name, broken_sets[i].mode);
        } else {
            put(&place, broken_sets[i].name, broken_sets[i].text, broken_sets[i].mode);
        }
        CW_CHECK(count_sets(&place, &count, &err) != CW_OK, "%s", broken_sets[i].description);
        CW_CHECK(strstr(err.text, broken_sets[i].name) != NULL, "%s: %s",
                 broken_sets[i].description, err.text);
        remove_tree(place.top);
    }
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"loads keys, secrets and filters of enabled endpoints", loads_receivers},
        {"loads what the formats for people need", loads_presets},
        {"names the key file that is wrong, and what to do", refuses_broken_keys},
        {"reads our own set and those of partners", reads_partners},
        {"names a broken key set", names_broken_sets},
    };
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("home_keys", tests, CW_COUNT(tests));
}
