/* cryptowatch.json: where it is found, what it may say, and what is refused. */
#include "mistake_cases.h"

#include "alert/alert.h"
#include "base/limits.h"
#include "config/config.h"
#include "json/json_url.h"

static struct cw_config *load_into(const char *folder, struct cw_mistakes *mistakes)
{
    char *path = cw_path_join(folder, "cryptowatch.json");
    struct cw_config *config = NULL;
    CU_ASSERT_EQUAL(cw_config_load(path, mistakes, &config, NULL), CW_OK);
    free(path);
    return config;
}

static void load_case(const char *folder, struct cw_mistakes *mistakes)
{
    cw_config_free(load_into(folder, mistakes));
}

static void refuses_every_invalid_case(void)
{
    cases_run(CW_FIXTURES "/config/invalid", load_case, true, 37);
}

static void accepts_every_valid_case(void)
{
    cases_run(CW_FIXTURES "/config/valid", load_case, false, 6);
}

static struct cw_config *load(const char *folder)
{
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    struct cw_config *config = load_into(folder, &mistakes);
    CU_ASSERT_EQUAL(mistakes.errors, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    cw_mistakes_clear(&mistakes);
    return config;
}

#define EVERYTHING CW_FIXTURES "/config/valid/everything"

static void reads_every_member(void)
{
    struct cw_config *config = load(EVERYTHING);
    CU_ASSERT_STRING_EQUAL(config->path, EVERYTHING "/cryptowatch.json");
    CU_ASSERT_STRING_EQUAL(config->source, "https://scanner.example/cryptowatch");
    CU_ASSERT_STRING_EQUAL(config->instance, "b");
    CU_ASSERT_STRING_EQUAL(config->state_dir, "/var/lib/cryptowatch");
    CU_ASSERT_STRING_EQUAL(config->feeds_dir, EVERYTHING "/my/feeds");
    CU_ASSERT_STRING_EQUAL(config->rules_dir, EVERYTHING "/r");
    CU_ASSERT_STRING_EQUAL(config->keys_dir, EVERYTHING "/k");
    CU_ASSERT_STRING_EQUAL(config->trust_dir, EVERYTHING "/t");
    CU_ASSERT_EQUAL(config->run_deadline_s, 60);
    CU_ASSERT_EQUAL(config->heartbeat_every_s, 300);
    CU_ASSERT_EQUAL(config->baseline_severity, CW_HIGH);
    CU_ASSERT_STRING_EQUAL(config->allow_private_hosts[0], "lab.example");
    CU_ASSERT_STRING_EQUAL(config->allow_private_hosts[2], "::1");
    CU_ASSERT_PTR_NULL(config->allow_private_hosts[3]);
    CU_ASSERT_STRING_EQUAL(config->metrics_file, EVERYTHING "/m.prom");
    CU_ASSERT_STRING_EQUAL(config->languages[0], "ko");
    CU_ASSERT_STRING_EQUAL(config->languages[1], "en");
    CU_ASSERT_PTR_NULL(config->languages[2]);
    CU_ASSERT_EQUAL(strlen(config->sha256), 64);
    cw_config_free(config);
}

static void reads_every_member_of_an_endpoint(void)
{
    struct cw_config *config = load(EVERYTHING);
    CU_ASSERT_EQUAL_FATAL(config->endpoints_count, 3);
    const struct cw_endpoint *endpoint = &config->endpoints[0];
    CU_ASSERT_STRING_EQUAL(endpoint->id, "soc");
    CU_ASSERT_STRING_EQUAL(endpoint->url, "https://soc.example/hook");
    CU_ASSERT_STRING_EQUAL(endpoint->types[0], "cryptowatch.address.listed");
    CU_ASSERT_STRING_EQUAL(endpoint->types[1], "cryptowatch.test");
    CU_ASSERT_PTR_NULL(endpoint->types[2]);
    CU_ASSERT_EQUAL(endpoint->min_severity, CW_HIGH);
    CU_ASSERT_EQUAL(endpoint->max_tlp, CW_TLP_RED);
    CU_ASSERT_EQUAL(endpoint->format, CW_ENDPOINT_CLOUDEVENTS);
    CU_ASSERT_STRING_EQUAL(endpoint->whsec_file, EVERYTHING "/w");
    CU_ASSERT_STRING_EQUAL(endpoint->delivery_key_file, EVERYTHING "/d");
    CU_ASSERT_STRING_EQUAL(endpoint->bearer_file, "/b");
    CU_ASSERT_STRING_EQUAL(endpoint->ca_file, EVERYTHING "/c");
    CU_ASSERT_FALSE(endpoint->is_enabled);
    cw_config_free(config);
}

static void never_sends_red_unasked(void)
{
    struct cw_config *config = load(EVERYTHING);
    const struct cw_endpoint *endpoint = &config->endpoints[1];
    CU_ASSERT_EQUAL(endpoint->max_tlp, CW_TLP_AMBER);
    CU_ASSERT_EQUAL(endpoint->min_severity, CW_INFO);
    CU_ASSERT_PTR_NULL(endpoint->types[0]);
    CU_ASSERT_STRING_EQUAL(endpoint->bearer_file, "");
    CU_ASSERT(endpoint->is_enabled);
    cw_config_free(config);
}

static void fills_in_defaults(void)
{
    static const char folder[] = CW_FIXTURES "/config/valid/smallest";
    static const char *const names[] = {"state", "feeds", "rules", "keys", "trust.d"};
    struct cw_config *config = load(folder);
    const char *const got[] = {config->state_dir, config->feeds_dir, config->rules_dir,
                               config->keys_dir, config->trust_dir};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char *want = cw_path_join(folder, names[i]);
        CU_ASSERT_STRING_EQUAL(got[i], want);
        free(want);
    }
    CU_ASSERT_STRING_EQUAL(config->instance, "default");
    CU_ASSERT_EQUAL(config->run_deadline_s, CW_RUN_DEADLINE_S);
    CU_ASSERT_EQUAL(config->heartbeat_every_s, 0);
    CU_ASSERT_EQUAL(config->baseline_severity, CW_MEDIUM);
    CU_ASSERT_EQUAL(config->endpoints_count, 0);
    CU_ASSERT_PTR_NULL(config->allow_private_hosts[0]);
    CU_ASSERT_STRING_EQUAL(config->metrics_file, "");
    CU_ASSERT_STRING_EQUAL(config->languages[0], "en");
    CU_ASSERT_STRING_EQUAL(config->languages[1], "fr");
    CU_ASSERT_STRING_EQUAL(config->languages[2], "ko");
    CU_ASSERT_PTR_NULL(config->languages[3]);
    cw_config_free(config);
}

