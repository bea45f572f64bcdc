/* text_guard.h: what the plain text formats ask of every byte before they look at it.
 *
 * Knows byte order marks, NUL, UTF-8 across chunk borders, and what the beginning of a web page or
 * of a JSON document looks like. Refuses to know lines' content.
 */
#ifndef CW_FEED_TEXT_GUARD_H
#define CW_FEED_TEXT_GUARD_H

#include "base/error.h"
#include "base/span.h"

enum { CW_TEXT_HEAD_BYTES = 1024 };

/** Runs over the bytes of a document in chunks of any size. Zero is the start. */
struct cw_text_guard {
    uint64_t lines; /* line feeds seen */
    unsigned need;  /* continuation bytes still to come of a character */
    unsigned low;   /* bounds of the next continuation byte */
    unsigned high;
    bool has_begun; /* a byte was seen */
};

/** Runs over a chunk and cuts it before its first fault: NUL, or anything that is not UTF-8; at the
 *  end also a cut character. What is left is read first and the fault reported after it
 *  (cw_text_guard_end), so that the fault that stands first is the one that is named, whatever the
 *  chunks.
 *  Out:     ret_fault  with the line; untouched when there is none
 *  Returns: true when the document has come to its end and is good to it. */
bool cw_text_guard_feed(struct cw_text_guard *guard, struct cw_span *bytes, bool is_last,
                        struct cw_error *ret_fault);
/** The fault of the chunk, once what stands before it was read with `status`. */
CW_NODISCARD enum cw_status cw_text_guard_end(const struct cw_error *fault, enum cw_status status,
                                              struct cw_error *err);

/** Keeps the beginning of a document until there is enough of it to be judged. Zero is the start.
 */
struct cw_text_head {
    char bytes[CW_TEXT_HEAD_BYTES];
    size_t len;
    bool is_judged;
};

/** Takes bytes off *rest into the head.
 *  Returns: true when the head is full or the document has ended, and only once. */
bool cw_text_head_take(struct cw_text_head *head, struct cw_span *rest, bool is_last);
/** The head without a byte order mark. */
struct cw_span cw_text_head_text(const struct cw_text_head *head);
/** Looks like XML, HTML or JSON: an error page or the wrong file, however many addresses it holds.
 */
bool cw_text_head_is_markup(const struct cw_text_head *head);

#endif
