#include "tlog/note.h"

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"

enum { COSIGN_TIME_BYTES = 8, TYPED_KEY_BYTES = 1 + CW_ED25519_PUBLIC_BYTES };

/* ---- keys ---------------------------------------------------------------------------------- */

bool cw_tlog_name_is_valid(struct cw_span name)
{
    bool is_valid = name.len > 0 && name.len <= CW_LOG_NAME_MAX;
    for (size_t i = 0; is_valid && i < name.len; i++) {
        is_valid = name.data[i] > ' ' && name.data[i] <= '~' && name.data[i] != '+';
    }
    return is_valid;
}

void cw_tlog_key_make(struct cw_span name, uint8_t type, const struct cw_public_key *key,
                      struct cw_tlog_key *ret)
{
    CW_ASSERT(cw_tlog_name_is_valid(name));
    struct cw_sha256_stream stream;
    uint8_t digest[CW_SHA256_BYTES];
    *ret = (struct cw_tlog_key){.type = type, .key = *key};
    memcpy(ret->name, name.data, name.len);
    cw_sha256_begin(&stream);
    cw_sha256_update(&stream, name);
    cw_sha256_update(&stream, CW_SPAN("\n"));
    cw_sha256_update(&stream, cw_span_make(&type, 1));
    cw_sha256_update(&stream, cw_span_make(key->bytes, sizeof(key->bytes)));
    cw_sha256_end(&stream, digest);
    memcpy(ret->id, digest, sizeof(ret->id));
}

enum cw_status cw_tlog_key_parse(struct cw_span vkey, struct cw_tlog_key *ret, struct cw_error *err)
{
    vkey = cw_span_trim(vkey);
    const size_t name_end = cw_span_find(vkey, '+', 0);
    const size_t id_end = name_end < vkey.len ? cw_span_find(vkey, '+', name_end + 1) : vkey.len;
    const struct cw_span name = cw_span_slice(vkey, 0, name_end);
    const struct cw_span id_text = cw_span_slice(vkey, name_end + 1, id_end);
    uint8_t id[CW_TLOG_KEY_ID_BYTES];
    uint8_t typed[TYPED_KEY_BYTES];
    if (id_end >= vkey.len || !cw_tlog_name_is_valid(name) ||
        !cw_hex_is_lower(id_text, 2 * sizeof(id)) || !cw_hex_decode(id_text, id, sizeof(id))) {
        return cw_error_set(err, CW_INVALID,
                            "vkey: not of the form NAME+ID+KEY, with eight hex digits as ID");
    }
    if (!cw_base64_decode_exact(CW_BASE64_STANDARD, cw_span_slice(vkey, id_end + 1, vkey.len),
                                typed, sizeof(typed)) ||
        (typed[0] != CW_TLOG_SIGN && typed[0] != CW_TLOG_COSIGN)) {
        return cw_error_set(err, CW_INVALID,
                            "vkey %.*s: not an Ed25519 key of type 1 (log) or 4 (witness)",
                            CW_SPAN_ARG(name));
    }
    struct cw_public_key key;
    memcpy(key.bytes, typed + 1, sizeof(key.bytes));
    cw_tlog_key_make(name, typed[0], &key, ret);
    if (memcmp(ret->id, id, sizeof(id)) != 0) {
        return cw_error_set(err, CW_INVALID, "vkey %.*s: its ID is not that of its key",
                            CW_SPAN_ARG(name));
    }
    return CW_OK;
}

/* ---- taking a note apart ------------------------------------------------------------------- */

/* The last empty line parts text and signatures. */
static bool split(struct cw_span file, struct cw_span *ret_text, struct cw_span *ret_lines)
{
    for (size_t i = file.len; i >= 2; i--) {
        if (file.data[i - 1] == '\n' && file.data[i - 2] == '\n') {
            *ret_text = cw_span_slice(file, 0, i - 1);
            *ret_lines = cw_span_slice(file, i, file.len);
            return ret_lines->len > 0;
        }
    }
    return false;
}

static bool is_clean(struct cw_span file)
{
    for (size_t i = 0; i < file.len; i++) {
        if ((unsigned char)file.data[i] < ' ' && file.data[i] != '\n') {
            return false;
        }
    }
    return cw_utf8_is_valid(file);
}

/* CW_UNTRUSTED: not of the form. */
static enum cw_status read_line(struct cw_span line, struct cw_tlog_line *ret)
{
    const struct cw_span dash = CW_SPAN("\xe2\x80\x94 ");
    if (!cw_span_starts_with(line, dash)) {
        return CW_UNTRUSTED;
    }
    line = cw_span_slice(line, dash.len, line.len);
    const size_t space = cw_span_find(line, ' ', 0);
    ret->name = cw_span_slice(line, 0, space);
    ret->base64 = cw_span_slice(line, space + 1, line.len);
    struct cw_buf bytes;
    cw_buf_init(&bytes, CW_NOTE_SIGNATURE_MAX + CW_TLOG_KEY_ID_BYTES);
    const bool is_read = ret->name.len > 0 && cw_span_find(ret->name, '+', 0) == ret->name.len &&
                         cw_base64_decode(&bytes, CW_BASE64_STANDARD, ret->base64) &&
                         bytes.len > CW_TLOG_KEY_ID_BYTES;
    const bool is_short = bytes.failed == CW_NOMEM;
    if (is_read) {
        memcpy(ret->id, bytes.data, sizeof(ret->id));
    }
    cw_buf_clear(&bytes);
    return is_read ? CW_OK : is_short ? CW_NOMEM : CW_UNTRUSTED;
}

