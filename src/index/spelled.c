#include "index/spelled.h"

#include "address/links.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "index/number58.h"

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
    enum { WORD = sizeof(uint64_t) };
    size_t to = text.len;
    while (to > 0 && !cw_ascii_is_alnum(text.data[to - 1])) {
        to--;
    }
    size_t from = to;
    while (from >= WORD && cw_ascii_are_alnum(cw_load_le64(text.data + from - WORD))) {
        from -= WORD;
    }
    while (from > 0 && cw_ascii_is_alnum(text.data[from - 1])) {
        from--;
    }
    if (to - from >= CW_SPELLED_LEN_MIN) {
        add_hash(out, cw_spelled_hash(text.data + from, to - from));
    }
}

static uint64_t bytes_hash(struct cw_span bytes)
{
    return cw_spelled_halves_hash(cw_load_le64(bytes.data + 4), cw_load_le64(bytes.data + 12),
                                  bytes.len);
}

/* Of a key of any length and class: equal bytes of two classes are a candidate, no more. */
static uint64_t key_hash(struct cw_span bytes)
{
    return bytes.len == ACCOUNT_BYTES || bytes.len == KEY_BYTES ? bytes_hash(bytes)
                                                                : cw_mix(0x6b6579, bytes);
}

/* ---- encodings in groups of bits ---- */

/* Eight letters of the 40 bits of five bytes. */
static void write_eight(const struct cw_alphabet *alphabet, const uint8_t five[static 5],
                        char ret[static 8])
{
    const uint64_t bits = (uint64_t)five[0] << 32 | (uint64_t)five[1] << 24 |
                          (uint64_t)five[2] << 16 | (uint64_t)five[3] << 8 | five[4];
    ret[0] = alphabet->letters[bits >> 35 & 31u];
    ret[1] = alphabet->letters[bits >> 30 & 31u];
    ret[2] = alphabet->letters[bits >> 25 & 31u];
    ret[3] = alphabet->letters[bits >> 20 & 31u];
    ret[4] = alphabet->letters[bits >> 15 & 31u];
    ret[5] = alphabet->letters[bits >> 10 & 31u];
    ret[6] = alphabet->letters[bits >> 5 & 31u];
    ret[7] = alphabet->letters[bits & 31u];
}

