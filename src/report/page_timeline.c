#include "base/datetime.h"
#include "report/page.h"

static void put_day(struct cw_page *page, const struct cw_report_day *day)
{
    char date[CW_DATE_TEXT_BYTES];
    cw_date_format(day->day_s, date);
    cw_buf_printf(page->out, "<tr><th scope=\"row\">%s</th>", date);
    cw_page_element(page, "td", day->case_id);
    cw_page_element(page, "td", day->feed);
    for (size_t i = 0; i < CW_REPORT_EVENTS; i++) {
        cw_page_raw(page, "<td class=\"num\">");
        if (day->events[i] > 0) {
            cw_page_number(page, day->events[i]);
        }
        cw_page_raw(page, "</td>");
    }
    cw_page_raw(page, "</tr>\n");
}

static void put_table(struct cw_page *page, const struct cw_report_facts *facts)
{
    static const enum cw_text columns[] = {CW_TEXT_col_day, CW_TEXT_col_case, CW_TEXT_col_list,
                                           CW_TEXT_listed,  CW_TEXT_changed,  CW_TEXT_delisted};
    const size_t rows =
        facts->days_count < CW_REPORT_DAYS_MAX ? facts->days_count : CW_REPORT_DAYS_MAX;
    cw_page_raw(page, "<details><summary>");
    cw_page_word(page, "span", CW_TEXT_timeline_table);
    cw_page_raw(page, "</summary>\n<div class=\"wide\"><table><thead><tr>");
    for (size_t i = 0; i < CW_COUNT(columns); i++) {
        const bool is_number = i + CW_REPORT_EVENTS >= CW_COUNT(columns);
        cw_page_word(page, is_number ? "th scope=\"col\" class=\"num\"" : "th scope=\"col\"",
                     columns[i]);
    }
    cw_page_raw(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < rows; i++) {
        put_day(page, &facts->days[facts->days_count - 1 - i]);
    }
    cw_page_raw(page, "</tbody></table></div>\n");
    if (facts->days_count > rows) {
        cw_page_numbers(page, "p class=\"dim\"", CW_TEXT_timeline_left_out,
                        facts->days_count - rows, 0);
    }
    cw_page_raw(page, "</details>\n");
}

void cw_page_timeline(struct cw_page *page, const struct cw_report_facts *facts)
{
    cw_page_section(page, "timeline", CW_TEXT_timeline);
    if (facts->days_count == 0) {
        cw_page_word(page, "p", CW_TEXT_timeline_none);
    } else {
        cw_plot_timeline(page, facts);
        put_table(page, facts);
    }
    cw_page_section_end(page);
}
