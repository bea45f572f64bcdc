#include "address/curve.h"
#include "address/parse.h"

/* ---- reading ---- */

struct cw_label cw_label_make(struct cw_span tag)
{
    struct cw_label label = {.is_given = tag.len > 0};
    (void)cw_tags_find(tag, &label.tags);
    return label;
}

/* Prepares reader and result for a bare text, or says why there is nothing to read. */
static enum cw_address_error begin(struct cw_span text, enum cw_address_mode mode,
                                   struct cw_reader *reader, struct cw_address *address)
{
    static_assert(sizeof(address->source) > CW_ADDRESS_TEXT_MAX, "a bare text fits with its NUL");
    if (text.len == 0) {
        return CW_ADDRESS_EMPTY;
    }
    if (text.len > CW_ADDRESS_TEXT_MAX) {
        return CW_ADDRESS_TOO_LONG;
    }
    cw_reader_init(reader, text, mode);
    if ((reader->letters & CW_LETTERS_VISIBLE) == 0) {
        return CW_ADDRESS_CHARSET;
    }
    address->readings_count = 0;
    address->bytes_used = 0;
    address->stripped = 0;
    address->stripped_named = 0;
    address->stripped_name[0] = '\0';
    memcpy(address->source, text.data, text.len);
    address->source[text.len] = '\0';
    return CW_ADDRESS_OK;
}

enum cw_address_error cw_parse_tags(struct cw_span text, const struct cw_tags *tags,
                                    enum cw_address_mode mode, struct cw_address *address)
{
    CW_UNSET struct cw_reader reader;
    enum cw_address_error worst = begin(text, mode, &reader, address);
    if (worst != CW_ADDRESS_OK) {
        return worst;
    }
    worst = CW_ADDRESS_CHAIN;
    for (size_t i = 0; i < tags->count; i++) {
        const struct cw_tag *as = tags->rows[i];
        const enum cw_address_error why = cw_family_table[as->family].read(&reader, as, address);
        if (why == CW_ADDRESS_OK || why == CW_ADDRESS_SECRET) {
            return why;
        }
        worst = cw_error_worse(worst, why);
    }
    return worst;
}

enum cw_address_error cw_parse_detect(struct cw_span text, enum cw_address_mode mode,
                                      struct cw_address *address)
{
    CW_UNSET struct cw_reader reader;
    const enum cw_address_error bare = begin(text, mode, &reader, address);
    if (bare != CW_ADDRESS_OK) {
        return bare;
    }
    for (size_t i = 0; i < CW_FAMILIES; i++) {
        const struct cw_family *family = &cw_family_table[i];
        if (cw_family_may_read(family, &reader) &&
            family->read(&reader, NULL, address) == CW_ADDRESS_SECRET) {
            return CW_ADDRESS_SECRET;
        }
    }
    return address->readings_count > 0 ? CW_ADDRESS_OK : CW_ADDRESS_UNKNOWN;
}

static bool label_allows(const struct cw_label *label, enum cw_chain_id chain)
{
    for (size_t i = 0; i < label->tags.count; i++) {
        const struct cw_tag *tag = label->tags.rows[i];
        if (cw_row_fits(tag, chain) || (chain == CW_CHAIN_EVM && tag->network != NULL)) {
            return true;
        }
    }
    return false;
}

/* The one network the label's tags agree on; NULL when they name none or several. */
static const char *label_network(const struct cw_label *label)
{
    const char *network = NULL;
    for (size_t i = 0; i < label->tags.count; i++) {
        const char *now = label->tags.rows[i]->network;
        if (now != NULL && network != NULL) {
            return NULL;
        }
        network = now != NULL ? now : network;
    }
    return network;
}

void cw_parse_narrow(struct cw_address *address, const struct cw_label *label)
{
    size_t kept = 0;
    for (size_t i = 0; i < address->readings_count; i++) {
        kept += label_allows(label, (enum cw_chain_id)address->readings[i].chain) ? 1 : 0;
    }
    if (kept == 0) {
        address->flags |= CW_FLAG_LABEL_MISMATCH;
        return;
    }
    for (size_t i = 0; i < address->readings_count; i++) {
        struct cw_reading *reading = &address->readings[i];
        reading->is_narrowed = label_allows(label, (enum cw_chain_id)reading->chain);
    }
    if (address->readings[0].chain == CW_CHAIN_EVM && address->network[0] == '\0') {
        cw_network_set(address, label_network(label));
    }
}

/* What is wrong with a text nothing could read, said by the grammar it resembles most. */
static enum cw_address_error explain(struct cw_span text, enum cw_address_mode mode,
                                     struct cw_address *address)
{
    static const struct {
        const char *prefix;
        const char *tag;
    } shapes[] = {
        {"0x", "EVM"}, {"bc1", "BTC"},          {"tb1", "BTC"},      {"bcrt1", "BTC"},
        {"t", "TRX"},  {"bitcoincash:", "BCH"}, {"bchtest:", "BCH"},
    };
    for (size_t i = 0; i < CW_COUNT(shapes); i++) {
        if (cw_starts_with_nocase(text, shapes[i].prefix)) {
            const struct cw_label label = cw_label_make(cw_span_cstr(shapes[i].tag));
            const enum cw_address_error why = cw_parse_tags(text, &label.tags, mode, address);
            return why == CW_ADDRESS_OK ? CW_ADDRESS_UNKNOWN : why;
        }
    }
    return CW_ADDRESS_UNKNOWN;
}

