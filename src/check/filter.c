#include "check/internal.h"

#include "base/checked.h"
#include "index/spelled.h"

/* The filter over everything that an answer may come from: all listings, ended ones too, and all
 * cases. */

struct gathered {
    uint64_t *hashes;
    size_t count;
    size_t cap;
};

static enum cw_status gather(struct gathered *gathered, const struct cw_address *address,
                             struct cw_error *err)
{
    if (gathered->cap - gathered->count < CW_SPELLED_MAX) {
        size_t bytes = 0;
        const size_t cap = gathered->cap * 2 + 64 * (size_t)CW_SPELLED_MAX;
        uint64_t *moved =
            cw_checked_mul(cap, sizeof(*moved), &bytes) ? realloc(gathered->hashes, bytes) : NULL;
        if (moved == NULL) {
            return cw_error_set(err, CW_NOMEM, "out of memory for the filter");
        }
        gathered->hashes = moved;
        gathered->cap = cap;
    }
    gathered->count += cw_spelled_hashes(address, gathered->hashes + gathered->count);
    return CW_OK;
}

static enum cw_status on_text(void *ctx, struct cw_span value, struct cw_span tag,
                              struct cw_error *err)
{
    struct cw_address address;
    const bool is_read = cw_address_parse(value, tag, CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK;
    return is_read ? gather(ctx, &address, err) : CW_OK;
}

static enum cw_status gather_cases(const struct cw_rules *rules, struct gathered *gathered,
                                   struct cw_error *err)
{
    for (size_t i = 0; i < cw_rules_count(rules); i++) {
        const struct cw_rule *rule = cw_rules_at(rules, i);
        for (size_t j = 0; j < rule->addresses_count; j++) {
            struct cw_address address;
            if (cw_rule_address_decode(&rule->addresses[j], &address) != CW_ADDRESS_OK) {
                continue;
            }
            const enum cw_status status = gather(gathered, &address, err);
            if (status != CW_OK) {
                return status;
            }
        }
    }
    return CW_OK;
}

static enum cw_status build(const struct gathered *gathered, struct cw_check *check,
                            struct cw_error *err)
{
    struct cw_text_filter_builder builder;
    const size_t bytes = cw_text_filter_bytes(gathered->count);
    check->filter_memory = aligned_alloc(CW_TEXT_FILTER_LINE, bytes);
    if (check->filter_memory == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the filter");
    }
    cw_text_filter_begin(&builder, check->filter_memory, bytes);
    for (size_t i = 0; i < gathered->count; i++) {
        cw_text_filter_add(&builder, gathered->hashes[i]);
    }
    cw_text_filter_finish(&builder);
    return cw_text_filter_open(cw_span_make(check->filter_memory, bytes), &check->filter, err);
}

enum cw_status cw_check_filter(struct cw_check *check, struct cw_text_filter *ret,
                               struct cw_error *err)
{
    struct gathered gathered = {0};
    enum cw_status status = CW_OK;
    if (check->filter_memory == NULL) {
        if (check->store != NULL) {
            status = cw_store_each_text(check->store, on_text, &gathered, err);
        }
        if (status == CW_OK) {
            status = gather_cases(check->home->rules, &gathered, err);
        }
        if (status == CW_OK) {
            status = build(&gathered, check, err);
        }
        free(gathered.hashes);
    }
    if (status == CW_OK) {
        *ret = check->filter;
    }
    return status;
}
