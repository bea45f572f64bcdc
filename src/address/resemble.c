#include "address/resemble.h"

#include "address/codec.h"

#include "base/mix.h"
#include "base/text.h"

enum { EVM_LENGTH = 42, HEX_PREFIX = 2, OUTSIDE_ASCII = 1, WORD = sizeof(uint64_t) };

struct shape {
    char data[CW_ADDRESS_TEXT_MAX + HEX_PREFIX + WORD]; /* and slack, to be folded by words */
    size_t len;
    size_t dropped; /* characters of the text in front of data */
    size_t added;   /* characters of data in front of the text */
    size_t skip;    /* what the family always begins with */
};

static struct cw_span shape_span(const struct shape *shape)
{
    return cw_span_make(shape->data, shape->len);
}

/* How many characters in front are ASCII, and no more than a text may have. */
static size_t ascii_front(struct cw_span text)
{
    const size_t max = text.len < CW_ADDRESS_TEXT_MAX ? text.len : CW_ADDRESS_TEXT_MAX;
    size_t at = 0;
    while (max - at >= WORD && (cw_load_le64(text.data + at) & 0x8080808080808080u) == 0) {
        at += WORD;
    }
    while (at < max && (unsigned char)text.data[at] < 128) {
        at++;
    }
    return at;
}

/* One byte a character. False for what is no text of an address: too long, or not UTF-8. */
static bool copy_characters(struct cw_span text, struct shape *ret)
{
    uint32_t code_point = 0;
    size_t at = ascii_front(text);
    ret->len = at;
    if (at > 0) {
        memcpy(ret->data, text.data, at);
    }
    while (cw_utf8_next(text, &at, &code_point)) {
        if (ret->len == CW_ADDRESS_TEXT_MAX) {
            return false;
        }
        ret->data[ret->len++] = (char)(code_point < 128 ? code_point : OUTSIDE_ASCII);
    }
    return at == text.len;
}

static void drop_front(struct shape *shape, size_t count)
{
    CW_ASSERT(count <= shape->len);
    memmove(shape->data, shape->data + count, shape->len - count);
    shape->len -= count;
    shape->dropped += count;
}

static void add_hex_prefix(struct shape *shape)
{
    memmove(shape->data + HEX_PREFIX, shape->data, shape->len);
    memcpy(shape->data, "0x", HEX_PREFIX);
    shape->len += HEX_PREFIX;
    shape->added = HEX_PREFIX;
}

/* Everything up to the last colon, and the ways to begin the 40 digits of an EVM account. */
static void drop_wrapping(struct shape *shape)
{
    const struct cw_span text = shape_span(shape);
    size_t start = 0;
    for (size_t at = cw_span_find(text, ':', 0); at < text.len;
         at = cw_span_find(text, ':', start)) {
        start = at + 1;
    }
    if (start > 0) {
        drop_front(shape, start);
    }
    if (shape->len == EVM_LENGTH + 1 && cw_starts_with_nocase(shape_span(shape), "xdc")) {
        drop_front(shape, 3);
        add_hex_prefix(shape);
    } else if (shape->len == EVM_LENGTH - HEX_PREFIX && cw_is_hex(shape_span(shape))) {
        add_hex_prefix(shape);
    }
}

/* Letters to lower case, eight at a time: no byte is above 127, so no sum carries. */
static void fold(struct shape *shape)
{
    memset(shape->data + shape->len, 0, WORD);
    for (size_t i = 0; i < shape->len; i += WORD) {
        uint64_t word = 0;
        memcpy(&word, shape->data + i, WORD);
        const uint64_t from_a = word + 0x3f3f3f3f3f3f3f3fu;  /* 0x80 - 'A' */
        const uint64_t above_z = word + 0x2525252525252525u; /* 0x80 - 'Z' - 1 */
        word |= (from_a & ~above_z & 0x8080808080808080u) >> 2;
        memcpy(shape->data + i, &word, WORD);
    }
}

static bool is_hex(const struct shape *shape)
{
    return cw_starts_with_nocase(shape_span(shape), "0x");
}

/* Length of "prefix1" at the front, 0 when the text begins otherwise. */
static size_t bech32_prefix(struct cw_span text, const char *prefix)
{
    /* Most rows are ruled out by their first letter. */
    if (text.len == 0 || cw_ascii_lower(text.data[0]) != prefix[0]) {
        return 0;
    }
    const size_t len = strlen(prefix);
    return text.len > len && text.data[len] == '1' && cw_starts_with_nocase(text, prefix) ? len + 1
                                                                                          : 0;
}

