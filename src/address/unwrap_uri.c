#include "address/parse.h"

/* Account identifiers and URIs around an address: CAIP-10, EIP-681, EIP-3770, BIP-21 and kin. */

struct named_tag {
    const char *name;
    const char *tag;
};

static const char *find_named(const struct named_tag *rows, size_t count, struct cw_span name)
{
    for (size_t i = 0; i < count; i++) {
        if (cw_span_equal_nocase(name, cw_span_cstr(rows[i].name))) {
            return rows[i].tag;
        }
    }
    return NULL;
}

struct cw_span cw_before_query(struct cw_span text)
{
    size_t at = 0;
    while (at < text.len && text.data[at] != '?' && text.data[at] != '#' && text.data[at] != '&') {
        at++;
    }
    return cw_span_slice(text, 0, at);
}

/* Reads as one tag, and says so: something was taken off. */
static enum cw_address_error parse_as(struct cw_span text, const struct cw_tag *tag,
                                      struct cw_address *address)
{
    const struct cw_tags tags = {.rows = {tag}, .count = 1};
    const enum cw_address_error why = cw_parse_tags(text, &tags, CW_ADDRESS_LIST, address);
    if (why == CW_ADDRESS_OK) {
        address->flags |= CW_FLAG_UNWRAPPED;
    }
    return why;
}

static const struct cw_tag *tag_named(const char *name)
{
    struct cw_tags tags;
    const bool is_known = cw_tags_find_short(cw_span_cstr(name), &tags);
    CW_ASSERT(is_known);
    return tags.rows[0];
}

static const char *network_by_id(struct cw_span id)
{
    uint64_t number = 0;
    return cw_span_to_u64(id, UINT64_MAX, &number) ? cw_eip155_network(number) : NULL;
}

static const struct cw_tag *eip155_tag(struct cw_span id)
{
    return cw_evm_tag(network_by_id(id));
}

/* Sets the tag written behind an address, when it carries none itself and it is a number. */
static void set_aux(struct cw_address *address, struct cw_span text, uint64_t max)
{
    uint64_t number = 0;
    if (address->aux_kind == CW_AUX_NONE && cw_span_to_u64(text, max, &number)) {
        address->aux_kind = CW_AUX_NUMBER;
        address->aux = number;
    }
}

/* Sets the destination tag of XRP, which has 32 bits; zeros in front mean nothing. */
static enum cw_address_error set_destination(struct cw_address *address, struct cw_span digits)
{
    uint64_t number = 0;
    while (digits.len > 1 && digits.data[0] == '0') {
        digits = cw_span_slice(digits, 1, digits.len);
    }
    if (!cw_span_to_u64(digits, UINT32_MAX, &number)) {
        return CW_ADDRESS_RANGE;
    }
    set_aux(address, digits, UINT32_MAX);
    return CW_ADDRESS_OK;
}

/* A memo of Stellar is an id or a text, and two texts are two customers. Letters as CAIP-10 has
 * them; what is no memo is left out, as the account is sure. */
static void set_memo(struct cw_address *address, struct cw_span memo)
{
    set_aux(address, memo, UINT64_MAX);
    for (size_t i = 0; i < memo.len; i++) {
        const char c = memo.data[i];
        if (!cw_ascii_is_alpha(c) && !cw_ascii_is_digit(c) && strchr("-.%_", c) == NULL) {
            return;
        }
    }
    if (address->aux_kind == CW_AUX_NONE && memo.len > 0 && memo.len < sizeof(address->memo)) {
        address->aux_kind = CW_AUX_TEXT;
        memcpy(address->memo, memo.data, memo.len);
        address->memo[memo.len] = '\0';
    }
}

/* ---- CAIP-10 ---- */

struct caip10 {
    struct cw_span chain; /* namespace:reference */
    struct cw_span space;
    struct cw_span reference;
    struct cw_span account;
};

static bool is_caip_word(struct cw_span text, size_t min, size_t max, bool is_namespace)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        const bool is_lower = c >= 'a' && c <= 'z';
        const bool is_rich = !is_namespace && (cw_ascii_is_alpha(c) || c == '_');
        if (!is_lower && !cw_ascii_is_digit(c) && c != '-' && !is_rich) {
            return false;
        }
    }
    return text.len >= min && text.len <= max;
}

