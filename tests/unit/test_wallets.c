/* The table of wallets, holders and orders when there are very many of one entity. Nothing here
 * looks at a clock: an algorithm that looks at every one of them for each does not come to its end
 * in the time that CTest gives a test. */
#include "base/buf.h"
#include "feed/format.h"
#include "feed/wallet_table.h"
#include "suite.h"

enum {
    MANY = 300000,
    WALLETS = 100000,
    ORDERS = 150000,
    PROGRAMS = 20,
    PROGRAMS_MAX = 4096, /* of wallet_table.c */
    DAYS = 28,
    MONTHS = 12,
    YEAR_FIRST = 2000,
    INPUT_MAX = 64 << 20,
};

/* 0..MANY-1, each once, in no order that helps a sort. */
static size_t shuffled(size_t i)
{
    return i * 7919 % MANY;
}

static void add_name(struct cw_wallets *table, const char *id, size_t number)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%08zu", number);
    CU_ASSERT_FATAL(cw_wallet_add_name(table, cw_span_cstr(id), cw_span_cstr(text), NULL) == CW_OK);
}

static void add_order(struct cw_wallets *table, const char *id, const char *program)
{
    const struct cw_wallet_sanction order = {.of = cw_wallet_key_of(cw_span_cstr(id))};
    CU_ASSERT_FATAL(cw_wallet_add_sanction(table, &order, cw_span_cstr(program), NULL) == CW_OK);
}

static void finds_the_last_of_many_names(void)
{
    struct cw_wallets table;
    CU_ASSERT_FATAL(cw_wallets_init(&table, NULL) == CW_OK);
    for (size_t i = 0; i < MANY; i++) {
        add_name(&table, "one", shuffled(i));
    }
    add_name(&table, "other", 7);
    cw_wallets_seal(&table);
    size_t right = 0;
    for (size_t i = 0; i < MANY; i++) {
        right += cw_span_is(cw_wallet_find_last_name(&table, CW_SPAN("one")), "00299999") ? 1u : 0u;
    }
    CU_ASSERT_EQUAL(right, MANY);
    CU_ASSERT(cw_span_is(cw_wallet_find_name(&table, CW_SPAN("one")), "00000000"));
    CU_ASSERT(cw_span_is(cw_wallet_find_last_name(&table, CW_SPAN("other")), "00000007"));
    CU_ASSERT_EQUAL(cw_wallet_find_last_name(&table, CW_SPAN("nobody")).len, 0);
    cw_wallets_clear(&table);
}

static void finds_many_orders_on_one(void)
{
    struct cw_wallets table;
    size_t count = 0;
    CU_ASSERT_FATAL(cw_wallets_init(&table, NULL) == CW_OK);
    for (size_t i = 0; i < MANY; i++) {
        add_order(&table, "one", "");
    }
    add_order(&table, "other", "A");
    cw_wallets_seal(&table);
    size_t right = 0;
    for (size_t i = 0; i < MANY; i++) {
        right += cw_wallet_find_sanctions(&table, CW_SPAN("one"), &count) != NULL && count == MANY
                     ? 1u
                     : 0u;
    }
    CU_ASSERT_EQUAL(right, MANY);
    CU_ASSERT(cw_wallet_find_sanctions(&table, CW_SPAN("other"), &count) != NULL && count == 1);
    CU_ASSERT(cw_wallet_find_sanctions(&table, CW_SPAN("nobody"), &count) == NULL && count == 0);
    cw_wallets_clear(&table);
}

/* Every entity between the others, for an end that is off by one. */
static void finds_each_among_its_neighbours(void)
{
    enum { ENTITIES = 500 };
    struct cw_wallets table;
    CU_ASSERT_FATAL(cw_wallets_init(&table, NULL) == CW_OK);
    for (size_t i = 0; i < ENTITIES; i++) {
        char id[32];
        (void)snprintf(id, sizeof(id), "e%zu", i);
        for (size_t k = 0; k < i % 4; k++) {
            add_name(&table, id, 10 * i + k);
            add_order(&table, id, "A");
        }
    }
    cw_wallets_seal(&table);
    for (size_t i = 0; i < ENTITIES; i++) {
        char id[32];
        char last[32] = "";
        size_t count = 0;
        (void)snprintf(id, sizeof(id), "e%zu", i);
        if (i % 4 > 0) {
            (void)snprintf(last, sizeof(last), "%08zu", 10 * i + i % 4 - 1);
        }
        CW_CHECK(cw_span_is(cw_wallet_find_last_name(&table, cw_span_cstr(id)), last),
                 "%s: another last name", id);
        (void)cw_wallet_find_sanctions(&table, cw_span_cstr(id), &count);
        CW_CHECK(count == i % 4, "%s: %zu orders", id, count);
    }
    cw_wallets_clear(&table);
}

