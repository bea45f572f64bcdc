/* Relations: every published pair, and that probes find what relations see. */
#include "suite.h"

#include "address/address.h"
#include "address_fixture.h"
#include "crypto/hash.h"

/* MODE: "strict" where a list would read a text otherwise than its tag says (0x under FIL), "list"
 * where something stands around an address. */
enum { A_TAG, A, B_TAG, B, MODE, RELATION, REASONS, NOTE, COLUMNS };

static bool decode(struct cw_span tag, struct cw_span text, enum cw_address_mode mode,
                   struct cw_address *ret)
{
    const bool is_any = cw_span_is(tag, "*");
    if (mode == CW_ADDRESS_STRICT && !is_any) {
        return cw_address_parse_as(text, tag, ret) == CW_ADDRESS_OK;
    }
    return cw_address_parse(text, is_any ? CW_SPAN("") : tag, mode, ret) == CW_ADDRESS_OK;
}

static void join_reasons(const struct cw_relation_reasons *reasons, char *out, size_t bytes)
{
    size_t len = (size_t)snprintf(out, bytes, "%s", reasons->count == 0 ? "-" : "");
    for (size_t i = 0; i < reasons->count; i++) {
        len +=
            (size_t)snprintf(out + len, bytes - len, "%s%s", i > 0 ? "," : "", reasons->names[i]);
    }
}

