/* MISP events, JSON: {"Event": {…}}, or several as {"response": [{"Event": {…}}]} or
 * [{"Event": {…}}]; with the manifest of a feed in front of them, {"manifest": {UUID: {…}},
 * "response": […]} (misp_folder.h). An element that is no event is an unusable entry.
 *
 *   manifest.UUID               an event of the feed; one that is missing is reported, and what an
 *                               event says that the manifest does not name is not the feed's word
 *   Event.Attribute[]           type btc, xmr or dash: the value is an address
 *   Event.Object[].Attribute[]  the same, and in a coin-address object address-crypto of any chain,
 *                               whose symbol is its tag
 *
 * The event is the entry: its uuid and its info, which may stand behind its attributes. MISP takes
 * any letters and digits as `btc`: main sees to that. Deleted attributes, those of a deleted
 * object, and what is no attribute are unusable entries.
 * Attributes and objects are taken one at a time, so that an event may be long. */
#include "base/text.h"
#include "feed/format.h"
#include "feed/misp_attribute.h"
#include "feed/misp_place.h"

enum { UUID_MAX = 64, MARK_MAX = UUID_MAX + 8, INFO_MAX = CW_ENTRY_NAME_MAX };

static const size_t NO_ELEMENT = SIZE_MAX;
static const char NO_EVENT[] = "not a MISP event";

struct misp {
    struct cw_entry_sink sink;
    struct cw_json_walk *walk;
    struct cw_wallets wallets;
    uint64_t events;               /* begun so far: the holder of a wallet is its number */
    char event_key[24];            /* that number, as text */
    char date[CW_DATE_TEXT_BYTES]; /* the latest of the events */
    bool has_event;
    bool has_manifest;
    bool has_uuid;          /* of the event that is being read */
    size_t element_depth;   /* of the element that is being read, or NO_ELEMENT */
    uint64_t element_line;  /* on which it begins */
    bool element_has_event; /* so far */
    json_t *lone;           /* what is read of one that stands in place of an array */
    uint64_t lone_line;     /* on which it begins */
    bool has_lone;
    struct cw_error failed; /* what on_begin, which cannot fail, could not keep */
};

static struct cw_span text_of(const json_t *value)
{
    return json_is_string(value) ? cw_span_make(json_string_value(value), json_string_length(value))
                                 : CW_SPAN("");
}

/* holder: the event, as its number; empty outside of one. */
static enum cw_status add_unusable(struct misp *misp, uint64_t line, struct cw_span holder,
                                   const char *why, struct cw_error *err)
{
    const struct cw_wallet wallet = {.line = line, .holder = holder, .error = cw_span_cstr(why)};
    return cw_wallet_add(&misp->wallets, &wallet, err);
}

/* ---- attributes ---- */

static enum cw_status on_attribute(struct misp *misp, const json_t *attribute,
                                   const struct cw_misp_around *around, uint64_t line,
                                   struct cw_error *err)
{
    struct cw_wallet wallet;
    if (!cw_misp_attribute_read(attribute, around, &wallet)) {
        return CW_OK;
    }
    wallet.line = line;
    wallet.holder = cw_span_cstr(misp->event_key);
    return cw_wallet_add(&misp->wallets, &wallet, err);
}

static enum cw_status on_object(struct misp *misp, const json_t *object, uint64_t line,
                                struct cw_error *err)
{
    const json_t *attributes = json_object_get(object, "Attribute");
    const struct cw_misp_around around = cw_misp_around_of(object);
    enum cw_status status = CW_OK;
    if (!json_is_object(object)) {
        return add_unusable(misp, line, cw_span_cstr(misp->event_key),
                            "the object is no JSON object", err);
    }
    if (attributes == NULL || json_is_null(attributes)) {
        return CW_OK;
    }
    if (!json_is_array(attributes)) {
        return on_attribute(misp, attributes, &around, line, err);
    }
    for (size_t i = 0; i < json_array_size(attributes) && status == CW_OK; i++) {
        status = on_attribute(misp, json_array_get(attributes, i), &around, line, err);
    }
    return status;
}

/* value: of a list of them or in its place; null is none, NULL one that is no JSON object. */
static enum cw_status on_item(struct misp *misp, bool is_object, const json_t *value, uint64_t line,
                              struct cw_error *err)
{
    static const struct cw_misp_around nothing;
    if (json_is_null(value)) {
        return CW_OK;
    }
    return is_object ? on_object(misp, value, line, err)
                     : on_attribute(misp, value, &nothing, line, err);
}

