/* The state of one installation, on real SQLite in temporary folders. */
#include "store_history_cases.h"
#include "store_list_cases.h"
#include "store_open_cases.h"
#include "store_order_cases.h"
#include "store_outbox_cases.h"

/* ---- feeds ---- */

static void unknown_feed_was_never_read(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct cw_feed_state state;
    memset(&state, 0x5a, sizeof(state));
    STORE_OK(cw_store_feed_get(store, "nobody", &state, &err));
    const struct cw_feed_state wanted = {.id = "nobody", .status = CW_FEED_NEVER};
    CU_ASSERT_STRING_EQUAL(state.id, "nobody");
    CU_ASSERT_EQUAL(state.status, wanted.status);
    CU_ASSERT_EQUAL(state.retrieved_at_s, 0);
    CU_ASSERT_STRING_EQUAL(state.snapshot_sha256, "");
    CU_ASSERT_STRING_EQUAL(state.norm, "");
    cw_store_close(store);
    place_remove(&place);
}

static void bounds_the_id_of_a_feed(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct cw_feed_state state;
    char id[CW_ID_MAX + 2];
    memset(id, 'x', sizeof(id));
    id[CW_ID_MAX] = '\0';
    STORE_OK(cw_store_feed_get(store, id, &state, &err));
    id[CW_ID_MAX] = 'x';
    id[CW_ID_MAX + 1] = '\0';
    STORE_FAILS(cw_store_feed_get(store, id, &state, &err), CW_LIMIT, "at most 64");
    cw_store_close(store);
    place_remove(&place);
}

/* Every member full to its last byte, so that none is cut or swapped with another. */
static void fill(char *text, size_t bytes, char with)
{
    memset(text, with, bytes - 1);
    text[bytes - 1] = '\0';
}

static struct cw_feed_state full_state(enum cw_feed_status status)
{
    struct cw_feed_state state = {
        .id = "f",
        .status = status,
        .snapshot_bytes = 1,
        .retrieved_at_s = 2,
        .attempted_at_s = 3,
        .not_before_s = 4,
        .http_status = 5,
        .entries = 6,
        .listings = 7,
        .unusable = 8,
        .failures = 9,
        .failing_since_s = 10,
        .held_fetches = 11,
        .held_since_s = 12,
        .whole_at_s = 13,
    };
    fill(state.snapshot_sha256, sizeof(state.snapshot_sha256), 'a');
    fill(state.url, sizeof(state.url), 'b');
    fill(state.final_url, sizeof(state.final_url), 'c');
    fill(state.etag, sizeof(state.etag), '"');
    fill(state.last_modified, sizeof(state.last_modified), '\'');
    fill(state.media_type, sizeof(state.media_type), 'd');
    fill(state.published, sizeof(state.published), 'e');
    fill(state.error_code, sizeof(state.error_code), 'f');
    fill(state.error_text, sizeof(state.error_text), 'g');
    fill(state.held_sha256, sizeof(state.held_sha256), 'h');
    fill(state.released_sha256, sizeof(state.released_sha256), 'i');
    fill(state.book_sha256, sizeof(state.book_sha256), 'j');
    fill(state.norm, sizeof(state.norm), 'k');
    fill(state.held_evidence, sizeof(state.held_evidence), 'l');
    fill(state.issued, sizeof(state.issued), 'm');
    return state;
}

