#include "log/prove.h"

#include "alert/jws.h"
#include "crypto/base64.h"

/* ---- making one ---------------------------------------------------------------------------- */

static enum cw_status prove_in(const char *folder, const struct cw_tlog_tree *tree,
                               struct cw_tlog_proof *proof, struct cw_error *err)
{
    CW_CLEANUP(cw_log_tiles_freep)
    struct cw_log_tiles *tiles = cw_log_tiles_new(folder, tree->size);
    if (tiles == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the tiles");
    }
    const struct cw_tlog_nodes nodes = cw_log_tiles_nodes(tiles);
    enum cw_status status =
        cw_tlog_prove_inclusion(&nodes, proof->index, tree->size, &proof->path, err);
    if (status == CW_OK) {
        status = cw_log_entry_at(folder, proof->index, tree->size, &proof->extra, err);
    }
    if (status != CW_OK) {
        return status;
    }
    const struct cw_tlog_hash leaf = cw_tlog_leaf(cw_buf_as_span(&proof->extra));
    if (!cw_tlog_includes(tree, proof->index, &leaf, &proof->path)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "the log is damaged at entry %llu: `cryptowatch log verify` names the "
                            "file",
                            (unsigned long long)proof->index);
    }
    return CW_OK;
}

static enum cw_status check_covers(const struct cw_log_head *head, const char *origin,
                                   uint64_t index, struct cw_error *err)
{
    if (strcmp(head->checkpoint.origin, origin) != 0) {
        return cw_error_set(err, CW_NOT_FOUND,
                            "the alert stands in the log %s, and the checkpoint is that of %s",
                            origin, head->checkpoint.origin);
    }
    if (index >= head->checkpoint.tree.size) {
        return cw_error_set(
            err, CW_NOT_FOUND, "the alert is entry %llu, and the checkpoint has %llu entries",
            (unsigned long long)index, (unsigned long long)head->checkpoint.tree.size);
    }
    return CW_OK;
}

enum cw_status cw_log_prove(const char *folder, const char *origin, uint64_t index,
                            struct cw_buf *out, struct cw_error *err)
{
    struct cw_log_head head;
    struct cw_tlog_proof proof = {.has_extra = true, .index = index};
    cw_log_head_init(&head);
    cw_buf_init(&proof.extra, CW_TLOG_PROOF_BYTES_MAX);
    enum cw_status status = cw_log_head_read_in(folder, &head, err);
    if (status == CW_OK) {
        status = check_covers(&head, origin, index, err);
    }
    if (status == CW_OK) {
        status = prove_in(folder, &head.checkpoint.tree, &proof, err);
    }
    if (status == CW_OK) {
        proof.checkpoint = cw_buf_as_span(&head.bytes);
        cw_tlog_proof_write(&proof, out);
        status = cw_buf_status(out, err);
    }
    cw_tlog_proof_clear(&proof);
    cw_log_head_clear(&head);
    return status;
}

/* ---- checking one -------------------------------------------------------------------------- */

