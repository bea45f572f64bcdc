#include "base/text.h"

enum { PIECE_BYTES = 8, DISTANCE_WORD_MAX = 64 };

static const char HEX[] = "0123456789abcdef";

static unsigned char byte_at(struct cw_span text, size_t at)
{
    return (unsigned char)text.data[at];
}

/* Length of a sequence by its first byte, and the bits that byte contributes; 0 for a byte that
 * cannot begin one. 0xc0, 0xc1 and 0xf5.. would only begin overlong or too large values. */
static size_t sequence_length(unsigned char lead, uint32_t *ret_bits)
{
    if (lead < 0x80) {
        *ret_bits = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        *ret_bits = lead & 0x1fu;
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        *ret_bits = lead & 0x0fu;
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *ret_bits = lead & 0x07u;
        return 4;
    }
    return 0;
}

bool cw_utf8_next(struct cw_span text, size_t *at, uint32_t *ret_code_point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (*at >= text.len) {
        return false;
    }
    uint32_t value = 0;
    const size_t length = sequence_length(byte_at(text, *at), &value);
    if (length == 0 || length > text.len - *at) {
        return false;
    }
    for (size_t i = 1; i < length; i++) {
        const unsigned char byte = byte_at(text, *at + i);
        if ((byte & 0xc0u) != 0x80u) {
            return false;
        }
        value = value << 6 | (byte & 0x3fu);
    }
    const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < least[length] || is_surrogate || value > 0x10ffff) {
        return false;
    }
    *at += length;
    *ret_code_point = value;
    return true;
}

bool cw_utf8_is_valid(struct cw_span text)
{
    uint32_t code_point = 0;
    size_t at = 0;
    while (cw_utf8_next(text, &at, &code_point)) {
    }
    return at == text.len;
}

static bool may_be_shown(uint32_t code_point)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } hidden[] = {
        {0x0000, 0x001f}, /* C0 */
        {0x007f, 0x009f}, /* DEL and C1 */
        {0x061c, 0x061c}, /* Arabic letter mark */
        {0x200e, 0x200f}, /* left-to-right and right-to-left mark */
        {0x2028, 0x202e}, /* line and paragraph separator, embeddings and overrides */
        {0x2066, 0x2069}, /* isolates */
    };
    for (size_t i = 0; i < CW_COUNT(hidden); i++) {
        if (code_point >= hidden[i].first && code_point <= hidden[i].last) {
            return false;
        }
    }
    return true;
}

struct cw_span cw_utf8_cut(struct cw_span text, size_t max)
{
    if (text.len <= max) {
        return text;
    }
    size_t len = max;
    while (len > 0 && ((unsigned char)text.data[len] & 0xc0u) == 0x80u) {
        len--;
    }
    return cw_span_make(text.data, len);
}

bool cw_text_is_printable(struct cw_span text)
{
    uint32_t code_point = 0;
    size_t at = 0;
    while (cw_utf8_next(text, &at, &code_point)) {
        if (!may_be_shown(code_point)) {
            return false;
        }
    }
    return at == text.len;
}

/* The shown form of the character or bad byte at *at, which is advanced. Bytes written. */
static size_t next_piece(struct cw_span text, size_t *at, char piece[static PIECE_BYTES])
{
    const size_t start = *at;
    uint32_t code_point = 0;
    if (!cw_utf8_next(text, at, &code_point)) {
        code_point = byte_at(text, start);
        *at = start + 1;
    } else if (may_be_shown(code_point)) {
        memcpy(piece, text.data + start, *at - start);
        return *at - start;
    }
    size_t digits = *at - start > 1 ? 4 : 2;
    piece[0] = '\\';
    piece[1] = digits == 4 ? 'u' : 'x';
    for (size_t i = 0; i < digits; i++) {
        piece[2 + i] = HEX[code_point >> 4 * (digits - 1 - i) & 0xfu];
    }
    return 2 + digits;
}

void cw_text_escape(struct cw_buf *out, struct cw_span text)
{
    char piece[PIECE_BYTES];
    for (size_t at = 0; at < text.len;) {
        const size_t length = next_piece(text, &at, piece);
        cw_buf_append(out, piece, length);
    }
}

