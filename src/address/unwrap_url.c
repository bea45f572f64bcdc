#include "address/parse.h"

/* A link to a block explorer: the one address its path or query names. */

struct link {
    struct cw_span host;
    struct cw_span path;     /* before '?' and '#' */
    struct cw_span query;    /* without '?' */
    struct cw_span fragment; /* without '#' */
};

static struct link split_link(struct cw_span text)
{
    struct cw_span rest = text;
    const size_t slashes = cw_span_find(rest, ':', 0) + 3;
    rest = cw_span_slice(rest, slashes, rest.len);
    struct link link = {.fragment = {"", 0}, .query = {"", 0}};
    const size_t hash = cw_span_find(rest, '#', 0);
    link.fragment = cw_span_slice(rest, hash + 1, rest.len);
    rest = cw_span_slice(rest, 0, hash);
    const size_t question = cw_span_find(rest, '?', 0);
    link.query = cw_span_slice(rest, question + 1, rest.len);
    rest = cw_span_slice(rest, 0, question);
    const size_t slash = cw_span_find(rest, '/', 0);
    link.host = cw_span_slice(rest, 0, slash);
    link.path = cw_span_slice(rest, slash, rest.len);
    return link;
}

/* ---- what the host says about the chain ---- */

static const struct {
    const char *host;
    const char *tag;
} hosts[] = {
    {"etherscan.io", "ETH"},
    {"bscscan.com", "BSC"},
    {"arbiscan.io", "ARB"},
    {"polygonscan.com", "POL"},
    {"basescan.org", "BASE"},
    {"snowtrace.io", "AVAXC"},
    {"snowscan.xyz", "AVAXC"},
    {"blockscout.com", "EVM"},
    {"tronscan.org", "TRX"},
    {"solscan.io", "SOL"},
    {"explorer.solana.com", "SOL"},
    {"xrpscan.com", "XRP"},
    {"bithomp.com", "XRP"},
    {"stellar.expert", "XLM"},
    {"tonscan.org", "TON"},
    {"tonviewer.com", "TON"},
    {"mempool.space", "BTC"},
    {"blockstream.info", "BTC"},
    {"cardanoscan.io", "ADA"},
    {"subscan.io", "SUBSTRATE"},
    {"suiscan.xyz", "SUI"},
    {"explorer.aptoslabs.com", "APT"},
    {"hashscan.io", "HBAR"},
    {"nearblocks.io", "NEAR"},
    {"tzkt.io", "XTZ"},
    {"filfox.info", "FIL"},
};

static bool ends_with_nocase(struct cw_span text, struct cw_span suffix)
{
    return text.len >= suffix.len &&
           cw_span_equal_nocase(cw_span_slice(text, text.len - suffix.len, text.len), suffix);
}

static struct cw_span bare_host(struct cw_span host)
{
    for (size_t at = cw_span_find(host, '@', 0); at < host.len; at = cw_span_find(host, '@', 0)) {
        host = cw_span_slice(host, at + 1, host.len);
    }
    return cw_span_slice(host, 0, cw_span_find(host, ':', 0));
}

static struct cw_label label_by_host(struct cw_span host, const struct cw_label *label)
{
    host = bare_host(host);
    for (size_t i = 0; i < CW_COUNT(hosts); i++) {
        const struct cw_span known = cw_span_cstr(hosts[i].host);
        const bool is_whole = host.len == known.len;
        const bool is_below = host.len > known.len && host.data[host.len - known.len - 1] == '.';
        if ((is_whole || is_below) && ends_with_nocase(host, known)) {
            return cw_label_make(cw_span_cstr(hosts[i].tag));
        }
    }
    return *label;
}

/* ---- candidates ---- */

struct search {
    const struct cw_label *label;
    struct cw_address *first;
    size_t found; /* distinct addresses: 0, 1 or 2 */
    bool is_proof_needed;
    bool is_secret;
};

static bool is_same_key(const struct cw_address *a, const struct cw_address *b)
{
    return a->readings[0].chain == b->readings[0].chain &&
           a->readings[0].kind == b->readings[0].kind &&
           cw_span_equal(cw_reading_payload(a, &a->readings[0]),
                         cw_reading_payload(b, &b->readings[0]));
}

/* A key broken over two lines is one still; an address is not joined inside a link. */
static bool is_broken_secret(struct cw_span text)
{
    CW_UNSET struct cw_address address;
    char joined[CW_ADDRESS_FIELD_MAX];
    const size_t len = cw_remove_spaces(text, joined);
    return len < text.len && cw_parse_detect(cw_span_make(joined, len), CW_ADDRESS_LIST,
                                             &address) == CW_ADDRESS_SECRET;
}

