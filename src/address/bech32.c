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

enum { FOLD_GROUPS = 6, TOP_SHIFT = 25, GROUP_MASK = 31, SUM_BITS = 30, SUM_MASK = (1 << 30) - 1 };

/* What the upper group of a sum turns into in one step: BIP-173's five generators. */
static const uint32_t step_table[32] = {
    SUMS_32(0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)};

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
    return (sum & 0x1ffffffu) << 5 ^ value ^ step_table[sum >> TOP_SHIFT];
}

/* What each group of a sum, lowest first, turns into in six steps over zeros. The code is linear,
 * so six groups at once are the six of them and these. The encoder goes one at a time: a wrong
 * number here would refuse what it wrote. */
static const uint32_t fold_table[FOLD_GROUPS][32] = {
    {SUMS_32(0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)},
    {SUMS_32(0x1fd7e966, 0x3d3f76cc, 0x2afaccb8, 0x07e1bd59, 0x0d537a9b)},
    {SUMS_32(0x0424df38, 0x08491f79, 0x1086bbfb, 0x210d72ff, 0x129ec4f7)},
    {SUMS_32(0x22cb696d, 0x1782f6da, 0x2d954cbd, 0x0bba3d53, 0x15f0fa8f)},
    {SUMS_32(0x081318a1, 0x10263142, 0x204c6284, 0x128ce428, 0x250dec50)},
    {SUMS_32(0x1cc20dda, 0x39841b9d, 0x23983233, 0x17b4e16f, 0x2df966de)},
};

/* `count` groups, at most eight, as one number; the first is the uppermost. */
static uint64_t join(const uint8_t *groups, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        bits = bits << 5 | groups[i];
    }
    return bits;
}

/* Twelve groups brought down to the sum, which is six. */
static inline uint32_t bech32_fold(uint64_t groups)
{
    const uint32_t upper = (uint32_t)(groups >> SUM_BITS);
    return (uint32_t)(groups & SUM_MASK) ^ fold_table[0][upper & GROUP_MASK] ^
           fold_table[1][upper >> 5 & GROUP_MASK] ^ fold_table[2][upper >> 10 & GROUP_MASK] ^
           fold_table[3][upper >> 15 & GROUP_MASK] ^ fold_table[4][upper >> 20 & GROUP_MASK] ^
           fold_table[5][upper >> 25];
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

/* A digit of either letter case; more than a group when it is none. In visible ASCII the bit of 32
 * turns upper case into lower, and nothing else into a letter or digit. */
static inline uint32_t group_of(char c)
{
    return (uint8_t)cw_alphabet_bech32.values[(unsigned char)c | 0x20];
}

/* The groups behind the separator of a visible text, and the sum over them, in one pass. False when
 * one of the letters is no digit. */
static bool read_groups(struct cw_span digits, uint8_t *ret, uint32_t *sum)
{
    const char *at = digits.data;
    const char *const end = at + digits.len;
    uint32_t all = 0;
    for (; end - at >= FOLD_GROUPS; at += FOLD_GROUPS, ret += FOLD_GROUPS) {
        const uint32_t a = group_of(at[0]);
        const uint32_t b = group_of(at[1]);
        const uint32_t c = group_of(at[2]);
        const uint32_t d = group_of(at[3]);
        const uint32_t e = group_of(at[4]);
        const uint32_t f = group_of(at[5]);
        ret[0] = (uint8_t)a;
        ret[1] = (uint8_t)b;
        ret[2] = (uint8_t)c;
        ret[3] = (uint8_t)d;
        ret[4] = (uint8_t)e;
        ret[5] = (uint8_t)f;
        all |= a | b | c | d | e | f;
        *sum = bech32_fold((uint64_t)*sum << SUM_BITS | a << 25 | b << 20 | c << 15 | d << 10 |
                           e << 5 | f);
    }
    uint64_t rest = *sum;
    for (; at < end; at++, ret++) {
        const uint32_t group = group_of(*at);
        *ret = (uint8_t)group;
        all |= group;
        rest = rest << 5 | group;
    }
    *sum = bech32_fold(rest);
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
    if (!read_groups(cw_span_slice(text, separator + 1, text.len), ret->values, &sum)) {
        return CW_ADDRESS_CHARSET;
    }
    if (sum != CW_BECH32_CONSTANT && sum != CW_BECH32M_CONSTANT) {
        return CW_ADDRESS_CHECKSUM;
    }
    ret->constant = sum;
    ret->count = text.len - separator - 1 - BECH32_SUM_GROUPS;
    return CW_ADDRESS_OK;
}

/* ---- groups of five bits ---- */

enum { BLOCK_GROUPS = 8, BLOCK_BYTES = 5 };

/* Forty bits: eight groups are five bytes without a rest. */
static void convert_block(const uint8_t groups[static BLOCK_GROUPS],
                          uint8_t ret[static BLOCK_BYTES])
{
    const uint32_t upper = (uint32_t)groups[0] << 15 | (uint32_t)groups[1] << 10 |
                           (uint32_t)groups[2] << 5 | groups[3];
    const uint32_t lower = (uint32_t)groups[4] << 15 | (uint32_t)groups[5] << 10 |
                           (uint32_t)groups[6] << 5 | groups[7];
    ret[0] = (uint8_t)(upper >> 12);
    ret[1] = (uint8_t)(upper >> 4 & 0xffu);
    ret[2] = (uint8_t)((upper << 4 | lower >> 16) & 0xffu);
    ret[3] = (uint8_t)(lower >> 8 & 0xffu);
    ret[4] = (uint8_t)(lower & 0xffu);
}

enum cw_address_error cw_groups_to_bytes(const uint8_t *groups, size_t count, struct cw_bytes *ret)
{
    uint8_t *out = ret->data;
    if (count * 5 / 8 > sizeof(ret->data)) {
        ret->len = 0;
        return CW_ADDRESS_TOO_LONG;
    }
    for (; count >= BLOCK_GROUPS; count -= BLOCK_GROUPS, groups += BLOCK_GROUPS) {
        convert_block(groups, out);
        out += BLOCK_BYTES;
    }
    const uint64_t pending = join(groups, count);
    size_t bits = count * 5;
    while (bits >= 8) {
        bits -= 8;
        *out++ = (uint8_t)(pending >> bits & 0xffu);
    }
    ret->len = (size_t)(out - ret->data);
    return bits >= 5 || (pending & ((1u << bits) - 1)) != 0 ? CW_ADDRESS_PADDING : CW_ADDRESS_OK;
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
    return cw_groups_to_bytes(groups, body.len - CASHADDR_SUM_GROUPS, ret);
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
    return cw_groups_to_bytes(groups, text.len, ret);
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
