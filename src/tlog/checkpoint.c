#include "tlog/checkpoint.h"

#include "crypto/base64.h"

/* Cuts a line off that is not empty and ends in a newline. */
static bool next_line(struct cw_span *rest, struct cw_span *ret)
{
    const size_t end = cw_span_find(*rest, '\n', 0);
    if (end == 0 || end >= rest->len) {
        return false;
    }
    *ret = cw_span_slice(*rest, 0, end);
    *rest = cw_span_slice(*rest, end + 1, rest->len);
    return true;
}

static bool read_origin(struct cw_span *rest, struct cw_tlog_checkpoint *ret)
{
    struct cw_span origin;
    if (!next_line(rest, &origin) || origin.len > CW_LOG_NAME_MAX) {
        return false;
    }
    memcpy(ret->origin, origin.data, origin.len);
    ret->origin[origin.len] = '\0';
    return strlen(ret->origin) == origin.len;
}

enum cw_status cw_tlog_checkpoint_read(struct cw_span text, struct cw_tlog_checkpoint *ret,
                                       struct cw_error *err)
{
    struct cw_span rest = text;
    struct cw_span line = {0};
    if (!read_origin(&rest, ret)) {
        return cw_error_set(err, CW_UNTRUSTED, "checkpoint: no origin in its first line");
    }
    if (!next_line(&rest, &line) || !cw_span_to_u64(line, UINT64_MAX, &ret->tree.size)) {
        return cw_error_set(err, CW_UNTRUSTED, "checkpoint: no size in its second line");
    }
    if (ret->tree.size > CW_LOG_SIZE_MAX) {
        return cw_error_set(err, CW_LIMIT, "checkpoint: %llu entries; read are at most %llu",
                            (unsigned long long)ret->tree.size,
                            (unsigned long long)CW_LOG_SIZE_MAX);
    }
    if (!next_line(&rest, &line) ||
        !cw_base64_decode_exact(CW_BASE64_STANDARD, line, ret->tree.root.bytes,
                                CW_TLOG_HASH_BYTES)) {
        return cw_error_set(err, CW_UNTRUSTED, "checkpoint: no root hash in its third line");
    }
    while (rest.len > 0) {
        if (!next_line(&rest, &line)) {
            return cw_error_set(err, CW_UNTRUSTED, "checkpoint: an extension line is empty");
        }
    }
    return CW_OK;
}

void cw_tlog_checkpoint_write(const struct cw_tlog_checkpoint *checkpoint, struct cw_buf *out)
{
    const struct cw_tlog_tree *tree = &checkpoint->tree;
    cw_buf_printf(out, "%s\n%llu\n", checkpoint->origin, (unsigned long long)tree->size);
    cw_base64_encode(out, CW_BASE64_STANDARD, cw_span_make(tree->root.bytes, CW_TLOG_HASH_BYTES));
    cw_buf_char(out, '\n');
}
