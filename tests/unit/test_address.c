/* Addresses: every published vector of every family, and what the tables promise. */
#include "suite.h"

#include "address/codec.h"
#include "address_fixture.h"
#include "crypto/hash.h"

/* ---- vectors ---- */

enum {
    TAG,
    MODE,
    INPUT,
    VALID,
    CANONICAL,
    TEXT,
    ENCODING,
    CHECKSUM,
    ERROR,
    SOURCE,
    NETWORK,
    AUX,
    FLAGS,
    CHAINS,
    NARROWED,
    COLUMNS
};

static const char *const families[] = {
    "bitcoin",    "litecoin",   "dogecoin",     "dash",   "bitcoin-sv", "bitcoin-gold", "verge",
    "collision",  "utxo-tier2", "bitcoin-cash", "zcash",  "evm",        "tron",         "solana",
    "xrp",        "stellar",    "ton",          "cosmos", "avalanche",  "substrate",    "cardano",
    "monero",     "filecoin",   "icp",          "near",   "eos",        "hedera",       "algorand",
    "tezos",      "hex32",      "kaspa",        "ergo",   "nano",       "nem",          "neo",
    "stacks",     "zilliqa",    "conflux",      "kadena", "waves",      "icon",         "xdag",
    "multiversx", "wrapped",    "detect",       "ofac",
};

static enum cw_address_error read_row(const struct fixture *row, struct cw_address *ret)
{
    const bool is_any = cw_span_is(row->fields[TAG], "*");
    const struct cw_span tag = is_any ? CW_SPAN("") : row->fields[TAG];
    if (cw_span_is(row->fields[MODE], "list")) {
        return cw_address_parse(row->fields[INPUT], tag, CW_ADDRESS_LIST, ret);
    }
    return is_any ? cw_address_parse(row->fields[INPUT], tag, CW_ADDRESS_STRICT, ret)
                  : cw_address_parse_as(row->fields[INPUT], tag, ret);
}

static void join(char *out, size_t bytes, const char *const *names, size_t count)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(out + len, bytes - len, "%s%s", i > 0 ? "," : "", names[i]);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void join_flags(char *out, size_t bytes, uint32_t flags)
{
    const char *names[CW_ADDRESS_FLAGS];
    size_t count = 0;
    for (unsigned bit = 0; bit < CW_ADDRESS_FLAGS; bit++) {
        if ((flags & 1u << bit) != 0) {
            names[count++] = cw_address_flag_name((enum cw_address_flag)(1u << bit));
        }
    }
    qsort(names, count, sizeof(names[0]), by_name);
    join(out, bytes, names, count);
}

static bool agrees(struct cw_span want, const char *got)
{
    return cw_span_is(want, "-") ? got == NULL || got[0] == '\0'
                                 : got != NULL && cw_span_is(want, got);
}

/* One line of a vector that failed. */
static bool differs(const char *family, const struct fixture *row, int column, const char *got)
{
    if (agrees(row->fields[column], got)) {
        return false;
    }
    (void)printf("\n    %s.tsv:%u: want %.*s, got %s", family, row->line,
                 CW_SPAN_ARG(row->fields[column]), got != NULL ? got : "nothing");
    return true;
}

static bool check_valid(const char *family, const struct fixture *row,
                        const struct cw_address *address)
{
    static const char *const checksums[] = {"ok", "none", "bad"};
    char canonical[CW_CANONICAL_BYTES];
    char text[CW_ADDRESS_TEXT_BYTES];
    char aux[CW_AUX_BYTES] = "";
    char list[1024];
    const char *names[CW_READINGS_MAX];
    cw_address_canonical(address, canonical);
    cw_address_text(address, text);
    (void)cw_address_aux(address, aux);
    struct cw_address again;
    const enum cw_address_error why =
        cw_address_parse_as(cw_span_cstr(text), cw_span_cstr(cw_address_chain(address)), &again);
    if (why != CW_ADDRESS_OK) {
        return !differs(family, row, TEXT, cw_address_error_code(why));
    }
    cw_address_canonical(&again, canonical);
    if (differs(family, row, CANONICAL, canonical)) {
        return false;
    }
    cw_address_canonical(address, canonical);
    bool is_bad = differs(family, row, CANONICAL, canonical);
    is_bad |= differs(family, row, TEXT, text);
    is_bad |= differs(family, row, ENCODING, cw_address_encoding(address));
    is_bad |= differs(family, row, CHECKSUM, checksums[cw_address_checksum(address)]);
    is_bad |= differs(family, row, NETWORK, cw_address_network(address));
    is_bad |= differs(family, row, AUX, aux);
    join_flags(list, sizeof(list), cw_address_flags(address));
    is_bad |= differs(family, row, FLAGS, list);
    if (!cw_span_is(row->fields[CHAINS], "-")) {
        join(list, sizeof(list), names, cw_address_chains(address, names));
        is_bad |= differs(family, row, CHAINS, list);
        join(list, sizeof(list), names, cw_address_narrowed(address, names));
        is_bad |= differs(family, row, NARROWED, list);
    }
    return !is_bad;
}

