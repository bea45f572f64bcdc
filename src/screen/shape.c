#include "screen/internal.h"

#include "screen/base58.h"
#include "screen/plain.h"

/* What a token can be by its length and first character: the few shapes that need more than the
 * hash of their core. One table look-up for each, so that ordinary words, hashes and most addresses
 * pay no more than that. */
enum shape {
    BASE58_20 = 1 << 0,   /* a 20-byte payload of any version */
    BASE58_32 = 1 << 1,   /* SS58 and X-addresses */
    STACKS = 1 << 2,      /* up to 42; leading zeros make them shorter */
    SURE_LENGTH = 1 << 3, /* 50 to 52, 63, 69, 95, 106 */
    LONG_BECH32 = 1 << 4, /* 40 and more */
    SS58_ZEROS = 1 << 5,  /* 35 to 45: prefix 0 and a key with leading zeros */
    ESCAPED = 1 << 6,     /* of any length: an escape may begin in front of it */
};

static unsigned shapes_of_len(size_t len)
{
    const bool is_sure =
        (len >= 50 && len <= 52) || len == 63 || len == 69 || len == 95 || len == 106;
    return (len < CW_SPELLED_SPLIT ? BASE58_20 : 0u) | (len >= 40 ? LONG_BECH32 : 0u) |
           (len <= 42 ? STACKS : 0u) | (len >= 35 && len <= 45 ? SS58_ZEROS : 0u) |
           (len >= 46 && len <= SCREEN_BASE58_MAX ? BASE58_32 : 0u) | (is_sure ? SURE_LENGTH : 0u);
}

static unsigned shapes_of_first(char c)
{
    const char lower = cw_ascii_lower(c);
    const bool is_long =
        lower == 'a' || lower == 's' || lower == 't' || lower == 'u' || lower == 'z';
    const bool is_spelled = c == '1' || c == '3' || c == 'T'; /* their text is hashed */
    return (is_spelled ? 0u : BASE58_20) | (c == '1' ? SS58_ZEROS : 0u) |
           (is_long ? LONG_BECH32 : 0u) | (lower == 's' ? STACKS : 0u) | BASE58_32 | SURE_LENGTH;
}

/* A byte in front of a run, and its first one. */
static bool may_escape(const char pair[static 2])
{
    const char lower = cw_ascii_lower(pair[1]);
    const bool is_digit = cw_ascii_is_digit(lower);
    switch (pair[0]) {
    case '\\':
        return cw_ascii_is_alpha(lower);
    case '%':
        return is_digit || (lower >= 'a' && lower <= 'f');
    case '[':
    case ';':
        return is_digit || lower == 'm' || lower == 'k';
    default:
        return false;
    }
}

void cw_screen_shapes_fill(struct cw_screen *screen)
{
    for (size_t i = 0; i < CW_COUNT(screen->shapes_by_len); i++) {
        screen->shapes_by_len[i] =
            (uint8_t)(screen->options.depth == CW_SCREEN_SPELLED ? 0 : shapes_of_len(i) | ESCAPED);
    }
    for (unsigned first = 0; first < 256; first++) {
        const uint8_t shapes = (uint8_t)shapes_of_first((char)first);
        char pair[] = {0, (char)first};
        for (unsigned front = 0; front < 256; front++) {
            pair[0] = (char)front;
            screen->shapes_by_pair[screen_pair(pair)] = shapes;
        }
        for (const char *front = "\\%[;"; *front != '\0'; front++) {
            pair[0] = *front;
            screen->shapes_by_pair[screen_pair(pair)] |= may_escape(pair) ? ESCAPED : 0;
        }
    }
}

/* ---- the batch ---- */

void cw_screen_put(struct cw_screen *screen, uint64_t hash, size_t start, size_t len,
                   enum screen_rule rule)
{
    struct screen_batch *batch = &screen->batch;
    if (batch->count == SCREEN_BATCH) {
        cw_screen_flush(screen);
    }
    cw_text_filter_prefetch(&screen->options.filter, hash);
    batch->hashes[batch->count] = hash;
    batch->tokens[batch->count] = screen_token(start, len, rule);
    batch->count++;
}

static void put_sure(struct cw_screen *screen, size_t start, size_t len, enum screen_rule rule)
{
    struct screen_batch *batch = &screen->batch;
    cw_screen_put(screen, 0, start, len, rule);
    batch->sure[batch->sure_count++] = (uint32_t)(batch->count - 1);
}

