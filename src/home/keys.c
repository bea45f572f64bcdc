#include "alert/key_set.h"
#include "base/clock.h"
#include "base/datetime.h"
#include "base/file.h"
#include "home/internal.h"
#include "home/role_keys.h"

enum { BEARER_BYTES_MAX = 8192 };

static_assert((int)CW_ENDPOINT_CLOUDEVENTS == (int)CW_FORMAT_CLOUDEVENTS, "the same order");
static_assert((int)CW_ENDPOINT_SLACK == (int)CW_FORMAT_SLACK, "the same order");
static_assert((int)CW_ENDPOINT_TEAMS == (int)CW_FORMAT_TEAMS, "the same order");
static_assert((int)CW_ENDPOINT_PAGERDUTY == (int)CW_FORMAT_PAGERDUTY, "the same order");
static_assert((int)CW_ENDPOINT_ALERTMANAGER == (int)CW_FORMAT_ALERTMANAGER, "the same order");

/* What one receiver points to. */
struct secrets_of_one {
    struct cw_role_keys keys;       /* empty: the common ones */
    struct cw_signing_key *old_key; /* NULL: none */
    struct cw_webhook_secret *secret;
    struct cw_buf bearer;
    struct cw_buf routing_key;
    struct cw_buf url; /* when it is not the configured one */
};

struct secrets {
    struct cw_role_keys common; /* of the role; empty until someone needs them */
    struct secrets_of_one *items;
    size_t count;
};

/* Through a volatile pointer, or the compiler may leave the writes out before free(). */
static void wipe(struct cw_buf *text)
{
    volatile char *bytes = text->data;
    for (size_t i = 0; bytes != NULL && i < text->cap; i++) {
        bytes[i] = '\0';
    }
    cw_buf_clear(text);
}

void cw_home_free_secrets(void *receiver_secrets)
{
    struct secrets *secrets = receiver_secrets;
    if (secrets == NULL) {
        return;
    }
    for (size_t i = 0; i < secrets->count; i++) {
        cw_role_keys_clear(&secrets->items[i].keys);
        cw_signing_key_free(secrets->items[i].old_key);
        cw_webhook_secret_free(secrets->items[i].secret);
        wipe(&secrets->items[i].bearer);
        wipe(&secrets->items[i].routing_key);
        cw_buf_clear(&secrets->items[i].url);
    }
    cw_role_keys_clear(&secrets->common);
    free(secrets->items);
    free(secrets);
}

static enum cw_status load_role(const struct cw_home *home, enum cw_key_role role,
                                struct cw_role_keys *ret, struct cw_error *err)
{
    struct cw_key_place place;
    struct cw_error cause = {0};
    enum cw_status status = cw_key_place_of_role(home, role, &place, err);
    if (status == CW_OK) {
        status = cw_role_keys_load(&place, ret, &cause);
        if (status == CW_NOT_FOUND) {
            (void)cw_error_set(err, status, "%s; type: `cryptowatch key new --role %s`", cause.text,
                               cw_key_role_name(role));
        } else if (status != CW_OK) {
            (void)cw_error_set(err, status, "%s", cause.text);
        }
    }
    cw_key_place_clear(&place);
    return status;
}

static enum cw_status load_file(const char *path, struct cw_role_keys *ret, struct cw_error *err)
{
    struct cw_key_place place;
    enum cw_status status = cw_key_place_of_file(path, &place, err);
    if (status == CW_OK) {
        status = cw_role_keys_load(&place, ret, err);
    }
    cw_key_place_clear(&place);
    return status;
}

/* During the overlap both sign, the newest first: a receiver may change keys on any of seven days.
 */
static void choose_keys(const struct cw_role_keys *keys, int64_t now_s, struct cw_receiver *ret)
{
    const bool has_begun = now_s >= keys->next_from_s;
    const bool is_over = has_begun && now_s - keys->next_from_s >= CW_HOME_OVERLAP_S;
    ret->keys_count = 0;
    if (keys->next != NULL && (has_begun || keys->current == NULL)) {
        ret->keys[ret->keys_count++] = keys->next;
    }
    if (keys->current != NULL && !is_over) {
        ret->keys[ret->keys_count++] = keys->current;
    }
    CW_ASSERT(ret->keys_count > 0);
}

