/* store_list_cases.h: lists in force, their episodes, questions about them, and tracked matches. */
#ifndef CW_TESTS_STORE_LIST_CASES_H
#define CW_TESTS_STORE_LIST_CASES_H

#include "store_place.h"

#define EVM    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
#define P2PKH  "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
#define P2WPKH "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"

/* ---- loading what was stored ---- */

static const struct cw_listing *only(const struct cw_watchlist *list)
{
    CU_ASSERT_EQUAL_FATAL(cw_watchlist_count(list), 1);
    return cw_watchlist_at(list, 0);
}

static struct cw_watchlist *load(struct cw_store *store, const char *feed)
{
    struct cw_watchlist *list = NULL;
    STORE_OK(cw_store_watchlist_load(store, feed, NULL, &list, &err));
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    return list;
}

/* Everything a listing can hold, with characters that JSON must escape. */
static void gives_back_a_listing_as_it_was(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = cw_watchlist_new();
    struct cw_entry entry = {
        .position = CW_SPAN("party 7, feature 9"),
        .value = CW_SPAN(EVM),
        .tag = CW_SPAN("ETH"),
        .entry_id = CW_SPAN("7"),
        .entry_name = CW_SPAN("\xe9\x87\x91 \"Kim\" \\ 'x'\n"),
        .listed_on = CW_SPAN("2024-02-29"),
        .note = CW_SPAN("a note"),
        .programs = {CW_SPAN("DPRK3"), CW_SPAN("CYBER2")},
        .programs_count = 2,
        .related = {{CW_SPAN("Acting for, \"or\""), CW_SPAN("8")}, {CW_SPAN(""), CW_SPAN("9")}},
        .related_count = 2,
    };
    STORE_OK(cw_watchlist_add_entry(list, &entry, &err));
    entry.value = CW_SPAN("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");
    entry.tag = CW_SPAN("BSC");
    STORE_OK(cw_watchlist_add_entry(list, &entry, &err));
    STORE_OK(cw_watchlist_finish(list, &err));
    STORE_OK(list_put(store, "f", list, STORE_NOW, &err));
    cw_store_close(store);

    store = store_open(&place, CW_STORE_READ);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *back = load(store, "f");
    const struct cw_listing *was = only(list);
    const struct cw_listing *is = only(back);
    CU_ASSERT_TRUE(cw_listing_is_same(was, is));
    CU_ASSERT_EQUAL(is->values_count, 2);
    CU_ASSERT_EQUAL(is->tags_count, 2);
    CU_ASSERT_EQUAL(is->programs_count, 2);
    CU_ASSERT_EQUAL(is->related_count, 2);
    CU_ASSERT_TRUE(cw_span_is(is->related[1].entry_id, "9"));
    CU_ASSERT_TRUE(cw_span_is(is->position, "party 7, feature 9"));
    CU_ASSERT_STRING_EQUAL(was->entry_sha256, is->entry_sha256);
    cw_store_close(store);
    place_remove(&place);
}