bool cw_address_is_digits(struct cw_span text)
{
    enum { DIGITS = 40 };
    return text.len == DIGITS && cw_is_hex(text);
}

/* Bare digits do not say of which chain: whatever of 20 bytes is written so, in this order. */
static bool read_digits(struct cw_span text, struct cw_address *address)
{
    static const char *const tags[] = {"EVM", "ZIL"};
    CW_UNSET struct cw_reader reader;
    if (!cw_address_is_digits(text) ||
        begin(text, CW_ADDRESS_LIST, &reader, address) != CW_ADDRESS_OK) {
        return false;
    }
    for (size_t i = 0; i < CW_COUNT(tags); i++) {
        const struct cw_label label = cw_label_make(cw_span_cstr(tags[i]));
        const struct cw_tag *as = label.tags.rows[0];
        (void)cw_family_table[as->family].read(&reader, as, address);
    }
    return address->readings_count > 0;
}

enum cw_address_error cw_parse_bare(struct cw_span text, const struct cw_label *label,
                                    enum cw_address_mode mode, struct cw_address *address)
{
    const enum cw_address_error why = cw_parse_detect(text, mode, address);
    if (why == CW_ADDRESS_OK && label->is_given) {
        cw_parse_narrow(address, label);
    }
    if (why != CW_ADDRESS_UNKNOWN) {
        return why;
    }
    if (label->is_given) {
        return cw_parse_tags(text, &label->tags, mode, address);
    }
    return label->is_question && read_digits(text, address) ? CW_ADDRESS_OK
                                                            : explain(text, mode, address);
}

/* The parts in use, which are a fifth of the whole: readings, what is said of them with the bytes
 * that follow it, and the source. */
static void copy(struct cw_address *ret, const struct cw_address *from)
{
    const size_t said = offsetof(struct cw_address, readings_count);
    const size_t said_end = offsetof(struct cw_address, bytes) + from->bytes_used;
    memcpy(ret->readings, from->readings, from->readings_count * sizeof(from->readings[0]));
    memcpy((char *)ret + said, (const char *)from + said, said_end - said);
    memcpy(ret->source, from->source, strlen(from->source) + 1);
}

enum cw_address_error cw_label_parse(const struct cw_label *label, struct cw_span text,
                                     enum cw_address_mode mode, struct cw_address *ret)
{
    CW_UNSET struct cw_address address;
    const enum cw_address_error why = mode == CW_ADDRESS_LIST
                                          ? cw_parse_field(text, *label, &address)
                                          : cw_parse_bare(text, label, mode, &address);
    if (why == CW_ADDRESS_OK) {
        copy(ret, &address);
    }
    return why;
}

enum cw_address_error cw_label_parse_as(const struct cw_label *label, struct cw_span text,
                                        struct cw_address *ret)
{
    CW_UNSET struct cw_address address;
    const enum cw_address_error why =
        cw_parse_tags(text, &label->tags, CW_ADDRESS_STRICT, &address);
    if (why == CW_ADDRESS_OK) {
        copy(ret, &address);
    }
    return why;
}

enum cw_address_error cw_address_parse(struct cw_span text, struct cw_span tag,
                                       enum cw_address_mode mode, struct cw_address *ret)
{
    const struct cw_label label = cw_label_make(tag);
    return cw_label_parse(&label, text, mode, ret);
}

enum cw_address_error cw_address_ask(struct cw_span text, struct cw_address *ret)
{
    const struct cw_label label = {.is_question = true};
    return cw_label_parse(&label, text, CW_ADDRESS_LIST, ret);
}

enum cw_address_error cw_address_parse_as(struct cw_span text, struct cw_span tag,
                                          struct cw_address *ret)
{
    const struct cw_label label = cw_label_make(tag);
    return cw_label_parse_as(&label, text, ret);
}

/* ---- saying what was read ---- */

static const struct cw_chain *chain_of(const struct cw_reading *reading)
{
    CW_ASSERT(reading->chain < CW_CHAINS);
    return &cw_chain_table[reading->chain];
}

static const struct cw_reading *default_reading(const struct cw_address *address)
{
    CW_ASSERT(address->readings_count > 0);
    return &address->readings[0];
}

void cw_address_reading(const struct cw_address *address, size_t index,
                        char ret[static CW_CANONICAL_BYTES])
{
    CW_ASSERT(index < address->readings_count);
    const struct cw_reading *reading = &address->readings[index];
    struct cw_writer out = {.data = ret, .max = CW_CANONICAL_BYTES - 1};
    cw_write_str(&out, chain_of(reading)->name);
    cw_write_char(&out, ':');
    cw_write_str(&out, cw_kind_names[reading->kind]);
    cw_write_char(&out, ':');
    cw_write_hex(&out, cw_reading_payload(address, reading));
    cw_write_end(&out);
}