static bool check_row(const char *family, const struct fixture *row)
{
    struct cw_address address;
    const enum cw_address_error why = read_row(row, &address);
    if (row->count != COLUMNS) {
        (void)printf("\n    %s.tsv:%u: %zu fields", family, row->line, row->count);
        return false;
    }
    const char *code = why == CW_ADDRESS_OK ? "" : cw_address_error_code(why);
    if (differs(family, row, ERROR, code)) {
        return false;
    }
    return why != CW_ADDRESS_OK || check_valid(family, row, &address);
}

static void check_family(const char *family, size_t *rows, size_t *good)
{
    struct fixture row;
    const bool is_open = fixture_open(&row, family);
    CW_CHECK(is_open, "%s.tsv is missing", family);
    while (is_open && fixture_next(&row)) {
        *rows += 1;
        *good += check_row(family, &row) ? 1 : 0;
    }
    fixture_close(&row);
}

static void reads_every_vector(void)
{
    size_t all = 0;
    for (size_t i = 0; i < CW_COUNT(families); i++) {
        size_t rows = 0;
        size_t good = 0;
        check_family(families[i], &rows, &good);
        all += rows;
        CW_CHECK(good == rows, "%s: %zu of %zu vectors", families[i], good, rows);
    }
    CU_ASSERT_EQUAL(all, 1498);
}

static void reads_our_own_rows(void)
{
    size_t rows = 0;
    size_t good = 0;
    check_family("own", &rows, &good);
    CW_CHECK(good == rows && rows > 0, "own: %zu of %zu rows", good, rows);
}

/* ---- what a text may not do ---- */

static bool has_strong_checksum(struct cw_span encoding)
{
    static const char *const names[] = {"base58check", "bech32",           "bech32m", "cashaddr",
                                        "x-address",   "c32check",         "cip37",   "nano",
                                        "filecoin",    "cryptonote-base58"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        if (cw_span_is(encoding, names[i])) {
            return true;
        }
    }
    return false;
}

/* Every character of a text replaced in turn: another key must never come out. */
static void corrupt_row(const struct fixture *row)
{
    static const char letters[] = "023456789acdefghjklmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ1";
    struct cw_address address;
    char text[CW_ADDRESS_TEXT_MAX];
    char canonical[CW_CANONICAL_BYTES];
    const struct cw_span input = row->fields[INPUT];
    if (!cw_span_is(row->fields[MODE], "strict") || cw_span_is(row->fields[TAG], "*") ||
        !has_strong_checksum(row->fields[ENCODING]) || !cw_span_is(row->fields[CHECKSUM], "ok") ||
        input.len > sizeof(text)) {
        return;
    }
    memcpy(text, input.data, input.len);
    for (size_t round = 0; round < 3 * input.len; round++) {
        const size_t i = round / 3;
        text[i] = letters[(round * 7 + row->line) % (sizeof(letters) - 1)];
        const enum cw_address_error why =
            cw_address_parse_as(cw_span_make(text, input.len), row->fields[TAG], &address);
        if (why == CW_ADDRESS_OK) {
            cw_address_canonical(&address, canonical);
            CW_CHECK(cw_span_is(row->fields[CANONICAL], canonical), "%.*s at %zu became %s",
                     CW_SPAN_ARG(input), i, canonical);
        }
        text[i] = input.data[i];
    }
}

static void never_reads_a_corrupted_text_as_another_key(void)
{
    for (size_t i = 0; i < CW_COUNT(families); i++) {
        struct fixture row;
        const bool is_open = fixture_open(&row, families[i]);
        CU_ASSERT_FATAL(is_open);
        while (fixture_next(&row)) {
            corrupt_row(&row);
        }
        fixture_close(&row);
    }
}

