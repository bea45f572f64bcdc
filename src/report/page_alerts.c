#include "report/page.h"

/* What is compared with the signed bytes has data-f: the script knows what should stand there. */
static void put_field(struct cw_page *page, const char *tag, const char *name, struct cw_span text)
{
    cw_buf_printf(page->out, "<%s data-f=\"%s\">", tag, name);
    cw_page_text(page, text);
    cw_buf_printf(page->out, "</%s>", tag);
}

static void put_first_line(struct cw_page *page, const struct cw_alert_summary *summary)
{
    char tag[64];
    const char *severity = cw_severity_name(summary->severity);
    cw_page_raw(page, "<p class=\"line\">");
    (void)snprintf(tag, sizeof(tag), "b data-f=\"severity\" class=\"sev sev-%s\"", severity);
    cw_page_word(page, tag, cw_text_named("severity_", severity, CW_TEXT_severity_info));
    cw_page_raw(page, " ");
    cw_page_type(page, "span data-f=\"type\" class=\"type\"", summary->type);
    cw_page_raw(page, " ");
    put_field(page, "time", "time", cw_span_cstr(summary->time));
    cw_page_raw(page, " ");
    cw_page_word(page, "span class=\"v\"", CW_TEXT_v_off);
    cw_page_raw(page, "</p>\n");
}

static void put_deliveries(struct cw_page *page, const struct cw_report_alert *alert)
{
    static const enum cw_text states[] = {
        [CW_DELIVERY_WAITING] = CW_TEXT_d_waiting,
        [CW_DELIVERY_DELIVERED] = CW_TEXT_d_delivered,
        [CW_DELIVERY_DEAD] = CW_TEXT_d_dead,
    };
    for (size_t i = 0; i < alert->deliveries_count; i++) {
        cw_page_raw(page, " <span class=\"dl\">");
        cw_page_text(page, alert->deliveries[i].endpoint);
        cw_page_raw(page, " ");
        cw_page_word(page, "span", states[alert->deliveries[i].state]);
        cw_page_raw(page, "</span>");
    }
}

static void put_last_line(struct cw_page *page, const struct cw_report_alert *alert)
{
    const struct cw_alert_summary *summary = &alert->summary;
    cw_page_raw(page, "<p class=\"meta\">");
    if (summary->case_id[0] != '\0') {
        put_field(page, "span", "case", cw_span_cstr(summary->case_id));
        cw_page_raw(page, " ");
    }
    if (summary->feed[0] != '\0') {
        put_field(page, "span", "feed", cw_span_cstr(summary->feed));
        cw_page_raw(page, " ");
    }
    if (alert->address.len > 0) {
        put_field(page, "code", "address", alert->address);
    }
    if (alert->is_baseline) {
        cw_page_raw(page, " ");
        cw_page_word(page, "span data-f=\"baseline\" class=\"tag\"", CW_TEXT_baseline);
    }
    if (alert->is_withdrawn) {
        cw_page_raw(page, " ");
        cw_page_word(page, "b class=\"tag\"", CW_TEXT_withdrawn);
    }
    put_deliveries(page, alert);
    cw_page_raw(page, "</p>\n");
}

static void put_alert(struct cw_page *page, const struct cw_report_alert *alert)
{
    const struct cw_alert_summary *summary = &alert->summary;
    enum cw_report_lang lang = page->lang;
    if (alert->text[lang].len == 0) {
        lang = CW_REPORT_EN;
    }
    cw_page_raw(page, "<li class=\"alert\" id=\"a-");
    cw_page_cstr(page, summary->id);
    cw_page_raw(page, "\">\n");
    put_first_line(page, summary);
    cw_buf_printf(page->out, "<p data-f=\"text\" lang=\"%s\">", cw_report_lang_name(lang));
    cw_page_text(page,
                 alert->text[lang].len > 0 ? alert->text[lang] : cw_span_cstr(summary->text_en));
    cw_page_raw(page, "</p>\n");
    put_last_line(page, alert);
    cw_page_raw(page, "<script type=\"application/json\">");
    cw_html_json(page->out, alert->jws);
    cw_page_raw(page, "</script></li>\n");
}

