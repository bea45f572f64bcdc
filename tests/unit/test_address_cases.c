/* Addresses: what differential runs, fuzzing and real lists turned up, a row each. The first column
 * says what is right. */
#include "suite.h"

#include "address/address.h"

static const struct {
    const char *behaviour;
    const char *text;
    const char *tag;
    enum cw_address_mode mode;
    enum cw_address_error why;
    const char *canonical; /* NULL when it is refused */
} cases[] = {
    {"TRON in front of an address is a label", "TRON - TPtunBZPhLvF1fK1t49B8u4uY2hdG2ZnZp", "",
     CW_ADDRESS_LIST, CW_ADDRESS_OK, "tron:account:98c1b88e59acc1d72d539cd6785afc0d9c44754b"},
    {"a label that is wrong does not hide the address",
     "TRON\t0x98c1b88e59acc1d72d539cd6785afc0d9c44754b", "ETH", CW_ADDRESS_LIST, CW_ADDRESS_OK,
     "evm:account:98c1b88e59acc1d72d539cd6785afc0d9c44754b"},
    {"a tag as a scheme does not overrule the text", "INJ:1Evhn8BfYcoHrVFPHnVTckNmdExK1V6qMb",
     "XEC", CW_ADDRESS_LIST, CW_ADDRESS_OK,
     "bitcoin:p2pkh:98c1b88e59acc1d72d539cd6785afc0d9c44754b"},
    {"C-0x is the Avalanche C chain under any tag", "C-0x98c1b88e59acc1d72d539cd6785afc0d9c44754b",
     "XBT", CW_ADDRESS_LIST, CW_ADDRESS_OK, "evm:account:98c1b88e59acc1d72d539cd6785afc0d9c44754b"},
    {"an EOS private key is a secret under any tag", "PVT_K1_abc", "SOL", CW_ADDRESS_LIST,
     CW_ADDRESS_SECRET, NULL},
    {"four x in a row do not shorten an address whose checksum holds",
     "bc1qmszm9rmtjyz5daknxxxxx4rq70s5pya7u07500", "XBT", CW_ADDRESS_LIST, CW_ADDRESS_OK,
     "bitcoin:p2wpkh:dc05b28f6b910546f6d3318c635460f3e14093be"},
    {"four x in a row and no checksum that holds are left-out letters",
     "bc1qmszm9rmtjyz5daknxxxxx4rq70s5pya7u0750q", "XBT", CW_ADDRESS_LIST, CW_ADDRESS_TRUNCATED,
     NULL},
    {"four x in a row in a text without checksum are left-out letters",
     "4nXWFeGkrW7jB5nKmpqx2XCryH4ZuLJ28zrbaoLFxxxx", "SOL", CW_ADDRESS_LIST, CW_ADDRESS_TRUNCATED,
     NULL},
    {"tron:0x is the TRON account of these bytes",
     "tron:0x2b6653dc:0xb75A90B411F277F4Ccc9c6708e889043d9046BE7", "", CW_ADDRESS_LIST,
     CW_ADDRESS_OK, "tron:account:b75a90b411f277f4ccc9c6708e889043d9046be7"},
    {"0x under a TRX tag stays an address of the EVM", "0xb75a90b411f277f4ccc9c6708e889043d9046be7",
     "TRX", CW_ADDRESS_LIST, CW_ADDRESS_OK, "evm:account:b75a90b411f277f4ccc9c6708e889043d9046be7"},
};

/* What the lists of the test data call the networks of one and the same account. */
static void knows_the_names_lists_give_to_networks(void)
{
    static const struct {
        const char *tag;
        const char *network;
    } names[] = {{"Ethereum", "ethereum"},
                 {"BSC", "bsc"},
                 {"Polygon", "polygon"},
                 {"arbi", "arbitrum"},
                 {"Arbitrum", "arbitrum"},
                 {"Optimism", "optimism"},
                 {"bnb", "bsc"}};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        struct cw_address address;
        const enum cw_address_error why =
            cw_address_parse(CW_SPAN("0x98c1b88e59acc1d72d539cd6785afc0d9c44754b"),
                             cw_span_cstr(names[i].tag), CW_ADDRESS_LIST, &address);
        CU_ASSERT_EQUAL_FATAL(why, CW_ADDRESS_OK);
        const char *network = cw_address_network(&address);
        CW_CHECK(network != NULL && strcmp(network, names[i].network) == 0, "%s is %s",
                 names[i].tag, network != NULL ? network : "unknown");
        CW_CHECK((cw_address_flags(&address) & CW_FLAG_LABEL_MISMATCH) == 0, "%s", names[i].tag);
    }
}