static bool is_state_same(const struct cw_feed_state *a, const struct cw_feed_state *b)
{
    return strcmp(a->id, b->id) == 0 && a->status == b->status &&
           strcmp(a->snapshot_sha256, b->snapshot_sha256) == 0 &&
           a->snapshot_bytes == b->snapshot_bytes && a->retrieved_at_s == b->retrieved_at_s &&
           a->attempted_at_s == b->attempted_at_s && a->not_before_s == b->not_before_s &&
           a->http_status == b->http_status && strcmp(a->url, b->url) == 0 &&
           strcmp(a->final_url, b->final_url) == 0 && strcmp(a->etag, b->etag) == 0 &&
           strcmp(a->last_modified, b->last_modified) == 0 &&
           strcmp(a->media_type, b->media_type) == 0 && strcmp(a->published, b->published) == 0 &&
           a->entries == b->entries && a->listings == b->listings && a->unusable == b->unusable &&
           a->failures == b->failures && a->failing_since_s == b->failing_since_s &&
           strcmp(a->error_code, b->error_code) == 0 && strcmp(a->error_text, b->error_text) == 0 &&
           strcmp(a->held_sha256, b->held_sha256) == 0 &&
           strcmp(a->released_sha256, b->released_sha256) == 0 &&
           strcmp(a->book_sha256, b->book_sha256) == 0 && strcmp(a->norm, b->norm) == 0 &&
           strcmp(a->held_evidence, b->held_evidence) == 0 && a->held_fetches == b->held_fetches &&
           a->held_since_s == b->held_since_s && strcmp(a->issued, b->issued) == 0 &&
           a->whole_at_s == b->whole_at_s;
}

static void gives_back_the_state_of_a_feed_whole(void)
{
    static const enum cw_feed_status all[] = {CW_FEED_NEVER, CW_FEED_GOOD, CW_FEED_FAILED,
                                              CW_FEED_HELD};
    const struct place place = place_make();
    for (size_t i = 0; i < CW_COUNT(all); i++) {
        const struct cw_feed_state state = full_state(all[i]);
        struct cw_feed_state back;
        struct cw_store *store = store_open(&place, CW_STORE_WRITE);
        STORE_OK(cw_store_feed_put(store, &state, &err));
        cw_store_close(store);
        store = store_open(&place, CW_STORE_READ);
        STORE_OK(cw_store_feed_get(store, "f", &back, &err));
        CW_CHECK(is_state_same(&state, &back), "status %s\n", cw_feed_status_name(all[i]));
        cw_store_close(store);
    }
    place_remove(&place);
}

static void refuses_columns_no_program_of_ours_wrote(void)
{
    static const char *const cases[] = {
        "UPDATE feeds SET entries = -1",
        "UPDATE feeds SET published = '2026-11-200'",
        "UPDATE feeds SET etag = 'a' || char(0) || 'b'",
        "PRAGMA ignore_check_constraints = ON; UPDATE feeds SET status = 'fine'",
    };
    const struct place place = place_make();
    struct cw_feed_state state = full_state(CW_FEED_GOOD);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct cw_store *store = store_open(&place, CW_STORE_WRITE);
        STORE_OK(cw_store_feed_put(store, &state, &err));
        CU_ASSERT_EQUAL(sqlite3_exec(store->db, cases[i], NULL, NULL, NULL), SQLITE_OK);
        struct cw_error err = {0};
        const enum cw_status status = cw_store_feed_get(store, "f", &state, &err);
        CW_CHECK(status == CW_STATE, "%s: status %d\n", cases[i], (int)status);
        (void)sqlite3_exec(store->db, "DELETE FROM feeds", NULL, NULL, NULL);
        cw_store_close(store);
    }
    state.entries = (uint64_t)INT64_MAX + 1;
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    STORE_FAILS(cw_store_feed_put(store, &state, &err), CW_LIMIT, "too large");
    cw_store_close(store);
    place_remove(&place);
}

static void records_retrievals_by_known_outcomes(void)
{
    static const struct {
        const char *outcome;
        enum cw_status wanted;
    } cases[] = {
        {"new", CW_OK},  {"unchanged", CW_OK}, {"failed", CW_OK},
        {"held", CW_OK}, {"", CW_STATE},       {"fine", CW_STATE},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const struct cw_retrieval retrieval = {
            .feed = "f", .at_s = STORE_NOW, .outcome = cases[i].outcome, .url = "https://x/"};
        const enum cw_status status = cw_store_retrieval_add(store, &retrieval, NULL);
        CW_CHECK(status == cases[i].wanted, "%s: status %d\n", cases[i].outcome, (int)status);
    }
    struct cw_sql sql = cw_sql_begin(store, "SELECT count(*) FROM retrievals WHERE feed = 'f'");
    CU_ASSERT_TRUE(cw_sql_next(&sql));
    CU_ASSERT_EQUAL(cw_sql_i64(&sql, 0), 4);
    STORE_OK(cw_sql_end(&sql, &err));
    cw_store_close(store);
    place_remove(&place);
}

