/* alert_fact_cases.h: facts that cannot be told, each one change to worked example 001. */
#ifndef CW_TESTS_ALERT_FACT_CASES_H
#define CW_TESTS_ALERT_FACT_CASES_H

#include "alert_world.h"

enum { TEXT_MAX = 40000 };

static char long_text[TEXT_MAX];

static const char *letters(size_t count)
{
    CU_ASSERT_FATAL(count < sizeof(long_text));
    memset(long_text, 'a', count);
    long_text[count] = '\0';
    return long_text;
}

#define CHANGE(name, statement)                                                                    \
    static void name(struct world *world)                                                          \
    {                                                                                              \
        world->statement;                                                                          \
    }

CHANGE(no_address, facts.address = NULL)
CHANGE(no_provenance, facts.provenance = NULL)
CHANGE(no_case, address.case_id = NULL)
CHANGE(empty_entry, address.entry_id = "")
CHANGE(entry_with_line_feed, address.entry_id = "EX\n0")
CHANGE(value_with_escape, address.value = "bc1\x1b[2J")
CHANGE(title_with_c1, address.case_title = "a\xc2\x9b")
CHANGE(title_not_utf8, address.case_title = "a\xff")
CHANGE(title_too_long, address.case_title = letters(257))
CHANGE(value_too_long, address.value = letters(257))
CHANGE(no_source, facts.scanner.source = NULL)
CHANGE(relative_source, facts.scanner.source = "scanner")
CHANGE(source_too_long, facts.scanner.source = letters(513))
CHANGE(no_version, facts.scanner.version = "")
CHANGE(bad_config_hash, facts.scanner.config_sha256 = "12")
CHANGE(confidence_101, facts.confidence = 101)
CHANGE(confidence_minus_2, facts.confidence = -2)
CHANGE(bad_admiralty, facts.admiralty = "Z9")
CHANGE(time_negative, facts.time_s = -1)
CHANGE(time_too_late, facts.time_s = INT64_C(253402300800))
CHANGE(status_0, provenance.http_status = 0)
CHANGE(no_snapshot, provenance.snapshot_sha256 = NULL)
CHANGE(snapshot_too_large, provenance.snapshot_bytes = UINT64_C(9007199254740992))
CHANGE(bad_feed_id, provenance.feed = "Example")
CHANGE(no_entry_hash, address.entry_sha256 = NULL)
CHANGE(bad_caip10, address.caip10 = "nothing")

static void unsorted_programs(struct world *world)
{
    static const char *const programs[] = {"B", "A"};
    world->address.programs = programs;
    world->address.programs_count = 2;
}

static void unknown_language(struct world *world)
{
    static const char *const languages[] = {"en", "tlh", NULL};
    world->facts.languages = languages;
}

static void no_english(struct world *world)
{
    static const char *const languages[] = {"ko", NULL};
    world->facts.languages = languages;
}

static void changed_without_revision(struct world *world)
{
    world->facts.type = CW_ALERT_CHANGED;
    world->address.previous_entry_sha256 = SHA_ENTRY_2;
}

static void change_not_json(struct world *world)
{
    static const struct cw_alert_change changes[] = {{.path = "/a", .to_json = "{"}};
    changed_without_revision(world);
    world->address.revision = 1;
    world->address.changes = changes;
    world->address.changes_count = 1;
}

static void change_to_real(struct world *world)
{
    static const struct cw_alert_change changes[] = {{.path = "/a", .to_json = "1.5"}};
    change_not_json(world);
    world->address.changes = changes;
}

static void retraction_without_id(struct world *world)
{
    world->facts.type = CW_ALERT_RETRACTED;
}

static void feed_alert_without_feed(struct world *world)
{
    world->facts.type = CW_ALERT_FEED_STALE;
}

static void test_without_subject(struct world *world)
{
    world->facts.type = CW_ALERT_TEST;
}

struct fact_case {
    void (*change)(struct world *world);
    const char *why;
};

static const struct fact_case fact_cases[] = {
    {no_address, "address and provenance"},
    {no_provenance, "address and provenance"},
    {no_case, "part 3"},
    {empty_entry, "part 6"},
    {entry_with_line_feed, "part 6"},
    {value_with_escape, "address.value: a control character"},
    {title_with_c1, "case.title: a control character"},
    {title_not_utf8, "case.title: a control character or bad UTF-8"},
    {title_too_long, "case.title: too long"},
    {value_too_long, "address.value: too long"},
    {no_source, "source: missing"},
    {relative_source, "source: not of the form"},
    {source_too_long, "source: too long"},
    {no_version, "scanner.version: missing"},
    {bad_config_hash, "config_sha256"},
    {confidence_101, "confidence: out of range"},
    {confidence_minus_2, "confidence: out of range"},
    {bad_admiralty, "admiralty"},
    {time_negative, "time: a time from 1970"},
    {time_too_late, "time: a time from 1970"},
    {status_0, "http_status: out of range"},
    {no_snapshot, "snapshot_sha256: missing"},
    {snapshot_too_large, "snapshot_bytes: larger than"},
    {bad_feed_id, "provenance.feed: not of the form"},
    {no_entry_hash, "entry_sha256: missing"},
    {bad_caip10, "caip10"},
    {unsorted_programs, "programs: not sorted"},
    {unknown_language, "text.tlh: there are no sentences"},
    {no_english, "no sentence in en"},
    {changed_without_revision, "revision: out of range"},
    {change_not_json, "listing.changes.to: not JSON"},
    {change_to_real, "not an integer"},
    {retraction_without_id, "part 4"},
    {feed_alert_without_feed, "feed"},
    {test_without_subject, "subject: missing"},
};

#endif
