#include "crypto/uuid.h"

#include "base/text.h"
#include "crypto/hash.h"

enum { GROUPS = 5, UUID_CHARS = CW_UUID_TEXT_BYTES - 1 };

/* Digits of each group of the text, RFC 9562 section 4. */
static const size_t group_digits[GROUPS] = {8, 4, 4, 4, 12};

const uint8_t cw_uuid_alert_namespace[CW_UUID_BYTES] = {
    0x85, 0xc8, 0x5d, 0x21, 0xdf, 0xef, 0x51, 0x94, 0xbd, 0x30, 0x77, 0xc0, 0x5e, 0x4d, 0xa4, 0xd9,
};

void cw_uuid5(const uint8_t name_space[static CW_UUID_BYTES], struct cw_span name,
              char ret_text[static CW_UUID_TEXT_BYTES])
{
    uint8_t digest[CW_SHA1_BYTES];
    char hex[2 * CW_UUID_BYTES + 1];
    cw_sha1_joined(cw_span_make(name_space, CW_UUID_BYTES), name, digest);
    digest[6] = (uint8_t)((digest[6] & 0x0fu) | 0x50u); /* version 5 */
    digest[8] = (uint8_t)((digest[8] & 0x3fu) | 0x80u); /* variant of RFC 9562 */
    cw_hex_encode(digest, CW_UUID_BYTES, hex);
    const char *from = hex;
    char *to = ret_text;
    for (size_t i = 0; i < GROUPS; i++) {
        memcpy(to, from, group_digits[i]);
        from += group_digits[i];
        to += group_digits[i];
        *to++ = i + 1 < GROUPS ? '-' : '\0';
    }
    CW_ASSERT(to == ret_text + CW_UUID_TEXT_BYTES);
}

bool cw_uuid_is_text(struct cw_span text)
{
    if (text.len != UUID_CHARS) {
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < GROUPS; i++) {
        if (i > 0 && text.data[at++] != '-') {
            return false;
        }
        const size_t end = at + group_digits[i];
        if (!cw_hex_is_lower(cw_span_slice(text, at, end), group_digits[i])) {
            return false;
        }
        at = end;
    }
    return true;
}