static enum cw_status load_delivery_keys(const struct cw_home *home,
                                         const struct cw_endpoint *endpoint,
                                         struct secrets *secrets, struct secrets_of_one *own,
                                         const struct cw_role_keys **ret, struct cw_error *err)
{
    *ret = &own->keys;
    if (endpoint->delivery_key_file[0] != '\0') {
        return load_file(endpoint->delivery_key_file, &own->keys, err);
    }
    *ret = &secrets->common;
    return secrets->common.current != NULL || secrets->common.next != NULL
               ? CW_OK
               : load_role(home, CW_KEY_DELIVERY, &secrets->common, err);
}

/* The old key follows the new one: receivers try signatures in order, and most have the new one. */
static enum cw_status load_old_key(const struct cw_endpoint *endpoint, struct secrets_of_one *own,
                                   struct cw_receiver *receiver, struct cw_error *err)
{
    if (endpoint->delivery_key_old_file[0] == '\0') {
        return CW_OK;
    }
    const enum cw_status status =
        cw_signing_key_load(endpoint->delivery_key_old_file, &own->old_key, err);
    if (status == CW_OK) {
        receiver->keys[receiver->keys_count++] = own->old_key;
    }
    return status;
}

static enum cw_status load_texts(const struct cw_endpoint *endpoint, struct secrets_of_one *own,
                                 struct cw_receiver *receiver, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (endpoint->whsec_file[0] != '\0') {
        status = cw_webhook_secret_load(endpoint->whsec_file, &own->secret, err);
        receiver->secret = own->secret;
    }
    if (status == CW_OK && endpoint->bearer_file[0] != '\0') {
        status = cw_secret_text_load(endpoint->bearer_file, &own->bearer, err);
        receiver->bearer = own->bearer.data;
    }
    if (status == CW_OK && endpoint->routing_key_file[0] != '\0') {
        status = cw_secret_text_load(endpoint->routing_key_file, &own->routing_key, err);
        receiver->preset.routing_key = own->routing_key.data;
    }
    return status;
}

/* Alertmanager is configured by its address everywhere else, so its path may be left out here. */
static enum cw_status settle_url(const struct cw_endpoint *endpoint, struct secrets_of_one *own,
                                 struct cw_receiver *receiver, struct cw_error *err)
{
    const struct cw_span url = cw_span_cstr(endpoint->url);
    const size_t host = cw_span_find(url, '/', 0) + 2;
    const size_t path = host < url.len ? cw_span_find(url, '/', host) : url.len;
    if (endpoint->format != CW_ENDPOINT_ALERTMANAGER || path + 1 < url.len) {
        return CW_OK;
    }
    cw_buf_span(&own->url, cw_span_slice(url, 0, path));
    cw_buf_str(&own->url, "/api/v2/alerts");
    receiver->url = own->url.data;
    return cw_buf_status(&own->url, err);
}

static uint32_t type_bits(const char *const *types)
{
    uint32_t bits = 0;
    for (size_t i = 0; types[i] != NULL; i++) {
        enum cw_alert_type type = CW_ALERT_TEST;
        const bool is_known = cw_alert_type_parse(cw_span_cstr(types[i]), &type);
        CW_ASSERT(is_known); /* the configuration took no other word */
        bits |= 1u << type;
    }
    return bits;
}

