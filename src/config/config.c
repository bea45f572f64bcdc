#include "config/config.h"

#include "alert/alert.h"
#include "base/limits.h"
#include "tlog/note.h"
#include "json/json_names.h"
#include "json/json_url.h"

static_assert((int)CW_GRADE_TLP_DEFAULT == (int)CW_TLP_AMBER, "grade.h counts as alert.h does");
static_assert(CW_COUNT(cw_grade_tlps) == (size_t)CW_TLP_RED + 2, "as many marks, and NULL");
static_assert(CW_COUNT(cw_grade_severities) == (size_t)CW_CRITICAL + 2, "as many, and NULL");

enum {
    PATH_BYTES_MAX = 4096,
    INSTANCE_BYTES_MAX = 64,
    HOST_BYTES_MAX = 253,
    TYPE_BYTES_MAX = 64,
    DEADLINE_MIN_S = 60,
    DEADLINE_MAX_S = 86400,
    HEARTBEAT_MIN_S = 300,
    HEARTBEAT_MAX_S = 31 * 86400,
    ARENA_BYTES_MAX = 16 << 20,
    TLP_UNSAID = -1,
};

/* The document stays open as long as the configuration: strings point into it. */
struct holder {
    struct cw_config config;
    struct cw_arena *arena;
    struct cw_json_file *file;
};
static_assert(offsetof(struct holder, config) == 0, "a configuration is the start of its holder");

struct draft {
    struct cw_config config;
    const json_t *endpoints;
    const json_t *allow_private_hosts;
    const json_t *languages;
    const json_t *log;
};

struct endpoint_draft {
    struct cw_endpoint endpoint;
    const json_t *types;
};

/* What goes with one reading. */
struct reading {
    struct cw_arena *arena;
    const struct cw_json_file *file;
    struct cw_mistakes *mistakes;
};

static const char *const endpoint_formats[] = {"cloudevents", "slack",        "teams",
                                               "pagerduty",   "alertmanager", NULL};
static const char *const known_languages[] = {"en", "fr", "ko", NULL};
static const char *const known_types[] = {
    "cryptowatch.address.listed",    "cryptowatch.address.delisted", "cryptowatch.address.changed",
    "cryptowatch.alert.retracted",   "cryptowatch.feed.failed",      "cryptowatch.feed.recovered",
    "cryptowatch.feed.stale",        "cryptowatch.feed.suspect",     "cryptowatch.key.changed",
    "cryptowatch.endpoint.disabled", "cryptowatch.heartbeat",        "cryptowatch.test",
};
static_assert(CW_COUNT(known_types) == CW_ALERT_TYPES, "every type can be asked for");

#define AT(member)    offsetof(struct draft, member)
#define IN(member)    offsetof(struct endpoint_draft, member)
#define TEXT(n, most) .name = (n), .type = CW_FIELD_STRING, .min = 1, .max = (most)

static const struct cw_field config_fields[] = {
    {TEXT("source", CW_HTTP_URL_MAX), .is_required = true, .offset = AT(config.source)},
    {TEXT("instance", INSTANCE_BYTES_MAX), .offset = AT(config.instance)},
    {TEXT("state_dir", PATH_BYTES_MAX), .offset = AT(config.state_dir)},
    {TEXT("feeds_dir", PATH_BYTES_MAX), .offset = AT(config.feeds_dir)},
    {TEXT("rules_dir", PATH_BYTES_MAX), .offset = AT(config.rules_dir)},
    {TEXT("keys_dir", PATH_BYTES_MAX), .offset = AT(config.keys_dir)},
    {TEXT("trust_dir", PATH_BYTES_MAX), .offset = AT(config.trust_dir)},
    {"run_deadline", CW_FIELD_DURATION, .min = DEADLINE_MIN_S, .max = DEADLINE_MAX_S,
     .offset = AT(config.run_deadline_s)},
    {"endpoints", CW_FIELD_ARRAY, .max = CW_ENDPOINTS_MAX, .offset = AT(endpoints)},
    {"allow_private_hosts", CW_FIELD_ARRAY, .offset = AT(allow_private_hosts)},
    {TEXT("metrics_file", PATH_BYTES_MAX), .offset = AT(config.metrics_file)},
    {"heartbeat_every", CW_FIELD_DURATION, .min = HEARTBEAT_MIN_S, .max = HEARTBEAT_MAX_S,
     .offset = AT(config.heartbeat_every_s)},
    {"baseline_severity", CW_FIELD_CHOICE, .choices = cw_grade_severities,
     .offset = AT(config.baseline_severity)},
    {"languages", CW_FIELD_ARRAY, .offset = AT(languages)},
    {"log", CW_FIELD_OBJECT, .offset = AT(log)},
};

