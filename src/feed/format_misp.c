/* MISP events, JSON: {"Event": {…}}, or several as {"response": [{"Event": {…}}]} or
 * [{"Event": {…}}]; with the manifest of a feed in front of them, {"manifest": {UUID: {…}},
 * "response": […]} (misp_folder.h).
 *
 *   manifest.UUID               an event of the feed; one that is missing is reported, and what an
 *                               event says that the manifest does not name is not the feed's word
 *   Event.Attribute[]           type btc, xmr or dash: the value is an address
 *   Event.Object[].Attribute[]  the same, and in a coin-address object address-crypto of any chain,
 *                               whose symbol is its tag
 *
 * The event is the entry: its uuid and its info, which may stand behind its attributes. MISP takes
 * any letters and digits as `btc`: main sees to that. Deleted attributes, and those of a deleted
 * object, are unusable entries.
 * Attributes and objects are taken one at a time, so that an event may be long. */
#include "base/text.h"
#include "feed/format.h"
#include "feed/json_walk.h"
#include "feed/wallet_table.h"

enum { UUID_MAX = 64, MARK_MAX = UUID_MAX + 8, INFO_MAX = CW_ENTRY_NAME_MAX };

static const struct {
    const char *type; /* of an attribute */
    const char *tag;
} COINS[] = {{"btc", "BTC"}, {"xmr", "XMR"}, {"dash", "DASH"}};

struct misp {
    struct cw_entry_sink sink;
    struct cw_json_walk *walk;
    struct cw_wallets wallets;
    uint64_t events;               /* begun so far: the holder of a wallet is its number */
    char event_key[24];            /* that number, as text */
    char date[CW_DATE_TEXT_BYTES]; /* the latest of the events */
    bool has_event;
    bool has_manifest;
};

static struct cw_span text_of(const json_t *value)
{
    return json_is_string(value) ? cw_span_make(json_string_value(value), json_string_length(value))
                                 : CW_SPAN("");
}

/* ---- the way to attributes ---- */

static bool is_at(const struct cw_json_place *place, size_t level, const char *name)
{
    return level < place->depth && !place->in_array[level] && cw_span_is(place->keys[level], name);
}

/* Level at which "Event" stands: 0, 1 in an element of the document, 2 behind "response" and its
 * element; SIZE_MAX when not. */
static size_t event_level(const struct cw_json_place *place)
{
    if (is_at(place, 0, "Event")) {
        return 0;
    }
    if (place->depth > 1 && place->in_array[0]) {
        return is_at(place, 1, "Event") ? 1 : SIZE_MAX;
    }
    return is_at(place, 0, "response") && place->depth > 2 && place->in_array[1] &&
                   is_at(place, 2, "Event")
               ? 2
               : SIZE_MAX;
}

static void begin_event(struct misp *misp)
{
    misp->events++;
    misp->has_event = true;
    (void)snprintf(misp->event_key, sizeof(misp->event_key), "%llu",
                   (unsigned long long)misp->events);
}

static enum cw_json_step on_begin(void *ctx, const struct cw_json_place *place,
                                  enum cw_json_kind kind)
{
    struct misp *misp = ctx;
    const size_t at = event_level(place);
    if (is_at(place, 0, "manifest")) {
        misp->has_manifest |= place->depth == 1 && kind == CW_JSON_OBJECT;
        return place->depth == 1 ? CW_JSON_ENTER : CW_JSON_TAKE;
    }
    if (at == SIZE_MAX) {
        const bool is_element = place->depth == 1 && place->in_array[0];
        const bool is_way = place->depth == 0 || is_element || is_at(place, 0, "response");
        return is_way && place->depth <= 2 ? CW_JSON_ENTER : CW_JSON_SKIP;
    }
    if (place->depth == at + 1) {
        if (kind == CW_JSON_OBJECT) {
            begin_event(misp);
        }
        return kind == CW_JSON_OBJECT ? CW_JSON_ENTER : CW_JSON_SKIP;
    }
    const bool is_list = is_at(place, at + 1, "Attribute") || is_at(place, at + 1, "Object");
    if (place->depth == at + 2 && is_list) {
        return CW_JSON_ENTER;
    }
    if (place->depth == at + 3 && is_list) {
        return CW_JSON_TAKE;
    }
    const bool is_about = is_at(place, at + 1, "uuid") || is_at(place, at + 1, "info") ||
                          is_at(place, at + 1, "date");
    return place->depth == at + 2 && is_about && kind == CW_JSON_SCALAR ? CW_JSON_TAKE
                                                                        : CW_JSON_SKIP;
}

/* ---- attributes ---- */

static const char *coin_of(struct cw_span type)
{
    for (size_t i = 0; i < CW_COUNT(COINS); i++) {
        if (cw_span_is(type, COINS[i].type)) {
            return COINS[i].tag;
        }
    }
    return NULL;
}

