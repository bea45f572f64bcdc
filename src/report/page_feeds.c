#include "base/datetime.h"
#include "report/page.h"

static void put_state(struct cw_page *page, const struct cw_report_feed *feed)
{
    const char *name = cw_feed_condition_name(feed->health.condition);
    char tag[64];
    if (!feed->feed->enabled) {
        cw_page_word(page, "b class=\"state\"", CW_TEXT_feed_off);
        return;
    }
    (void)snprintf(tag, sizeof(tag), "b class=\"state state-%s\"", name);
    cw_page_word(page, tag, cw_text_named("feed_", name, CW_TEXT_feed_never));
    if (feed->health.condition != CW_CONDITION_GOOD && feed->health.why[0] != '\0') {
        cw_page_raw(page, "<br>");
        cw_page_element(page, "small", cw_span_cstr(feed->health.why));
    }
}

static void put_feed(struct cw_page *page, const struct cw_report_feed *feed, int64_t now_s)
{
    const struct cw_feed_state *state = &feed->state;
    cw_page_raw(page, "<tr><th scope=\"row\">");
    cw_page_cstr(page, feed->feed->id);
    cw_page_raw(page, "<br>");
    cw_page_element(page, "small", cw_span_cstr(feed->feed->publisher));
    cw_page_raw(page, "</th><td>");
    put_state(page, feed);
    cw_page_raw(page, "</td><td>");
    if (state->retrieved_at_s == 0) {
        cw_page_word(page, "span", CW_TEXT_never);
    } else {
        cw_page_age(page, "span", now_s - state->retrieved_at_s);
        cw_page_raw(page, "<br><small>");
        cw_page_time(page, state->retrieved_at_s);
        cw_page_raw(page, "</small>");
    }
    cw_page_raw(page, "</td><td class=\"num\">");
    cw_page_number(page, state->listings);
    cw_page_raw(page, "</td><td>");
    if (state->attempted_at_s == 0) { /* nothing to plot */
        cw_page_raw(page, "\xe2\x80\x93</td><td>\xe2\x80\x93</td></tr>\n");
        return;
    }
    cw_plot_size(page, feed);
    cw_page_raw(page, "</td><td>");
    cw_plot_age(page, feed);
    cw_page_raw(page, "</td></tr>\n");
}

static bool is_well(const struct cw_report_feed *feed)
{
    return !feed->feed->enabled || feed->health.condition == CW_CONDITION_GOOD;
}

static void put_feeds(struct cw_page *page, const struct cw_report_facts *facts, bool are_well)
{
    for (size_t i = 0; i < facts->feeds_count; i++) {
        if (is_well(&facts->feeds[i]) == are_well) {
            put_feed(page, &facts->feeds[i], facts->order->now_s);
        }
    }
}

static void put_table(struct cw_page *page, const struct cw_report_facts *facts)
{
    static const enum cw_text columns[] = {CW_TEXT_col_list, CW_TEXT_col_state,
                                           CW_TEXT_col_seen, CW_TEXT_col_listings,
                                           CW_TEXT_col_size, CW_TEXT_col_age};
    cw_page_raw(page, "<div class=\"wide\"><table class=\"feeds\"><thead><tr>");
    for (size_t i = 0; i < CW_COUNT(columns); i++) {
        const bool is_number = columns[i] == CW_TEXT_col_listings;
        cw_page_word(page, is_number ? "th scope=\"col\" class=\"num\"" : "th scope=\"col\"",
                     columns[i]);
    }
    cw_page_raw(page, "</tr></thead><tbody>\n");
    put_feeds(page, facts, false);
    put_feeds(page, facts, true);
    cw_page_raw(page, "</tbody></table></div>\n");
}

void cw_page_feeds(struct cw_page *page, const struct cw_report_facts *facts)
{
    char from[CW_DATE_TEXT_BYTES];
    char until[CW_DATE_TEXT_BYTES];
    cw_date_format(facts->plot_from_s, from);
    cw_date_format(facts->order->now_s, until);
    cw_page_section(page, "feeds", CW_TEXT_feeds);
    if (facts->feeds_count == 0) {
        cw_page_word(page, "p", CW_TEXT_feeds_none);
    } else {
        cw_page_words(page, "p class=\"dim\"", CW_TEXT_feeds_about,
                      (const char *const[]){from, until, NULL});
        put_table(page, facts);
    }
    cw_page_section_end(page);
}