static void keeps_what_is_no_address(void)
{
    static const struct row rows[] = {
        {"1", EVM, "One", NULL, NULL},
        {"2", "not an address", "Two", NULL, NULL},
        {"3", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "Three", NULL, NULL},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct cw_feed_state state = {.id = "f", .published = "2026-11-20"};
    STORE_OK(cw_store_feed_put(store, &state, &err));
    rows_put(store, "f", rows, CW_COUNT(rows), STORE_NOW);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *back = load(store, "f");
    CU_ASSERT_EQUAL(cw_watchlist_count(back), 1);
    CU_ASSERT_TRUE(cw_span_is(cw_watchlist_published(back), "2026-11-20"));
    CU_ASSERT_EQUAL_FATAL(cw_watchlist_opaque_count(back), 2);
    const struct cw_opaque *opaque = cw_watchlist_opaque_at(back, 0);
    CU_ASSERT_TRUE(cw_span_is(opaque->value, "not an address"));
    CU_ASSERT_TRUE(cw_span_is(opaque->entry_id, "2"));
    CU_ASSERT_TRUE(cw_span_is(opaque->entry_name, "Two"));
    CU_ASSERT_TRUE(cw_span_is(opaque->position, "line 2"));
    CU_ASSERT_TRUE(opaque->error.len > 0);
    /* gone from the document, gone from the state */
    rows_put(store, "f", rows, 2, STORE_NOW + 1);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *after = load(store, "f");
    CU_ASSERT_EQUAL(cw_watchlist_opaque_count(after), 1);
    cw_store_close(store);
    place_remove(&place);
}

static void unknown_feed_has_an_empty_list(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = load(store, "nobody");
    CU_ASSERT_EQUAL(cw_watchlist_count(list), 0);
    CU_ASSERT_EQUAL(cw_watchlist_opaque_count(list), 0);
    cw_store_close(store);
    place_remove(&place);
}

/* ---- episodes and revisions ---- */

struct episodes {
    size_t count;
    struct cw_episode items[8];
};

static enum cw_status keep_episode(void *ctx, const struct cw_episode *episode,
                                   CW_UNUSED struct cw_error *err)
{
    struct episodes *episodes = ctx;
    CU_ASSERT_FATAL(episodes->count < CW_COUNT(episodes->items));
    episodes->items[episodes->count++] = *episode;
    return CW_OK;
}

/* Each step is one scan an hour after the one before; it says what the key then is. */
static void counts_episodes_and_revisions(void)
{
    static const struct {
        const char *what;
        const char *name; /* NULL: not on the list */
        uint64_t episode;
        uint64_t revision;
    } steps[] = {
        {"first listed", "A", 0, 0},
        {"read again", "A", 0, 0},
        {"changed", "B", 0, 1},
        {"changed again", "C", 0, 2},
        {"changed back", "A", 0, 3},
        {"gone", NULL, 0, 3},
        {"still gone", NULL, 0, 3},
        {"back", "A", 1, 0},
        {"changed after return", "B", 1, 1},
        {"gone again", NULL, 1, 1},
        {"back with another name", "Z", 2, 0},
        {"gone for the third time", NULL, 2, 0},
        {"back at last", "Z", 3, 0},
    };
    static const struct cw_episode wanted[] = {{0, 0, 5}, {1, 7, 9}, {2, 10, 11}, {3, 12, 0}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    for (size_t i = 0; i < CW_COUNT(steps); i++) {
        const struct row rows[] = {{"other", P2PKH, "Other", NULL, NULL},
                                   {"7", EVM, steps[i].name, NULL, NULL}};
        const size_t count = steps[i].name == NULL ? 1 : 2;
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_make(rows, count);
        STORE_OK(list_put(store, "f", list, STORE_NOW + (int64_t)i * 3600, &err));
        const struct answers is = ask(store, EVM);
        CW_CHECK(is.count == 1 && is.active == (steps[i].name == NULL ? 0u : 1u) &&
                     is.episode == steps[i].episode && is.revision == steps[i].revision,
                 "%s: %zu found, episode %llu, revision %llu\n", steps[i].what, is.count,
                 (unsigned long long)is.episode, (unsigned long long)is.revision);
        CW_CHECK((is.ended_s == 0) == (steps[i].name != NULL), "%s: ended\n", steps[i].what);
        if (steps[i].name != NULL) {
            /* both numbers are written into the new list, for unchanged listings too */
            CU_ASSERT_EQUAL(cw_watchlist_at(list, 0)->episode, steps[i].episode);
            CU_ASSERT_EQUAL(cw_watchlist_at(list, 0)->revision, steps[i].revision);
        }
        const struct answers other = ask(store, P2PKH);
        CU_ASSERT_EQUAL(other.episode, 0);
        CU_ASSERT_EQUAL(other.revision, 0);
        CU_ASSERT_EQUAL(other.first_seen_s, STORE_NOW);
    }
    struct episodes found = {0};
    const struct cw_listed_key key = {
        .feed = "f",
        .entry_id = CW_SPAN("7"),
        .canonical = CW_SPAN("evm:account:5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
    };
    STORE_OK(cw_store_episodes(store, &key, keep_episode, &found, &err));
    CU_ASSERT_EQUAL_FATAL(found.count, CW_COUNT(wanted));
    for (size_t i = 0; i < found.count; i++) {
        const int64_t until = wanted[i].until_s == 0 ? 0 : STORE_NOW + wanted[i].until_s * 3600;
        CU_ASSERT_EQUAL(found.items[i].number, wanted[i].number);
        CU_ASSERT_EQUAL(found.items[i].from_s, STORE_NOW + wanted[i].from_s * 3600);
        CU_ASSERT_EQUAL(found.items[i].until_s, until);
    }
    const struct row last = {"other", P2PKH, "Other", NULL, NULL};
    rows_put(store, "f", &last, 1, STORE_NOW + 99 * 3600);
    found.count = 0;
    STORE_OK(cw_store_episodes(store, &key, keep_episode, &found, &err));
    CU_ASSERT_EQUAL_FATAL(found.count, CW_COUNT(wanted));
    CU_ASSERT_EQUAL(found.items[3].until_s, STORE_NOW + 99 * 3600);
    cw_store_close(store);
    place_remove(&place);
}

static void same_key_of_two_parties_is_two_listings(void)
{
    static const struct row rows[] = {{"1", EVM, "A", NULL, NULL}, {"2", EVM, "B", NULL, NULL}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    rows_put(store, "f", rows, 2, STORE_NOW);
    rows_put(store, "g", rows, 1, STORE_NOW);
    CU_ASSERT_EQUAL(ask(store, EVM).count, 3);
    rows_put(store, "f", rows, 1, STORE_NOW + 1);
    CU_ASSERT_EQUAL(ask(store, EVM).count, 3);
    CU_ASSERT_EQUAL(ask(store, EVM).active, 2);
    cw_store_close(store);
    place_remove(&place);
}

static void replaces_only_the_list_that_was_compared(void)
{
    static const struct row rows[] = {{"1", EVM, "A", NULL, NULL}, {"2", P2PKH, "B", NULL, NULL}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    rows_put(store, "f", rows, 1, STORE_NOW);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_make(rows, 2);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *none = list_make(rows, 0);
    struct cw_delta all = {0};
    struct cw_delta gone = {0};
    STORE_OK(cw_delta_make(NULL, list, &all, &err));
    STORE_OK(cw_delta_make(list, none, &gone, &err));
    const struct cw_replacement known = {
        .feed = "f", .new_list = list, .delta = &all, .at_s = STORE_NOW};
    const struct cw_replacement unknown = {
        .feed = "f", .old_list = list, .new_list = none, .delta = &gone, .at_s = STORE_NOW};
    STORE_OK(cw_store_begin(store, &err));
    STORE_FAILS(cw_store_watchlist_replace(store, &known, &err), CW_STATE,
                "not the one that was compared");
    STORE_FAILS(cw_store_commit(store, &err), CW_STATE, "taken back");
    cw_store_rollback(store);
    STORE_OK(cw_store_begin(store, &err));
    STORE_FAILS(cw_store_watchlist_replace(store, &unknown, &err), CW_STATE, "not in force");
    cw_store_rollback(store);
    CU_ASSERT_EQUAL(ask(store, EVM).active, 1);
    cw_delta_clear(&all);
    cw_delta_clear(&gone);
    cw_store_close(store);
    place_remove(&place);
}

/* ---- cost ---- */

enum { MANY = 10000 };

static struct cw_watchlist *many(size_t skip, size_t rename, const char *extra)
{
    struct cw_watchlist *list = cw_watchlist_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    size_t line = 0;
    for (size_t i = 0; i < MANY + 1; i++) {
        char value[64];
        char id[16];
        char position[32];
        (void)snprintf(value, sizeof(value), "0xab%038zx", i + 1);
        (void)snprintf(id, sizeof(id), "%zu", i);
        (void)snprintf(position, sizeof(position), "line %zu", ++line);
        const struct cw_entry entry = {
            .position = cw_span_cstr(position),
            .value = i == MANY ? cw_span_cstr(extra) : cw_span_cstr(value),
            .entry_id = cw_span_cstr(id),
            .entry_name = i == rename ? CW_SPAN("renamed") : CW_SPAN("name"),
        };
        if (i == skip || (i == MANY && extra == NULL)) {
            line--;
            continue;
        }
        STORE_OK(cw_watchlist_add_entry(list, &entry, &err));
    }
    STORE_OK(cw_watchlist_finish(list, &err));
    return list;
}

/* Every position moves up by one line: no reason to write ten thousand rows. */
static void writes_only_what_changed_of_a_long_list(void)
{
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *first = many(SIZE_MAX, SIZE_MAX, NULL);
    STORE_OK(list_put(store, "f", first, STORE_NOW, &err));
    const int64_t before = sqlite3_total_changes64(store->db);
    CU_ASSERT_TRUE(before > MANY);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *second = many(0, 500, EVM);
    STORE_OK(list_put(store, "f", second, STORE_NOW + 1, &err));
    const int64_t written = sqlite3_total_changes64(store->db) - before;
    CW_CHECK(written >= 5 && written < 5 + 2 * CW_LINKS_MAX, "%lld rows written\n",
             (long long)written);
    STORE_OK(list_put(store, "f", second, STORE_NOW + 2, &err));
    CU_ASSERT_EQUAL(sqlite3_total_changes64(store->db) - before, written);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *back = load(store, "f");
    CU_ASSERT_EQUAL(cw_watchlist_count(back), MANY);
    CU_ASSERT_EQUAL(ask(store, EVM).active, 1);
    cw_store_close(store);
    place_remove(&place);
}

/* ---- finding ---- */

static void finds_other_spellings(void)
{
    static const struct {
        const char *listed;
        const char *asked;
        size_t wanted;
    } cases[] = {
        {EVM, EVM, 1},
        {EVM, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", 1},
        {EVM, "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", 1},
        {"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", EVM, 1},
        {P2PKH, P2PKH, 1},
        {P2PKH, P2WPKH, 1},
        {P2WPKH, P2PKH, 1},
        {P2PKH, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", 1},
        {P2PKH, "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN", 1},
        {EVM, P2PKH, 0},
        {P2PKH, EVM, 0},
        {EVM, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaee", 0},
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const struct place place = place_make();
        struct cw_store *store = store_open(&place, CW_STORE_WRITE);
        const struct row row = {"1", cases[i].listed, "A", NULL, NULL};
        rows_put(store, "f", &row, 1, STORE_NOW);
        const struct answers found = ask(store, cases[i].asked);
        CW_CHECK(found.count == cases[i].wanted, "%s on the list, %s asked: %zu\n", cases[i].listed,
                 cases[i].asked, found.count);
        if (found.count == 1) {
            CU_ASSERT_STRING_EQUAL(found.value, cases[i].listed);
            CU_ASSERT_STRING_EQUAL(found.feed, "f");
        }
        cw_store_close(store);
        place_remove(&place);
    }
}

/* The published text and its note change, the key does not: no revision, and no spelling is lost.
 */
static void forgets_no_spelling_when_the_list_changes_it(void)
{
    static const struct row before[] = {
        {"1", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "A", NULL, NULL}};
    static const struct row after[] = {{"1", P2WPKH, "A", NULL, "a new note"}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    rows_put(store, "f", before, 1, STORE_NOW);
    CU_ASSERT_EQUAL(ask(store, P2PKH).active, 1);
    rows_put(store, "f", after, 1, STORE_NOW + 1);
    CU_ASSERT_EQUAL(ask(store, P2PKH).active, 1);
    CU_ASSERT_EQUAL(ask(store, P2PKH).revision, 0);
    CU_ASSERT_EQUAL(ask(store, P2PKH).first_seen_s, STORE_NOW);
    CU_ASSERT_STRING_EQUAL(ask(store, P2PKH).value, P2WPKH);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *back = load(store, "f");
    CU_ASSERT_TRUE(cw_span_is(only(back)->note, "a new note"));
    /* ended listings are still found by every spelling */
    rows_put(store, "f", after, 0, STORE_NOW + 2);
    CU_ASSERT_EQUAL(ask(store, P2PKH).count, 1);
    CU_ASSERT_EQUAL(ask(store, P2PKH).active, 0);
    CU_ASSERT_EQUAL(ask(store, P2PKH).ended_s, STORE_NOW + 2);
    cw_store_close(store);
    place_remove(&place);
}

static void makes_probes_again_for_another_normaliser(void)
{
    static const struct row rows[] = {{"1", P2PKH, "A", NULL, NULL}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    rows_put(store, "f", rows, 1, STORE_NOW);
    CU_ASSERT_EQUAL(sqlite3_exec(store->db, "DELETE FROM probes; UPDATE meta SET value = 'old/0'",
                                 NULL, NULL, NULL),
                    SQLITE_OK);
    CU_ASSERT_EQUAL(ask(store, P2WPKH).count, 0);
    cw_store_close(store);
    store = NULL;
    STORE_FAILS(cw_store_open(place.folder, CW_STORE_READ, &store, &err), CW_STATE,
                "reads addresses differently");
    cw_store_close(store_open(&place, CW_STORE_WRITE));
    store = store_open(&place, CW_STORE_READ);
    CU_ASSERT_EQUAL(ask(store, P2WPKH).count, 1);
    cw_store_close(store);
    place_remove(&place);
}

static enum cw_status stop_at_once(void *ctx, CW_UNUSED const struct cw_found *found,
                                   struct cw_error *err)
{
    size_t *calls = ctx;
    ++*calls;
    return cw_error_set(err, CW_LIMIT, "enough");
}

struct nested {
    struct cw_store *store;
    size_t found;
};

static enum cw_status ask_again(void *ctx, CW_UNUSED const struct cw_found *found,
                                CW_UNUSED struct cw_error *err)
{
    struct nested *nested = ctx;
    nested->found += ask(nested->store, EVM).count;
    return CW_OK;
}

static void callbacks_may_stop_or_ask_again(void)
{
    static const struct row rows[] = {{"1", EVM, "A", NULL, NULL}, {"2", EVM, "B", NULL, NULL}};
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    struct nested nested = {.store = store};
    struct cw_address asked;
    size_t calls = 0;
    rows_put(store, "f", rows, 2, STORE_NOW);
    CU_ASSERT_EQUAL_FATAL(cw_address_parse(CW_SPAN(EVM), CW_SPAN(""), CW_ADDRESS_LIST, &asked),
                          CW_ADDRESS_OK);
    STORE_FAILS(cw_store_find(store, &asked, stop_at_once, &calls, &err), CW_LIMIT, "enough");
    CU_ASSERT_EQUAL(calls, 1);
    STORE_OK(cw_store_find(store, &asked, ask_again, &nested, &err));
    CU_ASSERT_EQUAL(nested.found, 4);
    cw_store_close(store);
    place_remove(&place);
}

struct opaque_answer {
    size_t count;
    char feed[65];
    char name[32];
};

static enum cw_status keep_opaque(void *ctx, const char *feed, const struct cw_opaque *opaque,
                                  CW_UNUSED struct cw_error *err)
{
    struct opaque_answer *answer = ctx;
    answer->count++;
    (void)snprintf(answer->feed, sizeof(answer->feed), "%s", feed);
    (void)snprintf(answer->name, sizeof(answer->name), "%.*s", CW_SPAN_ARG(opaque->entry_name));
    return CW_OK;
}

static void finds_opaque_text_byte_for_byte(void)
{
    static const struct row rows[] = {{"1", "user 4711", "A", NULL, NULL},
                                      {"2", EVM, "B", NULL, NULL}};
    static const struct {
        const char *asked;
        size_t wanted;
    } cases[] = {
        {"user 4711", 1},  {"User 4711", 0}, {"user 471", 0}, {"user 4711 ", 0},
        {"user 4711%", 0}, {"", 0},          {EVM, 0},        {"' OR 1=1 --", 0},
    };
    const struct place place = place_make();
    struct cw_store *store = store_open(&place, CW_STORE_WRITE);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_make(rows, CW_COUNT(rows));
    /* a secret key is kept as an empty text: the empty question must not find it */
    STORE_OK(list_put(store, "f", list, STORE_NOW, &err));
    CU_ASSERT_EQUAL(
        sqlite3_exec(store->db,
                     "INSERT INTO opaque (feed, value, tag, entry_id, entry_name, error,"
                     " position) VALUES ('f', '', '', '', '', 'SECRET', '')",
                     NULL, NULL, NULL),
        SQLITE_OK);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct opaque_answer answer = {0};
        STORE_OK(
            cw_store_find_opaque(store, cw_span_cstr(cases[i].asked), keep_opaque, &answer, &err));
        CW_CHECK(answer.count == cases[i].wanted, "\"%s\": %zu\n", cases[i].asked, answer.count);
        if (answer.count == 1) {
            CU_ASSERT_STRING_EQUAL(answer.feed, "f");
            CU_ASSERT_STRING_EQUAL(answer.name, "A");
        }
    }
    cw_store_close(store);
    place_remove(&place);
}

#endif
