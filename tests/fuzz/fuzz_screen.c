/* Any bytes screened: scalar, AVX2 and AVX-512 report what a slow reading of every token reports,
 * whole and in pieces. */
#include "../soak/listed.h"
#include "../soak/slow_screen.h"
#include "base/buf.h"
#include "fuzz.h"

static const char *const texts[] = {
    "0x098B716B8Aaf21512996dC57EB0615e2383E2f96",
    "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH",
    "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9",
    "rdmx6-jaaaa-aaaaa-aaadq-cai",
    "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2",
    "nano_1natrium1o3z5519ifou7xii8crpxpk8y65qmkih8e8bpsjri651oza8imdd",
};

struct ear {
    const struct listed *listed;
    struct cw_buf heard;
};

static enum cw_status on_hit(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                             struct cw_error *err)
{
    (void)err;
    struct ear *ear = ctx;
    *ret_is_known = listed_knows(ear->listed, hit->address);
    if (*ret_is_known) {
        cw_buf_printf(&ear->heard, "%llu:%llu:%zu\n", (unsigned long long)hit->line,
                      (unsigned long long)hit->offset, hit->text.len);
    }
    return CW_OK;
}

static void screen(const struct listed *listed, struct cw_span text, enum cw_screen_path path,
                   size_t piece, struct cw_span expected)
{
    struct ear ear = {.listed = listed};
    struct cw_screen *screen = NULL;
    const struct cw_screen_options options = {
        .filter = listed->filter, .sink = {on_hit, &ear}, .path = path};
    cw_buf_init(&ear.heard, 16u << 20);
    enum cw_status status = cw_screen_new(&options, &screen, NULL);
    CW_ASSERT(status == CW_OK);
    cw_screen_begin(screen, CW_SCREEN_ALL);
    for (size_t at = 0; at < text.len; at += piece) {
        status = cw_screen_feed(screen, cw_span_slice(text, at, at + piece), NULL);
        CW_ASSERT(status == CW_OK);
    }
    status = cw_screen_end(screen, NULL);
    CW_ASSERT(status == CW_OK);
    CW_ASSERT(cw_span_equal(cw_buf_as_span(&ear.heard), expected));
    cw_screen_free(screen);
    cw_buf_clear(&ear.heard);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum cw_screen_path paths[] = {CW_SCREEN_SCALAR, CW_SCREEN_AVX2, CW_SCREEN_AVX512};
    const struct cw_span text = cw_span_make(data, size);
    struct listed listed = {0};
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        (void)listed_add(&listed, cw_span_cstr(texts[i]), CW_SPAN(""));
    }
    listed_build(&listed);
    struct ear slow = {.listed = &listed};
    cw_buf_init(&slow.heard, 16u << 20);
    slow_screen(text, (struct cw_screen_sink){on_hit, &slow});
    for (size_t i = 0; i < CW_COUNT(paths); i++) {
        if (cw_screen_path_works(paths[i])) {
            screen(&listed, text, paths[i], SIZE_MAX / 2, cw_buf_as_span(&slow.heard));
            screen(&listed, text, paths[i], 61, cw_buf_as_span(&slow.heard));
        }
    }
    if (slow.heard.len > 0) {
        fuzz_accept("input");
    }
    cw_buf_clear(&slow.heard);
    listed_clear(&listed);
    return 0;
}
