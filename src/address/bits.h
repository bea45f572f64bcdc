/* bits.h: bytes, writers and the encodings in groups of five bits.
 *
 * Everything writes into storage of the caller; nothing allocates. Source: BIP-173, BIP-350, the
 * CashAddr specification, RFC 4648.
 */
#ifndef CW_ADDRESS_BITS_H
#define CW_ADDRESS_BITS_H

#include "address/address.h"
#include "address/alphabet.h"
#include "base/status.h"

/** On a large local that is written before it is read: the hardened build clears every other one at
 *  its declaration, which costs as much as the decoding. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define CW_UNSET __attribute__((uninitialized))
#endif
#endif
#ifndef CW_UNSET
#define CW_UNSET
#endif

/** Decoded bytes. */
struct cw_bytes {
    size_t len;
    uint8_t data[CW_ADDRESS_PAYLOAD_MAX];
};

static inline struct cw_span cw_bytes_span(const struct cw_bytes *bytes)
{
    return cw_span_make(bytes->data, bytes->len);
}

static inline uint8_t cw_byte_at(struct cw_span bytes, size_t at)
{
    return (uint8_t)bytes.data[at];
}

/** Text being written into an array of fixed size. Room enough is the caller's duty: the payload
 *  caps of limits.h make every canonical text fit, and a write past the end is a bug. */
struct cw_writer {
    char *data;
    size_t len;
    size_t max; /* bytes without the NUL */
};

static inline void cw_write_char(struct cw_writer *out, char c)
{
    CW_ASSERT(out->len < out->max);
    out->data[out->len++] = c;
}

static inline void cw_write_span(struct cw_writer *out, struct cw_span text)
{
    CW_ASSERT(text.len <= out->max - out->len);
    if (text.len > 0) {
        memcpy(out->data + out->len, text.data, text.len);
        out->len += text.len;
    }
}

void cw_write_str(struct cw_writer *out, const char *text);
void cw_write_hex(struct cw_writer *out, struct cw_span bytes);
void cw_write_u64(struct cw_writer *out, uint64_t value);
void cw_write_end(struct cw_writer *out);

enum {
    CW_BECH32_LENGTH_MAX = 90,
    CW_BECH32_PREFIX_MAX = 83,
    CW_BECH32_CONSTANT = 1,
    CW_BECH32M_CONSTANT = 0x2bc830a3,
};

struct cw_bech32 {
    char prefix[CW_BECH32_PREFIX_MAX + 1]; /* lower case, NUL-terminated */
    size_t prefix_len;
    uint32_t constant;
    size_t count; /* groups of five bits, without the checksum */
    /* the groups one behind the other, and slack to read and write eight bytes at a time */
    uint8_t bits[CW_ADDRESS_PAYLOAD_MAX + 8];
};

/** Any prefix, both constants, up to CW_ADDRESS_TEXT_MAX characters.
 *  In:  letters  cw_letters_of(text), which a reader has already */
enum cw_address_error cw_bech32_decode(struct cw_span text, unsigned letters,
                                       struct cw_bech32 *ret);
/** `version` is one group in front of the payload, or negative for none. */
void cw_bech32_encode(struct cw_writer *out, const char *prefix, int version,
                      struct cw_span payload, uint32_t constant);

/** The first group, where there is one: a witness version. */
static inline uint8_t cw_bech32_version(const struct cw_bech32 *text)
{
    return text->bits[0] >> 3;
}
/** The groups behind the first `skip` (0 or 1) as bytes: PADDING when left-over bits are five or
 *  more, or not zero. */
enum cw_address_error cw_bech32_payload(const struct cw_bech32 *text, size_t skip,
                                        struct cw_bytes *ret);

/** CashAddr body (after "prefix:") in an alphabet of 32; ret is version byte and payload. */
enum cw_address_error cw_cashaddr_decode(const struct cw_alphabet *alphabet, struct cw_span prefix,
                                         struct cw_span body, struct cw_bytes *ret);
void cw_cashaddr_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                        const char *prefix, struct cw_span data);

/** RFC 4648 base32 without padding, in any alphabet of 32. */
enum cw_address_error cw_base32_decode(const struct cw_alphabet *alphabet, struct cw_span text,
                                       struct cw_bytes *ret);
void cw_base32_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                      struct cw_span bytes);

/** A number in base 58, most significant digit first; each leading zero digit is one zero byte. */
enum cw_address_error cw_base58_decode(const struct cw_alphabet *alphabet, struct cw_span text,
                                       struct cw_bytes *ret);
void cw_base58_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                      struct cw_span bytes);
/** With the first 4 bytes of SHA-256(SHA-256(bytes)) behind them. */
void cw_base58check_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                           struct cw_span bytes);

uint16_t cw_crc16_xmodem(struct cw_span bytes);
uint32_t cw_crc32(struct cw_span bytes);

bool cw_is_hex(struct cw_span text);
/** All digits, or letters of one case only. */
bool cw_is_one_case(struct cw_span text);
bool cw_is_decimal(struct cw_span text);

static inline bool cw_starts_with_nocase(struct cw_span text, const char *prefix)
{
    size_t at = 0;
    while (prefix[at] != '\0' && at < text.len &&
           cw_ascii_lower(text.data[at]) == cw_ascii_lower(prefix[at])) {
        at++;
    }
    return prefix[at] == '\0';
}

#endif
