/* The format "hackscan" of a cryptowatch-parse that is under attack: its first block names an act
 * of sandbox_acts.h, which is done; one that lives says so. The rest of the program is the real
 * one. */
#include "feed/format.h"
#include "unit/sandbox_acts.h"

struct hostile {
    struct cw_entry_sink sink;
};

static enum cw_status open_hostile(const struct cw_format_options *options,
                                   struct cw_entry_sink sink, void **ret, struct cw_error *err)
{
    (void)options;
    struct hostile *hostile = calloc(1, sizeof(*hostile));
    if (hostile == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    hostile->sink = sink;
    *ret = hostile;
    return CW_OK;
}

static enum cw_status feed(void *state, struct cw_span bytes, bool is_last, struct cw_error *err)
{
    (void)state;
    char name[32];
    if (is_last) {
        return CW_OK;
    }
    (void)snprintf(name, sizeof(name), "%.*s", CW_SPAN_ARG(cw_span_trim(bytes)));
    const struct act *act = act_find(name);
    if (act == NULL) {
        return cw_error_set(err, CW_UNTRUSTED, "no such act: %s", name);
    }
    const int outcome = act->run();
    return cw_error_set(err, CW_UNTRUSTED, "the parser lived through %s: %d", name, outcome);
}

static void close_hostile(void *state)
{
    free(state);
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_hackscan = {
    .name = "hackscan",
    .title = "an attack",
    .options = NO_OPTIONS,
    .open = open_hostile,
    .feed = feed,
    .close = close_hostile,
};
