/* internal.h: what the files of this folder share about alerts; for nobody else. */
#ifndef CW_ALERT_INTERNAL_H
#define CW_ALERT_INTERNAL_H

#include <jansson.h>

#include "alert/alert.h"

/* Which members of data a type carries. */
enum cw_alert_family { CW_FAMILY_ADDRESS, CW_FAMILY_FEED, CW_FAMILY_RETRACTION, CW_FAMILY_OTHER };
enum cw_alert_family cw_alert_family_of(enum cw_alert_type type);

/** "INFO" …: CloudEvents severitytext. */
const char *cw_severity_text(enum cw_severity severity);
/** 9 …: CloudEvents severitynumber. */
int cw_severity_number(enum cw_severity severity);

/** Valid UTF-8 without C0, DEL and C1 controls: may stand in a string of B. */
bool cw_alert_text_fits(struct cw_span text);

/** The constants of every body. */
#define CW_ALERT_SCHEMA       "urn:cryptowatch:schema:alert:1"
#define CW_RECEIPT_SCHEMA     "urn:cryptowatch:schema:receipt:1"
#define CW_ALERT_SCANNER_NAME "cryptowatch"

/** The largest integer that JSON readers agree on, 2^53 - 1. */
#define CW_ALERT_INTEGER_MAX INT64_C(9007199254740991)
/** 9999-12-31T23:59:59Z, the last time that can be written. */
#define CW_ALERT_TIME_MAX_S INT64_C(253402300799)

/** Parts of a deterministic identifier in their order; texts are borrowed. */
enum { CW_ID_PARTS_MAX = 10 };
struct cw_id_parts {
    struct cw_span items[CW_ID_PARTS_MAX];
    size_t count;
};
void cw_id_parts_begin(struct cw_id_parts *parts, enum cw_alert_type type);
void cw_id_parts_add(struct cw_id_parts *parts, struct cw_span part);
/** Joins and hashes; CW_INVALID when a part is empty or holds a control character. */
CW_NODISCARD enum cw_status cw_id_parts_end(const struct cw_id_parts *parts,
                                            char ret_id[static CW_UUID_TEXT_BYTES],
                                            struct cw_error *err);

/** The identifier that an address alert of this type has, or would have, over the data of a body.
 *  CW_INVALID when a part is missing. */
CW_NODISCARD enum cw_status cw_body_address_id(const json_t *data, enum cw_alert_type type,
                                               char ret_id[static CW_UUID_TEXT_BYTES],
                                               struct cw_error *err);

/** What a sentence may name; strings may be NULL where a type does not need them. */
struct cw_sentence_words {
    const char *address;
    const char *case_id;
    const char *feed;
    const char *entry;
    const char *retracts;
    const char *subject;
    const char *instance;
    const char *since;
    uint64_t failures;
    bool is_baseline;
    bool is_entity;
    bool is_first;    /* a held list of which nothing is in force */
    bool is_all_gone; /* a list that is believed, and has let go of all that is ours */
};
/** Appends the sentence of an alert; false when there is none in this language. */
bool cw_sentence_write(struct cw_buf *out, struct cw_span language, enum cw_alert_type type,
                       const struct cw_sentence_words *words);

/** How the last character of a Korean noun phrase sounds, for the choice of its particle. */
enum cw_korean_end { CW_KOREAN_VOWEL, CW_KOREAN_CONSONANT, CW_KOREAN_UNKNOWN };
/** A nought is said in two ways: "jero" inside a code of letters and digits, "yeong" in a number.
 */
enum cw_korean_nought { CW_KOREAN_JERO, CW_KOREAN_YEONG };
enum cw_korean_end cw_korean_end_of(struct cw_span word, enum cw_korean_nought nought);

/** A string member, through up to two objects (`outer` may be NULL); empty when it is none. */
struct cw_span cw_body_text(const json_t *object, const char *outer, const char *name);

#endif
