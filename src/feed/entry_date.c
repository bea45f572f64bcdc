#include "feed/entry_date.h"

#include "base/text.h"

enum { DAY_LEN = CW_DATE_TEXT_BYTES - 1, YEAR_LEN = 4, MONTH_LEN = 2 };

/* The day at the start of a text, before nothing or a time. */
static bool read_day(struct cw_span text, char ret[static CW_DATE_TEXT_BYTES])
{
    if (text.len < DAY_LEN) {
        return false;
    }
    memcpy(ret, text.data, DAY_LEN);
    ret[DAY_LEN] = '\0';
    const char between = ret[YEAR_LEN];
    const char after = (char)(text.len > DAY_LEN ? text.data[DAY_LEN] : ' ');
    const bool is_between = between == '-' || between == '/' || between == '.';
    if (!is_between || ret[YEAR_LEN + 1 + MONTH_LEN] != between || (after != 'T' && after != ' ')) {
        return false;
    }
    ret[YEAR_LEN] = '-';
    ret[YEAR_LEN + 1 + MONTH_LEN] = '-';
    return cw_date_parse(cw_span_make(ret, DAY_LEN), NULL);
}

void cw_entry_date_take(struct cw_entry *entry, struct cw_span text, struct cw_entry_date *room)
{
    const struct cw_span said = cw_span_trim(text);
    if (read_day(said, room->day)) {
        entry->listed_on = cw_span_make(room->day, DAY_LEN);
    } else if (said.len > 0) {
        const struct cw_span date = cw_utf8_cut(said, CW_ENTRY_DATE_SAID_MAX);
        const struct cw_span note = cw_utf8_cut(entry->note, CW_ENTRY_NOTE_MAX);
        (void)snprintf(room->note, sizeof(room->note), "listed on: %.*s%s%.*s", CW_SPAN_ARG(date),
                       note.len > 0 ? "; " : "", CW_SPAN_ARG(note));
        entry->note = cw_span_cstr(room->note);
    }
}