/* Stands alone, so that its one member is at the start of its target. */
static const struct cw_field log_fields[] = {{TEXT("origin", CW_LOG_NAME_MAX)}};

static const struct cw_field endpoint_fields[] = {
    {TEXT("id", 0), .is_required = true, .offset = IN(endpoint.id)},
    {TEXT("url", CW_HTTP_URL_MAX), .is_required = true, .offset = IN(endpoint.url)},
    {"types", CW_FIELD_ARRAY, .offset = IN(types)},
    {"min_severity", CW_FIELD_CHOICE, .choices = cw_grade_severities,
     .offset = IN(endpoint.min_severity)},
    {"max_tlp", CW_FIELD_CHOICE, .choices = cw_grade_tlps, .offset = IN(endpoint.max_tlp)},
    {"format", CW_FIELD_CHOICE, .choices = endpoint_formats, .offset = IN(endpoint.format)},
    {TEXT("whsec_file", PATH_BYTES_MAX), .offset = IN(endpoint.whsec_file)},
    {TEXT("delivery_key_file", PATH_BYTES_MAX), .offset = IN(endpoint.delivery_key_file)},
    {TEXT("delivery_key_old_file", PATH_BYTES_MAX), .offset = IN(endpoint.delivery_key_old_file)},
    {TEXT("routing_key_file", PATH_BYTES_MAX), .offset = IN(endpoint.routing_key_file)},
    {TEXT("bearer_file", PATH_BYTES_MAX), .offset = IN(endpoint.bearer_file)},
    {TEXT("ca_file", PATH_BYTES_MAX), .offset = IN(endpoint.ca_file)},
    {"enabled", CW_FIELD_BOOL, .offset = IN(endpoint.is_enabled)},
};

static const struct draft config_defaults = {
    .config = {.source = "",
               .instance = "default",
               .state_dir = "state",
               .feeds_dir = "feeds",
               .rules_dir = "rules",
               .keys_dir = "keys",
               .trust_dir = "trust.d",
               .run_deadline_s = CW_RUN_DEADLINE_S,
               .metrics_file = "",
               .baseline_severity = CW_MEDIUM,
               .log_origin = ""},
};

static const struct endpoint_draft endpoint_defaults = {
    .endpoint = {.id = "",
                 .url = "",
                 .min_severity = CW_INFO,
                 .max_tlp = TLP_UNSAID,
                 .format = CW_ENDPOINT_CLOUDEVENTS,
                 .whsec_file = "",
                 .delivery_key_file = "",
                 .delivery_key_old_file = "",
                 .routing_key_file = "",
                 .bearer_file = "",
                 .ca_file = "",
                 .is_enabled = true},
};

static void refuse(const struct reading *reading, const char *pointer, const char *why)
{
    cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, pointer, "%s", why);
}

static enum cw_status out_of_memory(const struct reading *reading, struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "%s: not enough memory", cw_json_file_path(reading->file));
}

