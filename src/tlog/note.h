/* note.h: signed notes: a text, and under it lines with signatures of whoever vouches for it.
 *
 * Knows C2SP signed-note with Ed25519 (type 0x01) and the cosignatures of witnesses (type 0x04,
 * C2SP tlog-cosignature). Refuses to know what the text says and which keys are trusted. A line of
 * a key or type we do not know is no mistake: it says nothing to us.
 */
#ifndef CW_TLOG_NOTE_H
#define CW_TLOG_NOTE_H

#include "base/buf.h"
#include "base/limits.h"
#include "crypto/sign.h"

enum {
    CW_TLOG_KEY_ID_BYTES = 4,
    CW_TLOG_SIGN = 0x01,   /* Ed25519 over the text */
    CW_TLOG_COSIGN = 0x04, /* Ed25519 over a time and the text */
};

/** A key by which notes are verified: what a vkey says. */
struct cw_tlog_key {
    char name[CW_LOG_NAME_MAX + 1];
    uint8_t type; /* CW_TLOG_SIGN or CW_TLOG_COSIGN */
    uint8_t id[CW_TLOG_KEY_ID_BYTES];
    struct cw_public_key key;
};

/** May name a key: printable ASCII without blanks and "+", 1..CW_LOG_NAME_MAX bytes. C2SP takes
 * more; what is a Unicode space is a question to which no two verifiers give one answer. */
bool cw_tlog_name_is_valid(struct cw_span name);
/** In:  name  valid; type  one of the two above */
void cw_tlog_key_make(struct cw_span name, uint8_t type, const struct cw_public_key *key,
                      struct cw_tlog_key *ret);
/** Reads a vkey, NAME+hex(id)+base64(type key).
 *  Returns: CW_OK; CW_INVALID when it is none, is of another type, or its id is not its key's. */
CW_NODISCARD enum cw_status cw_tlog_key_parse(struct cw_span vkey, struct cw_tlog_key *ret,
                                              struct cw_error *err);

/** One signature line. */
struct cw_tlog_line {
    struct cw_span name;
    struct cw_span base64; /* of the id and the signature; canonical */
    uint8_t id[CW_TLOG_KEY_ID_BYTES];
};

/** A note taken apart; all is borrowed from its bytes. */
struct cw_tlog_note {
    struct cw_span text; /* with its last newline */
    struct cw_tlog_line lines[CW_NOTE_SIGNATURES_MAX];
    size_t count; /* at least 1 */
};

/** Takes a note apart; says nothing about its signatures.
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_LIMIT (bytes, signatures). */
CW_NODISCARD enum cw_status cw_tlog_note_read(struct cw_span file, struct cw_tlog_note *ret,
                                              struct cw_error *err);

enum cw_tlog_signature {
    CW_TLOG_ABSENT, /* no line names this key */
    CW_TLOG_GOOD,
    CW_TLOG_BAD, /* a line names this key, which did not sign this text */
};
/** What a note holds of one key. Several lines of one key must all be good.
 *  Out:  ret_time_s  of a good cosignature, the latest; else 0 */
enum cw_tlog_signature cw_tlog_note_check(const struct cw_tlog_note *note,
                                          const struct cw_tlog_key *key, int64_t *ret_time_s);

/** Appends a whole note with our one signature line.
 *  In:  text  ends in a newline; name  valid */
void cw_tlog_note_sign(const struct cw_signing_key *key, struct cw_span name, struct cw_span text,
                       struct cw_buf *out);

#endif