static void refuses_text_over_the_limits(void)
{
    static const struct {
        const char *name;
        size_t length;
        enum cw_address_mode mode;
        bool is_too_long;
    } cases[] = {
        {"a bare text of 1,024 bytes is looked at", CW_ADDRESS_TEXT_MAX, CW_ADDRESS_STRICT, false},
        {"a bare text of 1,025 bytes is not", CW_ADDRESS_TEXT_MAX + 1, CW_ADDRESS_STRICT, true},
        {"a field of 4,096 bytes holds no address", CW_ADDRESS_FIELD_MAX, CW_ADDRESS_LIST, true},
        {"a field of 4,097 bytes is not looked at", CW_ADDRESS_FIELD_MAX + 1, CW_ADDRESS_LIST,
         true},
    };
    char text[CW_ADDRESS_FIELD_MAX + 1];
    struct cw_address address;
    memset(text, 'z', sizeof(text));
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const enum cw_address_error why = cw_address_parse(cw_span_make(text, cases[i].length),
                                                           CW_SPAN(""), cases[i].mode, &address);
        CW_CHECK(why != CW_ADDRESS_OK, "%s", cases[i].name);
        CW_CHECK((why == CW_ADDRESS_TOO_LONG) == cases[i].is_too_long, "%s: %s", cases[i].name,
                 cw_address_error_code(why));
    }
}

static void bounds_the_quadratic_conversion(void)
{
    struct cw_bytes bytes;
    char text[CW_ADDRESS_BASE58_MAX + 1];
    memset(text, 'z', sizeof(text));
    CU_ASSERT_EQUAL(
        cw_base58_decode(&cw_alphabet_base58, cw_span_make(text, CW_ADDRESS_BASE58_MAX), &bytes),
        CW_ADDRESS_OK);
    CU_ASSERT_EQUAL(cw_base58_decode(&cw_alphabet_base58, cw_span_make(text, sizeof(text)), &bytes),
                    CW_ADDRESS_TOO_LONG);
}

static void refuses_secrets_wherever_they_stand(void)
{
    /* made of the bytes 01 02 03 … by our own encoders: nobody's keys */
    static const char *const around[] = {
        "%s",
        " %s ",
        "\"%s\"",
        "ETH: %s",
        "bitcoin:%s",
        "https://example.com/address/%s",
        "XBT %s",
        "my key is %s, take care",
        "key=%s",
        "%s ...",
        "key \xe2\x80\xa6 %s",
        "https://example.com/tx/%s?page=1",
        "1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb %s",
        "bitcoin:1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb?label=%s",
        "https://a.example/1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb?key=%s"};
    char secret[128];
    char text[256];
    uint8_t bytes[34];
    struct cw_address address;
    struct cw_writer out = {.data = secret, .max = sizeof(secret) - 1};
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)i;
    }
    bytes[0] = 0x80;
    bytes[33] = 1;
    cw_base58check_encode(&out, &cw_alphabet_base58, cw_span_make(bytes, sizeof(bytes)));
    cw_write_end(&out);
    for (size_t i = 0; i < CW_COUNT(around); i++) {
        const char *mark = strstr(around[i], "%s");
        (void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(mark - around[i]), around[i], secret,
                       mark + 2);
        const enum cw_address_error why =
            cw_address_parse(cw_span_cstr(text), CW_SPAN("XBT"), CW_ADDRESS_LIST, &address);
        CW_CHECK(why == CW_ADDRESS_SECRET, "%s: %s", around[i], cw_address_error_code(why));
    }
}

