/* Screening of include/cryptowatch.h: a document against the text filter of an index. */
#include "lib/holder.h"
#include "lib/index_private.h"
#include "screen/screen.h"

struct cryptowatch_screening {
    struct cryptowatch_index *index;
    struct cw_screen *screen;
    cryptowatch_hit_fn on_hit;
    void *ctx;
    bool is_open;
    bool is_stopped;
    struct cw_holder holder; /* of the hit that is told */
};

static enum cw_status on_item(void *ctx, const struct cw_index_item *item,
                              enum cw_relation relation, struct cw_error *err)
{
    (void)err;
    (void)cw_verdict_add_match(ctx, relation, item->is_active);
    return CW_OK;
}

static enum cw_status ask(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                          struct cw_error *err)
{
    struct cryptowatch_screening *screening = ctx;
    struct cw_verdict_facts facts = {0};
    const enum cw_status status =
        cw_index_find(screening->index->index, hit->address, on_item, &facts, err);
    *ret_is_known = facts.is_related;
    if (status != CW_OK || !facts.is_related) {
        return status;
    }
    screening->holder.mark = CW_HOLDER_MARK;
    screening->holder.value = *hit->address;
    const struct cryptowatch_hit told = {
        .line = hit->line + 1,
        .offset = hit->offset,
        .text = hit->text.data,
        .text_len = hit->text.len,
        .verdict = facts.is_listed ? CRYPTOWATCH_LISTED : CRYPTOWATCH_RELATED,
        .address = (const struct cryptowatch_address *)(const void *)&screening->holder,
    };
    screening->is_stopped = screening->on_hit(screening->ctx, &told) != 0;
    return screening->is_stopped ? cw_error_set(err, CW_INVALID, "stopped") : CW_OK;
}

static enum cryptowatch_index_error result(const struct cryptowatch_screening *screening,
                                           enum cw_status status)
{
    return screening->is_stopped ? CRYPTOWATCH_INDEX_STOPPED : cw_lib_error_of(status);
}

enum cryptowatch_index_error cryptowatch_screening_new(struct cryptowatch_index *index,
                                                       cryptowatch_hit_fn on_hit, void *ctx,
                                                       struct cryptowatch_screening **ret)
{
    CW_ASSERT(index != NULL);
    CW_ASSERT(on_hit != NULL);
    CW_ASSERT(ret != NULL);
    const enum cw_filter_state state = cw_lib_filter(index);
    if (state != CW_FILTER_GOOD) {
        return state == CW_FILTER_NONE ? CRYPTOWATCH_INDEX_NO_FILTER : CRYPTOWATCH_INDEX_DAMAGED;
    }
    struct cryptowatch_screening *screening = calloc(1, sizeof(*screening));
    if (screening == NULL) {
        return CRYPTOWATCH_INDEX_MEMORY;
    }
    screening->on_hit = on_hit;
    screening->ctx = ctx;
    const struct cw_screen_options options = {.filter = index->filter, .sink = {ask, screening}};
    const enum cw_status status = cw_screen_new(&options, &screening->screen, NULL);
    if (status != CW_OK) {
        free(screening);
        return cw_lib_error_of(status);
    }
    screening->index = cryptowatch_index_hold(index);
    *ret = screening;
    return CRYPTOWATCH_INDEX_OK;
}

void cryptowatch_screening_free(struct cryptowatch_screening *screening)
{
    if (screening == NULL) {
        return;
    }
    cw_screen_free(screening->screen);
    cryptowatch_index_close(screening->index);
    free(screening);
}

enum cryptowatch_index_error cryptowatch_screening_feed(struct cryptowatch_screening *screening,
                                                        const void *bytes, size_t len)
{
    CW_ASSERT(screening != NULL);
    CW_ASSERT(bytes != NULL || len == 0);
    if (screening->is_stopped) {
        return CRYPTOWATCH_INDEX_STOPPED;
    }
    if (!screening->is_open) {
        cw_screen_begin(screening->screen, CW_SCREEN_ALL);
        screening->is_open = true;
    }
    return result(screening, cw_screen_feed(screening->screen, cw_span_make(bytes, len), NULL));
}

enum cryptowatch_index_error cryptowatch_screening_end(struct cryptowatch_screening *screening)
{
    CW_ASSERT(screening != NULL);
    if (screening->is_stopped) {
        return CRYPTOWATCH_INDEX_STOPPED;
    }
    if (!screening->is_open) {
        return CRYPTOWATCH_INDEX_OK;
    }
    screening->is_open = false;
    return result(screening, cw_screen_end(screening->screen, NULL));
}