/* Any issuing signature will do: the log names the one that the scanner made. */
static bool names_signature(const struct cw_log_alert *entry, const struct cw_jws *jws,
                            uint8_t signature[static CW_ED25519_SIGNATURE_BYTES])
{
    if (!cw_base64_decode_exact(CW_BASE64_URL, cw_span_cstr(entry->sig), signature,
                                CW_ED25519_SIGNATURE_BYTES)) {
        return false;
    }
    for (size_t i = 0; i < jws->count; i++) {
        const struct cw_jws_element *element = &jws->elements[i];
        if (strcmp(element->header.purpose, CW_JWS_ISSUE) == 0 &&
            strcmp(element->header.kid, entry->kid) == 0 &&
            memcmp(element->signature, signature, CW_ED25519_SIGNATURE_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static enum cw_status check_entry(const struct cw_log_proving *proving, struct cw_span entry,
                                  struct cw_log_proven *ret, struct cw_error *err)
{
    struct cw_log_alert alert;
    struct cw_error cause = {0};
    enum cw_log_kind kind = CW_LOG_OTHER;
    char sha256[CW_SHA256_HEX_BYTES];
    enum cw_status status = cw_log_entry_read(entry, &kind, &alert, &cause);
    if (status != CW_OK) {
        return cw_error_set(err, status, "proof: its entry is not of the form: %s", cause.text);
    }
    if (kind != CW_LOG_ALERT) {
        return cw_error_set(err, CW_UNTRUSTED, "proof: its entry is not that of an alert");
    }
    cw_sha256_hex(proving->body, sha256);
    if (strcmp(alert.id, proving->alert_id) != 0 || strcmp(alert.sha256, sha256) != 0) {
        return cw_error_set(err, CW_UNTRUSTED, "proof: its entry names another alert");
    }
    struct cw_jws jws;
    status = cw_jws_read(proving->jws, &jws, err);
    if (status == CW_OK && !names_signature(&alert, &jws, ret->signature)) {
        status =
            cw_error_set(err, CW_UNTRUSTED,
                         "proof: its entry names another issuing signature than the alert has");
    }
    cw_jws_clear(&jws);
    return status;
}

static enum cw_status check_parts(const struct cw_log_proving *proving,
                                  const struct cw_tlog_proof *proof, struct cw_log_head *head,
                                  struct cw_log_proven *ret, struct cw_error *err)
{
    if (!proof->has_extra) {
        return cw_error_set(err, CW_UNTRUSTED, "proof: does not carry its entry as extra data");
    }
    enum cw_status status = check_entry(proving, cw_buf_as_span(&proof->extra), ret, err);
    if (status != CW_OK) {
        return status;
    }
    cw_buf_span(&head->bytes, proof->checkpoint);
    status = cw_log_head_parse(head, err);
    if (status != CW_OK) {
        return status;
    }
    ret->index = proof->index;
    ret->checkpoint = head->checkpoint;
    const struct cw_tlog_hash leaf = cw_tlog_leaf(cw_buf_as_span(&proof->extra));
    if (!cw_tlog_includes(&head->checkpoint.tree, proof->index, &leaf, &proof->path)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "proof: its hashes do not lead from the entry to the root of the "
                            "checkpoint");
    }
    ret->signatures_count = proving->keys_count;
    return cw_log_check_signatures(head, proving->keys, proving->keys_count, ret->signatures, err);
}

enum cw_status cw_log_proof_check(const struct cw_log_proving *proving, struct cw_log_proven *ret,
                                  struct cw_error *err)
{
    struct cw_tlog_proof proof;
    struct cw_log_head head;
    *ret = (struct cw_log_proven){.index = 0};
    cw_log_head_init(&head);
    enum cw_status status = cw_tlog_proof_read(proving->proof, &proof, err);
    if (status == CW_OK) {
        status = check_parts(proving, &proof, &head, ret, err);
    }
    cw_tlog_proof_clear(&proof);
    cw_log_head_clear(&head);
    return status == CW_LIMIT ? CW_UNTRUSTED : status;
}

static bool is_good_witness(const struct cw_log_witness *one)
{
    return one->state == CW_TLOG_GOOD && one->key->type == CW_TLOG_COSIGN;
}

size_t cw_log_proven_witnesses(const struct cw_log_proven *proven)
{
    size_t count = 0;
    for (size_t i = 0; i < proven->signatures_count; i++) {
        bool is_new = is_good_witness(&proven->signatures[i]);
        for (size_t k = 0; is_new && k < i; k++) {
            is_new =
                !is_good_witness(&proven->signatures[k]) ||
                memcmp(proven->signatures[k].key->key.bytes, proven->signatures[i].key->key.bytes,
                       sizeof(proven->signatures[i].key->key.bytes)) != 0;
        }
        count += is_new ? 1 : 0;
    }
    return count;
}

int64_t cw_log_proven_seen_at_s(const struct cw_log_proven *proven)
{
    int64_t first_s = INT64_MAX;
    for (size_t i = 0; i < proven->signatures_count; i++) {
        const struct cw_log_witness *one = &proven->signatures[i];
        if (is_good_witness(one) && one->time_s < first_s) {
            first_s = one->time_s;
        }
    }
    return first_s;
}
