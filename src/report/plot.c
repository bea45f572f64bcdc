#include "base/datetime.h"
#include "base/text.h"
#include "report/page.h"

/* Sizes in units of the viewBox; the style says how large a unit is. */
enum { SPARK_WIDTH = 192, SPARK_HEIGHT = 36, SPARK_TOP = 3, SPARK_BASE = 30, MARK_TOP = 32 };
enum { STEP = SPARK_WIDTH / CW_REPORT_COLUMNS };
static_assert(STEP * CW_REPORT_COLUMNS == SPARK_WIDTH, "columns have whole units");

/* ---- one series ----------------------------------------------------------------------------- */

struct series {
    int64_t values[CW_REPORT_COLUMNS]; /* -1: not known */
    int64_t least;
    int64_t most;
    int64_t now;
};

static void add(struct series *series, size_t column, int64_t value)
{
    series->values[column] = value;
    if (value < 0) {
        return;
    }
    series->least = series->now < 0 || value < series->least ? value : series->least;
    series->most = value > series->most ? value : series->most;
    series->now = value;
}

static struct series sizes_of(const struct cw_report_feed *feed)
{
    struct series series = {.now = -1};
    for (size_t i = 0; i < CW_REPORT_COLUMNS; i++) {
        const struct cw_report_column *column = &feed->columns[i];
        add(&series, i, column->is_known ? (int64_t)column->bytes : -1);
    }
    return series;
}

static struct series ages_of(const struct cw_report_feed *feed)
{
    struct series series = {.now = -1};
    for (size_t i = 0; i < CW_REPORT_COLUMNS; i++) {
        const struct cw_report_column *column = &feed->columns[i];
        add(&series, i, column->is_known ? column->age_s : -1);
    }
    return series;
}

static int64_t height_of(int64_t value, int64_t top)
{
    const int64_t span = SPARK_BASE - SPARK_TOP;
    /* doubles: a size may be near what an integer holds, and a pixel is exact enough */
    return top <= 0 ? 0 : (int64_t)((double)value / (double)top * (double)span + 0.5);
}

/* Steps, because a document is in force until the next one. One path for each stretch that is
 * known. */
static void put_steps(struct cw_page *page, const struct series *series, int64_t top)
{
    int64_t last = -1;
    cw_page_raw(page, "<path class=\"line\" d=\"");
    for (size_t i = 0; i < CW_REPORT_COLUMNS; i++) {
        if (series->values[i] < 0) {
            last = -1;
            continue;
        }
        const int64_t y = SPARK_BASE - height_of(series->values[i], top);
        if (last < 0) {
            cw_buf_printf(page->out, "M%zu %lld", i * STEP, (long long)y);
        } else if (y != last) {
            cw_buf_printf(page->out, "H%zuV%lld", i * STEP, (long long)y);
        }
        if (i + 1 == CW_REPORT_COLUMNS || series->values[i + 1] < 0) {
            cw_buf_printf(page->out, "H%zu", (i + 1) * STEP);
        }
        last = y;
    }
    cw_page_raw(page, "\"/>");
}

static void put_marks(struct cw_page *page, const struct cw_report_feed *feed)
{
    for (size_t i = 0; i < CW_REPORT_COLUMNS; i++) {
        const struct cw_report_column *column = &feed->columns[i];
        if (column->has_failed || column->has_held) {
            cw_buf_printf(page->out, "<path class=\"%s\" d=\"M%zu %dV%d\"/>",
                          column->has_failed ? "fail" : "hold", i * STEP + STEP / 2, MARK_TOP,
                          SPARK_HEIGHT);
        }
    }
}

static void begin_spark(struct cw_page *page)
{
    cw_buf_printf(page->out, "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 %d %d\">",
                  SPARK_WIDTH, SPARK_HEIGHT);
}

static void end_spark(struct cw_page *page, const struct cw_report_feed *feed)
{
    cw_buf_printf(page->out, "<path class=\"base\" d=\"M0 %dH%d\"/>", SPARK_BASE, SPARK_WIDTH);
    put_marks(page, feed);
    cw_page_raw(page, "</svg>");
}