static bool split_caip10(struct cw_span text, struct caip10 *ret)
{
    const size_t first = cw_span_find(text, ':', 0);
    const size_t second = first < text.len ? cw_span_find(text, ':', first + 1) : text.len;
    if (second >= text.len) {
        return false;
    }
    ret->chain = cw_span_slice(text, 0, second);
    ret->space = cw_span_slice(text, 0, first);
    ret->reference = cw_span_slice(text, first + 1, second);
    ret->account = cw_span_slice(text, second + 1, text.len);
    return is_caip_word(ret->space, 3, 8, true) && is_caip_word(ret->reference, 1, 64, false) &&
           ret->account.len > 0 && cw_span_find(ret->account, ':', 0) == ret->account.len;
}

/* The tag of a bip122 reference: the first digits of a genesis hash. */
static const struct cw_tag *bip122_tag(struct cw_span chain)
{
    for (size_t i = 0; i < CW_CHAINS; i++) {
        struct cw_tags tags;
        if (cw_chain_table[i].caip2 != NULL && cw_span_is(chain, cw_chain_table[i].caip2) &&
            cw_tags_find(cw_span_cstr(cw_chain_table[i].name), &tags)) {
            return tags.rows[0];
        }
    }
    return NULL;
}

static enum cw_address_error parse_cosmos(struct cw_span account, struct cw_address *address)
{
    const enum cw_address_error why = cw_parse_detect(account, CW_ADDRESS_STRICT, address);
    if (why == CW_ADDRESS_SECRET) {
        return why;
    }
    if (why != CW_ADDRESS_OK) {
        return CW_ADDRESS_CHECKSUM;
    }
    const struct cw_chain *chain = &cw_chain_table[address->readings[0].chain];
    const bool is_cosmos = cw_span_starts_with(cw_span_cstr(chain->name), CW_SPAN("cosmos-"));
    address->flags |= CW_FLAG_UNWRAPPED;
    return is_cosmos || chain->family == CW_FAMILY_evm ? CW_ADDRESS_OK : CW_ADDRESS_CHECKSUM;
}

/* Stellar and XRP accounts may carry "-memo" or "-tag". */
static enum cw_address_error parse_with_memo(struct cw_span account, const struct cw_tag *tag,
                                             struct cw_address *address)
{
    const size_t dash = cw_span_find(account, '-', 0);
    const struct cw_span behind = cw_span_slice(account, dash + 1, account.len);
    const enum cw_address_error why = parse_as(cw_span_slice(account, 0, dash), tag, address);
    if (why == CW_ADDRESS_OK && tag->chain == CW_CHAIN_STELLAR) {
        set_memo(address, behind);
    }
    const bool is_tag = tag->chain == CW_CHAIN_XRPL && cw_is_decimal(behind);
    return why == CW_ADDRESS_OK && is_tag ? set_destination(address, behind) : why;
}

static const struct named_tag caip_spaces[] = {
    {"solana", "SOL"},    {"stellar", "XLM"},
    {"xrpl", "XRP"},      {"hedera", "HBAR"},
    {"tezos", "XTZ"},     {"algorand", "ALGO"},
    {"starknet", "STRK"}, {"sui", "SUI"},
    {"aptos", "APT"},     {"polkadot", "SUBSTRATE"},
    {"iota", "IOTA"},     {"near", "NEAR"},
    {"tron", "TRX"},      {"monero", "XMR"},
    {"cip34", "ADA"},     {"antelope", "EOS"},
    {"stacks", "STX"},    {"waves", "WAVES"},
    {"kadena", "KDA"},    {"ton", "TON"},
    {"mvx", "EGLD"},      {"fil", "FIL"},
    {"ergo", "ERG"},
};

/* UNKNOWN when the text is no CAIP-10 identifier of a namespace we know. */
static enum cw_address_error parse_caip10(struct cw_span text, struct cw_address *address)
{
    struct caip10 id;
    if (!split_caip10(text, &id)) {
        return CW_ADDRESS_UNKNOWN;
    }
    if (cw_span_is(id.space, "eip155") && cw_is_decimal(id.reference)) {
        return parse_as(id.account, eip155_tag(id.reference), address);
    }
    if (cw_span_is(id.space, "bip122")) {
        const struct cw_tag *tag = bip122_tag(id.chain);
        return tag == NULL ? CW_ADDRESS_CHAIN : parse_as(id.account, tag, address);
    }
    if (cw_span_is(id.space, "cosmos")) {
        return parse_cosmos(id.account, address);
    }
    const char *name = find_named(caip_spaces, CW_COUNT(caip_spaces), id.space);
    if (name == NULL) {
        return CW_ADDRESS_UNKNOWN;
    }
    const struct cw_tag *tag = tag_named(name);
    if (tag->chain == CW_CHAIN_XRPL || tag->chain == CW_CHAIN_STELLAR) {
        return parse_with_memo(id.account, tag, address);
    }
    return parse_as(id.account, tag, address);
}

