/* The book: which cases one listing touches, and how. reconcile_cases.h: what of it is news. */
#include "match_rules.h"

#include "match/reconcile.h"

#define P2PKH           "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
#define SEGWIT          "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define SEGWIT_UPPER    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"
#define NESTED          "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"
#define CASHADDR        "bitcoincash:qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h"
#define EVM             "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define EVM_LOWER       "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
#define TRON            "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
#define OTHER           "0x3f17f1962b36e491b30a40b2405849e597ba5fb5"
#define XRPL            "rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb"
#define XRPL_TAG_A      "XVNvk83edG6MRaMtXGDc1Q82yLH66ZEigibCNZ44rEqsfd1"
#define XRPL_TAG_B      "XVNvk83edG6MRaMtXGDc1Q82yLH66ZE18LXgjVUVEhtmSNZ"
#define ZERO            "0x0000000000000000000000000000000000000000"
#define Q(text)         "\"" text "\""
#define PARTY(selector) "{\"feed\":\"list\"," selector "}"

static const struct {
    const char *what;
    struct rule_words rules[3];
    struct row row;
    const char *hits;
} book_cases[] = {
    {"the same text", {{"a", Q(EVM), NULL, NULL}}, {.value = EVM}, "a exact " EVM},
    {"the same text in a label",
     {{"a", Q(EVM), NULL, NULL}},
     {.value = "ETH: " EVM},
     "a exact " EVM},
    {"another letter case", {{"a", Q(EVM), NULL, NULL}}, {.value = EVM_LOWER}, "a encoding " EVM},
    {"upper-case bech32",
     {{"a", Q(SEGWIT), NULL, NULL}},
     {.value = SEGWIT_UPPER},
     "a encoding " SEGWIT},
    {"another script of the key hash",
     {{"a", Q(SEGWIT), NULL, NULL}},
     {.value = P2PKH, .tag = "XBT"},
     "a same-key-hash " SEGWIT},
    {"the nested script",
     {{"a", Q(NESTED), NULL, NULL}},
     {.value = P2PKH},
     "a same-key-hash " NESTED},
    {"two derived scripts are a guess too many",
     {{"a", Q(NESTED), NULL, NULL}},
     {.value = "3QJmV3qfvL9SuYo34YihAf3sRCW3qSinyC"},
     ""},
    {"the key on another chain",
     {{"a", Q(EVM), NULL, NULL}},
     {.value = TRON},
     "a cross-chain " EVM},
    {"a legacy text that may be of another chain",
     {{"a", Q(CASHADDR), NULL, NULL}},
     {.value = P2PKH},
     "a encoding " CASHADDR},
    {"a tag that rules the other chain out",
     {{"a", Q(CASHADDR), NULL, NULL}},
     {.value = P2PKH, .tag = "XBT"},
     "a cross-chain " CASHADDR},
    {"one account under two destination tags",
     {{"a", Q(XRPL_TAG_A), NULL, NULL}},
     {.value = XRPL_TAG_B},
     "a same-key-hash " XRPL_TAG_A},
    {"the account without its tag",
     {{"a", Q(XRPL_TAG_A), NULL, NULL}},
     {.value = XRPL},
     "a encoding " XRPL_TAG_A},
    {"another address", {{"a", Q(EVM), NULL, NULL}}, {.value = OTHER}, ""},
    {"equal bytes of another kind of key",
     {{"a", Q(P2PKH), NULL, NULL}},
     {.value = "0x751e76e8199196d454941c45d1b3a323f1433bd6"},
     ""},
    {"no rules", {{NULL, NULL, NULL, NULL}}, {.value = EVM}, ""},
    {"a relation nobody asked for", {{"a", Q(EVM), Q("exact"), NULL}}, {.value = EVM_LOWER}, ""},
    {"a relation only one case asked for",
     {{"a", Q(EVM), Q("exact"), NULL}, {"b", Q(EVM), Q("encoding"), NULL}},
     {.value = EVM_LOWER},
     "b encoding " EVM},
    {"a stronger relation than asked for",
     {{"a", Q(EVM), Q("cross-chain"), NULL}},
     {.value = EVM},
     ""},
    {"a key spelled twice in one rule",
     {{"a", Q(EVM_LOWER) "," Q(EVM), NULL, NULL}},
     {.value = EVM},
     "a exact " EVM},
    {"a key spelled twice, the other order",
     {{"a", Q(EVM) "," Q(EVM_LOWER), NULL, NULL}},
     {.value = EVM},
     "a exact " EVM},
    {"two scripts of one rule are two addresses",
     {{"a", Q(SEGWIT) "," Q(P2PKH), NULL, NULL}},
     {.value = P2PKH, .tag = "XBT"},
     "a exact " P2PKH "; a same-key-hash " SEGWIT},
    {"cases in order of id",
     {{"b", Q(EVM), NULL, NULL}, {"a", Q(TRON), NULL, NULL}, {"B", Q(EVM_LOWER), NULL, NULL}},
     {.value = EVM},
     "B encoding " EVM_LOWER "; a cross-chain " TRON "; b exact " EVM},
    {"a reserved address", {{"a", Q(ZERO), NULL, NULL}}, {.value = ZERO}, ""},
    {"a reserved address of a party",
     {{"a", NULL, NULL, PARTY("\"entry_ids\":[\"7\"]")}},
     {.value = ZERO, .id = "7"},
     ""},
    {"a party by identifier",
     {{"a", NULL, NULL, PARTY("\"entry_ids\":[\"6\",\"7\"]")}},
     {.value = OTHER, .id = "7"},
     "a entity " OTHER},
    {"a party by programme",
     {{"a", NULL, NULL, PARTY("\"programs\":[\"DPRK3\"]")}},
     {.value = OTHER, .programs = "CYBER2|DPRK3"},
     "a entity " OTHER},
    {"a party by name",
     {{"a", NULL, NULL, PARTY("\"names\":[\"LAZARUS GROUP\"]")}},
     {.value = OTHER, .name = "LAZARUS GROUP"},
     "a entity " OTHER},
    {"a party by the party it is related to",
     {{"a", NULL, NULL, PARTY("\"related_to\":[\"42\"]")}},
     {.value = OTHER, .id = "7", .related = "41|42"},
     "a entity " OTHER},
    {"a party picked by two selectors is one hit",
     {{"a", NULL, NULL, PARTY("\"entry_ids\":[\"7\"]") "," PARTY("\"names\":[\"N\"]")}},
     {.value = OTHER, .id = "7", .name = "N"},
     "a entity " OTHER},
    {"a name in other letters",
     {{"a", NULL, NULL, PARTY("\"names\":[\"LAZARUS GROUP\"]")}},
     {.value = OTHER, .name = "Lazarus Group"},
     ""},
    {"part of a name",
     {{"a", NULL, NULL, PARTY("\"names\":[\"LAZARUS\"]")}},
     {.value = OTHER, .name = "LAZARUS GROUP"},
     ""},
    {"an identifier in place of a name",
     {{"a", NULL, NULL, PARTY("\"names\":[\"7\"]")}},
     {.value = OTHER, .id = "7"},
     ""},
    {"the related party itself",
     {{"a", NULL, NULL, PARTY("\"related_to\":[\"7\"]")}},
     {.value = OTHER, .id = "7"},
     ""},
    {"a party of another list",
     {{"a", NULL, NULL, "{\"feed\":\"lists\",\"entry_ids\":[\"7\"]}"}},
     {.value = OTHER, .id = "7"},
     ""},
    {"a party of a case that does not alert on it",
     {{"a", NULL, Q("exact"), PARTY("\"entry_ids\":[\"7\"]")}},
     {.value = OTHER, .id = "7"},
     ""},
    {"an own address of the party's",
     {{"a", Q(EVM), NULL, PARTY("\"entry_ids\":[\"7\"]")}},
     {.value = EVM, .id = "7"},
     "a exact " EVM},
    {"an own address in another spelling",
     {{"a", Q(EVM), NULL, PARTY("\"entry_ids\":[\"7\"]")}},
     {.value = EVM_LOWER, .id = "7"},
     "a encoding " EVM},
    {"an own address the case does not alert on",
     {{"a", Q(EVM), Q("entity"), PARTY("\"entry_ids\":[\"7\"]")}},
     {.value = EVM_LOWER, .id = "7"},
     ""},
    {"an own account under another tag",
     {{"a", Q(XRPL_TAG_A), NULL, PARTY("\"entry_ids\":[\"7\"]")}},
     {.value = XRPL_TAG_B, .id = "7"},
     "a same-key-hash " XRPL_TAG_A},
    {"an own address of another case does not count",
     {{"a", NULL, NULL, PARTY("\"entry_ids\":[\"7\"]")}, {"b", Q(EVM), NULL, NULL}},
     {.value = EVM, .id = "7"},
     "a entity " EVM "; b exact " EVM},
    {"the own key on another chain is another address",
     {{"a", Q(TRON), NULL, PARTY("\"entry_ids\":[\"7\"]")}},
     {.value = EVM, .id = "7"},
     "a entity " EVM "; a cross-chain " TRON},
};

