/* A list as we understand it: what becomes a listing, what merges, what counts as a change. */
#include "list_rows.h"

#include "base/buf.h"
#include "crypto/hash.h"
#include "watchlist/diff.h"
#include "watchlist/normalise.h"

#define P2PKH        "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
#define P2PKH_KEY    "bitcoin:p2pkh:751e76e8199196d454941c45d1b3a323f1433bd6"
#define SEGWIT       "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define SEGWIT_UPPER "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"
#define SEGWIT_KEY   "bitcoin:p2wpkh:751e76e8199196d454941c45d1b3a323f1433bd6"
#define EVM          "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define EVM_LOWER    "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
#define EVM_KEY      "evm:account:7e5f4552091a69125d5dfcb7b8c2659029395bdf"
#define TRON         "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
#define TRON_KEY     "tron:account:7e5f4552091a69125d5dfcb7b8c2659029395bdf"
#define WIF          "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn" /* of the secret 1 */

/* ---- everything of a list as one text, to compare two lists by ---- */

static void write_spans(struct cw_buf *out, const struct cw_span *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cw_buf_char(out, i == 0 ? ' ' : '|');
        cw_buf_span(out, items[i]);
    }
    cw_buf_char(out, ';');
}

static char *written(const struct cw_watchlist *list)
{
    struct cw_buf out;
    char *text = NULL;
    size_t len = 0;
    cw_buf_init(&out, 16 << 20);
    for (size_t i = 0; i < cw_watchlist_count(list); i++) {
        const struct cw_listing *listing = cw_watchlist_at(list, i);
        const struct cw_span fields[] = {
            listing->entry_id, listing->canonical, cw_span_cstr(listing->entry_sha256),
            listing->value,    listing->tag,       listing->encoding,
            listing->note,
        };
        write_spans(&out, fields, CW_COUNT(fields));
        write_spans(&out, listing->values, listing->values_count);
        write_spans(&out, listing->tags, listing->tags_count);
        for (size_t k = 0; k < listing->related_count; k++) {
            cw_buf_span(&out, listing->related[k].entry_id);
            cw_buf_char(&out, ',');
        }
        cw_buf_char(&out, '\n');
    }
    OK(cw_buf_take(&out, &text, &len, &err));
    return text;
}

/* ---- one entry ---- */

