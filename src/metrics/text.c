#include "metrics/text.h"

#include <inttypes.h>

#include "base/text.h"

enum { SAMPLE_BYTES_MAX = 4096 };

void cw_metric_family(struct cw_buf *out, const char *name, enum cw_metric_type type,
                      const char *help)
{
    CW_ASSERT(strpbrk(help, "\\\n") == NULL); /* ours, and never in need of quoting */
    cw_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
                  type == CW_METRIC_COUNTER ? "counter" : "gauge");
}

static void quote(struct cw_buf *out, struct cw_span value)
{
    size_t at = 0;
    while (at < value.len) {
        const size_t from = at;
        uint32_t point = 0;
        if (!cw_utf8_next(value, &at, &point)) {
            cw_buf_str(out, "\xef\xbf\xbd");
            at = from + 1;
        } else if (point == '\n') {
            cw_buf_str(out, "\\n");
        } else {
            if (point == '\\' || point == '"') {
                cw_buf_char(out, '\\');
            }
            cw_buf_span(out, cw_span_slice(value, from, at));
        }
    }
}

/* Up to the blank before the value. */
static void write_name(struct cw_buf *out, const struct cw_metric *metric)
{
    const char *before = "{";
    cw_buf_str(out, metric->name);
    for (size_t i = 0; i < CW_METRIC_LABELS_MAX; i++) {
        const struct cw_metric_label *label = &metric->labels[i];
        if (label->value != NULL) {
            cw_buf_printf(out, "%s%s=\"", before, label->name);
            quote(out, cw_span_cstr(label->value));
            cw_buf_char(out, '"');
            before = ",";
        }
    }
    cw_buf_str(out, before[0] == ',' ? "} " : " ");
}

void cw_metric_sample(struct cw_buf *out, const struct cw_metric *metric, int64_t value)
{
    write_name(out, metric);
    cw_buf_printf(out, "%" PRId64 "\n", value < 0 ? 0 : value);
}

bool cw_metric_find(struct cw_span text, const struct cw_metric *metric, int64_t *ret_value)
{
    uint64_t value = 0;
    bool is_found = false;
    struct cw_buf name;
    cw_buf_init(&name, SAMPLE_BYTES_MAX);
    write_name(&name, metric);
    const struct cw_span wanted = cw_buf_as_span(&name);
    struct cw_span line;
    while (name.failed == CW_OK && !is_found && cw_span_next_line(&text, &line)) {
        is_found = cw_span_starts_with(line, wanted) &&
                   cw_span_to_u64(cw_span_slice(line, wanted.len, line.len), INT64_MAX, &value);
    }
    cw_buf_clear(&name);
    if (is_found) {
        *ret_value = (int64_t)value;
    }
    return is_found;
}
