/* screen_hit.h: one hit of `screen`, as a line for people, for programs and for a receipt.
 *
 * Knows which matches were asked for, and the forms of a line. Refuses to know where the answer
 * comes from. What is told of a text is made once, and serves wherever the text stands; a line is
 * written in two steps, because the threads judge side by side: `put` when
 * the hit is judged, `print` in the order of the text, when its line number is known.
 */
#ifndef CW_CLI_SCREEN_HIT_H
#define CW_CLI_SCREEN_HIT_H

#include "base/buf.h"
#include "check/check.h"
#include "cli/cli.h"
#include "screen/screen.h"

enum cw_screen_against { CW_AGAINST_ALL, CW_AGAINST_FEEDS, CW_AGAINST_RULES };
/** "all", "feeds", "rules". */
const char *cw_screen_against_name(enum cw_screen_against against);

/** How hits are told. */
struct cw_hit_style {
    const struct cw_cli *cli;
    enum cw_screen_against against;
    bool is_silent; /* nothing is printed */
    bool is_line;   /* the line around a hit, too */
    bool is_kept;   /* a receipt wants it in JSON, whatever is printed */
};

/** Whose matches were asked for. */
struct cw_check_against cw_hit_against(const struct cw_hit_style *style);
/** The verdict of the matches that were asked for: CLEAR when there is none. */
enum cw_verdict cw_hit_judge(const struct cw_hit_style *style, const struct cw_answer *answer);

/** What is told of a text wherever it stands. */
struct cw_hit_body {
    enum cw_verdict verdict;
    struct cw_buf json;  /* members without braces; empty when nobody wants them */
    struct cw_buf shown; /* the line for people behind the offset; likewise */
};
enum { CW_HIT_BODY_MAX = 128 << 20 };
/** Fills an empty body. Returns: CW_OK; CW_LIMIT, CW_NOMEM. Clear it in any case. */
CW_NODISCARD enum cw_status cw_hit_body_make(const struct cw_hit_style *style, struct cw_span text,
                                             const struct cw_answer *answer,
                                             struct cw_hit_body *ret, struct cw_error *err);
void cw_hit_body_clear(struct cw_hit_body *body);

/** Appends what `print` needs. */
void cw_hit_put(const struct cw_hit_style *style, const struct cw_screen_hit *hit,
                const struct cw_hit_body *body, struct cw_buf *out);

/** A hit as it was put; borrowed from there. */
struct cw_hit_told {
    enum cw_verdict verdict;
    struct cw_span json;  /* an object without file and line; empty unless it is kept */
    struct cw_span shown; /* what is printed behind file and line */
};
struct cw_hit_told cw_hit_take(struct cw_span told);

/** Where it stands. */
struct cw_hit_place {
    const char *name; /* of the document, as people are told */
    uint64_t line;
};
/** Writes an object that was put as a whole line of JSON: with file and line in front.
 *  Returns: CW_OK; CW_LIMIT for a name that no file can have; CW_NOMEM */
CW_NODISCARD enum cw_status cw_hit_write(const struct cw_hit_place *place, struct cw_span object,
                                         void (*write)(void *ctx, struct cw_span bytes), void *ctx,
                                         struct cw_error *err);
/** Prints one on stdout. Returns: as cw_hit_write; CW_IO when stdout cannot be written */
CW_NODISCARD enum cw_status cw_hit_print(const struct cw_hit_style *style,
                                         const struct cw_hit_place *place,
                                         const struct cw_hit_told *told, struct cw_error *err);

#endif
