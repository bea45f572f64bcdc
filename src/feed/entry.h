/* entry.h: what one line, row or feature of a public list says, before anybody believes it.
 *
 * The record that every format produces and that crosses from the parser program to main. Texts
 * are as published (unpacked and un-escaped, UTF-8), never cleaned: main decodes the address again.
 * All spans are borrowed from whoever produced the entry until the next one.
 */
#ifndef CW_FEED_ENTRY_H
#define CW_FEED_ENTRY_H

#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"

/** A relation between two parties of a list, as the list words it. */
struct cw_entry_related {
    struct cw_span type;     /* "Providing support to" */
    struct cw_span entry_id; /* the other party */
};

struct cw_entry {
    struct cw_span
        position;         /* where it stands, for people: "line 12", "party 28263, feature 71234" */
    struct cw_span value; /* the address field as published; may be anything */
    struct cw_span tag;   /* chain tag of the list, "XBT"; empty when it gives none */
    struct cw_span entry_id;   /* the list's own identifier of the party or row; may be empty */
    struct cw_span entry_name; /* may be empty */
    struct cw_span listed_on;  /* "YYYY-MM-DD" or empty */
    struct cw_span note;       /* remark of the list about this address; may be empty */
    struct cw_span error;      /* why the format could not read this entry; empty when it could */
    struct cw_span programs[CW_ENTRY_PROGRAMS_MAX];
    size_t programs_count;
    struct cw_entry_related related[CW_ENTRY_RELATED_MAX];
    size_t related_count;
};

/** What a list says about itself, once per document. */
struct cw_list_info {
    struct cw_span published; /* date of issue, "YYYY-MM-DD", or empty */
};

/** What became of a whole document. */
struct cw_parse_report {
    uint64_t entries;       /* delivered, usable or not */
    uint64_t unusable;      /* of these with an error */
    uint64_t bytes_in;      /* as stored */
    uint64_t bytes_decoded; /* after unpacking */
};

/** Where a format delivers. Each returns CW_OK to go on; anything else stops the parse at once and
 *  comes back from it. */
struct cw_entry_sink {
    enum cw_status (*info)(void *ctx, const struct cw_list_info *info, struct cw_error *err);
    enum cw_status (*entry)(void *ctx, const struct cw_entry *entry, struct cw_error *err);
    void *ctx;
};

#endif
