#include "address/bits.h"

#include "base/status.h"

enum { CASHADDR_SUM_GROUPS = 8 };

/* ---- bech32 and bech32m ---- */

/* Every sum (exclusive or) of some constants, by the bits of its place. */
#define SUMS_2(x, a)           (x), ((x) ^ (a))
#define SUMS_4(x, a, b)        SUMS_2(x, a), SUMS_2((x) ^ (b), a)
#define SUMS_8(x, a, b, c)     SUMS_4(x, a, b), SUMS_4((x) ^ (c), a, b)
#define SUMS_16(x, a, b, c, d) SUMS_8(x, a, b, c), SUMS_8((x) ^ (d), a, b, c)
#define SUMS_32(a, b, c, d, e) SUMS_16(0, a, b, c, d), SUMS_16(e, a, b, c, d)
#define SUMS_64(x, a, b, c, d, e, f)                                                               \
    SUMS_16(x, a, b, c, d), SUMS_16((x) ^ (e), a, b, c, d), SUMS_16((x) ^ (f), a, b, c, d),        \
        SUMS_16((x) ^ (e) ^ (f), a, b, c, d)
#define SUMS_256(a, b, c, d, e, f, g, h)                                                           \
    SUMS_64(0, a, b, c, d, e, f), SUMS_64(g, a, b, c, d, e, f), SUMS_64(h, a, b, c, d, e, f),      \
        SUMS_64((g) ^ (h), a, b, c, d, e, f)

enum {
    SUM_GROUPS = 6, /* of five bits in a sum; their places are 0 to 5 */
    BLOCK_GROUPS = 8,
    BLOCK_BYTES = 5,
    TOP_SHIFT = 25,
    GROUP_MASK = 31,
    PLACES = SUM_GROUPS + BLOCK_GROUPS,
};

/* What a group adds to the sum that stands so many places before the last one. The code is linear,
 * so a sum over a text is these together, in any order. From place 6 on they follow from BIP-173's
 * five generators, which are the row of place 6. The encoder goes one step at a time: a wrong
 * number here would refuse what it wrote. */
static const uint32_t place_table[PLACES][32] = {
    {SUMS_32(0x00000001, 0x00000002, 0x00000004, 0x00000008, 0x00000010)},
    {SUMS_32(0x00000020, 0x00000040, 0x00000080, 0x00000100, 0x00000200)},
    {SUMS_32(0x00000400, 0x00000800, 0x00001000, 0x00002000, 0x00004000)},
    {SUMS_32(0x00008000, 0x00010000, 0x00020000, 0x00040000, 0x00080000)},
    {SUMS_32(0x00100000, 0x00200000, 0x00400000, 0x00800000, 0x01000000)},
    {SUMS_32(0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000)},
    {SUMS_32(0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)},
    {SUMS_32(0x1fd7e966, 0x3d3f76cc, 0x2afaccb8, 0x07e1bd59, 0x0d537a9b)},
    {SUMS_32(0x0424df38, 0x08491f79, 0x1086bbfb, 0x210d72ff, 0x129ec4f7)},
    {SUMS_32(0x22cb696d, 0x1782f6da, 0x2d954cbd, 0x0bba3d53, 0x15f0fa8f)},
    {SUMS_32(0x081318a1, 0x10263142, 0x204c6284, 0x128ce428, 0x250dec50)},
    {SUMS_32(0x1cc20dda, 0x39841b9d, 0x23983233, 0x17b4e16f, 0x2df966de)},
    {SUMS_32(0x1df21f0a, 0x39743b34, 0x22787361, 0x16e4c7e2, 0x2dc92ee4)},
    {SUMS_32(0x3bf0450a, 0x27702e14, 0x1e705921, 0x3ce01642, 0x2bc029a4)},
};

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
    return (sum & 0x1ffffffu) << 5 ^ value ^ place_table[SUM_GROUPS][sum >> TOP_SHIFT];
}

/* A sum, so many places further from the end; at most BLOCK_GROUPS. */
static inline uint32_t bech32_shift(uint32_t sum, size_t places)
{
    const uint32_t(*const at)[32] = place_table + places;
    return at[0][sum & GROUP_MASK] ^ at[1][sum >> 5 & GROUP_MASK] ^ at[2][sum >> 10 & GROUP_MASK] ^
           at[3][sum >> 15 & GROUP_MASK] ^ at[4][sum >> 20 & GROUP_MASK] ^
           at[5][sum >> TOP_SHIFT & GROUP_MASK];
}

/* The same for BLOCK_GROUPS places and for the four bytes of a sum instead of its six groups: the
 * lines are those of places 8 to 13 above. */
