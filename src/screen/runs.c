#include "address/bits.h"
#include "screen/internal.h"

/* Runs to tokens. */

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

/* ---- the hot loop ---- */

/* What a token must be to pay for nothing but its hash: it begins where every token that begins
 * there is due, is shorter than a word, and no sign follows it. */
struct plain {
    size_t from;
    size_t span;
};

static struct plain plain_of(const struct cw_screen *screen)
{
    const size_t from = screen->done > screen->base ? (size_t)(screen->done - screen->base) : 0;
    const size_t to = screen->limit > 64 ? screen->limit - 64 : 0;
    const bool is_hashed =
        screen->options.depth == CW_SCREEN_FILTERED || screen->options.depth == CW_SCREEN_SPELLED;
    const bool is_any = is_hashed && to > from;
    return (struct plain){.from = from, .span = is_any ? to - from : 0};
}

/* Any other token, whose run of one alphabet begins here. */
static __attribute__((noinline)) void put_other(struct cw_screen *screen, size_t start)
{
    const size_t end = run_end(screen->alnum, start);
    if (is_set(screen->wide, end)) {
        split(screen, start, run_end(screen->wide, start));
    } else {
        put_run(screen, start, end);
    }
}

/* Takes tokens that are plain from runs[*at] on, until one is not or the block is full.
 *  Out: ret_odd  which of them have a shape that calls for more hashes
 *  Returns: how many tokens were written behind the batch */
static inline __attribute__((always_inline)) size_t take_block(struct cw_screen *screen,
                                                               struct plain plain, size_t count,
                                                               size_t *at,
                                                               uint32_t ret_odd[SCREEN_BLOCK + 1])
{
    uint64_t *tokens = screen->batch.tokens + screen->batch.count;
    const uint32_t *runs = screen->runs + *at;
    const size_t most = count - *at < SCREEN_BLOCK ? count - *at : SCREEN_BLOCK;
    size_t taken = 0;
    size_t odd = 0;
    for (; taken < most; taken++) {
        const size_t start = runs[taken];
        const size_t word = start / 64;
        const unsigned shift = start % 64;
        const uint64_t gaps = ~screen->alnum[word] >> shift | ~screen->alnum[word + 1]
                                                                  << 1 << (63 - shift);
        const size_t len = (size_t)__builtin_ctzll(gaps | 1ull << 63);
        if (start - plain.from >= plain.span || len == 63 || is_set(screen->wide, start + len)) {
            break;
        }
        const unsigned shapes = cw_screen_shapes(screen, start, len);
        tokens[taken] = screen_token(start, len, SCREEN_RUN);
        ret_odd[odd] = (uint32_t)taken;
        odd += shapes != 0 ? 1 : 0;
    }
    ret_odd[odd] = UINT32_MAX;
    *at += taken;
    return taken;
}

/* The hashes of the tokens behind the batch, which become a part of it. */
static inline __attribute__((always_inline)) void hash_block(struct cw_screen *screen, size_t count)
{
    struct screen_batch *batch = &screen->batch;
    const struct cw_text_filter filter = screen->options.filter;
    const uint64_t *tokens = batch->tokens + batch->count;
    uint64_t *hashes = batch->hashes + batch->count;
    for (size_t i = 0; i < count; i++) {
        const char *text = screen->data + (tokens[i] & UINT32_MAX);
        hashes[i] = cw_spelled_hash(text, (size_t)(tokens[i] >> 32));
        cw_text_filter_prefetch(&filter, hashes[i]);
    }
    batch->count += count;
}

static void put_odd(struct cw_screen *screen, const uint64_t *tokens, const uint32_t *odd)
{
    for (; *odd != UINT32_MAX; odd++) {
        const size_t start = (size_t)(tokens[*odd] & UINT32_MAX);
        const size_t len = (size_t)(tokens[*odd] >> 32);
        cw_screen_put_shapes(screen, start, len, cw_screen_shapes(screen, start, len));
    }
}

static inline __attribute__((always_inline)) void scan(struct cw_screen *screen, size_t count)
{
    static_assert(SCREEN_RUN == 0, "a token of a run is start and length alone");
    const struct plain plain = plain_of(screen);
    for (size_t at = 0; at < count;) {
        CW_UNSET uint32_t odd[SCREEN_BLOCK + 1];
        if (screen->batch.count >= SCREEN_FULL) {
            cw_screen_flush(screen);
        }
        const uint64_t *tokens = screen->batch.tokens + screen->batch.count;
        const size_t taken = take_block(screen, plain, count, &at, odd);
        hash_block(screen, taken);
        put_odd(screen, tokens, odd);
        if (taken < SCREEN_BLOCK && at < count) {
            put_other(screen, screen->runs[at++]);
        }
    }
}

void cw_screen_scan_plain(struct cw_screen *screen, size_t count)
{
    scan(screen, count);
}

#if defined(__x86_64__)
__attribute__((target("bmi,bmi2,popcnt"))) void cw_screen_scan_bmi(struct cw_screen *screen,
                                                                   size_t count)
{
    scan(screen, count);
}
#endif
