/* record.h: entries as frames, between cryptowatch-parse (writes) and main (reads).
 *
 * Kinds of frames, in this order on the wire: INFO (at most once, before any entry), ENTRY (any
 * number), END (exactly once, last) or FAILED (instead of END). A stream without END or FAILED was
 * cut: the parser died. Main checks every length and every text against limits.h as if it came from
 * the list itself.
 */
#ifndef CW_FEED_RECORD_H
#define CW_FEED_RECORD_H

#include "base/frame.h"
#include "feed/entry.h"

enum cw_record_kind {
    CW_RECORD_INFO = 1,
    CW_RECORD_ENTRY = 2,
    CW_RECORD_END = 3,
    CW_RECORD_FAILED = 4,
};

/** Builds one frame in `out`, in place of what it held. Texts longer than their limit are cut at a
 *  character boundary where limits.h says "cut"; an entry that breaks another limit is written with
 *  `error` set and without the offending text. */
CW_NODISCARD enum cw_status cw_record_put_info(struct cw_buf *out, const struct cw_list_info *info,
                                               struct cw_error *err);
CW_NODISCARD enum cw_status cw_record_put_entry(struct cw_buf *out, const struct cw_entry *entry,
                                                struct cw_error *err);
CW_NODISCARD enum cw_status
cw_record_put_end(struct cw_buf *out, const struct cw_parse_report *report, struct cw_error *err);
CW_NODISCARD enum cw_status cw_record_put_failed(struct cw_buf *out, const struct cw_error *why,
                                                 struct cw_error *err);

/** Takes one frame apart; CW_UNTRUSTED when it is not exactly what its kind says. Spans are
 *  borrowed from the frame. Bad UTF-8 and NUL in any text are refused. */
CW_NODISCARD enum cw_status
cw_record_take_info(struct cw_frame *frame, struct cw_list_info *ret_info, struct cw_error *err);
CW_NODISCARD enum cw_status cw_record_take_entry(struct cw_frame *frame, struct cw_entry *ret_entry,
                                                 struct cw_error *err);
CW_NODISCARD enum cw_status cw_record_take_end(struct cw_frame *frame,
                                               struct cw_parse_report *ret_report,
                                               struct cw_error *err);
/** Puts the parser's own words into err and returns the code it said: CW_UNTRUSTED or CW_LIMIT (the
 *  document), CW_NOT_FOUND (no such format), CW_INVALID (an option). Of a parser that ran out of
 * memory: CW_LIMIT, for it is the list that needs too much; no list may end the run of all others.
 */
enum cw_status cw_record_take_failed(struct cw_frame *frame, struct cw_error *err);

#endif
