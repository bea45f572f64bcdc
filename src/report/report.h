/* report.h: the state of an installation as one page of HTML that can be handed on.
 *
 * Knows what belongs on the page, in three languages, and how every text of a list becomes
 * harmless on it. Refuses to fetch, to change anything, to sign, and to know what a page is written
 * to. The page loads nothing: its style and script stand in it and are named by their hashes in its
 * Content-Security-Policy, under which nothing else is loaded or run.
 *
 * Signed are the alerts only; each stands on the page with its JWS, byte for byte, beside what is
 * shown of it, and the page's script verifies the first and compares the second with it
 * (docs/report.md). All else is the word of the state.
 *
 * Invariants: the same state, files and options give the same bytes. Text that is not ours passes
 * cw_html_text or cw_html_json (html.h), and no other way leads onto the page.
 */
#ifndef CW_REPORT_REPORT_H
#define CW_REPORT_REPORT_H

#include "alert/alert.h"
#include "home/home.h"
#include "store/store.h"

enum cw_report_lang { CW_REPORT_EN, CW_REPORT_FR, CW_REPORT_KO };
enum { CW_REPORT_LANGS = 3 };
/** "en", "fr", "ko", and back. */
const char *cw_report_lang_name(enum cw_report_lang lang);
bool cw_report_lang_parse(struct cw_span name, enum cw_report_lang *ret);

struct cw_report_order {
    const struct cw_home *home; /* with feeds and rules */
    struct cw_store *store;     /* NULL: no scan was ever run */
    const char *version;        /* of the program */
    const char *log_vkey;       /* of our log; "" when it is not known */
    enum cw_report_lang lang;   /* the page begins in it */
    enum cw_tlp max_tlp;        /* cases and alerts marked higher are left out, and counted; below
                                   amber also what is this installation's own, see facts.h */
    int64_t since_s;            /* what is newer counts as changed */
    int64_t now_s;
};

/** What came onto the page. */
struct cw_report_counts {
    size_t alerts;
    size_t alerts_left_out; /* for their age or the size of the page */
    size_t feeds;
    size_t cases; /* of which there was room */
};

/** Makes the page.
 *  Out:     ret_page  appended; at most CW_REPORT_BYTES_MAX
 *  Returns: CW_OK; CW_STATE, CW_IO of the store; CW_INVALID for a key set that cannot be read;
 *           CW_LIMIT when what must be on it does not fit; CW_NOMEM.
 *  Limits:  CW_REPORT_CASES_BYTES_MAX of cases; CW_REPORT_ALERTS_MAX newest alerts, fewer when
 *           the page is full; O(alerts) rows of
 *           small columns, O(retrievals) of 90 days */
CW_NODISCARD enum cw_status cw_report_make(const struct cw_report_order *order,
                                           struct cw_buf *ret_page, struct cw_report_counts *ret,
                                           struct cw_error *err);

/** When a page was made, from its first bytes; false when it is no page of ours. */
bool cw_report_made_at(struct cw_span page, int64_t *ret_s);

#endif