/* ---- by shape ---- */

static void put_number(struct cw_screen *screen, size_t start, size_t len,
                       const struct cw_alphabet *alphabet, size_t behind, size_t payload)
{
    struct screen_number number;
    if (cw_screen_base58(alphabet, screen->data + start, len, &number)) {
        cw_screen_put(screen, cw_screen_number_hash(&number, behind, payload), start, len,
                      SCREEN_RUN);
    }
}

/* Four bytes of checksum behind 20 of payload, whatever stands before them. */
static void put_base58_20(struct cw_screen *screen, size_t start, size_t len)
{
    put_number(screen, start, len, &cw_alphabet_base58, 4, 20);
    if (screen->data[start] == 'r') {
        put_number(screen, start, len, &cw_alphabet_xrp, 4, 20);
    }
}

/* SS58: two bytes of checksum behind 32. X-address: flag, tag and checksum behind 20. */
static void put_base58_32(struct cw_screen *screen, size_t start, size_t len)
{
    put_number(screen, start, len, &cw_alphabet_base58, 2, 32);
    if (screen->data[start] == 'X' || screen->data[start] == 'T') {
        put_number(screen, start, len, &cw_alphabet_xrp, 1 + 8 + 4, 20);
    }
}

static bool begins(const char *text, const char *prefix)
{
    for (; *prefix != '\0'; text++, prefix++) {
        if (cw_ascii_lower(*text) != *prefix) {
            return false;
        }
    }
    return true;
}

static bool is_sure_length(const char *text, size_t len)
{
    switch (len) {
    case 63:
        return text[0] == 'q';
    case 69:
        return text[0] == 'M';
    case 95:
        return text[0] == 'z';
    case 106:
        return true;
    default:
        return text[0] == '9' || text[0] == '3';
    }
}

/* The prefixes of at least 40 characters that are decoded whatever the filter says. */
static bool is_sure_bech32(const char *text, size_t len)
{
    static const char *const zcash[] = {"u1", "utest1", "zu1", "tu1"};
    static const char *const cardano[] = {"addr1", "stake1", "test1"};
    for (size_t i = 0; i < CW_COUNT(zcash); i++) {
        if (begins(text, zcash[i])) {
            return true;
        }
    }
    for (size_t i = 0; len >= 50 && i < CW_COUNT(cardano); i++) {
        if (begins(text, cardano[i])) {
            return true;
        }
    }
    return false;
}

static bool is_stacks(const char *text)
{
    const char second = cw_ascii_lower(text[1]);
    return second == 'p' || second == 'm' || second == 't' || second == 'n';
}

static void put_own_shapes(struct cw_screen *screen, size_t start, size_t len, unsigned shapes)
{
    const char *text = screen->data + start;
    if ((shapes & BASE58_20) != 0) {
        put_base58_20(screen, start, len);
    }
    if ((shapes & (BASE58_32 | SS58_ZEROS)) != 0) {
        put_base58_32(screen, start, len);
    }
    if (((shapes & STACKS) != 0 && is_stacks(text)) ||
        ((shapes & SURE_LENGTH) != 0 && is_sure_length(text, len)) ||
        ((shapes & LONG_BECH32) != 0 && is_sure_bech32(text, len))) {
        put_sure(screen, start, len, SCREEN_RUN);
    }
}

/* Returns: its shapes */
static unsigned put_token(struct cw_screen *screen, size_t start, size_t len)
{
    const unsigned shapes = cw_screen_shapes(screen, start, len);
    if (screen->options.depth == CW_SCREEN_EVERY) {
        put_sure(screen, start, len, SCREEN_RUN);
        return shapes;
    }
    cw_screen_put(screen, cw_spelled_hash(screen->data + start, len), start, len, SCREEN_RUN);
    if ((shapes & ~(unsigned)ESCAPED) != 0) {
        put_own_shapes(screen, start, len, shapes);
    }
    if (screen->options.depth == CW_SCREEN_NESTED) {
        cw_screen_put_nested(screen, start, len);
    }
    return shapes;
}

/* The token behind an escape, as any other. */
static void put_escaped(struct cw_screen *screen, size_t start, size_t len)
{
    const size_t skipped = cw_screen_escape(screen, start, len);
    if (skipped > 0 && len - skipped >= CW_TOKEN_LEN_MIN) {
        (void)put_token(screen, start + skipped, len - skipped);
    }
}