/* ---- the filter ----------------------------------------------------------------------------- */

static void put_choices(struct cw_page *page, const char *id, enum cw_text label)
{
    cw_page_raw(page, "<label>");
    cw_page_word(page, "span", label);
    cw_buf_printf(page->out, " <select id=\"%s\">", id);
    cw_page_word(page, "option value=\"\"", CW_TEXT_filter_all);
}

/* Works with the script only, and is not there without it. */
static void put_filter(struct cw_page *page)
{
    char tag[64];
    cw_buf_printf(page->out,
                  "<div class=\"filter\" id=\"filter\" role=\"search\" data-l=\"filter\" "
                  "aria-label=\"%s\" hidden>\n<label>",
                  cw_text_of(CW_TEXT_filter, page->lang));
    cw_page_word(page, "span", CW_TEXT_filter_text);
    cw_page_raw(page, " <input id=\"f-text\" type=\"search\" autocomplete=\"off\" "
                      "spellcheck=\"false\"></label>\n");
    put_choices(page, "f-severity", CW_TEXT_filter_severity);
    for (int i = CW_CRITICAL; i >= CW_INFO; i--) {
        const char *name = cw_severity_name((enum cw_severity)i);
        (void)snprintf(tag, sizeof(tag), "option value=\"%s\"", name);
        cw_page_word(page, tag, cw_text_named("severity_", name, CW_TEXT_severity_info));
    }
    cw_page_raw(page, "</select></label>\n");
    put_choices(page, "f-type", CW_TEXT_filter_type);
    for (int i = 0; i < CW_ALERT_TYPES; i++) {
        const char *name = cw_alert_type_name((enum cw_alert_type)i);
        (void)snprintf(tag, sizeof(tag), "option value=\"%s\"", name);
        cw_page_type(page, tag, (enum cw_alert_type)i);
    }
    cw_page_raw(page, "</select></label>\n<label class=\"check\"><input id=\"f-bad\" "
                      "type=\"checkbox\"> ");
    cw_page_word(page, "span", CW_TEXT_filter_bad);
    cw_page_raw(page, "</label>\n<output id=\"f-count\" role=\"status\"></output>\n</div>\n");
}

/* ---- the section ---------------------------------------------------------------------------- */

/* Room for what is said of alerts that are left out, in the longest language. */
enum { LEFT_OUT_BYTES = 400 };

size_t cw_page_alerts(struct cw_page *page, const struct cw_report_facts *facts, size_t bytes_max)
{
    const size_t before = page->out->len;
    const size_t room = bytes_max > LEFT_OUT_BYTES ? bytes_max - LEFT_OUT_BYTES : 0;
    size_t shown = 0;
    cw_page_section(page, "alerts", CW_TEXT_alerts);
    cw_page_word(page, "p class=\"dim\"", CW_TEXT_alerts_about);
    put_filter(page);
    cw_page_raw(page, "<ol class=\"alerts\" id=\"list\">\n");
    struct cw_buf one;
    cw_buf_init(&one, CW_REPORT_BYTES_MAX);
    struct cw_page alone = {.out = &one, .lang = page->lang};
    for (; shown < facts->alerts_count; shown++) {
        cw_buf_reset(&one);
        put_alert(&alone, &facts->alerts[shown]);
        if (one.failed == CW_LIMIT || page->out->len - before + one.len > room) {
            break;
        }
        page->out->failed = page->out->failed == CW_OK ? one.failed : page->out->failed;
        cw_buf_span(page->out, cw_buf_as_span(&one));
    }
    cw_buf_clear(&one);
    cw_page_raw(page, "</ol>\n");
    if (facts->alerts_known > shown) {
        cw_page_numbers(page, "p", CW_TEXT_alerts_left_out, facts->alerts_known - shown, 0);
    }
    cw_page_section_end(page);
    return shown;
}
