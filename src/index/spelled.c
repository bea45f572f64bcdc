#include "index/spelled.h"

#include "address/links.h"
#include "base/text.h"
#include "crypto/base64.h"

enum { ACCOUNT_BYTES = 20, KEY_BYTES = 32, SUM_BYTES = 4, TEXT_MAX = CW_ADDRESS_TEXT_BYTES };

/* The hashes so far, without repeats. */
struct spelled {
    uint64_t *hashes;
    size_t count;
};

static void add_hash(struct spelled *out, uint64_t hash)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->hashes[i] == hash) {
            return;
        }
    }
    CW_ASSERT(out->count < CW_SPELLED_MAX);
    out->hashes[out->count++] = hash;
}

static bool is_alnum(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c);
}

/* A text of letters and digits only. */
static void add_plain(struct spelled *out, struct cw_span text)
{
    if (text.len >= CW_SPELLED_LEN_MIN) {
        add_hash(out, cw_spelled_hash(text.data, text.len));
    }
}

/* The last run of letters and digits of a text: what stands behind prefixes and joints. */
static void add_text(struct spelled *out, struct cw_span text)
{
    size_t to = text.len;
    while (to > 0 && !is_alnum(text.data[to - 1])) {
        to--;
    }
    size_t from = to;
    while (from > 0 && is_alnum(text.data[from - 1])) {
        from--;
    }
    if (to - from >= CW_SPELLED_LEN_MIN) {
        add_hash(out, cw_spelled_hash(text.data + from, to - from));
    }
}

uint64_t cw_spelled_bytes_hash(const uint8_t *bytes, size_t len)
{
    char text[2 * KEY_BYTES + 1];
    CW_ASSERT(len == ACCOUNT_BYTES || len == KEY_BYTES);
    /* As digits: the fold of letter case would lose bits of plain bytes. */
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = (char)('0' + (bytes[i] >> 4));
        text[2 * i + 1] = (char)('0' + (bytes[i] & 15u));
    }
    return cw_spelled_mix(text + 8, text + 24) ^ 0x5bd1e9955bd1e995u * len;
}

/* ---- encodings in groups of bits ---- */

/* Bytes in groups of five bits, the last one filled with zeros, and a checksum of any letters. */
static void add_groups(struct spelled *out, const struct cw_alphabet *alphabet,
                       struct cw_span bytes, size_t sum_letters)
{
    char text[128];
    size_t len = 0;
    uint32_t pending = 0;
    unsigned bits = 0;
    CW_ASSERT((bytes.len * 8 + 4) / 5 + sum_letters <= sizeof(text));
    for (size_t i = 0; i < bytes.len; i++) {
        pending = (pending << 8 | cw_byte_at(bytes, i)) & 0xfffu;
        for (bits += 8; bits >= 5; bits -= 5) {
            text[len++] = alphabet->letters[pending >> (bits - 5) & 31u];
        }
    }
    if (bits > 0) {
        text[len++] = alphabet->letters[pending << (5 - bits) & 31u];
    }
    memset(text + len, 'q', sum_letters);
    add_plain(out, cw_span_make(text, len + sum_letters));
}

/* A payload between what stands before it and its checksum, both of any value. */
static void add_framed(struct spelled *out, const struct cw_alphabet *alphabet,
                       struct cw_span payload, size_t before, size_t behind)
{
    uint8_t bytes[1 + KEY_BYTES + SUM_BYTES] = {0};
    CW_ASSERT(before + payload.len + behind <= sizeof(bytes));
    memcpy(bytes + before, payload.data, payload.len);
    add_groups(out, alphabet, cw_span_make(bytes, before + payload.len + behind), 0);
}

static void add_bech32(struct spelled *out, struct cw_span payload)
{
    add_groups(out, &cw_alphabet_bech32, payload, 6);
}

/* The version byte holds type and size; the core begins behind it. */
static void add_cashaddr(struct spelled *out, struct cw_span hash)
{
    uint8_t bytes[1 + KEY_BYTES] = {0};
    CW_ASSERT(hash.len < sizeof(bytes));
    memcpy(bytes + 1, hash.data, hash.len);
    add_groups(out, &cw_alphabet_bech32, cw_span_make(bytes, 1 + hash.len), 8);
}