static void finds_the_cases_a_listing_touches(void)
{
    for (size_t i = 0; i < CW_COUNT(book_cases); i++) {
        char text[1024];
        struct cw_hits hits = {0};
        CW_CLEANUP(cw_rules_freep)
        struct cw_rules *rules = rules_of(book_cases[i].rules, CW_COUNT(book_cases[i].rules));
        CW_CLEANUP(cw_book_freep) struct cw_book *book = book_of(rules);
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(&book_cases[i].row, 1);
        CU_ASSERT_EQUAL_FATAL(cw_watchlist_count(list), 1);
        OK(cw_book_match(book, CW_SPAN("list"), cw_watchlist_at(list, 0), &hits, &err));
        write_hits(&hits, text, sizeof(text));
        CW_CHECK(strcmp(text, book_cases[i].hits) == 0, "%s: %s", book_cases[i].what, text);
        cw_hits_clear(&hits);
    }
}

/* A listing whose text no decoder takes any more still belongs to its party. */
static void follows_a_party_whose_text_does_not_decode(void)
{
    static const struct rule_words words = {"a", Q(EVM), NULL, PARTY("\"entry_ids\":[\"7\"]")};
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = rules_of(&words, 1);
    CW_CLEANUP(cw_book_freep) struct cw_book *book = book_of(rules);
    const struct cw_listing listing = {.entry_id = CW_SPAN("7"),
                                       .canonical = CW_SPAN("old:kind:00"),
                                       .value = CW_SPAN("no longer an address")};
    struct cw_hits hits = {0};
    OK(cw_book_match(book, CW_SPAN("list"), &listing, &hits, &err));
    CU_ASSERT_EQUAL_FATAL(hits.count, 1);
    CU_ASSERT_EQUAL(hits.items[0].relation, CW_RELATION_ENTITY);
    CU_ASSERT_TRUE(cw_span_is(hits.items[0].address_canonical, "old:kind:00"));
    cw_hits_clear(&hits);
}