static void try_candidate(struct search *search, struct cw_span text)
{
    struct cw_address address;
    enum cw_address_error why = cw_parse_detect(text, CW_ADDRESS_LIST, &address);
    if (why == CW_ADDRESS_OK && search->label->is_given) {
        cw_parse_narrow(&address, search->label);
    } else if (why == CW_ADDRESS_UNKNOWN && search->label->is_given) {
        why = cw_parse_tags(text, &search->label->tags, CW_ADDRESS_LIST, &address);
    }
    search->is_secret |= why == CW_ADDRESS_SECRET || is_broken_secret(text);
    if (why != CW_ADDRESS_OK || (search->is_proof_needed && address.checksum != CW_CHECKSUM_OK)) {
        return;
    }
    if (search->found == 0) {
        *search->first = address;
        search->found = 1;
    } else if (!is_same_key(search->first, &address)) {
        search->found = 2;
    }
}

static bool is_word(struct cw_span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cw_span_equal_nocase(text, cw_span_cstr(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool names_address(struct cw_span segment)
{
    static const char *const words[] = {"address",  "addresses", "addr",     "account",
                                        "accounts", "wallet",    "contract", "token",
                                        "a",        "contracts", "evm"};
    return is_word(segment, words, CW_COUNT(words));
}

static bool names_transaction(struct cw_span segment)
{
    static const char *const words[] = {"tx", "txs", "transaction", "block", "hash"};
    return is_word(segment, words, CW_COUNT(words));
}

/* The next non-empty part of path and then of fragment, whose parts end at their query. */
static bool next_segment(struct link *link, struct cw_span *ret)
{
    while (link->path.len > 0 || link->fragment.len > 0) {
        const bool is_path = link->path.len > 0;
        struct cw_span *rest = is_path ? &link->path : &link->fragment;
        const size_t slash = cw_span_find(*rest, '/', 0);
        const struct cw_span part = cw_span_slice(*rest, 0, slash);
        *rest = cw_span_slice(*rest, slash + 1, rest->len);
        *ret = is_path ? part : cw_before_query(part);
        if (part.len > 0) {
            return true;
        }
    }
    return false;
}

static void search_named(struct search *search, struct link link)
{
    static const char *const names[] = {"a", "address", "addr", "account", "q"};
    struct cw_span segment;
    bool is_named = false;
    struct cw_span query = link.query;
    while (next_segment(&link, &segment)) {
        if (is_named) {
            try_candidate(search, segment);
        }
        is_named = names_address(segment);
    }
    while (query.len > 0) {
        const size_t end = cw_span_find(query, '&', 0);
        const struct cw_span parameter = cw_span_slice(query, 0, end);
        const size_t equals = cw_span_find(parameter, '=', 0);
        if (is_word(cw_span_slice(parameter, 0, equals), names, CW_COUNT(names))) {
            try_candidate(search, cw_span_slice(parameter, equals + 1, parameter.len));
        }
        query = cw_span_slice(query, end + 1, query.len);
    }
}

static bool is_transaction_link(struct link link)
{
    struct cw_span segment;
    while (next_segment(&link, &segment)) {
        if (names_transaction(segment)) {
            return true;
        }
    }
    return false;
}

/* Any other part of the path counts only when a checksum proves it. */
static void search_anywhere(struct search *search, struct link link)
{
    struct cw_span segment;
    search->is_proof_needed = true;
    while (next_segment(&link, &segment)) {
        try_candidate(search, segment);
    }
}

enum cw_address_error cw_parse_url(struct cw_span text, const struct cw_label *label,
                                   struct cw_address *address)
{
    const struct link link = split_link(text);
    if (link.host.len == 0) {
        return CW_ADDRESS_URL;
    }
    const struct cw_label hint = label_by_host(link.host, label);
    struct search search = {.label = &hint, .first = address};
    search_named(&search, link);
    if (search.found == 0 && !is_transaction_link(link)) {
        search_anywhere(&search, link);
    }
    if (search.is_secret) {
        return CW_ADDRESS_SECRET;
    }
    if (search.found == 0) {
        return CW_ADDRESS_URL;
    }
    if (search.found > 1) {
        return CW_ADDRESS_AMBIGUOUS;
    }
    cw_strip(address, CW_STRIPPED_LINK, bare_host(link.host));
    return CW_ADDRESS_OK;
}
