/* Questions of include/cryptowatch.h: one address or one text against an index. */
#include <assert.h>

#include "address/bits.h"
#include "index/spelled.h"
#include "lib/holder.h"
#include "lib/index_private.h"
#include "screen/plain.h"

const char *cryptowatch_verdict_name(enum cryptowatch_verdict verdict)
{
    switch (verdict) {
    case CRYPTOWATCH_CLEAR:
        return cw_verdict_name(CW_VERDICT_CLEAR);
    case CRYPTOWATCH_LISTED:
        return cw_verdict_name(CW_VERDICT_LISTED);
    case CRYPTOWATCH_RELATED:
        return cw_verdict_name(CW_VERDICT_RELATED);
    case CRYPTOWATCH_CANNOT_SAY:
        return cw_verdict_name(CW_VERDICT_CANNOT_SAY);
    }
    return "";
}

static enum cryptowatch_verdict public_verdict(enum cw_verdict verdict)
{
    switch (verdict) {
    case CW_VERDICT_CLEAR:
        return CRYPTOWATCH_CLEAR;
    case CW_VERDICT_LISTED:
        return CRYPTOWATCH_LISTED;
    case CW_VERDICT_RELATED:
        return CRYPTOWATCH_RELATED;
    case CW_VERDICT_CANNOT_SAY:
        break;
    }
    return CRYPTOWATCH_CANNOT_SAY;
}

/* ---- matches ---- */

struct finding {
    const struct cryptowatch_ask *ask;
    struct cw_verdict_facts facts;
    bool is_stopped;
};

static enum cw_status stop(struct finding *finding, struct cw_error *err)
{
    finding->is_stopped = true;
    return cw_error_set(err, CW_INVALID, "stopped");
}

static enum cw_status on_item(void *ctx, const struct cw_index_item *item,
                              enum cw_relation relation, struct cw_error *err)
{
    struct finding *finding = ctx;
    const bool is_case = item->kind == CW_INDEX_RULE;
    (void)cw_verdict_add_match(&finding->facts, relation, item->is_active);
    if (finding->ask->on_match == NULL) {
        return CW_OK;
    }
    const struct cw_span entry_id = is_case ? item->source_id : item->entry_id;
    const struct cw_span name = is_case ? item->title : item->entry_name;
    const struct cryptowatch_match match = {
        .relation = (uint32_t)relation,
        .is_case = is_case ? 1 : 0,
        .is_active = item->is_active ? 1 : 0,
        .delisted_at_s = cw_index_item_ended_s(item),
        .source_id = item->source_id.data,
        .source_id_len = item->source_id.len,
        .value = item->value.data,
        .value_len = item->value.len,
        .entry_id = entry_id.data,
        .entry_id_len = entry_id.len,
        .entry_name = name.data,
        .entry_name_len = name.len,
        .listed_on = item->listed_on.data,
        .listed_on_len = item->listed_on.len,
    };
    return finding->ask->on_match(finding->ask->ctx, &match) == 0 ? CW_OK : stop(finding, err);
}

/* ---- verdicts ---- */

static enum cryptowatch_verdict cannot_say(enum cryptowatch_why why, enum cryptowatch_why *ret_why)
{
    *ret_why = why;
    return CRYPTOWATCH_CANNOT_SAY;
}

static bool is_complete(const struct cryptowatch_index *index, const struct cryptowatch_ask *ask)
{
    return (ask->flags & CRYPTOWATCH_ASK_AGES_ARE_MINE) != 0 ||
           (ask->now_s >= index->fresh_from_s && ask->now_s <= index->fresh_until_s);
}

static enum cw_status on_opaque(void *ctx, const struct cw_index_item *item,
                                enum cw_relation relation, struct cw_error *err)
{
    (void)item;
    (void)relation;
    (void)err;
    bool *is_held = ctx;
    *is_held = true;
    return CW_OK;
}

/* In: is_text  what is asked about is a text, which a list may hold without having read it */
static enum cryptowatch_verdict find(const struct cryptowatch_index *index,
                                     const struct cw_address *address, bool is_text,
                                     const struct cryptowatch_ask *ask,
                                     enum cryptowatch_why *ret_why)
{
    struct finding finding = {.ask = ask};
    enum cw_status status = cw_index_find(index->index, address, on_item, &finding, NULL);
    if (status == CW_OK && is_text && !finding.facts.is_related &&
        cw_index_is_asked_digits(address)) {
        status = cw_index_find_opaque(index->index, cw_address_source(address), on_opaque,
                                      &finding.facts.is_unusable, NULL);
    }
    if (finding.is_stopped) {
        return cannot_say(CRYPTOWATCH_WHY_STOPPED, ret_why);
    }
    if (status != CW_OK) {
        return cannot_say(CRYPTOWATCH_WHY_DAMAGED, ret_why);
    }
    finding.facts.is_mistyped = cw_address_checksum(address) == CW_CHECKSUM_BAD;
    finding.facts.is_complete = is_complete(index, ask);
    const enum cw_verdict verdict = cw_verdict_of(&finding.facts);
    if (verdict == CW_VERDICT_CANNOT_SAY) {
        return cannot_say(finding.facts.is_unusable   ? CRYPTOWATCH_WHY_NO_ADDRESS
                          : finding.facts.is_mistyped ? CRYPTOWATCH_WHY_MISTYPED
                                                      : CRYPTOWATCH_WHY_DATA,
                          ret_why);
    }
    return public_verdict(verdict);
}