static void add_hex(struct spelled *out, struct cw_span bytes)
{
    char text[2 * 40 + 1];
    CW_ASSERT(bytes.len <= 40);
    cw_hex_encode((const uint8_t *)bytes.data, bytes.len, text);
    add_plain(out, cw_span_make(text, 2 * bytes.len));
}

/* ---- base58 ---- */

enum { LIMBS = 7, NUMBER_BYTES = 4 * LIMBS, DIGITS = 40, SUM_DIGITS = 7, FIVE = 656356768 };

/* Digits of a number below 2^224, most significant first, in the last places of ret; returns how
 * many count. */
static size_t base58_digits(const uint8_t number[static NUMBER_BYTES], uint8_t ret[static DIGITS])
{
    uint32_t limbs[LIMBS];
    for (size_t i = 0; i < LIMBS; i++) {
        limbs[i] = (uint32_t)number[4 * i] << 24 | (uint32_t)number[4 * i + 1] << 16 |
                   (uint32_t)number[4 * i + 2] << 8 | number[4 * i + 3];
    }
    for (size_t at = DIGITS; at > 0; at -= 5) {
        uint64_t rest = 0;
        for (size_t i = 0; i < LIMBS; i++) {
            rest = rest << 32 | limbs[i];
            limbs[i] = (uint32_t)(rest / FIVE);
            rest %= FIVE;
        }
        for (size_t i = 1; i <= 5; i++) {
            ret[at - i] = (uint8_t)(rest % 58);
            rest /= 58;
        }
    }
    size_t count = DIGITS;
    while (count > 0 && ret[DIGITS - count] == 0) {
        count--;
    }
    return count;
}

/* Whether a checksum of 2^32 - 1 instead of 0 would change more than the last seven digits. */
static bool carries(const uint8_t digits[static DIGITS], size_t count)
{
    static const uint64_t power = 2207984167552u; /* 58^7 */
    uint64_t tail = 0;
    for (size_t i = DIGITS - SUM_DIGITS; i < DIGITS; i++) {
        tail = tail * 58 + digits[i];
    }
    return count <= SUM_DIGITS || tail + UINT32_MAX >= power;
}

/* Version and payload with a checksum of four bytes. Only when `firsts` is NULL or holds the first
 * letter: other texts are found by their bytes. */
static void add_base58check(struct spelled *out, struct cw_span bytes, const char *firsts)
{
    uint8_t number[NUMBER_BYTES] = {0};
    uint8_t digits[DIGITS];
    char text[64] = "";
    struct cw_writer writer = {.data = text, .max = sizeof(text)};
    CW_ASSERT(bytes.len + SUM_BYTES <= sizeof(number));
    memcpy(number + sizeof(number) - SUM_BYTES - bytes.len, bytes.data, bytes.len);
    const size_t count = base58_digits(number, digits);
    if (carries(digits, count)) {
        cw_base58check_encode(&writer, &cw_alphabet_base58, bytes);
    } else {
        for (size_t i = 0; i < bytes.len && bytes.data[i] == 0; i++) {
            cw_write_char(&writer, '1');
        }
        for (size_t i = DIGITS - count; i < DIGITS; i++) {
            cw_write_char(&writer, cw_alphabet_base58.letters[digits[i]]);
        }
    }
    if (firsts == NULL || strchr(firsts, text[0]) != NULL) {
        add_text(out, cw_span_make(text, writer.len));
    }
}

static void add_versioned(struct spelled *out, uint8_t version, struct cw_span hash,
                          const char *firsts)
{
    uint8_t bytes[1 + ACCOUNT_BYTES];
    CW_ASSERT(hash.len == ACCOUNT_BYTES);
    bytes[0] = version;
    memcpy(bytes + 1, hash.data, hash.len);
    add_base58check(out, cw_span_make(bytes, sizeof(bytes)), firsts);
}