static const struct {
    const char *what;
    struct row row;
    const char *canonical; /* NULL: kept as opaque text */
    const char *entry_id;  /* of the listing; for opaque entries the error */
    const char *kept;      /* value as kept */
} entry_cases[] = {
    {"a bare address", {.value = SEGWIT}, SEGWIT_KEY, SEGWIT_KEY, SEGWIT},
    {"the identifier of the list", {.value = SEGWIT, .id = "EX-1"}, SEGWIT_KEY, "EX-1", SEGWIT},
    {"upper-case bech32", {.value = SEGWIT_UPPER}, SEGWIT_KEY, SEGWIT_KEY, SEGWIT_UPPER},
    {"lower-case hex", {.value = EVM_LOWER}, EVM_KEY, EVM_KEY, EVM_LOWER},
    {"a label in front", {.value = "ETH: " EVM}, EVM_KEY, EVM_KEY, "ETH: " EVM},
    {"a tag that contradicts the text", {.value = EVM, .tag = "XBT"}, EVM_KEY, EVM_KEY, EVM},
    {"an unknown tag", {.value = P2PKH, .tag = "NOCOIN"}, P2PKH_KEY, P2PKH_KEY, P2PKH},
    {"nothing", {.value = ""}, NULL, "EMPTY", ""},
    {"blanks", {.value = " \t "}, NULL, "EMPTY", " \t "},
    {"a wrong checksum",
     {.value = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"},
     NULL,
     "CHECKSUM",
     "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"},
    {"a shortened address", {.value = "0x7E5F...5Bdf"}, NULL, "TRUNCATED", "0x7E5F...5Bdf"},
    {"one digit too many", {.value = EVM "1"}, NULL, "LENGTH", EVM "1"},
    {"a look-alike letter",
     {.value = "0x7E5F4552091A69125d5DfCb7b8C2659029395B\xd0\xb0"
               "f"},
     NULL,
     "CHARSET",
     "0x7E5F4552091A69125d5DfCb7b8C2659029395B\xd0\xb0"
     "f"},
    {"bytes that are no text", {.value = "\xff" EVM}, NULL, "CHARSET", "\xff" EVM},
    {"a user id", {.value = "12345"}, NULL, "UNKNOWN", "12345"},
    {"the format's own reason",
     {.value = EVM, .error = "value longer than 4096 bytes"},
     NULL,
     "value longer than 4096 bytes",
     EVM},
    {"a secret key, which is not kept", {.value = WIF}, NULL, "SECRET", ""},
    {"a secret key in an entry the format refused",
     {.value = WIF, .error = "no such column"},
     NULL,
     "no such column",
     ""},
};

static void reads_one_entry(void)
{
    for (size_t i = 0; i < CW_COUNT(entry_cases); i++) {
        const char *what = entry_cases[i].what;
        const bool is_address = entry_cases[i].canonical != NULL;
        struct row row = entry_cases[i].row;
        row.position = "line 7";
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(&row, 1);
        CU_ASSERT_EQUAL(cw_watchlist_entries(list), 1);
        CW_CHECK(cw_watchlist_count(list) == (is_address ? 1u : 0u), "%s: listings", what);
        CW_CHECK(cw_watchlist_opaque_count(list) == (is_address ? 0u : 1u), "%s: opaque", what);
        if (is_address && cw_watchlist_count(list) == 1) {
            const struct cw_listing *listing = cw_watchlist_at(list, 0);
            CW_CHECK(cw_span_is(listing->canonical, entry_cases[i].canonical), "%s: key", what);
            CW_CHECK(cw_span_is(listing->entry_id, entry_cases[i].entry_id), "%s: id", what);
            CW_CHECK(cw_span_is(listing->value, entry_cases[i].kept), "%s: value", what);
            CW_CHECK(cw_span_is(listing->position, "line 7"), "%s: position", what);
        }
        if (!is_address && cw_watchlist_opaque_count(list) == 1) {
            const struct cw_opaque *opaque = cw_watchlist_opaque_at(list, 0);
            CW_CHECK(cw_span_is(opaque->error, entry_cases[i].entry_id), "%s: %.*s", what,
                     CW_SPAN_ARG(opaque->error));
            CW_CHECK(cw_span_is(opaque->value, entry_cases[i].kept), "%s: value", what);
            CW_CHECK(cw_span_is(opaque->position, "line 7"), "%s: position", what);
        }
    }
}

static void reads_an_entry_of_any_length(void)
{
    static char text[CW_ADDRESS_FIELD_MAX + 2];
    memset(text, ' ', sizeof(text) - 1);
    memcpy(text, EVM, strlen(EVM));
    struct cw_entry entry = {.value = cw_span_make(text, CW_ADDRESS_FIELD_MAX)};
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = new_list();
    OK(cw_watchlist_add_entry(list, &entry, &err));
    entry.value.len++;
    OK(cw_watchlist_add_entry(list, &entry, &err));
    entry.value = CW_SPAN("0x7E5F4552091A69125d5DfCb7b8C26590\0"
                          "29395Bdf");
    OK(cw_watchlist_add_entry(list, &entry, &err));
    OK(cw_watchlist_finish(list, &err));
    CU_ASSERT_EQUAL(cw_watchlist_count(list), 1);
    CU_ASSERT_EQUAL_FATAL(cw_watchlist_opaque_count(list), 2);
    CU_ASSERT(cw_span_is(cw_watchlist_opaque_at(list, 0)->error, "TOO_LONG"));
    CU_ASSERT_EQUAL(cw_watchlist_opaque_at(list, 1)->value.len, 43);
}

/* ---- what counts as content ---- */

static const struct {
    const char *what;
    struct row row;
    const char *json;
} json_cases[] = {
    {"leaves out what is empty",
     {.value = EVM, .id = "7"},
     "{\"canonical\":\"" EVM_KEY "\",\"entry_id\":\"7\",\"norm\":\"cryptowatch-norm/4\","
     "\"programs\":[]}"},
    {"holds everything in byte order of names",
     {.value = P2PKH,
      .id = "EX-4711",
      .name = "EXAMPLE",
      .listed_on = "2026-11-20",
      .programs = "SDN|DPRK3|SDN||CYBER2",
      .note = "remark",
      .tag = "XBT"},
     "{\"canonical\":\"" P2PKH_KEY "\",\"entry_id\":\"EX-4711\",\"entry_name\":\"EXAMPLE\","
     "\"listed_on\":\"2026-11-20\",\"norm\":\"cryptowatch-norm/4\","
     "\"programs\":[\"CYBER2\",\"DPRK3\",\"SDN\"]}"},
    {"escapes what a list puts into a name",
     {.value = EVM, .id = "7", .name = "A\"},{\\\n\x01"},
     "{\"canonical\":\"" EVM_KEY "\",\"entry_id\":\"7\",\"entry_name\":\"A\\\"},{\\\\\\n\\u0001\","
     "\"norm\":\"cryptowatch-norm/4\",\"programs\":[]}"},
};

static void writes_the_content_as_canonical_json(void)
{
    for (size_t i = 0; i < CW_COUNT(json_cases); i++) {
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(&json_cases[i].row, 1);
        const struct cw_listing *listing = cw_watchlist_at(list, 0);
        char sha256[65];
        cw_sha256_hex(cw_span_cstr(json_cases[i].json), sha256);
        struct cw_buf json;
        cw_buf_init(&json, CW_ENTRY_JSON_MAX);
        cw_listing_json(listing, &json);
        CW_CHECK(cw_span_is(cw_buf_as_span(&json), json_cases[i].json), "%s: %.*s",
                 json_cases[i].what, CW_SPAN_ARG(cw_buf_as_span(&json)));
        cw_buf_clear(&json);
        CW_CHECK(strcmp(listing->entry_sha256, sha256) == 0, "%s: hash", json_cases[i].what);
    }
}

static const struct {
    const char *what;
    struct row row; /* value, tag, id, name, listed_on, programs, related, note, position */
    bool is_same;
} content_cases[] = {
    {"the same", {EVM, "", "7", "N", "2026-01-02", "A|B", "", "", "", ""}, true},
    {"another order of programmes",
     {EVM, "", "7", "N", "2026-01-02", "B|A|B", "", "", "", ""},
     true},
    {"another spelling", {EVM_LOWER, "", "7", "N", "2026-01-02", "A|B", "", "", "", ""}, true},
    {"a tag", {EVM, "ETH", "7", "N", "2026-01-02", "A|B", "", "", "", ""}, true},
    {"a note and a place", {EVM, "", "7", "N", "2026-01-02", "A|B", "", "x", "line 9", ""}, true},
    {"a related party", {EVM, "", "7", "N", "2026-01-02", "A|B", "8", "", "", ""}, true},
    {"another name", {EVM, "", "7", "M", "2026-01-02", "A|B", "", "", "", ""}, false},
    {"no name", {EVM, "", "7", "", "2026-01-02", "A|B", "", "", "", ""}, false},
    {"another date", {EVM, "", "7", "N", "2026-01-03", "A|B", "", "", "", ""}, false},
    {"no date", {EVM, "", "7", "N", "", "A|B", "", "", "", ""}, false},
    {"a name that became a date", {EVM, "", "7", "", "N", "A|B", "", "", "", ""}, false},
    {"one programme less", {EVM, "", "7", "N", "2026-01-02", "A", "", "", "", ""}, false},
    {"one programme more", {EVM, "", "7", "N", "2026-01-02", "A|B|C", "", "", "", ""}, false},
    {"two programmes as one", {EVM, "", "7", "N", "2026-01-02", "AB", "", "", "", ""}, false},
    {"no programmes", {EVM, "", "7", "N", "2026-01-02", "", "", "", "", ""}, false},
    {"another identifier", {EVM, "", "8", "N", "2026-01-02", "A|B", "", "", "", ""}, false},
    {"another key", {TRON, "", "7", "N", "2026-01-02", "A|B", "", "", "", ""}, false},
};

static void tells_content_from_noise(void)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *base = list_of(&content_cases[0].row, 1);
    for (size_t i = 0; i < CW_COUNT(content_cases); i++) {
        CW_CLEANUP(cw_watchlist_freep)
        struct cw_watchlist *list = list_of(&content_cases[i].row, 1);
        const bool is_same = strcmp(cw_watchlist_at(base, 0)->entry_sha256,
                                    cw_watchlist_at(list, 0)->entry_sha256) == 0;
        CW_CHECK(is_same == content_cases[i].is_same, "%s", content_cases[i].what);
    }
}

