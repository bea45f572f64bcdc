#include "report/page.h"

#include "base/text.h"

static void put_match(struct cw_page *page, const struct cw_report_address *address,
                      const struct cw_report_match *match)
{
    const struct cw_tracked *tracked = &match->tracked;
    const char *relation = cw_relation_name(tracked->relation);
    cw_page_raw(page, "<li>");
    cw_page_element(page, "b", cw_span_cstr(match->feed));
    cw_page_raw(page, " <span class=\"dim\">");
    cw_page_word(page, "span", cw_text_named("rel_", relation, CW_TEXT_rel_entity));
    if (tracked->entry_name.len > 0) {
        cw_page_raw(page, " \xc2\xb7 ");
        cw_page_text(page, tracked->entry_name);
    }
    if (!cw_span_equal(tracked->listed_value, address->value)) {
        cw_page_raw(page, " \xc2\xb7 ");
        cw_page_word(page, "span", CW_TEXT_as_written);
        cw_page_raw(page, " ");
        cw_page_element(page, "code", tracked->listed_value);
    }
    cw_page_raw(page, "</span></li>");
}

static void put_address(struct cw_page *page, const struct cw_report_address *address)
{
    const struct cw_span chain =
        cw_span_slice(address->canonical, 0, cw_span_find(address->canonical, ':', 0));
    cw_page_raw(page, "<tr><th scope=\"row\"><code>");
    cw_page_text(page, address->value);
    cw_page_raw(page, "</code></th>");
    cw_page_element(page, "td", chain);
    cw_page_raw(page, "<td>");
    if (address->matches_count == 0) {
        cw_page_word(page, "span class=\"dim\"", CW_TEXT_on_no_list);
    } else {
        cw_page_raw(page, "<ul>");
        for (size_t i = 0; i < address->matches_count; i++) {
            put_match(page, address, &address->matches[i]);
        }
        cw_page_raw(page, "</ul>");
    }
    cw_page_raw(page, "</td></tr>\n");
}

static void put_table(struct cw_page *page, const struct cw_report_case *one)
{
    cw_page_raw(page, "<div class=\"wide\"><table class=\"addresses\"><thead><tr>");
    cw_page_word(page, "th scope=\"col\"", CW_TEXT_col_address);
    cw_page_word(page, "th scope=\"col\"", CW_TEXT_col_chain);
    cw_page_word(page, "th scope=\"col\"", CW_TEXT_col_listed_on);
    cw_page_raw(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < one->listed_count; i++) {
        put_address(page, &one->listed[i]);
    }
    for (size_t i = 0; i < one->others_count; i++) {
        put_address(page, &one->others[i]);
    }
    cw_page_raw(page, "</tbody></table></div>\n");
}

/* A link only to where a browser may go with a click and no script can hide. */
static void put_report(struct cw_page *page, const struct cw_rule_report *report)
{
    const bool is_link = cw_span_starts_with(cw_span_cstr(report->url), CW_SPAN("https://")) &&
                         cw_text_is_printable(cw_span_cstr(report->url));
    cw_page_raw(page, "<li>");
    if (is_link) {
        cw_page_raw(page, "<a rel=\"noreferrer noopener\" href=\"");
        cw_page_cstr(page, report->url);
        cw_page_raw(page, "\">");
    }
    cw_page_cstr(page, report->title);
    cw_page_raw(page, is_link ? "</a>" : "");
    cw_page_raw(page, " <span class=\"dim\">");
    cw_page_cstr(page, report->publisher);
    cw_page_raw(page, report->publisher[0] != '\0' ? " " : "");
    cw_page_cstr(page, report->published);
    cw_page_raw(page, "</span></li>");
}

