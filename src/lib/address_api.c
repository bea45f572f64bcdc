/* The address half of include/cryptowatch.h: a thin, checked door to address/address.h. */
#include <assert.h>

#include "crypto/hash.h"
#include "lib/holder.h"

static_assert(sizeof(struct cw_holder) <= sizeof(struct cryptowatch_address),
              "the room is reserved");
static_assert(_Alignof(struct cw_holder) <= _Alignof(struct cryptowatch_address), "it is aligned");
static_assert(sizeof(struct cryptowatch_address) == 3584, "the ABI keeps its sizes");
static_assert((int)CW_CANONICAL_BYTES <= (int)CRYPTOWATCH_CANONICAL_BYTES, "every key fits");
static_assert((int)CW_ADDRESS_TEXT_BYTES <= (int)CRYPTOWATCH_TEXT_BYTES, "every text fits");

/* The numbers of the public header are a promise to programs that are compiled already; those of
 * address.h may move. The day one does, the line here fails and a table takes its place. */
#define SAME(ours, theirs) static_assert((int)(ours) == (int)(theirs), "the ABI keeps its numbers")
SAME(CW_ADDRESS_OK, CRYPTOWATCH_ADDRESS_OK);
SAME(CW_ADDRESS_EMPTY, CRYPTOWATCH_ADDRESS_EMPTY);
SAME(CW_ADDRESS_TOO_LONG, CRYPTOWATCH_ADDRESS_TOO_LONG);
SAME(CW_ADDRESS_CHARSET, CRYPTOWATCH_ADDRESS_CHARSET);
SAME(CW_ADDRESS_CASE, CRYPTOWATCH_ADDRESS_CASE);
SAME(CW_ADDRESS_PREFIX, CRYPTOWATCH_ADDRESS_PREFIX);
SAME(CW_ADDRESS_LENGTH, CRYPTOWATCH_ADDRESS_LENGTH);
SAME(CW_ADDRESS_CHECKSUM, CRYPTOWATCH_ADDRESS_CHECKSUM);
SAME(CW_ADDRESS_VERSION, CRYPTOWATCH_ADDRESS_VERSION);
SAME(CW_ADDRESS_PADDING, CRYPTOWATCH_ADDRESS_PADDING);
SAME(CW_ADDRESS_RANGE, CRYPTOWATCH_ADDRESS_RANGE);
SAME(CW_ADDRESS_AMBIGUOUS, CRYPTOWATCH_ADDRESS_AMBIGUOUS);
SAME(CW_ADDRESS_UNSUPPORTED, CRYPTOWATCH_ADDRESS_UNSUPPORTED);
SAME(CW_ADDRESS_UNKNOWN, CRYPTOWATCH_ADDRESS_UNKNOWN);
SAME(CW_ADDRESS_CHAIN, CRYPTOWATCH_ADDRESS_CHAIN);
SAME(CW_ADDRESS_SECRET, CRYPTOWATCH_ADDRESS_SECRET);
SAME(CW_ADDRESS_TRUNCATED, CRYPTOWATCH_ADDRESS_TRUNCATED);
SAME(CW_ADDRESS_WHITESPACE, CRYPTOWATCH_ADDRESS_WHITESPACE);
SAME(CW_ADDRESS_URL, CRYPTOWATCH_ADDRESS_URL);
SAME(CW_CHECKSUM_OK, CRYPTOWATCH_CHECKSUM_OK);
SAME(CW_CHECKSUM_NONE, CRYPTOWATCH_CHECKSUM_NONE);
SAME(CW_CHECKSUM_BAD, CRYPTOWATCH_CHECKSUM_BAD);
SAME(CW_FLAG_TESTNET, CRYPTOWATCH_FLAG_TESTNET);
SAME(CW_FLAG_LEGACY, CRYPTOWATCH_FLAG_LEGACY);
SAME(CW_FLAG_NOPREFIX, CRYPTOWATCH_FLAG_NOPREFIX);
SAME(CW_FLAG_SHORT, CRYPTOWATCH_FLAG_SHORT);
SAME(CW_FLAG_OFF_CURVE, CRYPTOWATCH_FLAG_OFF_CURVE);
SAME(CW_FLAG_TOKEN_AWARE, CRYPTOWATCH_FLAG_TOKEN_AWARE);
SAME(CW_FLAG_TEX, CRYPTOWATCH_FLAG_TEX);
SAME(CW_FLAG_MASKED_ID, CRYPTOWATCH_FLAG_MASKED_ID);
SAME(CW_FLAG_LONG_ZERO, CRYPTOWATCH_FLAG_LONG_ZERO);
SAME(CW_FLAG_ICAP, CRYPTOWATCH_FLAG_ICAP);
SAME(CW_FLAG_HEX, CRYPTOWATCH_FLAG_HEX);
SAME(CW_FLAG_METADATA, CRYPTOWATCH_FLAG_METADATA);
SAME(CW_FLAG_SANITISED, CRYPTOWATCH_FLAG_SANITISED);
SAME(CW_FLAG_UNWRAPPED, CRYPTOWATCH_FLAG_UNWRAPPED);
SAME(CW_FLAG_DEFANGED, CRYPTOWATCH_FLAG_DEFANGED);
SAME(CW_FLAG_LABEL_MISMATCH, CRYPTOWATCH_FLAG_LABEL_MISMATCH);
SAME(CW_FLAG_UPPER_PREFIX, CRYPTOWATCH_FLAG_UPPER_PREFIX);
SAME(CW_FLAG_BOUNCEABLE, CRYPTOWATCH_FLAG_BOUNCEABLE);
SAME(CW_FLAG_NON_BOUNCEABLE, CRYPTOWATCH_FLAG_NON_BOUNCEABLE);
SAME(CW_RELATION_NONE, CRYPTOWATCH_RELATION_NONE);
SAME(CW_RELATION_EXACT, CRYPTOWATCH_RELATION_EXACT);
SAME(CW_RELATION_ENCODING, CRYPTOWATCH_RELATION_ENCODING);
SAME(CW_RELATION_SAME_KEY_HASH, CRYPTOWATCH_RELATION_SAME_KEY_HASH);
SAME(CW_RELATION_CROSS_CHAIN, CRYPTOWATCH_RELATION_CROSS_CHAIN);
SAME(CW_RELATION_ENTITY, CRYPTOWATCH_RELATION_ENTITY);
#undef SAME

