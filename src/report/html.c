#include "report/html.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/text.h"

enum { ARGUMENTS_MAX = 3, DIGITS = 24 };

/* ---- escaping ------------------------------------------------------------------------------- */

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_entities(struct cw_buf *out, struct cw_span text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entity_of(text.data[i]);
        if (entity != NULL) {
            cw_buf_append(out, text.data + from, i - from);
            cw_buf_str(out, entity);
            from = i + 1;
        }
    }
    if (from < text.len) {
        cw_buf_append(out, text.data + from, text.len - from);
    }
}

void cw_html_text(struct cw_buf *out, struct cw_span text)
{
    if (cw_text_is_printable(text)) {
        put_entities(out, text);
        return;
    }
    struct cw_buf safe;
    cw_buf_init(&safe, text.len * 6 + 1);
    cw_text_escape(&safe, text);
    if (safe.failed != CW_OK) {
        out->failed = out->failed == CW_OK ? safe.failed : out->failed;
    } else {
        put_entities(out, cw_buf_as_span(&safe));
    }
    cw_buf_clear(&safe);
}

static bool is_plain_in_json(struct cw_span text, size_t from, size_t to)
{
    const char c = text.data[from];
    if (to - from == 1) {
        return c >= ' ' && c < 0x7f && c != '<' && c != '>' && c != '&';
    }
    return cw_text_is_printable(cw_span_slice(text, from, to));
}

static void put_code_unit(struct cw_buf *out, uint32_t unit)
{
    cw_buf_printf(out, "\\u%04x", (unsigned)unit);
}

void cw_html_json(struct cw_buf *out, struct cw_span json)
{
    size_t at = 0;
    while (at < json.len) {
        const size_t from = at;
        uint32_t point = 0;
        if (!cw_utf8_next(json, &at, &point)) {
            put_code_unit(out, 0xfffd);
            at = from + 1;
        } else if (point == '\n' || point == '\r' || point == '\t') {
            cw_buf_char(out, ' ');
        } else if (is_plain_in_json(json, from, at)) {
            cw_buf_append(out, json.data + from, at - from);
        } else if (point < 0x10000) {
            put_code_unit(out, point);
        } else {
            put_code_unit(out, 0xd800 + ((point - 0x10000) >> 10));
            put_code_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
        }
    }
}

/* ---- sentences ------------------------------------------------------------------------------ */

static const struct {
    const char *key;
    const char *in[CW_REPORT_LANGS];
} texts[] = {
#define CW_REPORT_TEXT(key, en, fr, ko) [CW_TEXT_##key] = {#key, {en, fr, ko}},
#include "report/texts.def"
#undef CW_REPORT_TEXT
};
const size_t cw_texts_count = CW_COUNT(texts);

const char *cw_text_of(enum cw_text key, enum cw_report_lang lang)
{
    CW_ASSERT((size_t)key < CW_COUNT(texts));
    CW_ASSERT((size_t)lang < CW_REPORT_LANGS);
    return texts[key].in[lang];
}

const char *cw_text_key(enum cw_text key)
{
    CW_ASSERT((size_t)key < CW_COUNT(texts));
    return texts[key].key;
}

/* Names of the program have "." and "-" where a key has "_". */
static bool is_named(struct cw_span key, const char *prefix, const char *name)
{
    const size_t head = strlen(prefix);
    if (!cw_span_starts_with(key, cw_span_cstr(prefix)) || key.len != head + strlen(name)) {
        return false;
    }
    for (size_t i = 0; name[i] != '\0'; i++) {
        const bool is_joint = name[i] == '.' || name[i] == '-';
        if (key.data[head + i] != (is_joint ? '_' : name[i])) {
            return false;
        }
    }
    return true;
}

enum cw_text cw_text_named(const char *prefix, const char *name, enum cw_text otherwise)
{
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        if (is_named(cw_span_cstr(texts[i].key), prefix, name)) {
            return (enum cw_text)i;
        }
    }
    return otherwise;
}

/* ---- pages ---------------------------------------------------------------------------------- */

void cw_page_raw(struct cw_page *page, const char *markup)
{
    cw_buf_str(page->out, markup);
}

void cw_page_text(struct cw_page *page, struct cw_span text)
{
    cw_html_text(page->out, text);
}

void cw_page_cstr(struct cw_page *page, const char *text)
{
    cw_html_text(page->out, cw_span_cstr(text));
}

void cw_page_number(struct cw_page *page, uint64_t number)
{
    cw_buf_printf(page->out, "%llu", (unsigned long long)number);
}

static void close_tag(struct cw_page *page, const char *tag)
{
    const struct cw_span whole = cw_span_cstr(tag);
    const struct cw_span name = cw_span_slice(whole, 0, cw_span_find(whole, ' ', 0));
    cw_buf_printf(page->out, "</%.*s>", CW_SPAN_ARG(name));
}

void cw_page_word(struct cw_page *page, const char *tag, enum cw_text key)
{
    cw_buf_printf(page->out, "<%s data-t=\"%s\">", tag, cw_text_key(key));
    cw_page_cstr(page, cw_text_of(key, page->lang));
    close_tag(page, tag);
}