static void put_about(struct cw_page *page, const struct cw_rule *rule)
{
    if (rule->summary[0] != '\0') {
        cw_page_element(page, "p", cw_span_cstr(rule->summary));
    }
    cw_page_raw(page, "<p class=\"dim\">");
    if (rule->group_name[0] != '\0') {
        cw_page_word(page, "span", CW_TEXT_case_group);
        cw_page_raw(page, " ");
        cw_page_cstr(page, rule->group_name);
        cw_page_raw(page, " \xc2\xb7 ");
    }
    cw_page_word(page, "span", CW_TEXT_case_reviewed);
    cw_page_raw(page, " ");
    cw_page_cstr(page, rule->reviewed);
    cw_page_raw(page, "</p>\n");
    cw_page_word(page, "h4", CW_TEXT_case_reports);
    cw_page_raw(page, "<ul class=\"reports\">");
    for (size_t i = 0; i < rule->reported_count; i++) {
        put_report(page, &rule->reported[i]);
    }
    cw_page_raw(page, "</ul>\n");
}

/* Open when something of it is listed: that is what a reader looks for. */
static void put_case(struct cw_page *page, const struct cw_report_case *one)
{
    const struct cw_rule *rule = one->rule;
    const size_t known = one->listed_known + one->others_known;
    const size_t shown = one->listed_count + one->others_count;
    cw_page_raw(page, "<details class=\"case\"");
    cw_page_raw(page, one->listed_known > 0 ? " open>" : ">");
    cw_page_raw(page, "<summary>");
    cw_page_severity(page, (enum cw_severity)rule->severity);
    cw_page_raw(page, " ");
    cw_page_element(page, "b", cw_span_cstr(rule->title));
    cw_page_raw(page, " ");
    cw_page_element(page, "span class=\"id\"", cw_span_cstr(rule->id));
    cw_page_raw(page, " ");
    cw_page_numbers(page, "span class=\"dim\"", CW_TEXT_case_addresses, known, one->listed_known);
    cw_page_raw(page, " ");
    cw_page_tlp(page, (enum cw_tlp)rule->tlp);
    cw_page_raw(page, "</summary>\n");
    put_about(page, rule);
    if (shown > 0) {
        put_table(page, one);
    }
    if (known > shown) {
        cw_page_numbers(page, "p class=\"dim\"", CW_TEXT_case_left_out, known - shown, 0);
    }
    cw_page_raw(page, "</details>\n");
}

/* Cases of one kind, each whole or not at all. Returns how many there was room for. */
static size_t put_cases(struct cw_page *page, const struct cw_report_facts *facts, bool is_listed,
                        size_t end)
{
    size_t shown = 0;
    struct cw_buf one;
    cw_buf_init(&one, CW_REPORT_BYTES_MAX);
    struct cw_page alone = {.out = &one, .lang = page->lang};
    for (size_t i = 0; i < facts->cases_count; i++) {
        if ((facts->cases[i].listed_known > 0) != is_listed) {
            continue;
        }
        cw_buf_reset(&one);
        put_case(&alone, &facts->cases[i]);
        if (one.failed == CW_LIMIT || page->out->len + one.len > end) {
            continue;
        }
        page->out->failed = page->out->failed == CW_OK ? one.failed : page->out->failed;
        cw_buf_span(page->out, cw_buf_as_span(&one));
        shown++;
    }
    cw_buf_clear(&one);
    return shown;
}

size_t cw_page_cases(struct cw_page *page, const struct cw_report_facts *facts)
{
    const size_t end = page->out->len + CW_REPORT_CASES_BYTES_MAX;
    cw_page_section(page, "cases", CW_TEXT_cases);
    if (facts->cases_count == 0) {
        cw_page_word(page, "p", CW_TEXT_cases_none);
    }
    size_t shown = put_cases(page, facts, true, end);
    shown += put_cases(page, facts, false, end);
    if (facts->cases_count > shown) {
        cw_page_numbers(page, "p", CW_TEXT_cases_left_out, facts->cases_count - shown, 0);
    }
    cw_page_section_end(page);
    return shown;
}