/* ---- the way to attributes ---- */

static enum cw_json_step skip_unusable(struct misp *misp, const struct cw_json_place *place,
                                       const char *why)
{
    if (misp->failed.code == CW_OK) {
        (void)add_unusable(misp, place->line, CW_SPAN(""), why, &misp->failed);
    }
    return CW_JSON_SKIP;
}

static enum cw_json_step begin_item(struct misp *misp, const struct cw_json_place *place,
                                    enum cw_json_kind kind, bool is_object)
{
    if (kind == CW_JSON_OBJECT) {
        return CW_JSON_TAKE;
    }
    if (misp->failed.code == CW_OK) {
        (void)on_item(misp, is_object, NULL, place->line, &misp->failed);
    }
    return CW_JSON_SKIP;
}

static enum cw_json_step begin_element(struct misp *misp, const struct cw_json_place *place,
                                       enum cw_json_kind kind)
{
    if (kind != CW_JSON_OBJECT) {
        return skip_unusable(misp, place, NO_EVENT);
    }
    misp->element_depth = place->depth;
    misp->element_line = place->line;
    misp->element_has_event = false;
    return CW_JSON_ENTER;
}

static enum cw_json_step begin_event(struct misp *misp, const struct cw_json_place *place,
                                     enum cw_json_kind kind)
{
    misp->element_has_event = true;
    if (kind != CW_JSON_OBJECT) {
        return skip_unusable(misp, place, "the event is no JSON object");
    }
    misp->events++;
    misp->has_event = true;
    misp->has_uuid = false;
    (void)snprintf(misp->event_key, sizeof(misp->event_key), "%llu",
                   (unsigned long long)misp->events);
    return CW_JSON_ENTER;
}