/* ---- merging ---- */

static void merges_rows_of_one_key(void)
{
    static const struct row rows[] = {
        {EVM_LOWER, "ETH", "7", "", "2026-03-01", "SDN|CYBER2", "20|10", "", "line 1", NULL},
        {EVM, "USDT", "7", "BETA", "2026-02-01", "DPRK3", "30|10", "n", "line 2", NULL},
        {EVM_LOWER, "", "7", "ALPHA", "", "SDN", "", "m", "line 3", NULL},
        {EVM, "ETH", "8", "OTHER", "", "", NULL, NULL, "line 4", NULL},
        {TRON, "TRX", "7", "BETA", "", "", NULL, NULL, "line 5", NULL},
    };
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(rows, CW_COUNT(rows));
    CU_ASSERT_EQUAL(cw_watchlist_entries(list), 5);
    CU_ASSERT_EQUAL_FATAL(cw_watchlist_count(list), 3);
    const struct cw_listing *merged = cw_watchlist_find(list, CW_SPAN("7"), CW_SPAN(EVM_KEY));
    CU_ASSERT_PTR_NOT_NULL_FATAL(merged);
    CU_ASSERT(cw_span_is(merged->value, EVM)); /* "E" before "e" */
    CU_ASSERT(cw_span_is(merged->tag, "USDT"));
    CU_ASSERT(cw_span_is(merged->position, "line 2"));
    CU_ASSERT(cw_span_is(merged->entry_name, "ALPHA"));
    CU_ASSERT(cw_span_is(merged->listed_on, "2026-02-01"));
    CU_ASSERT(cw_span_is(merged->note, "m"));
    CU_ASSERT_EQUAL_FATAL(merged->values_count, 2);
    CU_ASSERT(cw_span_is(merged->values[1], EVM_LOWER));
    CU_ASSERT_EQUAL_FATAL(merged->tags_count, 2);
    CU_ASSERT(cw_span_is(merged->tags[0], "ETH"));
    CU_ASSERT_EQUAL_FATAL(merged->programs_count, 3);
    CU_ASSERT(cw_span_is(merged->programs[0], "CYBER2"));
    CU_ASSERT_EQUAL_FATAL(merged->related_count, 3);
    CU_ASSERT(cw_span_is(merged->related[0].entry_id, "10"));
    CU_ASSERT(cw_span_is(merged->related[2].entry_id, "30"));
    CU_ASSERT_PTR_NOT_NULL(cw_watchlist_find(list, CW_SPAN("8"), CW_SPAN(EVM_KEY)));
    CU_ASSERT_PTR_NOT_NULL(cw_watchlist_find(list, CW_SPAN("7"), CW_SPAN(TRON_KEY)));
    CU_ASSERT_PTR_NULL(cw_watchlist_find(list, CW_SPAN("8"), CW_SPAN(TRON_KEY)));
    CU_ASSERT_PTR_NULL(cw_watchlist_find(list, CW_SPAN(""), CW_SPAN(EVM_KEY)));
}

