#include "cli/match.h"

#include "base/datetime.h"

json_t *cw_cli_match_json(const struct cw_check_match *match)
{
    json_t *programs = json_array();
    for (size_t i = 0; match->programs != NULL && match->programs[i] != NULL; i++) {
        (void)json_array_append_new(programs, cw_json_text(cw_span_cstr(match->programs[i])));
    }
    json_t *listed_on = match->listed_on[0] == '\0' ? json_null() : json_string(match->listed_on);
    char day[CW_DATE_TEXT_BYTES] = "";
    if (match->delisted_on_s > 0) {
        cw_date_format(match->delisted_on_s, day);
    }
    return json_pack("{s:s, s:{s:s, s:s}, s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "relation",
                     cw_relation_name(match->relation), "source", "kind",
                     match->is_rule ? "rule" : "feed", "id", match->source_id, "listed_value",
                     cw_json_text(cw_span_cstr(match->listed_value)), "entry_id",
                     cw_json_text(cw_span_cstr(match->entry_id)), "entry_name",
                     cw_json_text(cw_span_cstr(match->entry_name)), "programs", programs,
                     "listed_on", listed_on, "active", match->is_active ? 1 : 0, "delisted_on",
                     day[0] == '\0' ? json_null() : json_string(day));
}

/* The gravest of several answers decides: listed, cannot say, related, clear. */
int cw_cli_verdict_exit(enum cw_verdict verdict)
{
    switch (verdict) {
    case CW_VERDICT_LISTED:
        return CW_EXIT_LISTED;
    case CW_VERDICT_RELATED:
        return CW_EXIT_RELATED;
    case CW_VERDICT_CANNOT_SAY:
        return CW_EXIT_PARTIAL;
    case CW_VERDICT_CLEAR:
        return CW_EXIT_OK;
    }
    return CW_EXIT_BUG;
}

enum cw_tone cw_cli_verdict_tone(enum cw_verdict verdict)
{
    switch (verdict) {
    case CW_VERDICT_LISTED:
        return CW_TONE_ALARM;
    case CW_VERDICT_RELATED:
        return CW_TONE_NOTICE;
    case CW_VERDICT_CANNOT_SAY:
        return CW_TONE_UNKNOWN;
    case CW_VERDICT_CLEAR:
        return CW_TONE_GOOD;
    }
    return CW_TONE_PLAIN;
}