void cw_plot_size(struct cw_page *page, const struct cw_report_feed *feed)
{
    const struct series series = sizes_of(feed);
    char now[CW_SIZE_TEXT_BYTES] = "0 B";
    char least[CW_SIZE_TEXT_BYTES] = "0 B";
    char most[CW_SIZE_TEXT_BYTES] = "0 B";
    if (series.now >= 0) {
        cw_size_format((uint64_t)series.now, now);
        cw_size_format((uint64_t)series.least, least);
        cw_size_format((uint64_t)series.most, most);
    }
    begin_spark(page);
    cw_page_words(page, "title", CW_TEXT_plot_size, (const char *const[]){now, least, most, NULL});
    put_steps(page, &series, series.most);
    end_spark(page, feed);
    cw_page_raw(page, "<small>");
    cw_page_cstr(page, now);
    cw_page_raw(page, "</small>");
}

void cw_plot_age(struct cw_page *page, const struct cw_report_feed *feed)
{
    const struct series series = ages_of(feed);
    const int64_t limit = feed->feed->stale_after_s;
    const int64_t top = series.most > limit ? series.most : limit;
    char texts[3][24];
    const int64_t hours[] = {series.now < 0 ? 0 : series.now / 3600, series.most / 3600,
                             limit / 3600};
    for (size_t i = 0; i < CW_COUNT(hours); i++) {
        (void)snprintf(texts[i], sizeof(texts[i]), "%lld", (long long)hours[i]);
    }
    begin_spark(page);
    cw_page_words(page, "title", CW_TEXT_plot_age,
                  (const char *const[]){texts[0], texts[1], texts[2], NULL});
    const long long dashed = (long long)(SPARK_BASE - height_of(limit, top));
    cw_buf_printf(page->out, "<path class=\"limit\" d=\"M0 %lldH%d\"/>", dashed, SPARK_WIDTH);
    put_steps(page, &series, top);
    end_spark(page, feed);
}

/* ---- the timeline --------------------------------------------------------------------------- */

enum {
    LANES_MAX = 30,
    LANE_HEIGHT = 20,
    LANE_LEFT = 190,
    TIME_WIDTH = 760,
    TIME_PAD = 8,
    AXIS_HEIGHT = 22,
    NAME_MAX = 26
};

/* The cases of the rows, the one with the newest event first. */
struct lanes {
    struct cw_span names[LANES_MAX];
    size_t count;
};

static size_t lane_of(const struct lanes *lanes, struct cw_span case_id)
{
    size_t i = 0;
    while (i < lanes->count && !cw_span_equal(lanes->names[i], case_id)) {
        i++;
    }
    return i;
}

static struct lanes find_lanes(const struct cw_report_facts *facts)
{
    struct lanes lanes = {.count = 0};
    for (size_t i = facts->days_count; i > 0; i--) {
        const struct cw_span name = facts->days[i - 1].case_id;
        if (lanes.count < LANES_MAX && lane_of(&lanes, name) == lanes.count) {
            lanes.names[lanes.count++] = name;
        }
    }
    return lanes;
}

struct axis {
    int64_t from_s;
    int64_t span_s;
};

static int64_t x_of(const struct axis *axis, int64_t at_s)
{
    return LANE_LEFT + TIME_PAD +
           (at_s - axis->from_s) * (TIME_WIDTH - 2 * TIME_PAD) / axis->span_s;
}

/* Listed fills its mark, delisted empties it, changed is smaller: three shapes, not only colours.
 */
static void put_event(struct cw_page *page, int64_t x, int64_t y, enum cw_report_event event)
{
    switch (event) {
    case CW_EVENT_LISTED:
        cw_buf_printf(page->out, "<circle class=\"on\" cx=\"%lld\" cy=\"%lld\" r=\"4.5\"/>",
                      (long long)x, (long long)y);
        break;
    case CW_EVENT_CHANGED:
        cw_buf_printf(page->out, "<path class=\"mod\" d=\"M%lld %lldl4 4l-4 4l-4 -4z\"/>",
                      (long long)x, (long long)(y - 4));
        break;
    case CW_EVENT_DELISTED:
        cw_buf_printf(page->out, "<circle class=\"off\" cx=\"%lld\" cy=\"%lld\" r=\"4\"/>",
                      (long long)x, (long long)y);
        break;
    }
}

/* Marks that would cover each other are drawn once: a page of many years stays small. */
enum { CELL_WIDTH = 5, CELLS = TIME_WIDTH / CELL_WIDTH + 1 };
struct drawn {
    bool cells[LANES_MAX][CELLS][CW_REPORT_EVENTS];
};