/* In: address  NULL: there is none */
static enum cryptowatch_verdict find_if_any(const struct cryptowatch_index *index,
                                            const struct cw_address *address, bool is_text,
                                            const struct cryptowatch_ask *ask,
                                            enum cryptowatch_why *ret_why)
{
    enum cryptowatch_why unwanted = CRYPTOWATCH_WHY_NONE;
    enum cryptowatch_why *why = ret_why == NULL ? &unwanted : ret_why;
    CW_ASSERT(index != NULL);
    CW_ASSERT(ask != NULL);
    *why = CRYPTOWATCH_WHY_NONE;
    if (ask->size != sizeof(*ask)) {
        return cannot_say(CRYPTOWATCH_WHY_ARGUMENT, why);
    }
    return address == NULL ? cannot_say(CRYPTOWATCH_WHY_NO_ADDRESS, why)
                           : find(index, address, is_text, ask, why);
}

enum cryptowatch_verdict cryptowatch_index_find(const struct cryptowatch_index *index,
                                                const struct cryptowatch_address *address,
                                                const struct cryptowatch_ask *ask,
                                                enum cryptowatch_why *ret_why)
{
    return find_if_any(index, cw_held_address(address), false, ask, ret_why);
}

enum cryptowatch_verdict cryptowatch_index_find_text(const struct cryptowatch_index *index,
                                                     const char *text, size_t len,
                                                     const struct cryptowatch_ask *ask,
                                                     enum cryptowatch_why *ret_why)
{
    CW_UNSET struct cw_address address;
    CW_ASSERT(text != NULL || len == 0);
    const bool is_read = cw_address_ask(cw_span_make(text, len), &address) == CW_ADDRESS_OK;
    return find_if_any(index, is_read ? &address : NULL, true, ask, ret_why);
}

/* ---- the cheapest question ---- */

/* What a struct cryptowatch_key holds. */
enum { KEY_HASHES_MAX = 7 };
struct key {
    uint64_t count; /* 0: the filter cannot tell */
    uint64_t hashes[KEY_HASHES_MAX];
};
static_assert(sizeof(struct key) == sizeof(struct cryptowatch_key), "one holds the other");

static void make_key(const struct cw_address *address, struct key *ret)
{
    const size_t count = cw_key_hashes(address, ret->hashes, KEY_HASHES_MAX);
    ret->count = count > KEY_HASHES_MAX ? 0 : count;
}

/* In: index  whose filter is good */
static bool may_hold_key(const struct cryptowatch_index *index, const struct key *key)
{
    bool may_hold = key->count == 0 || key->count > KEY_HASHES_MAX;
    for (uint64_t i = 0; !may_hold && i < key->count; i++) {
        may_hold = cw_text_filter_has(&index->filter, key->hashes[i]);
    }
    return may_hold || cw_index_has_undecoded(index->index);
}

void cryptowatch_key_make(const struct cryptowatch_address *address, struct cryptowatch_key *ret)
{
    CW_ASSERT(ret != NULL);
    const struct cw_address *value = cw_held_address(address);
    struct key key = {0};
    if (value != NULL) {
        make_key(value, &key);
    }
    memcpy(ret, &key, sizeof(key));
}

int cryptowatch_index_may_hold_key(const struct cryptowatch_index *index,
                                   const struct cryptowatch_key *key)
{
    CW_ASSERT(index != NULL);
    CW_ASSERT(key != NULL);
    struct key held;
    memcpy(&held, key, sizeof(held));
    return cw_lib_filter(index) != CW_FILTER_GOOD || may_hold_key(index, &held) ? 1 : 0;
}

int cryptowatch_index_may_hold(const struct cryptowatch_index *index,
                               const struct cryptowatch_address *address)
{
    CW_ASSERT(index != NULL);
    struct key key = {0};
    const struct cw_address *value = cw_held_address(address);
    if (value == NULL) {
        return 0;
    }
    if (cw_lib_filter(index) == CW_FILTER_GOOD) { /* most end here, at a third of the price */
        make_key(value, &key);
        if (!may_hold_key(index, &key)) {
            return 0;
        }
    }
    return cw_index_may_hold(index->index, value) ? 1 : 0;
}

/* Bare digits are an address to who asks, and to a list an entry that it could not use. */
static bool may_be_unusable(const struct cryptowatch_index *index, struct cw_span text)
{
    bool is_held = false;
    return cw_address_is_digits(text) &&
           (cw_index_find_opaque(index->index, text, on_opaque, &is_held, NULL) != CW_OK ||
            is_held);
}

int cryptowatch_index_may_hold_text(const struct cryptowatch_index *index, const char *text,
                                    size_t len)
{
    CW_ASSERT(index != NULL);
    CW_ASSERT(text != NULL || len == 0);
    if (cw_lib_filter(index) != CW_FILTER_GOOD) {
        return 1;
    }
    const struct cw_span asked = cw_span_make(text, len);
    const bool has_scripts = cw_index_scripts(index->index) > 0;
    if (!cw_screen_is_plain(asked, has_scripts)) {
        return 1;
    }
    return cw_text_filter_has(&index->filter, cw_spelled_hash(text, len)) ||
                   may_be_unusable(index, asked)
               ? 1
               : 0;
}
