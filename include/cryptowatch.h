/* cryptowatch.h: what a text is as an address, when two addresses belong together, whether an alert
 * is genuine, and who is listed in an index that `cryptowatch scan` published.
 *
 * Knows address grammars, two signature forms and index files, by the same code that the
 * cryptowatch program runs. Refuses to know where lists come from and whom to trust.
 *
 * Rules that hold for every function here:
 *   - Order of arguments: what is read, with each size behind its pointer; then what is written.
 *   - Nothing is stored or printed. Memory is allocated only by functions that end in _open, _new
 *     or _reload, which have one that ends in _close or _free. Pointers that come back are to
 *     static text, unless the comment says otherwise.
 *   - Text goes in as bytes and length; it need not end in NUL and may hold anything.
 *   - Any number of threads may call at once, after cryptowatch_init has returned once.
 *   - A pointer that must not be NULL and is NULL is a bug in the calling program: it is stopped
 *     with a line on standard error, since a wrong "clear" would be worse.
 *   - Binary interface: structs are of fixed size, owned by the caller, copied by assignment.
 *     Codes, flags and functions are added, never renumbered, changed or removed: so treat a code
 *     that you do not know as a failure. Of such a code, …_name and …_text are empty.
 *
 *   struct cryptowatch_address a;
 *   enum cryptowatch_address_error why =
 *       cryptowatch_address_parse(text, text_len, NULL, CRYPTOWATCH_LIST, &a);
 *   if (why != CRYPTOWATCH_ADDRESS_OK) { ... cryptowatch_address_error_text(why) ... }
 */
#ifndef CRYPTOWATCH_H
#define CRYPTOWATCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CRYPTOWATCH_API       __attribute__((visibility("default")))
#define CRYPTOWATCH_NODISCARD __attribute__((warn_unused_result))
#else
#define CRYPTOWATCH_API
#define CRYPTOWATCH_NODISCARD
#endif

/* ---- start ---- */

enum cryptowatch_init_result {
    CRYPTOWATCH_INIT_OK = 0,
    CRYPTOWATCH_INIT_HASH = 1, /* a hash of libsodium or nettle gave a wrong answer */
};

/** Checks every hash in use against published answers: a wrong hash would mean silent misses. Call
 *  it before anything else; once is enough. Any result but OK: do not use it on this machine. */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_init_result cryptowatch_init(void);

/** Version of the library at run time, "0.1.0". */
CRYPTOWATCH_API const char *cryptowatch_version(void);

/* ---- one address ---- */

enum {
    CRYPTOWATCH_CANONICAL_BYTES = 1536, /* holds every canonical key and its NUL */
    CRYPTOWATCH_TEXT_BYTES = 1152,      /* holds every canonical text and its NUL */
};

/** A decoded address. Fill it with cryptowatch_address_parse and read it with the functions below;
 *  what is inside belongs to the library. After a parse that failed, and when it is all zeros, it
 *  is an empty address: they answer with the empty text, 0 and CRYPTOWATCH_RELATION_UNKNOWN. */
struct cryptowatch_address {
    uint64_t opaque[448];
};

enum cryptowatch_mode {
    CRYPTOWATCH_STRICT = 0, /* what an operator or a program writes: one bare address, no more */
    CRYPTOWATCH_LIST = 1,   /* what others publish or people paste: wrappings are taken off first */
};

/** Why a text is no address; the order is no ranking. */
enum cryptowatch_address_error {
    CRYPTOWATCH_ADDRESS_OK = 0,
    CRYPTOWATCH_ADDRESS_EMPTY = 1,
    CRYPTOWATCH_ADDRESS_TOO_LONG = 2,
    CRYPTOWATCH_ADDRESS_CHARSET = 3,
    CRYPTOWATCH_ADDRESS_CASE = 4,
    CRYPTOWATCH_ADDRESS_PREFIX = 5,
    CRYPTOWATCH_ADDRESS_LENGTH = 6,
    CRYPTOWATCH_ADDRESS_CHECKSUM = 7,
    CRYPTOWATCH_ADDRESS_VERSION = 8,
    CRYPTOWATCH_ADDRESS_PADDING = 9,
    CRYPTOWATCH_ADDRESS_RANGE = 10,
    CRYPTOWATCH_ADDRESS_AMBIGUOUS = 11,
    CRYPTOWATCH_ADDRESS_UNSUPPORTED = 12,
    CRYPTOWATCH_ADDRESS_UNKNOWN = 13,
    CRYPTOWATCH_ADDRESS_CHAIN = 14,
    CRYPTOWATCH_ADDRESS_SECRET = 15, /* a secret key: do not show, store or send the text */
    CRYPTOWATCH_ADDRESS_TRUNCATED = 16,
    CRYPTOWATCH_ADDRESS_WHITESPACE = 17,
    CRYPTOWATCH_ADDRESS_URL = 18,
};