static void keeps_each_programme_once(void)
{
    struct cw_wallets table;
    struct cw_error err = {0};
    char program[32];
    const struct cw_wallet_sanction order = {.of = cw_wallet_key_of(CW_SPAN("one"))};
    CU_ASSERT_FATAL(cw_wallets_init(&table, NULL) == CW_OK);
    for (size_t i = 0; i < 2 * (size_t)PROGRAMS_MAX; i++) {
        const size_t number = i * 7919 % PROGRAMS_MAX;
        (void)snprintf(program, sizeof(program), "P%zu", number);
        add_order(&table, "one", program);
        const struct cw_span kept = table.programs[table.sanctions[i].program];
        CW_CHECK(cw_span_is(kept, program), "%s is kept as another", program);
    }
    CU_ASSERT_EQUAL(table.programs_count, PROGRAMS_MAX);
    CU_ASSERT(cw_wallet_add_sanction(&table, &order, CW_SPAN("one more"), &err) == CW_LIMIT);
    CU_ASSERT(strstr(err.text, "more than 4096 different programmes") != NULL);
    cw_wallets_clear(&table);
}

/* ---- a whole list ---- */

struct heard {
    size_t entries;
    size_t right;
};

static enum cw_status on_info(CW_UNUSED void *ctx, CW_UNUSED const struct cw_list_info *info,
                              CW_UNUSED struct cw_error *err)
{
    return CW_OK;
}

static enum cw_status on_entry(void *ctx, const struct cw_entry *entry,
                               CW_UNUSED struct cw_error *err)
{
    struct heard *heard = ctx;
    heard->entries++;
    heard->right += cw_span_is(entry->listed_on, "2000-01-01") &&
                            entry->programs_count == PROGRAMS && entry->error.len == 0
                        ? 1u
                        : 0u;
    return CW_OK;
}

static void put_orders(struct cw_buf *out)
{
    char line[256];
    for (size_t i = 0; i < ORDERS; i++) {
        const size_t year = YEAR_FIRST + i / ((size_t)DAYS * MONTHS);
        (void)snprintf(line, sizeof(line),
                       "{\"id\":\"s%zu\",\"schema\":\"Sanction\",\"properties\":{\"entity\":[\"h\"]"
                       ",\"programId\":[\"P%zu\"],\"startDate\":[\"%04zu-%02zu-%02zu\"]}}\n",
                       i, i % PROGRAMS, year, i / DAYS % MONTHS + 1, i % DAYS + 1);
        cw_buf_str(out, line);
    }
}

static void joins_many_wallets_to_many_orders_of_one_holder(void)
{
    const struct cw_format *format = cw_format_find(CW_SPAN("ftm"));
    const struct cw_format_options none = {.count = 0};
    struct heard heard = {0};
    const struct cw_entry_sink sink = {on_info, on_entry, &heard};
    struct cw_error err = {0};
    struct cw_buf input;
    void *state = NULL;
    CU_ASSERT_FATAL(format != NULL && format->open(&none, sink, &state, &err) == CW_OK);
    cw_buf_init(&input, INPUT_MAX);
    put_orders(&input);
    for (size_t i = 0; i < WALLETS; i++) {
        cw_buf_str(&input, "{\"id\":\"w\",\"schema\":\"CryptoWallet\",\"properties\":"
                           "{\"publicKey\":[\"k\"],\"holder\":[\"h\"]}}\n");
    }
    CU_ASSERT(cw_buf_status(&input, NULL) == CW_OK);
    const enum cw_status status = format->feed(state, cw_buf_as_span(&input), true, &err);
    CW_CHECK(status == CW_OK, "status %d, %s", (int)status, err.text);
    CU_ASSERT_EQUAL(heard.entries, WALLETS);
    CU_ASSERT_EQUAL(heard.right, WALLETS);
    format->close(state);
    cw_buf_clear(&input);
}

/* The description of an indicator with many addresses stands beside each of them. */
static void keeps_a_note_of_many_wallets_once(void)
{
    static char note[3 * CW_ENTRY_NOTE_MAX];
    struct cw_wallets table;
    CU_ASSERT_FATAL(cw_wallets_init(&table, NULL) == CW_OK);
    memset(note, 'n', sizeof(note));
    struct cw_wallet wallet = {.value = CW_SPAN("a"), .note = cw_span_make(note, sizeof(note))};
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < WALLETS && status == CW_OK; i++) {
        status = cw_wallet_add(&table, &wallet, NULL);
    }
    CU_ASSERT_EQUAL(status, CW_OK);
    CU_ASSERT_EQUAL(table.last->note.len, CW_ENTRY_NOTE_MAX);
    wallet.note = CW_SPAN("other");
    CU_ASSERT(cw_wallet_add(&table, &wallet, NULL) == CW_OK);
    CU_ASSERT(cw_span_is(table.last->note, "other"));
    wallet.note = CW_SPAN("");
    CU_ASSERT(cw_wallet_add(&table, &wallet, NULL) == CW_OK);
    CU_ASSERT_EQUAL(table.last->note.len, 0);
    cw_wallets_clear(&table);
}

static const struct cw_test TESTS[] = {
    {"keeps a note of many wallets once", keeps_a_note_of_many_wallets_once},
    {"finds each among its neighbours", finds_each_among_its_neighbours},
    {"keeps each programme once", keeps_each_programme_once},
    {"finds the last of many names", finds_the_last_of_many_names},
    {"finds many orders on one", finds_many_orders_on_one},
    {"joins many wallets to many orders of one holder",
     joins_many_wallets_to_many_orders_of_one_holder},
};

int main(void)
{
    return cw_run_suite("wallets", TESTS, CW_COUNT(TESTS));
}
