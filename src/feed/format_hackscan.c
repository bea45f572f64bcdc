/* HackScan's hack-address.json: addresses by case, then by chain. */
#include "feed/json_list.h"

static enum cw_status hackscan_open(const struct cw_format_options *options,
                                    struct cw_entry_sink sink, void **ret_state,
                                    struct cw_error *err)
{
    struct cw_json_list *list = NULL;
    CW_ASSERT(options->count == 0);
    const enum cw_status status = cw_json_list_new(CW_JSON_OUTERMOST_CASE, sink, &list, err);
    *ret_state = list;
    return status;
}

static enum cw_status hackscan_feed(void *state, struct cw_span bytes, bool is_last,
                                    struct cw_error *err)
{
    return cw_json_list_feed(state, bytes, is_last, err);
}

static void hackscan_close(void *state)
{
    cw_json_list_free(state);
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_hackscan = {
    .name = "hackscan",
    .title = "HackScan: addresses by case and chain, JSON",
    .options = NO_OPTIONS,
    .open = hackscan_open,
    .feed = hackscan_feed,
    .close = hackscan_close,
};
