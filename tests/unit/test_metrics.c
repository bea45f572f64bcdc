/* The text of the metrics file: quoting, finding, the largest file, and what is taken over. */
#include "base/limits.h"
#include "metrics/figures.h"
#include "suite.h"

static const struct {
    const char *what;
    struct cw_metric metric;
    int64_t value;
    const char *line;
} samples[] = {
    {"no label", {.name = "a"}, 0, "a 0\n"},
    {"a label", {"a", {{"x", "y"}}}, 7, "a{x=\"y\"} 7\n"},
    {"two labels", {"a", {{"x", "y"}, {"z", ""}}}, 1, "a{x=\"y\",z=\"\"} 1\n"},
    {"a quote", {"a", {{"x", "\"} 1"}}}, 1, "a{x=\"\\\"} 1\"} 1\n"},
    {"a backslash", {"a", {{"x", "\\"}}}, 1, "a{x=\"\\\\\"} 1\n"},
    {"a line feed", {"a", {{"x", "\nb 1\n"}}}, 1, "a{x=\"\\nb 1\\n\"} 1\n"},
    {"UTF-8 stays", {"a", {{"x", "\xc3\xa9"}}}, 1, "a{x=\"\xc3\xa9\"} 1\n"},
    {"bad UTF-8", {"a", {{"x", "\xc3(\xff"}}}, 1, "a{x=\"\xef\xbf\xbd(\xef\xbf\xbd\"} 1\n"},
    {"the largest number", {.name = "a"}, INT64_MAX, "a 9223372036854775807\n"},
    {"below zero", {.name = "a"}, -1, "a 0\n"},
};

static void quotes_labels(void)
{
    for (size_t i = 0; i < CW_COUNT(samples); i++) {
        struct cw_buf out;
        int64_t value = -1;
        cw_buf_init(&out, 256);
        cw_metric_sample(&out, &samples[i].metric, samples[i].value);
        CW_CHECK(cw_span_is(cw_buf_as_span(&out), samples[i].line), "%s: %s", samples[i].what,
                 out.data);
        CW_CHECK(cw_metric_find(cw_buf_as_span(&out), &samples[i].metric, &value) &&
                     value == (samples[i].value < 0 ? 0 : samples[i].value),
                 "%s: is not found again", samples[i].what);
        cw_buf_clear(&out);
    }
}

static const struct {
    const char *what;
    const char *text;
} strangers[] = {
    {"nothing", ""},
    {"another label", "a{x=\"z\"} 1\n"},
    {"no label", "a 1\n"},
    {"one more label", "a{x=\"y\",z=\"\"} 1\n"},
    {"no number", "a{x=\"y\"} \n"},
    {"below zero", "a{x=\"y\"} -1\n"},
    {"a fraction", "a{x=\"y\"} 1.5\n"},
    {"a time stamp", "a{x=\"y\"} 1 2\n"},
    {"not at the begin of its line", " a{x=\"y\"} 1\n"},
    {"too large", "a{x=\"y\"} 9223372036854775808\n"},
    {"NaN", "a{x=\"y\"} NaN\n"},
};

static void finds_only_what_it_would_write(void)
{
    const struct cw_metric metric = {"a", {{"x", "y"}}};
    for (size_t i = 0; i < CW_COUNT(strangers); i++) {
        int64_t value = -1;
        const bool is_found = cw_metric_find(cw_span_cstr(strangers[i].text), &metric, &value);
        CW_CHECK(!is_found && value == -1, "%s: found %lld", strangers[i].what, (long long)value);
    }
}

/* ---- whole files ---- */

static struct cw_metrics_run run_of(int64_t first)
{
    return (struct cw_metrics_run){.started_at_s = first,
                                   .finished_at_s = first + 1,
                                   .exit_code = 20,
                                   .succeeded_at_s = first + 2,
                                   .alerts = {first + 3, 1, 2, 3, first + 4},
                                   .sent = first + 5,
                                   .failed = first + 6};
}