static const struct {
    const char *what;
    const char *asked;
    const char *hits;
} ask_cases[] = {
    {"own text", EVM, "a exact " EVM "; b cross-chain " TRON},
    {"other spelling", EVM_LOWER, "a encoding " EVM "; b cross-chain " TRON},
    {"a zero address that a case watches", ZERO, "b exact " ZERO},
    {"an unknown address", OTHER, ""},
    {"an address of a followed party", P2PKH, ""},
};

static void answers_a_person(void)
{
    static const struct rule_words words[] = {
        {"a", Q(EVM), NULL, PARTY("\"entry_ids\":[\"7\"]")},
        {"b", Q(TRON) "," Q(ZERO), NULL, NULL},
    };
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = rules_of(words, CW_COUNT(words));
    CW_CLEANUP(cw_book_freep) struct cw_book *book = book_of(rules);
    for (size_t i = 0; i < CW_COUNT(ask_cases); i++) {
        char text[512];
        struct cw_address asked;
        struct cw_hits hits = {0};
        CU_ASSERT_EQUAL(cw_address_parse(cw_span_cstr(ask_cases[i].asked), CW_SPAN(""),
                                         CW_ADDRESS_LIST, &asked),
                        CW_ADDRESS_OK);
        OK(cw_book_ask(book, &asked, &hits, &err));
        write_hits(&hits, text, sizeof(text));
        CW_CHECK(strcmp(text, ask_cases[i].hits) == 0, "%s: %s", ask_cases[i].what, text);
        for (size_t k = 0; k < hits.count; k++) {
            CU_ASSERT_PTR_NULL(hits.items[k].listing);
        }
        cw_hits_clear(&hits);
    }
}