static void reports_a_missing_file_as_a_mistake(void)
{
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    CU_ASSERT_PTR_NULL(load_into("/nonexistent", &mistakes));
    CU_ASSERT_EQUAL(mistakes.errors, 1);
    cw_mistakes_clear(&mistakes);
}

static void refuses_a_file_that_everybody_may_write(void)
{
    static const struct {
        mode_t mode;
        size_t errors;
    } rows[] = {{0640, 0}, {0666, 1}, {0642, 1}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        char folder[256];
        struct cw_mistakes mistakes;
        cw_mistakes_init(&mistakes);
        temp_make(folder);
        temp_put(folder, "cryptowatch.json", CW_SPAN("{\"source\":\"urn:a:b\"}"), rows[i].mode);
        cw_config_free(load_into(folder, &mistakes));
        CU_ASSERT_EQUAL(mistakes.errors, rows[i].errors);
        cw_mistakes_clear(&mistakes);
        temp_remove(folder);
    }
}

static void bounds_the_size_of_the_file(void)
{
    for (size_t size = CW_CONFIG_BYTES_MAX; size <= CW_CONFIG_BYTES_MAX + 1; size++) {
        char folder[256];
        struct cw_buf text;
        struct cw_mistakes mistakes;
        cw_mistakes_init(&mistakes);
        temp_make(folder);
        cw_buf_init(&text, size);
        cw_buf_str(&text, "{\"source\":\"urn:a:b\"}");
        while (text.len < size) {
            cw_buf_char(&text, '\n');
        }
        temp_put(folder, "cryptowatch.json", cw_buf_as_span(&text), 0600);
        cw_config_free(load_into(folder, &mistakes));
        CU_ASSERT_EQUAL(mistakes.errors, size - CW_CONFIG_BYTES_MAX);
        cw_buf_clear(&text);
        cw_mistakes_clear(&mistakes);
        temp_remove(folder);
    }
}

/* `own` stands for a home folder with a configuration; /etc may or may not have one here, so only
 * what comes before it is asserted. */