/* ---- tracked matches ---- */

static struct cw_tracked tracked_make(const char *case_id, const char *address,
                                      const char *entry_id, const char *listed)
{
    return (struct cw_tracked){
        .case_id = cw_span_cstr(case_id),
        .address_canonical = cw_span_cstr(address),
        .address_value = CW_SPAN("as written"),
        .entry_id = cw_span_cstr(entry_id),
        .listed_canonical = cw_span_cstr(listed),
        .relation = CW_RELATION_ENTITY,
        .episode = 2,
        .revision = 3,
        .entry_sha256 = CW_SPAN("5a5a"),
        .entry_json = CW_SPAN("{\"a\":1}"),
        .listed_value = CW_SPAN("as listed"),
        .listed_encoding = CW_SPAN("eip55"),
        .entry_name = CW_SPAN("Name"),
        .was_alerted = true,
    };
}

static void gives_back_tracked_matches_in_byte_order(void)
{
    static const char *const rows[][4] = {
        /* in the order wanted back; stored from the last to the first */
        {"A", "evm:1", "10", "evm:1"}, {"A", "evm:1", "9", "evm:0"},  {"A", "evm:1", "9", "evm:1"},
        {"A", "evm:2", "1", "evm:1"},  {"B", "evm:1", "10", "evm:1"}, {"a", "evm:1", "1", "evm:1"},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    CW_CLEANUP(cw_arena_freep) struct cw_arena *arena = cw_arena_new(1 << 20);
    struct cw_tracked *items = NULL;
    size_t count = 99;
    STORE_OK(cw_store_tracked_load(store, "f", arena, &items, &count, &err));
    CU_ASSERT_EQUAL(count, 0);
    for (size_t i = CW_COUNT(rows); i-- > 0;) {
        struct cw_tracked row = tracked_make(rows[i][0], rows[i][1], rows[i][2], rows[i][3]);
        STORE_OK(cw_store_tracked_put(store, "f", &row, &err));
        STORE_OK(cw_store_tracked_put(store, "other", &row, &err));
        row.was_alerted = false;
        row.relation = CW_RELATION_EXACT;
        STORE_OK(cw_store_tracked_put(store, "other", &row, &err));
    }
    STORE_OK(cw_store_tracked_load(store, "f", arena, &items, &count, &err));
    CU_ASSERT_EQUAL_FATAL(count, CW_COUNT(rows));
    for (size_t i = 0; i < count; i++) {
        CW_CHECK(cw_span_is(items[i].case_id, rows[i][0]) &&
                     cw_span_is(items[i].address_canonical, rows[i][1]) &&
                     cw_span_is(items[i].entry_id, rows[i][2]) &&
                     cw_span_is(items[i].listed_canonical, rows[i][3]),
                 "place %zu\n", i);
    }
    CU_ASSERT_TRUE(cw_span_is(items[0].address_value, "as written"));
    CU_ASSERT_EQUAL(items[0].relation, CW_RELATION_ENTITY);
    CU_ASSERT_EQUAL(items[0].episode, 2);
    CU_ASSERT_EQUAL(items[0].revision, 3);
    CU_ASSERT_TRUE(cw_span_is(items[0].entry_sha256, "5a5a"));
    CU_ASSERT_TRUE(cw_span_is(items[0].entry_json, "{\"a\":1}"));
    CU_ASSERT_TRUE(cw_span_is(items[0].listed_value, "as listed"));
    CU_ASSERT_TRUE(cw_span_is(items[0].listed_encoding, "eip55"));
    CU_ASSERT_TRUE(cw_span_is(items[0].entry_name, "Name"));
    CU_ASSERT_TRUE(items[0].was_alerted);
    STORE_OK(cw_store_tracked_remove(store, "f", &items[1], &err));
    STORE_OK(cw_store_tracked_remove(store, "f", &items[1], &err));
    STORE_OK(cw_store_tracked_load(store, "f", arena, &items, &count, &err));
    CU_ASSERT_EQUAL(count, CW_COUNT(rows) - 1);
    STORE_OK(cw_store_tracked_load(store, "other", arena, &items, &count, &err));
    CU_ASSERT_EQUAL(count, CW_COUNT(rows));
    CU_ASSERT_FALSE(items[0].was_alerted);
    CU_ASSERT_EQUAL(items[0].relation, CW_RELATION_EXACT);
    cw_store_close(store);
    place_remove(&place);
}

static void full_arena_is_an_error_not_a_short_list(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    const struct cw_tracked row = tracked_make("A", "evm:1", "1", "evm:1");
    STORE_OK(cw_store_tracked_put(store, "f", &row, &err));
    /* no room for the row, and none for its texts: the list's trouble, not the machine's */
    const size_t sizes[] = {sizeof(struct cw_tracked) - 8, sizeof(struct cw_tracked) + 8};
    for (size_t i = 0; i < CW_COUNT(sizes); i++) {
        CW_CLEANUP(cw_arena_freep) struct cw_arena *arena = cw_arena_new(sizes[i]);
        struct cw_tracked *items = NULL;
        size_t count = 0;
        STORE_FAILS(cw_store_tracked_load(store, "f", arena, &items, &count, &err), CW_LIMIT,
                    "1 tracked matches need more memory than a list may");
        CU_ASSERT_PTR_NULL(items);
    }
    cw_store_close(store);
    place_remove(&place);
}

static void knows_the_pairs_it_has_seen(void)
{
    static const struct {
        const char *feed;
        const char *case_id;
        bool is_known;
    } cases[] = {
        {"f", "A", true}, {"f", "B", false}, {"g", "A", false}, {"F", "A", false}, {"", "", false}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    STORE_OK(cw_store_pair_add(store, "f", "A", STORE_NOW, &err));
    STORE_OK(cw_store_pair_add(store, "f", "A", STORE_NOW + 1, &err));
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        bool is_known = !cases[i].is_known;
        STORE_OK(cw_store_pair_is_known(store, cases[i].feed, cases[i].case_id, &is_known, &err));
        CW_CHECK(is_known == cases[i].is_known, "%s and %s\n", cases[i].feed, cases[i].case_id);
    }
    cw_store_close(store);
    place_remove(&place);
}

/* ---- runs ---- */

static void numbers_the_runs(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    uint64_t generation = 9;
    int64_t finished_at_s = 9;
    STORE_OK(cw_store_run_last(store, &generation, &finished_at_s, &err));
    CU_ASSERT_EQUAL(generation, 0);
    CU_ASSERT_EQUAL(finished_at_s, 0);
    for (uint64_t i = 1; i <= 3; i++) {
        STORE_OK(cw_store_run_add(store, STORE_NOW, STORE_NOW + (int64_t)i, CW_SPAN("{}"),
                                  &generation, &err));
        CU_ASSERT_EQUAL(generation, i);
        STORE_OK(cw_store_run_last(store, &generation, &finished_at_s, &err));
        CU_ASSERT_EQUAL(generation, i);
        CU_ASSERT_EQUAL(finished_at_s, STORE_NOW + (int64_t)i);
    }
    cw_store_close(store);
    place_remove(&place);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"makes a private file and leaves no log behind", makes_a_private_file},
        {"sets the pragmas, strict tables and its own identity", sets_the_pragmas},
        {"tells a reader that there is no database yet", reader_without_a_database_is_told_so},
        {"opens folders whose names look like URIs", opens_odd_folder_names},
        {"refuses what is not its database, with what to do", refuses_what_is_not_its_database},
        {"notices a stored list that was altered", notices_a_list_that_was_altered},
        {"leaves nothing after a rollback", rollback_leaves_nothing},
        {"takes back a transaction with a failed write", failed_write_spoils_its_transaction},
        {"says that the disk is full and changes nothing", full_disk_is_said_and_changes_nothing},
        {"keeps all or nothing of a killed writer", killed_writer_leaves_all_or_nothing},
        {"reads in a folder that it may not write", reads_in_a_folder_it_may_not_write},
        {"lets a reader see what a writer commits", reader_sees_what_a_writer_commits},
        {"keeps every other run out by the lock", lock_keeps_out_every_other_run},
        {"says that an unknown feed was never read", unknown_feed_was_never_read},
        {"bounds the id of a feed", bounds_the_id_of_a_feed},
        {"gives back the state of a feed whole", gives_back_the_state_of_a_feed_whole},
        {"refuses columns that no program of ours wrote", refuses_columns_no_program_of_ours_wrote},
        {"records retrievals by known outcomes only", records_retrievals_by_known_outcomes},
        {"gives back a listing as it was", gives_back_a_listing_as_it_was},
        {"keeps what is no address", keeps_what_is_no_address},
        {"loads an empty list of an unknown feed", unknown_feed_has_an_empty_list},
        {"counts episodes, and revisions within them", counts_episodes_and_revisions},
        {"keeps the same key of two parties apart", same_key_of_two_parties_is_two_listings},
        {"replaces only the list that was compared", replaces_only_the_list_that_was_compared},
        {"writes only what changed of a long list", writes_only_what_changed_of_a_long_list},
        {"finds listings by other spellings", finds_other_spellings},
        {"finds an ended listing and one with a new note",
         forgets_no_spelling_when_the_list_changes_it},
        {"makes the probes again for another normaliser",
         makes_probes_again_for_another_normaliser},
        {"lets a callback stop the search or ask again", callbacks_may_stop_or_ask_again},
        {"finds opaque text byte for byte", finds_opaque_text_byte_for_byte},
        {"gives back tracked matches in byte order", gives_back_tracked_matches_in_byte_order},
        {"fails when the arena is full, with no short list",
         full_arena_is_an_error_not_a_short_list},
        {"knows the pairs of feed and case it has seen", knows_the_pairs_it_has_seen},
        {"tells every listing with its episodes", tells_every_listing_with_its_episodes},
        {"counts changes of lists and nothing else", counts_changes_of_lists_and_nothing_else},
        {"knows when a list was seen", knows_when_a_list_was_seen},
        {"gives no number twice", gives_no_number_twice},
        {"keeps the first bytes of an alert", keeps_the_first_bytes_of_an_alert},
        {"filters alerts, oldest first", filters_alerts_oldest_first},
        {"serves each endpoint its own queue, oldest first", serves_each_endpoint_oldest_first},
        {"follows a delivery through its states", follows_a_delivery_through_its_states},
        {"cuts what a receiver sends too much of", cuts_what_a_receiver_sends_too_much_of},
        {"counts a killed attempt and makes it due again", killed_attempt_is_counted_and_due_again},
        {"redelivers from the start of the schedule", redelivers_from_the_start_of_the_schedule},
        {"remembers the state of an endpoint", remembers_the_state_of_an_endpoint},
        {"keeps the order within a case and about a list",
         keeps_the_order_within_a_case_and_a_list},
        {"wakes what a receiver's silence keeps, and nothing else", wakes_what_silence_keeps},
        {"lets the oldest go in the place of a due one", lets_the_oldest_go_first},
        {"counts dead letters since a success or an enabling", counts_dead_letters_in_a_row},
        {"keeps the last answer of a receiver", keeps_the_last_answer},
        {"records an end and the next begin together", records_end_and_begin_together},
        {"gives rows of an older outbox their case", brings_an_older_outbox_up_to_date},
        {"numbers the runs", numbers_the_runs},
    };
    return cw_run_suite("store", tests, CW_COUNT(tests));
}