static size_t skip_bech32(struct cw_span text)
{
    if (cw_span_find(text, '1', 1) == text.len) {
        return 0;
    }
    for (size_t i = 0; i < cw_segwit_rows_count; i++) {
        const size_t len = bech32_prefix(text, cw_segwit_rows[i].prefix);
        if (len > 0) {
            return len + 1; /* the witness version */
        }
    }
    for (size_t i = 0; i < cw_bech32_rows_count; i++) {
        const size_t len = bech32_prefix(text, cw_bech32_rows[i].prefix);
        if (len > 0) {
            return len;
        }
    }
    for (size_t i = 0; i < cw_cosmos_rows_count; i++) {
        const size_t len = bech32_prefix(text, cw_cosmos_rows[i].prefix);
        if (len > 0) {
            return len;
        }
    }
    return 0;
}

static size_t skip_named(struct cw_span text)
{
    static const struct {
        const char *prefix;
        size_t skip;
        size_t length_min;
        size_t length_max;
    } rows[] = {
        {"addr1", 6, 0, CW_ADDRESS_TEXT_MAX},
        {"addr_test1", 11, 0, CW_ADDRESS_TEXT_MAX},
        {"stake1", 7, 0, CW_ADDRESS_TEXT_MAX},
        {"stake_test1", 12, 0, CW_ADDRESS_TEXT_MAX},
        {"ltcmweb1", 9, 0, CW_ADDRESS_TEXT_MAX},
        {"tmweb1", 7, 0, CW_ADDRESS_TEXT_MAX},
        {"u1", 2, 100, CW_ADDRESS_TEXT_MAX},
        {"nano_", 6, 65, 65},
        {"xrb_", 5, 64, 64},
        {"ban_", 5, 64, 64},
        {"hx", 2, 42, 42},
        {"cx", 2, 42, 42},
        {"f410f", 5, 44, 44},
        {"t410f", 5, 44, 44},
        {"f1", 2, 41, 41},
        {"f2", 2, 41, 41},
        {"f3", 2, 86, 86},
        {"t1", 2, 35, 35},
        {"t3", 2, 35, 35},
        {"tz1", 3, 36, 36},
        {"tz2", 3, 36, 36},
        {"tz3", 3, 36, 36},
        {"tz4", 3, 36, 36},
        {"KT1", 3, 36, 36},
        {"sr1", 3, 36, 36},
        {"sp", 2, 39, 41},
        {"sm", 2, 39, 41},
        {"st", 2, 39, 41},
        {"sn", 2, 39, 41},
        {"EQ", 2, 48, 48},
        {"UQ", 2, 48, 48},
        {"Ef", 2, 48, 48},
        {"Uf", 2, 48, 48},
        {"kQ", 2, 48, 48},
        {"0Q", 2, 48, 48},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        if (text.data[0] == rows[i].prefix[0] && text.len >= rows[i].length_min &&
            text.len <= rows[i].length_max && text.len >= rows[i].skip &&
            cw_span_starts_with(text, cw_span_cstr(rows[i].prefix))) {
            return rows[i].skip;
        }
    }
    return 0;
}

/* Families whose first character is a version, told by their length alone. */
static size_t skip_by_length(size_t len)
{
    const bool is_base58check = len >= 25 && len <= 36;
    const bool is_ss58 = len >= 46 && len <= 49;
    const bool is_cashaddr = len == 42 || len == 61 || len == 63; /* and Kaspa, Conflux */
    const bool is_stellar = len == 56 || len == 69;
    const bool is_monero = len == 95 || len == 106;
    return is_base58check || is_ss58 || is_cashaddr || is_stellar || is_monero ? 1 : 0;
}

static bool shape_of(struct cw_span text, struct shape *ret)
{
    ret->dropped = 0;
    ret->added = 0;
    if (!copy_characters(text, ret)) {
        return false;
    }
    drop_wrapping(ret);
    if (ret->len < CW_RESEMBLE_LENGTH) {
        return false;
    }
    if (is_hex(ret) || cw_is_one_case(shape_span(ret))) {
        fold(ret);
    }
    const struct cw_span shape = shape_span(ret);
    if (is_hex(ret)) { /* no prefix of bech32 begins so */
        ret->skip = HEX_PREFIX;
        return true;
    }
    ret->skip = skip_bech32(shape);
    ret->skip = ret->skip > 0 ? ret->skip : skip_named(shape);
    ret->skip = ret->skip > 0 ? ret->skip : skip_by_length(shape.len);
    return true;
}