static bool same_run(const struct cw_metrics_run *a, const struct cw_metrics_run *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static void takes_over_what_it_wrote(void)
{
    const struct cw_figures figures = {.version = "1", .runs = {run_of(100), run_of(200)}};
    struct cw_metrics_run scan = {0};
    struct cw_metrics_run deliver = {0};
    struct cw_buf out;
    cw_buf_init(&out, CW_METRICS_BYTES_MAX);
    cw_figures_write(&figures, &out);
    CU_ASSERT(cw_run_recall(cw_buf_as_span(&out), CW_METRICS_SCAN, &scan));
    CU_ASSERT(same_run(&scan, &figures.runs[CW_METRICS_SCAN]));
    CU_ASSERT(cw_run_recall(cw_buf_as_span(&out), CW_METRICS_DELIVER, &deliver));
    struct cw_metrics_run wanted = run_of(200);
    memset(wanted.alerts, 0, sizeof(wanted.alerts)); /* deliver has none */
    CU_ASSERT(same_run(&deliver, &wanted));
    cw_buf_clear(&out);
}

static void takes_over_no_part_of_a_run(void)
{
    const struct cw_figures figures = {.version = "1", .runs = {run_of(100), run_of(200)}};
    struct cw_buf out;
    cw_buf_init(&out, CW_METRICS_BYTES_MAX);
    cw_figures_write(&figures, &out);
    const struct cw_span whole = cw_buf_as_span(&out);
    const char *last = strstr(out.data, "cryptowatch_run_deliveries{command=\"scan\",outcome=\"f");
    CU_ASSERT_PTR_NOT_NULL_FATAL(last);
    for (size_t end = 0; end <= (size_t)(last - out.data); end++) {
        struct cw_metrics_run run = {.exit_code = 7};
        const bool is_known = cw_run_recall(cw_span_slice(whole, 0, end), CW_METRICS_SCAN, &run);
        CW_CHECK(!is_known && run.exit_code == 7, "a run out of the first %zu bytes", end);
    }
    cw_buf_clear(&out);
}

static void what_is_not_known_is_left_out(void)
{
    const struct cw_figures figures = {.version = "1", .runs = {run_of(100)}};
    struct cw_buf out;
    cw_buf_init(&out, CW_METRICS_BYTES_MAX);
    cw_figures_write(&figures, &out);
    CU_ASSERT_PTR_NOT_NULL(strstr(out.data, "\ncryptowatch_state_readable 0\n"));
    CU_ASSERT_PTR_NULL(strstr(out.data, "command=\"deliver\""));
    CU_ASSERT_PTR_NULL(strstr(out.data, "cryptowatch_feed"));
    CU_ASSERT_PTR_NULL(strstr(out.data, "cryptowatch_index"));
    cw_buf_clear(&out);
}

/* Every number and every name as long as it can be. */
static void the_largest_file_is_within_its_limit(void)
{
    char id[CW_ID_MAX + 1];
    memset(id, 'x', CW_ID_MAX);
    id[CW_ID_MAX] = '\0';
    struct cw_figures figures = {0};
    memset(&figures, 0x7f, sizeof(figures));
    figures.version = id;
    figures.feeds = calloc(CW_FEEDS_MAX, sizeof(*figures.feeds));
    figures.endpoints = calloc(CW_ENDPOINTS_MAX, sizeof(*figures.endpoints));
    CU_ASSERT_FATAL(figures.feeds != NULL && figures.endpoints != NULL);
    figures.feeds_count = CW_FEEDS_MAX;
    figures.endpoints_count = CW_ENDPOINTS_MAX;
    memset(figures.feeds, 0x7f, CW_FEEDS_MAX * sizeof(*figures.feeds));
    for (size_t i = 0; i < CW_FEEDS_MAX; i++) {
        figures.feeds[i].id = id;
    }
    for (size_t i = 0; i < CW_ENDPOINTS_MAX; i++) {
        figures.endpoints[i].id = id;
    }
    struct cw_buf out;
    cw_buf_init(&out, CW_METRICS_BYTES_MAX);
    cw_figures_write(&figures, &out);
    CW_CHECK(cw_buf_status(&out, NULL) == CW_OK, "more than %u bytes", CW_METRICS_BYTES_MAX);
    CU_ASSERT(out.len > CW_METRICS_BYTES_MAX / 4); /* a limit far away would be none */
    cw_buf_clear(&out);
    cw_figures_clear(&figures);
}

static const struct cw_test tests[] = {
    {"quotes what stands in a label", quotes_labels},
    {"finds only what it would write", finds_only_what_it_would_write},
    {"takes over what it wrote of both commands", takes_over_what_it_wrote},
    {"takes over no part of a run", takes_over_no_part_of_a_run},
    {"leaves out what is not known", what_is_not_known_is_left_out},
    {"the largest file is within its limit", the_largest_file_is_within_its_limit},
};

int main(void)
{
    return cw_run_suite("metrics", tests, CW_COUNT(tests));
}
