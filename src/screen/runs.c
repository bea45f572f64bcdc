#include "screen/internal.h"

/* Bits to tokens. A run that is too short is dropped with all others of its word: a bit survives
 * five steps of "and the bit so many places on" only where a run of 25 begins or goes on. */

/* The first bit at or after `at` that is not set. The words end with an empty one. */
static inline size_t run_end(const uint64_t *words, size_t at)
{
    size_t word = at / 64;
    uint64_t gap = ~words[word] >> at % 64;
    if (gap != 0) {
        return at + (size_t)__builtin_ctzll(gap);
    }
    do {
        gap = ~words[++word];
    } while (gap == 0);
    return 64 * word + (size_t)__builtin_ctzll(gap);
}

static inline bool is_set(const uint64_t *words, size_t at)
{
    return (words[at / 64] >> at % 64 & 1u) != 0;
}

struct pair {
    uint64_t low;
    uint64_t high;
};

/* Keeps a bit when the one `places` on is set too. */
static inline struct pair keep_followed(struct pair bits, unsigned places)
{
    return (struct pair){bits.low & (bits.low >> places | bits.high << (64 - places)),
                         bits.high & bits.high >> places};
}

/* Where in the first of two words a run of 25 or more begins; `before` is the bit in front. */
static inline uint64_t long_starts(uint64_t word, uint64_t next, uint64_t before)
{
    static_assert(CW_TOKEN_LEN_MIN == 1 + 1 + 2 + 4 + 8 + 9, "the steps make up the length");
    struct pair bits = {word, next};
    bits = keep_followed(bits, 1);
    bits = keep_followed(bits, 2);
    bits = keep_followed(bits, 4);
    bits = keep_followed(bits, 8);
    bits = keep_followed(bits, 9);
    return bits.low & ~(word << 1 | before);
}

static inline bool is_due(const struct cw_screen *screen, size_t end)
{
    return screen->base + end > screen->done && end <= screen->limit;
}

static inline void put_run(struct cw_screen *screen, size_t start, size_t end)
{
    const size_t len = end - start;
    if (len >= CW_TOKEN_LEN_MIN && len <= CW_TOKEN_LEN_MAX && is_due(screen, end)) {
        cw_screen_put_run(screen, start, len);
    }
}

/* A run of one alphabet with signs in it. */
static inline void put_joined(struct cw_screen *screen, size_t start, size_t end, bool has_sign)
{
    if (has_sign && end - start >= CW_TOKEN_LEN_MIN && is_due(screen, end)) {
        cw_screen_put_joined(screen, start, end - start);
    }
}

/* Rules 1 to 4 within a run of letters, digits and - _ + /. A sign of one alphabet ends the run of
 * the other. */
static void split(struct cw_screen *screen, size_t start, size_t end)
{
    size_t url = start;  /* letters, digits, - and _ since */
    size_t base = start; /* letters, digits, + and / since */
    bool has_url = false;
    bool has_base = false;
    for (size_t at = start; at < end;) {
        if (is_set(screen->alnum, at)) {
            const size_t next = run_end(screen->alnum, at);
            put_run(screen, at, next);
            at = next;
            continue;
        }
        const char sign = screen->data[at];
        if (sign == '-' || sign == '_') {
            put_joined(screen, base, at, has_base);
            base = at + 1;
            has_base = false;
            has_url = true;
        } else {
            put_joined(screen, url, at, has_url);
            url = at + 1;
            has_url = false;
            has_base = true;
        }
        at++;
    }
    put_joined(screen, url, end, has_url);
    put_joined(screen, base, end, has_base);
}

/* ---- the hot loops ---- */

/* Where the run that begins at `at` ends: of fewer than 64 without a branch. */
static inline size_t short_run_end(const uint64_t *words, size_t at)
{
    const size_t word = at / 64;
    const unsigned shift = at % 64;
    const uint64_t gaps = ~words[word] >> shift | ~words[word + 1] << 1 << (63 - shift);
    return gaps != 0 ? at + (size_t)__builtin_ctzll(gaps) : run_end(words, at + 64);
}

/* Writes all starts, three a word whether or not there are as many: how many there are cannot be
 * foretold, and a wrong guess costs more than two stores. */
static inline __attribute__((always_inline)) size_t find_runs(const struct cw_screen *screen,
                                                              size_t words, uint32_t *ret)
{
    uint64_t before = 0;
    size_t count = 0;
    for (size_t i = 0; i < words; i++) {
        uint64_t starts = long_starts(screen->wide[i], screen->wide[i + 1], before);
        const size_t found = (size_t)__builtin_popcountll(starts);
        before = screen->wide[i] >> 63;
        for (size_t j = 0; j < 3; j++) {
            /* The bit set at the top is none of the starts when they are used up. */
            ret[count + j] = (uint32_t)(64 * i + (size_t)__builtin_ctzll(starts | 1ull << 63));
            starts &= starts - 1;
        }
        count += found;
    }
    return count;
}

static inline __attribute__((always_inline)) void scan(struct cw_screen *screen, size_t words)
{
    struct screen_batch *batch = &screen->batch;
    const size_t count = find_runs(screen, words, screen->runs);
    const bool is_plain = screen->options.depth == CW_SCREEN_FILTERED;
    for (size_t i = 0; i < count; i++) {
        const size_t start = screen->runs[i];
        const size_t end = short_run_end(screen->alnum, start);
        const size_t len = end - start;
        if (end != short_run_end(screen->wide, start)) {
            split(screen, start, run_end(screen->wide, start));
            continue;
        }
        if (!is_plain || len > CW_TOKEN_LEN_MAX || !is_due(screen, end)) {
            put_run(screen, start, end);
            continue;
        }
        const uint64_t hash = cw_spelled_hash(screen->data + start, len);
        if (batch->count == SCREEN_BATCH) {
            cw_screen_flush(screen);
        }
        const size_t at = batch->count;
        cw_text_filter_prefetch(&screen->options.filter, hash);
        batch->hashes[at] = hash;
        batch->starts[at] = (uint32_t)start;
        batch->lens[at] = (uint16_t)len;
        batch->rules[at] = SCREEN_RUN;
        batch->count = at + 1;
        const unsigned shapes = cw_screen_shapes(screen, start, len);
        if (shapes != 0) {
            cw_screen_put_shapes(screen, start, len, shapes);
        }
    }
}

void cw_screen_scan_plain(struct cw_screen *screen, size_t words)
{
    scan(screen, words);
}

#if defined(__x86_64__)
__attribute__((target("bmi,bmi2,popcnt"))) void cw_screen_scan_bmi(struct cw_screen *screen,
                                                                   size_t words)
{
    scan(screen, words);
}
#endif