static const uint32_t block_table[4][256] = {
    {SUMS_256(0x0424df38, 0x08491f79, 0x1086bbfb, 0x210d72ff, 0x129ec4f7, 0x22cb696d, 0x1782f6da,
              0x2d954cbd)},
    {SUMS_256(0x0bba3d53, 0x15f0fa8f, 0x081318a1, 0x10263142, 0x204c6284, 0x128ce428, 0x250dec50,
              0x1cc20dda)},
    {SUMS_256(0x39841b9d, 0x23983233, 0x17b4e16f, 0x2df966de, 0x1df21f0a, 0x39743b34, 0x22787361,
              0x16e4c7e2)},
    {SUMS_256(0x2dc92ee4, 0x3bf0450a, 0x27702e14, 0x1e705921, 0x3ce01642, 0x2bc029a4, 0, 0)},
};

static inline uint32_t bech32_shift_block(uint32_t sum)
{
    return block_table[0][sum & 0xffu] ^ block_table[1][sum >> 8 & 0xffu] ^
           block_table[2][sum >> 16 & 0xffu] ^ block_table[3][sum >> 24];
}

/* What four and four groups add at the end. */
static inline uint32_t bech32_block(uint32_t upper, uint32_t lower)
{
    return ((upper & 0x3ffu) << 20 | lower) ^ place_table[6][upper >> 10 & GROUP_MASK] ^
           place_table[7][upper >> 15 & GROUP_MASK];
}

/* The upper bits of every letter, a zero, the lower bits; a one stands before all. */
static inline uint32_t bech32_prefix_sum(const char *prefix, size_t len)
{
    uint32_t sum = 1;
    if (2 * len + 1 < PLACES) { /* nearly all there are */
        sum = place_table[2 * len + 1][1];
        for (size_t i = 0; i < len; i++) {
            const unsigned char letter = (unsigned char)prefix[i];
            sum ^= place_table[2 * len - i][letter >> 5] ^
                   place_table[len - 1 - i][letter & GROUP_MASK];
        }
        return sum;
    }
    for (size_t i = 0; i < len; i++) {
        sum = bech32_step(sum, (uint32_t)(unsigned char)prefix[i] >> 5);
    }
    sum = bech32_step(sum, 0);
    for (size_t i = 0; i < len; i++) {
        sum = bech32_step(sum, (uint32_t)(unsigned char)prefix[i] & GROUP_MASK);
    }
    return sum;
}

/* A digit of either letter case at place k of four, and the mark that it is one: bits 0 to 19 are
 * the groups, 20 to 23 the marks. */
enum { FOUR_BITS = 20, MARK_FIRST = 1 << FOUR_BITS, MARKS = 15 << FOUR_BITS };
#define FOURTH(k, value)               (MARK_FIRST << (k) | (value) << (15 - 5 * (k)))
#define NUMBER(k, digit, value)        [digit] = FOURTH(k, value)
#define LETTER(k, lower, upper, value) [lower] = FOURTH(k, value), [upper] = FOURTH(k, value)
/* clang-format off */
#define DIGITS(k) { \
    LETTER(k, 'q', 'Q', 0), LETTER(k, 'p', 'P', 1), LETTER(k, 'z', 'Z', 2), \
    LETTER(k, 'r', 'R', 3), LETTER(k, 'y', 'Y', 4), NUMBER(k, '9', 5), \
    LETTER(k, 'x', 'X', 6), NUMBER(k, '8', 7), LETTER(k, 'g', 'G', 8), \
    LETTER(k, 'f', 'F', 9), NUMBER(k, '2', 10), LETTER(k, 't', 'T', 11), \
    LETTER(k, 'v', 'V', 12), LETTER(k, 'd', 'D', 13), LETTER(k, 'w', 'W', 14), \
    NUMBER(k, '0', 15), LETTER(k, 's', 'S', 16), NUMBER(k, '3', 17), \
    LETTER(k, 'j', 'J', 18), LETTER(k, 'n', 'N', 19), NUMBER(k, '5', 20), \
    NUMBER(k, '4', 21), LETTER(k, 'k', 'K', 22), LETTER(k, 'h', 'H', 23), \
    LETTER(k, 'c', 'C', 24), LETTER(k, 'e', 'E', 25), NUMBER(k, '6', 26), \
    LETTER(k, 'm', 'M', 27), LETTER(k, 'u', 'U', 28), LETTER(k, 'a', 'A', 29), \
    NUMBER(k, '7', 30), LETTER(k, 'l', 'L', 31) }
/* clang-format on */

static const uint32_t digit_table[4][128] = {DIGITS(0), DIGITS(1), DIGITS(2), DIGITS(3)};

/* Four letters of a visible text as one number; `all` loses a mark when one is no digit. */
static inline uint32_t take_four(const char *at, uint32_t *all)
{
    const uint32_t four =
        digit_table[0][(unsigned char)at[0]] | digit_table[1][(unsigned char)at[1]] |
        digit_table[2][(unsigned char)at[2]] | digit_table[3][(unsigned char)at[3]];
    *all &= four;
    return four & (MARK_FIRST - 1);
}