enum cryptowatch_checksum {
    CRYPTOWATCH_CHECKSUM_OK = 0,   /* verified */
    CRYPTOWATCH_CHECKSUM_NONE = 1, /* the text carries none */
    CRYPTOWATCH_CHECKSUM_BAD = 2,  /* wrong EIP-55 or Starknet letter case; list mode only */
};

/** What was remarkable about the spelling; a bit each. */
enum cryptowatch_flag {
    CRYPTOWATCH_FLAG_TESTNET = 1 << 0,
    CRYPTOWATCH_FLAG_LEGACY = 1 << 1,
    CRYPTOWATCH_FLAG_NOPREFIX = 1 << 2,
    CRYPTOWATCH_FLAG_SHORT = 1 << 3,
    CRYPTOWATCH_FLAG_OFF_CURVE = 1 << 4,
    CRYPTOWATCH_FLAG_TOKEN_AWARE = 1 << 5,
    CRYPTOWATCH_FLAG_TEX = 1 << 6,
    CRYPTOWATCH_FLAG_MASKED_ID = 1 << 7,
    CRYPTOWATCH_FLAG_LONG_ZERO = 1 << 8,
    CRYPTOWATCH_FLAG_ICAP = 1 << 9,
    CRYPTOWATCH_FLAG_HEX = 1 << 10,
    CRYPTOWATCH_FLAG_METADATA = 1 << 11,
    CRYPTOWATCH_FLAG_SANITISED = 1 << 12,
    CRYPTOWATCH_FLAG_UNWRAPPED = 1 << 13,
    CRYPTOWATCH_FLAG_DEFANGED = 1 << 14,
    CRYPTOWATCH_FLAG_LABEL_MISMATCH = 1 << 15,
    CRYPTOWATCH_FLAG_UPPER_PREFIX = 1 << 16,
    CRYPTOWATCH_FLAG_BOUNCEABLE = 1 << 17,
    CRYPTOWATCH_FLAG_NON_BOUNCEABLE = 1 << 18,
};

/** Decodes a text as an address of any chain we know.
 *  In:      text        any bytes; NULL only with len 0
 *           tag         the chain a list or a wallet says ("XBT", "ETH"), or NULL; narrows the
 *                       readings, never overrules the text; misfit or unknown: LABEL_MISMATCH
 *           mode        strict or list
 *  Out:     ret         set on CRYPTOWATCH_ADDRESS_OK; else it answers as an empty address
 *  Returns: CRYPTOWATCH_ADDRESS_OK, or why it is none. No other code means "may pass"
 *  Limits:  strict reads at most 1024 bytes, list 4096; longer is TOO_LONG before any work */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_address_error
cryptowatch_address_parse(const char *text, size_t len, const char *tag, enum cryptowatch_mode mode,
                          struct cryptowatch_address *ret);

/** "CHECKSUM" and the like, to log and to compare. */
CRYPTOWATCH_API const char *cryptowatch_address_error_name(enum cryptowatch_address_error why);
CRYPTOWATCH_API const char *cryptowatch_address_error_text(enum cryptowatch_address_error why);

/** Writes the canonical key `chain:kind:hex`: two texts of one owner's key give the same.
 *  In:      bytes  room at ret, counted with the NUL; CRYPTOWATCH_CANONICAL_BYTES always suffices
 *  Out:     ret    NUL-terminated; the empty text when it does not fit; untouched when bytes is 0
 *  Returns: length of the whole key without NUL; it was written only if that is less than bytes */
