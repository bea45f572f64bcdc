/* STIX 2.1: a bundle, or one object by itself.
 *
 *   cryptocurrency-wallet   value (community extension; OASIS defines none), holder_ref
 *   indicator               pattern "[cryptocurrency-wallet:value = '…' OR …]"; name, valid_from
 *   identity, threat-actor, intrusion-set, campaign    a name that others refer to
 *
 * Revoked objects, indicators whose valid_until is past, and versions of an object beside which
 * the document has a later one are unusable entries that say so. The entry is the holder, or the
 * object itself where none is named. Objects are taken one at a time; references may lead backwards
 * or forwards. */
#include "base/text.h"
#include "feed/format.h"
#include "feed/json_walk.h"
#include "feed/stix_object.h"
#include "feed/stix_pattern.h"
#include "feed/wallet_table.h"

#define REVOKED "no longer listed: the object is revoked"
enum { PATTERN_TYPE_SAID_MAX = 32 }; /* bytes kept of a pattern_type · cut */

struct stix {
    struct cw_entry_sink sink;
    struct cw_json_walk *walk;
    struct cw_wallets wallets;
    json_t *root; /* members of the document itself that are read: all there is of a lone object */
    char latest[CW_DATE_TEXT_BYTES]; /* of created, modified and valid_from */
    struct cw_span day;              /* on which it is read; empty: the latest */
    bool has_object;
};

static void keep_latest(struct stix *stix, const json_t *object)
{
    static const char *const names[] = {"created", "modified", "valid_from"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char day[CW_DATE_TEXT_BYTES];
        cw_stix_day(object, names[i], day);
        if (strcmp(day, stix->latest) > 0) {
            memcpy(stix->latest, day, sizeof(day));
        }
    }
}

/* ---- what speaks of wallets ---- */

struct source {
    struct stix *stix;
    json_t *object;
    uint64_t line;
};

/* why: what keeps the value from being an address; empty when nothing does. */
static enum cw_status add(const struct source *source, struct cw_span value, struct cw_span why,
                          struct cw_error *err)
{
    const struct cw_wallet wallet = {
        .line = source->line,
        .id = cw_stix_text(source->object, "id"),
        .holder = cw_stix_text(source->object, "holder_ref"),
        .value = value,
        .tag = cw_stix_text(source->object, "currency"),
        .note = cw_stix_text(source->object, "description"),
        .version = cw_stix_version(source->object),
        .error = cw_stix_is_revoked(source->object) ? CW_SPAN(REVOKED) : why,
    };
    return cw_wallet_add(&source->stix->wallets, &wallet, err);
}

static enum cw_status add_unusable(const struct source *source, struct cw_span why,
                                   struct cw_error *err)
{
    return add(source, CW_SPAN(""), why, err);
}

/* ---- indicators ---- */

static enum cw_status on_said(void *ctx, struct cw_span value, struct cw_span why,
                              struct cw_error *err)
{
    return add(ctx, value, why, err);
}

/* Whether some text in a value holds a word; nothing is read that is nested deeper. */
static bool mentions(json_t *value, struct cw_span word, size_t depth)
{
    size_t at = 0;
    json_t *element = NULL;
    bool is_found = cw_stix_mentions(cw_stix_as_text(value), word);
    if (depth == CW_JSON_DEPTH_MAX) {
        return is_found;
    }
    for (void *i = json_object_iter(value); i != NULL && !is_found;
         i = json_object_iter_next(value, i)) {
        is_found = mentions(json_object_iter_value(i), word, depth + 1);
    }
    json_array_foreach(value, at, element)
    {
        is_found = is_found || mentions(element, word, depth + 1);
    }
    return is_found;
}

/* A pattern of another language is no wallet's unless it says so. */
static enum cw_status on_foreign_pattern(const struct source *source, struct cw_span type,
                                         struct cw_error *err)
{
    char why[PATTERN_TYPE_SAID_MAX + sizeof("pattern_type  is not read")];
    if (!mentions(source->object, CW_SPAN("cryptocurrency-wallet"), 0) &&
        !mentions(json_object_get(source->object, "pattern"), CW_SPAN("wallet"), 0)) {
        return CW_OK;
    }
    const struct cw_span said = cw_utf8_cut(type, PATTERN_TYPE_SAID_MAX);
    (void)snprintf(why, sizeof(why), "pattern_type %.*s is not read", CW_SPAN_ARG(said));
    return add_unusable(source, cw_span_cstr(why), err);
}