/* Makes each path absolute in place; false when memory is exhausted. */
static bool make_absolute(const struct reading *reading, const char **const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *paths[i] = cw_json_path(reading->file, cw_span_cstr(*paths[i]), reading->arena);
        if (*paths[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_known(struct cw_span text, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cw_span_is(text, known[i])) {
            return true;
        }
    }
    return false;
}

static bool is_type(struct cw_span text)
{
    return is_known(text, known_types, CW_COUNT(known_types));
}

static bool is_language(struct cw_span text)
{
    return is_known(text, known_languages, CW_COUNT(known_languages) - 1);
}

static enum cw_status read_hosts(const struct reading *reading, const json_t *array,
                                 struct cw_config *config, struct cw_error *err)
{
    const char **hosts = NULL;
    const struct cw_json_strings strings = {
        .array = array,
        .pointer = "/allow_private_hosts",
        .bytes_max = HOST_BYTES_MAX,
        .is_good = cw_json_host_is_valid,
        .expected = "a host name or address, without scheme, port and brackets,",
    };
    const enum cw_status status = cw_json_read_strings(reading->file, &strings, reading->arena,
                                                       reading->mistakes, &hosts, err);
    config->allow_private_hosts = hosts;
    return status;
}

/* English is the one sentence every receiver can count on (alerts.md section 2.3). */
static enum cw_status read_languages(const struct reading *reading, const json_t *array,
                                     struct cw_config *config, struct cw_error *err)
{
    const char **languages = NULL;
    const struct cw_json_strings strings = {
        .array = array,
        .pointer = "/languages",
        .bytes_max = 16,
        .is_good = is_language,
        .expected = "one of en, fr, ko",
    };
    config->languages = known_languages;
    if (array == NULL) {
        return CW_OK;
    }
    const enum cw_status status = cw_json_read_strings(reading->file, &strings, reading->arena,
                                                       reading->mistakes, &languages, err);
    if (status != CW_OK) {
        return status;
    }
    bool has_english = false;
    for (size_t i = 0; languages[i] != NULL; i++) {
        has_english |= strcmp(languages[i], "en") == 0;
    }
    if (!has_english) {
        refuse(reading, "/languages", "must contain \"en\": every alert has an English sentence");
    }
    config->languages = languages;
    return CW_OK;
}

static void check_endpoint(const struct reading *reading, const struct cw_config *config,
                           const struct cw_endpoint *before, size_t index,
                           const struct cw_endpoint *endpoint)
{
    char pointer[64];
    if (endpoint->url[0] != '\0') {
        struct cw_json_url url;
        const char *why =
            cw_json_url_read_web(cw_span_cstr(endpoint->url), config->allow_private_hosts, &url);
        (void)snprintf(pointer, sizeof(pointer), "/endpoints/%zu/url", index);
        if (why != NULL) {
            refuse(reading, pointer, why);
        }
    }
    (void)snprintf(pointer, sizeof(pointer), "/endpoints/%zu/id", index);
    if (endpoint->id[0] == '\0' || !cw_json_check_id(reading->file, endpoint->id, CW_JSON_ID_LOWER,
                                                     pointer, reading->mistakes)) {
        return;
    }
    for (size_t i = 0; i < index; i++) {
        if (strcmp(before[i].id, endpoint->id) == 0) {
            cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, pointer,
                                 "is the id of /endpoints/%zu already", i);
            return;
        }
    }
}

/* A chat is read by more people than it seems, so a note shows less unless it is told otherwise. */
static void settle_format(const struct reading *reading, const char *base,
                          struct cw_endpoint *endpoint)
{
    char pointer[64];
    const bool is_pager = endpoint->format == CW_ENDPOINT_PAGERDUTY;
    const bool has_key = endpoint->routing_key_file[0] != '\0';
    if (endpoint->max_tlp == TLP_UNSAID) {
        endpoint->max_tlp =
            endpoint->format == CW_ENDPOINT_CLOUDEVENTS ? CW_TLP_AMBER : CW_TLP_GREEN;
    }
    (void)snprintf(pointer, sizeof(pointer), "%s/routing_key_file", base);
    if (is_pager && !has_key) {
        refuse(reading, base, "needs routing_key_file: PagerDuty's integration key");
    } else if (!is_pager && has_key) {
        refuse(reading, pointer, "goes with \"format\": \"pagerduty\" only");
    }
}