static struct cw_span significant(const struct shape *shape)
{
    return cw_span_slice(shape_span(shape), shape->skip, shape->len);
}

/* A hash over a name, the length and some bytes; never 0. Without a key: that two texts share one
 * by design is no secret, and a candidate is judged by the texts themselves. */
static uint64_t key_of(char name, size_t length, struct cw_span bytes)
{
    const uint64_t key = cw_mix((uint64_t)length << 8 | (unsigned char)name, bytes);
    return key == 0 ? 1 : key;
}

static uint64_t ends_key(struct cw_span text)
{
    char ends[2 * CW_RESEMBLE_END];
    if (text.len < CW_RESEMBLE_LENGTH) {
        return 0;
    }
    memcpy(ends, text.data, CW_RESEMBLE_END);
    memcpy(ends + CW_RESEMBLE_END, text.data + text.len - CW_RESEMBLE_END, CW_RESEMBLE_END);
    return key_of('e', 0, cw_span_make(ends, sizeof(ends)));
}

size_t cw_resemble_keys(struct cw_span text, uint64_t ret[static CW_RESEMBLE_KEYS])
{
    CW_UNSET struct shape shape;
    memset(ret, 0, CW_RESEMBLE_KEYS * sizeof(ret[0]));
    if (!shape_of(text, &shape)) {
        return 0;
    }
    ret[0] = ends_key(significant(&shape));
    /* A letter in the wrong case can decide whether the rest was folded: the halves always are. */
    fold(&shape);
    const size_t half = shape.len / 2;
    ret[1] = key_of('1', shape.len, cw_span_slice(shape_span(&shape), 0, half));
    ret[2] = key_of('2', shape.len, cw_span_slice(shape_span(&shape), half, shape.len));
    return ret[0] == 0 ? 2 : 3;
}

static bool has_same_ends(struct cw_span a, struct cw_span b)
{
    return a.len >= CW_RESEMBLE_LENGTH && b.len >= CW_RESEMBLE_LENGTH &&
           memcmp(a.data, b.data, CW_RESEMBLE_END) == 0 &&
           memcmp(a.data + a.len - CW_RESEMBLE_END, b.data + b.len - CW_RESEMBLE_END,
                  CW_RESEMBLE_END) == 0;
}

/* How many characters differ, and the last place. */
static size_t count_differences(const struct shape *a, const struct shape *b, size_t *ret_at)
{
    size_t count = 0;
    CW_ASSERT(a->len == b->len);
    for (size_t i = 0; i < a->len; i++) {
        if (a->data[i] != b->data[i] || a->data[i] == OUTSIDE_ASCII) {
            *ret_at = i;
            count++;
        }
    }
    return count;
}

enum cw_resemblance cw_resemble_judge(struct cw_span asked, struct cw_span listed, size_t *ret_at)
{
    CW_UNSET struct shape mine;
    CW_UNSET struct shape theirs;
    size_t at = 0;
    if (!shape_of(asked, &mine) || !shape_of(listed, &theirs)) {
        return CW_RESEMBLES_NOT;
    }
    const bool is_same_at_ends = has_same_ends(significant(&mine), significant(&theirs));
    if (is_hex(&mine) || is_hex(&theirs)) { /* the wrong character may be the one that says hex */
        fold(&mine);
        fold(&theirs);
    }
    const bool is_one_length = mine.len == theirs.len;
    const size_t differences = is_one_length ? count_differences(&mine, &theirs, &at) : 0;
    if (is_one_length && differences == 0) {
        return CW_RESEMBLES_NOT;
    }
    if (differences == 1) {
        if (ret_at != NULL) { /* a 0x that the text does not have differs at its beginning */
            const size_t in_text = at + mine.dropped;
            *ret_at = in_text > mine.added ? in_text - mine.added : 0;
        }
        return CW_RESEMBLES_ONE_CHARACTER;
    }
    return is_same_at_ends ? CW_RESEMBLES_ENDS : CW_RESEMBLES_NOT;
}

const char *cw_resemblance_name(enum cw_resemblance resemblance)
{
    static const char *const names[] = {
        [CW_RESEMBLES_NOT] = "not",
        [CW_RESEMBLES_ENDS] = "ends",
        [CW_RESEMBLES_ONE_CHARACTER] = "one-character",
    };
    CW_ASSERT((size_t)resemblance < CW_COUNT(names));
    return names[resemblance];
}