/* Many rows of few keys, so that every kind of collision happens. */
static void fill_rows(uint64_t *state, struct row *rows, size_t count)
{
    static const char *const values[] = {P2PKH, SEGWIT, SEGWIT_UPPER, EVM, EVM_LOWER, TRON};
    static const char *const tags[] = {"", "XBT", "ETH", "TRX"};
    static const char *const ids[] = {"", "1", "2"};
    static const char *const names[] = {"", "A", "B"};
    static const char *const dates[] = {"", "2026-01-01", "2025-12-31"};
    static const char *const programs[] = {"X", "Y|X", "Z"};
    static const char *const related[] = {NULL, "9", "9|8", "7"};
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct row){
            .value = values[below(state, CW_COUNT(values))],
            .tag = tags[below(state, CW_COUNT(tags))],
            .id = ids[below(state, CW_COUNT(ids))],
            .name = names[below(state, CW_COUNT(names))],
            .listed_on = dates[below(state, CW_COUNT(dates))],
            .programs = programs[below(state, CW_COUNT(programs))],
            .related = related[below(state, CW_COUNT(related))],
        };
    }
}

static void check_invariants(const struct cw_watchlist *list)
{
    for (size_t i = 0; i < cw_watchlist_count(list); i++) {
        const struct cw_listing *a = cw_watchlist_at(list, i);
        CU_ASSERT_PTR_EQUAL(cw_watchlist_find(list, a->entry_id, a->canonical), a);
        CU_ASSERT(a->entry_id.len > 0);
        for (size_t k = 1; k < a->programs_count; k++) {
            CU_ASSERT(cw_span_compare(a->programs[k - 1], a->programs[k]) < 0);
        }
        for (size_t k = 1; k < a->values_count; k++) {
            CU_ASSERT(cw_span_compare(a->values[k - 1], a->values[k]) < 0);
        }
        if (i > 0) {
            const struct cw_listing *b = cw_watchlist_at(list, i - 1);
            const int by_id = cw_span_compare(b->entry_id, a->entry_id);
            CU_ASSERT(by_id < 0 || (by_id == 0 && cw_span_compare(b->canonical, a->canonical) < 0));
        }
    }
}

