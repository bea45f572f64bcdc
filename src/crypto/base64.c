#include "crypto/base64.h"

#include <sodium.h>

static int sodium_variant(enum cw_base64 variant)
{
    return variant == CW_BASE64_STANDARD ? sodium_base64_VARIANT_ORIGINAL
                                         : sodium_base64_VARIANT_URLSAFE_NO_PADDING;
}

size_t cw_base64_encode_to(enum cw_base64 variant, struct cw_span data, char *ret, size_t bytes)
{
    CW_ASSERT(data.data != NULL || data.len == 0);
    CW_ASSERT(data.len <= SIZE_MAX / 2);
    const size_t with_nul = sodium_base64_encoded_len(data.len, sodium_variant(variant));
    CW_ASSERT(with_nul <= bytes);
    (void)sodium_bin2base64(ret, bytes, (const unsigned char *)data.data, data.len,
                            sodium_variant(variant));
    return with_nul - 1;
}

void cw_base64_encode(struct cw_buf *out, enum cw_base64 variant, struct cw_span data)
{
    CW_ASSERT(data.data != NULL || data.len == 0);
    CW_ASSERT(data.len <= SIZE_MAX / 2);
    const size_t with_nul = sodium_base64_encoded_len(data.len, sodium_variant(variant));
    char *room = cw_buf_room(out, with_nul - 1);
    if (room == NULL) {
        return;
    }
    cw_buf_advance(out, cw_base64_encode_to(variant, data, room, with_nul));
}

bool cw_base64_decoded_len(enum cw_base64 variant, struct cw_span text, size_t *ret_len)
{
    size_t digits = text.len;
    if (variant == CW_BASE64_STANDARD) {
        if (text.len % 4 != 0) {
            return false;
        }
        for (int i = 0; i < 2 && digits > 0 && text.data[digits - 1] == '='; i++) {
            digits--;
        }
    }
    if (digits % 4 == 1) {
        return false;
    }
    *ret_len = digits / 4 * 3 + digits % 4 * 3 / 4;
    return true;
}

/* libsodium compares characters as signed numbers, and its comparison without branches holds for
 * small differences only: version 1.0.18 reads every byte from 0x80 as "/" (or "_"). */
static bool is_ascii(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* libsodium refuses foreign characters, left-over bits that are not zero, and padding that is
 * missing or too much; without an end pointer it also refuses anything after the text. */
bool cw_base64_decode_exact(enum cw_base64 variant, struct cw_span text, uint8_t *ret, size_t len)
{
    size_t expected = 0;
    size_t written = 0;
    if (!cw_base64_decoded_len(variant, text, &expected) || expected != len || !is_ascii(text)) {
        return false;
    }
    if (len == 0) {
        return text.len == 0;
    }
    return sodium_base642bin(ret, len, text.data, text.len, NULL, &written, NULL,
                             sodium_variant(variant)) == 0 &&
           written == len;
}

bool cw_base64_decode(struct cw_buf *out, enum cw_base64 variant, struct cw_span text)
{
    size_t len = 0;
    if (!cw_base64_decoded_len(variant, text, &len)) {
        return false;
    }
    char *room = cw_buf_room(out, len);
    if (room == NULL) {
        return false;
    }
    const bool is_canonical = cw_base64_decode_exact(variant, text, (uint8_t *)room, len);
    /* Also on failure: the decoder has written over the NUL that ends the content. */
    cw_buf_advance(out, is_canonical ? len : 0);
    return is_canonical;
}
