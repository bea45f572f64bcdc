/* Spellings: what is announced is what reading it again finds, and what the pairs know is there. */
#include "suite.h"

#include "address/spellings.h"
#include "address_fixture.h"

enum { TAG, MODE, INPUT, VALID };

struct seen {
    const struct cw_address *asked;
    size_t count;
    size_t faults;
    size_t most;
    const char *wanted;        /* a text to look for; NULL none */
    enum cw_relation relation; /* of it, when it was found */
    size_t texts_len[CW_SPELLINGS_MAX];
    char *texts[CW_SPELLINGS_MAX];
};

static bool decode(struct cw_span tag, struct cw_span text, enum cw_address_mode mode,
                   struct cw_address *ret)
{
    const bool is_any = cw_span_is(tag, "*");
    if (mode == CW_ADDRESS_STRICT && !is_any) {
        return cw_address_parse_as(text, tag, ret) == CW_ADDRESS_OK;
    }
    return cw_address_parse(text, is_any ? CW_SPAN("") : tag, mode, ret) == CW_ADDRESS_OK;
}

static bool check_one(const struct cw_spelling *spelling, void *context)
{
    struct seen *seen = context;
    struct cw_address read;
    /* the text as it was asked may need the label it was read with (XDC… in capitals) */
    const bool is_asked = cw_span_equal(spelling->text, cw_address_source(seen->asked));
    if (is_asked) {
        read = *seen->asked;
    }
    const bool is_read =
        is_asked || cw_spelling_read(spelling->text, spelling->chain, &read) == CW_ADDRESS_OK;
    const enum cw_relation found =
        is_read ? cw_address_relation(seen->asked, &read, NULL) : CW_RELATION_NONE;
    bool is_good = is_read && found == spelling->relation && seen->count < CW_SPELLINGS_MAX;
    for (size_t i = 0; is_good && i < seen->count; i++) {
        is_good = !cw_span_equal(spelling->text, cw_span_make(seen->texts[i], seen->texts_len[i]));
    }
    CW_CHECK(is_good, "%.*s as %s: announced %s, found %s", CW_SPAN_ARG(spelling->text),
             spelling->chain, cw_relation_name(spelling->relation), cw_relation_name(found));
    if (!is_good) {
        seen->faults++;
        return false;
    }
    if (seen->wanted != NULL && cw_span_is(spelling->text, seen->wanted)) {
        seen->relation = spelling->relation;
    }
    seen->texts[seen->count] = malloc(spelling->text.len + 1);
    memcpy(seen->texts[seen->count], spelling->text.data, spelling->text.len);
    seen->texts_len[seen->count++] = spelling->text.len;
    return true;
}

static size_t enumerate(const struct cw_address *asked, struct seen *seen)
{
    seen->asked = asked;
    seen->count = 0;
    seen->relation = CW_RELATION_NONE;
    const size_t told = cw_address_spellings(asked, check_one, seen);
    CU_ASSERT_EQUAL(told, seen->count);
    for (size_t i = 0; i < seen->count; i++) {
        free(seen->texts[i]);
    }
    seen->most = seen->count > seen->most ? seen->count : seen->most;
    return seen->count;
}

static const char *const files[] = {
    "algorand",  "avalanche", "bitcoin",  "bitcoin-cash", "bitcoin-gold", "bitcoin-sv", "cardano",
    "collision", "conflux",   "cosmos",   "dash",         "detect",       "dogecoin",   "eos",
    "ergo",      "evm",       "filecoin", "hedera",       "hex32",        "icon",       "icp",
    "kadena",    "kaspa",     "litecoin", "monero",       "multiversx",   "nano",       "near",
    "nem",       "neo",       "ofac",     "solana",       "stacks",       "stellar",    "substrate",
    "tezos",     "ton",       "tron",     "utxo-tier2",   "verge",        "waves",      "wrapped",
    "xdag",      "xrp",       "zcash",    "zilliqa",
};

static void announces_what_it_finds(void)
{
    static struct seen seen;
    size_t asked_count = 0;
    for (size_t i = 0; i < CW_COUNT(files); i++) {
        struct fixture row;
        const bool is_open = fixture_open(&row, files[i]);
        CW_CHECK(is_open, "%s", files[i]);
        while (is_open && seen.faults < 20 && fixture_next(&row)) {
            struct cw_address asked;
            const bool is_strict = cw_span_is(row.fields[MODE], "strict");
            if (cw_span_is(row.fields[VALID], "valid") &&
                decode(row.fields[TAG], row.fields[INPUT],
                       is_strict ? CW_ADDRESS_STRICT : CW_ADDRESS_LIST, &asked)) {
                CU_ASSERT_TRUE(enumerate(&asked, &seen) >= 1);
                asked_count++;
            }
        }
        fixture_close(&row);
    }
    CW_CHECK(asked_count > 700, "only %zu addresses", asked_count);
    CW_CHECK(seen.most < CW_SPELLINGS_MAX / 2, "%zu spellings", seen.most);
    CW_CHECK(seen.most > 120, "%zu spellings", seen.most);
}