static void never_lets_a_tag_overrule_the_text(void)
{
    static const struct {
        const char *text;
        const char *tag;
        const char *chain;
        bool is_mismatch;
    } cases[] = {
        {"TPtunBZPhLvF1fK1t49B8u4uY2hdG2ZnZp", "XBT", "tron", true},
        {"TPtunBZPhLvF1fK1t49B8u4uY2hdG2ZnZp", "USDT", "tron", false},
        {"TPtunBZPhLvF1fK1t49B8u4uY2hdG2ZnZp", "no such tag", "tron", true},
        {"1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb", "BCH", "bitcoin", false},
        {"1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb", "ETH", "bitcoin", true},
        {"0x98c1b88e59acc1d72d539cd6785afc0d9c44754b", "TRX", "evm", true},
        {"0x98c1b88e59acc1d72d539cd6785afc0d9c44754b", "bnb", "evm", false},
    };
    static const enum cw_address_mode modes[] = {CW_ADDRESS_STRICT, CW_ADDRESS_LIST};
    for (size_t i = 0; i < 2 * CW_COUNT(cases); i++) {
        struct cw_address address;
        const size_t row = i / 2;
        const enum cw_address_error why = cw_address_parse(
            cw_span_cstr(cases[row].text), cw_span_cstr(cases[row].tag), modes[i % 2], &address);
        CW_CHECK(why == CW_ADDRESS_OK, "%s under %s", cases[row].text, cases[row].tag);
        const bool is_mismatch = (cw_address_flags(&address) & CW_FLAG_LABEL_MISMATCH) != 0;
        CW_CHECK(strcmp(cw_address_chain(&address), cases[row].chain) == 0 &&
                     is_mismatch == cases[row].is_mismatch,
                 "%s under %s is %s", cases[row].text, cases[row].tag, cw_address_chain(&address));
    }
}

static void writes_caip10_where_the_network_is_known(void)
{
    static const struct {
        const char *tag;
        const char *text;
        const char *caip10;
    } cases[] = {
        {"XBT", "1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb",
         "bip122:000000000019d6689c085ae165831e93:1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb"},
        {"ETH", "0x98c1b88e59acc1d72d539cd6785afc0d9c44754b",
         "eip155:1:0x98C1B88e59ACC1d72d539cD6785afC0D9C44754b"},
        {"BSC", "0x98c1b88e59acc1d72d539cd6785afc0d9c44754b",
         "eip155:56:0x98C1B88e59ACC1d72d539cD6785afC0D9C44754b"},
        {"", "0x98c1b88e59acc1d72d539cd6785afc0d9c44754b", NULL},
        {"BCH", "bitcoincash:qzvvrwywtxkvr4ed2wwdv7z6lsxec3r4fvrfvtn9zf",
         "bip122:000000000000000000651ef99cb9fcbe:qzvvrwywtxkvr4ed2wwdv7z6lsxec3r4fvrfvtn9zf"},
        {"XRP", "rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb", "xrpl:0:rNv683BCYcoHiVEPH8VTck4mdNxKrVaqMb"},
        {"", "muSf5BGeMeEYdbj11MTqSfb6VEZ1w7ZiZQ",
         "bip122:000000000933ea01ad0ee984209779ba:muSf5BGeMeEYdbj11MTqSfb6VEZ1w7ZiZQ"},
        {"TON", "0:38865fa873d000b8138238cd9272b8a9d66d45b840ab67bc86d4a299dae0c6fb", NULL},
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct cw_address address;
        char caip10[256];
        const enum cw_address_error why = cw_address_parse(
            cw_span_cstr(cases[i].text), cw_span_cstr(cases[i].tag), CW_ADDRESS_LIST, &address);
        CW_CHECK(why == CW_ADDRESS_OK, "%s does not decode", cases[i].text);
        const bool is_written = cw_address_caip10(&address, caip10, sizeof(caip10));
        CW_CHECK(is_written == (cases[i].caip10 != NULL), "%s", cases[i].text);
        CW_CHECK(!is_written || strcmp(caip10, cases[i].caip10) == 0, "%s", caip10);
        CW_CHECK(!is_written || !cw_address_caip10(&address, caip10, strlen(caip10)),
                 "%s in an array without room for its NUL", cases[i].text);
    }
}

/* ---- what the tables promise ---- */

/* The version bytes that several rows share, with the chains in the order of default readings. A
 * new row changes this table or nothing. */
static const struct {
    const char *version;
    const char *chains;
} collisions[] = {
    {"00", "bitcoin bitcoin-cash bitcoin-sv ecash"},
    {"05", "bitcoin litecoin bitcoin-cash bitcoin-sv ecash digibyte monacoin vertcoin syscoin"},
    {"6f", "bitcoin-test litecoin-test bitcoin-cash-test bitcoin-sv-test ecash-test "
           "bitcoin-gold-test"},
    {"c4", "bitcoin-test litecoin-test dogecoin-test bitcoin-cash-test bitcoin-sv-test ecash-test "
           "bitcoin-gold-test"},
    {"32", "litecoin qtum monacoin"},
    {"3a", "litecoin-test qtum"},
    {"1e", "dogecoin verge digibyte pivx"},
    {"17", "bitcoin-gold neo-legacy"},
    {"3f", "digibyte syscoin"},
    {"3c", "ravencoin komodo"},
    {"37", "monacoin peercoin"},
    {"0d", "pivx namecoin"},
};