CRYPTOWATCH_API size_t cryptowatch_address_canonical(const struct cryptowatch_address *address,
                                                     char *ret, size_t bytes);
/** Writes the one spelling we print (EIP-55, lower-case bech32, CashAddr with its prefix …).
 *  In, Out and Returns as above, with CRYPTOWATCH_TEXT_BYTES. */
CRYPTOWATCH_API size_t cryptowatch_address_text(const struct cryptowatch_address *address,
                                                char *ret, size_t bytes);
/** "bitcoin", "evm", "tron" …: the chain of the canonical key. */
CRYPTOWATCH_API const char *cryptowatch_address_chain(const struct cryptowatch_address *address);
/** "p2pkh", "account" …: what the bytes of the key are. */
CRYPTOWATCH_API const char *cryptowatch_address_kind(const struct cryptowatch_address *address);
/** "base58check", "bech32", "hex" …: how the text was spelled. */
CRYPTOWATCH_API const char *cryptowatch_address_encoding(const struct cryptowatch_address *address);
/** State of the checksum; CRYPTOWATCH_CHECKSUM_NONE for an empty address. */
CRYPTOWATCH_API enum cryptowatch_checksum
cryptowatch_address_checksum(const struct cryptowatch_address *address);
/** enum cryptowatch_flag, joined with "or"; bits this header does not name may be set. */
CRYPTOWATCH_API uint64_t cryptowatch_address_flags(const struct cryptowatch_address *address);
/** "label-mismatch" and the like for one bit; empty for none, several or an unknown one. */
CRYPTOWATCH_API const char *cryptowatch_flag_name(uint64_t flag);

/* ---- two addresses ---- */

/** Only EXACT and ENCODING mean the same key. */
enum cryptowatch_relation {
    CRYPTOWATCH_RELATION_NONE = 0,
    CRYPTOWATCH_RELATION_EXACT = 1,         /* the same text */
    CRYPTOWATCH_RELATION_ENCODING = 2,      /* the same key in another spelling */
    CRYPTOWATCH_RELATION_SAME_KEY_HASH = 3, /* the same public key under another script or tag */
    CRYPTOWATCH_RELATION_CROSS_CHAIN = 4,   /* the same key on another chain */
    CRYPTOWATCH_RELATION_ENTITY = 5,        /* the same listed party; never told by two addresses */
    CRYPTOWATCH_RELATION_UNKNOWN = 255, /* one of the two is empty: cannot say, which is no "no" */
};

/** Symmetric. */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_relation
cryptowatch_address_relation(const struct cryptowatch_address *a,
                             const struct cryptowatch_address *b);
/** "exact", "encoding", "same-key-hash", "cross-chain", "entity", "none", "unknown". */
CRYPTOWATCH_API const char *cryptowatch_relation_name(enum cryptowatch_relation relation);

/* ---- alerts and deliveries ---- */

enum {
    CRYPTOWATCH_PUBLIC_KEY_BYTES = 32,       /* Ed25519, raw */
    CRYPTOWATCH_BODY_BYTES_MAX = 16384,      /* no alert is longer */
    CRYPTOWATCH_WEBHOOK_ID_BYTES_MAX = 128,  /* ours are 36 */
    CRYPTOWATCH_WEBHOOK_SIGNATURES_MAX = 32, /* elements of one webhook-signature header */
    CRYPTOWATCH_WEBHOOK_TOLERANCE_S = 300,   /* what Standard Webhooks recommends, both ways */
};

