#include "address/codec.h"

/* The rows of chains.def as constant tables. */

enum { LABEL_BYTES = 16 };

const struct cw_chain cw_chain_table[CW_CHAINS] = {
#define CW_CHAIN(id, name_, group_, net_, family_, caip2_)                                         \
    [CW_CHAIN_##id] = {.name = (name_),                                                            \
                       .caip2 = (caip2_),                                                          \
                       .group = CW_CHAIN_##group_,                                                 \
                       .net = CW_NET_##net_,                                                       \
                       .family = CW_FAMILY_##family_},
#include "address/chains.def"
};

static_assert(CW_CHAINS <= UINT8_MAX, "a chain fits a byte");
const uint8_t cw_chain_groups[CW_CHAINS] = {
#define CW_CHAIN(id, name, group, net, family, caip2) [CW_CHAIN_##id] = CW_CHAIN_##group,
#include "address/chains.def"
};

const char *const cw_kind_names[CW_KINDS] = {
#define CW_KIND(id, name) [CW_KIND_##id] = (name),
#include "address/kinds.def"
};

const char *const cw_encoding_names[CW_ENCODINGS] = {
#define CW_ENCODING(id, name) [CW_ENCODING_##id] = (name),
#include "address/kinds.def"
};

const struct cw_family cw_family_table[CW_FAMILIES] = {
#define CW_FAMILY(name, letters_, min_, max_, starts_)                                             \
    [CW_FAMILY_##name] = {.read = cw_read_##name,                                                  \
                          .text = cw_text_##name,                                                  \
                          .letters = CW_LETTERS_##letters_,                                        \
                          .min = (min_),                                                           \
                          .max = (max_),                                                           \
                          .starts = (starts_)},
#include "address/chains.def"
};

bool cw_family_may_read(const struct cw_family *family, const struct cw_reader *reader)
{
    const struct cw_span text = reader->text;
    if (text.len < family->min || text.len > family->max ||
        (reader->letters & family->letters) == 0) {
        return false;
    }
    for (const char *start = family->starts; *start != '\0'; start++) {
        if (*start == text.data[0]) {
            return true;
        }
    }
    return family->starts[0] == '\0';
}

const struct cw_base58_row cw_base58_rows[] = {
#define CW_BASE58(chain_, version_, kind_, length_, flags_)                                        \
    {.version = (version_),                                                                        \
     .flags = (flags_),                                                                            \
     .chain = CW_CHAIN_##chain_,                                                                   \
     .kind = CW_KIND_##kind_,                                                                      \
     .length = (length_)},
#include "address/chains.def"
};
const size_t cw_base58_rows_count = CW_COUNT(cw_base58_rows);

const struct cw_prefix_row cw_segwit_rows[] = {
#define CW_SEGWIT(chain_, prefix_)                                                                 \
    {.prefix = (prefix_), .prefix_len = sizeof(prefix_) - 1, .chain = CW_CHAIN_##chain_},
#include "address/chains.def"
};
const size_t cw_segwit_rows_count = CW_COUNT(cw_segwit_rows);

const struct cw_prefix_row cw_cashaddr_rows[] = {
#define CW_CASHADDR(chain_, prefix_)                                                               \
    {.prefix = (prefix_), .prefix_len = sizeof(prefix_) - 1, .chain = CW_CHAIN_##chain_},
#include "address/chains.def"
};
const size_t cw_cashaddr_rows_count = CW_COUNT(cw_cashaddr_rows);

const struct cw_bech32_row cw_bech32_rows[] = {
#define CW_BECH32(chain_, prefix_, constant_, length_, kind_, flags_, network_)                    \
    {.prefix = (prefix_),                                                                          \
     .prefix_len = sizeof(prefix_) - 1,                                                            \
     .network = (network_),                                                                        \
     .constant = (constant_),                                                                      \
     .flags = (flags_),                                                                            \
     .chain = CW_CHAIN_##chain_,                                                                   \
     .kind = CW_KIND_##kind_,                                                                      \
     .length = (length_)},
#include "address/chains.def"
};
const size_t cw_bech32_rows_count = CW_COUNT(cw_bech32_rows);

const struct cw_cosmos_row cw_cosmos_rows[] = {
#define CW_COSMOS(chain_, prefix_, network_)                                                       \
    {.prefix = (prefix_), .network = (network_), .chain = CW_CHAIN_##chain_},
#include "address/chains.def"
};
const size_t cw_cosmos_rows_count = CW_COUNT(cw_cosmos_rows);

static const struct cw_tag tag_table[] = {
#define CW_TAG(tag_, family_, chain_, network_)                                                    \
    {.name = (tag_),                                                                               \
     .network = (network_),                                                                        \
     .family = CW_FAMILY_##family_,                                                                \
     .chain = CW_CHAIN_##chain_},
#include "address/chains.def"
};

/* A label as the tables hold it: upper case, filled up with zeros, so that a look-up compares
 * numbers and no texts. */
struct label_key {
    char letters[LABEL_BYTES];
};

static const struct label_key tag_keys[] = {
#define CW_TAG(tag, family, chain, network) {tag},
#include "address/chains.def"
};
static_assert(CW_COUNT(tag_keys) == CW_COUNT(tag_table), "a key for each tag");

static const struct {
    struct label_key key;
    const char *tags; /* separated by one space */
} alias_table[] = {
#define CW_ALIAS(tag, tags) {{tag}, tags},
#include "address/chains.def"
};

static const struct {
    uint64_t id;
    const char *network;
} eip155_table[] = {
#define CW_EIP155(id, network) {id, network},
#include "address/chains.def"
};

/* False for a label that is longer than all of ours. */
static bool make_key(struct cw_span label, struct label_key *ret)
{
    if (label.len == 0 || label.len >= LABEL_BYTES) {
        return false;
    }
    memset(ret, 0, sizeof(*ret));
    for (size_t i = 0; i < label.len; i++) {
        const char lower = cw_ascii_lower(label.data[i]);
        ret->letters[i] = (char)(lower >= 'a' && lower <= 'z' ? lower - 'a' + 'A' : lower);
    }
    return true;
}

static bool is_key(const struct label_key *a, const struct label_key *b)
{
    return memcmp(a->letters, b->letters, LABEL_BYTES) == 0;
}

static const struct cw_tag *find_tag(const struct label_key *key)
{
    for (size_t i = 0; i < CW_COUNT(tag_table); i++) {
        if (is_key(&tag_keys[i], key)) {
            return &tag_table[i];
        }
    }
    return NULL;
}

static void add_tag(struct cw_tags *tags, const struct cw_tag *tag)
{
    CW_ASSERT(tag != NULL);
    CW_ASSERT(tags->count < CW_TAGS_MAX);
    tags->rows[tags->count++] = tag;
}

static bool find_alias(const struct label_key *key, struct cw_tags *ret)
{
    for (size_t i = 0; i < CW_COUNT(alias_table); i++) {
        if (!is_key(&alias_table[i].key, key)) {
            continue;
        }
        struct cw_span rest = cw_span_cstr(alias_table[i].tags);
        while (rest.len > 0) {
            const size_t end = cw_span_find(rest, ' ', 0);
            struct label_key one;
            const bool is_short = make_key(cw_span_slice(rest, 0, end), &one);
            CW_ASSERT(is_short);
            add_tag(ret, find_tag(&one));
            rest = cw_span_slice(rest, end + 1, rest.len);
        }
        return true;
    }
    return false;
}

bool cw_tags_find_short(struct cw_span label, struct cw_tags *ret)
{
    struct label_key key;
    ret->count = 0;
    if (!make_key(label, &key)) {
        return false;
    }
    if (find_alias(&key, ret)) {
        return true;
    }
    const struct cw_tag *tag = find_tag(&key);
    if (tag != NULL) {
        add_tag(ret, tag);
    }
    return tag != NULL;
}

bool cw_tags_find(struct cw_span label, struct cw_tags *ret)
{
    if (cw_tags_find_short(label, ret)) {
        return true;
    }
    if (label.len == 0) {
        return false;
    }
    for (size_t i = 0; i < CW_CHAINS; i++) {
        if (!cw_span_equal_nocase(label, cw_span_cstr(cw_chain_table[i].name))) {
            continue;
        }
        if (i == CW_CHAIN_EVM) {
            add_tag(ret, cw_evm_tag(NULL));
            return true;
        }
        for (size_t j = 0; j < CW_COUNT(tag_table); j++) {
            if (tag_table[j].chain == cw_chain_table[i].group) {
                add_tag(ret, &tag_table[j]);
                return true;
            }
        }
    }
    return false;
}

const char *cw_eip155_network(uint64_t id)
{
    for (size_t i = 0; i < CW_COUNT(eip155_table); i++) {
        if (eip155_table[i].id == id) {
            return eip155_table[i].network;
        }
    }
    return NULL;
}

uint64_t cw_eip155_id(const char *network)
{
    for (size_t i = 0; i < CW_COUNT(eip155_table); i++) {
        if (network != NULL && cw_span_is(cw_span_cstr(network), eip155_table[i].network)) {
            return eip155_table[i].id;
        }
    }
    return 0;
}

const struct cw_tag *cw_evm_tag(const char *network)
{
    const struct cw_tag *plain = NULL;
    for (size_t i = 0; i < CW_COUNT(tag_table); i++) {
        const struct cw_tag *tag = &tag_table[i];
        if (tag->chain != CW_CHAIN_EVM) {
            continue;
        }
        if (tag->network == NULL) {
            plain = tag;
        } else if (network != NULL && cw_span_is(cw_span_cstr(tag->network), network)) {
            return tag;
        }
    }
    CW_ASSERT(plain != NULL);
    return plain;
}
