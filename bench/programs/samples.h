/* samples.h: valid addresses of every family, as many as one likes, each from its number alone.
 *
 * Knows which chain, kind and length of key stands for a family, and writes the text with the
 * writers of src/address, so checksums are right by construction. Address n of a seed is always the
 * same text; two numbers give two keys.
 */
#ifndef CW_BENCH_SAMPLES_H
#define CW_BENCH_SAMPLES_H

#include <stdint.h>

#include "address/address.h"

struct bench_family {
    const char *name; /* "base58check-p2pkh" */
    const char *tag;  /* what a list would call the chain */
    uint16_t chain;   /* enum cw_chain_id */
    uint8_t kind;     /* enum cw_kind */
    uint8_t length;   /* bytes of a key */
    uint8_t share;    /* of a hundred addresses of the mixed corpora */
    bool is_lower;    /* the text in lower case: hexadecimal without EIP-55 */
};

extern const struct bench_family bench_families[];
extern const size_t bench_families_count;

/** Writes address `n` of a family and a NUL.
 *  Returns: its length */
size_t bench_sample(const struct bench_family *family, uint64_t seed, uint64_t n,
                    char ret[static CW_ADDRESS_TEXT_BYTES]);

/** Address `n` of the mix; the family is drawn by share. */
size_t bench_mixed(uint64_t seed, uint64_t n, char ret[static CW_ADDRESS_TEXT_BYTES]);

#endif