static bool share_a_probe(const struct cw_address *a, const struct cw_address *b)
{
    struct cw_probe of_a[CW_LINKS_MAX];
    struct cw_probe of_b[CW_LINKS_MAX];
    const size_t count_a = cw_address_probes(a, of_a);
    const size_t count_b = cw_address_probes(b, of_b);
    for (size_t i = 0; i < count_a; i++) {
        for (size_t j = 0; j < count_b; j++) {
            if (memcmp(&of_a[i], &of_b[j], sizeof(of_a[i])) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void check_pair(const struct fixture *row, enum cw_address_mode mode)
{
    struct cw_address a;
    struct cw_address b;
    struct cw_relation_reasons reasons;
    char words[256];
    const bool is_read = decode(row->fields[A_TAG], row->fields[A], mode, &a) &&
                         decode(row->fields[B_TAG], row->fields[B], mode, &b);
    CW_CHECK(is_read, "pairs.tsv:%u does not decode", row->line);
    if (!is_read) {
        return;
    }
    const enum cw_relation relation = cw_address_relation(&a, &b, &reasons);
    join_reasons(&reasons, words, sizeof(words));
    CW_CHECK(cw_span_is(row->fields[RELATION], cw_relation_name(relation)),
             "pairs.tsv:%u: want %.*s, got %s", row->line, CW_SPAN_ARG(row->fields[RELATION]),
             cw_relation_name(relation));
    CW_CHECK(cw_span_is(row->fields[REASONS], words), "pairs.tsv:%u: want %.*s, got %s", row->line,
             CW_SPAN_ARG(row->fields[REASONS]), words);
    CW_CHECK(cw_address_relation(&b, &a, NULL) == relation, "pairs.tsv:%u is not symmetric",
             row->line);
    CW_CHECK(relation == CW_RELATION_NONE || share_a_probe(&a, &b), "pairs.tsv:%u: no probe",
             row->line);
}

static void check_pairs(enum cw_address_mode mode)
{
    struct fixture row;
    size_t count = 0;
    const bool is_open = fixture_open(&row, "pairs");
    CU_ASSERT_FATAL(is_open);
    while (fixture_next(&row)) {
        CU_ASSERT_EQUAL(row.count, COLUMNS);
        const char *other = mode == CW_ADDRESS_STRICT ? "list" : "strict";
        if (!cw_span_is(row.fields[MODE], other)) {
            check_pair(&row, mode);
        }
        count++;
    }
    fixture_close(&row);
    CU_ASSERT_EQUAL(count, 79);
}

static void relates_every_pair_of_our_own(void)
{
    check_pairs(CW_ADDRESS_STRICT);
}

static void relates_every_pair_of_lists(void)
{
    check_pairs(CW_ADDRESS_LIST);
}

/* Read from lists without a tag, or with the tag in front of a colon. */
static const struct {
    const char *name;
    const char *a;
    const char *b;
    enum cw_relation relation;
} own_pairs[] = {
    {"two nested forms of two keys", "33VsZ8u35PB1VwvzzHGdT5LjyFb6uVbRD9",
     "3FDpLgvqrteVtDdkfevFALjoJ2KXk52Qws", CW_RELATION_NONE},
    {"a link and the address in it",
     "https://etherscan.io/address/0x98c1b88e59acc1d72d539cd6785afc0d9c44754b",
     "0x98c1b88e59acc1d72d539cd6785afc0d9c44754b", CW_RELATION_EXACT},
    {"a quoted text and the bare one", "\"TPtunBZPhLvF1fK1t49B8u4uY2hdG2ZnZp\"",
     "TPtunBZPhLvF1fK1t49B8u4uY2hdG2ZnZp", CW_RELATION_EXACT},
    {"one text under two tags", "XBT 1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb",
     "BCH 1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb", CW_RELATION_EXACT},
    {"legacy under its tag and CashAddr", "BCH 1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb",
     "bitcoincash:qzvvrwywtxkvr4ed2wwdv7z6lsxec3r4fvrfvtn9zf", CW_RELATION_ENCODING},
    {"a Bitcoin tag and CashAddr", "XBT 1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb",
     "bitcoincash:qzvvrwywtxkvr4ed2wwdv7z6lsxec3r4fvrfvtn9zf", CW_RELATION_CROSS_CHAIN},
    {"one destination tag written two ways", "rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb:12",
     "ripple:rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb?dt=12", CW_RELATION_EXACT},
    {"an upper-case QR code", "bitcoin:BC1QNRQM3RJE4NQAWT2NNNT8SKHUPKWYGA2TQACP7F",
     "bc1qnrqm3rje4nqawt2nnnt8skhupkwyga2tqacp7f", CW_RELATION_ENCODING},
    {"the same account on an EVM network", "eip155:56:0x98c1b88e59acc1d72d539cd6785afc0d9c44754b",
     "one1nrqm3rje4nqawt2nnnt8skhupkwyga2texgt3m", CW_RELATION_ENCODING},
};

static void relates_what_people_paste(void)
{
    for (size_t i = 0; i < CW_COUNT(own_pairs); i++) {
        struct cw_address a;
        struct cw_address b;
        const bool is_read =
            decode(CW_SPAN("*"), cw_span_cstr(own_pairs[i].a), CW_ADDRESS_LIST, &a) &&
            decode(CW_SPAN("*"), cw_span_cstr(own_pairs[i].b), CW_ADDRESS_LIST, &b);
        CW_CHECK(is_read, "%s does not decode", own_pairs[i].name);
        if (is_read) {
            const enum cw_relation relation = cw_address_relation(&a, &b, NULL);
            CW_CHECK(relation == own_pairs[i].relation, "%s: %s", own_pairs[i].name,
                     cw_relation_name(relation));
        }
    }
}

static void names_every_relation_and_back(void)
{
    for (int i = CW_RELATION_NONE; i < CW_RELATIONS; i++) {
        enum cw_relation again = CW_RELATION_NONE;
        const char *name = cw_relation_name((enum cw_relation)i);
        CU_ASSERT_TRUE(cw_relation_parse(cw_span_cstr(name), &again));
        CU_ASSERT_EQUAL(again, (enum cw_relation)i);
    }
}

static void refuses_words_that_are_no_relation(void)
{
    static const char *const words[] = {"", "Exact", "exact ", "samekeyhash", "encodings", "any"};
    for (size_t i = 0; i < CW_COUNT(words); i++) {
        enum cw_relation unset = CW_RELATION_ENTITY;
        CW_CHECK(!cw_relation_parse(cw_span_cstr(words[i]), &unset), "\"%s\"", words[i]);
        CU_ASSERT_EQUAL(unset, CW_RELATION_ENTITY);
    }
}

static void writes_probes_sorted_and_once(void)
{
    struct fixture row;
    const bool is_open = fixture_open(&row, "collision");
    CU_ASSERT_FATAL(is_open);
    while (fixture_next(&row)) {
        struct cw_address address;
        struct cw_probe probes[CW_LINKS_MAX];
        if (!decode(CW_SPAN("*"), row.fields[2], CW_ADDRESS_LIST, &address)) {
            continue;
        }
        const size_t count = cw_address_probes(&address, probes);
        CU_ASSERT(count >= 3);
        for (size_t i = 1; i < count; i++) {
            CU_ASSERT(memcmp(&probes[i - 1], &probes[i], sizeof(probes[i])) < 0);
        }
    }
    fixture_close(&row);
}

/* Each reading of a text that several chains share, written as its own chain writes it: the list's
 * text has that key too, and a probe finds it. */
static size_t check_readings(struct cw_span text)
{
    struct cw_address shared;
    const char *chains[CW_READINGS_MAX];
    size_t checked = 0;
    if (cw_address_parse(text, CW_SPAN(""), CW_ADDRESS_LIST, &shared) != CW_ADDRESS_OK) {
        return 0;
    }
    const size_t count = cw_address_chains(&shared, chains);
    for (size_t i = 0; count > 1 && i < count; i++) {
        struct cw_address own;
        struct cw_address again;
        char written[CW_ADDRESS_TEXT_BYTES];
        char key[CW_CANONICAL_BYTES];
        char wanted[CW_CANONICAL_BYTES];
        const struct cw_span chain = cw_span_cstr(chains[i]);
        bool is_good = cw_address_parse_as(text, chain, &own) == CW_ADDRESS_OK;
        CW_CHECK(is_good, "%.*s as %s", CW_SPAN_ARG(text), chains[i]);
        if (!is_good) {
            continue;
        }
        cw_address_text(&own, written);
        is_good = cw_address_parse_as(cw_span_cstr(written), chain, &again) == CW_ADDRESS_OK;
        CU_ASSERT_TRUE_FATAL(is_good);
        cw_address_canonical(&again, key);
        cw_address_reading(&shared, i, wanted);
        const enum cw_relation relation = cw_address_relation(&shared, &again, NULL);
        CW_CHECK(relation == CW_RELATION_EXACT || relation == CW_RELATION_ENCODING, "%s: %s",
                 written, cw_relation_name(relation));
        CW_CHECK(share_a_probe(&shared, &again), "%s: no probe", written);
        CW_CHECK(strcmp(key, wanted) == 0, "%s: reading %zu is %s", written, i, wanted);
        checked++;
    }
    return checked;
}

static void considers_every_reading(void)
{
    static const char *const files[] = {"detect", "collision", "ofac", "utxo-tier2"};
    size_t checked = 0;
    for (size_t i = 0; i < CW_COUNT(files); i++) {
        enum { INPUT = 2 };
        struct fixture row;
        const bool is_open = fixture_open(&row, files[i]);
        CU_ASSERT_FATAL(is_open);
        while (fixture_next(&row)) {
            checked += check_readings(row.fields[INPUT]);
        }
        fixture_close(&row);
    }
    CW_CHECK(checked > 100, "only %zu readings", checked);
}

static const struct cw_test tests[] = {
    {"considers every reading of a text that chains share", considers_every_reading},
    {"relates every pair read strictly as its chain", relates_every_pair_of_our_own},
    {"relates every pair read from lists with tags", relates_every_pair_of_lists},
    {"relates what people paste", relates_what_people_paste},
    {"names every relation and back", names_every_relation_and_back},
    {"refuses words that are no relation", refuses_words_that_are_no_relation},
    {"writes probes sorted and each once", writes_probes_sorted_and_once},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("relation", tests, CW_COUNT(tests));
}