void cw_text_escape_to(char *ret_text, size_t bytes, struct cw_span text)
{
    static const char dots[] = "...";
    CW_ASSERT(bytes > 0);
    char piece[PIECE_BYTES];
    size_t len = 0;
    size_t cut = 0; /* the longest prefix that leaves room for the dots */
    for (size_t at = 0; at < text.len;) {
        const size_t length = next_piece(text, &at, piece);
        if (length > bytes - 1 - len) {
            const size_t room = bytes - 1 - cut;
            const size_t shown = room < sizeof(dots) - 1 ? room : sizeof(dots) - 1;
            memcpy(ret_text + cut, dots, shown);
            ret_text[cut + shown] = '\0';
            return;
        }
        memcpy(ret_text + len, piece, length);
        len += length;
        if (len + sizeof(dots) <= bytes) {
            cut = len;
        }
    }
    ret_text[len] = '\0';
}

void cw_hex_encode(const uint8_t *data, size_t len, char *ret_hex)
{
    for (size_t i = 0; i < len; i++) {
        ret_hex[2 * i] = HEX[data[i] >> 4];
        ret_hex[2 * i + 1] = HEX[data[i] & 0x0f];
    }
    ret_hex[2 * len] = '\0';
}

static int hex_value(char c)
{
    static const signed char values[256] = {
        ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
        ['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12,
        ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16, ['a'] = 11, ['b'] = 12,
        ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    };
    return values[(unsigned char)c] - 1;
}

bool cw_hex_decode(struct cw_span hex, uint8_t *ret_data, size_t len)
{
    if (hex.len % 2 != 0 || hex.len / 2 != len) {
        return false;
    }
    int wrong = 0; /* negative as soon as one digit is */
    for (size_t i = 0; i < hex.len; i++) {
        wrong |= hex_value(hex.data[i]);
    }
    for (size_t i = 0; wrong >= 0 && i < len; i++) {
        ret_data[i] = (uint8_t)(hex_value(hex.data[2 * i]) * 16 + hex_value(hex.data[2 * i + 1]));
    }
    return wrong >= 0;
}

bool cw_hex_is_lower(struct cw_span text, size_t digits)
{
    if (text.len != digits) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (hex_value(text.data[i]) < 0 || cw_ascii_lower(text.data[i]) != text.data[i]) {
            return false;
        }
    }
    return true;
}

/* Bytes of a JSON escape for an ASCII character that needs one; 0 when it stands for itself. */
static size_t json_escape(unsigned char c, char piece[static PIECE_BYTES])
{
    static const char from[] = "\"\\\b\f\n\r\t";
    static const char to[] = "\"\\bfnrt";
    piece[0] = '\\';
    const char *named = c == '\0' ? NULL : memchr(from, c, sizeof(from) - 1);
    if (named != NULL) {
        piece[1] = to[named - from];
        return 2;
    }
    if (c >= 0x20) {
        return 0;
    }
    piece[1] = 'u';
    piece[2] = '0';
    piece[3] = '0';
    piece[4] = HEX[c >> 4];
    piece[5] = HEX[c & 0x0f];
    return 6;
}

void cw_json_string(struct cw_buf *out, struct cw_span text)
{
    static const struct cw_span replacement = {"\xef\xbf\xbd", 3};
    char piece[PIECE_BYTES];
    size_t clean = 0; /* start of the run that is copied as it is */
    cw_buf_char(out, '"');
    for (size_t at = 0; at < text.len;) {
        const size_t start = at;
        uint32_t code_point = 0;
        struct cw_span instead = {piece, 0};
        if (!cw_utf8_next(text, &at, &code_point)) {
            instead = replacement;
            at = start + 1;
        } else if (code_point < 0x80) {
            instead.len = json_escape((unsigned char)code_point, piece);
        }
        if (instead.len > 0) {
            cw_buf_span(out, cw_span_slice(text, clean, start));
            cw_buf_span(out, instead);
            clean = at;
        }
    }
    cw_buf_span(out, cw_span_slice(text, clean, text.len));
    cw_buf_char(out, '"');
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The restricted form: a swapped pair is not edited again. Three rows are all it looks back on. */
size_t cw_text_distance(struct cw_span a, struct cw_span b)
{
    if (a.len > DISTANCE_WORD_MAX || b.len > DISTANCE_WORD_MAX) {
        return SIZE_MAX;
    }
    size_t rows[3][DISTANCE_WORD_MAX + 1] = {{0}};
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *above_two = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            const bool is_same = a.data[i - 1] == b.data[j - 1];
            const bool is_swap =
                i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            row[j] = least_of(above[j - 1] + (is_same ? 0 : 1), 1 + least_of(above[j], row[j - 1]));
            if (is_swap) {
                row[j] = least_of(row[j], above_two[j - 2] + 1);
            }
        }
    }
    return rows[a.len % 3][b.len];
}
