/* parser.h: main's side of cryptowatch-parse: a snapshot in, checked entries out.
 *
 * Knows how to start the program, hand it a descriptor and read its frames as hostile input.
 * Refuses to know any format. A parser that dies, hangs or babbles is a failed feed, never a failed
 * run.
 *
 * Command line of the program (its only interface): cryptowatch-parse [--no-sandbox]
 * FORMAT [--with] [--on=DAY] [NAME=VALUE...], the document on descriptor 0, frames on descriptor 1,
 * with
 * --with a companion of the document on descriptor 3, nothing else open.
 */
#ifndef CW_FEED_PARSER_H
#define CW_FEED_PARSER_H

#include "base/datetime.h"
#include "feed/feed_file.h"
#include "feed/record.h"

struct cw_parser_options {
    const char *program; /* absolute path of cryptowatch-parse */
    bool is_unsealed;    /* without its sandbox: --no-sandbox */
    const char *format;
    const struct cw_format_option *options;
    size_t options_count;
    char day[CW_DATE_TEXT_BYTES]; /* of struct cw_format_options; "" none */
    bool has_companion;           /* a second document belongs to the first (format.h) */
    int companion;                /* then its descriptor: a regular file, not closed */
    uint64_t entries_max;         /* 0: CW_FEED_ENTRIES_MAX */
    int64_t timeout_s;            /* 0: 120; the program is killed then */
};

/** Runs the parser over an open document (read from its start).
 *  In:      fd    a regular file, not closed
 *           sink  hears every entry, in document order
 *  Returns: CW_OK after a whole document; CW_UNTRUSTED, CW_LIMIT (the document's fault, in words);
 *           CW_NOT_FOUND (no such program or format); CW_TEMPORARY (killed at the time limit);
 *           CW_IO; CW_NOMEM; what the sink said. */
CW_NODISCARD enum cw_status cw_parser_run(const struct cw_parser_options *options, int fd,
                                          struct cw_entry_sink sink,
                                          struct cw_parse_report *ret_report, struct cw_error *err);

#endif
