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
#include "feed/wallet_table.h"

struct stix {
    struct cw_entry_sink sink;
    struct cw_json_walk *walk;
    struct cw_wallets wallets;
    json_t *root; /* scalar members of the document itself: all there is of a lone object */
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

/* ---- objects ---- */

/* why: what keeps the value from being an address; empty when nothing does. */
static enum cw_status add(struct stix *stix, const json_t *object, struct cw_span value,
                          struct cw_span why, uint64_t line, struct cw_error *err)
{
    const struct cw_span holder = cw_stix_text(object, "holder_ref");
    const struct cw_wallet wallet = {
        .line = line,
        .id = cw_stix_text(object, "id"),
        .holder = holder,
        .value = value,
        .tag = cw_stix_text(object, "currency"),
        .note = cw_stix_text(object, "description"),
        .version = cw_stix_version(object),
        .error =
            cw_stix_is_revoked(object) ? CW_SPAN("no longer listed: the object is revoked") : why,
    };
    return cw_wallet_add(&stix->wallets, &wallet, err);
}

/* ---- patterns ---- */

/* A string of a pattern that begins at *at with its quote: 'it\'s'. False when it does not end. */
static bool next_string(struct cw_span pattern, size_t *at, struct cw_buf *ret)
{
    CW_ASSERT(pattern.data[*at] == '\'');
    cw_buf_reset(ret);
    for (size_t i = *at + 1; i < pattern.len; i++) {
        if (pattern.data[i] == '\\' && i + 1 < pattern.len) {
            cw_buf_char(ret, pattern.data[++i]);
        } else if (pattern.data[i] == '\'') {
            *at = i + 1;
            return true;
        } else {
            cw_buf_char(ret, pattern.data[i]);
        }
    }
    return false;
}

/* The object path before a string: the word that stands in front of its comparison. */
static bool is_about_a_wallet(struct cw_span before)
{
    static const char *const paths[] = {"cryptocurrency-wallet:value",
                                        "cryptocurrency-wallet:address",
                                        "x-cryptocurrency-wallet:value", "cryptocurrency:address"};
    size_t end = before.len;
    while (end > 0 && before.data[end - 1] != '\0' &&
           strchr(" \t\r\n=(,", before.data[end - 1]) != NULL) {
        end--;
    }
    const struct cw_span path = cw_span_slice(before, 0, end);
    for (size_t i = 0; i < CW_COUNT(paths); i++) {
        if (cw_span_ends_with(path, cw_span_cstr(paths[i]))) {
            return true;
        }
    }
    return cw_span_ends_with(path, CW_SPAN("cryptocurrency-wallet:'value'"));
}

/* A quoted property is a part of the path: cryptocurrency-wallet:'value' = '…'. */
static bool is_property(struct cw_span before)
{
    return cw_span_ends_with(before, CW_SPAN(":")) || cw_span_ends_with(before, CW_SPAN("."));
}

/* A wallet's value compared with a shape: the path in front of the operator, which is cut off;
 * empty when it is compared otherwise. */
static struct cw_span before_shape(struct cw_span before)
{
    static const char *const operators[] = {" LIKE", " MATCHES"};
    for (size_t i = 0; i < CW_COUNT(operators); i++) {
        const struct cw_span word = cw_span_cstr(operators[i]);
        if (cw_span_ends_with(before, word)) {
            return cw_span_trim(cw_span_slice(before, 0, before.len - word.len));
        }
    }
    return CW_SPAN("");
}

/* What a string of a pattern is to a wallet. A shape (LIKE, MATCHES) is no address and is said;
 * what a value must not be (!=, NOT) names none. */
enum comparison { NONE, VALUE, SHAPE };

/* Of the string behind `before`; "IN ('a', 'b')" is a row of them, compared like its first. */
static enum comparison comparison_of(struct cw_span before, enum comparison first)
{
    if (cw_span_is(before, ",")) {
        return first;
    }
    if (cw_span_ends_with(before, CW_SPAN("("))) {
        before = cw_span_trim(cw_span_slice(before, 0, before.len - 1));
        before = cw_span_ends_with(before, CW_SPAN("IN"))
                     ? cw_span_trim(cw_span_slice(before, 0, before.len - 2))
                     : before;
    }
    if (is_about_a_wallet(before_shape(before))) {
        return SHAPE;
    }
    return !cw_span_ends_with(before, CW_SPAN("!=")) && is_about_a_wallet(before) ? VALUE : NONE;
}

static enum cw_status add_compared(struct stix *stix, const json_t *object,
                                   enum comparison comparison, const struct cw_buf *value,
                                   uint64_t line, struct cw_error *err)
{
    if (comparison == NONE) {
        return CW_OK;
    }
    if (value->failed == CW_NOMEM) {
        return cw_buf_status(value, err);
    }
    if (value->failed != CW_OK) {
        return add(stix, object, CW_SPAN(""), CW_SPAN("a text longer than any address"), line, err);
    }
    return add(stix, object, cw_buf_as_span(value),
               comparison == SHAPE ? CW_SPAN("compared by LIKE or MATCHES: a shape, not an address")
                                   : CW_SPAN(""),
               line, err);
}

/* Every string that is compared with a wallet's value. */
static enum cw_status on_pattern(struct stix *stix, const json_t *object, uint64_t line,
                                 struct cw_error *err)
{
    const struct cw_span pattern = cw_stix_text(object, "pattern");
    struct cw_buf value;
    enum comparison comparison = NONE;
    size_t from = 0;
    enum cw_status status = CW_OK;
    cw_buf_init(&value, CW_ENTRY_VALUE_MAX);
    for (size_t at = cw_span_find(pattern, '\'', 0); at < pattern.len && status == CW_OK;
         at = cw_span_find(pattern, '\'', at)) {
        const struct cw_span before = cw_span_trim(cw_span_slice(pattern, from, at));
        const bool is_part = is_property(before);
        if (!next_string(pattern, &at, &value)) {
            status = add(stix, object, CW_SPAN(""), CW_SPAN(""), line, err); /* said, not dropped */
            break;
        }
        if (!is_part) {
            comparison = comparison_of(before, comparison);
            from = at;
            status = add_compared(stix, object, comparison, &value, line, err);
        }
    }
    cw_buf_clear(&value);
    return status == CW_OK ? cw_stix_keep_validity(&stix->wallets, object, err) : status;
}

static enum cw_status on_object(struct stix *stix, const json_t *object, uint64_t line,
                                struct cw_error *err)
{
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
        status = add(stix, object, value.len > 0 ? value : cw_stix_text(object, "address"),
                     CW_SPAN(""), line, err);
    }
    if (status == CW_OK && cw_span_is(type, "indicator")) {
        status = on_pattern(stix, object, line, err);
    }
    return status;
}

/* ---- the way to objects ---- */

static enum cw_json_step on_begin(void *ctx, const struct cw_json_place *place,
                                  enum cw_json_kind kind)
{
    (void)ctx;
    if (place->depth == 0) {
        return kind == CW_JSON_OBJECT ? CW_JSON_ENTER : CW_JSON_SKIP;
    }
    if (place->depth == 1 && kind != CW_JSON_SCALAR) {
        return cw_span_is(place->keys[0], "objects") ? CW_JSON_ENTER : CW_JSON_SKIP;
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
    status = on_object(stix, value, place->line, err);
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
        const enum cw_status lone = on_object(stix, stix->root, 1, err);
        if (lone != CW_OK) {
            return lone;
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