static enum cw_status on_indicator(struct source *source, struct cw_error *err)
{
    const struct cw_span type = cw_stix_text(source->object, "pattern_type");
    const json_t *pattern = json_object_get(source->object, "pattern");
    enum cw_status status = CW_OK;
    if (type.len > 0 && !cw_span_equal_nocase(cw_span_slice(type, 0, 4), CW_SPAN("stix"))) {
        status = on_foreign_pattern(source, type, err);
    } else if (json_is_string(pattern)) {
        status = cw_stix_pattern_read(cw_stix_as_text(pattern),
                                      (struct cw_stix_listener){on_said, source}, err);
    } else if (pattern != NULL || mentions(source->object, CW_SPAN("cryptocurrency-wallet"), 0)) {
        status = add_unusable(source, CW_SPAN("the pattern is not a text"), err);
    }
    return status == CW_OK ? cw_stix_keep_validity(&source->stix->wallets, source->object, err)
                           : status;
}

/* ---- objects ---- */

static enum cw_status on_object(struct source *source, struct cw_error *err)
{
    struct stix *stix = source->stix;
    const json_t *object = source->object;
    const struct cw_span type = cw_stix_text(object, "type");
    const struct cw_span id = cw_stix_text(object, "id");
    const struct cw_span name = cw_stix_text(object, "name");
    stix->has_object |= type.len > 0 && id.len > 0;
    keep_latest(stix, object);
    enum cw_status status = cw_stix_keep_version(&stix->wallets, object, err);
    if (status == CW_OK && id.len > 0 && name.len > 0) {
        status = cw_wallet_add_name(&stix->wallets, id, name, err);
    }
    if (status == CW_OK && (cw_span_is(type, "cryptocurrency-wallet") ||
                            cw_span_is(type, "x-cryptocurrency-wallet"))) {
        const struct cw_span value = cw_stix_text(object, "value");
        status =
            add(source, value.len > 0 ? value : cw_stix_text(object, "address"), CW_SPAN(""), err);
    }
    if (status == CW_OK && cw_span_is(type, "indicator")) {
        status = on_indicator(source, err);
    }
    return status;
}

/* ---- the way to objects ---- */

/* Members of a lone object that are read though they are no scalars. */
static bool is_of_lone(struct cw_span name)
{
    return cw_span_is(name, "pattern");
}

static enum cw_json_step on_begin(void *ctx, const struct cw_json_place *place,
                                  enum cw_json_kind kind)
{
    (void)ctx;
    if (place->depth == 0) {
        return kind == CW_JSON_OBJECT ? CW_JSON_ENTER : CW_JSON_SKIP;
    }
    if (place->depth == 1 && kind != CW_JSON_SCALAR) {
        return cw_span_is(place->keys[0], "objects") ? CW_JSON_ENTER
               : is_of_lone(place->keys[0])          ? CW_JSON_TAKE
                                                     : CW_JSON_SKIP;
    }
    return CW_JSON_TAKE;
}

/* Takes the value over. A name of the document itself that stands twice is a document of two minds.
 */
static enum cw_status keep_member(struct stix *stix, const struct cw_json_place *place,
                                  json_t *value, struct cw_error *err)
{
    char name[CW_ENTRY_TAG_MAX];
    const struct cw_span key = place->keys[0];
    if (key.len >= sizeof(name) || json_object_size(stix->root) >= CW_ENTRY_RELATED_MAX) {
        json_decref(value);
        return CW_OK; /* no name of ours is so long, and no object has so many */
    }
    memcpy(name, key.data, key.len);
    name[key.len] = '\0';
    if (json_object_get(stix->root, name) != NULL) {
        json_decref(value);
        return cw_error_set(err, CW_UNTRUSTED, "line %llu: a member stands twice",
                            (unsigned long long)place->line);
    }
    return json_object_set_new(stix->root, name, value) == 0
               ? CW_OK
               : cw_error_set(err, CW_NOMEM, "out of memory");
}

