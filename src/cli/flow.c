#include "cli/flow.h"

#include <stdio.h>

#include "base/error.h"
#include "base/text.h"

/* Ranges of Unicode 15.0's East_Asian_Width W and F, and of marks that take no column, as far as
 * names of lists and parties use them; what is not here takes one. */
static const struct {
    uint32_t from;
    uint32_t to;
    size_t columns;
} ranges[] = {
    {0x0300, 0x036f, 0},   {0x200b, 0x200d, 0}, {0x1100, 0x115f, 2},   {0x2e80, 0x303e, 2},
    {0x3041, 0x33ff, 2},   {0x3400, 0x4dbf, 2}, {0x4e00, 0x9fff, 2},   {0xa000, 0xa4cf, 2},
    {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2}, {0xfe00, 0xfe0f, 0},   {0xfe30, 0xfe6f, 2},
    {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2}, {0x1f300, 0x1f64f, 2}, {0x1f900, 0x1f9ff, 2},
    {0x20000, 0x3fffd, 2},
};

static size_t columns_of(uint32_t code_point)
{
    for (size_t i = 0; i < CW_COUNT(ranges); i++) {
        if (code_point >= ranges[i].from && code_point <= ranges[i].to) {
            return ranges[i].columns;
        }
    }
    return 1;
}

size_t cw_flow_columns(struct cw_span text)
{
    size_t columns = 0;
    size_t at = 0;
    uint32_t code_point = 0;
    while (cw_utf8_next(text, &at, &code_point)) {
        columns += columns_of(code_point);
    }
    return columns + (text.len - at); /* bytes that are no UTF-8: one each */
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

/* Cuts the next word off *rest, and counts the blanks before it; false at the end. */
static bool next_word(struct cw_span *rest, bool is_form, size_t *ret_gap, struct cw_span *ret)
{
    size_t from = 0;
    while (from < rest->len && is_blank(rest->data[from])) {
        from++;
    }
    size_t to = from;
    int depth = 0;
    while (to < rest->len && (!is_blank(rest->data[to]) || depth > 0)) {
        depth += is_form ? (rest->data[to] == '[') - (rest->data[to] == ']') : 0;
        to++;
    }
    *ret_gap = from;
    *ret = cw_span_slice(*rest, from, to);
    *rest = cw_span_slice(*rest, to, rest->len);
    return ret->len > 0;
}

static void write_span(struct cw_span text)
{
    (void)printf("%.*s", CW_SPAN_ARG(text));
}

void cw_flow_print(const struct cw_flow *flow, struct cw_span text)
{
    if (flow->width == 0) {
        write_span(text);
        (void)printf("\n");
        return;
    }
    size_t column = flow->column;
    size_t gap = 0;
    struct cw_span word;
    for (bool is_first = true; next_word(&text, flow->is_form, &gap, &word); is_first = false) {
        const size_t columns = cw_flow_columns(word);
        if (!is_first && column + gap + columns > flow->width) {
            (void)printf("\n%*s", (int)flow->indent, "");
            column = flow->indent;
        } else {
            (void)printf("%*s", (int)gap, "");
            column += gap;
        }
        write_span(word);
        column += columns;
    }
    (void)printf("\n");
}

void cw_flow_cut(size_t columns, struct cw_span text)
{
    size_t at = 0;
    size_t keep = 0; /* bytes that leave room for "…" */
    size_t taken = 0;
    uint32_t code_point = 0;
    if (columns == 0 || cw_flow_columns(text) <= columns) {
        write_span(text);
        return;
    }
    while (cw_utf8_next(text, &at, &code_point)) {
        taken += columns_of(code_point);
        if (taken >= columns) {
            break;
        }
        keep = at;
    }
    write_span(cw_span_slice(text, 0, keep));
    (void)printf("…");
}
