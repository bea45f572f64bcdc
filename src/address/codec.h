/* codec.h: what the files of src/address/ share: the registry, the reader, the families.
 *
 * A family reads one kind of text (chain_<family>.c) and adds what it found to the result. The
 * registry (chains.def) says which bytes belong to which chain. Nothing here leaves the module.
 */
#ifndef CW_ADDRESS_CODEC_H
#define CW_ADDRESS_CODEC_H

#include "address/address.h"
#include "address/alphabet.h"
#include "address/bits.h"
#include "base/status.h"

enum cw_chain_id {
#define CW_CHAIN(id, ...) CW_CHAIN_##id,
#include "address/chains.def"
    CW_CHAINS
};

enum cw_kind {
#define CW_KIND(id, name) CW_KIND_##id,
#include "address/kinds.def"
    CW_KINDS
};

enum cw_encoding {
#define CW_ENCODING(id, name) CW_ENCODING_##id,
#include "address/kinds.def"
    CW_ENCODINGS
};

enum cw_family_id {
#define CW_FAMILY(name, ...) CW_FAMILY_##name,
#include "address/chains.def"
    CW_FAMILIES
};

enum cw_net { CW_NET_MAIN, CW_NET_TEST };
enum cw_aux { CW_AUX_NONE, CW_AUX_NUMBER, CW_AUX_HEX, CW_AUX_TEXT };

struct cw_chain {
    const char *name;
    const char *caip2; /* NULL where none is registered or sure */
    enum cw_chain_id group;
    enum cw_net net;
    enum cw_family_id family;
};

/** What a list's label means: one grammar of one chain group. */
struct cw_tag {
    const char *name;
    const char *network; /* of an EVM address under this tag; NULL none */
    enum cw_family_id family;
    enum cw_chain_id chain;
};

struct cw_base58_row {
    const char *version; /* hex */
    uint32_t flags;
    enum cw_chain_id chain;
    enum cw_kind kind;
    uint8_t length;
};

/** A row of the segwit or CashAddr table. */
struct cw_prefix_row {
    const char *prefix;
    size_t prefix_len;
    enum cw_chain_id chain;
};

struct cw_bech32_row {
    const char *prefix;
    size_t prefix_len;
    const char *network;
    uint32_t constant;
    uint32_t flags;
    enum cw_chain_id chain;
    enum cw_kind kind;
    uint8_t length;
};

struct cw_cosmos_row {
    const char *prefix;
    const char *network; /* of the EVM that shares the accounts; NULL none */
    enum cw_chain_id chain;
};

extern const struct cw_chain cw_chain_table[CW_CHAINS];
/** The group of each chain once more, close together: walks of the row tables ask for little else.
 */
extern const uint8_t cw_chain_groups[CW_CHAINS];
extern const char *const cw_kind_names[CW_KINDS];
extern const char *const cw_encoding_names[CW_ENCODINGS];
extern const struct cw_base58_row cw_base58_rows[];
extern const size_t cw_base58_rows_count;
extern const struct cw_prefix_row cw_segwit_rows[];
extern const size_t cw_segwit_rows_count;
extern const struct cw_prefix_row cw_cashaddr_rows[];
extern const size_t cw_cashaddr_rows_count;
extern const struct cw_bech32_row cw_bech32_rows[];
extern const size_t cw_bech32_rows_count;
extern const struct cw_cosmos_row cw_cosmos_rows[];
extern const size_t cw_cosmos_rows_count;

/** The tags of a label, without regard to letter case; false (count 0) when it is unknown. A chain
 *  name is a label too. */
bool cw_tags_find(struct cw_span label, struct cw_tags *ret);
/** As cw_tags_find, but the name of a chain is no label: for words in front of an address. */
bool cw_tags_find_short(struct cw_span label, struct cw_tags *ret);
/** Network name of an EIP-155 chain id; NULL when we have none. And the reverse; 0 when none. */
const char *cw_eip155_network(uint64_t id);
uint64_t cw_eip155_id(const char *network);
/** The EVM tag whose network is this one (NULL: the plain EVM tag). Never NULL. */
const struct cw_tag *cw_evm_tag(const char *network);

/** A text being read, with each expensive conversion made at most once. */
struct cw_reader {
    struct cw_span text;
    enum cw_address_mode mode;
    unsigned letters; /* enum cw_letters */
    bool has_base58;
    bool has_sum;
    bool has_bech32;
    enum cw_address_error base58_why;
    enum cw_address_error sum_why;
    enum cw_address_error bech32_why;
    struct cw_bytes base58;
    struct cw_bech32 bech32;
};

void cw_reader_init(struct cw_reader *reader, struct cw_span text, enum cw_address_mode mode);
/** The text as a base58 number. *ret is borrowed from the reader. */
enum cw_address_error cw_reader_base58(struct cw_reader *reader, struct cw_span *ret);
/** The same without its 4 checksum bytes, verified. */
enum cw_address_error cw_reader_base58check(struct cw_reader *reader, struct cw_span *ret);
/** The text as bech32 or bech32m of any length; over `limit` characters it is TOO_LONG. */
enum cw_address_error cw_reader_bech32(struct cw_reader *reader, size_t limit,
                                       const struct cw_bech32 **ret);

/** One thing a text was found to be. */
struct cw_found {
    enum cw_chain_id chain;
    enum cw_kind kind;
    enum cw_encoding encoding;
    enum cw_checksum checksum;
    uint32_t flags;      /* TESTNET is added for chains that are test networks */
    const char *network; /* NULL: what the chain row says */
    struct cw_span payload;
    enum cw_aux aux_kind;
    uint64_t aux;
};

