/* address.h: what a text is, as decoded bytes, and when two texts belong together.
 *
 * Knows every address grammar of addresses.md, in the rows of chains.def. Refuses to know lists,
 * cases or alerts. Everything here is pure: text in, value out; no allocation, no locale, no state.
 *
 * The text alone decides the canonical key. A list's tag narrows the candidate readings (used by
 * relations) and never overrules the text. A text that does not decode gives a reason, never a
 * guess. A text that decodes as a secret key gives CW_ADDRESS_SECRET, and the caller must not show,
 * store or send the text.
 *
 *   struct cw_address a;
 *   enum cw_address_error why = cw_address_parse(text, tag, CW_ADDRESS_LIST, &a);
 *   if (why == CW_ADDRESS_OK) { char key[CW_CANONICAL_BYTES]; cw_address_canonical(&a, key); }
 */
#ifndef CW_ADDRESS_ADDRESS_H
#define CW_ADDRESS_ADDRESS_H

#include "base/limits.h"
#include "base/span.h"

/** Name and version of what decodes here: part of every entry hash, and of every index, so that
 * one that was built by another reading is not asked. */
#define CW_NORM "cryptowatch-norm/4"

/** Why a text is not an address (addresses.md section 2); the order is no ranking. */
enum cw_address_error {
    CW_ADDRESS_OK = 0,
    CW_ADDRESS_EMPTY,
    CW_ADDRESS_TOO_LONG,
    CW_ADDRESS_CHARSET,
    CW_ADDRESS_CASE,
    CW_ADDRESS_PREFIX,
    CW_ADDRESS_LENGTH,
    CW_ADDRESS_CHECKSUM,
    CW_ADDRESS_VERSION,
    CW_ADDRESS_PADDING,
    CW_ADDRESS_RANGE,
    CW_ADDRESS_AMBIGUOUS,
    CW_ADDRESS_UNSUPPORTED,
    CW_ADDRESS_UNKNOWN,
    CW_ADDRESS_CHAIN,
    CW_ADDRESS_SECRET,
    CW_ADDRESS_TRUNCATED,
    CW_ADDRESS_WHITESPACE,
    CW_ADDRESS_URL,
};

enum cw_address_mode {
    CW_ADDRESS_STRICT, /* what our operators write: one bare address, nothing else */
    CW_ADDRESS_LIST,   /* what others publish or people paste: unwrapped first (section 8) */
};

enum cw_checksum {
    CW_CHECKSUM_OK,   /* verified */
    CW_CHECKSUM_NONE, /* the text carries none */
    CW_CHECKSUM_BAD,  /* wrong EIP-55 or Starknet letter case, list mode only */
};

/** Flags of a decode (addresses.md section 2), a bit each. */
enum cw_address_flag {
    CW_FLAG_TESTNET = 1 << 0,
    CW_FLAG_LEGACY = 1 << 1,
    CW_FLAG_NOPREFIX = 1 << 2,
    CW_FLAG_SHORT = 1 << 3,
    CW_FLAG_OFF_CURVE = 1 << 4,
    CW_FLAG_TOKEN_AWARE = 1 << 5,
    CW_FLAG_TEX = 1 << 6,
    CW_FLAG_MASKED_ID = 1 << 7,
    CW_FLAG_LONG_ZERO = 1 << 8,
    CW_FLAG_ICAP = 1 << 9,
    CW_FLAG_HEX = 1 << 10,
    CW_FLAG_METADATA = 1 << 11,
    CW_FLAG_SANITISED = 1 << 12,
    CW_FLAG_UNWRAPPED = 1 << 13,
    CW_FLAG_DEFANGED = 1 << 14,
    CW_FLAG_LABEL_MISMATCH = 1 << 15,
    CW_FLAG_UPPER_PREFIX = 1 << 16,
    CW_FLAG_BOUNCEABLE = 1 << 17,
    CW_FLAG_NON_BOUNCEABLE = 1 << 18,
};
enum { CW_ADDRESS_FLAGS = 19 };

enum {
    CW_READINGS_MAX = 24,     /* candidate chains of one text: 05… has nine today */
    CW_CHAIN_NAME_BYTES = 40, /* "cosmos-persistence", "bitcoin-regtest", NUL */
    CW_CANONICAL_BYTES = 40 + 24 + 2 * 640 + 1, /* chain ":" kind ":" hex, NUL */
    CW_ADDRESS_TEXT_BYTES = 1025,               /* a canonical text and NUL */
    CW_AUX_BYTES = 65, /* a Stellar memo: a text of 28 bytes or a hash in hex, and NUL */
    CW_LINKS_MAX = 96, /* keys and link keys of one address */
};