static enum cw_status on_value(void *ctx, const struct cw_json_place *place, struct cw_span text,
                               struct cw_error *err)
{
    struct stix *stix = ctx;
    json_t *value = NULL;
    enum cw_status status = cw_json_value_read(text, &value, err);
    if (status != CW_OK) {
        return cw_error_prefix(err, "line %llu: ", (unsigned long long)place->line);
    }
    if (place->depth == 1) {
        return keep_member(stix, place, value, err);
    }
    struct source source = {stix, value, place->line};
    status = on_object(&source, err);
    json_decref(value);
    return status;
}

/* ---- the end ---- */

static enum cw_status deliver(const struct stix *stix, const struct cw_wallet *wallet,
                              struct cw_error *err)
{
    char position[64];
    char ended[64];
    const struct cw_wallet_sanction *validity =
        cw_stix_find_validity(&stix->wallets, wallet->id, wallet->version);
    const struct cw_span of = wallet->holder.len > 0 ? wallet->holder : wallet->id;
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)wallet->line);
    struct cw_entry entry = {
        .position = cw_span_cstr(position),
        .value = wallet->value,
        .tag = wallet->tag,
        .note = wallet->note,
        .error = wallet->error,
        .entry_id = of,
        .entry_name = cw_wallet_find_name(&stix->wallets, of),
    };
    if (cw_stix_has_later(&stix->wallets, wallet->id, wallet->version)) {
        entry.error = CW_SPAN("no longer listed: the document has a later version of the object");
    }
    if (validity != NULL) {
        entry.listed_on = cw_span_cstr(validity->from);
        if (entry.error.len == 0 && cw_wallet_has_ended(validity, stix->latest, stix->day)) {
            (void)snprintf(ended, sizeof(ended), "no longer listed: valid until %s",
                           validity->until);
            entry.error = cw_span_cstr(ended);
        }
    }
    return stix->sink.entry(stix->sink.ctx, &entry, err);
}

static enum cw_status finish(struct stix *stix, struct cw_error *err)
{
    if (!cw_span_is(cw_stix_text(stix->root, "type"), "bundle")) {
        struct source lone = {stix, stix->root, 1};
        const enum cw_status status = on_object(&lone, err);
        if (status != CW_OK) {
            return status;
        }
    }
    if (!stix->has_object) {
        return cw_error_set(err, CW_UNTRUSTED, "not STIX: no object has a type and an id");
    }
    cw_wallets_seal(&stix->wallets);
    const struct cw_list_info info = {.published = cw_span_cstr(stix->latest)};
    enum cw_status status =
        stix->latest[0] != '\0' ? stix->sink.info(stix->sink.ctx, &info, err) : CW_OK;
    for (const struct cw_wallet *wallet = stix->wallets.wallets; wallet != NULL && status == CW_OK;
         wallet = wallet->next) {
        status = deliver(stix, wallet, err);
    }
    return status;
}

static enum cw_status stix_feed(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    struct stix *stix = state;
    const enum cw_status status = cw_json_walk_feed(stix->walk, bytes, is_last, err);
    return status == CW_OK && is_last ? finish(stix, err) : status;
}

static void stix_close(void *state)
{
    struct stix *stix = state;
    if (stix != NULL) {
        cw_json_walk_free(stix->walk);
        json_decref(stix->root);
        cw_wallets_clear(&stix->wallets);
        free(stix);
    }
}

static enum cw_status stix_open(const struct cw_format_options *options, struct cw_entry_sink sink,
                                void **ret_state, struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct stix *stix = calloc(1, sizeof(*stix));
    if (stix == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    stix->sink = sink;
    stix->day = options->day;
    stix->walk = cw_json_walk_new((struct cw_json_visitor){on_begin, on_value, NULL, stix});
    stix->root = json_object();
    enum cw_status status = cw_wallets_init(&stix->wallets, err);
    if (status == CW_OK && (stix->walk == NULL || stix->root == NULL)) {
        status = cw_error_set(err, CW_NOMEM, "out of memory");
    }
    if (status != CW_OK) {
        stix_close(stix);
        return status;
    }
    *ret_state = stix;
    return CW_OK;
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_stix = {
    .name = "stix",
    .title = "STIX 2.1 bundle",
    .options = NO_OPTIONS,
    .open = stix_open,
    .feed = stix_feed,
    .close = stix_close,
};