/* ---- start ---- */

enum cryptowatch_init_result cryptowatch_init(void)
{
    return cw_hash_selftest(NULL) == CW_OK ? CRYPTOWATCH_INIT_OK : CRYPTOWATCH_INIT_HASH;
}

const char *cryptowatch_version(void)
{
    return CW_VERSION;
}

/* ---- one address ---- */

enum cryptowatch_address_error cryptowatch_address_parse(const char *text, size_t len,
                                                         const char *tag,
                                                         enum cryptowatch_mode mode,
                                                         struct cryptowatch_address *ret)
{
    CW_ASSERT(text != NULL || len == 0);
    CW_ASSERT(ret != NULL);
    struct cw_holder *holder = (struct cw_holder *)(void *)ret;
    holder->mark = 0;
    const enum cw_address_error why = cw_address_parse(
        cw_span_make(text, len), cw_span_cstr(tag),
        mode == CRYPTOWATCH_LIST ? CW_ADDRESS_LIST : CW_ADDRESS_STRICT, &holder->value);
    if (why == CW_ADDRESS_OK) {
        holder->mark = CW_HOLDER_MARK;
    }
    return (enum cryptowatch_address_error)why;
}

static bool is_known_error(enum cryptowatch_address_error why)
{
    return (unsigned)why <= CRYPTOWATCH_ADDRESS_URL;
}

const char *cryptowatch_address_error_name(enum cryptowatch_address_error why)
{
    return is_known_error(why) ? cw_address_error_code((enum cw_address_error)why) : "";
}

const char *cryptowatch_address_error_text(enum cryptowatch_address_error why)
{
    return is_known_error(why) ? cw_address_error_text((enum cw_address_error)why) : "";
}

static size_t write_text(const char *text, char *ret, size_t bytes)
{
    CW_ASSERT(ret != NULL || bytes == 0);
    const size_t len = strlen(text);
    if (len < bytes) {
        memcpy(ret, text, len + 1);
    } else if (bytes > 0) {
        ret[0] = '\0';
    }
    return len;
}

size_t cryptowatch_address_canonical(const struct cryptowatch_address *address, char *ret,
                                     size_t bytes)
{
    const struct cw_address *value = cw_held_address(address);
    char text[CW_CANONICAL_BYTES] = "";
    if (value != NULL) {
        cw_address_canonical(value, text);
    }
    return write_text(text, ret, bytes);
}

size_t cryptowatch_address_text(const struct cryptowatch_address *address, char *ret, size_t bytes)
{
    const struct cw_address *value = cw_held_address(address);
    char text[CW_ADDRESS_TEXT_BYTES] = "";
    if (value != NULL) {
        cw_address_text(value, text);
    }
    return write_text(text, ret, bytes);
}

const char *cryptowatch_address_chain(const struct cryptowatch_address *address)
{
    const struct cw_address *value = cw_held_address(address);
    return value == NULL ? "" : cw_address_chain(value);
}

const char *cryptowatch_address_kind(const struct cryptowatch_address *address)
{
    const struct cw_address *value = cw_held_address(address);
    return value == NULL ? "" : cw_address_kind(value);
}

const char *cryptowatch_address_encoding(const struct cryptowatch_address *address)
{
    const struct cw_address *value = cw_held_address(address);
    return value == NULL ? "" : cw_address_encoding(value);
}

enum cryptowatch_checksum cryptowatch_address_checksum(const struct cryptowatch_address *address)
{
    const struct cw_address *value = cw_held_address(address);
    return value == NULL ? CRYPTOWATCH_CHECKSUM_NONE
                         : (enum cryptowatch_checksum)cw_address_checksum(value);
}

uint64_t cryptowatch_address_flags(const struct cryptowatch_address *address)
{
    const struct cw_address *value = cw_held_address(address);
    return value == NULL ? 0 : cw_address_flags(value);
}

const char *cryptowatch_flag_name(uint64_t flag)
{
    const bool is_one = flag != 0 && (flag & (flag - 1)) == 0;
    if (!is_one || flag >= (uint64_t)1 << CW_ADDRESS_FLAGS) {
        return "";
    }
    return cw_address_flag_name((enum cw_address_flag)flag);
}

/* ---- two addresses ---- */

enum cryptowatch_relation cryptowatch_address_relation(const struct cryptowatch_address *a,
                                                       const struct cryptowatch_address *b)
{
    const struct cw_address *first = cw_held_address(a);
    const struct cw_address *second = cw_held_address(b);
    if (first == NULL || second == NULL) {
        return CRYPTOWATCH_RELATION_UNKNOWN;
    }
    return (enum cryptowatch_relation)cw_address_relation(first, second, NULL);
}

const char *cryptowatch_relation_name(enum cryptowatch_relation relation)
{
    if (relation == CRYPTOWATCH_RELATION_UNKNOWN) {
        return "unknown";
    }
    return (unsigned)relation < CW_RELATIONS ? cw_relation_name((enum cw_relation)relation) : "";
}