/* Between a number and its form in memory, the upper byte first. */
static inline uint64_t swap(uint64_t bits)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_bswap64(bits);
#else
    return bits;
#endif
}

static inline void put_bits(uint8_t ret[static 8], uint64_t bits)
{
    const uint64_t stored = swap(bits);
    memcpy(ret, &stored, sizeof(stored));
}

static inline uint64_t get_bits(const uint8_t at[static 8])
{
    uint64_t stored;
    memcpy(&stored, at, sizeof(stored));
    return swap(stored);
}

/* The digits behind the separator of a visible text as bits, and the sum over them, in one pass.
 * False when one of the letters is no digit. */
static bool read_digits(struct cw_span digits, uint8_t *ret, uint32_t *ret_sum)
{
    const char *at = digits.data;
    const char *const end = at + digits.len;
    uint32_t sum = *ret_sum;
    uint32_t all = MARKS;
    for (; end - at >= BLOCK_GROUPS; at += BLOCK_GROUPS, ret += BLOCK_BYTES) {
        const uint32_t upper = take_four(at, &all);
        const uint32_t lower = take_four(at + 4, &all);
        put_bits(ret, (uint64_t)upper << 44 | (uint64_t)lower << 24);
        sum = bech32_shift_block(sum) ^ bech32_block(upper, lower);
    }
    const size_t left = (size_t)(end - at);
    uint64_t rest = 0;
    for (; at < end; at++) {
        const uint32_t last = digit_table[3][(unsigned char)*at];
        all &= last | (MARKS ^ MARK_FIRST << 3);
        rest = rest << 5 | (last & GROUP_MASK);
    }
    put_bits(ret, rest << (BLOCK_GROUPS - left) * 5 << 24);
    *ret_sum =
        bech32_shift(sum, left) ^ bech32_block((uint32_t)(rest >> 20), (uint32_t)rest & 0xfffffu);
    return all == MARKS;
}

static inline enum cw_address_error read_behind(struct cw_span text, size_t separator,
                                                unsigned letters, struct cw_bech32 *ret)
{
    if (separator < 1 || separator > CW_BECH32_PREFIX_MAX ||
        separator + 1 + SUM_GROUPS > text.len) {
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
    uint32_t sum = bech32_prefix_sum(ret->prefix, separator);
    if (!read_digits(cw_span_slice(text, separator + 1, text.len), ret->bits, &sum)) {
        return CW_ADDRESS_CHARSET;
    }
    if (sum != CW_BECH32_CONSTANT && sum != CW_BECH32M_CONSTANT) {
        return CW_ADDRESS_CHECKSUM;
    }
    ret->constant = sum;
    ret->count = text.len - separator - 1 - SUM_GROUPS;
    return CW_ADDRESS_OK;
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

enum cw_address_error cw_bech32_decode(struct cw_span text, unsigned letters, struct cw_bech32 *ret)
{
    if (text.len > CW_ADDRESS_TEXT_MAX) {
        return CW_ADDRESS_TOO_LONG;
    }
    if ((letters & CW_LETTERS_ONE_CASE) == 0) {
        return CW_ADDRESS_CASE;
    }
    /* The separator is the last 1, which is no digit; nearly always the first one is it. */
    size_t separator = cw_span_find(text, '1', 0);
    for (bool is_last = false;; is_last = true) {
        const enum cw_address_error why = read_behind(text, separator, letters, ret);
        if (is_last || (why != CW_ADDRESS_CHARSET && why != CW_ADDRESS_PREFIX)) {
            return why;
        }
        separator = find_last(text, '1');
    }
}

enum cw_address_error cw_bech32_payload(const struct cw_bech32 *text, size_t skip,
                                        struct cw_bytes *ret)
{
    static_assert(CW_ADDRESS_TEXT_MAX * 5 / 8 + 8 <= sizeof(text->bits), "read by eights");
    enum { BYTES_MAX = (CW_ADDRESS_TEXT_MAX - SUM_GROUPS - 2) * 5 / 8 };
    static_assert((BYTES_MAX - 1) / 7 * 7 + 8 <= sizeof(ret->data), "written by eights");
    CW_ASSERT(skip <= 1);
    CW_ASSERT(skip <= text->count);
    const size_t bits = (text->count - skip) * 5;
    const size_t len = bits / 8;
    for (size_t at = 0; at < len; at += 7) { /* eight bytes without the skipped bits are seven */
        put_bits(ret->data + at, get_bits(text->bits + at) << 5 * skip);
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
    uint32_t sum = bech32_prefix_sum(prefix, strlen(prefix));
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
    for (int i = 0; i < SUM_GROUPS; i++) {
        sum = bech32_step(sum, 0);
    }
    sum ^= constant;
    for (int i = SUM_GROUPS; i > 0; i--) {
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
