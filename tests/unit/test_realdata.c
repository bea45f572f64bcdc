/* The numbers that real lists must give, read by the real program. Needs the shared data folder
 * beside the source tree; without it the test is skipped. */
#include <fcntl.h>
#include <jansson.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "feed/parser.h"
#include "suite.h"

enum { MEMORY_MAX = 64 << 20, RESIDENT_MAX_KIB = 64 << 10, ENTRIES_KEPT = 16384 };

static const char PARSER[] = CW_BIN_DIR "/cryptowatch-parse";
static const char FEEDS[] = CW_SHARED_DIR "/data/feeds/";
static const char CASES[] = CW_SHARED_DIR "/data/cases.json";

#if defined(__SANITIZE_ADDRESS__)
static const bool IS_SANITIZED = true; /* whose shadow is resident too */
#else
static const bool IS_SANITIZED = false;
#endif

/* ---- a whole list in memory ---- */

struct list {
    struct cw_arena *arena;
    struct cw_entry *entries; /* without relations */
    size_t count;
    size_t related; /* entries with at least one relation */
    size_t tagged;
    size_t distinct; /* values, by bytes */
    char published[16];
    struct cw_parse_report report;
};

static enum cw_status keep_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    struct list *list = ctx;
    (void)err;
    (void)snprintf(list->published, sizeof(list->published), "%.*s", CW_SPAN_ARG(info->published));
    return CW_OK;
}

static enum cw_status keep_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    struct list *list = ctx;
    if (list->count == ENTRIES_KEPT) {
        return cw_error_set(err, CW_LIMIT, "more entries than this test keeps");
    }
    struct cw_entry *kept = &list->entries[list->count++];
    kept->value = cw_arena_copy(list->arena, entry->value);
    kept->entry_id = cw_arena_copy(list->arena, entry->entry_id);
    kept->listed_on = cw_arena_copy(list->arena, entry->listed_on);
    kept->programs_count = entry->programs_count;
    for (size_t i = 0; i < entry->programs_count; i++) {
        kept->programs[i] = cw_arena_copy(list->arena, entry->programs[i]);
    }
    list->related += entry->related_count > 0 ? 1u : 0u;
    list->tagged += entry->tag.len > 0 ? 1u : 0u;
    return CW_OK;
}

static int compare_values(const void *left, const void *right)
{
    const struct cw_span *a = left;
    const struct cw_span *b = right;
    return cw_span_compare(*a, *b);
}

static size_t count_distinct(struct list *list)
{
    struct cw_span *values = cw_arena_array(list->arena, list->count + 1, sizeof(*values));
    CU_ASSERT_FATAL(values != NULL);
    for (size_t i = 0; i < list->count; i++) {
        values[i] = list->entries[i].value;
    }
    qsort(values, list->count, sizeof(*values), compare_values);
    size_t distinct = list->count > 0 ? 1 : 0;
    for (size_t i = 1; i < list->count; i++) {
        distinct += cw_span_equal(values[i - 1], values[i]) ? 0u : 1u;
    }
    return distinct;
}

static void list_clear(struct list *list)
{
    cw_arena_free(list->arena);
    free(list->entries);
}

static enum cw_status list_read(struct list *list, const char *format, const char *name,
                                struct cw_error *err)
{
    char path[1024];
    (void)snprintf(path, sizeof(path), "%s%s", FEEDS, name);
    *list = (struct list){.arena = cw_arena_new(MEMORY_MAX),
                          .entries = calloc(ENTRIES_KEPT, sizeof(struct cw_entry))};
    CU_ASSERT_FATAL(list->arena != NULL);
    CU_ASSERT_FATAL(list->entries != NULL);
    const struct cw_entry_sink sink = {keep_info, keep_entry, list};
    const struct cw_parser_options options = {.program = PARSER, .format = format};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    const enum cw_status status = cw_parser_run(&options, fd, sink, &list->report, err);
    (void)close(fd);
    list->distinct = count_distinct(list);
    return status;
}

/* ---- every list of a known size ---- */