/* Pairs whose other side cannot be enumerated, by their note. */
static bool is_open_pair(struct cw_span note)
{
    static const char *const notes[] = {
        "test network",
        "nested form here, key hash there",
        "transparent receiver inside a unified address",
        "Sapling receiver inside a unified address",
        "shared Orchard receiver",
    };
    for (size_t i = 0; i < CW_COUNT(notes); i++) {
        if (cw_span_is(note, notes[i])) {
            return true;
        }
    }
    return false;
}

static void finds_the_other_side_of_pairs(void)
{
    enum { A_TAG, A, B_TAG, B, PAIR_MODE, RELATION, REASONS, NOTE };
    static struct seen seen;
    struct fixture row;
    size_t found = 0;
    const bool is_file = fixture_open(&row, "pairs");
    CU_ASSERT_FATAL(is_file);
    while (fixture_next(&row)) {
        struct cw_address a;
        struct cw_address b;
        char text[CW_ADDRESS_TEXT_BYTES];
        const bool is_related = !cw_span_is(row.fields[RELATION], "none");
        const enum cw_address_mode mode =
            cw_span_is(row.fields[PAIR_MODE], "strict") ? CW_ADDRESS_STRICT : CW_ADDRESS_LIST;
        if (!is_related || !decode(row.fields[A_TAG], row.fields[A], mode, &a) ||
            !decode(row.fields[B_TAG], row.fields[B], mode, &b)) {
            continue;
        }
        cw_address_text(&b, text);
        seen.wanted = text;
        (void)enumerate(&a, &seen);
        const bool is_there = seen.relation != CW_RELATION_NONE;
        CW_CHECK(is_there || is_open_pair(row.fields[NOTE]), "pairs.tsv:%u: %s is missing (%.*s)",
                 row.line, text, CW_SPAN_ARG(row.fields[NOTE]));
        found += is_there ? 1 : 0;
    }
    fixture_close(&row);
    CW_CHECK(found > 30, "only %zu", found);
}

static bool stop_at_two(CW_UNUSED const struct cw_spelling *spelling, void *context)
{
    size_t *count = context;
    *count += 1;
    return *count < 2;
}

static void stops_when_told(void)
{
    struct cw_address asked;
    size_t count = 0;
    const enum cw_address_error why = cw_address_parse(
        CW_SPAN("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"), CW_SPAN(""), CW_ADDRESS_LIST, &asked);
    CU_ASSERT_EQUAL_FATAL(why, CW_ADDRESS_OK);
    CU_ASSERT_EQUAL(cw_address_spellings(&asked, stop_at_two, &count), 2);
    CU_ASSERT_EQUAL(count, 2);
}

static void names_what_is_open(void)
{
    static const struct {
        const char *text;
        uint32_t open;
    } rows[] = {
        {"0x098B716B8Aaf21512996dC57EB0615e2383E2f96", 0},
        {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", CW_OPEN_SCRIPT},
        {"rhDDhPs5ovHvzcNEM1vb4KDKLgE5mXs58z", CW_OPEN_DESTINATION_TAG},
        {"GDOAJWTEOV4DSCUS4S6K7KGK5QBNC3XVKWH7ZNFUY6N3MGZFT2ARNYX7", CW_OPEN_MUXED_ID},
        {"15yUydHuwgM18dFnYGfRqbghih8XCbcY2nGsaLVparRrxSUa", CW_OPEN_SS58_PREFIX},
        {"t1UYsZVJkLPeMjxEtACvSxfWuNmddpWfxzs", CW_OPEN_UNIFIED | CW_OPEN_SCRIPT},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_address address;
        const enum cw_address_error why =
            cw_address_parse(cw_span_cstr(rows[i].text), CW_SPAN(""), CW_ADDRESS_LIST, &address);
        CU_ASSERT_EQUAL_FATAL(why, CW_ADDRESS_OK);
        const uint32_t open = cw_address_spellings_open(&address);
        CW_CHECK(open == rows[i].open, "%s: %x", rows[i].text, open);
    }
    for (unsigned bit = 0; bit < CW_SPELLINGS_OPEN; bit++) {
        CU_ASSERT_TRUE(strlen(cw_spellings_open_text((enum cw_spellings_open)(1u << bit))) > 20);
    }
}

static const struct cw_test tests[] = {
    {"announces the relation that reading it again finds", announces_what_it_finds},
    {"finds the other side of every pair", finds_the_other_side_of_pairs},
    {"stops when it is told", stops_when_told},
    {"names what cannot be enumerated", names_what_is_open},
};

int main(void)
{
    return cw_run_suite("spellings", tests, CW_COUNT(tests));
}