static void looks_for_the_file_in_order(void)
{
    char own[256];
    char other[256];
    char found[600];
    temp_make(own);
    temp_make(other);
    (void)snprintf(found, sizeof(found), "%s/cryptowatch", own);
    CU_ASSERT_EQUAL_FATAL(mkdir(found, 0700), 0);
    temp_put(found, "cryptowatch.json", CW_SPAN("{}"), 0600);
    (void)snprintf(found, sizeof(found), "%s/cryptowatch/cryptowatch.json", own);
    const struct {
        const char *option;
        const char *env;
        const char *xdg;
        const char *home;
        const char *want; /* NULL: not `found` */
    } rows[] = {
        {"given.json", "env.json", own, own, "given.json"},
        {NULL, "env.json", own, own, "env.json"},
        {"", "env.json", own, NULL, "env.json"},
        {NULL, NULL, own, other, found},
        {"", "", own, "", found},
        {NULL, NULL, other, own, NULL}, /* $XDG_CONFIG_HOME replaces ~/.config */
        {NULL, NULL, NULL, own, NULL},  /* no .config under it */
        {NULL, NULL, "relative", NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        char *path = NULL;
        struct cw_error err = {0};
        const enum cw_status status =
            cw_config_find(rows[i].option, rows[i].env, rows[i].xdg, rows[i].home, &path, &err);
        if (rows[i].want != NULL) {
            CU_ASSERT_EQUAL(status, CW_OK);
            CW_CHECK(path != NULL && strcmp(path, rows[i].want) == 0, "row %zu", i);
        } else {
            const bool is_shared =
                path != NULL && strcmp(path, "/etc/cryptowatch/cryptowatch.json") == 0;
            CW_CHECK(is_shared || (status == CW_NOT_FOUND && path == NULL), "row %zu", i);
            CU_ASSERT(is_shared || strstr(err.text, "/etc/cryptowatch/cryptowatch.json") != NULL);
        }
        free(path);
    }
    CU_ASSERT_EQUAL(remove(found), 0);
    temp_remove(own);
    temp_remove(other);
}

static void looks_under_home_when_xdg_is_not_set(void)
{
    char home[256];
    char path[400];
    temp_make(home);
    static const char *const parts[] = {"/.config", "/.config/cryptowatch"};
    for (size_t i = 0; i < CW_COUNT(parts); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", home, parts[i]);
        CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
    }
    temp_put(path, "cryptowatch.json", CW_SPAN("{}"), 0600);
    static const char *const unset[] = {NULL, "", "not/absolute"};
    for (size_t i = 0; i < CW_COUNT(unset); i++) {
        char *found = NULL;
        CU_ASSERT_EQUAL(cw_config_find(NULL, NULL, unset[i], home, &found, NULL), CW_OK);
        CU_ASSERT(found != NULL && strncmp(found, path, strlen(path)) == 0);
        free(found);
    }
    temp_remove(path);
    (void)snprintf(path, sizeof(path), "%s/.config", home);
    CU_ASSERT_EQUAL(rmdir(path), 0);
    temp_remove(home);
}

static void judges_host_names(void)
{
    static const struct {
        const char *host;
        bool is_valid;
    } rows[] = {
        {"example.org", true},
        {"localhost", true},
        {"a-b.c1.example", true},
        {"X.Example", true},
        {"127.0.0.1", true},
        {"::1", true},
        {"fe80::1", true},
        {"1a.example", true},
        {"", false},
        {".", false},
        {"a..b", false},
        {".a", false},
        {"a.", false},
        {"-a", false},
        {"a-", false},
        {"a_b", false},
        {"127.0.0.256", false},
        {"127.1", false},
        {"1", false},
        {"[::1]", false},
        {"a b", false},
        {"a:80", false},
        {"0x7f.1", false},
        {"a.1b", false},
        {"\xc3\xa9.example", false},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CW_CHECK(cw_json_host_is_valid(cw_span_cstr(rows[i].host)) == rows[i].is_valid, "host %s",
                 rows[i].host);
    }
    char label[66] = "";
    memset(label, 'a', 63);
    CU_ASSERT(cw_json_host_is_valid(cw_span_cstr(label)));
    label[63] = 'a';
    CU_ASSERT_FALSE(cw_json_host_is_valid(cw_span_cstr(label)));
    char name[300] = "";
    for (size_t i = 0; i < 254; i++) {
        name[i] = i % 50 == 49 ? '.' : 'a';
    }
    CU_ASSERT_FALSE(cw_json_host_is_valid(cw_span_make(name, 254)));
    CU_ASSERT(cw_json_host_is_valid(cw_span_make(name, 253)));
}

static const struct cw_test tests[] = {
    {"refuses every invalid case with its words and place", refuses_every_invalid_case},
    {"accepts every valid case without a word", accepts_every_valid_case},
    {"reads every member", reads_every_member},
    {"reads every member of an endpoint", reads_every_member_of_an_endpoint},
    {"never sends red unasked", never_sends_red_unasked},
    {"fills in defaults", fills_in_defaults},
    {"reports a missing file as a mistake", reports_a_missing_file_as_a_mistake},
    {"refuses a file that everybody may write", refuses_a_file_that_everybody_may_write},
    {"bounds the size of the file", bounds_the_size_of_the_file},
    {"looks for the file in the documented order", looks_for_the_file_in_order},
    {"looks under home when XDG_CONFIG_HOME is not set", looks_under_home_when_xdg_is_not_set},
    {"judges host names", judges_host_names},
};

int main(void)
{
    return cw_run_suite("config", tests, CW_COUNT(tests));
}