/** One way to read the text: a canonical key. Fields are for src/address/ only. */
struct cw_reading {
    uint16_t chain; /* row of the chain table */
    uint8_t kind;   /* enum cw_kind */
    uint16_t at;    /* payload in cw_address.bytes */
    uint16_t len;
    bool is_narrowed; /* still a candidate after the tag */
};

/** A decoded address: fixed size, copied by value, no pointers but `source`.
 *  Fields are for src/address/ only; use the functions below. */
struct cw_address {
    struct cw_reading readings[CW_READINGS_MAX]; /* default reading first */
    uint8_t readings_count;                      /* 1..CW_READINGS_MAX */
    uint8_t encoding;                            /* enum cw_encoding */
    uint8_t checksum;                            /* enum cw_checksum */
    uint8_t aux_kind;                            /* enum cw_aux */
    char network[20];                            /* "main", "ss58-16383"; empty when unknown */
    uint32_t flags;                              /* enum cw_address_flag */
    uint32_t stripped;                           /* enum cw_stripped, explain.h */
    uint32_t stripped_named;                     /* the one that stripped_name belongs to */
    char stripped_name[32];                      /* a scheme, a label, a host */
    uint64_t aux;                                /* XRP tag, Stellar id, Monero payment id */
    char memo[CW_AUX_BYTES];                     /* a Stellar memo that is no number */
    uint16_t bytes_used;
    uint8_t bytes[CW_ADDRESS_PAYLOAD_MAX + 64];
    char source[CW_ADDRESS_TEXT_BYTES]; /* the bare text after unwrapping, NUL-terminated */
};

/** Decodes a text.
 *  In:      text  any bytes, any length (over the limits of limits.h: TOO_LONG, before any work)
 *           tag   the chain a list says ("XBT", "ETH"), or empty; an unknown tag is no error
 *           mode  strict or list
 *  Out:     ret   set only on CW_ADDRESS_OK
 *  Returns: the reason, the most telling one when several grammars were tried
 *  Safety:  pure. Source: addresses.md sections 1 to 8 */
enum cw_address_error cw_address_parse(struct cw_span text, struct cw_span tag,
                                       enum cw_address_mode mode, struct cw_address *ret);

/** Decodes the text of a question: as cw_address_parse without a tag in list mode, and bare digits
 *  as an account of each chain that writes one so. Who asks means an account; a list may mean a
 *  hash, so there such digits need a tag (addresses.md section 5).
 *  Out, returns, safety: as cw_address_parse */
enum cw_address_error cw_address_ask(struct cw_span text, struct cw_address *ret);
/** 40 hex digits and nothing else: bare digits, which only cw_address_ask reads without a tag. */
bool cw_address_is_digits(struct cw_span text);

/** Decodes a text as one named chain or tag, strictly: the form of the codec tests and of
 *  `address --chain TAG`. CW_ADDRESS_CHAIN when the tag is unknown. */
enum cw_address_error cw_address_parse_as(struct cw_span text, struct cw_span tag,
                                          struct cw_address *ret);

/** What stands beside a text, looked up: given and known (tags), given and unknown (no tags), or
 * not given. Who reads many texts beside one tag makes its label once. Fields are for src/address/
 *  only; what they point to is constant. */
enum { CW_TAGS_MAX = 8 };
struct cw_tag;
struct cw_label {
    bool is_given;
    bool is_question; /* cw_address_ask */
    struct cw_tags {
        const struct cw_tag *rows[CW_TAGS_MAX]; /* in order of trial */
        size_t count;
    } tags;
};

/** The label of a tag; of the empty one the label that is not given. */
struct cw_label cw_label_make(struct cw_span tag);
/** cw_address_parse and cw_address_parse_as with the tag looked up. */
enum cw_address_error cw_label_parse(const struct cw_label *label, struct cw_span text,
                                     enum cw_address_mode mode, struct cw_address *ret);
enum cw_address_error cw_label_parse_as(const struct cw_label *label, struct cw_span text,
                                        struct cw_address *ret);

/** "CHECKSUM" and the like; never NULL. */
const char *cw_address_error_code(enum cw_address_error why);
/** One sentence for people about a code: "the checksum is wrong: a character was mistyped". */
const char *cw_address_error_text(enum cw_address_error why);

