#include "feed/format.h"

#define CW_FEED_FORMAT(id, name, title, ends) extern const struct cw_format cw_format_##id;
#include "feed/formats.def"
#undef CW_FEED_FORMAT

static const struct cw_format *const FORMATS[] = {
#define CW_FEED_FORMAT(id, name, title, ends) &cw_format_##id,
#include "feed/formats.def"
#undef CW_FEED_FORMAT
};

const struct cw_format *const *cw_formats(size_t *ret_count)
{
    CW_ASSERT(ret_count != NULL);
    *ret_count = CW_COUNT(FORMATS);
    return FORMATS;
}

enum { OPEN, PROVEN };
static const int ENDS[] = {
#define CW_FEED_FORMAT(id, name, title, ends) ends,
#include "feed/formats.def"
#undef CW_FEED_FORMAT
};

bool cw_format_proves_end(const struct cw_format *format)
{
    for (size_t i = 0; i < CW_COUNT(FORMATS); i++) {
        if (FORMATS[i] == format) {
            return ENDS[i] == PROVEN;
        }
    }
    return false;
}

const struct cw_format *cw_format_find(struct cw_span name)
{
    for (size_t i = 0; i < CW_COUNT(FORMATS); i++) {
        if (cw_span_is(name, FORMATS[i]->name)) {
            return FORMATS[i];
        }
    }
    return NULL;
}
