#include "address/bits.h"

#include "base/status.h"

enum { BECH32_SUM_GROUPS = 6, CASHADDR_SUM_GROUPS = 8 };

/* ---- bech32 and bech32m ---- */

/* Every sum (exclusive or) of five constants, by the bits of its place. */
#define SUMS_2(x, a)           (x), ((x) ^ (a))
#define SUMS_4(x, a, b)        SUMS_2(x, a), SUMS_2((x) ^ (b), a)
#define SUMS_8(x, a, b, c)     SUMS_4(x, a, b), SUMS_4((x) ^ (c), a, b)
#define SUMS_16(x, a, b, c, d) SUMS_8(x, a, b, c), SUMS_8((x) ^ (d), a, b, c)
#define SUMS_32(a, b, c, d, e) SUMS_16(0, a, b, c, d), SUMS_16(e, a, b, c, d)

enum { BLOCK_GROUPS = 8, BLOCK_BYTES = 5, TOP_SHIFT = 25, GROUP_MASK = 31 };

/* What the upper group of a sum turns into in one step: BIP-173's five generators. */
static const uint32_t step_table[32] = {
    SUMS_32(0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)};

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
    return (sum & 0x1ffffffu) << 5 ^ value ^ step_table[sum >> TOP_SHIFT];
}

/* What a group turns into that stands seven to fourteen places before the last one. The code is
 * linear, so a sum and eight groups more are these, and the last six as they are. The encoder goes
 * one at a time: a wrong number here would refuse what it wrote. */
static const uint32_t fold_table[BLOCK_GROUPS][32] = {
    {SUMS_32(0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)},
    {SUMS_32(0x1fd7e966, 0x3d3f76cc, 0x2afaccb8, 0x07e1bd59, 0x0d537a9b)},
    {SUMS_32(0x0424df38, 0x08491f79, 0x1086bbfb, 0x210d72ff, 0x129ec4f7)},
    {SUMS_32(0x22cb696d, 0x1782f6da, 0x2d954cbd, 0x0bba3d53, 0x15f0fa8f)},
    {SUMS_32(0x081318a1, 0x10263142, 0x204c6284, 0x128ce428, 0x250dec50)},
    {SUMS_32(0x1cc20dda, 0x39841b9d, 0x23983233, 0x17b4e16f, 0x2df966de)},
    {SUMS_32(0x1df21f0a, 0x39743b34, 0x22787361, 0x16e4c7e2, 0x2dc92ee4)},
    {SUMS_32(0x3bf0450a, 0x27702e14, 0x1e705921, 0x3ce01642, 0x2bc029a4)},
};

/* A sum and four and four groups more. */
static inline uint32_t bech32_fold(uint32_t sum, uint32_t upper, uint32_t lower)
{
    return ((upper & 0x3ffu) << 20 | lower) ^ fold_table[0][upper >> 10 & GROUP_MASK] ^
           fold_table[1][upper >> 15 & GROUP_MASK] ^ fold_table[2][sum & GROUP_MASK] ^
           fold_table[3][sum >> 5 & GROUP_MASK] ^ fold_table[4][sum >> 10 & GROUP_MASK] ^
           fold_table[5][sum >> 15 & GROUP_MASK] ^ fold_table[6][sum >> 20 & GROUP_MASK] ^
           fold_table[7][sum >> TOP_SHIFT & GROUP_MASK];
}

static uint32_t bech32_prefix_sum(const char *prefix)
{
    uint32_t sum = 1;
    for (const char *c = prefix; *c != '\0'; c++) {
        sum = bech32_step(sum, (uint32_t)(unsigned char)*c >> 5);
    }
    sum = bech32_step(sum, 0);
    for (const char *c = prefix; *c != '\0'; c++) {
        sum = bech32_step(sum, (uint32_t)(unsigned char)*c & 31u);
    }
    return sum;
}

static size_t find_last(struct cw_span text, char byte)
{
    size_t last = text.len;
    for (size_t at = cw_span_find(text, byte, 0); at < text.len;
         at = cw_span_find(text, byte, at + 1)) {
        last = at;
    }
    return last;
}