/** Writes `chain:kind:hex` of the default reading and a NUL. */
void cw_address_canonical(const struct cw_address *address, char ret[static CW_CANONICAL_BYTES]);
/** The same of one reading, 0 the default; `index` is below what cw_address_chains returns. */
void cw_address_reading(const struct cw_address *address, size_t index,
                        char ret[static CW_CANONICAL_BYTES]);
/** Writes the one spelling we print (EIP-55, lower bech32, CashAddr with prefix …) and a NUL. */
void cw_address_text(const struct cw_address *address, char ret[static CW_ADDRESS_TEXT_BYTES]);
/** Chain of the default reading, "bitcoin". Static. */
const char *cw_address_chain(const struct cw_address *address);
/** Candidate chains, default first; `only_narrowed` keeps those the tag allows.
 *  Returns: how many names were written (static strings). */
size_t cw_address_chains(const struct cw_address *address, const char *ret[static CW_READINGS_MAX]);
size_t cw_address_narrowed(const struct cw_address *address,
                           const char *ret[static CW_READINGS_MAX]);
const char *cw_address_kind(const struct cw_address *address);
const char *cw_address_encoding(const struct cw_address *address);
/** "main", "test", an EVM or SS58 network, or NULL when unknown. Borrowed from the struct. */
const char *cw_address_network(const struct cw_address *address);
enum cw_checksum cw_address_checksum(const struct cw_address *address);
uint32_t cw_address_flags(const struct cw_address *address);
/** "label-mismatch" for one bit; static. */
const char *cw_address_flag_name(enum cw_address_flag flag);
/** The bare text after unwrapping, borrowed from the struct. */
struct cw_span cw_address_source(const struct cw_address *address);
/** Tag, muxed id, memo or payment id as text ("123", 16 hex digits); false when it carries none. */
bool cw_address_aux(const struct cw_address *address, char ret[static CW_AUX_BYTES]);
/** CAIP-10 of the default reading ("bip122:000000000019d6689c085ae165831e93:bc1q…"),
 * NUL-terminated. False where no CAIP-2 namespace is registered or the network is not known (an EVM
 * address: use "eip155:1:" only when the tag says Ethereum). */
bool cw_address_caip10(const struct cw_address *address, char *ret, size_t bytes);

/** How two addresses belong together, strongest first (addresses.md section 7). */
enum cw_relation {
    CW_RELATION_NONE = 0,
    CW_RELATION_EXACT,         /* same text after unwrapping */
    CW_RELATION_ENCODING,      /* same key, other spelling */
    CW_RELATION_SAME_KEY_HASH, /* same public key hash under another script, or other tag */
    CW_RELATION_CROSS_CHAIN,   /* same key on another chain */
    CW_RELATION_ENTITY, /* another address of the same listed party: never from two addresses */
};
enum { CW_RELATIONS = 6, CW_RELATION_REASONS_MAX = 8 };

/** "exact", "encoding", "same-key-hash", "cross-chain", "entity", "none". */
const char *cw_relation_name(enum cw_relation relation);
bool cw_relation_parse(struct cw_span name, enum cw_relation *ret);

struct cw_relation_reasons {
    const char *names[CW_RELATION_REASONS_MAX]; /* static, sorted: "nested_segwit" … */
    size_t count;
};

/** The relation between two decoded addresses; symmetric. An address that nobody holds (reserved.h)
 *  has its own spellings and no other relation.
 *  Out: ret_reasons  may be NULL */
enum cw_relation cw_address_relation(const struct cw_address *a, const struct cw_address *b,
                                     struct cw_relation_reasons *ret_reasons);

/** A probe for an index: the first 16 bytes of BLAKE2b-256 over class and bytes of a key or link
 *  key. Two addresses with a relation share at least one probe; the reverse does not hold, so a
 *  common probe is a candidate that cw_address_relation then judges. */
struct cw_probe {
    uint8_t bytes[16];
};

/** Writes every probe of an address, sorted, without repeats.
 *  Returns: how many, 1..CW_LINKS_MAX */
size_t cw_address_probes(const struct cw_address *address,
                         struct cw_probe ret[static CW_LINKS_MAX]);

/** Probes for an index that is made and asked by the million: 64-bit keyed hashes over the same
 *  inputs, without those of readings that a link key of theirs finds as well. The same promise: two
 *  addresses with a relation share at least one. The key is the index's own, so that nobody can
 *  publish a list whose keys all fall into one place.
 *  Returns: how many, 1..CW_LINKS_MAX, without repeats, in no order */
size_t cw_address_probe_hashes(const struct cw_address *address, const uint8_t key[static 16],
                               uint64_t ret[static CW_LINKS_MAX]);

#endif