/** Why something is not proven genuine. Zero is the only "yes". */
enum cryptowatch_verify_error {
    CRYPTOWATCH_VERIFY_OK = 0,
    CRYPTOWATCH_VERIFY_ARGUMENT = 1,  /* a negative tolerance, or a struct of an unknown size */
    CRYPTOWATCH_VERIFY_TOO_LONG = 2,  /* over a bound of this header: not checked at all */
    CRYPTOWATCH_VERIFY_FORM = 3,      /* not of the form it must have, base64 included */
    CRYPTOWATCH_VERIFY_HEADER = 4,    /* the protected header is not exactly that of an alert */
    CRYPTOWATCH_VERIFY_KEY = 5,       /* it names another key than the one given */
    CRYPTOWATCH_VERIFY_BODY = 6,      /* compact form: it carries another body than the one given */
    CRYPTOWATCH_VERIFY_SIGNATURE = 7, /* the key did not sign this */
    CRYPTOWATCH_VERIFY_PURPOSE = 8,   /* genuine, but a countersignature: it issues nothing */
    CRYPTOWATCH_VERIFY_MISSING = 9,   /* the list holds no v1a signature that could be checked */
    CRYPTOWATCH_VERIFY_TIME = 10,     /* too old, or from the future: a replay or a wrong clock */
};

/** "SIGNATURE" and the like. */
CRYPTOWATCH_API const char *cryptowatch_verify_error_name(enum cryptowatch_verify_error why);
CRYPTOWATCH_API const char *cryptowatch_verify_error_text(enum cryptowatch_verify_error why);

/** What a signer of an alert says with the signature. */
enum cryptowatch_purpose {
    CRYPTOWATCH_PURPOSE_ISSUE = 0,    /* the scanner that made the alert */
    CRYPTOWATCH_PURPOSE_RECEIVED = 1, /* a partner: we got this */
    CRYPTOWATCH_PURPOSE_VERIFIED = 2, /* a partner: signature and log checked */
    CRYPTOWATCH_PURPOSE_CONCUR = 3,   /* a partner: we found the same from our own snapshot */
};

/** What a genuine signature says beside the body. */
struct cryptowatch_jws {
    int64_t iat_s;    /* signing time as the signer says it, UTC Unix seconds, not negative */
    uint32_t purpose; /* enum cryptowatch_purpose */
    uint32_t reserved[13];
};

/** Verifies the issuing signature of an alert: the value of the `cryptowatch-jws` delivery header
 *  (`protected..signature`) or the compact form (`protected.payload.signature`), over a body. The
 *  caller judges afterwards whether the key was valid at iat_s and may speak for the `source`.
 *  In:      jws         the header value, without white space around it
 *           body        the body exactly as received; at most CRYPTOWATCH_BODY_BYTES_MAX
 *           public_key  the trusted raw Ed25519 key, CRYPTOWATCH_PUBLIC_KEY_BYTES long
 *  Out:     ret         may be NULL; set on CRYPTOWATCH_VERIFY_OK and CRYPTOWATCH_VERIFY_PURPOSE
 *  Returns: OK · TOO_LONG · FORM · HEADER · KEY · BODY · SIGNATURE · PURPOSE (a genuine
 *           countersignature, so that it is never taken for an alert by mistake)
 *  Limits:  no allocation; about 23 KiB of stack
 *  Safety:  pure; small-order keys and signatures that could be varied are refused
 *  Source:  RFC 7515 (JWS), RFC 9864 (Ed25519; EdDSA is taken too), RFC 7638 (kid) */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_verify_error
cryptowatch_jws_verify(const char *jws, size_t jws_len, const void *body, size_t body_len,
                       const uint8_t public_key[CRYPTOWATCH_PUBLIC_KEY_BYTES],
                       struct cryptowatch_jws *ret);

/** A delivery as it came in. Set it to zero, then size to sizeof(struct cryptowatch_webhook), then
 *  what came. All pointers are borrowed for the call; none may be NULL unless its length is 0. */
struct cryptowatch_webhook {
    size_t size;
    const char *id; /* header webhook-id */
    size_t id_len;
    const char *timestamp; /* header webhook-timestamp */
    size_t timestamp_len;
    const char *signature; /* header webhook-signature: elements between single spaces */
    size_t signature_len;
    const void *body; /* exactly as received */
    size_t body_len;
    uint64_t reserved[6];
};