static enum cw_status read_endpoint(const struct reading *reading, const json_t *value,
                                    size_t index, struct cw_endpoint *ret, struct cw_error *err)
{
    char base[40];
    char pointer[64];
    const char **types = NULL;
    struct endpoint_draft draft = endpoint_defaults;
    (void)snprintf(base, sizeof(base), "/endpoints/%zu", index);
    (void)snprintf(pointer, sizeof(pointer), "%s/types", base);
    (void)cw_json_read_object(reading->file, value, base, CW_FIELDS(endpoint_fields), &draft,
                              reading->mistakes);
    struct cw_endpoint *endpoint = &draft.endpoint;
    const struct cw_json_strings strings = {
        .array = draft.types,
        .pointer = pointer,
        .bytes_max = TYPE_BYTES_MAX,
        .is_good = is_type,
        .expected = "an event type such as \"cryptowatch.address.listed\"",
    };
    const enum cw_status status = cw_json_read_strings(reading->file, &strings, reading->arena,
                                                       reading->mistakes, &types, err);
    if (status != CW_OK) {
        return status;
    }
    settle_format(reading, base, endpoint);
    const char **const paths[] = {
        &endpoint->whsec_file,       &endpoint->delivery_key_file, &endpoint->delivery_key_old_file,
        &endpoint->routing_key_file, &endpoint->bearer_file,       &endpoint->ca_file};
    if (!make_absolute(reading, paths, CW_COUNT(paths))) {
        return out_of_memory(reading, err);
    }
    endpoint->types = types;
    *ret = *endpoint;
    return CW_OK;
}

static enum cw_status read_endpoints(const struct reading *reading, const json_t *array,
                                     struct cw_config *config, struct cw_error *err)
{
    const size_t count = json_array_size(array);
    struct cw_endpoint *endpoints = cw_arena_array(reading->arena, count, sizeof(*endpoints));
    if (endpoints == NULL) {
        return out_of_memory(reading, err);
    }
    for (size_t i = 0; i < count; i++) {
        const enum cw_status status =
            read_endpoint(reading, json_array_get(array, i), i, &endpoints[i], err);
        if (status != CW_OK) {
            return status;
        }
        check_endpoint(reading, config, endpoints, i, &endpoints[i]);
    }
    config->endpoints = endpoints;
    config->endpoints_count = count;
    return CW_OK;
}

/* A log is named by a URL without scheme (C2SP tlog-tiles). A source of other characters cannot
 * name one; that is no mistake as long as nobody asks for the name. */
static enum cw_status derive_origin(const struct reading *reading, struct cw_config *config,
                                    struct cw_error *err)
{
    const struct cw_span scheme = CW_SPAN("https://");
    struct cw_span name = cw_span_cstr(config->source);
    if (cw_span_starts_with(name, scheme)) {
        name = cw_span_slice(name, scheme.len, name.len);
    }
    struct cw_buf origin;
    cw_buf_init(&origin, CW_LOG_NAME_MAX);
    cw_buf_span(&origin, name);
    cw_buf_str(&origin, "/log1");
    enum cw_status status = origin.failed == CW_NOMEM ? out_of_memory(reading, err) : CW_OK;
    if (name.len > 0 && cw_buf_status(&origin, NULL) == CW_OK &&
        cw_tlog_name_is_valid(cw_buf_as_span(&origin))) {
        config->log_origin = cw_arena_copy(reading->arena, cw_buf_as_span(&origin)).data;
        status = config->log_origin == NULL ? out_of_memory(reading, err) : CW_OK;
    }
    cw_buf_clear(&origin);
    return status;
}