void cw_screen_put_shapes(struct cw_screen *screen, size_t start, size_t len, unsigned shapes)
{
    if (shapes != ESCAPED) {
        put_own_shapes(screen, start, len, shapes);
    }
    if ((shapes & ESCAPED) != 0) {
        put_escaped(screen, start, len);
    }
}

void cw_screen_put_run(struct cw_screen *screen, size_t start, size_t len)
{
    if ((put_token(screen, start, len) & ESCAPED) != 0) {
        put_escaped(screen, start, len);
    }
}

/* ---- joined runs ---- */

static bool is_ton(const char *text, size_t len)
{
    const bool is_first = text[0] == 'E' || text[0] == 'U' || text[0] == 'k' || text[0] == '0';
    return len == 48 && is_first && (text[1] == 'Q' || text[1] == 'f');
}

/* Both alphabets of base64 in one. */
static uint64_t ton_hash(const char *text)
{
    char plain[48];
    for (size_t i = 0; i < sizeof(plain); i++) {
        plain[i] = (char)(text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i]);
    }
    return cw_spelled_hash(plain, sizeof(plain));
}

/* Dashes exactly behind every `group` characters. */
static bool is_grouped(const char *text, size_t len, size_t group)
{
    for (size_t i = 0; i < len; i++) {
        if ((text[i] == '-') != (i % (group + 1) == group)) {
            return false;
        }
    }
    return true;
}

enum { PRINCIPAL_MAX = 63, CHECK = 8 /* a dash and seven characters */ };

static bool is_icrc(const char *text, size_t len)
{
    return text[len] == '.' && len > CHECK && len <= PRINCIPAL_MAX + CHECK && text[5] == '-' &&
           text[len - CHECK] == '-' && is_grouped(text, len - CHECK, 5);
}

static bool is_principal(const char *text, size_t len)
{
    return text[5] == '-' &&
           ((len <= PRINCIPAL_MAX && is_grouped(text, len, 5)) || is_icrc(text, len));
}

static void put_one_joined(struct cw_screen *screen, size_t start, size_t len)
{
    const char *text = screen->data + start;
    if (is_ton(text, len)) {
        if (screen->options.depth == CW_SCREEN_EVERY) {
            put_sure(screen, start, len, SCREEN_ALONE);
        } else {
            cw_screen_put(screen, ton_hash(text), start, len, SCREEN_ALONE);
        }
    } else if (is_principal(text, len)) {
        put_sure(screen, start, len, SCREEN_PRINCIPAL);
    } else if ((len == 45 || len == 46) && is_grouped(text, len, 6)) {
        put_sure(screen, start, len, SCREEN_ALONE);
    }
}

void cw_screen_put_joined(struct cw_screen *screen, size_t start, size_t len)
{
    put_one_joined(screen, start, len);
    const size_t skipped = cw_screen_escape(screen, start, len);
    if (skipped > 0 && len - skipped >= CW_TOKEN_LEN_MIN) {
        put_one_joined(screen, start + skipped, len - skipped);
    }
}

/* ---- plain tokens ---- */

/* A base58 text of a script's own key hash, or a witness program: all begin otherwise than "0x",
 * and than TRON's T. */
static bool may_be_nested(const char *text, size_t len)
{
    const bool is_evm = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    return len < SCREEN_SHAPE_LENS && !is_evm && text[0] != 'T';
}

static bool is_all_alnum(struct cw_span text)
{
    bool is_all = cw_ascii_are_alnum(cw_load_le64(text.data + text.len - 8));
    for (size_t i = 0; i + 8 < text.len; i += 8) {
        is_all &= cw_ascii_are_alnum(cw_load_le64(text.data + i));
    }
    return is_all;
}

bool cw_screen_is_plain(struct cw_span text, bool has_scripts)
{
    if (text.len < CW_TOKEN_LEN_MIN || text.len > CW_TOKEN_LEN_MAX) {
        return false;
    }
    const size_t known = text.len < SCREEN_SHAPE_LENS ? text.len : SCREEN_SHAPE_LENS - 1;
    return is_all_alnum(text) && (shapes_of_len(known) & shapes_of_first(text.data[0])) == 0 &&
           !(has_scripts && may_be_nested(text.data, text.len));
}