static void is_the_same_in_any_order_of_rows(void)
{
    uint64_t state = 0x9e3779b97f4a7c15u;
    for (size_t round = 0; round < 60; round++) {
        struct row rows[24];
        const size_t count = 2 + below(&state, CW_COUNT(rows) - 1);
        fill_rows(&state, rows, count);
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *one = list_of(rows, count);
        shuffle(&state, rows, count);
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *other = list_of(rows, count);
        char *a = written(one);
        char *b = written(other);
        CW_CHECK(strcmp(a, b) == 0, "round %zu:\n%s---\n%s", round, a, b);
        check_invariants(one);
        free(a);
        free(b);
    }
}

static void keeps_a_listing_from_the_store_as_it_is(void)
{
    static const struct row rows[] = {{.value = EVM, .id = "7", .name = "N", .programs = "B|A"},
                                      {.value = TRON, .id = "7", .tag = "TRX", .related = "5"}};
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(rows, CW_COUNT(rows));
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *copy = new_list();
    for (size_t i = CW_COUNT(rows); i-- > 0;) {
        cw_watchlist_edit(list, i)->episode = 3 + i;
        cw_watchlist_edit(list, i)->revision = 5;
        OK(cw_watchlist_add_listing(copy, cw_watchlist_at(list, i), &err));
    }
    OK(cw_watchlist_finish(copy, &err));
    char *a = written(list);
    char *b = written(copy);
    CU_ASSERT_STRING_EQUAL(a, b);
    CU_ASSERT_EQUAL(cw_watchlist_at(copy, 1)->episode, 4);
    CU_ASSERT_EQUAL(cw_watchlist_at(copy, 1)->revision, 5);
    CU_ASSERT_EQUAL(cw_watchlist_entries(copy), 0); /* nothing of it was read from a document */
    free(a);
    free(b);
}

static void takes_entries_through_its_sink(void)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = new_list();
    const struct cw_entry_sink sink = cw_watchlist_sink(list);
    const struct cw_list_info info = {.published = CW_SPAN("2026-11-20")};
    const struct row rows[] = {{.value = EVM}, {.value = "no address"}};
    OK(sink.info(sink.ctx, &info, &err));
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_entry entry = entry_of(&rows[i]);
        OK(sink.entry(sink.ctx, &entry, &err));
    }
    OK(cw_watchlist_finish(list, &err));
    CU_ASSERT(cw_span_is(cw_watchlist_published(list), "2026-11-20"));
    CU_ASSERT_EQUAL(cw_watchlist_entries(list), 2);
    CU_ASSERT_EQUAL(cw_watchlist_count(list), 1);
    CU_ASSERT_EQUAL(cw_watchlist_opaque_count(list), 1);
}

static void is_fine_with_nothing(void)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(NULL, 0);
    CU_ASSERT_EQUAL(cw_watchlist_count(list), 0);
    CU_ASSERT_PTR_NULL(cw_watchlist_find(list, CW_SPAN(""), CW_SPAN("")));
    CU_ASSERT_EQUAL(cw_watchlist_published(list).len, 0);
    cw_watchlist_free(NULL);
}

/* One key of one party may gather more programmes than an entry may have; past what can be hashed
 * the list is refused, not cut. */
static void refuses_a_key_with_endless_programmes(void)
{
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = new_list();
    for (size_t i = 0; i < 1200; i++) {
        char program[CW_ENTRY_PROGRAM_MAX];
        (void)snprintf(program, sizeof(program), "%059zu", i);
        const struct row row = {.value = EVM, .id = "7", .programs = program};
        const struct cw_entry entry = entry_of(&row);
        OK(cw_watchlist_add_entry(list, &entry, &err));
    }
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(cw_watchlist_finish(list, &err), CW_LIMIT);
    static const char *const words[] = {"entry \"7\"", EVM_KEY, "1200 programmes",
                                        "65536 bytes of one listing"};
    for (size_t i = 0; i < CW_COUNT(words); i++) {
        CW_CHECK(strstr(err.text, words[i]) != NULL, "\"%s\" says %s", err.text, words[i]);
    }
}