static bool is_deleted(const json_t *attribute)
{
    const json_t *deleted = json_object_get(attribute, "deleted");
    return json_is_true(deleted) || cw_span_is(text_of(deleted), "1") ||
           (json_is_integer(deleted) && json_integer_value(deleted) != 0);
}

/* What the object around an attribute says of it. */
struct around {
    struct cw_span symbol; /* of the chain; empty when nothing */
    bool is_deleted;
};

static enum cw_status on_attribute(struct misp *misp, const json_t *attribute, struct around around,
                                   uint64_t line, struct cw_error *err)
{
    const char *coin = coin_of(text_of(json_object_get(attribute, "type")));
    const struct cw_span relation = text_of(json_object_get(attribute, "object_relation"));
    const bool is_address = coin != NULL || cw_span_is(relation, "address-crypto") ||
                            cw_span_is(relation, "address-xmr");
    if (!is_address) {
        return CW_OK;
    }
    const struct cw_wallet wallet = {
        .line = line,
        .holder = cw_span_cstr(misp->event_key),
        .value = text_of(json_object_get(attribute, "value")),
        .tag = around.symbol.len > 0 ? around.symbol : cw_span_cstr(coin),
        .note = text_of(json_object_get(attribute, "comment")),
        .error = around.is_deleted       ? CW_SPAN("the event marks the object as deleted")
                 : is_deleted(attribute) ? CW_SPAN("the event marks the attribute as deleted")
                                         : CW_SPAN(""),
    };
    return cw_wallet_add(&misp->wallets, &wallet, err);
}

static enum cw_status on_object(struct misp *misp, const json_t *object, uint64_t line,
                                struct cw_error *err)
{
    const json_t *attributes = json_object_get(object, "Attribute");
    struct around around = {.symbol = CW_SPAN(""), .is_deleted = is_deleted(object)};
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < json_array_size(attributes); i++) {
        const json_t *attribute = json_array_get(attributes, i);
        if (cw_span_is(text_of(json_object_get(attribute, "object_relation")), "symbol")) {
            around.symbol = text_of(json_object_get(attribute, "value"));
        }
    }
    for (size_t i = 0; i < json_array_size(attributes) && status == CW_OK; i++) {
        status = on_attribute(misp, json_array_get(attributes, i), around, line, err);
    }
    return status;
}

/* ---- what is said of the event ---- */

static struct cw_span mark_key(char key[static MARK_MAX], const char *what, struct cw_span uuid)
{
    (void)snprintf(key, MARK_MAX, "%s %.*s", what, CW_SPAN_ARG(uuid));
    return cw_span_cstr(key);
}

static enum cw_status add_mark(struct cw_wallets *wallets, const char *what, struct cw_span uuid,
                               struct cw_span text, struct cw_error *err)
{
    char key[MARK_MAX];
    return cw_wallet_add_name(wallets, mark_key(key, what, uuid), text, err);
}

static bool has_mark(const struct cw_wallets *wallets, const char *what, struct cw_span uuid)
{
    char key[MARK_MAX];
    return cw_wallet_find_name(wallets, mark_key(key, what, uuid)).len > 0;
}

static enum cw_status keep_uuid(struct misp *misp, struct cw_span uuid, struct cw_error *err)
{
    char key[32];
    (void)snprintf(key, sizeof(key), "uuid %s", misp->event_key);
    const struct cw_span kept = cw_utf8_cut(uuid, UUID_MAX);
    const enum cw_status status = cw_wallet_add_name(&misp->wallets, cw_span_cstr(key), kept, err);
    return status == CW_OK && misp->has_manifest
               ? add_mark(&misp->wallets, "event", kept, cw_span_cstr(misp->event_key), err)
               : status;
}

/* A row that is reported at the end unless its event came. */
static enum cw_status on_manifest(struct misp *misp, struct cw_span uuid, uint64_t line,
                                  struct cw_error *err)
{
    const struct cw_span kept = cw_utf8_cut(uuid, UUID_MAX);
    const struct cw_wallet wallet = {
        .line = line,
        .id = kept,
        .error = CW_SPAN("the manifest names this event, and it is not there"),
    };
    const enum cw_status status = cw_wallet_add(&misp->wallets, &wallet, err);
    return status == CW_OK ? add_mark(&misp->wallets, "named", kept, CW_SPAN("1"), err) : status;
}

static enum cw_status on_about(struct misp *misp, struct cw_span name, struct cw_span text,
                               struct cw_error *err)
{
    if (cw_span_is(name, "uuid")) {
        return keep_uuid(misp, text, err);
    }
    if (cw_span_is(name, "info")) {
        return cw_wallet_add_name(&misp->wallets, cw_span_cstr(misp->event_key),
                                  cw_utf8_cut(text, INFO_MAX), err);
    }
    if (cw_date_parse(text, NULL) && memcmp(text.data, misp->date, text.len) > 0) {
        memcpy(misp->date, text.data, text.len);
    }
    return CW_OK;
}