void cw_address_canonical(const struct cw_address *address, char ret[static CW_CANONICAL_BYTES])
{
    cw_address_reading(address, 0, ret);
}

void cw_address_text(const struct cw_address *address, char ret[static CW_ADDRESS_TEXT_BYTES])
{
    const struct cw_reading *reading = default_reading(address);
    struct cw_writer out = {.data = ret, .max = CW_ADDRESS_TEXT_BYTES - 1};
    cw_family_table[chain_of(reading)->family].text(address, reading, &out);
    cw_write_end(&out);
}

const char *cw_address_chain(const struct cw_address *address)
{
    return chain_of(default_reading(address))->name;
}

size_t cw_address_chains(const struct cw_address *address, const char *ret[static CW_READINGS_MAX])
{
    for (size_t i = 0; i < address->readings_count; i++) {
        ret[i] = chain_of(&address->readings[i])->name;
    }
    return address->readings_count;
}

size_t cw_address_narrowed(const struct cw_address *address,
                           const char *ret[static CW_READINGS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < address->readings_count; i++) {
        if (address->readings[i].is_narrowed) {
            ret[count++] = chain_of(&address->readings[i])->name;
        }
    }
    return count;
}

const char *cw_address_kind(const struct cw_address *address)
{
    return cw_kind_names[default_reading(address)->kind];
}

const char *cw_address_encoding(const struct cw_address *address)
{
    CW_ASSERT(address->encoding < CW_ENCODINGS);
    return cw_encoding_names[address->encoding];
}

const char *cw_address_network(const struct cw_address *address)
{
    return address->network[0] != '\0' ? address->network : NULL;
}

enum cw_checksum cw_address_checksum(const struct cw_address *address)
{
    return (enum cw_checksum)address->checksum;
}

uint32_t cw_address_flags(const struct cw_address *address)
{
    /* Two hundred and fifty squarings: done for those who ask, not for every line of a list. */
    const struct cw_reading *reading = default_reading(address);
    const bool is_off_curve =
        reading->chain == CW_CHAIN_SOLANA &&
        !cw_is_on_ed25519((const uint8_t *)cw_reading_payload(address, reading).data);
    return address->flags | (is_off_curve ? CW_FLAG_OFF_CURVE : 0u);
}

struct cw_span cw_address_source(const struct cw_address *address)
{
    return cw_span_cstr(address->source);
}

bool cw_address_aux(const struct cw_address *address, char ret[static CW_AUX_BYTES])
{
    struct cw_writer out = {.data = ret, .max = CW_AUX_BYTES - 1};
    switch ((enum cw_aux)address->aux_kind) {
    case CW_AUX_NONE:
        return false;
    case CW_AUX_NUMBER:
        cw_write_u64(&out, address->aux);
        break;
    case CW_AUX_HEX:
        for (int shift = 56; shift >= 0; shift -= 8) {
            const uint8_t byte = (uint8_t)(address->aux >> shift & 0xffu);
            cw_write_hex(&out, cw_span_make(&byte, 1));
        }
        break;
    case CW_AUX_TEXT:
        cw_write_str(&out, address->memo);
        break;
    }
    cw_write_end(&out);
    return true;
}

/* ---- CAIP-10 ---- */

/* CAIP-10 allows no colon inside: a CashAddr goes without its prefix. */
static bool caip10_account(struct cw_span *text)
{
    const size_t colon = cw_span_find(*text, ':', 0);
    if (colon < text->len) {
        *text = cw_span_slice(*text, colon + 1, text->len);
    }
    for (size_t i = 0; i < text->len; i++) {
        const char c = text->data[i];
        if (!cw_ascii_is_alpha(c) && !cw_ascii_is_digit(c) && c != '-' && c != '.') {
            return false;
        }
    }
    return text->len > 0 && text->len <= 128;
}

bool cw_address_caip10(const struct cw_address *address, char *ret, size_t bytes)
{
    const struct cw_chain *chain = chain_of(default_reading(address));
    const uint64_t eip155 =
        chain->family == CW_FAMILY_evm ? cw_eip155_id(cw_address_network(address)) : 0;
    const bool is_elsewhere = chain->net == CW_NET_MAIN && (address->flags & CW_FLAG_TESTNET) != 0;
    char text[CW_ADDRESS_TEXT_BYTES];
    char joined[256];
    struct cw_writer out = {.data = joined, .max = sizeof(joined) - 1};
    cw_address_text(address, text);
    struct cw_span account = cw_span_cstr(text);
    if ((chain->caip2 == NULL && eip155 == 0) || is_elsewhere || !caip10_account(&account)) {
        return false;
    }
    if (eip155 != 0) {
        cw_write_str(&out, "eip155:");
        cw_write_u64(&out, eip155);
    } else {
        cw_write_str(&out, chain->caip2);
    }
    cw_write_char(&out, ':');
    cw_write_span(&out, account);
    cw_write_end(&out);
    if (out.len + 1 > bytes) {
        return false;
    }
    memcpy(ret, joined, out.len + 1);
    return true;
}