/** Adds a reading; the first one also sets encoding, flags, network and aux of the address. A
 *  reading with a known key is dropped. TOO_LONG when the struct is full, which needs a text that
 * is valid in two long encodings at once. */
enum cw_address_error cw_found_add(struct cw_address *address, const struct cw_found *found);
/** Sets the network's name; NULL for unknown. */
void cw_network_set(struct cw_address *address, const char *network);
/** Payload of a reading. */
struct cw_span cw_reading_payload(const struct cw_address *address,
                                  const struct cw_reading *reading);

/** A family. `as` is the tag to read as, or NULL: everything the text itself proves, by a checksum
 *  or a shape that nothing else has. Returns OK when at least one reading was added. */
typedef enum cw_address_error cw_read_fn(struct cw_reader *reader, const struct cw_tag *as,
                                         struct cw_address *address);
/** Writes the canonical text of a reading. */
typedef void cw_text_fn(const struct cw_address *address, const struct cw_reading *reading,
                        struct cw_writer *out);

struct cw_family {
    cw_read_fn *read;
    cw_text_fn *text;
    unsigned letters; /* the next four: what a text without a tag must have; see chains.def */
    size_t min;
    size_t max;
    const char *starts;
};
extern const struct cw_family cw_family_table[CW_FAMILIES];
/** Whether a text without a tag can be of a family at all. */
bool cw_family_may_read(const struct cw_family *family, const struct cw_reader *reader);

#define CW_FAMILY(name, ...)                                                                       \
    cw_read_fn cw_read_##name;                                                                     \
    cw_text_fn cw_text_##name;
#include "address/chains.def"

/** Whether a row of a table may be used when reading as this tag. */
static inline bool cw_row_fits(const struct cw_tag *as, enum cw_chain_id chain)
{
    return as == NULL || cw_chain_groups[chain] == cw_chain_groups[as->chain];
}

/** A list is generous where our own files are not, but only once a tag says what to expect. */
static inline bool cw_is_lenient(const struct cw_reader *reader, const struct cw_tag *as)
{
    return as != NULL && reader->mode == CW_ADDRESS_LIST;
}

/** The higher-ranked of two errors: a broken checksum says more than a wrong prefix. */
enum cw_address_error cw_error_worse(enum cw_address_error a, enum cw_address_error b);

/** Table look-ups shared by families; see coin_rows.c. */
enum cw_address_error cw_read_base58_rows(struct cw_reader *reader, const struct cw_tag *as,
                                          struct cw_address *address);
enum cw_address_error cw_read_segwit_rows(struct cw_reader *reader, const struct cw_tag *as,
                                          struct cw_address *address);
enum cw_address_error cw_read_cashaddr_rows(struct cw_reader *reader, const struct cw_tag *as,
                                            struct cw_address *address);
enum cw_address_error cw_read_bech32_rows(struct cw_reader *reader, const struct cw_tag *as,
                                          struct cw_address *address);
/** Write by the first row of the reading's chain and kind; false when the table has none. */
bool cw_write_base58_row(struct cw_writer *out, const struct cw_reading *reading,
                         struct cw_span payload);
bool cw_write_segwit_row(struct cw_writer *out, const struct cw_reading *reading,
                         struct cw_span payload);
bool cw_write_cashaddr_row(struct cw_writer *out, const struct cw_reading *reading,
                           struct cw_span payload);
bool cw_write_bech32_row(struct cw_writer *out, const struct cw_reading *reading,
                         struct cw_span payload);
/** Other spellings of a key than the canonical one, for spellings.c. */
void cw_write_base58_as(struct cw_writer *out, const struct cw_base58_row *row,
                        struct cw_span payload);
uint8_t cw_cashaddr_version(enum cw_kind kind);
void cw_write_cashaddr_as(struct cw_writer *out, const char *prefix, uint8_t version,
                          struct cw_span payload);
/** SS58 with a prefix of one byte, below 64. */
void cw_write_ss58(struct cw_writer *out, uint8_t prefix, struct cw_span account);
enum cw_ton_form {
    CW_TON_BOUNCEABLE = 0x11,
    CW_TON_NON_BOUNCEABLE = 0x51,
    CW_TON_TEST_BOUNCEABLE = 0x91,
    CW_TON_TEST_NON_BOUNCEABLE = 0xd1,
};
void cw_write_ton_friendly(struct cw_writer *out, enum cw_ton_form form, bool is_url,
                           struct cw_span payload);
/** An X-address of the main network; `tag` NULL: without a destination tag. */
void cw_write_xaddress(struct cw_writer *out, struct cw_span account, const uint64_t *tag);
/** "0.0.123" with its checksum on the main ledger. */
void cw_write_hedera_sum(struct cw_writer *out, struct cw_span numbers);
/** The direct ICAP form. */
void cw_write_icap(struct cw_writer *out, struct cw_span account);

/** Whether the text begins with a witness prefix of the tag's group, or of any chain. */
bool cw_is_segwit_text(struct cw_span text, const struct cw_tag *as);
/** The same for the prefixes without a witness version. */
bool cw_is_bech32_text(struct cw_span text, const struct cw_tag *as);

/** 40 hex digits with the letter case rule of EIP-55, or of ERC-1191 for network "rootstock". */
enum cw_address_error cw_evm_digits(struct cw_span digits, enum cw_address_mode mode,
                                    const char *network, uint8_t ret[static 20],
                                    enum cw_checksum *ret_checksum);

#endif
