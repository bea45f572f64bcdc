#include "alert/internal.h"
#include "base/text.h"

static const struct cw_span replacement = {"\xef\xbf\xbd", 3}; /* U+FFFD */

static bool is_control(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f);
}

bool cw_alert_text_fits(struct cw_span text)
{
    size_t at = 0;
    uint32_t code_point = 0;
    while (cw_utf8_next(text, &at, &code_point)) {
        if (is_control(code_point)) {
            return false;
        }
    }
    return at == text.len;
}

void cw_alert_clean_text(struct cw_buf *out, struct cw_span text, size_t bytes_max)
{
    size_t written = 0;
    for (size_t at = 0; at < text.len;) {
        const size_t start = at;
        uint32_t code_point = 0;
        struct cw_span piece = replacement;
        if (!cw_utf8_next(text, &at, &code_point)) {
            at = start + 1;
        } else if (!is_control(code_point)) {
            piece = cw_span_slice(text, start, at);
        }
        if (piece.len > bytes_max - written) {
            return;
        }
        cw_buf_span(out, piece);
        written += piece.len;
    }
}