/** Verifies a delivery by Standard Webhooks 1.0 with an Ed25519 key: one `v1a` element it signed is
 *  enough (keys can be rotated), others are passed over. The caller drops ids that came before.
 *  In:      delivery    see above; the body at most CRYPTOWATCH_BODY_BYTES_MAX
 *           public_key  the endpoint's trusted raw key, CRYPTOWATCH_PUBLIC_KEY_BYTES long
 *           now_s       the receiver's clock, UTC Unix seconds
 *           tolerance_s how far the timestamp may be from it, both ways, inclusive; not negative
 *  Returns: OK · ARGUMENT · TOO_LONG · FORM · TIME · MISSING · SIGNATURE
 *  Limits:  no allocation; about 18 KiB of stack. Safety: pure
 *  Source:  Standard Webhooks 1.0, asymmetric signatures */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_verify_error
cryptowatch_webhook_verify(const struct cryptowatch_webhook *delivery,
                           const uint8_t public_key[CRYPTOWATCH_PUBLIC_KEY_BYTES], int64_t now_s,
                           int64_t tolerance_s);

/* ---- an index ---- */

/** What every list and case said when it was built; never changes: any number of threads may ask.
 */
struct cryptowatch_index;

enum cryptowatch_index_error {
    CRYPTOWATCH_INDEX_OK = 0,
    CRYPTOWATCH_INDEX_NOT_FOUND = 1, /* nothing was published there */
    CRYPTOWATCH_INDEX_DENIED = 2,
    CRYPTOWATCH_INDEX_IO = 3,
    CRYPTOWATCH_INDEX_DAMAGED = 4, /* not an index, cut short, or its checksums fail */
    CRYPTOWATCH_INDEX_OTHER = 5,   /* of another format or reading of addresses: run a scan */
    CRYPTOWATCH_INDEX_MEMORY = 6,
    CRYPTOWATCH_INDEX_NO_FILTER = 7, /* it cannot screen texts: it was built without a filter */
    CRYPTOWATCH_INDEX_STOPPED = 8,   /* the callback said so */
    CRYPTOWATCH_INDEX_ARGUMENT = 9,  /* a struct of an unknown size */
};
/** "DAMAGED" and the like. */
CRYPTOWATCH_API const char *cryptowatch_index_error_name(enum cryptowatch_index_error why);
CRYPTOWATCH_API const char *cryptowatch_index_error_text(enum cryptowatch_index_error why);

/** Opens what is in force in a folder (`state/index`), or one index file, which does not know how
 *  old its lists are. Every block is checked against its checksum when it is first touched.
 *  Out:     ret  let it go with cryptowatch_index_close; set on CRYPTOWATCH_INDEX_OK
 *  Returns: OK · NOT_FOUND · DENIED · IO · DAMAGED · OTHER · MEMORY, at one cost for any size */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_index_open(const char *path, struct cryptowatch_index **ret);
CRYPTOWATCH_API struct cryptowatch_index *cryptowatch_index_hold(struct cryptowatch_index *index);
/** Lets go of a share that _open or _hold gave; the last one unmaps the file. NULL is fine. */
CRYPTOWATCH_API void cryptowatch_index_close(struct cryptowatch_index *index);

/** Set size to sizeof(struct cryptowatch_index_info), the rest is filled. */
struct cryptowatch_index_info {
    size_t size;
    uint64_t generation; /* of the scan that published it; of a file alone, that of the file */
    int64_t built_at_s;  /* UTC Unix seconds, as all times here */
    uint64_t listings;
    uint64_t feeds;        /* lists whose age is known: cryptowatch_index_feed 0 … feeds - 1 */
    int64_t fresh_until_s; /* the first list turns stale behind this; INT64_MIN: one is failed,
                              held, stale or missing already, or no age is known */
    uint64_t reserved[8];
};
/** Returns: OK · ARGUMENT */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_index_info(const struct cryptowatch_index *index, struct cryptowatch_index_info *ret);

