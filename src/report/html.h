/* html.h: the only ways by which text gets onto a page. Private to src/report/.
 *
 * Knows HTML's text and attribute values in double quotes, and JSON inside of a script element.
 * Refuses everything else: no text of ours or of others ever stands in a tag's name, in a style or
 * in a script that runs.
 *
 *   foreign text       cw_html_text, also for attributes: as base/text.h shows it (no control, no
 *                      bidirectional control, no bytes that are not UTF-8), then & < > " ' escaped
 *   foreign JSON       cw_html_json: & < > and all that is not printable as \uXXXX, so that neither
 *                      "</script" nor "<!--" can come of it; the text is valid JSON, or becomes a
 *                      text that is none
 *   sentences of ours  cw_page_word and cw_page_words: in the language of the page, marked so that
 *                      the script can say them in another
 */
#ifndef CW_REPORT_HTML_H
#define CW_REPORT_HTML_H

#include "report/report.h"

enum cw_text {
#define CW_REPORT_TEXT(key, en, fr, ko) CW_TEXT_##key,
#include "report/texts.def"
#undef CW_REPORT_TEXT
};
extern const size_t cw_texts_count;
/** The sentence, and the name under which the script knows it. */
const char *cw_text_of(enum cw_text key, enum cw_report_lang lang);
const char *cw_text_key(enum cw_text key);
/** The text of a key whose name is joined of two parts: "severity_" and "high".
 *  In:  otherwise  when there is none */
enum cw_text cw_text_named(const char *prefix, const char *name, enum cw_text otherwise);

/** Foreign text, in an element or in an attribute's double quotes. */
void cw_html_text(struct cw_buf *out, struct cw_span text);
/** Foreign JSON, in a script element of a type that does not run. */
void cw_html_json(struct cw_buf *out, struct cw_span json);

/** A page on its way. */
struct cw_page {
    struct cw_buf *out;
    enum cw_report_lang lang;
};
/** Markup of ours, as it is. */
void cw_page_raw(struct cw_page *page, const char *markup);
/** Foreign text. */
void cw_page_text(struct cw_page *page, struct cw_span text);
void cw_page_cstr(struct cw_page *page, const char *text);
/** A number. */
void cw_page_number(struct cw_page *page, uint64_t number);
/** <tag>sentence</tag>. In:  tag  with attributes: "th scope=\"col\"" */
void cw_page_word(struct cw_page *page, const char *tag, enum cw_text key);
/** The same with what stands for {0}, {1} and {2}: NULL-terminated, at most three, each of digits,
 *  units and names of ours, without "|". */
void cw_page_words(struct cw_page *page, const char *tag, enum cw_text key,
                   const char *const *arguments);
/** The same with two numbers. */
void cw_page_numbers(struct cw_page *page, const char *tag, enum cw_text key, uint64_t first,
                     uint64_t second);
/** <tag>text</tag>, of foreign text. */
void cw_page_element(struct cw_page *page, const char *tag, struct cw_span text);
/** <time>2026-11-20 03:15</time>; a dash for 0. */
void cw_page_time(struct cw_page *page, int64_t time_s);
/** An age in minutes, hours or days. */
void cw_page_age(struct cw_page *page, const char *tag, int64_t seconds);

/** "832 B", "1.2 MB": decimal units. */
enum { CW_SIZE_TEXT_BYTES = 24 };
void cw_size_format(uint64_t bytes, char ret_text[static CW_SIZE_TEXT_BYTES]);

/** All sentences as JSON, for the script. */
void cw_page_texts(struct cw_page *page);

#endif
