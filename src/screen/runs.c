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

void cw_screen_scan(struct cw_screen *screen)
{
    const size_t words = (screen->len + 63) / 64;
    memset(screen->data + screen->len, 0, SCREEN_PAD);
    screen->path->classify(screen->data, words, screen->alnum, screen->wide);
    screen->alnum[words] = 0;
    screen->wide[words] = 0;
    uint64_t before = 0;
    for (size_t i = 0; i < words && 64 * i < screen->limit; i++) {
        uint64_t starts = long_starts(screen->wide[i], screen->wide[i + 1], before);
        before = screen->wide[i] >> 63;
        while (starts != 0) {
            const size_t start = 64 * i + (size_t)__builtin_ctzll(starts);
            const size_t end = run_end(screen->wide, start);
            starts &= starts - 1;
            if (run_end(screen->alnum, start) == end) {
                put_run(screen, start, end);
            } else {
                split(screen, start, end);
            }
        }
    }
    cw_screen_flush(screen);
}
