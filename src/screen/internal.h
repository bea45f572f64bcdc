/* internal.h: what the files of screen share. Private to src/screen/.
 *
 *   masks.c    bytes to bits: which of them are letters and digits, which are joints
 *   starts.c   bits to the starts of runs
 *   runs.c     runs to tokens
 *   shape.c    tokens to hashes, or to a decode on sight
 *   escape.c   what belongs to an escape in front of a token
 *   nested.c   tokens to the hashes of scripts around their keys
 *   resolve.c  candidates to addresses
 *   screen.c   the window that slides over a document
 */
#ifndef CW_SCREEN_INTERNAL_H
#define CW_SCREEN_INTERNAL_H

#include "screen/screen.h"

enum {
    SCREEN_BYTES_MAX = CW_SCREEN_MARGIN + CW_SCREEN_BLOCK + CW_SCREEN_CONTEXT,
    SCREEN_PAD = 64,         /* zero bytes behind the data: a word is classified whole */
    SCREEN_WORDS_EMPTY = 16, /* behind the last word of bits */
    SCREEN_WORDS_MAX = SCREEN_BYTES_MAX / 64 + 1 + SCREEN_WORDS_EMPTY,
    SCREEN_RUNS_MAX = 3 * SCREEN_WORDS_MAX + 4, /* 25 and a gap fit into 64 at most three times */
    SCREEN_BLOCK = 64,  /* tokens whose hashes are made one after the other */
    SCREEN_HASHES = 10, /* of one token and the one behind its escape, at most */
    SCREEN_FULL = 128,  /* hashes on their way to the filter, when it is asked */
    SCREEN_BATCH = SCREEN_FULL + SCREEN_BLOCK * SCREEN_HASHES,
    SCREEN_SHAPE_LENS = 128,
};

/** How a candidate is read. */
enum screen_rule {
    SCREEN_RUN,       /* rule 1: with what stands before it */
    SCREEN_ALONE,     /* rules 2 and 4 */
    SCREEN_PRINCIPAL, /* rule 3 */
};

/** A candidate in one word, since one store is all the time there is for it: where it begins, in
 * the lower half, then 16 bits of length and the rule. */
static inline uint64_t screen_token(size_t start, size_t len, enum screen_rule rule)
{
    return (uint64_t)start | (uint64_t)len << 32 | (uint64_t)rule << 48;
}

/** Invariant: every token of it ends behind every token that was resolved before. In it they stand
 * in no order. */
struct screen_batch {
    size_t count;
    size_t sure_count;
    uint64_t hashes[SCREEN_BATCH];
    uint64_t tokens[SCREEN_BATCH];
    uint32_t sure[SCREEN_BATCH]; /* positions to decode whatever the filter says */
};

/** Fills alnum and wide (with - _ + / too), a bit for each byte, the first in the lowest bit of the
 *  first word. Reads words * 64 bytes. */
typedef void screen_classify_fn(const char *data, size_t words, uint64_t *ret_alnum,
                                uint64_t *ret_wide);
typedef uint64_t screen_count_fn(const char *data, size_t len);

struct cw_screen;
/** Finds where runs of 25 bits and more begin, in `words` words that 16 empty ones follow.
 *  Out: ret  in rising order; four numbers may be written where there are none
 *  Returns: how many */
typedef size_t screen_runs_fn(const uint64_t *bits, size_t words, uint32_t *ret);
/** Turns screen->runs into tokens and queues their hashes. */
typedef void screen_scan_fn(struct cw_screen *screen, size_t count);

/** One way to do what depends on the processor. */
struct screen_path {
    screen_classify_fn *classify;
    screen_runs_fn *find_runs;
    screen_scan_fn *scan;
    screen_count_fn *count_newlines;
    cw_text_filter_pick_fn *pick;
};
const struct screen_path *cw_screen_path_get(enum cw_screen_path path);

struct cw_screen {
    struct cw_screen_options options;
    const struct screen_path *path;
    uint64_t base; /* offset in the document of data[0] */
    uint64_t done; /* tokens that end up to here were reported */
    uint64_t until;
    uint64_t lines;        /* newlines from `after` to done */
    size_t len;            /* bytes in data */
    size_t limit;          /* while scanning: tokens that end up to here are reported, from data */
    size_t line_at;        /* newlines were counted up to here, from data … */
    uint64_t line_sum;     /* … from done */
    uint32_t last_end;     /* the token reported last ended here, from data; 0 none */
    enum cw_status status; /* of the sink; the first failure stays */
    struct cw_error *err;
    struct screen_batch batch;
    uint8_t shapes_by_len[SCREEN_SHAPE_LENS]; /* longer ones are like the last */
    uint8_t shapes_by_pair[1 << 16]; /* by the byte in front and the first one, as they lie */
    uint64_t alnum[SCREEN_WORDS_MAX];
    uint64_t wide[SCREEN_WORDS_MAX];
    uint32_t runs[SCREEN_RUNS_MAX]; /* where those of 25 and more begin */
    char *data;                     /* SCREEN_BYTES_MAX + SCREEN_PAD, with SCREEN_PAD before it */
    char *memory;
};

/* starts.c */
screen_runs_fn cw_screen_runs_plain;
#if defined(__x86_64__)
screen_runs_fn cw_screen_runs_bmi; /* with BMI1, BMI2 and POPCNT, which come with AVX2 */
screen_runs_fn cw_screen_runs_avx512;
#endif

/* runs.c */
screen_scan_fn cw_screen_scan_plain;
#if defined(__x86_64__)
screen_scan_fn cw_screen_scan_bmi;
#endif

/* shape.c: queue the hashes of a token. Positions are from data. */
void cw_screen_shapes_fill(struct cw_screen *screen);
void cw_screen_put_run(struct cw_screen *screen, size_t start, size_t len);
/** The same for a token whose length and first character call for more than the one hash. */
void cw_screen_put_shapes(struct cw_screen *screen, size_t start, size_t len, unsigned shapes);

/** Two bytes as they lie in memory: a byte of text and the one in front of it. */
static inline size_t screen_pair(const char *front)
{
    uint16_t pair = 0;
    memcpy(&pair, front, sizeof(pair));
    return pair;
}

/** Of a token's length, its first byte and the one in front of it, which is readable. */
static inline unsigned cw_screen_shapes(const struct cw_screen *screen, size_t start, size_t len)
{
    const size_t known = len < SCREEN_SHAPE_LENS ? len : SCREEN_SHAPE_LENS - 1;
    return (unsigned)screen->shapes_by_len[known] &
           screen->shapes_by_pair[screen_pair(screen->data + start - 1)];
}
/** Queues one hash of a token. */
void cw_screen_put(struct cw_screen *screen, uint64_t hash, size_t start, size_t len,
                   enum screen_rule rule);
/** Rules 2 to 4, for a maximal run of one alphabet. */
void cw_screen_put_joined(struct cw_screen *screen, size_t start, size_t len);

/* escape.c */
/** How many of the first characters of a run of letters and digits belong to an escape that begins
 *  in front of it (token.h); fewer than len. */
size_t cw_screen_escape(const struct cw_screen *screen, size_t start, size_t len);

/* nested.c: queue the hashes of the scripts that a token's key may be nested in. */
void cw_screen_put_nested(struct cw_screen *screen, size_t start, size_t len);

/* resolve.c: ask the filter about the batch, and decode what it lets through. */
void cw_screen_flush(struct cw_screen *screen);

#endif