/* The form of 2021: 0x…@eip155:1. UNKNOWN when it is not. */
static enum cw_address_error parse_caip10_2021(struct cw_span text, struct cw_address *address)
{
    static const struct cw_span mark = {"@eip155:", 8};
    const size_t at = cw_span_find(text, '@', 0);
    const struct cw_span rest = cw_span_slice(text, at, text.len);
    const struct cw_span id = cw_span_slice(rest, mark.len, rest.len);
    if (at != 42 || !cw_span_starts_with(rest, mark) || !cw_is_decimal(id) || id.len > 20) {
        return CW_ADDRESS_UNKNOWN;
    }
    return parse_as(cw_span_slice(text, 0, at), eip155_tag(id), address);
}

/* ---- scheme:address?query ---- */

/* The tag of a list names the network, or says with EVM that it does not. */
static bool names_network(const struct cw_tag *tag)
{
    return tag->network != NULL || tag->chain == CW_CHAIN_EVM;
}

/* EIP-681: [pay-]0x…[@chain][/function][?parameters]; a function call names two addresses. */
static enum cw_address_error parse_ethereum(struct cw_span rest, const struct cw_label *label,
                                            struct cw_address *address)
{
    enum { ACCOUNT_LENGTH = 42 };
    if (cw_span_starts_with(rest, CW_SPAN("pay-"))) {
        rest = cw_span_slice(rest, 4, rest.len);
    }
    const struct cw_span account = cw_span_slice(rest, 0, ACCOUNT_LENGTH);
    if (account.len != ACCOUNT_LENGTH || !cw_span_starts_with(account, CW_SPAN("0x")) ||
        !cw_is_hex(cw_span_slice(account, 2, account.len))) {
        return CW_ADDRESS_URL;
    }
    const char *network = "ethereum";
    if (label->tags.count == 1 && names_network(label->tags.rows[0])) {
        network = label->tags.rows[0]->network;
    }
    size_t at = ACCOUNT_LENGTH;
    if (at < rest.len && rest.data[at] == '@') {
        size_t end = at + 1;
        while (end < rest.len && cw_ascii_is_digit(rest.data[end])) {
            end++;
        }
        if (end == at + 1 || end > at + 21) {
            return CW_ADDRESS_URL;
        }
        network = network_by_id(cw_span_slice(rest, at + 1, end));
        at = end;
    }
    const struct cw_span tail = cw_span_slice(rest, at, rest.len);
    const struct cw_span path = cw_span_slice(tail, 0, cw_span_find(tail, '?', 0));
    if (path.len > 1 && path.data[0] == '/') {
        return CW_ADDRESS_AMBIGUOUS;
    }
    if (path.len > 0 && path.data[0] != '/') {
        return CW_ADDRESS_URL;
    }
    const enum cw_address_error why = parse_as(account, cw_evm_tag(network), address);
    if (why == CW_ADDRESS_OK) {
        cw_network_set(address, network);
    }
    return why;
}

/* The destination tag in "?dt=7" or "&tag=7". */
static void take_destination_tag(struct cw_span rest, struct cw_address *address)
{
    struct cw_span query = cw_span_slice(rest, cw_before_query(rest).len, rest.len);
    while (query.len > 0) {
        const struct cw_span parameter = cw_before_query(cw_span_slice(query, 1, query.len));
        const size_t equals = cw_span_find(parameter, '=', 0);
        const struct cw_span name = cw_span_slice(parameter, 0, equals);
        if (equals < parameter.len && (cw_span_is(name, "dt") || cw_span_is(name, "tag"))) {
            set_aux(address, cw_span_slice(parameter, equals + 1, parameter.len), UINT32_MAX);
        }
        query = cw_span_slice(query, 1 + parameter.len, query.len);
    }
}

