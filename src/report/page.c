#include "report/page.h"

#include "base/datetime.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

#define MADE_META "<meta name=\"cryptowatch-made\" content=\""

static const char *const lang_names[] = {
    [CW_REPORT_EN] = "en",
    [CW_REPORT_FR] = "fr",
    [CW_REPORT_KO] = "ko",
};
static_assert(CW_COUNT(lang_names) == CW_REPORT_LANGS, "a name for each");

const char *cw_report_lang_name(enum cw_report_lang lang)
{
    CW_ASSERT((size_t)lang < CW_COUNT(lang_names));
    return lang_names[lang];
}

bool cw_report_lang_parse(struct cw_span name, enum cw_report_lang *ret)
{
    for (size_t i = 0; i < CW_COUNT(lang_names); i++) {
        if (cw_span_is(name, lang_names[i])) {
            *ret = (enum cw_report_lang)i;
            return true;
        }
    }
    return false;
}

/* ---- small parts ---------------------------------------------------------------------------- */

void cw_page_section(struct cw_page *page, const char *id, enum cw_text title)
{
    cw_buf_printf(page->out, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n", id, id);
    cw_buf_printf(page->out, "<h2 id=\"h-%s\" data-t=\"%s\">", id, cw_text_key(title));
    cw_page_cstr(page, cw_text_of(title, page->lang));
    cw_page_raw(page, "</h2>\n");
}

void cw_page_section_end(struct cw_page *page)
{
    cw_page_raw(page, "</section>\n");
}

void cw_page_severity(struct cw_page *page, enum cw_severity severity)
{
    char tag[64];
    const char *name = cw_severity_name(severity);
    (void)snprintf(tag, sizeof(tag), "b class=\"sev sev-%s\"", name);
    cw_page_word(page, tag, cw_text_named("severity_", name, CW_TEXT_severity_info));
}

void cw_page_tlp(struct cw_page *page, enum cw_tlp tlp)
{
    const char *name = cw_tlp_name(tlp);
    cw_buf_printf(page->out, "<b class=\"tlp\" data-tlp=\"%s\">TLP:", name);
    for (size_t i = 0; name[i] != '\0'; i++) {
        const bool is_small = name[i] >= 'a' && name[i] <= 'z';
        cw_buf_char(page->out, (char)(is_small ? name[i] - 'a' + 'A' : name[i]));
    }
    cw_page_raw(page, "</b>");
}

void cw_page_type(struct cw_page *page, const char *tag, enum cw_alert_type type)
{
    const char *name = cw_alert_type_name(type) + strlen("cryptowatch.");
    cw_page_word(page, tag, cw_text_named("type_", name, CW_TEXT_type_test));
}

/* ---- the head ------------------------------------------------------------------------------- */

static void put_hash(struct cw_page *page, struct cw_span asset)
{
    uint8_t hash[CW_SHA256_BYTES];
    cw_sha256(asset, hash);
    cw_page_raw(page, "'sha256-");
    cw_base64_encode(page->out, CW_BASE64_STANDARD, cw_span_make(hash, sizeof(hash)));
    cw_page_raw(page, "'");
}

/* Nothing is loaded from anywhere; what runs and what paints is named by its bytes; no text becomes
 * markup. */
static void put_policy(struct cw_page *page)
{
    cw_page_raw(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                      "script-src ");
    put_hash(page, cw_asset_script());
    cw_page_raw(page, "; style-src ");
    put_hash(page, cw_asset_style());
    cw_page_raw(page, "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
                      "trusted-types 'none'\">\n");
}

static void put_head(struct cw_page *page, const struct cw_report_facts *facts)
{
    char made[CW_TIME_TEXT_BYTES];
    cw_time_format(facts->order->now_s, made);
    cw_buf_printf(page->out,
                  "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                  cw_report_lang_name(page->lang));
    cw_buf_printf(page->out, MADE_META "%s\">\n", made);
    put_policy(page);
    cw_page_raw(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                      "<meta name=\"referrer\" content=\"no-referrer\">\n"
                      "<meta name=\"robots\" content=\"noindex\">\n");
    cw_page_word(page, "title", CW_TEXT_title);
    cw_page_raw(page, "\n<style>");
    cw_buf_span(page->out, cw_asset_style());
    cw_page_raw(page, "</style>\n</head>\n<body>\n");
}

/* ---- the header ----------------------------------------------------------------------------- */

static void put_controls(struct cw_page *page)
{
    static const char *const names[] = {"English", "Fran\303\247ais",
                                        "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4"};
    cw_page_raw(page, "<div class=\"controls\" id=\"controls\" hidden>\n<label>");
    cw_page_word(page, "span", CW_TEXT_language);
    cw_page_raw(page, " <select id=\"lang\">");
    for (size_t i = 0; i < CW_REPORT_LANGS; i++) {
        cw_buf_printf(page->out, "<option value=\"%s\" lang=\"%s\"%s>%s</option>", lang_names[i],
                      lang_names[i], i == (size_t)page->lang ? " selected" : "", names[i]);
    }
    cw_page_raw(page, "</select></label>\n<label>");
    cw_page_word(page, "span", CW_TEXT_theme);
    cw_page_raw(page, " <select id=\"theme\">");
    cw_page_word(page, "option value=\"auto\"", CW_TEXT_theme_auto);
    cw_page_word(page, "option value=\"light\"", CW_TEXT_theme_light);
    cw_page_word(page, "option value=\"dark\"", CW_TEXT_theme_dark);
    cw_page_raw(page, "</select></label>\n</div>\n");
}

static void put_fact(struct cw_page *page, enum cw_text name, int64_t time_s)
{
    cw_page_raw(page, "<div>");
    cw_page_word(page, "dt", name);
    cw_page_raw(page, "<dd>");
    cw_page_time(page, time_s);
    cw_page_raw(page, "</dd></div>");
}

static void put_header(struct cw_page *page, const struct cw_report_facts *facts)
{
    const struct cw_report_order *order = facts->order;
    cw_page_word(page, "a class=\"skip\" href=\"#main\"", CW_TEXT_skip);
    cw_page_raw(page, "\n<header>\n<div class=\"top\">");
    cw_page_word(page, "h1", CW_TEXT_title);
    cw_page_raw(page, "<p class=\"marking\">");
    cw_page_tlp(page, facts->tlp);
    cw_page_raw(page, " ");
    cw_page_word(page, "small", CW_TEXT_marking);
    cw_page_raw(page, "</p></div>\n<dl class=\"facts\"><div>");
    cw_page_word(page, "dt", CW_TEXT_source);
    cw_page_element(page, "dd", cw_span_cstr(order->home->config->source));
    cw_page_raw(page, "</div>");
    put_fact(page, CW_TEXT_made_at, order->now_s);
    put_fact(page, CW_TEXT_last_scan, facts->last_scan_s);
    put_fact(page, CW_TEXT_since, order->since_s);
    cw_page_raw(page, "</dl>\n");
    cw_page_word(page, "p class=\"dim\"", CW_TEXT_utc);
    if (facts->alerts_withheld > 0 || facts->cases_withheld > 0) {
        cw_page_numbers(page, "p class=\"dim\"", CW_TEXT_withheld, facts->alerts_withheld,
                        facts->cases_withheld);
    }
    if (!cw_report_is_inward(order)) {
        cw_page_word(page, "p class=\"dim\"", CW_TEXT_withheld_ours);
    }
    put_controls(page);
    cw_page_raw(page, "</header>\n");
}

static void put_contents(struct cw_page *page)
{
    static const struct {
        const char *target;
        enum cw_text title;
    } rows[] = {
        {"#changes", CW_TEXT_changes},   {"#cases", CW_TEXT_cases},
        {"#timeline", CW_TEXT_timeline}, {"#feeds", CW_TEXT_feeds},
        {"#alerts", CW_TEXT_alerts},     {"#deliveries", CW_TEXT_deliveries},
        {"#log", CW_TEXT_log},           {"#proof", CW_TEXT_proof},
    };
    cw_buf_printf(page->out, "<nav data-l=\"contents\" aria-label=\"%s\"><ul>",
                  cw_text_of(CW_TEXT_contents, page->lang));
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        char tag[32];
        (void)snprintf(tag, sizeof(tag), "a href=\"%s\"", rows[i].target);
        cw_page_raw(page, "<li>");
        cw_page_word(page, tag, rows[i].title);
        cw_page_raw(page, "</li>");
    }
    cw_page_raw(page, "</ul></nav>\n");
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Without its script a page says that nothing was verified here, and how it can be. */
static void put_verdict(struct cw_page *page, const struct cw_report_facts *facts)
{
    cw_page_raw(page,
                "<div class=\"verdict\" id=\"verdict\" role=\"status\" aria-live=\"polite\">");
    cw_page_word(page, "p id=\"verdict-text\"",
                 facts->alerts_count == 0 ? CW_TEXT_sum_none : CW_TEXT_sum_off);
    cw_page_raw(page, "</div>\n");
}

static void put_tail(struct cw_page *page, const struct cw_report_facts *facts)
{
    cw_page_raw(page, "</main>\n<footer><p>cryptowatch ");
    cw_page_cstr(page, facts->order->version);
    cw_page_raw(page, "</p></footer>\n");
    cw_page_texts(page);
    cw_page_raw(page, "<script type=\"application/json\" id=\"data-keys\">");
    cw_html_json(page->out, cw_buf_as_span(&facts->keys));
    cw_page_raw(page, "</script>\n<script>");
    cw_buf_span(page->out, cw_asset_script());
    cw_page_raw(page, "</script>\n</body>\n</html>\n");
}

static void put_after_alerts(struct cw_page *page, const struct cw_report_facts *facts)
{
    cw_page_deliveries(page, facts);
    cw_page_log(page, facts);
    cw_page_proof(page, facts);
    put_tail(page, facts);
}

/* The last parts are made first, so that the alerts, of which there may be any number, get what is
 * left. */
static enum cw_status put_page(struct cw_page *page, const struct cw_report_facts *facts,
                               struct cw_report_counts *ret, struct cw_error *err)
{
    struct cw_buf tail;
    cw_buf_init(&tail, CW_REPORT_BYTES_MAX);
    struct cw_page rest = {.out = &tail, .lang = page->lang};
    put_after_alerts(&rest, facts);
    put_head(page, facts);
    put_header(page, facts);
    put_contents(page);
    cw_page_raw(page, "<main id=\"main\">\n");
    put_verdict(page, facts);
    cw_page_changes(page, facts);
    ret->cases = cw_page_cases(page, facts);
    cw_page_timeline(page, facts);
    cw_page_feeds(page, facts);
    const size_t used = page->out->len + tail.len;
    const size_t room = used < CW_REPORT_BYTES_MAX ? CW_REPORT_BYTES_MAX - used : 0;
    ret->alerts = cw_page_alerts(page, facts, room);
    cw_buf_span(page->out, cw_buf_as_span(&tail));
    const enum cw_status status = tail.failed != CW_OK ? tail.failed : page->out->failed;
    cw_buf_clear(&tail);
    if (status == CW_LIMIT) {
        return cw_error_set(err, CW_LIMIT,
                            "the page has more than %u bytes without a single alert: too many "
                            "lists or cases for one page",
                            CW_REPORT_BYTES_MAX);
    }
    return status == CW_OK ? CW_OK : cw_error_no_memory(err);
}

enum cw_status cw_report_make(const struct cw_report_order *order, struct cw_buf *ret_page,
                              struct cw_report_counts *ret, struct cw_error *err)
{
    struct cw_report_facts facts;
    struct cw_report_counts counts = {.alerts = 0};
    struct cw_buf out;
    cw_buf_init(&out, CW_REPORT_BYTES_MAX);
    struct cw_page page = {.out = &out, .lang = order->lang};
    enum cw_status status = cw_report_gather(order, &facts, err);
    if (status == CW_OK) {
        status = put_page(&page, &facts, &counts, err);
    }
    if (status == CW_OK) {
        cw_buf_span(ret_page, cw_buf_as_span(&out));
        status = cw_buf_status(ret_page, err);
    }
    if (status == CW_OK) {
        counts.alerts_left_out = (size_t)facts.alerts_known - counts.alerts;
        counts.feeds = facts.feeds_count;
        *ret = counts;
    }
    cw_buf_clear(&out);
    cw_report_facts_clear(&facts);
    return status;
}

bool cw_report_made_at(struct cw_span page, int64_t *ret_s)
{
    static const char doctype[] = "<!DOCTYPE html>\n<html lang=\"";
    const struct cw_span meta = CW_SPAN(MADE_META);
    if (!cw_span_starts_with(page, cw_span_cstr(doctype))) {
        return false;
    }
    struct cw_span line;
    for (int i = 0; i < 5 && cw_span_next_line(&page, &line); i++) {
        if (cw_span_starts_with(line, meta)) {
            const struct cw_span time =
                cw_span_slice(line, meta.len, meta.len + CW_TIME_TEXT_BYTES - 1);
            return cw_time_parse(time, ret_s);
        }
    }
    return false;
}
