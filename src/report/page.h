/* page.h: the parts of a page in their order. Private to src/report/.
 *
 * page.c             head, header, the frame around all, what is left for alerts
 * page_changes.c     what changed
 * page_cases.c       cases with their addresses
 * page_timeline.c    listings and delistings as a plot and as a table
 * page_feeds.c       lists with their plots
 * page_alerts.c      alerts with their signatures
 * page_rest.c        deliveries, log, keys, how the page proves itself
 * plot.c             a series as SVG
 *
 * Everything here is pure: facts in, bytes out. What goes wrong stays in the buffer.
 */
#ifndef CW_REPORT_PAGE_H
#define CW_REPORT_PAGE_H

#include "report/facts.h"
#include "report/html.h"

void cw_page_changes(struct cw_page *page, const struct cw_report_facts *facts);
/** Returns: how many cases there was room for. */
size_t cw_page_cases(struct cw_page *page, const struct cw_report_facts *facts);
void cw_page_timeline(struct cw_page *page, const struct cw_report_facts *facts);
void cw_page_feeds(struct cw_page *page, const struct cw_report_facts *facts);
/** In:  bytes_max  what the list of alerts may take
 *  Returns: how many alerts it took, the newest */
size_t cw_page_alerts(struct cw_page *page, const struct cw_report_facts *facts, size_t bytes_max);
void cw_page_deliveries(struct cw_page *page, const struct cw_report_facts *facts);
void cw_page_log(struct cw_page *page, const struct cw_report_facts *facts);
void cw_page_proof(struct cw_page *page, const struct cw_report_facts *facts);

/** <section id="id"><h2>title</h2> … </section>. */
void cw_page_section(struct cw_page *page, const char *id, enum cw_text title);
void cw_page_section_end(struct cw_page *page);
/** A severity as a coloured word. */
void cw_page_severity(struct cw_page *page, enum cw_severity severity);
/** "TLP:AMBER". */
void cw_page_tlp(struct cw_page *page, enum cw_tlp tlp);
/** The type of an alert in words. */
void cw_page_type(struct cw_page *page, const char *tag, enum cw_alert_type type);

/** The two plots of a list, as SVG of presentation attributes and classes only. */
void cw_plot_size(struct cw_page *page, const struct cw_report_feed *feed);
void cw_plot_age(struct cw_page *page, const struct cw_report_feed *feed);
/** A row a case, a mark an event. */
void cw_plot_timeline(struct cw_page *page, const struct cw_report_facts *facts);

/** The style and the script, as the build has put them into the program. */
struct cw_span cw_asset_style(void);
struct cw_span cw_asset_script(void);

#endif