static void add_bytes(struct spelled *out, struct cw_span bytes)
{
    add_hash(out, cw_spelled_bytes_hash((const uint8_t *)bytes.data, bytes.len));
}

/* ---- by class of link key ---- */

/* Text is hashed for 1, 3 and T, the common first letters; every other base58 text by its bytes.
 * XDAG has no version and can begin with any letter; Firo's script addresses with 3 or 4. */
static const char SPELLED_FIRSTS[] = "13T";

/* With version 0 and with none: one number, written with a 1 in front and without. */
static void add_unversioned(struct spelled *out, struct cw_span hash)
{
    uint8_t number[NUMBER_BYTES] = {0};
    uint8_t digits[DIGITS];
    char text[2 + ACCOUNT_BYTES + DIGITS] = {'1'};
    size_t len = 1;
    memcpy(number + sizeof(number) - SUM_BYTES - hash.len, hash.data, hash.len);
    const size_t count = base58_digits(number, digits);
    if (carries(digits, count)) {
        add_versioned(out, 0x00, hash, NULL);
        add_base58check(out, hash, SPELLED_FIRSTS);
        return;
    }
    for (size_t i = 0; i < hash.len && hash.data[i] == 0; i++) {
        text[len++] = '1';
    }
    for (size_t i = DIGITS - count; i < DIGITS; i++) {
        text[len++] = cw_alphabet_base58.letters[digits[i]];
    }
    add_plain(out, cw_span_make(text, len));
    if (strchr(SPELLED_FIRSTS, text[1]) != NULL) {
        add_plain(out, cw_span_make(text + 1, len - 1));
    }
}

static void add_h160(struct spelled *out, struct cw_span hash)
{
    add_unversioned(out, hash);
    add_bech32(out, hash);
    add_cashaddr(out, hash);
    add_bytes(out, hash);
}

static void add_s160(struct spelled *out, struct cw_span hash)
{
    add_versioned(out, 0x05, hash, NULL);
    add_versioned(out, 0x07, hash, SPELLED_FIRSTS);
    add_cashaddr(out, hash);
    add_bytes(out, hash);
}

static void add_e20(struct spelled *out, struct cw_span account)
{
    add_hex(out, account);
    add_versioned(out, 0x41, account, NULL);
    add_bech32(out, account);
    add_framed(out, &cw_alphabet_base32_lower, account, 0, SUM_BYTES); /* Filecoin f410f */
    add_bytes(out, account); /* TRON's old test networks */
}

static void add_ed32(struct spelled *out, struct cw_span key)
{
    char text[64];
    struct cw_writer writer = {.data = text, .max = sizeof(text)};
    cw_base58_encode(&writer, &cw_alphabet_base58, key); /* Solana */
    add_text(out, cw_span_make(text, writer.len));
    add_hex(out, key);
    add_bech32(out, key);
    add_framed(out, &cw_alphabet_base32, key, 1, 2);         /* Stellar */
    add_framed(out, &cw_alphabet_base32, key, 0, SUM_BYTES); /* Algorand */
    add_bytes(out, key);                                     /* SS58 */
}

/* The same payload on the other networks of a chain. */
static void add_forms(struct spelled *out, const struct cw_address *address)
{
    char text[TEXT_MAX];
    for (size_t i = 0; i < address->readings_count; i++) {
        struct cw_reading reading = address->readings[i];
        const enum cw_chain_id group = cw_chain_table[reading.chain].group;
        for (size_t chain = 0; reading.is_narrowed && chain < CW_CHAINS; chain++) {
            if (cw_chain_table[chain].group != group) {
                continue;
            }
            struct cw_writer writer = {.data = text, .max = sizeof(text) - 1};
            reading.chain = (uint16_t)chain;
            cw_family_table[cw_chain_table[chain].family].text(address, &reading, &writer);
            add_text(out, cw_span_make(text, writer.len));
        }
    }
}

/* TON in base64: the middle of tag, workchain, hash and CRC, 60 to 240 bits in. */
static void add_ton(struct spelled *out, struct cw_span account)
{
    uint8_t bytes[36] = {0};
    char text[sizeof(bytes) / 3 * 4 + 1];
    memcpy(bytes + 2, account.data + 4, KEY_BYTES);
    const size_t len =
        cw_base64_encode_to(CW_BASE64_URL, cw_span_make(bytes, sizeof(bytes)), text, sizeof(text));
    add_hash(out, cw_spelled_hash(text, len));
}