static const struct named_tag own_prefixes[] = {
    {"bitcoincash", "BCH"}, {"bchtest", "BCH"},   {"ecash", "XEC"}, {"etoken", "XEC"},
    {"kaspa", "KAS"},       {"kaspatest", "KAS"}, {"cfx", "CFX"},   {"cfxtest", "CFX"},
    {"ronin", "RON"},       {"k", "KDA"},
};

static const struct named_tag eip3770[] = {
    {"eth", "ETH"},   {"oeth", "OP"},  {"bnb", "BSC"},   {"etc", "ETC"}, {"matic", "POL"},
    {"pol", "POL"},   {"arb1", "ARB"}, {"base", "BASE"}, {"ftm", "FTM"}, {"avax", "AVAXC"},
    {"celo", "CELO"}, {"cro", "CRO"},  {"rsk", "RBTC"},  {"xdc", "XDC"}, {"ron", "RON"},
};

static const struct named_tag schemes[] = {
    {"bitcoin", "BTC"},   {"litecoin", "LTC"},    {"dogecoin", "DOGE"},   {"doge", "DOGE"},
    {"dash", "DASH"},     {"bitcoingold", "BTG"}, {"bitcoinsv", "BSV"},   {"bitcoin-sv", "BSV"},
    {"zcash", "ZEC"},     {"verge", "XVG"},       {"monero", "XMR"},      {"tron", "TRX"},
    {"solana", "SOL"},    {"ripple", "XRP"},      {"xrp", "XRP"},         {"xrpl", "XRP"},
    {"stellar", "XLM"},   {"cardano", "ADA"},     {"web+cardano", "ADA"}, {"tezos", "XTZ"},
    {"nano", "NANO"},     {"filecoin", "FIL"},    {"polkadot", "DOT"},    {"digibyte", "DGB"},
    {"algorand", "ALGO"}, {"ton", "TON"},         {"near", "NEAR"},       {"avalanche", "AVAX"},
};

static bool split_scheme(struct cw_span text, struct cw_span *ret_scheme, struct cw_span *ret_rest)
{
    const size_t colon = cw_span_find(text, ':', 0);
    if (colon == text.len || colon == 0 || !cw_ascii_is_alpha(text.data[0])) {
        return false;
    }
    for (size_t i = 1; i < colon; i++) {
        const char c = text.data[i];
        if (!cw_ascii_is_alpha(c) && !cw_ascii_is_digit(c) && c != '+' && c != '.' && c != '-') {
            return false;
        }
    }
    *ret_scheme = cw_span_slice(text, 0, colon);
    *ret_rest = cw_span_slice(text, colon + 1, text.len);
    if (cw_span_starts_with(*ret_rest, CW_SPAN("//"))) {
        *ret_rest = cw_span_slice(*ret_rest, 2, ret_rest->len);
    }
    return true;
}

/* "bitcoincash:q…" and the like: the prefix is part of the address. */
static enum cw_address_error parse_own_prefix(struct cw_span text, const char *name,
                                              struct cw_address *address)
{
    const struct cw_tags tags = {.rows = {tag_named(name)}, .count = 1};
    const struct cw_span bare = cw_before_query(text);
    const enum cw_address_error why = cw_parse_tags(bare, &tags, CW_ADDRESS_LIST, address);
    if (why == CW_ADDRESS_OK && bare.len < text.len) {
        address->flags |= CW_FLAG_UNWRAPPED;
        cw_strip(address, CW_STRIPPED_QUERY, CW_SPAN(""));
    }
    return why;
}

/* Reads what follows a scheme of a chain, up to its query. */
static enum cw_address_error parse_query(struct cw_span rest, const struct cw_tag *tag,
                                         struct cw_address *address)
{
    if (tag->chain == CW_CHAIN_TON && cw_starts_with_nocase(rest, "transfer/")) {
        rest = cw_span_slice(rest, 9, rest.len);
    }
    const struct cw_span bare = cw_before_query(rest);
    const enum cw_address_error why = parse_as(bare, tag, address);
    if (why == CW_ADDRESS_OK && tag->chain == CW_CHAIN_XRPL) {
        take_destination_tag(rest, address);
    }
    if (why == CW_ADDRESS_OK && bare.len < rest.len) {
        cw_strip(address, CW_STRIPPED_QUERY, CW_SPAN(""));
    }
    return why;
}

