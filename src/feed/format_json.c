/* JSON in any of the shapes of json_list.h. */
#include "feed/json_list.h"

static enum cw_status json_open(const struct cw_format_options *options, struct cw_entry_sink sink,
                                void **ret_state, struct cw_error *err)
{
    struct cw_json_list *list = NULL;
    enum cw_status status = cw_json_list_new(CW_JSON_OUTERMOST_ANY, sink, &list, err);
    for (size_t i = 0; i < options->count && status == CW_OK; i++) {
        status = cw_json_list_set(list, &options->items[i], err);
        CW_ASSERT(status != CW_NOT_FOUND); /* the caller validated the names */
    }
    if (status != CW_OK) {
        cw_json_list_free(list);
        return status;
    }
    *ret_state = list;
    return CW_OK;
}

static enum cw_status json_feed(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    return cw_json_list_feed(state, bytes, is_last, err);
}

static void json_close(void *state)
{
    cw_json_list_free(state);
}

static const char *const OPTIONS[] = {
    "path",         "address_key",   "tag_key",  "entry_id_key", "entry_name_key",
    "programs_key", "listed_on_key", "note_key", NULL,
};

const struct cw_format cw_format_json = {
    .name = "json",
    .title = "JSON: arrays or objects of addresses",
    .options = OPTIONS,
    .open = json_open,
    .feed = json_feed,
    .close = json_close,
};