static void reads_what_was_once_read_wrongly(void)
{
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        struct cw_address address;
        char canonical[CW_CANONICAL_BYTES] = "nothing";
        const enum cw_address_error why = cw_address_parse(
            cw_span_cstr(cases[i].text), cw_span_cstr(cases[i].tag), cases[i].mode, &address);
        if (why == CW_ADDRESS_OK) {
            cw_address_canonical(&address, canonical);
        }
        CW_CHECK(why == cases[i].why, "%s: %s", cases[i].behaviour, cw_address_error_code(why));
        CW_CHECK(cases[i].canonical == NULL || strcmp(canonical, cases[i].canonical) == 0, "%s: %s",
                 cases[i].behaviour, canonical);
    }
}

/* Unified addresses whose items, without metadata, are too few bytes for F4Jumble: what is printed
 * must read back. Made of zero bytes by the reference model. */
static void prints_a_unified_address_that_reads_back(void)
{
    static const char *const texts[] = {
        "zu1s9fkq2xgsynldnhl04nlwlf3dlc933zxwxcqhrwa0mfpj5f6rexsem5ww0v38ezurxcm6g9ekmsd2vtsa7h650"
        "s42qg65",
        "tu1r07x2hfdxsgdmzuhkvzyn2mqcusr5hcah854c807n4xpxxj3qn6n2u4cksmkxszpuxh7ng6cwtxswz8a296duy"
        "jwfhvkf4n5cjzalqn74sdphvvaqyw2jp",
        "u1lpqusws79q5n9ewq7xzm9mvzjasz24ce8znxncalzjs2tumf4hp8r96lfxyaa2jlfnvdxzpmw8tc3j9f4prlanr"
        "93n5qvj09dsytg48m0as4mqet6lzs9qrpm8",
        "u1ujjk262vpp5mnfhfan6gv7z8eqkhst0jthkwh5z4ch0tspf7ptk0vtrmxmcd3w9lw742xrnjrczwgrv5cwxehuh"
        "9c67zwc93dggyfalh50l7xqfd5q3cee744xefcav395kunx4j",
        "u1vqvp46nkdpyaccjcjj5we74qtk3dn6um4tfe4wrdmrfvzpg0p66ew3k9qel8l54ykswda0j7dmqaz5twff6le2j"
        "g58ap6ghlf8lwsu2ryeu590usthc9zksnfx2tt6r6wy3mdkcytl6v0",
    };
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        struct cw_address address;
        struct cw_address again;
        char text[CW_ADDRESS_TEXT_BYTES];
        char canonical[2][CW_CANONICAL_BYTES];
        enum cw_address_error why =
            cw_address_parse(cw_span_cstr(texts[i]), CW_SPAN("ZEC"), CW_ADDRESS_STRICT, &address);
        CU_ASSERT_EQUAL_FATAL(why, CW_ADDRESS_OK);
        cw_address_canonical(&address, canonical[0]);
        cw_address_text(&address, text);
        why = cw_address_parse(cw_span_cstr(text), CW_SPAN("ZEC"), CW_ADDRESS_STRICT, &again);
        CW_CHECK(why == CW_ADDRESS_OK, "%s: %s", text, cw_address_error_code(why));
        if (why == CW_ADDRESS_OK) {
            cw_address_canonical(&again, canonical[1]);
            CU_ASSERT_STRING_EQUAL(canonical[0], canonical[1]);
        }
    }
}

/* Base58check texts that begin, but for letter case, like the chain's witness programs. */
static void tells_base58_from_a_witness_prefix(void)
{
    static const struct {
        const char *tag;
        const char *text;
    } texts[] = {{"LTC", "LTc1zzzyYBKppkWMGSdBTCKV1CRdGPSZum"},
                 {"QTUM", "Qc1NkN2i2b6J62NZeXUivfZSzUMzqcbTvn"},
                 {"QTUM", "Qc1JzRRcn8DMp3bn5WR2WxpyamidSuvuE8"},
                 {"PPC", "PC1L9pyt2nk3mq7dpX17hGDYQe1QCRgFXA"}};
    struct cw_address address;
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        const enum cw_address_error why =
            cw_address_parse_as(cw_span_cstr(texts[i].text), cw_span_cstr(texts[i].tag), &address);
        CW_CHECK(why == CW_ADDRESS_OK, "%s: %s", texts[i].text, cw_address_error_code(why));
    }
    CU_ASSERT_EQUAL(cw_address_parse_as(CW_SPAN("bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
                                        CW_SPAN("BTC"), &address),
                    CW_ADDRESS_CASE);
}

static const struct cw_test tests[] = {
    {"tells base58 from a witness prefix", tells_base58_from_a_witness_prefix},
    {"prints a unified address that reads back", prints_a_unified_address_that_reads_back},
    {"knows the names lists give to networks", knows_the_names_lists_give_to_networks},
    {"reads what was once read wrongly", reads_what_was_once_read_wrongly},
};

int main(void)
{
    return cw_run_suite("address_cases", tests, CW_COUNT(tests));
}
