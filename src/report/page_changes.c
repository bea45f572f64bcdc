#include "report/page.h"

enum { NEWEST_MAX = 12 };

static size_t unwell(const struct cw_report_facts *facts)
{
    size_t count = 0;
    for (size_t i = 0; i < facts->feeds_count; i++) {
        const struct cw_report_feed *feed = &facts->feeds[i];
        count += feed->feed->enabled && feed->health.condition != CW_CONDITION_GOOD ? 1 : 0;
    }
    return count;
}

static uint64_t dead(const struct cw_report_facts *facts)
{
    uint64_t count = 0;
    for (size_t i = 0; i < facts->receivers_count; i++) {
        count += facts->receivers[i].queue.dead;
    }
    return count;
}

static void put_tile(struct cw_page *page, uint64_t number, enum cw_text name, bool is_bad)
{
    cw_buf_printf(page->out, "<li class=\"tile%s\"><b>%llu</b> ",
                  number == 0 ? " zero" : (is_bad ? " bad" : ""), (unsigned long long)number);
    cw_page_word(page, "span", name);
    cw_page_raw(page, "</li>");
}

static void put_tiles(struct cw_page *page, const struct cw_report_facts *facts)
{
    const struct cw_report_changes *changes = &facts->changes;
    cw_page_raw(page, "<ul class=\"tiles\">");
    put_tile(page, changes->events[CW_EVENT_LISTED], CW_TEXT_tile_listed, false);
    put_tile(page, changes->events[CW_EVENT_CHANGED], CW_TEXT_tile_changed, false);
    put_tile(page, changes->events[CW_EVENT_DELISTED], CW_TEXT_tile_delisted, false);
    put_tile(page, changes->retracted, CW_TEXT_tile_retracted, false);
    if (cw_report_is_inward(facts->order)) {
        put_tile(page, changes->feeds, CW_TEXT_tile_feeds, false);
    }
    put_tile(page, unwell(facts), CW_TEXT_tile_unwell, true);
    if (cw_report_is_inward(facts->order)) {
        put_tile(page, dead(facts), CW_TEXT_tile_dead, true);
    }
    cw_page_raw(page, "</ul>\n");
}

static void put_row(struct cw_page *page, const struct cw_report_alert *alert)
{
    const struct cw_alert_summary *summary = &alert->summary;
    cw_page_raw(page, "<li>");
    cw_page_severity(page, summary->severity);
    cw_page_raw(page, " ");
    cw_page_type(page, "span class=\"type\"", summary->type);
    cw_page_raw(page, " <a href=\"#a-");
    cw_page_cstr(page, summary->id);
    cw_page_raw(page, "\">");
    cw_page_cstr(page, summary->case_id[0] != '\0'
                           ? summary->case_id
                           : (summary->feed[0] != '\0' ? summary->feed : summary->subject));
    cw_page_raw(page, "</a> ");
    if (alert->address.len > 0) {
        cw_page_element(page, "code", alert->address);
    }
    if (alert->is_baseline) {
        cw_page_raw(page, " ");
        cw_page_word(page, "small class=\"tag\"", CW_TEXT_baseline);
    }
    cw_page_raw(page, "</li>\n");
}

void cw_page_changes(struct cw_page *page, const struct cw_report_facts *facts)
{
    const uint64_t all = facts->changes.all;
    const size_t shown = all < NEWEST_MAX ? (size_t)all : NEWEST_MAX;
    cw_page_section(page, "changes", CW_TEXT_changes);
    put_tiles(page, facts);
    if (all == 0) {
        cw_page_word(page, "p", CW_TEXT_changes_none);
    } else {
        cw_page_word(page, "h3", CW_TEXT_changes_newest);
        cw_page_raw(page, "<ul class=\"newest\">\n");
        for (size_t i = 0; i < shown && i < facts->alerts_count; i++) {
            put_row(page, &facts->alerts[i]);
        }
        cw_page_raw(page, "</ul>\n");
    }
    if (all > shown) {
        cw_page_numbers(page, "p class=\"dim\"", CW_TEXT_changes_more, all - shown, 0);
    }
    cw_page_section_end(page);
}