static void put_days(struct cw_page *page, const struct cw_report_facts *facts,
                     const struct lanes *lanes, const struct axis *axis)
{
    struct drawn drawn = {0};
    for (size_t i = 0; i < facts->days_count; i++) {
        const struct cw_report_day *day = &facts->days[i];
        const size_t lane = lane_of(lanes, day->case_id);
        const int64_t x = x_of(axis, day->day_s);
        for (size_t event = 0; lane < lanes->count && event < CW_REPORT_EVENTS; event++) {
            bool *is_drawn = &drawn.cells[lane][(x - LANE_LEFT) / CELL_WIDTH][event];
            if (day->events[event] > 0 && !*is_drawn) {
                put_event(page, x, (int64_t)lane * LANE_HEIGHT + 10, (enum cw_report_event)event);
                *is_drawn = true;
            }
        }
    }
}

static void put_lanes(struct cw_page *page, const struct lanes *lanes)
{
    for (size_t i = 0; i < lanes->count; i++) {
        const long long y = (long long)i * LANE_HEIGHT;
        const struct cw_span name = lanes->names[i];
        cw_buf_printf(page->out,
                      "<path class=\"base\" d=\"M%d %lldH%d\"/><text x=\"%d\" y=\"%lld\">",
                      LANE_LEFT, y + 10, LANE_LEFT + TIME_WIDTH, 0, y + 14);
        cw_page_text(page, cw_utf8_cut(name, NAME_MAX));
        cw_page_raw(page, name.len > NAME_MAX ? "\xe2\x80\xa6</text>" : "</text>");
    }
}

static void put_axis(struct cw_page *page, const struct lanes *lanes, const char *from,
                     const char *until)
{
    const int y = (int)lanes->count * LANE_HEIGHT + 16;
    cw_buf_printf(page->out,
                  "<text class=\"dim\" x=\"%d\" y=\"%d\">%s</text>"
                  "<text class=\"dim\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                  LANE_LEFT, y, from, LANE_LEFT + TIME_WIDTH, y, until);
}

void cw_plot_timeline(struct cw_page *page, const struct cw_report_facts *facts)
{
    char from[CW_DATE_TEXT_BYTES];
    char until[CW_DATE_TEXT_BYTES];
    CW_ASSERT(facts->days_count > 0);
    const struct lanes lanes = find_lanes(facts);
    struct axis axis = {.from_s = facts->days[0].day_s};
    int64_t until_s = facts->order->now_s;
    for (size_t i = 0; i < facts->days_count; i++) { /* a clock may have gone back */
        const int64_t day_s = facts->days[i].day_s;
        axis.from_s = day_s < axis.from_s ? day_s : axis.from_s;
        until_s = day_s > until_s ? day_s : until_s;
    }
    axis.span_s = until_s > axis.from_s ? until_s - axis.from_s : 1;
    cw_date_format(axis.from_s, from);
    cw_date_format(until_s, until);
    const char *const arguments[] = {from, until, NULL};
    cw_page_words(page, "p class=\"dim\"", CW_TEXT_timeline_about, arguments);
    cw_buf_printf(page->out,
                  "<div class=\"wide\"><svg class=\"lanes\" role=\"img\" viewBox=\"0 0 %d %d\">",
                  LANE_LEFT + TIME_WIDTH, (int)lanes.count * LANE_HEIGHT + AXIS_HEIGHT);
    cw_page_word(page, "title", CW_TEXT_timeline_plot);
    put_lanes(page, &lanes);
    put_days(page, facts, &lanes, &axis);
    put_axis(page, &lanes, from, until);
    cw_page_raw(page,
                "</svg></div>\n<p class=\"legend\">"
                "<svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><circle class=\"on\" cx=\"6\" "
                "cy=\"6\" r=\"4.5\"/></svg>");
    cw_page_word(page, "span", CW_TEXT_listed);
    cw_page_raw(page, "<svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path class=\"mod\" "
                      "d=\"M6 2l4 4l-4 4l-4 -4z\"/></svg>");
    cw_page_word(page, "span", CW_TEXT_changed);
    cw_page_raw(page, "<svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><circle class=\"off\" "
                      "cx=\"6\" cy=\"6\" r=\"4\"/></svg>");
    cw_page_word(page, "span", CW_TEXT_delisted);
    cw_page_raw(page, "</p>\n");
    if (facts->days_cases > lanes.count) {
        cw_page_numbers(page, "p class=\"dim\"", CW_TEXT_timeline_cases,
                        facts->days_cases - lanes.count, 0);
    }
}
