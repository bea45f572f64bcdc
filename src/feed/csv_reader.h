/* csv_reader.h: comma separated values as RFC 4180 has them, record by record.
 *
 * libcsv finds the fields; this file asks for what libcsv does not: line numbers, caps, UTF-8
 * (UTF-16 with a byte order mark is read too), no lone carriage return. A caller may look at the
 * beginning of the document, to say that fields are separated by another byte than a comma, and to
 * take lines off that are no records. Bytes go to libcsv line by line, so that a record is known by
 * the line it begins on. Refuses to know what a field means. Memory is one record.
 */
#ifndef CW_FEED_CSV_READER_H
#define CW_FEED_CSV_READER_H

#include <csv.h>

#include "base/buf.h"
#include "base/limits.h"
#include "feed/text_guard.h"
#include "feed/utf16.h"

/** One record. Fields are as written, spaces included, borrowed until the callback returns. */
struct cw_csv_record {
    const struct cw_span *fields;
    size_t count; /* at least 1 */
    uint64_t line;
};
/** Takes a record; anything but CW_OK stops and comes back. */
typedef enum cw_status (*cw_csv_record_fn)(void *ctx, const struct cw_csv_record *record,
                                           struct cw_error *err);
/** Looks at the first bytes of a document (text_guard.h: the head), before any record; takes whole
 *  lines off their front.
 *  Returns: the byte that separates fields. */
typedef char (*cw_csv_head_fn)(void *ctx, struct cw_span *head);

struct cw_csv_reader {
    cw_csv_record_fn fn;
    cw_csv_head_fn head_fn; /* NULL: commas, and no line is taken off */
    void *ctx;
    struct cw_utf16 utf16;
    struct cw_buf decoded; /* a slice of a document in UTF-16 */
    struct cw_text_guard guard;
    struct cw_text_head head;
    struct csv_parser parser;
    struct cw_buf texts; /* fields of this record, one after the other */
    size_t ends[CW_CSV_FIELDS_MAX];
    size_t count;         /* fields of this record so far */
    uint64_t line;        /* being fed, from 1 */
    uint64_t record_line; /* on which this record began */
    size_t record_bytes;  /* of this record fed so far */
    bool is_in_record;
    bool is_after_cr; /* the last record ended with a carriage return: a line feed must follow */

    enum cw_status status; /* libcsv cannot be stopped by a callback: remembered here */
    struct cw_error *err;  /* of the running feed call */
};

/** Returns: CW_OK; CW_NOMEM. Clear it in any case. Set head_fn afterwards. */
CW_NODISCARD enum cw_status cw_csv_reader_init(struct cw_csv_reader *reader, cw_csv_record_fn fn,
                                               void *ctx, struct cw_error *err);
void cw_csv_reader_clear(struct cw_csv_reader *reader);
/** Returns: CW_OK; CW_UNTRUSTED with line and reason; CW_LIMIT past CW_CSV_RECORD_MAX or
 *           CW_CSV_FIELDS_MAX; CW_NOMEM; what the callback said. */
CW_NODISCARD enum cw_status cw_csv_reader_feed(struct cw_csv_reader *reader, struct cw_span bytes,
                                               bool is_last, struct cw_error *err);

#endif