static enum cw_status load_receiver(const struct cw_home *home, int64_t now_s,
                                    const struct cw_endpoint *endpoint, struct secrets *secrets,
                                    struct cw_receiver *ret, struct cw_error *err)
{
    const struct cw_role_keys *keys = NULL;
    struct secrets_of_one *own = &secrets->items[secrets->count++];
    cw_buf_init(&own->bearer, BEARER_BYTES_MAX);
    cw_buf_init(&own->routing_key, BEARER_BYTES_MAX);
    cw_buf_init(&own->url, CW_HTTP_URL_MAX);
    *ret = (struct cw_receiver){
        .id = endpoint->id,
        .url = endpoint->url,
        .ca_file = endpoint->ca_file,
        .preset = {.format = (enum cw_delivery_format)endpoint->format},
        .types = type_bits(endpoint->types),
        .min_severity = (enum cw_severity)endpoint->min_severity,
        .max_tlp = (enum cw_tlp)endpoint->max_tlp,
    };
    enum cw_status status = load_delivery_keys(home, endpoint, secrets, own, &keys, err);
    if (status == CW_OK) {
        choose_keys(keys, now_s, ret);
        status = load_old_key(endpoint, own, ret, err);
    }
    if (status == CW_OK) {
        status = load_texts(endpoint, own, ret, err);
    }
    if (status == CW_OK) {
        status = settle_url(endpoint, own, ret, err);
    }
    return status;
}

static enum cw_status load_receivers(struct cw_home *home, int64_t now_s, struct cw_error *err)
{
    const struct cw_config *config = home->config;
    struct secrets *secrets = calloc(1, sizeof(*secrets));
    home->receiver_secrets = secrets;
    if (secrets != NULL) {
        secrets->items = calloc(config->endpoints_count + 1, sizeof(*secrets->items));
    }
    home->receivers = calloc(config->endpoints_count + 1, sizeof(*home->receivers));
    if (secrets == NULL || secrets->items == NULL || home->receivers == NULL) {
        return cw_error_set(err, CW_NOMEM, "not enough memory for the endpoints");
    }
    for (size_t i = 0; i < config->endpoints_count; i++) {
        const struct cw_endpoint *endpoint = &config->endpoints[i];
        if (!endpoint->is_enabled) {
            continue;
        }
        struct cw_error cause = {0};
        const enum cw_status status = load_receiver(
            home, now_s, endpoint, secrets, &home->receivers[home->receivers_count], &cause);
        if (status != CW_OK) {
            return cw_error_set(err, status, "endpoint %s: %s", endpoint->id, cause.text);
        }
        home->receivers_count++;
    }
    return CW_OK;
}

static void forget_keys(struct cw_home *home)
{
    cw_home_free_secrets(home->receiver_secrets);
    free(home->receivers);
    cw_signing_key_free(home->alert_key);
    cw_signing_key_free(home->log_key);
    home->log_key = NULL;
    home->receiver_secrets = NULL;
    home->receivers = NULL;
    home->receivers_count = 0;
    home->alert_key = NULL;
}

enum cw_status cw_home_key(const struct cw_home *home, enum cw_key_role role, int64_t now_s,
                           struct cw_signing_key **ret, struct cw_error *err)
{
    struct cw_role_keys keys = {.next_from_s = INT64_MAX};
    const enum cw_status status = load_role(home, role, &keys, err);
    if (status == CW_OK) {
        *ret = cw_role_keys_take(&keys, now_s);
    }
    cw_role_keys_clear(&keys);
    return status;
}

bool cw_home_successor(const struct cw_home *home, enum cw_key_role role,
                       const struct cw_public_key *now, struct cw_public_key *ret)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *next = NULL;
    if (cw_home_key(home, role, INT64_MAX - 1, &next, NULL) != CW_OK) {
        return false;
    }
    *ret = cw_signing_key_public(next);
    return memcmp(now->bytes, ret->bytes, sizeof(ret->bytes)) != 0;
}