static void keeps_the_order_of_colliding_rows(void)
{
    for (size_t i = 0; i < cw_base58_rows_count; i++) {
        const char *version = cw_base58_rows[i].version;
        char chains[256] = "";
        size_t len = 0;
        size_t count = 0;
        for (size_t j = 0; j < cw_base58_rows_count; j++) {
            if (strcmp(cw_base58_rows[j].version, version) == 0) {
                len += (size_t)snprintf(chains + len, sizeof(chains) - len, "%s%s",
                                        count++ > 0 ? " " : "",
                                        cw_chain_table[cw_base58_rows[j].chain].name);
            }
        }
        size_t row = 0;
        while (row < CW_COUNT(collisions) && strcmp(collisions[row].version, version) != 0) {
            row++;
        }
        const bool is_listed = row < CW_COUNT(collisions);
        CW_CHECK((count > 1) == is_listed, "version %s: %s", version, chains);
        CW_CHECK(!is_listed || strcmp(collisions[row].chains, chains) == 0, "version %s: %s",
                 version, chains);
    }
}

static void keeps_both_directions_of_an_alphabet(void)
{
    static const struct cw_alphabet *const alphabets[] = {
        &cw_alphabet_base58,       &cw_alphabet_xrp,  &cw_alphabet_bech32,  &cw_alphabet_base32,
        &cw_alphabet_base32_lower, &cw_alphabet_nano, &cw_alphabet_conflux, &cw_alphabet_c32,
    };
    for (size_t i = 0; i < CW_COUNT(alphabets); i++) {
        size_t digits = 0;
        for (int c = -128; c < 128; c++) {
            const int value = cw_digit_value(alphabets[i], (char)c);
            digits += value >= 0 ? 1 : 0;
            CU_ASSERT(value < 0 || alphabets[i]->letters[value] == (char)c);
        }
        CU_ASSERT_EQUAL(digits, strlen(alphabets[i]->letters));
    }
}

static void finds_every_chain_by_its_name(void)
{
    for (size_t i = 0; i < CW_CHAINS; i++) {
        struct cw_tags tags;
        const struct cw_chain *chain = &cw_chain_table[i];
        const bool is_found = cw_tags_find(cw_span_cstr(chain->name), &tags);
        CW_CHECK(is_found && tags.count >= 1, "%s has no tag", chain->name);
        CW_CHECK(is_found && cw_row_fits(tags.rows[0], (enum cw_chain_id)i), "%s has %s's tag",
                 chain->name, tags.rows[0]->name);
        CU_ASSERT_EQUAL(cw_chain_table[chain->group].group, chain->group);
        CU_ASSERT_EQUAL(cw_chain_table[chain->group].net, CW_NET_MAIN);
        CU_ASSERT(strlen(chain->name) < CW_CHAIN_NAME_BYTES);
    }
}

static void says_every_reason(void)
{
    for (int why = CW_ADDRESS_OK; why <= CW_ADDRESS_URL; why++) {
        CU_ASSERT(strlen(cw_address_error_code((enum cw_address_error)why)) > 0);
        CU_ASSERT(strlen(cw_address_error_text((enum cw_address_error)why)) > 10);
    }
}

static const struct cw_test tests[] = {
    {"reads every vector", reads_every_vector},
    {"reads our own rows beside the vectors", reads_our_own_rows},
    {"never reads a corrupted text as another key", never_reads_a_corrupted_text_as_another_key},
    {"refuses text over the limits", refuses_text_over_the_limits},
    {"bounds the quadratic conversion", bounds_the_quadratic_conversion},
    {"refuses secrets wherever they stand", refuses_secrets_wherever_they_stand},
    {"never lets a tag overrule the text", never_lets_a_tag_overrule_the_text},
    {"writes CAIP-10 where the network is known", writes_caip10_where_the_network_is_known},
    {"keeps the order of colliding version bytes", keeps_the_order_of_colliding_rows},
    {"keeps both directions of an alphabet", keeps_both_directions_of_an_alphabet},
    {"finds every chain by its name", finds_every_chain_by_its_name},
    {"says every reason", says_every_reason},
};

int main(void)
{
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("address", tests, CW_COUNT(tests));
}