enum cryptowatch_feed_status {
    CRYPTOWATCH_FEED_FRESH = 0,
    CRYPTOWATCH_FEED_STALE = 1,  /* not seen for longer than its stale_after */
    CRYPTOWATCH_FEED_NEVER = 2,  /* never read */
    CRYPTOWATCH_FEED_FAILED = 3, /* the last attempt failed; what was seen before is in force */
    CRYPTOWATCH_FEED_HELD = 4,   /* the newest document is not believed yet */
};
/** Set size to sizeof(struct cryptowatch_feed). Texts are borrowed from the index. */
struct cryptowatch_feed {
    size_t size;
    const char *id;
    const char *snapshot_sha256; /* of the document in force; "" never */
    int64_t retrieved_at_s;      /* last seen served; 0 never */
    int64_t stale_after_s;
    uint64_t entries;
    uint32_t status; /* enum cryptowatch_feed_status, as of now_s */
    uint32_t reserved[11];
};
/** Tells of list number `at`. Returns: OK · NOT_FOUND (no such number) · ARGUMENT */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_index_feed(const struct cryptowatch_index *index, uint64_t at, int64_t now_s,
                       struct cryptowatch_feed *ret);

/* ---- a question ---- */

/** The numbers are the exit codes of `cryptowatch check`. Only CLEAR may pass. */
enum cryptowatch_verdict {
    CRYPTOWATCH_CLEAR = 0,   /* no match, on lists that are complete and fresh */
    CRYPTOWATCH_LISTED = 10, /* the same key, on a list in force or in a case */
    CRYPTOWATCH_RELATED = 11,
    CRYPTOWATCH_CANNOT_SAY = 20,
};
CRYPTOWATCH_API const char *cryptowatch_verdict_name(enum cryptowatch_verdict verdict);

/** Why it is CANNOT_SAY. */
enum cryptowatch_why {
    CRYPTOWATCH_WHY_NONE = 0,
    CRYPTOWATCH_WHY_NO_ADDRESS = 1, /* it does not decode, or is empty, or an unusable entry too */
    CRYPTOWATCH_WHY_MISTYPED = 2,   /* its letter case fails the checksum */
    CRYPTOWATCH_WHY_DATA = 3,       /* a list is stale, failed, held or missing */
    CRYPTOWATCH_WHY_DAMAGED = 4,    /* the index is damaged */
    CRYPTOWATCH_WHY_STOPPED = 5,    /* the callback ended the look-up */
    CRYPTOWATCH_WHY_ARGUMENT = 6,   /* a struct of an unknown size */
};

/** One thing that a list or a case says. Borrowed until the callback returns, its texts too: they
 *  have a length and need not end in NUL. Members may be added at the end. */
struct cryptowatch_match {
    uint32_t relation;  /* enum cryptowatch_relation */
    uint32_t is_case;   /* 1: a case of this installation, 0: a public list */
    uint32_t is_active; /* 0: no longer on the list */
    uint32_t reserved;
    int64_t delisted_at_s; /* 0 while active */
    const char *source_id; /* of the list or case */
    size_t source_id_len;
    const char *value; /* as the list spells it */
    size_t value_len;
    const char *entry_id;
    size_t entry_id_len;
    const char *entry_name; /* of the party, or the title of the case */
    size_t entry_name_len;
    const char *listed_on; /* as the list dates it; may be empty */
    size_t listed_on_len;
};
/** Hears of one match; cases come first. Anything but 0 ends the look-up. */
typedef int (*cryptowatch_match_fn)(void *ctx, const struct cryptowatch_match *match);

enum {
    CRYPTOWATCH_ASK_AGES_ARE_MINE = 1 << 0, /* the caller judges how old is too old */
};
/** Set it to zero, then size to sizeof(struct cryptowatch_ask). */
struct cryptowatch_ask {
    size_t size;
    int64_t now_s; /* the caller's clock: lists are judged as of then */
    uint64_t flags;
    cryptowatch_match_fn on_match; /* may be NULL */
    void *ctx;
    uint64_t reserved[4];
};

/** Who lists this address? The same answer as `cryptowatch check` gives from the same generation.
 *  Out:     ret_why  may be NULL; always set
 *  Limits:  no allocation; O(keys of the address * log n); about 16 KiB of stack */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_verdict
cryptowatch_index_find(const struct cryptowatch_index *index,
                       const struct cryptowatch_address *address, const struct cryptowatch_ask *ask,
                       enum cryptowatch_why *ret_why);
/** The same for a text, which is decoded in list mode first; 40 bare hex digits as EVM, Zilliqa. */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_verdict
cryptowatch_index_find_text(const struct cryptowatch_index *index, const char *text, size_t len,
                            const struct cryptowatch_ask *ask, enum cryptowatch_why *ret_why);