/* Hits are added behind those that are there, which stay as they are. */
static void adds_behind_earlier_hits(void)
{
    static const struct rule_words words[] = {{"b", Q(EVM), NULL, NULL},
                                              {"a", Q(TRON), NULL, NULL}};
    static const struct row rows[] = {{.value = TRON, .id = "2"}, {.value = EVM, .id = "1"}};
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = rules_of(words, CW_COUNT(words));
    CW_CLEANUP(cw_book_freep) struct cw_book *book = book_of(rules);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(rows, CW_COUNT(rows));
    struct cw_hits hits = {0};
    char text[512];
    for (size_t i = CW_COUNT(rows); i-- > 0;) {
        OK(cw_book_match(book, CW_SPAN("list"), cw_watchlist_at(list, i), &hits, &err));
    }
    write_hits(&hits, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "a exact " TRON "; b cross-chain " EVM "; a cross-chain " TRON
                                 "; b exact " EVM);
    cw_hits_clear(&hits);
}

/* A list that repeats one address of ours with ever new identifiers. */
static void bounds_the_hits_of_one_list(void)
{
    static const struct rule_words words[] = {{"a", Q(EVM), NULL, NULL},
                                              {"b", Q(EVM) "," Q(TRON), NULL, NULL}};
    static const struct row row = {.value = EVM, .id = "1"};
    enum { EACH = 3 }; /* exact in both cases, and the TRON one of the second */
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = rules_of(words, CW_COUNT(words));
    CW_CLEANUP(cw_book_freep) struct cw_book *book = book_of(rules);
    CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(&row, 1);
    const struct cw_listing *listing = cw_watchlist_at(list, 0);
    const size_t most = cw_rules_addresses(rules) + CW_HITS_MAX;
    struct cw_hits hits = {0};
    struct cw_error err = {0};
    enum cw_status status = CW_OK;
    CU_ASSERT_EQUAL(cw_rules_addresses(rules), EACH);
    CU_ASSERT(sizeof(struct cw_hit) <= 64);
    for (size_t i = 0; status == CW_OK && i <= most / EACH; i++) {
        CU_ASSERT_EQUAL(hits.count, i * EACH);
        status = cw_book_match(book, CW_SPAN("list"), listing, &hits, &err);
    }
    CU_ASSERT_EQUAL(status, CW_LIMIT);
    CU_ASSERT_EQUAL(hits.count, most);
    CU_ASSERT_STRING_EQUAL(err.text, "the cases match it more than 65536 times beyond once for "
                                     "each of their addresses");
    CU_ASSERT_PTR_EQUAL(hits.items[0].address_canonical.data, listing->canonical.data);
    cw_hits_clear(&hits);
}

