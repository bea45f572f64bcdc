/* STIX 2.1: a bundle, or one object by itself.
 *
 *   cryptocurrency-wallet   value, address (community extension; OASIS defines none), holder_ref
 *   observed-data           objects {"0": {"type": "cryptocurrency-wallet", …}}, as STIX 2.0 had it
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
enum {
    PATTERN_TYPE_SAID_MAX = 32, /* bytes kept of a pattern_type · cut */
    MEMBERS_MAX = 64,           /* of the document itself; STIX defines 30 · list refused */
};

struct stix {
    struct cw_entry_sink sink;
    struct cw_json_walk *walk;
    struct cw_wallets wallets;
    json_t *root; /* members of the document itself that are read: all there is of a lone object */
    char
        latest[CW_DATE_TEXT_BYTES]; /* of created and modified: what begins later is no day of it */
    struct cw_span day;             /* on which it is read; empty: the latest */
    bool has_object;
    size_t objects_members; /* named "objects" in the document itself */
};

static void keep_latest(struct stix *stix, const json_t *object)
{
    static const char *const names[] = {"created", "modified"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char day[CW_DATE_TEXT_BYTES];
        cw_stix_day(object, names[i], day);
        if (strcmp(day, stix->latest) > 0) {
            memcpy(stix->latest, day, sizeof(day));
        }
    }
}

/* ---- what speaks of wallets ---- */

/* An object, and the object of the document to which it belongs: itself, or the observed data that
 * hold it. */
struct source {
    struct stix *stix;
    json_t *object;
    json_t *owner; /* has the identifier, the version and the mark "revoked" */
    uint64_t line;
};

static bool is_identifier(struct cw_span text)
{
    return cw_stix_mentions(text, CW_SPAN("--"));
}

/* Who holds a wallet; empty when nobody is named. What observed data hold may have an identifier of
 * its own, and refers to a neighbour by a number, which is no identifier (STIX 2.1, section 2.9).
 */
static struct cw_span holder_of(const struct source *source)
{
    const struct cw_span holder = cw_stix_text(source->object, "holder_ref");
    return source->object == source->owner || is_identifier(holder)
               ? holder
               : cw_stix_text(source->object, "id");
}

