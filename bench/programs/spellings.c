/* bench_spellings: what it costs to look for every spelling of an address instead of one.
 *
 *   bench_spellings LIST FILE one|every
 *
 * The engine of `screen` over a file in memory, on one thread, with a filter that holds the text of
 * each listed address alone, or every text of its key. Prints the seconds of the best of five
 * rounds. Nothing but the filter and the depth differs: no index, no answers, no output.
 */
#include <string.h>

#include "address/address.h"
#include "bench.h"
#include "crypto/hash.h"
#include "screen/screen.h"

enum { ROUNDS = 5 };

static void die(const char *what)
{
    bench_die("bench_spellings", what);
}

static struct cw_span read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    long len = -1;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        len = ftell(file);
        rewind(file);
    }
    char *data = len > 0 ? malloc((size_t)len) : NULL;
    if (data == NULL || fread(data, 1, (size_t)len, file) != (size_t)len) {
        die("cannot read a file");
        return CW_SPAN("");
    }
    (void)fclose(file);
    return cw_span_make(data, (size_t)len);
}

static struct cw_text_filter make_filter(struct cw_span list, bool is_every)
{
    struct cw_text_filter filter = {0};
    struct cw_text_filter_builder builder;
    struct cw_span rest = list;
    struct cw_span line;
    size_t lines = 0;
    size_t count = 0;
    while (cw_span_next_line(&rest, &line)) {
        lines++;
    }
    uint64_t *hashes = malloc((is_every ? 32 : 1) * (lines + CW_SPELLED_MAX) * sizeof(*hashes));
    while (hashes != NULL && cw_span_next_line(&list, &line)) {
        struct cw_address address;
        if (cw_address_parse(line, CW_SPAN(""), CW_ADDRESS_LIST, &address) != CW_ADDRESS_OK) {
            die("a listed text is no address");
        }
        if (is_every) {
            count += cw_spelled_hashes(&address, hashes + count);
        } else if (line.len >= CW_TOKEN_LEN_MIN) {
            hashes[count++] = cw_spelled_hash(line.data, line.len);
        }
        if (count > 32 * lines) {
            die("more spellings than there is room for");
        }
    }
    const size_t bytes = cw_text_filter_bytes(count);
    void *memory = aligned_alloc(CW_TEXT_FILTER_LINE, bytes);
    if (hashes == NULL || memory == NULL) {
        die("out of memory");
        return filter;
    }
    cw_text_filter_begin(&builder, memory, bytes);
    for (size_t i = 0; i < count; i++) {
        cw_text_filter_add(&builder, hashes[i]);
    }
    cw_text_filter_finish(&builder);
    free(hashes);
    if (cw_text_filter_open(cw_span_make(memory, bytes), &filter, NULL) != CW_OK) {
        die("the filter does not open");
    }
    return filter;
}

static enum cw_status on_hit(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                             struct cw_error *err)
{
    (void)hit;
    (void)err;
    *(uint64_t *)ctx += 1;
    *ret_is_known = false;
    return CW_OK;
}

int main(int argc, char **argv)
{
    uint64_t candidates = 0;
    struct cw_screen *screen = NULL;
    double best_s = 0;
    if (argc != 4 || cw_hash_selftest(NULL) != CW_OK) {
        die("usage: bench_spellings LIST FILE one|every");
        return 1;
    }
    const bool is_every = strcmp(argv[3], "every") == 0;
    const struct cw_span text = read_whole(argv[2]);
    const struct cw_screen_options options = {
        .filter = make_filter(read_whole(argv[1]), is_every),
        .sink = {on_hit, &candidates},
        .depth = is_every ? CW_SCREEN_FILTERED : CW_SCREEN_SPELLED,
    };
    if (cw_screen_new(&options, &screen, NULL) != CW_OK) {
        die("out of memory");
    }
    for (int i = 0; i < ROUNDS; i++) {
        const double start_s = bench_seconds();
        cw_screen_begin(screen, CW_SCREEN_ALL);
        if (cw_screen_feed(screen, text, NULL) != CW_OK || cw_screen_end(screen, NULL) != CW_OK) {
            die("the screening failed");
        }
        const double now_s = bench_seconds() - start_s;
        best_s = i == 0 || now_s < best_s ? now_s : best_s;
    }
    (void)printf("%.6f %llu\n", best_s, (unsigned long long)candidates);
    return 0;
}