/* Four digits of either letter case as one number; `all` becomes more than a group when one is
 * none. In visible ASCII the bit of 32 turns upper case into lower, and nothing else into a letter
 * or digit. */
static inline uint32_t take_four(const char *at, uint32_t *all)
{
    const int8_t *values = cw_alphabet_bech32.values;
    const uint32_t a = (uint8_t)values[(unsigned char)at[0] | 0x20];
    const uint32_t b = (uint8_t)values[(unsigned char)at[1] | 0x20];
    const uint32_t c = (uint8_t)values[(unsigned char)at[2] | 0x20];
    const uint32_t d = (uint8_t)values[(unsigned char)at[3] | 0x20];
    *all |= a | b | c | d;
    return a << 15 | b << 10 | c << 5 | d;
}

/* Sixty-four bits, the uppermost first. Written out, for compilers know this form as one store. */
static inline void put_bits(uint8_t ret[static 8], uint64_t bits)
{
    ret[0] = (uint8_t)(bits >> 56);
    ret[1] = (uint8_t)(bits >> 48);
    ret[2] = (uint8_t)(bits >> 40);
    ret[3] = (uint8_t)(bits >> 32);
    ret[4] = (uint8_t)(bits >> 24);
    ret[5] = (uint8_t)(bits >> 16);
    ret[6] = (uint8_t)(bits >> 8);
    ret[7] = (uint8_t)bits;
}

static inline uint64_t get_bits(const uint8_t at[static 8])
{
    return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
           (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
           (uint64_t)at[6] << 8 | (uint64_t)at[7];
}

/* The digits behind the separator of a visible text as bits, and the sum over them, in one pass.
 * False when one of the letters is no digit. */
static bool read_digits(struct cw_span digits, uint8_t *ret, uint32_t *ret_sum)
{
    const char *at = digits.data;
    const char *const end = at + digits.len;
    uint32_t sum = *ret_sum;
    uint32_t all = 0;
    for (; end - at >= BLOCK_GROUPS; at += BLOCK_GROUPS, ret += BLOCK_BYTES) {
        const uint32_t upper = take_four(at, &all);
        const uint32_t lower = take_four(at + 4, &all);
        put_bits(ret, (uint64_t)upper << 44 | (uint64_t)lower << 24);
        sum = bech32_fold(sum, upper, lower);
    }
    uint64_t rest = 0;
    for (int shift = 59; at < end; at++, shift -= 5) {
        const uint32_t group = (uint8_t)cw_alphabet_bech32.values[(unsigned char)*at | 0x20];
        all |= group;
        rest |= (uint64_t)group << shift;
        sum = bech32_step(sum, group);
    }
    put_bits(ret, rest);
    *ret_sum = sum;
    return all <= GROUP_MASK;
}

enum cw_address_error cw_bech32_decode(struct cw_span text, unsigned letters, struct cw_bech32 *ret)
{
    if (text.len > CW_ADDRESS_TEXT_MAX) {
        return CW_ADDRESS_TOO_LONG;
    }
    if ((letters & CW_LETTERS_ONE_CASE) == 0) {
        return CW_ADDRESS_CASE;
    }
    const size_t separator = find_last(text, '1');
    if (separator < 1 || separator > CW_BECH32_PREFIX_MAX ||
        separator + 1 + BECH32_SUM_GROUPS > text.len) {
        return CW_ADDRESS_PREFIX;
    }
    if ((letters & CW_LETTERS_VISIBLE) == 0) {
        return CW_ADDRESS_CHARSET;
    }
    for (size_t i = 0; i < separator; i++) {
        ret->prefix[i] = cw_ascii_lower(text.data[i]);
    }
    ret->prefix[separator] = '\0';
    ret->prefix_len = separator;
    uint32_t sum = bech32_prefix_sum(ret->prefix);
    if (!read_digits(cw_span_slice(text, separator + 1, text.len), ret->bits, &sum)) {
        return CW_ADDRESS_CHARSET;
    }
    if (sum != CW_BECH32_CONSTANT && sum != CW_BECH32M_CONSTANT) {
        return CW_ADDRESS_CHECKSUM;
    }
    ret->constant = sum;
    ret->count = text.len - separator - 1 - BECH32_SUM_GROUPS;
    return CW_ADDRESS_OK;
}

enum cw_address_error cw_bech32_payload(const struct cw_bech32 *text, size_t skip,
                                        struct cw_bytes *ret)
{
    static_assert(CW_ADDRESS_TEXT_MAX * 5 / 8 + 8 <= sizeof(text->bits), "read by eights");
    static_assert(CW_ADDRESS_TEXT_MAX * 5 / 8 <= sizeof(ret->data), "a text of groups fits");
    CW_ASSERT(skip <= 1);
    CW_ASSERT(skip <= text->count);
    const size_t bits = (text->count - skip) * 5;
    const size_t len = bits / 8;
    size_t at = 0;
    for (; at + 8 <= len; at += 7) { /* eight bytes without the skipped bits are seven */
        put_bits(ret->data + at, get_bits(text->bits + at) << 5 * skip);
    }
    for (uint64_t rest = get_bits(text->bits + at) << 5 * skip; at < len; at++, rest <<= 8) {
        ret->data[at] = (uint8_t)(rest >> 56);
    }
    ret->len = len;
    const uint64_t left = get_bits(text->bits + len) << 5 * skip;
    const size_t left_bits = bits % 8;
    return left_bits >= 5 || (left_bits > 0 && left >> (64 - left_bits) != 0) ? CW_ADDRESS_PADDING
                                                                              : CW_ADDRESS_OK;
}

/* ---- groups of five bits ---- */

/* PADDING as of cw_bech32_payload. */
static enum cw_address_error groups_to_bytes(const uint8_t *groups, size_t count,
                                             struct cw_bytes *ret)
{
    static_assert(CW_ADDRESS_TEXT_MAX * 5 / 8 <= sizeof(ret->data), "a text of groups fits");
    uint32_t pending = 0;
    unsigned bits = 0;
    ret->len = 0;
    for (size_t i = 0; i < count; i++) {
        pending = pending << 5 | groups[i];
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            ret->data[ret->len++] = (uint8_t)(pending >> bits & 0xffu);
            pending &= (1u << bits) - 1;
        }
    }
    return bits >= 5 || pending != 0 ? CW_ADDRESS_PADDING : CW_ADDRESS_OK;
}

