/* bench_address: addresses parsed a second, by family, on one core.
 *
 *   bench_address texts FAMILY COUNT            the texts, one a line, for the peers
 *   bench_address parse FAMILY FILE SECONDS     {"family","as_tag","detect"} in parses a second
 *   bench_address families                      the names
 *
 * "as_tag" is the work the peers do: a text and the chain it is said to be of. "detect" is what a
 * scan does: nothing is said, and every grammar that the text may belong to is tried.
 */
#include "base/file.h"
#include "bench.h"
#include "crypto/hash.h"
#include "samples.h"

enum { SLICE = 1000, TEXTS_MAX = 1000000, FILE_MAX_BYTES = 256 << 20 };

static void die(const char *what)
{
    bench_die("bench_address", what);
}

static const struct bench_family *find_family(const char *name)
{
    for (size_t i = 0; i < bench_families_count; i++) {
        if (strcmp(bench_families[i].name, name) == 0) {
            return &bench_families[i];
        }
    }
    die("no such family");
    return NULL;
}

static void write_texts(const struct bench_family *family, uint64_t count)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    for (uint64_t n = 0; n < count; n++) {
        (void)bench_sample(family, 7, n, text);
        (void)puts(text);
    }
}

typedef enum cw_address_error parse_fn(struct cw_span text, const struct cw_label *label,
                                       struct cw_address *ret);

static enum cw_address_error parse_as_tag(struct cw_span text, const struct cw_label *label,
                                          struct cw_address *ret)
{
    return cw_label_parse_as(label, text, ret);
}

static enum cw_address_error parse_detect(struct cw_span text, const struct cw_label *label,
                                          struct cw_address *ret)
{
    return cw_label_parse(label, text, CW_ADDRESS_STRICT, ret);
}

/* Cuts the next slice of the texts, which begin again at their end. */
static void cut_slice(struct cw_span texts, struct cw_span *rest, struct cw_span ret[static SLICE])
{
    for (size_t i = 0; i < SLICE; i++) {
        if (!cw_span_next_line(rest, &ret[i])) {
            *rest = texts;
            (void)cw_span_next_line(rest, &ret[i]);
        }
    }
}

/* Seconds for a slice. */
static double parse_slice(const struct cw_span slice[static SLICE], const struct cw_label *label,
                          parse_fn *parse)
{
    struct cw_address address;
    const double start = bench_seconds();
    for (size_t i = 0; i < SLICE; i++) {
        if (parse(slice[i], label, &address) != CW_ADDRESS_OK) {
            die("a generated address does not parse");
        }
    }
    return bench_seconds() - start;
}

/* The best slice until the time is up: other work on the machine only ever makes one longer. Every
 * text must parse, or there is no figure. Lines are cut and the tag is looked up outside of the
 * time, as for the peers, who have an array of texts and a function for each chain. */
static double measure(struct cw_span texts, struct cw_span tag, double seconds, parse_fn *parse)
{
    struct cw_span slice[SLICE];
    const struct cw_label label = cw_label_make(tag);
    struct cw_span rest = texts;
    double best = 0;
    const double end = bench_seconds() + seconds;
    while (bench_seconds() < end) {
        cut_slice(texts, &rest, slice);
        const double rate = SLICE / parse_slice(slice, &label, parse);
        best = rate > best ? rate : best;
    }
    return best;
}

static int parse(const struct bench_family *family, const char *path, double seconds)
{
    struct cw_buf texts;
    struct cw_error err = {0};
    cw_buf_init(&texts, FILE_MAX_BYTES);
    if (cw_hash_selftest(&err) != CW_OK || cw_file_read(path, &texts, &err) != CW_OK) {
        die(err.text);
    }
    const struct cw_span span = cw_buf_as_span(&texts);
    const double as_tag = measure(span, cw_span_cstr(family->tag), seconds, parse_as_tag);
    const double detect = measure(span, CW_SPAN(""), seconds, parse_detect);
    (void)printf("{\"family\":\"%s\",\"as_tag\":%.0f,\"detect\":%.0f}\n", family->name, as_tag,
                 detect);
    cw_buf_clear(&texts);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "families") == 0) {
        for (size_t i = 0; i < bench_families_count; i++) {
            (void)puts(bench_families[i].name);
        }
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "texts") == 0) {
        const uint64_t count = bench_size(argv[3]);
        if (count == 0 || count > TEXTS_MAX) {
            die("COUNT is 1 to a million");
        }
        write_texts(find_family(argv[2]), count);
        return 0;
    }
    if (argc == 5 && strcmp(argv[1], "parse") == 0) {
        return parse(find_family(argv[2]), argv[3], strtod(argv[4], NULL));
    }
    die("usage: families | texts FAMILY COUNT | parse FAMILY FILE SECONDS");
    return 64;
}