/* Whatever the rows are made of, texts and arrays together stay within the bound. */
static void bounds_texts_and_arrays_together(void)
{
    static const struct row shapes[] = {
        {.value = EVM}, {.value = EVM, .note = "n"}, {.value = "x"}};
    enum { BYTES = 1 << 20 };
    for (size_t s = 0; s < CW_COUNT(shapes); s++) {
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = cw_watchlist_new_of(BYTES);
        CU_ASSERT_PTR_NOT_NULL_FATAL(list);
        struct cw_error err = {0};
        enum cw_status status = CW_OK;
        size_t rows = 0;
        while (status == CW_OK) {
            char id[16];
            (void)snprintf(id, sizeof(id), "%zu", rows);
            struct cw_entry entry = entry_of(&shapes[s]);
            entry.entry_id = cw_span_cstr(id);
            status = cw_watchlist_add_entry(list, &entry, &err);
            rows += status == CW_OK ? 1 : 0;
        }
        const size_t each =
            s == 2 ? sizeof(struct cw_opaque) : sizeof(struct cw_listing) + strlen(EVM_KEY EVM);
        CU_ASSERT_EQUAL(status, CW_LIMIT);
        CU_ASSERT_STRING_EQUAL(err.text, "list needs more than 1048576 bytes of memory");
        CW_CHECK(rows * each <= BYTES, "%zu rows of %zu bytes", rows, each);
        CW_CHECK(rows * each > BYTES / 2, "%zu rows of %zu bytes", rows, each);
        CU_ASSERT_EQUAL(cw_watchlist_count(list) + cw_watchlist_opaque_count(list), rows);
    }
}

/* As many plain rows as there may be, each with a name of fifty bytes or so, must fit. */
static void needs_little_for_a_plain_row(void)
{
    enum { ROWS = 4000, NAME_BYTES = 50 };
    const size_t each = CW_FEED_MEMORY_MAX / CW_FEED_ENTRIES_MAX;
    CW_CLEANUP(cw_watchlist_freep)
    struct cw_watchlist *list =
        cw_watchlist_new_of(ROWS * each * 5 / 4); /* the array may have grown just now */
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    for (size_t i = 0; i < ROWS; i++) {
        char value[64];
        char id[16];
        char position[32];
        char name[NAME_BYTES + 1];
        (void)snprintf(value, sizeof(value), "0x%040zx", i + 1);
        (void)snprintf(id, sizeof(id), "%07zu", i);
        (void)snprintf(position, sizeof(position), "line %07zu", i);
        (void)snprintf(name, sizeof(name), "%0*zu", NAME_BYTES, i);
        const struct row row = {.value = value, .id = id, .position = position, .name = name};
        const struct cw_entry entry = entry_of(&row);
        OK(cw_watchlist_add_entry(list, &entry, &err));
    }
    OK(cw_watchlist_finish(list, &err));
    CU_ASSERT_EQUAL(cw_watchlist_count(list), ROWS);
}

#include "watchlist_diff_cases.h"

static const struct cw_test tests[] = {
    {"reads one entry as a listing or as opaque text", reads_one_entry},
    {"reads an entry of any length", reads_an_entry_of_any_length},
    {"writes the content as canonical JSON", writes_the_content_as_canonical_json},
    {"tells content from noise", tells_content_from_noise},
    {"merges rows of one key", merges_rows_of_one_key},
    {"is the same in any order of rows", is_the_same_in_any_order_of_rows},
    {"keeps a listing from the store as it is", keeps_a_listing_from_the_store_as_it_is},
    {"takes entries through its sink", takes_entries_through_its_sink},
    {"is fine with nothing", is_fine_with_nothing},
    {"refuses a key with endless programmes", refuses_a_key_with_endless_programmes},
    {"bounds texts and arrays together", bounds_texts_and_arrays_together},
    {"needs little for a plain row", needs_little_for_a_plain_row},
    {"finds added, removed and changed listings", finds_added_removed_and_changed},
    {"is the mirror of itself backwards", is_the_mirror_of_itself_backwards},
    {"knows the addresses that are nobody's", knows_the_addresses_that_are_nobodys},
};

int main(void)
{
    return cw_run_suite("watchlist", tests, CW_COUNT(tests));
}