static enum cw_status read_log(const struct reading *reading, const json_t *object,
                               struct cw_config *config, struct cw_error *err)
{
    const char *origin = "";
    if (object != NULL) {
        (void)cw_json_read_object(reading->file, object, "/log", CW_FIELDS(log_fields),
                                  (void *)&origin, reading->mistakes);
    }
    if (origin[0] == '\0') {
        return derive_origin(reading, config, err);
    }
    if (!cw_tlog_name_is_valid(cw_span_cstr(origin))) {
        refuse(reading, "/log/origin",
               "must be printable ASCII without blanks and \"+\", such as "
               "\"scanner.example/cryptowatch/log1\"");
    }
    config->log_origin = origin;
    return CW_OK;
}

static enum cw_status read_config(const struct reading *reading, struct cw_config *ret,
                                  struct cw_error *err)
{
    struct draft draft = config_defaults;
    struct cw_config *config = &draft.config;
    (void)cw_json_read_object(reading->file, cw_json_file_root(reading->file), "",
                              CW_FIELDS(config_fields), &draft, reading->mistakes);
    if (config->source[0] != '\0' && !cw_json_uri_is_absolute(cw_span_cstr(config->source))) {
        refuse(reading, "/source",
               "must be an absolute URI such as \"https://scanner.example/cryptowatch\"");
    }
    const char **const paths[] = {&config->state_dir, &config->feeds_dir, &config->rules_dir,
                                  &config->keys_dir,  &config->trust_dir, &config->metrics_file};
    if (!make_absolute(reading, paths, CW_COUNT(paths))) {
        return out_of_memory(reading, err);
    }
    enum cw_status status = read_hosts(reading, draft.allow_private_hosts, config, err);
    if (status == CW_OK) {
        status = read_languages(reading, draft.languages, config, err);
    }
    if (status == CW_OK) {
        status = read_endpoints(reading, draft.endpoints, config, err);
    }
    if (status == CW_OK) {
        status = read_log(reading, draft.log, config, err);
    }
    config->path = cw_json_file_path(reading->file);
    config->sha256 = cw_json_file_sha256(reading->file);
    *ret = *config;
    return status;
}

/* Takes `file` over in every case. */
static enum cw_status config_take(struct cw_json_file *file, struct cw_mistakes *mistakes,
                                  struct cw_config **ret, struct cw_error *err)
{
    *ret = NULL;
    if (file == NULL) {
        return CW_OK;
    }
    struct holder *holder = calloc(1, sizeof(*holder));
    struct cw_arena *arena = cw_arena_new(ARENA_BYTES_MAX);
    if (holder == NULL || arena == NULL) {
        free(holder);
        cw_arena_free(arena);
        cw_json_file_free(file);
        return cw_error_set(err, CW_NOMEM, "not enough memory for the configuration");
    }
    holder->arena = arena;
    holder->file = file;
    const struct reading reading = {.arena = arena, .file = file, .mistakes = mistakes};
    const enum cw_status status = read_config(&reading, &holder->config, err);
    if (status != CW_OK) {
        cw_config_free(&holder->config);
        return status;
    }
    *ret = &holder->config;
    return CW_OK;
}

enum cw_status cw_config_load(const char *path, struct cw_mistakes *mistakes,
                              struct cw_config **ret, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    CW_ASSERT(mistakes != NULL);
    struct cw_json_file *file = NULL;
    const enum cw_status status =
        cw_json_file_open(path, CW_CONFIG_BYTES_MAX, mistakes, &file, err);
    return status == CW_OK ? config_take(file, mistakes, ret, err) : status;
}

enum cw_status cw_config_from(struct cw_span text, const char *path, struct cw_mistakes *mistakes,
                              struct cw_config **ret, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    CW_ASSERT(mistakes != NULL);
    struct cw_json_file *file = NULL;
    const enum cw_status status = cw_json_file_from(text, path, mistakes, &file, err);
    return status == CW_OK ? config_take(file, mistakes, ret, err) : status;
}

void cw_config_free(struct cw_config *config)
{
    if (config == NULL) {
        return;
    }
    struct holder *holder = (struct holder *)(void *)config;
    cw_json_file_free(holder->file);
    cw_arena_free(holder->arena);
    free(holder);
}

void cw_config_freep(struct cw_config **config)
{
    cw_config_free(*config);
    *config = NULL;
}
