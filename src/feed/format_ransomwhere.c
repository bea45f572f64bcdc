/* Ransomwhere's export: {"result": [...]}, or the bare array of its older dumps; each element an
 * address with its chain, the ransomware family it was paid to, and its payments. */
#include "feed/json_list.h"

static enum cw_status ransomwhere_open(const struct cw_format_options *options,
                                       struct cw_entry_sink sink, void **ret_state,
                                       struct cw_error *err)
{
    static const struct cw_format_option members[] = {
        {{"tag_key", 7}, {"blockchain", 10}},
        {{"entry_name_key", 14}, {"family", 6}},
        {{"listed_on_key", 13}, {"createdAt", 9}},
    };
    struct cw_json_list *list = NULL;
    CW_ASSERT(options->count == 0);
    enum cw_status status = cw_json_list_new(CW_JSON_OUTERMOST_ANY, sink, &list, err);
    for (size_t i = 0; i < CW_COUNT(members) && status == CW_OK; i++) {
        status = cw_json_list_set(list, &members[i], err);
    }
    if (status != CW_OK) {
        cw_json_list_free(list);
        return status;
    }
    *ret_state = list;
    return CW_OK;
}

static enum cw_status ransomwhere_feed(void *state, struct cw_span bytes, bool is_last,
                                       struct cw_error *err)
{
    return cw_json_list_feed(state, bytes, is_last, err);
}

static void ransomwhere_close(void *state)
{
    cw_json_list_free(state);
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_ransomwhere = {
    .name = "ransomwhere",
    .title = "Ransomwhere export, JSON",
    .options = NO_OPTIONS,
    .open = ransomwhere_open,
    .feed = ransomwhere_feed,
    .close = ransomwhere_close,
};