/** Whether anything may be related: 0 is certain, 1 means ask cryptowatch_index_find; damage is 1.
 */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD int
cryptowatch_index_may_hold(const struct cryptowatch_index *index,
                           const struct cryptowatch_address *address);
/** The same for a text; 0: cryptowatch_index_find_text would find no match, address or not. */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD int
cryptowatch_index_may_hold_text(const struct cryptowatch_index *index, const char *text,
                                size_t len);

/** The keys of a decoded address, to be asked about by the million: copied, never stored. */
struct cryptowatch_key {
    uint64_t opaque[8];
};
/** Always sets ret; of an empty address: a key that any index may hold. */
CRYPTOWATCH_API void cryptowatch_key_make(const struct cryptowatch_address *address,
                                          struct cryptowatch_key *ret);
/** cryptowatch_index_may_hold of a key: one cache line for each of its one or two hashes. */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD int
cryptowatch_index_may_hold_key(const struct cryptowatch_index *index,
                               const struct cryptowatch_key *key);

/* ---- a folder that is followed ---- */

/** A folder whose newest generation is wanted. Any thread may take or reload at any time. */
struct cryptowatch_follower;

/** Opens the folder and its index, as cryptowatch_index_open. */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_follower_open(const char *folder, struct cryptowatch_follower **ret);
/** Closes it; shares that were taken live on. NULL is fine. */
CRYPTOWATCH_API void cryptowatch_follower_close(struct cryptowatch_follower *follower);
/** The newest generation that a reload has seen: a share, to be let go with
 *  cryptowatch_index_close. Never waits for a reload. Take one for each request, or each batch. */
CRYPTOWATCH_API struct cryptowatch_index *
cryptowatch_follower_take(struct cryptowatch_follower *follower);
/** Looks for a newer generation and puts it in force. Who holds an older one keeps it until it is
 *  let go; on any error everything stays as it was.
 *  Out:     ret_is_new  may be NULL; 1 when there was one
 *  Returns: as cryptowatch_index_open */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_follower_reload(struct cryptowatch_follower *follower, int *ret_is_new);

/* ---- text ---- */

/** A document on its way through the filter. For one thread at a time. */
struct cryptowatch_screening;

/** A token that is listed or related, borrowed until the callback returns. Members may be added. */
struct cryptowatch_hit {
    uint64_t line;    /* the first is 1 */
    uint64_t offset;  /* of the first byte in the document */
    const char *text; /* not NUL-terminated */
    size_t text_len;
    uint32_t verdict; /* enum cryptowatch_verdict: LISTED or RELATED */
    uint32_t reserved;
    const struct cryptowatch_address *address; /* to ask cryptowatch_index_find what is known */
};
/** Hears of one hit, in the order of the document. Anything but 0 ends the screening. */
typedef int (*cryptowatch_hit_fn)(void *ctx, const struct cryptowatch_hit *hit);

/** Begins a document.
 *  In:      index   keeps a share of it
 *           on_hit  not NULL
 *  Out:     ret     free with cryptowatch_screening_free
 *  Returns: OK · NO_FILTER · DAMAGED · MEMORY
 *  Limits:  about 300 KiB, whatever the document; docs/screen.md says what is not looked for */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_screening_new(struct cryptowatch_index *index, cryptowatch_hit_fn on_hit, void *ctx,
                          struct cryptowatch_screening **ret);
/** Takes the next bytes, any number of them: an address may be cut anywhere.
 *  Returns: OK · STOPPED · DAMAGED; after a failure only _free may follow */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_screening_feed(struct cryptowatch_screening *screening, const void *bytes, size_t len);
/** The document ends here; the next feed begins another one. Returns: as feed */
CRYPTOWATCH_API CRYPTOWATCH_NODISCARD enum cryptowatch_index_error
cryptowatch_screening_end(struct cryptowatch_screening *screening);
CRYPTOWATCH_API void cryptowatch_screening_free(struct cryptowatch_screening *screening);

#ifdef __cplusplus
}
#endif

#endif
