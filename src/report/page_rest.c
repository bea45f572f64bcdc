#include <jansson.h>

#include "report/page.h"

/* ---- deliveries ----------------------------------------------------------------------------- */

/* By their names: what a URL holds may be a secret. */
static void put_receiver(struct cw_page *page, const struct cw_report_receiver *receiver,
                         int64_t now_s)
{
    const struct cw_queue *queue = &receiver->queue;
    cw_page_raw(page, "<tr>");
    cw_page_element(page, "th scope=\"row\"", cw_span_cstr(queue->endpoint));
    cw_page_raw(page, "<td>");
    cw_page_word(page, queue->is_disabled ? "b class=\"state state-failed\"" : "b class=\"state\"",
                 queue->is_disabled ? CW_TEXT_receiver_off : CW_TEXT_receiver_on);
    if (queue->reason[0] != '\0') {
        cw_page_raw(page, "<br>");
        cw_page_element(page, "small", cw_span_cstr(queue->reason));
    }
    cw_page_raw(page, "</td><td class=\"num\">");
    cw_page_number(page, receiver->delivered);
    cw_page_raw(page, "</td><td class=\"num\">");
    cw_page_number(page, queue->waiting);
    cw_page_raw(page, "</td><td>");
    if (queue->oldest_s > 0) {
        cw_page_age(page, "span", now_s - queue->oldest_s);
    }
    cw_page_raw(page, "</td><td class=\"num\">");
    cw_page_number(page, queue->dead);
    cw_page_raw(page, "</td>");
    cw_page_element(page, "td", cw_span_cstr(queue->last_error));
    cw_page_raw(page, "</tr>\n");
}

void cw_page_deliveries(struct cw_page *page, const struct cw_report_facts *facts)
{
    static const enum cw_text columns[] = {
        CW_TEXT_col_receiver, CW_TEXT_col_state, CW_TEXT_col_delivered, CW_TEXT_col_waiting,
        CW_TEXT_col_oldest,   CW_TEXT_col_dead,  CW_TEXT_col_error};
    cw_page_section(page, "deliveries", CW_TEXT_deliveries);
    if (facts->receivers_count == 0) {
        cw_page_word(page, "p",
                     cw_report_is_inward(facts->order) ? CW_TEXT_deliveries_none
                                                       : CW_TEXT_withheld_ours);
        cw_page_section_end(page);
        return;
    }
    cw_page_raw(page, "<div class=\"wide\"><table><thead><tr>");
    for (size_t i = 0; i < CW_COUNT(columns); i++) {
        const bool is_number = columns[i] == CW_TEXT_col_delivered ||
                               columns[i] == CW_TEXT_col_waiting || columns[i] == CW_TEXT_col_dead;
        cw_page_word(page, is_number ? "th scope=\"col\" class=\"num\"" : "th scope=\"col\"",
                     columns[i]);
    }
    cw_page_raw(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < facts->receivers_count; i++) {
        put_receiver(page, &facts->receivers[i], facts->order->now_s);
    }
    cw_page_raw(page, "</tbody></table></div>\n");
    cw_page_section_end(page);
}

/* ---- the log -------------------------------------------------------------------------------- */

/* Line by line: what is escaped in a line would take its end with it. */
static void put_note(struct cw_page *page, struct cw_span note)
{
    struct cw_span line;
    cw_page_raw(page, "<pre id=\"checkpoint\" tabindex=\"0\">");
    while (cw_span_next_line(&note, &line)) {
        cw_page_text(page, line);
        cw_page_raw(page, "\n");
    }
    cw_page_raw(page, "</pre>\n");
}

void cw_page_log(struct cw_page *page, const struct cw_report_facts *facts)
{
    cw_page_section(page, "log", CW_TEXT_log);
    if (!facts->has_head) {
        cw_page_word(page, "p", CW_TEXT_log_none);
        cw_page_section_end(page);
        return;
    }
    cw_page_raw(page, "<p>");
    cw_page_numbers(page, "span", CW_TEXT_log_size, facts->head.checkpoint.tree.size,
                    facts->log_pending);
    cw_page_raw(page, " \xc2\xb7 ");
    cw_page_word(page, "span", CW_TEXT_log_signed);
    cw_page_raw(page, " ");
    cw_page_time(page, facts->head.at_s);
    cw_page_raw(page, " ");
    cw_page_word(page, "span class=\"v\" id=\"log-v\"", CW_TEXT_v_off);
    cw_page_raw(page, "</p>\n");
    put_note(page, cw_buf_as_span(&facts->head.note));
    if (facts->order->log_vkey[0] != '\0') {
        cw_page_raw(page, "<p class=\"dim\">");
        cw_page_element(page, "code id=\"vkey\"", cw_span_cstr(facts->order->log_vkey));
        cw_page_raw(page, "</p>\n");
    }
    cw_page_word(page, "p class=\"dim\"", CW_TEXT_log_about);
    cw_page_section_end(page);
}

/* ---- the keys ------------------------------------------------------------------------------- */

static void put_key_time(struct cw_page *page, const json_t *key, const char *name)
{
    const json_t *value = json_object_get(key, name);
    cw_page_raw(page, "<td>");
    cw_page_time(page, json_is_integer(value) ? (int64_t)json_integer_value(value) : 0);
    cw_page_raw(page, "</td>");
}

static void put_key(struct cw_page *page, const json_t *key)
{
    const json_t *kid = json_object_get(key, "kid");
    const json_t *reason = json_object_get(json_object_get(key, "revoked"), "reason");
    cw_page_raw(page, "<tr><th scope=\"row\"><code>");
    cw_page_text(page, (struct cw_span){json_string_value(kid), json_string_length(kid)});
    cw_page_raw(page, "</code></th>");
    put_key_time(page, key, "nbf");
    put_key_time(page, key, "exp");
    cw_page_raw(page, "<td>");
    cw_page_text(page, (struct cw_span){json_string_value(reason), json_string_length(reason)});
    cw_page_raw(page, "</td></tr>\n");
}

void cw_page_proof(struct cw_page *page, const struct cw_report_facts *facts)
{
    static const enum cw_text columns[] = {CW_TEXT_col_key, CW_TEXT_col_from, CW_TEXT_col_until,
                                           CW_TEXT_col_revoked};
    json_t *root = json_loadb(facts->keys.data, facts->keys.len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *keys = json_object_get(root, "keys");
    if (root == NULL && page->out->failed == CW_OK) { /* it could be read when it was gathered */
        page->out->failed = CW_NOMEM;
    }
    cw_page_section(page, "proof", CW_TEXT_proof);
    cw_page_word(page, "p", CW_TEXT_proof_1);
    cw_page_word(page, "p", CW_TEXT_proof_2);
    cw_page_word(page, "p", CW_TEXT_proof_3);
    cw_page_raw(page, "<div class=\"wide\"><table><thead><tr>");
    for (size_t i = 0; i < CW_COUNT(columns); i++) {
        cw_page_word(page, "th scope=\"col\"", columns[i]);
    }
    cw_page_raw(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < json_array_size(keys); i++) {
        put_key(page, json_array_get(keys, i));
    }
    cw_page_raw(page, "</tbody></table></div>\n");
    cw_page_section_end(page);
    json_decref(root);
}