static enum cw_status on_value(void *ctx, const struct cw_json_place *place, struct cw_span text,
                               struct cw_error *err)
{
    struct misp *misp = ctx;
    const size_t at = event_level(place);
    json_t *value = NULL;
    if (is_at(place, 0, "manifest")) {
        return on_manifest(misp, place->keys[1], place->line, err);
    }
    CW_ASSERT(at != SIZE_MAX);
    enum cw_status status = cw_json_value_read(text, &value, err);
    if (status != CW_OK) {
        return cw_error_prefix(err, "line %llu: ", (unsigned long long)place->line);
    }
    if (is_at(place, at + 1, "Attribute")) {
        status = on_attribute(misp, value, (struct around){0}, place->line, err);
    } else if (is_at(place, at + 1, "Object")) {
        status = on_object(misp, value, place->line, err);
    } else {
        status = on_about(misp, place->keys[at + 1], text_of(value), err);
    }
    json_decref(value);
    return status;
}

/* ---- the end ---- */

static enum cw_status deliver_missing(const struct misp *misp, const struct cw_wallet *wallet,
                                      struct cw_error *err)
{
    char position[64];
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)wallet->line);
    const struct cw_entry entry = {
        .position = cw_span_cstr(position), .entry_id = wallet->id, .error = wallet->error};
    return has_mark(&misp->wallets, "event", wallet->id)
               ? CW_OK
               : misp->sink.entry(misp->sink.ctx, &entry, err);
}

static enum cw_status deliver(const struct misp *misp, const struct cw_wallet *wallet,
                              struct cw_error *err)
{
    char position[64];
    char key[32];
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)wallet->line);
    (void)snprintf(key, sizeof(key), "uuid %.*s", CW_SPAN_ARG(wallet->holder));
    const struct cw_span uuid = cw_wallet_find_name(&misp->wallets, cw_span_cstr(key));
    const bool is_named = !misp->has_manifest || has_mark(&misp->wallets, "named", uuid);
    const struct cw_entry entry = {
        .position = cw_span_cstr(position),
        .value = wallet->value,
        .tag = wallet->tag,
        .note = wallet->note,
        .error = is_named ? wallet->error : CW_SPAN("the manifest does not name this event"),
        .entry_id = uuid,
        .entry_name = cw_wallet_find_name(&misp->wallets, wallet->holder),
    };
    return misp->sink.entry(misp->sink.ctx, &entry, err);
}

static enum cw_status finish(struct misp *misp, struct cw_error *err)
{
    if (!misp->has_event && !misp->has_manifest) {
        return cw_error_set(err, CW_UNTRUSTED, "not a MISP event: there is no \"Event\"");
    }
    cw_wallets_seal(&misp->wallets);
    const struct cw_list_info info = {.published = cw_span_cstr(misp->date)};
    enum cw_status status =
        misp->date[0] != '\0' ? misp->sink.info(misp->sink.ctx, &info, err) : CW_OK;
    for (const struct cw_wallet *wallet = misp->wallets.wallets; wallet != NULL && status == CW_OK;
         wallet = wallet->next) {
        status =
            wallet->id.len > 0 ? deliver_missing(misp, wallet, err) : deliver(misp, wallet, err);
    }
    return status;
}

static enum cw_status misp_feed(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    struct misp *misp = state;
    const enum cw_status status = cw_json_walk_feed(misp->walk, bytes, is_last, err);
    return status == CW_OK && is_last ? finish(misp, err) : status;
}

static void misp_close(void *state)
{
    struct misp *misp = state;
    if (misp != NULL) {
        cw_json_walk_free(misp->walk);
        cw_wallets_clear(&misp->wallets);
        free(misp);
    }
}

static enum cw_status misp_open(const struct cw_format_options *options, struct cw_entry_sink sink,
                                void **ret_state, struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct misp *misp = calloc(1, sizeof(*misp));
    if (misp == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    misp->sink = sink;
    misp->walk = cw_json_walk_new((struct cw_json_visitor){on_begin, on_value, NULL, misp});
    enum cw_status status = cw_wallets_init(&misp->wallets, err);
    if (status == CW_OK && misp->walk == NULL) {
        status = cw_error_set(err, CW_NOMEM, "out of memory");
    }
    if (status != CW_OK) {
        misp_close(misp);
        return status;
    }
    *ret_state = misp;
    return CW_OK;
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_misp = {
    .name = "misp",
    .title = "MISP events, JSON",
    .options = NO_OPTIONS,
    .open = misp_open,
    .feed = misp_feed,
    .close = misp_close,
};