bool cw_home_alert_key_is_ending(const struct cw_home *home, int64_t now_s, int64_t *ret_ends_s)
{
    CW_ASSERT(home->alert_key != NULL);
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    char kid[CW_KID_TEXT_BYTES];
    char *path = NULL;
    struct cw_public_key next;
    const struct cw_public_key now = cw_signing_key_public(home->alert_key);
    enum cw_status status = cw_home_set_path(home->config, CW_KEY_ALERT, &path, NULL);
    if (status == CW_OK) {
        status = cw_home_read_set(path, &set, NULL);
    }
    free(path);
    cw_public_key_kid(&now, kid);
    const struct cw_key_entry *entry = status == CW_OK ? cw_key_set_find(set, kid) : NULL;
    if (entry == NULL || entry->exp_s > now_s + CW_HOME_ENDING_S ||
        cw_home_successor(home, CW_KEY_ALERT, &now, &next)) {
        return false;
    }
    *ret_ends_s = entry->exp_s;
    return true;
}

/* The key before the one that signs now ends with the word that it was replaced, at the time at
 * which its successor began. Said once: a set in which it stands already is left alone. */
static enum cw_status end_former(const struct cw_home *home, const struct cw_role_keys *keys,
                                 struct cw_error *err)
{
    char kid[CW_KID_TEXT_BYTES];
    char *path = NULL;
    struct cw_error why = {0};
    const struct cw_public_key former = cw_signing_key_public(keys->current);
    cw_public_key_kid(&former, kid);
    enum cw_status status = cw_home_set_path(home->config, CW_KEY_ALERT, &path, err);
    if (status == CW_OK) {
        status = cw_home_set_revoke(path, kid, "superseded", keys->next_from_s, &why);
        if (status == CW_INVALID || status == CW_NOT_FOUND) {
            status = CW_OK;
        } else if (status != CW_OK) {
            (void)cw_error_set(err, status, "%s", why.text);
        }
    }
    free(path);
    return status;
}

/* What is signed carries its time for good: not with a clock that is known to be wrong. */
static enum cw_status check_clock(int64_t now_s, struct cw_error *err)
{
    char now[CW_TIME_TEXT_BYTES];
    char earliest[CW_DATE_TEXT_BYTES];
    if (now_s >= CW_CLOCK_EARLIEST_S) {
        return CW_OK;
    }
    cw_time_format(now_s, now);
    cw_date_format(CW_CLOCK_EARLIEST_S, earliest);
    return cw_error_set(err, CW_STATE,
                        "the clock of this machine says %s, and this program is newer than %s: set "
                        "the clock and run again; nothing was done",
                        now, earliest);
}

enum cw_status cw_home_load_alert_key(struct cw_home *home, int64_t now_s, struct cw_error *err)
{
    CW_ASSERT(home->config != NULL);
    CW_ASSERT(home->alert_key == NULL);
    struct cw_role_keys keys = {.next_from_s = INT64_MAX};
    enum cw_status status = check_clock(now_s, err);
    if (status == CW_OK) {
        status = load_role(home, CW_KEY_ALERT, &keys, err);
    }
    if (status == CW_OK && keys.current != NULL && now_s >= keys.next_from_s) {
        status = end_former(home, &keys, err);
    }
    if (status == CW_OK) {
        home->alert_key = cw_role_keys_take(&keys, now_s);
        status = cw_home_publish(home, now_s, err);
    }
    if (status != CW_OK) {
        forget_keys(home);
    }
    cw_role_keys_clear(&keys);
    return status;
}

static enum cw_status load_log_key(struct cw_home *home, int64_t now_s, struct cw_error *err)
{
    struct cw_error cause = {0};
    const enum cw_status status = cw_home_key(home, CW_KEY_LOG, now_s, &home->log_key, &cause);
    return status == CW_OK || status == CW_NOT_FOUND ? CW_OK
                                                     : cw_error_set(err, status, "%s", cause.text);
}

enum cw_status cw_home_load_keys(struct cw_home *home, int64_t now_s, struct cw_error *err)
{
    enum cw_status status = cw_home_load_alert_key(home, now_s, err);
    if (status == CW_OK) {
        status = load_log_key(home, now_s, err);
    }
    if (status == CW_OK) {
        status = load_receivers(home, now_s, err);
    }
    if (status != CW_OK) {
        forget_keys(home);
    }
    return status;
}