static enum cw_json_step on_begin(void *ctx, const struct cw_json_place *place,
                                  enum cw_json_kind kind)
{
    struct misp *misp = ctx;
    switch (cw_misp_part_of(place)) {
    case CW_MISP_DOCUMENT:
        return CW_JSON_ENTER;
    case CW_MISP_MANIFEST:
        misp->has_manifest |= kind == CW_JSON_OBJECT;
        return kind == CW_JSON_OBJECT ? CW_JSON_ENTER : CW_JSON_TAKE;
    case CW_MISP_MANIFEST_ROW:
        return CW_JSON_TAKE;
    case CW_MISP_RESPONSE:
        return kind == CW_JSON_ARRAY ? CW_JSON_ENTER : begin_element(misp, place, kind);
    case CW_MISP_ELEMENT:
        return begin_element(misp, place, kind);
    case CW_MISP_EVENT:
        return begin_event(misp, place, kind);
    case CW_MISP_ABOUT:
        return kind == CW_JSON_SCALAR ? CW_JSON_TAKE : CW_JSON_SKIP;
    case CW_MISP_ATTRIBUTES:
    case CW_MISP_OBJECTS:
        misp->lone_line = place->line;
        return kind == CW_JSON_SCALAR ? CW_JSON_TAKE : CW_JSON_ENTER;
    case CW_MISP_ATTRIBUTE:
        return begin_item(misp, place, kind, false);
    case CW_MISP_OBJECT:
        return begin_item(misp, place, kind, true);
    case CW_MISP_ATTRIBUTE_MEMBER:
    case CW_MISP_OBJECT_MEMBER:
        misp->has_lone = true;
        return cw_misp_member(place->keys[place->depth - 1]) != NULL ? CW_JSON_TAKE : CW_JSON_SKIP;
    case CW_MISP_OTHER:
        break;
    }
    return CW_JSON_SKIP;
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

static enum cw_status on_about(struct misp *misp, const struct cw_json_place *place,
                               struct cw_span text, struct cw_error *err)
{
    const struct cw_span name = place->keys[place->depth - 1];
    if (cw_span_is(name, "uuid") && misp->has_uuid) {
        return cw_error_set(err, CW_UNTRUSTED, "line %llu: the event has a second \"uuid\"",
                            (unsigned long long)place->line);
    }
    if (cw_span_is(name, "uuid")) {
        misp->has_uuid = true;
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

/* ---- values ---- */

static enum cw_status keep_member(struct misp *misp, const struct cw_json_place *place,
                                  json_t *value, struct cw_error *err)
{
    const char *name = cw_misp_member(place->keys[place->depth - 1]);
    CW_ASSERT(name != NULL);
    if (json_object_get(misp->lone, name) != NULL) {
        return cw_error_set(err, CW_UNTRUSTED, "line %llu: not JSON: a second \"%s\"",
                            (unsigned long long)place->line, name);
    }
    return json_object_set(misp->lone, name, value) == 0
               ? CW_OK
               : cw_error_set(err, CW_NOMEM, "out of memory");
}

static enum cw_status on_read(struct misp *misp, const struct cw_json_place *place, json_t *value,
                              struct cw_error *err)
{
    switch (cw_misp_part_of(place)) {
    case CW_MISP_ATTRIBUTES:
    case CW_MISP_ATTRIBUTE:
        return on_item(misp, false, value, place->line, err);
    case CW_MISP_OBJECTS:
    case CW_MISP_OBJECT:
        return on_item(misp, true, value, place->line, err);
    case CW_MISP_ATTRIBUTE_MEMBER:
    case CW_MISP_OBJECT_MEMBER:
        return keep_member(misp, place, value, err);
    case CW_MISP_ABOUT:
        return on_about(misp, place, text_of(value), err);
    case CW_MISP_MANIFEST:
        return cw_error_set(err, CW_UNTRUSTED, "line %llu: the manifest is no object of events",
                            (unsigned long long)place->line);
    case CW_MISP_MANIFEST_ROW:
    case CW_MISP_DOCUMENT:
    case CW_MISP_RESPONSE:
    case CW_MISP_ELEMENT:
    case CW_MISP_EVENT:
    case CW_MISP_OTHER:
        break; /* not read */
    }
    CW_ASSERT(false);
    return CW_OK;
}

static enum cw_status on_value(void *ctx, const struct cw_json_place *place, struct cw_span text,
                               struct cw_error *err)
{
    json_t *value = NULL;
    if (cw_misp_part_of(place) == CW_MISP_MANIFEST_ROW) {
        return on_manifest(ctx, place->keys[1], place->line, err);
    }
    enum cw_status status = cw_json_value_read(text, &value, err);
    if (status != CW_OK) {
        return cw_error_prefix(err, "line %llu: ", (unsigned long long)place->line);
    }
    status = on_read(ctx, place, value, err);
    json_decref(value);
    return status;
}

static enum cw_status leave_list(struct misp *misp, bool is_object, struct cw_error *err)
{
    if (!misp->has_lone) {
        return CW_OK;
    }
    const enum cw_status status = on_item(misp, is_object, misp->lone, misp->lone_line, err);
    misp->has_lone = false;
    (void)json_object_clear(misp->lone);
    return status;
}

static enum cw_status on_leave(void *ctx, const struct cw_json_place *place, struct cw_error *err)
{
    struct misp *misp = ctx;
    const enum cw_misp_part part = cw_misp_part_of(place);
    if (part == CW_MISP_ATTRIBUTES || part == CW_MISP_OBJECTS) {
        return leave_list(misp, part == CW_MISP_OBJECTS, err);
    }
    if (place->depth != misp->element_depth) {
        return CW_OK;
    }
    misp->element_depth = NO_ELEMENT;
    return misp->element_has_event
               ? CW_OK
               : add_unusable(misp, misp->element_line, CW_SPAN(""), NO_EVENT, err);
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
    const bool is_named =
        !misp->has_manifest || wallet->holder.len == 0 || has_mark(&misp->wallets, "named", uuid);
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
    struct cw_error why = {0};
    enum cw_status status = cw_json_walk_feed(misp->walk, bytes, is_last, &why);
    if (misp->failed.code != CW_OK) { /* before whatever stopped the walk */
        why = misp->failed;
        status = why.code;
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", why.text);
    }
    return is_last ? finish(misp, err) : CW_OK;
}

static void misp_close(void *state)
{
    struct misp *misp = state;
    if (misp != NULL) {
        cw_json_walk_free(misp->walk);
        json_decref(misp->lone);
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
    misp->element_depth = NO_ELEMENT;
    misp->lone = json_object();
    misp->walk = cw_json_walk_new((struct cw_json_visitor){on_begin, on_value, on_leave, misp});
    enum cw_status status = cw_wallets_init(&misp->wallets, err);
    if (status == CW_OK && (misp->walk == NULL || misp->lone == NULL)) {
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