/* Links whose hashes serve every text of the key, so that the texts need not be written. Ergo's
 * script hashes are of 24 bytes, and no other chain has them. */
static bool is_served(const struct cw_link *link)
{
    const size_t len = cw_link_bytes(link).len;
    switch (link->link_class) {
    case CW_LINK_H160:
    case CW_LINK_S160:
    case CW_LINK_E20:
        return len == ACCOUNT_BYTES;
    case CW_LINK_W256:
    case CW_LINK_X32:
    case CW_LINK_ED32:
        return len == KEY_BYTES;
    default:
        return false;
    }
}

static void add_link(struct spelled *out, const struct cw_link *link)
{
    const struct cw_span bytes = cw_link_bytes(link);
    const bool is_hash = link->link_class == CW_LINK_H160 || link->link_class == CW_LINK_S160;
    if (is_hash && !is_served(link)) {
        return;
    }
    switch (link->link_class) {
    case CW_LINK_H160:
        add_h160(out, bytes);
        return;
    case CW_LINK_S160:
        add_s160(out, bytes);
        return;
    case CW_LINK_E20:
        add_e20(out, bytes);
        return;
    case CW_LINK_ED32:
        add_ed32(out, bytes);
        return;
    case CW_LINK_W256:
    case CW_LINK_X32:
    case CW_LINK_COSMOS32:
    case CW_LINK_ZSAPLING:
        add_bech32(out, bytes);
        return;
    case CW_LINK_ICPACCT:
        add_hex(out, bytes);
        return;
    case CW_LINK_EDB32:  /* the canonical text serves */
    case CW_LINK_FORM:   /* add_forms */
    case CW_LINK_ROLE:   /* as h160 */
    case CW_LINK_ADAPAY: /* these are decoded on sight */
    case CW_LINK_ADASTAKE:
    case CW_LINK_ICPOWNER:
    case CW_LINK_ZORCHARD:
    case CW_LINK_ZITEM:
    case CW_LINK_CLASSES:
        return;
    }
}

static bool is_known(const struct cw_links *links, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (links->rows[i].link_class == links->rows[at].link_class &&
            cw_span_equal(cw_link_bytes(&links->rows[i]), cw_link_bytes(&links->rows[at]))) {
            return true;
        }
    }
    return false;
}

size_t cw_links_spelled_hashes(const struct cw_address *address, const struct cw_links *links,
                               uint64_t ret[static CW_SPELLED_MAX])
{
    struct spelled out = {.hashes = ret};
    bool is_all_served = false;
    for (size_t i = 0; i < links->count; i++) {
        if (!is_known(links, i)) {
            add_link(&out, &links->rows[i]);
        }
        is_all_served |= !links->rows[i].is_derived && is_served(&links->rows[i]);
    }
    /* A text that is listed under a tag which leaves no common key is still that text. */
    add_text(&out, cw_address_source(address));
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        const struct cw_span payload = cw_reading_payload(address, reading);
        if (address->encoding == CW_ENCODING_BASE58CHECK && payload.len == ACCOUNT_BYTES) {
            add_bytes(&out, payload);
        }
        if (reading->chain == CW_CHAIN_TON) {
            add_ton(&out, payload);
        }
    }
    if (!is_all_served) {
        add_forms(&out, address);
    }
    return out.count;
}

size_t cw_spelled_hashes(const struct cw_address *address, uint64_t ret[static CW_SPELLED_MAX])
{
    struct cw_links links;
    cw_links_collect(address, &links);
    return cw_links_spelled_hashes(address, &links, ret);
}

bool cw_links_have_script(const struct cw_links *links)
{
    bool is_script = false;
    for (size_t i = 0; i < links->count; i++) {
        is_script |= links->rows[i].link_class == CW_LINK_S160 && !links->rows[i].is_derived;
    }
    return is_script;
}
