/* format.h: the registry of list formats; one file and one row of formats.def per format.
 *
 * A format is a push parser: bytes in, as they come, entries out through a sink, in bounded memory.
 * It never sees a file name, a network, an address grammar or the rest of the program. Lives in the
 * target cw_formats, linked by cryptowatch-parse, its tests and its fuzz targets only.
 */
#ifndef CW_FEED_FORMAT_H
#define CW_FEED_FORMAT_H

#include "feed/entry.h"

/** Options of a feed file, name and value, in file order: {"address_column", "Address"}. */
struct cw_format_option {
    struct cw_span name;
    struct cw_span value;
};
enum { CW_FORMAT_OPTIONS_MAX = 32 };

struct cw_format_options {
    const struct cw_format_option *items;
    size_t count;
    struct cw_span day; /* "YYYY-MM-DD": what has ended by then is unusable; empty: by the latest
                           day that the document names */
};

/** One list format. */
struct cw_format {
    const char *name;           /* as in feed files: "ofac-advanced" */
    const char *title;          /* for people: "OFAC advanced XML" */
    const char *const *options; /* known option names, NULL-terminated; others are refused */
    /** New parser state.
     *  In:      options  validated names; sink  borrowed until close
     *  Returns: CW_OK; CW_INVALID for an option value; CW_NOMEM. */
    enum cw_status (*open)(const struct cw_format_options *options, struct cw_entry_sink sink,
                           void **ret_state, struct cw_error *err);
    /** Feeds bytes; `is_last` (with len 0 or more) ends the document, and only then may success be
     *  claimed: a cut document is CW_UNTRUSTED.
     *  Returns: CW_OK; CW_UNTRUSTED with line and reason; CW_LIMIT; CW_NOMEM; what the sink said.
     */
    enum cw_status (*feed)(void *state, struct cw_span bytes, bool is_last, struct cw_error *err);
    /** Feeds a second document that belongs to the first (SDN_COMMENTS.CSV), before it; its end as
     *  with feed. NULL when the format knows none. */
    enum cw_status (*companion)(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err);
    void (*close)(void *state);
};

/** Finds a format by the name used in feed files; NULL when there is none. */
const struct cw_format *cw_format_find(struct cw_span name);
/** A document of this format that was cut anywhere is refused. */
bool cw_format_proves_end(const struct cw_format *format);
/** Lets the libraries of the formats read what they read from the system, once: the randomness
 * under which Jansson keeps members. To be called before files are taken away. */
void cw_formats_open_early(void);
/** All formats, in the order of formats.def. */
const struct cw_format *const *cw_formats(size_t *ret_count);

#endif
