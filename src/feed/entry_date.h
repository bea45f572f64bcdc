/* entry_date.h: the listing date of an entry, from whatever a publisher wrote.
 *
 * Knows dates that can be read in one way only: YYYY-MM-DD, or with slashes or full stops, each
 * perhaps with a time behind it, which is dropped. Refuses to guess: 01/02/2026 is two days. What
 * is not read is said in the entry's note, in the publisher's words.
 */
#ifndef CW_FEED_ENTRY_DATE_H
#define CW_FEED_ENTRY_DATE_H

#include "base/datetime.h"
#include "feed/entry.h"

enum { CW_ENTRY_DATE_SAID_MAX = 64 }; /* bytes kept of a date that was not read · cut */

/** Room for what an entry borrows; must live as long as the entry. */
struct cw_entry_date {
    char day[CW_DATE_TEXT_BYTES];
    char note[CW_ENTRY_NOTE_MAX + CW_ENTRY_DATE_SAID_MAX + 32];
};

/** Sets entry->listed_on; or, when the text says another thing than nothing, puts it before
 *  entry->note as "listed on: TEXT". The note must be set before. */
void cw_entry_date_take(struct cw_entry *entry, struct cw_span text, struct cw_entry_date *room);

#endif