static void put_filled(struct cw_page *page, const char *text, const char *const *arguments,
                       size_t count)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        const size_t which = text[i] == '{' ? (size_t)(text[i + 1] - '0') : ARGUMENTS_MAX;
        if (which < count && text[i + 2] == '}') {
            cw_page_cstr(page, arguments[which]);
            i += 2;
        } else {
            const size_t run = strcspn(text + i + 1, "{") + 1;
            cw_page_text(page, cw_span_make(text + i, run));
            i += run - 1;
        }
    }
}

void cw_page_words(struct cw_page *page, const char *tag, enum cw_text key,
                   const char *const *arguments)
{
    size_t count = 0;
    cw_buf_printf(page->out, "<%s data-t=\"%s\" data-a=\"", tag, cw_text_key(key));
    for (; arguments[count] != NULL; count++) {
        CW_ASSERT(count < ARGUMENTS_MAX);
        CW_ASSERT(strchr(arguments[count], '|') == NULL);
        cw_page_raw(page, count == 0 ? "" : "|");
        cw_page_cstr(page, arguments[count]);
    }
    cw_page_raw(page, "\">");
    put_filled(page, cw_text_of(key, page->lang), arguments, count);
    close_tag(page, tag);
}

void cw_page_numbers(struct cw_page *page, const char *tag, enum cw_text key, uint64_t first,
                     uint64_t second)
{
    char texts_of[2][DIGITS];
    (void)snprintf(texts_of[0], DIGITS, "%llu", (unsigned long long)first);
    (void)snprintf(texts_of[1], DIGITS, "%llu", (unsigned long long)second);
    const char *const arguments[] = {texts_of[0], texts_of[1], NULL};
    cw_page_words(page, tag, key, arguments);
}

void cw_page_element(struct cw_page *page, const char *tag, struct cw_span text)
{
    cw_buf_printf(page->out, "<%s>", tag);
    cw_page_text(page, text);
    close_tag(page, tag);
}

void cw_page_time(struct cw_page *page, int64_t time_s)
{
    char text[CW_TIME_TEXT_BYTES];
    if (time_s == 0) {
        cw_page_raw(page, "\xe2\x80\x93");
        return;
    }
    cw_time_format(time_s, text);
    cw_buf_printf(page->out, "<time datetime=\"%s\">%.10s %.5s</time>", text, text, text + 11);
}

void cw_page_age(struct cw_page *page, const char *tag, int64_t seconds)
{
    char number[DIGITS];
    const int64_t minutes = seconds < 0 ? 0 : seconds / 60;
    const bool is_hours = minutes >= 60;
    const bool is_days = minutes >= INT64_C(48) * 60;
    (void)snprintf(number, sizeof(number), "%lld",
                   (long long)(is_days ? minutes / 1440 : (is_hours ? minutes / 60 : minutes)));
    const char *const arguments[] = {number, NULL};
    cw_page_words(page, tag, is_days ? CW_TEXT_days : (is_hours ? CW_TEXT_hours : CW_TEXT_minutes),
                  arguments);
}

void cw_size_format(uint64_t bytes, char ret_text[static CW_SIZE_TEXT_BYTES])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    uint64_t whole = bytes;
    uint64_t tenths = 0;
    size_t unit = 0;
    while (whole >= 1000 && unit + 1 < CW_COUNT(units)) {
        tenths = whole % 1000 / 100;
        whole /= 1000;
        unit++;
    }
    if (unit == 0 || whole >= 100) {
        (void)snprintf(ret_text, CW_SIZE_TEXT_BYTES, "%llu %s", (unsigned long long)whole,
                       units[unit]);
    } else {
        (void)snprintf(ret_text, CW_SIZE_TEXT_BYTES, "%llu.%llu %s", (unsigned long long)whole,
                       (unsigned long long)tenths, units[unit]);
    }
}

void cw_page_texts(struct cw_page *page)
{
    struct cw_buf json;
    cw_buf_init(&json, CW_CONFIG_BYTES_MAX);
    for (size_t lang = 0; lang < CW_REPORT_LANGS; lang++) {
        cw_buf_printf(&json, "%s\"%s\":{", lang == 0 ? "{" : "},",
                      cw_report_lang_name((enum cw_report_lang)lang));
        for (size_t i = 0; i < CW_COUNT(texts); i++) {
            cw_buf_printf(&json, "%s\"%s\":", i == 0 ? "" : ",", texts[i].key);
            cw_json_string(&json, cw_span_cstr(texts[i].in[lang]));
        }
    }
    cw_buf_str(&json, "}}");
    page->out->failed = page->out->failed == CW_OK ? json.failed : page->out->failed;
    cw_page_raw(page, "<script type=\"application/json\" id=\"data-texts\">");
    cw_html_json(page->out, cw_buf_as_span(&json));
    cw_page_raw(page, "</script>\n");
    cw_buf_clear(&json);
}
