/* Any bytes as a feed file: no crash, no leak, and a feed without a mistake keeps its bounds. */
#include "base/limits.h"
#include "feed/feed_file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const allowed[] = {"lab.example", NULL};
    struct cw_mistakes mistakes;
    struct cw_feeds *feeds = NULL;
    struct cw_error err = {0};
    cw_mistakes_init(&mistakes);
    const enum cw_status status = cw_feeds_from(cw_span_make(data, size), "/nonexistent/case.json",
                                                allowed, &mistakes, &feeds, &err);
    CW_ASSERT((status == CW_OK) == (feeds != NULL));
    for (size_t i = 0; feeds != NULL && i < cw_feeds_count(feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(feeds, i);
        CW_ASSERT(feed->options_count <= CW_FORMAT_OPTIONS_MAX);
        CW_ASSERT(feed->redirect_hosts != NULL);
        CW_ASSERT(feed->path == NULL || feed->path[0] == '/');
        if (mistakes.errors == 0) {
            CW_ASSERT(feed->every_s >= 60);
            CW_ASSERT(feed->stale_after_s >= feed->every_s);
            CW_ASSERT(feed->max_stale_s >= feed->stale_after_s);
            CW_ASSERT(feed->bytes_max <= (int64_t)CW_FEED_BODY_HARD_MAX);
            CW_ASSERT(feed->format[0] != '\0');
            fuzz_accept("input");
        }
    }
    cw_feeds_free(feeds);
    cw_mistakes_clear(&mistakes);
    return 0;
}