enum { MANY_RULES = 40, MANY_ADDRESSES = 5, KEY_CHARACTERS = 43 };

static void write_key(uint64_t *state, char ret[static KEY_CHARACTERS])
{
    (void)snprintf(ret, KEY_CHARACTERS, "0x%016llx%016llx%08llx",
                   (unsigned long long)next_random(state), (unsigned long long)next_random(state),
                   (unsigned long long)(next_random(state) >> 32));
}

/* Each own address is found by its case and by no other; a stranger by none. */
static void finds_each_own_address_among_many(void)
{
    static char keys[MANY_RULES][MANY_ADDRESSES][KEY_CHARACTERS];
    static char ids[MANY_RULES][8];
    static char addresses[MANY_RULES][MANY_ADDRESSES * (KEY_CHARACTERS + 3)];
    struct rule_words words[MANY_RULES];
    uint64_t state = 0xda942042e4dd58b5u;
    for (size_t r = 0; r < MANY_RULES; r++) {
        (void)snprintf(ids[r], sizeof(ids[r]), "r%02zu", r);
        addresses[r][0] = '\0';
        for (size_t a = 0; a < MANY_ADDRESSES; a++) {
            const size_t at = strlen(addresses[r]);
            write_key(&state, keys[r][a]);
            (void)snprintf(addresses[r] + at, sizeof(addresses[r]) - at, "%s\"%s\"",
                           a == 0 ? "" : ",", keys[r][a]);
        }
        words[r] = (struct rule_words){ids[r], addresses[r], NULL, NULL};
    }
    CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = rules_of(words, MANY_RULES);
    CW_CLEANUP(cw_book_freep) struct cw_book *book = book_of(rules);
    for (size_t i = 0; i < 2 * MANY_RULES * MANY_ADDRESSES; i++) {
        const bool is_own = i % 2 == 0;
        const size_t r = i / 2 / MANY_ADDRESSES;
        char key[KEY_CHARACTERS];
        char expected[128] = "";
        char text[1024];
        write_key(&state, key);
        const struct row row = {.value = is_own ? keys[r][i / 2 % MANY_ADDRESSES] : key};
        CW_CLEANUP(cw_watchlist_freep) struct cw_watchlist *list = list_of(&row, 1);
        struct cw_hits hits = {0};
        OK(cw_book_match(book, CW_SPAN("list"), cw_watchlist_at(list, 0), &hits, &err));
        write_hits(&hits, text, sizeof(text));
        if (is_own) {
            (void)snprintf(expected, sizeof(expected), "%s exact %s", ids[r], row.value);
        }
        CW_CHECK(strcmp(text, expected) == 0, "%s: %s", row.value, text);
        cw_hits_clear(&hits);
    }
}

static void is_fine_with_nothing(void)
{
    cw_book_free(NULL);
    struct cw_hits hits = {0};
    cw_hits_clear(&hits);
    CU_ASSERT_PTR_NULL(hits.items);
}

#include "reconcile_cases.h"
#include "reconcile_runs.h"

static const struct cw_test tests[] = {
    {"finds the cases a listing touches", finds_the_cases_a_listing_touches},
    {"bounds the hits of one list", bounds_the_hits_of_one_list},
    {"follows a party whose text does not decode", follows_a_party_whose_text_does_not_decode},
    {"answers a person", answers_a_person},
    {"adds behind earlier hits", adds_behind_earlier_hits},
    {"finds each own address among many", finds_each_own_address_among_many},
    {"is fine with nothing", is_fine_with_nothing},
    {"tells what is news", tells_what_is_news},
    {"orders events by case, address, entry and key", orders_events},
    {"says nothing twice and forgets nothing", says_nothing_twice},
    {"has nothing to say about nothing", has_nothing_to_say_about_nothing},
};

int main(void)
{
    return cw_run_suite("match", tests, CW_COUNT(tests));
}
