#include "tlog/proof.h"

#include "crypto/base64.h"

#define HEAD "c2sp.org/tlog-proof@v1"

/* Cuts a line off; false when there is no newline any more. */
static bool next_line(struct cw_span *rest, struct cw_span *ret)
{
    const size_t end = cw_span_find(*rest, '\n', 0);
    if (end >= rest->len) {
        return false;
    }
    *ret = cw_span_slice(*rest, 0, end);
    *rest = cw_span_slice(*rest, end + 1, rest->len);
    return true;
}

/* What follows a word in front of the line; false when it begins otherwise. */
static bool after_word(struct cw_span line, struct cw_span word, struct cw_span *ret)
{
    if (!cw_span_starts_with(line, word)) {
        return false;
    }
    *ret = cw_span_slice(line, word.len, line.len);
    return true;
}

static enum cw_status read_extra(struct cw_span text, struct cw_tlog_proof *ret,
                                 struct cw_error *err)
{
    if (!cw_base64_decode(&ret->extra, CW_BASE64_STANDARD, text)) {
        if (ret->extra.failed == CW_NOMEM) {
            return cw_error_no_memory(err);
        }
        return cw_error_set(err, CW_UNTRUSTED, "proof: its extra data is not base64");
    }
    ret->has_extra = true;
    return cw_buf_status(&ret->extra, err);
}

static enum cw_status read_path(struct cw_span *rest, struct cw_tlog_path *ret,
                                struct cw_error *err)
{
    struct cw_span line;
    while (next_line(rest, &line)) {
        if (line.len == 0) {
            return CW_OK;
        }
        if (ret->count == CW_TLOG_PROOF_MAX) {
            return cw_error_set(err, CW_LIMIT, "proof: more than %d hashes", CW_TLOG_PROOF_MAX);
        }
        if (!cw_base64_decode_exact(CW_BASE64_STANDARD, line, ret->hashes[ret->count].bytes,
                                    CW_TLOG_HASH_BYTES)) {
            return cw_error_set(err, CW_UNTRUSTED, "proof: hash %zu is not one", ret->count + 1);
        }
        ret->count++;
    }
    return cw_error_set(err, CW_UNTRUSTED, "proof: no empty line and checkpoint below the hashes");
}

enum cw_status cw_tlog_proof_read(struct cw_span file, struct cw_tlog_proof *ret,
                                  struct cw_error *err)
{
    *ret = (struct cw_tlog_proof){.index = 0};
    cw_buf_init(&ret->extra, CW_TLOG_PROOF_BYTES_MAX);
    struct cw_span rest = file;
    struct cw_span line = {0};
    struct cw_span word = {0};
    if (file.len > CW_TLOG_PROOF_BYTES_MAX) {
        return cw_error_set(err, CW_LIMIT, "proof: %zu bytes; allowed are at most %u", file.len,
                            CW_TLOG_PROOF_BYTES_MAX);
    }
    if (!next_line(&rest, &line) || !cw_span_is(line, HEAD)) {
        return cw_error_set(err, CW_UNTRUSTED, "proof: does not begin with the line %s", HEAD);
    }
    enum cw_status status = CW_OK;
    bool has_line = next_line(&rest, &line);
    if (has_line && after_word(line, CW_SPAN("extra "), &word)) {
        status = read_extra(word, ret, err);
        has_line = next_line(&rest, &line);
    }
    if (status != CW_OK) {
        return status;
    }
    if (!has_line || !after_word(line, CW_SPAN("index "), &word) ||
        !cw_span_to_u64(word, CW_LOG_SIZE_MAX - 1, &ret->index)) {
        return cw_error_set(err, CW_UNTRUSTED, "proof: no index where it must stand");
    }
    status = read_path(&rest, &ret->path, err);
    ret->checkpoint = rest;
    return status;
}

void cw_tlog_proof_clear(struct cw_tlog_proof *proof)
{
    cw_buf_clear(&proof->extra);
}

void cw_tlog_proof_write(const struct cw_tlog_proof *proof, struct cw_buf *out)
{
    cw_buf_str(out, HEAD "\n");
    if (proof->has_extra) {
        cw_buf_str(out, "extra ");
        cw_base64_encode(out, CW_BASE64_STANDARD, cw_buf_as_span(&proof->extra));
        cw_buf_char(out, '\n');
    }
    cw_buf_printf(out, "index %llu\n", (unsigned long long)proof->index);
    for (size_t i = 0; i < proof->path.count; i++) {
        cw_base64_encode(out, CW_BASE64_STANDARD,
                         cw_span_make(proof->path.hashes[i].bytes, CW_TLOG_HASH_BYTES));
        cw_buf_char(out, '\n');
    }
    cw_buf_char(out, '\n');
    cw_buf_span(out, proof->checkpoint);
}
