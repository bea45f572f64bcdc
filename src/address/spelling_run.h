/* spelling_run.h: one enumeration of spellings, shared by its two files. Does not leave the module.
 */
#ifndef CW_ADDRESS_SPELLING_RUN_H
#define CW_ADDRESS_SPELLING_RUN_H

#include "address/codec.h"
#include "address/spellings.h"

struct cw_spelling_run {
    const struct cw_address *asked;
    cw_spelling_fn *fn;
    void *context;
    uint64_t seen[CW_SPELLINGS_MAX]; /* hashes of the texts handed over */
    size_t count;
    bool is_stopped;
    char data[CW_ADDRESS_TEXT_BYTES];
    struct cw_writer out; /* the text being written, into data */
};

/** A key of which texts are wanted. */
struct cw_spelling_key {
    enum cw_chain_id chain;
    enum cw_kind kind;
    struct cw_span payload;
};

/** An empty text to write. */
struct cw_writer *cw_spelling_begin(struct cw_spelling_run *run);
/** Hands over what was written, if it is new, reads as this key and is related to the asked one. */
void cw_spelling_take(struct cw_spelling_run *run, const struct cw_spelling_key *key);

/** Hands over every text of one key: the canonical one, then what its family adds. */
void cw_spell_key(struct cw_spelling_run *run, const struct cw_spelling_key *key);

#endif