/* Cuts bytes into groups of five bits; the last one is filled with zeros. */
struct regroup {
    struct cw_span bytes;
    size_t at;
    uint32_t pending;
    unsigned bits;
};

static bool next_group(struct regroup *in, uint8_t *ret)
{
    if (in->bits < 5 && in->at < in->bytes.len) {
        in->pending = (in->pending << 8 | cw_byte_at(in->bytes, in->at++)) & 0xfffu;
        in->bits += 8;
    }
    if (in->bits == 0) {
        return false;
    }
    if (in->bits < 5) {
        *ret = (uint8_t)(in->pending << (5 - in->bits) & 31u);
        in->bits = 0;
        return true;
    }
    in->bits -= 5;
    *ret = (uint8_t)(in->pending >> in->bits & 31u);
    return true;
}

void cw_bech32_encode(struct cw_writer *out, const char *prefix, int version,
                      struct cw_span payload, uint32_t constant)
{
    struct regroup groups = {.bytes = payload};
    uint32_t sum = bech32_prefix_sum(prefix);
    uint8_t group = 0;
    cw_write_str(out, prefix);
    cw_write_char(out, '1');
    if (version >= 0) {
        CW_ASSERT(version < 32);
        sum = bech32_step(sum, (uint32_t)version);
        cw_write_char(out, cw_alphabet_bech32.letters[version]);
    }
    while (next_group(&groups, &group)) {
        sum = bech32_step(sum, group);
        cw_write_char(out, cw_alphabet_bech32.letters[group]);
    }
    for (int i = 0; i < BECH32_SUM_GROUPS; i++) {
        sum = bech32_step(sum, 0);
    }
    sum ^= constant;
    for (int i = BECH32_SUM_GROUPS; i > 0; i--) {
        cw_write_char(out, cw_alphabet_bech32.letters[sum >> 5 * (i - 1) & 31u]);
    }
}

