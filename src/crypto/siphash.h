/* siphash.h: SipHash-1-3, for places in a table that a stranger must not be able to choose.
 *
 * Knows a key of 16 bytes and a text. Refuses to be a proof of anything: 64 bits, and fewer rounds
 * than SipHash-2-4. It is what the hash tables of Python, Ruby and Rust use against flooding, and
 * an index hashes some ten texts of twenty-odd bytes for each key it holds, so it is here in line.
 * cw_hash_selftest holds it to a known answer.
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), with c = 1 and d = 3
 */
#ifndef CW_CRYPTO_SIPHASH_H
#define CW_CRYPTO_SIPHASH_H

#include "base/mix.h"

enum { CW_SIPHASH_KEY_BYTES = 16 };

struct cw_siphash_state {
    uint64_t a;
    uint64_t b;
    uint64_t c;
    uint64_t d;
};

static inline uint64_t cw_siphash_turn(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void cw_siphash_round(struct cw_siphash_state *state)
{
    state->a += state->b;
    state->c += state->d;
    state->b = cw_siphash_turn(state->b, 13) ^ state->a;
    state->d = cw_siphash_turn(state->d, 16) ^ state->c;
    state->a = cw_siphash_turn(state->a, 32) + state->d;
    state->c += state->b;
    state->d = cw_siphash_turn(state->d, 21) ^ state->a;
    state->b = cw_siphash_turn(state->b, 17) ^ state->c;
    state->c = cw_siphash_turn(state->c, 32);
}

static inline void cw_siphash_word(struct cw_siphash_state *state, uint64_t word)
{
    state->d ^= word;
    cw_siphash_round(state);
    state->a ^= word;
}

static inline uint64_t cw_siphash(const uint8_t key[static CW_SIPHASH_KEY_BYTES],
                                  struct cw_span data)
{
    const uint64_t first = cw_load_le64(key);
    const uint64_t second = cw_load_le64(key + 8);
    struct cw_siphash_state state = {
        .a = first ^ 0x736f6d6570736575u,
        .b = second ^ 0x646f72616e646f6du,
        .c = first ^ 0x6c7967656e657261u,
        .d = second ^ 0x7465646279746573u,
    };
    size_t at = 0;
    for (; data.len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        cw_siphash_word(&state, cw_load_le64(data.data + at));
    }
    const uint64_t tail = at == data.len ? 0 : cw_load_le_tail(data, data.len - at);
    cw_siphash_word(&state, tail | (uint64_t)data.len << 56);
    state.c ^= 0xff;
    cw_siphash_round(&state);
    cw_siphash_round(&state);
    cw_siphash_round(&state);
    return state.a ^ state.b ^ state.c ^ state.d;
}

#endif
