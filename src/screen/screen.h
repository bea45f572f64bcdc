/* screen.h: every listed or related address in any bytes, at the speed of memory.
 *
 * Knows tokens (token.h), hashes of texts and how to decode what the filter lets through. Refuses
 * to know files, lists and what an answer looks like: bytes in, candidates out by callback, in the
 * order of their ends. Allocates in cw_screen_new only, whatever the length of a line.
 *
 * States:  new ──begin──► open ──room/commit or feed──► open ──end──► new
 *
 *   cw_screen_new(&options, &screen, &err);
 *   cw_screen_begin(screen, CW_SCREEN_ALL);
 *   cw_screen_feed(screen, bytes, &err);
 *   cw_screen_end(screen, &err);
 *
 * A document may be cut into ranges for several threads: a token belongs to the range in which it
 * ends, and what a range reports depends on its bytes and the margins around it, not on how they
 * come in. Two screens share nothing but the filter, which is read only.
 */
#ifndef CW_SCREEN_SCREEN_H
#define CW_SCREEN_SCREEN_H

#include "index/text_filter.h"
#include "screen/token.h"

/** How the bytes are classified and the filter is asked. All give the same candidates. */
enum cw_screen_path {
    CW_SCREEN_AUTO, /* the fastest this processor has */
    CW_SCREEN_SCALAR,
    CW_SCREEN_AVX2,
    CW_SCREEN_AVX512, /* needs F, BW, VL, VBMI and VBMI2 */
};
bool cw_screen_path_works(enum cw_screen_path path);

/** What is decoded. */
enum cw_screen_depth {
    CW_SCREEN_FILTERED, /* what the filter lets through and the shapes of token.h: memory speed */
    CW_SCREEN_NESTED,  /* and hashes every key of the text into the script that it may be nested in,
                          which finds `nested_segwit` of a listed script hash: docs/screen.md says
  how long it takes */
    CW_SCREEN_SPELLED, /* the hash of each token alone: all that one spelling of each listed address
                          would need, for bench/run; finds less */
    CW_SCREEN_EVERY,   /* every token: some 10 MB/s, and also finds `nested_segwit` and `derived`
                          of a listed script hash (spelled.h says why the filter cannot) */
};

/** A decoded token. Everything is borrowed until the callback returns. */
struct cw_screen_hit {
    uint64_t line;   /* newlines between `after` and the token; 0 in the first line */
    uint64_t offset; /* of the first byte of text in the document */
    struct cw_span text;
    struct cw_span before; /* of the same line, at most CW_SCREEN_CONTEXT bytes */
    struct cw_span behind; /* likewise */
    const struct cw_address *address;
};

struct cw_screen_sink {
    /** Looks an address up and tells the reader of it.
     *  Out: ret_is_known  false: the engine goes on with the next reading of the same token
     *  Returns: CW_OK; anything else stops the screening and comes back from feed or end */
    enum cw_status (*ask)(void *ctx, const struct cw_screen_hit *hit, bool *ret_is_known,
                          struct cw_error *err);
    void *ctx;
};

struct cw_screen_options {
    struct cw_text_filter filter;
    struct cw_screen_sink sink;
    enum cw_screen_path path;
    enum cw_screen_depth depth;
};

/** Offsets in a document. The first byte given is `from`; reported are the tokens that end in
 *  (after, until]. A part of a document is screened as if the whole had been when bytes are given
 *  from CW_SCREEN_MARGIN before `after` (or the beginning) to CW_SCREEN_CONTEXT behind `until` (or
 *  the end). */
struct cw_screen_range {
    uint64_t from;
    uint64_t after;
    uint64_t until;
};
#define CW_SCREEN_ALL ((struct cw_screen_range){0, 0, UINT64_MAX})
enum {
    CW_SCREEN_CONTEXT = 1024,
    CW_SCREEN_MARGIN = CW_TOKEN_LEN_MAX + CW_SCREEN_CONTEXT,
    CW_SCREEN_BLOCK = 128 << 10, /* bytes scanned at a time */
};

struct cw_screen;

/** Makes an engine. Returns: CW_OK · CW_INVALID for a path this processor lacks · CW_NOMEM */
CW_NODISCARD enum cw_status cw_screen_new(const struct cw_screen_options *options,
                                          struct cw_screen **ret, struct cw_error *err);
void cw_screen_free(struct cw_screen *screen);

void cw_screen_begin(struct cw_screen *screen, struct cw_screen_range range);
/** Room for the next bytes, at least one. Out: ret_bytes its size. Borrowed until commit. */
char *cw_screen_room(struct cw_screen *screen, size_t *ret_bytes);
/** Takes that many bytes, which were written into the room. Returns: what the sink said */
CW_NODISCARD enum cw_status cw_screen_commit(struct cw_screen *screen, size_t bytes,
                                             struct cw_error *err);
/** Room, copy and commit, as often as it takes. */
CW_NODISCARD enum cw_status cw_screen_feed(struct cw_screen *screen, struct cw_span bytes,
                                           struct cw_error *err);
/** The document, or the part of it, ends here. */
CW_NODISCARD enum cw_status cw_screen_end(struct cw_screen *screen, struct cw_error *err);

/** Newlines in the range so far; after cw_screen_end all of them. */
uint64_t cw_screen_lines(const struct cw_screen *screen);

#endif