/* Bytes in groups of five bits, the last one filled with zeros, and a checksum of any letters. */
static void add_groups(struct spelled *out, const struct cw_alphabet *alphabet,
                       struct cw_span bytes, size_t sum_letters)
{
    enum { FIVE_BYTES = 5, EIGHT = 8, ROOM = 96 };
    char text[ROOM];
    const size_t len = (bytes.len * 8 + 4) / 5;
    CW_ASSERT(len + EIGHT <= sizeof(text));
    CW_ASSERT(sum_letters <= EIGHT);
    size_t to = 0;
    size_t from = 0;
    for (; bytes.len - from >= FIVE_BYTES; from += FIVE_BYTES) {
        write_eight(alphabet, (const uint8_t *)bytes.data + from, text + to);
        to += EIGHT;
    }
    if (from < bytes.len) {
        uint8_t last[FIVE_BYTES] = {0};
        memcpy(last, bytes.data + from, bytes.len - from);
        write_eight(alphabet, last, text + to);
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

static size_t zeros_before(struct cw_span bytes)
{
    size_t zeros = 0;
    while (zeros < bytes.len && bytes.data[zeros] == 0) {
        zeros++;
    }
    return zeros;
}

/* Text is hashed for 1, 3 and T, the common first letters; every other base58 text by its bytes.
 * XDAG has no version and can begin with any letter; Firo's script addresses with 3 or 4. */
static bool is_spelled(char first)
{
    return first == '1' || first == '3' || first == 'T';
}

/* Version and payload with a checksum of four bytes that has to be computed. */
static void add_carrying(struct spelled *out, struct cw_span bytes)
{
    char text[64] = "";
    struct cw_writer writer = {.data = text, .max = sizeof(text)};
    cw_base58check_encode(&writer, &cw_alphabet_base58, bytes);
    if (is_spelled(text[0])) {
        add_plain(out, cw_span_make(text, writer.len));
    }
}

/* Version and payload with a checksum of four bytes. */
static void add_base58check(struct spelled *out, struct cw_span bytes)
{
    CW_UNSET struct cw_number58 number;
    cw_number58_write(bytes, &number);
    if (number.has_carry) {
        add_carrying(out, bytes);
        return;
    }
    const size_t start = number.start - zeros_before(bytes);
    if (is_spelled(number.letters[start])) {
        add_plain(out, cw_span_make(number.letters + start, CW_NUMBER58_DIGITS - start));
    }
}

static void add_versioned(struct spelled *out, uint8_t version, struct cw_span hash)
{
    uint8_t bytes[1 + ACCOUNT_BYTES];
    CW_ASSERT(hash.len == ACCOUNT_BYTES);
    bytes[0] = version;
    memcpy(bytes + 1, hash.data, hash.len);
    add_base58check(out, cw_span_make(bytes, sizeof(bytes)));
}

static void add_bytes(struct spelled *out, struct cw_span bytes)
{
    CW_ASSERT(bytes.len == ACCOUNT_BYTES || bytes.len == KEY_BYTES);
    add_hash(out, bytes_hash(bytes));
}

/* ---- by class of link key ---- */

/* With version 0 and with none: one number, written with a 1 in front and without. */
static void add_unversioned(struct spelled *out, struct cw_span hash)
{
    CW_UNSET struct cw_number58 number;
    cw_number58_write(hash, &number);
    if (number.has_carry) {
        add_versioned(out, 0x00, hash);
        add_carrying(out, hash);
        return;
    }
    const size_t start = number.start - zeros_before(hash);
    add_plain(out, cw_span_make(number.letters + start - 1, CW_NUMBER58_DIGITS - start + 1));
    if (is_spelled(number.letters[start])) {
        add_plain(out, cw_span_make(number.letters + start, CW_NUMBER58_DIGITS - start));
    }
}

static void add_h160(struct spelled *out, struct cw_span hash)
{
    add_unversioned(out, hash);
    add_bech32(out, hash);
    add_cashaddr(out, hash);
    add_bytes(out, hash);
}

/* Whether version 7 and this hash may begin with 3: they lie below three times 58^33. */
static bool may_begin_with_3(struct cw_span hash)
{
    static const uint8_t bound[] = {0x74, 0xa5, 0xe2, 0xe9, 0x9f, 0x83, 0xe0};
    return memcmp(hash.data, bound, sizeof(bound)) <= 0;
}

static void add_s160(struct spelled *out, struct cw_span hash)
{
    add_versioned(out, 0x05, hash);
    if (may_begin_with_3(hash)) {
        add_versioned(out, 0x07, hash);
    }
    add_cashaddr(out, hash);
    add_bytes(out, hash);
}

static void add_e20(struct spelled *out, struct cw_span account)
{
    add_hex(out, account);
    add_versioned(out, 0x41, account);
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
    CW_UNSET char text[TEXT_MAX];
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
            add_hash(&out, key_hash(cw_link_bytes(&links->rows[i])));
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
        if (reading->is_narrowed && (links->linked & 1u << i) == 0) {
            add_hash(&out, key_hash(payload));
        }
        if (reading->chain == CW_CHAIN_TON) {
            add_ton(&out, payload);
        }
        if (reading->chain == CW_CHAIN_ZILLIQA) {
            add_hex(&out, payload); /* as 40 bare digits are asked about */
        }
    }
    if (!is_all_served) {
        add_forms(&out, address);
    }
    return out.count;
}

size_t cw_spelled_hashes(const struct cw_address *address, uint64_t ret[static CW_SPELLED_MAX])
{
    CW_UNSET struct cw_links links;
    cw_links_collect(address, &links);
    return cw_links_spelled_hashes(address, &links, ret);
}

/* One text under two labels is `exact`, even where the labels leave no common key; a label has left
 * something out. False: the text is too short to be found by. */
static bool add_labelled(struct spelled *out, const struct cw_address *address)
{
    bool is_whole = true;
    for (size_t i = 0; i < address->readings_count; i++) {
        is_whole &= address->readings[i].is_narrowed;
    }
    const size_t before = out->count;
    if (!is_whole) {
        add_text(out, cw_address_source(address));
    }
    return is_whole || out->count > before;
}

size_t cw_key_hashes(const struct cw_address *address, uint64_t *ret, size_t max)
{
    CW_UNSET uint64_t hashes[CW_SPELLED_MAX];
    CW_UNSET struct cw_links links;
    struct spelled out = {.hashes = hashes};
    cw_links_collect(address, &links);
    if (!add_labelled(&out, address)) {
        return 0;
    }
    for (size_t i = 0; i < links.count; i++) {
        add_hash(&out, key_hash(cw_link_bytes(&links.rows[i])));
    }
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        if (reading->is_narrowed && (links.linked & 1u << i) == 0) {
            add_hash(&out, key_hash(cw_reading_payload(address, reading)));
        }
    }
    memcpy(ret, hashes, (out.count < max ? out.count : max) * sizeof(*ret));
    return out.count;
}

bool cw_links_have_script(const struct cw_links *links)
{
    bool is_script = false;
    for (size_t i = 0; i < links->count; i++) {
        is_script |= links->rows[i].link_class == CW_LINK_S160 && !links->rows[i].is_derived;
    }
    return is_script;
}