enum cw_status cw_tlog_note_read(struct cw_span file, struct cw_tlog_note *ret,
                                 struct cw_error *err)
{
    struct cw_span lines;
    if (file.len > CW_NOTE_BYTES_MAX) {
        return cw_error_set(err, CW_LIMIT, "note: %zu bytes; allowed are at most %u", file.len,
                            CW_NOTE_BYTES_MAX);
    }
    ret->count = 0;
    if (!is_clean(file)) {
        return cw_error_set(err, CW_UNTRUSTED, "note: not UTF-8, or with a control character");
    }
    if (!split(file, &ret->text, &lines)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "note: no empty line with signatures below it: not a signed note, or "
                            "cut short");
    }
    while (lines.len > 0) {
        const size_t end = cw_span_find(lines, '\n', 0);
        if (ret->count == CW_NOTE_SIGNATURES_MAX) {
            return cw_error_set(err, CW_LIMIT, "note: more than %u signatures",
                                CW_NOTE_SIGNATURES_MAX);
        }
        const enum cw_status status =
            end == lines.len ? CW_UNTRUSTED
                             : read_line(cw_span_slice(lines, 0, end), &ret->lines[ret->count]);
        if (status == CW_NOMEM) {
            return cw_error_no_memory(err);
        }
        if (status != CW_OK) {
            return cw_error_set(err, CW_UNTRUSTED, "note: signature line %zu is not of the form",
                                ret->count + 1);
        }
        ret->count++;
        lines = cw_span_slice(lines, end + 1, lines.len);
    }
    return CW_OK;
}

/* ---- signatures ---------------------------------------------------------------------------- */

static int64_t big_endian(const uint8_t bytes[static COSIGN_TIME_BYTES])
{
    uint64_t value = 0;
    for (size_t i = 0; i < COSIGN_TIME_BYTES; i++) {
        value = value << 8 | bytes[i];
    }
    return value > INT64_MAX ? -1 : (int64_t)value;
}

static bool is_signed(struct cw_span text, const struct cw_tlog_key *key, struct cw_span base64)
{
    uint8_t bytes[CW_TLOG_KEY_ID_BYTES + CW_ED25519_SIGNATURE_BYTES];
    return cw_base64_decode_exact(CW_BASE64_STANDARD, base64, bytes, sizeof(bytes)) &&
           cw_sign_is_valid(&key->key, text, bytes + CW_TLOG_KEY_ID_BYTES);
}

static bool is_cosigned(struct cw_span text, const struct cw_tlog_key *key, struct cw_span base64,
                        int64_t *ret_time_s)
{
    uint8_t bytes[CW_TLOG_KEY_ID_BYTES + COSIGN_TIME_BYTES + CW_ED25519_SIGNATURE_BYTES];
    if (!cw_base64_decode_exact(CW_BASE64_STANDARD, base64, bytes, sizeof(bytes))) {
        return false;
    }
    *ret_time_s = big_endian(bytes + CW_TLOG_KEY_ID_BYTES);
    struct cw_buf message;
    cw_buf_init(&message, CW_NOTE_BYTES_MAX + 64);
    cw_buf_printf(&message, "cosignature/v1\ntime %lld\n", (long long)*ret_time_s);
    cw_buf_span(&message, text);
    const bool is_good = *ret_time_s >= 0 && cw_buf_status(&message, NULL) == CW_OK &&
                         cw_sign_is_valid(&key->key, cw_buf_as_span(&message),
                                          bytes + CW_TLOG_KEY_ID_BYTES + COSIGN_TIME_BYTES);
    cw_buf_clear(&message);
    return is_good;
}

enum cw_tlog_signature cw_tlog_note_check(const struct cw_tlog_note *note,
                                          const struct cw_tlog_key *key, int64_t *ret_time_s)
{
    CW_ASSERT(key != NULL);
    CW_ASSERT(key->name[0] != '\0');
    enum cw_tlog_signature found = CW_TLOG_ABSENT;
    *ret_time_s = 0;
    for (size_t i = 0; i < note->count; i++) {
        const struct cw_tlog_line *line = &note->lines[i];
        if (!cw_span_is(line->name, key->name) || memcmp(line->id, key->id, sizeof(key->id)) != 0) {
            continue;
        }
        int64_t time_s = 0;
        const bool is_good = key->type == CW_TLOG_COSIGN
                                 ? is_cosigned(note->text, key, line->base64, &time_s)
                                 : is_signed(note->text, key, line->base64);
        if (!is_good) {
            *ret_time_s = 0;
            return CW_TLOG_BAD;
        }
        found = CW_TLOG_GOOD;
        *ret_time_s = time_s > *ret_time_s ? time_s : *ret_time_s;
    }
    return found;
}

void cw_tlog_note_sign(const struct cw_signing_key *key, struct cw_span name, struct cw_span text,
                       struct cw_buf *out)
{
    CW_ASSERT(text.len > 0);
    CW_ASSERT(text.data[text.len - 1] == '\n');
    const struct cw_public_key public_key = cw_signing_key_public(key);
    struct cw_tlog_key named;
    uint8_t bytes[CW_TLOG_KEY_ID_BYTES + CW_ED25519_SIGNATURE_BYTES];
    cw_tlog_key_make(name, CW_TLOG_SIGN, &public_key, &named);
    memcpy(bytes, named.id, sizeof(named.id));
    cw_sign(key, text, bytes + CW_TLOG_KEY_ID_BYTES);
    cw_buf_span(out, text);
    cw_buf_str(out, "\n\xe2\x80\x94 ");
    cw_buf_span(out, name);
    cw_buf_char(out, ' ');
    cw_base64_encode(out, CW_BASE64_STANDARD, cw_span_make(bytes, sizeof(bytes)));
    cw_buf_char(out, '\n');
}