/* why: what keeps the value from being an address; empty when nothing does. */
static enum cw_status add(const struct source *source, struct cw_span value, struct cw_span why,
                          struct cw_error *err)
{
    const struct cw_wallet wallet = {
        .line = source->line,
        .id = cw_stix_text(source->owner, "id"),
        .holder = holder_of(source),
        .value = value,
        .tag = cw_stix_text(source->object, "currency"),
        .note = cw_stix_text(source->object, "description"),
        .version = cw_stix_version(source->owner),
        .error = cw_stix_is_revoked(source->owner) ? CW_SPAN(REVOKED) : why,
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

/* ---- wallets ---- */

/* One text, or a row of them; *added counts what was said. */
static enum cw_status add_addresses(const struct source *source, const json_t *value, size_t *added,
                                    struct cw_error *err)
{
    const size_t count = json_is_array(value) ? json_array_size(value) : 1;
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < count && status == CW_OK; i++) {
        const json_t *address = json_is_array(value) ? json_array_get(value, i) : value;
        const struct cw_span text = cw_stix_as_text(address);
        if (text.len > 0) {
            status = add(source, text, CW_SPAN(""), err);
        } else if (json_is_string(address) || json_is_null(address)) {
            continue;
        } else {
            status = add_unusable(source, CW_SPAN("the address is not a text"), err);
        }
        (*added)++;
    }
    return status;
}

static enum cw_status on_wallet(const struct source *source, struct cw_error *err)
{
    const json_t *value = json_object_get(source->object, "value");
    const json_t *address = json_object_get(source->object, "address");
    size_t added = 0;
    enum cw_status status = value != NULL ? add_addresses(source, value, &added, err) : CW_OK;
    if (status == CW_OK && address != NULL && !json_equal(value, address)) {
        status = add_addresses(source, address, &added, err);
    }
    return status == CW_OK && added == 0
               ? add_unusable(source, CW_SPAN("a wallet without an address"), err)
               : status;
}

/* ---- objects ---- */

static enum cw_status on_each(const struct source *around, json_t *values, size_t depth,
                              struct cw_error *err);

/* An object of the document. */
static enum cw_status on_object(struct source *source, size_t depth, struct cw_error *err)
{
    struct stix *stix = source->stix;
    json_t *object = source->object;
    const struct cw_span type = cw_stix_text(object, "type");
    const struct cw_span id = cw_stix_text(object, "id");
    const struct cw_span name = cw_stix_text(object, "name");
    stix->has_object |= type.len > 0 && id.len > 0;
    keep_latest(stix, object);
    enum cw_status status = cw_stix_keep_version(&stix->wallets, object, err);
    if (status == CW_OK && id.len > 0 && name.len > 0) {
        status = cw_wallet_add_name(&stix->wallets, id, name, err);
    }
    if (status != CW_OK) {
        return status;
    }
    if (cw_stix_is_wallet(type)) {
        return on_wallet(source, err);
    }
    if (cw_span_is(type, "indicator")) {
        return on_indicator(source, err);
    }
    if (cw_span_is(type, "observed-data") || cw_span_is(type, "bundle")) {
        return on_each(source, json_object_get(object, "objects"), depth + 1, err);
    }
    return CW_OK;
}

/* A value that stands where objects do. */
static enum cw_status on_any(const struct source *around, json_t *value, size_t depth,
                             struct cw_error *err)
{
    const bool is_observed = cw_span_is(cw_stix_text(around->owner, "type"), "observed-data");
    struct source source = {around->stix, value, is_observed ? around->owner : value, around->line};
    if (depth == CW_JSON_DEPTH_MAX) {
        return add_unusable(&source, CW_SPAN("nested too deeply"), err);
    }
    if (json_is_array(value)) {
        return on_each(around, value, depth + 1, err);
    }
    if (!json_is_object(value)) {
        return add_unusable(&source, CW_SPAN("not an object"), err);
    }
    if (!is_observed) {
        return on_object(&source, depth, err);
    }
    return cw_stix_is_wallet(cw_stix_text(value, "type")) ? on_wallet(&source, err) : CW_OK;
}

static enum cw_status on_each(const struct source *around, json_t *values, size_t depth,
                              struct cw_error *err)
{
    size_t at = 0;
    json_t *element = NULL;
    enum cw_status status = CW_OK;
    for (void *i = json_object_iter(values); i != NULL && status == CW_OK;
         i = json_object_iter_next(values, i)) {
        status = on_any(around, json_object_iter_value(i), depth, err);
    }
    json_array_foreach(values, at, element)
    {
        status = status == CW_OK ? on_any(around, element, depth, err) : status;
    }
    return status;
}

/* ---- the way to objects ---- */

/* Members of a lone object that are read though they are no scalars. */
static bool is_of_lone(struct cw_span name)
{
    return cw_span_is(name, "pattern") || cw_span_is(name, "value") || cw_span_is(name, "address");
}

static enum cw_json_step on_begin(void *ctx, const struct cw_json_place *place,
                                  enum cw_json_kind kind)
{
    struct stix *stix = ctx;
    if (place->depth == 0) {
        return kind == CW_JSON_OBJECT ? CW_JSON_ENTER : CW_JSON_SKIP;
    }
    if (place->depth == 1 && kind != CW_JSON_SCALAR) {
        stix->objects_members += cw_span_is(place->keys[0], "objects");
        return cw_span_is(place->keys[0], "objects") ? CW_JSON_ENTER
               : is_of_lone(place->keys[0])          ? CW_JSON_TAKE
                                                     : CW_JSON_SKIP;
    }
    /* Objects in rows of rows: each with its own line as far as the walk enters. */
    return place->depth > 1 && kind == CW_JSON_ARRAY && place->depth < CW_JSON_LEVELS_MAX
               ? CW_JSON_ENTER
               : CW_JSON_TAKE;
}

/* Takes the value over. A name of the document itself that stands twice is a document of two minds.
 */
static enum cw_status keep_member(struct stix *stix, const struct cw_json_place *place,
                                  json_t *value, struct cw_error *err)
{
    char name[CW_ENTRY_TAG_MAX];
    const struct cw_span key = place->keys[0];
    if (key.len >= sizeof(name)) {
        json_decref(value);
        return CW_OK; /* no name of ours is so long */
    }
    if (json_object_size(stix->root) == MEMBERS_MAX) {
        json_decref(value);
        return cw_error_set(err, CW_LIMIT, "line %llu: more than %d members",
                            (unsigned long long)place->line, MEMBERS_MAX);
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
    const struct source document = {.stix = stix, .line = place->line};
    status = on_any(&document, value, 0, err);
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

/* What lone observed data hold was read before their other members. */
static void own_by_root(struct stix *stix)
{
    if (!cw_span_is(cw_stix_text(stix->root, "type"), "observed-data")) {
        return;
    }
    for (struct cw_wallet *wallet = stix->wallets.wallets; wallet != NULL; wallet = wallet->next) {
        if (wallet->id.len == 0) {
            wallet->id = cw_stix_text(stix->root, "id");
            wallet->version = cw_stix_version(stix->root);
            wallet->holder = is_identifier(wallet->holder) ? wallet->holder : wallet->id;
        }
        wallet->error = cw_stix_is_revoked(stix->root) ? CW_SPAN(REVOKED) : wallet->error;
    }
}

static enum cw_status finish(struct stix *stix, struct cw_error *err)
{
    if (stix->objects_members > 1) {
        return cw_error_set(err, CW_UNTRUSTED, "not STIX: \"objects\" stands twice");
    }
    if (!cw_span_is(cw_stix_text(stix->root, "type"), "bundle")) {
        struct source lone = {stix, stix->root, stix->root, 1};
        const enum cw_status status = on_object(&lone, 0, err);
        if (status != CW_OK) {
            return status;
        }
        own_by_root(stix);
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