/* ---- CashAddr ---- */

static uint64_t cashaddr_step(uint64_t sum, uint64_t value)
{
    static const uint64_t generator[5] = {0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8,
                                          0x1e4f43e470};
    const uint64_t top = sum >> 35;
    sum = (sum & 0x07ffffffffu) << 5 ^ value;
    for (int i = 0; i < 5; i++) {
        sum ^= (top >> i & 1u) != 0 ? generator[i] : 0;
    }
    return sum;
}

static uint64_t cashaddr_prefix_sum(struct cw_span prefix)
{
    uint64_t sum = 1;
    for (size_t i = 0; i < prefix.len; i++) {
        sum = cashaddr_step(sum, (uint64_t)cw_byte_at(prefix, i) & 31u);
    }
    return cashaddr_step(sum, 0);
}

enum cw_address_error cw_cashaddr_decode(const struct cw_alphabet *alphabet, struct cw_span prefix,
                                         struct cw_span body, struct cw_bytes *ret)
{
    uint8_t groups[CW_ADDRESS_TEXT_MAX];
    uint64_t sum = cashaddr_prefix_sum(prefix);
    if (body.len > sizeof(groups)) {
        return CW_ADDRESS_TOO_LONG;
    }
    for (size_t i = 0; i < body.len; i++) {
        const int value = cw_digit_value(alphabet, body.data[i]);
        if (value < 0) {
            return CW_ADDRESS_CHARSET;
        }
        groups[i] = (uint8_t)value;
        sum = cashaddr_step(sum, (uint64_t)value);
    }
    if (body.len < CASHADDR_SUM_GROUPS) {
        return CW_ADDRESS_LENGTH;
    }
    if (sum != 1) {
        return CW_ADDRESS_CHECKSUM;
    }
    return groups_to_bytes(groups, body.len - CASHADDR_SUM_GROUPS, ret);
}

void cw_cashaddr_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                        const char *prefix, struct cw_span data)
{
    struct regroup groups = {.bytes = data};
    uint64_t sum = cashaddr_prefix_sum(cw_span_cstr(prefix));
    uint8_t group = 0;
    cw_write_str(out, prefix);
    cw_write_char(out, ':');
    while (next_group(&groups, &group)) {
        sum = cashaddr_step(sum, group);
        cw_write_char(out, alphabet->letters[group]);
    }
    for (int i = 0; i < CASHADDR_SUM_GROUPS; i++) {
        sum = cashaddr_step(sum, 0);
    }
    sum ^= 1;
    for (int i = CASHADDR_SUM_GROUPS; i > 0; i--) {
        cw_write_char(out, alphabet->letters[sum >> 5 * (i - 1) & 31u]);
    }
}

/* ---- base32 ---- */

enum cw_address_error cw_base32_decode(const struct cw_alphabet *alphabet, struct cw_span text,
                                       struct cw_bytes *ret)
{
    uint8_t groups[CW_ADDRESS_TEXT_MAX];
    if (text.len > sizeof(groups)) {
        return CW_ADDRESS_TOO_LONG;
    }
    for (size_t i = 0; i < text.len; i++) {
        const int value = cw_digit_value(alphabet, text.data[i]);
        if (value < 0) {
            return CW_ADDRESS_CHARSET;
        }
        groups[i] = (uint8_t)value;
    }
    const size_t rest = text.len % 8;
    if (text.len == 0 || rest == 1 || rest == 3 || rest == 6) {
        return CW_ADDRESS_LENGTH;
    }
    return groups_to_bytes(groups, text.len, ret);
}

void cw_base32_encode(struct cw_writer *out, const struct cw_alphabet *alphabet,
                      struct cw_span bytes)
{
    struct regroup groups = {.bytes = bytes};
    uint8_t group = 0;
    while (next_group(&groups, &group)) {
        cw_write_char(out, alphabet->letters[group]);
    }
}