/* A tag of ours in the place of a scheme. */
static enum cw_address_error parse_tagged(struct cw_span scheme, struct cw_span rest,
                                          const struct cw_label *label, struct cw_address *address)
{
    struct cw_label written = {.is_given = true};
    if (!cw_tags_find_short(scheme, &written.tags)) {
        return CW_ADDRESS_UNKNOWN;
    }
    const enum cw_address_error why =
        cw_parse_bare(rest, label->is_given ? label : &written, CW_ADDRESS_LIST, address);
    if (why == CW_ADDRESS_OK) {
        address->flags |= CW_FLAG_UNWRAPPED;
    }
    return why;
}

static enum cw_address_error parse_known_scheme(struct cw_span scheme, struct cw_span rest,
                                                const struct cw_label *label,
                                                struct cw_address *address)
{
    const char *name = find_named(eip3770, CW_COUNT(eip3770), scheme);
    if (name != NULL && cw_starts_with_nocase(rest, "0x")) {
        return parse_as(rest, tag_named(name), address);
    }
    if (cw_span_equal_nocase(scheme, CW_SPAN("ethereum"))) {
        const enum cw_address_error why = parse_ethereum(rest, label, address);
        if (why == CW_ADDRESS_OK && cw_span_find(rest, '?', 0) < rest.len) {
            cw_strip(address, CW_STRIPPED_QUERY, CW_SPAN(""));
        }
        return why;
    }
    name = find_named(schemes, CW_COUNT(schemes), scheme);
    return name != NULL ? parse_query(rest, tag_named(name), address)
                        : parse_tagged(scheme, rest, label, address);
}

/* UNKNOWN when the text has no scheme we know. */
static enum cw_address_error parse_scheme(struct cw_span text, const struct cw_label *label,
                                          struct cw_address *address)
{
    struct cw_span scheme;
    struct cw_span rest;
    if (!split_scheme(text, &scheme, &rest)) {
        return CW_ADDRESS_UNKNOWN;
    }
    const char *name = find_named(own_prefixes, CW_COUNT(own_prefixes), scheme);
    if (name != NULL) {
        return parse_own_prefix(text, name, address);
    }
    const enum cw_address_error why = parse_known_scheme(scheme, rest, label, address);
    if (why == CW_ADDRESS_OK) {
        cw_strip(address, CW_STRIPPED_SCHEME, scheme);
    }
    return why;
}

/* An XRP address with its destination tag: r…:123 or r…?dt=123. UNKNOWN when it is not. */
static enum cw_address_error parse_xrp_tag(struct cw_span text, struct cw_address *address)
{
    size_t end = 0;
    while (end < text.len && cw_digit_value(&cw_alphabet_xrp, text.data[end]) >= 0) {
        end++;
    }
    struct cw_span tag = cw_span_slice(text, end, text.len);
    if (cw_span_starts_with(tag, CW_SPAN("?dt="))) {
        tag = cw_span_slice(tag, 4, tag.len);
    } else {
        tag = cw_span_starts_with(tag, CW_SPAN(":")) ? cw_span_slice(tag, 1, tag.len) : CW_SPAN("");
    }
    if (end < 25 || end > 35 || text.data[0] != 'r' || !cw_is_decimal(tag) || tag.len > 10) {
        return CW_ADDRESS_UNKNOWN;
    }
    const struct cw_tags tags = {.rows = {tag_named("XRP")}, .count = 1};
    const enum cw_address_error why =
        cw_parse_tags(cw_span_slice(text, 0, end), &tags, CW_ADDRESS_LIST, address);
    if (why != CW_ADDRESS_OK) {
        return why;
    }
    cw_strip(address, CW_STRIPPED_TAG, CW_SPAN(""));
    return set_destination(address, tag);
}

enum cw_address_error cw_parse_wrapped(struct cw_span text, const struct cw_label *label,
                                       struct cw_address *address)
{
    enum cw_address_error why = parse_caip10(text, address);
    if (why == CW_ADDRESS_UNKNOWN) {
        why = parse_caip10_2021(text, address);
    }
    if (why != CW_ADDRESS_UNKNOWN) {
        if (why == CW_ADDRESS_OK) {
            cw_strip(address, CW_STRIPPED_CAIP10, CW_SPAN(""));
        }
        return why;
    }
    why = parse_scheme(text, label, address);
    if (why == CW_ADDRESS_UNKNOWN) {
        why = parse_xrp_tag(text, address);
    }
    return why == CW_ADDRESS_UNKNOWN ? cw_parse_bare(text, label, CW_ADDRESS_LIST, address) : why;
}