static const struct {
    const char *format;
    const char *name;
    uint64_t entries;
    uint64_t unusable;
    size_t distinct;
    const char *published;
} LISTS[] = {
    {"ofac-advanced", "ofac/sdn_advanced-2025-11-19.xml.bz2", 761, 0, 745, "2025-11-19"},
    {"ofac-advanced", "ofac/sdn_advanced-2025-11-19-excerpt.xml", 761, 0, 745, "2025-11-19"},
    {"ofac-advanced", "ofac/sdn_advanced-2025-03-04-dprk-excerpt.xml", 200, 0, 195, "2025-03-04"},
    {"ofac-advanced", "ofac/sdn_advanced-2025-03-21-dprk-excerpt.xml", 110, 0, 105, "2025-03-21"},
    {"lines", "generic/plain-list.txt", 22, 0, 22, ""},
    {"lines", "fbi/fbi-2023-01-23-harmony-btc.txt", 11, 0, 11, ""},
    {"lines", "fbi/fbi-2023-08-22-tradertraitor-btc.txt", 6, 0, 6, ""},
    {"lines", "fbi/ic3-psa250226.txt", 51, 0, 51, ""},
    {"lines", "lists/sanctioned_addresses_XBT.txt", 435, 0, 435, ""},
    {"csv", "generic/with-header.csv", 9, 3, 9, ""},
    {"csv", "fbi/fbi-2023-09-06-stake.csv", 24, 0, 24, ""},
    /* 7,259 addresses; 521 stand a second time in another letter case */
    {"csv", "forta/etherscan_malicious_labels.csv", 7780, 0, 7780, ""},
    {"csv", "etherscan-labels/ofac-sanctions-lists.csv", 72, 0, 72, ""},
    {"csv", "etherscan-labels/bscscan-heist.csv", 57, 0, 57, ""},
};

static void reads_as_many_entries_as_each_list_has(void)
{
    for (size_t i = 0; i < CW_COUNT(LISTS); i++) {
        struct list list;
        struct cw_error err = {0};
        const enum cw_status status = list_read(&list, LISTS[i].format, LISTS[i].name, &err);
        CW_CHECK(status == CW_OK, "%s: %s", LISTS[i].name, err.text);
        CW_CHECK(list.report.entries == LISTS[i].entries && list.count == LISTS[i].entries,
                 "%s: %d entries", LISTS[i].name, (int)list.report.entries);
        CW_CHECK(list.report.unusable == LISTS[i].unusable, "%s: %d unusable", LISTS[i].name,
                 (int)list.report.unusable);
        CW_CHECK(list.distinct == LISTS[i].distinct, "%s: %zu distinct values", LISTS[i].name,
                 list.distinct);
        CW_CHECK(strcmp(list.published, LISTS[i].published) == 0, "%s: published %s", LISTS[i].name,
                 list.published);
        list_clear(&list);
    }
}

static void refuses_lists_of_another_kind(void)
{
    static const struct {
        const char *format;
        const char *name;
    } rows[] = {
        {"lines", "fbi/ic3-psa250226.html"},
        {"lines", "scamsniffer/address.json"},
        {"lines", "ofac/sdn-2026-09-23-excerpt.xml"},
        {"csv", "opensanctions/il_nbctf-releases.csv"},
        {"csv", "ofac/sdn-2021-07.csv"},
        {"csv", "fbi/ic3-psa250226.html"},
        {"ofac-advanced", "ofac/sdn-2026-09-23-excerpt.xml"},
        {"ofac-advanced", "eu/eu-fsf-excerpt-2026-09-22.xml"},
        {"ofac-advanced", "uk/uk-sanctions-list-excerpt-2026-09-21.xml"},
        {"ofac-advanced", "fbi/ic3-psa250226.html"},
        {"ofac-advanced", "generic/plain-list.txt"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct list list;
        struct cw_error err = {0};
        const enum cw_status status = list_read(&list, rows[i].format, rows[i].name, &err);
        CW_CHECK(status == CW_UNTRUSTED, "%s as %s: status %d, %s", rows[i].name, rows[i].format,
                 (int)status, err.text);
        list_clear(&list);
    }
}

/* ---- against the reported cases ---- */

static const char SOURCE[] = "ofac-adv-2025-11-19";

static const struct cw_entry *find(const struct list *list, const char *uid, const char *value)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct cw_entry *entry = &list->entries[i];
        if (cw_span_is(entry->entry_id, uid) &&
            cw_span_equal_nocase(entry->value, cw_span_cstr(value))) {
            return entry;
        }
    }
    return NULL;
}

static void judge_entry(const struct cw_entry *entry, json_t *party, const char *value)
{
    json_t *programs = json_object_get(party, "programs");
    const char *listed = json_string_value(json_object_get(party, "listed"));
    const char *uid = json_string_value(json_object_get(party, "uid"));
    CW_CHECK(entry != NULL, "%s: %s is missing", uid, value);
    if (entry == NULL) {
        return;
    }
    CW_CHECK(cw_span_is(entry->listed_on, listed), "%s: listed on %.*s", uid,
             CW_SPAN_ARG(entry->listed_on));
    CW_CHECK(entry->programs_count == json_array_size(programs), "%s: %zu programmes", uid,
             entry->programs_count);
    for (size_t i = 0; i < entry->programs_count; i++) {
        CW_CHECK(cw_span_is(entry->programs[i], json_string_value(json_array_get(programs, i))),
                 "%s: programme %.*s", uid, CW_SPAN_ARG(entry->programs[i]));
    }
}

static size_t judge_party(const struct list *list, json_t *party)
{
    const char *uid = json_string_value(json_object_get(party, "uid"));
    json_t *addresses = json_object_get(party, "addresses");
    size_t judged = 0;
    for (size_t i = 0; i < json_array_size(addresses); i++) {
        json_t *address = json_array_get(addresses, i);
        const char *value = json_string_value(json_object_get(address, "address"));
        const char *source = json_string_value(json_object_get(address, "source"));
        if (source != NULL && strcmp(source, SOURCE) == 0) {
            judge_entry(find(list, uid, value), party, value);
            judged++;
        }
    }
    return judged;
}

static void tells_programmes_and_dates_of_the_reported_parties(void)
{
    struct list list;
    struct cw_error err = {0};
    size_t judged = 0;
    json_t *cases = json_load_file(CASES, 0, NULL);
    CU_ASSERT_FATAL(cases != NULL);
    const enum cw_status status =
        list_read(&list, "ofac-advanced", "ofac/sdn_advanced-2025-11-19.xml.bz2", &err);
    CW_CHECK(status == CW_OK, "%s", err.text);
    json_t *parties = json_object_get(cases, "ofac_listings");
    for (size_t i = 0; i < json_array_size(parties); i++) {
        judged += judge_party(&list, json_array_get(parties, i));
    }
    CU_ASSERT_EQUAL(judged, 151);
    CU_ASSERT_EQUAL(list.tagged, 761);
    CU_ASSERT(list.related > 0);
    for (size_t i = 0; i < list.count; i++) {
        CU_ASSERT(list.entries[i].programs_count > 0);
        CU_ASSERT(list.entries[i].listed_on.len == 10);
    }
    list_clear(&list);
    json_decref(cases);
}

static void needs_little_memory_for_the_largest_list(void)
{
    struct rusage usage = {0};
    CU_ASSERT_FATAL(getrusage(RUSAGE_CHILDREN, &usage) == 0);
    CW_CHECK(IS_SANITIZED || usage.ru_maxrss < RESIDENT_MAX_KIB, "%ld KiB resident",
             usage.ru_maxrss);
}

static const struct cw_test TESTS[] = {
    {"reads as many entries as each list has", reads_as_many_entries_as_each_list_has},
    {"refuses lists of another kind", refuses_lists_of_another_kind},
    {"tells programmes and dates of the reported parties",
     tells_programmes_and_dates_of_the_reported_parties},
    {"needs little memory for the largest list", needs_little_memory_for_the_largest_list},
};

int main(void)
{
    if (access(CASES, R_OK) != 0) {
        (void)printf("skipped: no shared data beside the source tree\n");
        return 77; /* CTest: skipped */
    }
    return cw_run_suite("realdata", TESTS, CW_COUNT(TESTS));
}
