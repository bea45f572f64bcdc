/* TagPacks of many shapes: no address is left out, a tag never gets another's, and what is said of
 * it is what it or the header says.
 *
 * An entry is a line here: value|chain tag|name|programmes|error. Positions are in the fixtures,
 * but of the entries that are about the header. */
#include "base/buf.h"
#include "base/text.h"
#include "feed/format.h"
#include "suite.h"

enum { TEXT_MAX = 4 << 20 };

#define A "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
#define B "39idqitN9tYNmq3wYanwg3MitFB5TZCjWu"
#define C "0x51E9d833Ecae4E8D9D8Be17300AEE6D3398C135D"

#define NO_ADDRESS "the tag holds no address\n"
#define EMPTY      "the address is empty\n"
#define UNCLAIMED  "an address in the header, and no tag without one of its own\n"

struct shape {
    const char *description;
    const char *input;
    const char *wanted; /* entries, or the error of the whole document */
};

/* ---- running ---- */

static enum cw_status on_info(CW_UNUSED void *ctx, CW_UNUSED const struct cw_list_info *info,
                              CW_UNUSED struct cw_error *err)
{
    return CW_OK;
}

static enum cw_status on_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    struct cw_buf *out = ctx;
    cw_buf_printf(out, "%.*s|%.*s|%.*s|", CW_SPAN_ARG(entry->value), CW_SPAN_ARG(entry->tag),
                  CW_SPAN_ARG(entry->entry_name));
    for (size_t i = 0; i < entry->programs_count; i++) {
        cw_buf_printf(out, "%s%.*s", i > 0 ? ";" : "", CW_SPAN_ARG(entry->programs[i]));
    }
    cw_buf_printf(out, "|%.*s\n", CW_SPAN_ARG(entry->error));
    return cw_buf_status(out, err);
}

/* What a sink hears of a document, and the error that it ends with. */
static enum cw_status parse(struct cw_span input, struct cw_buf *out)
{
    const struct cw_format *format = cw_format_find(CW_SPAN("tagpack"));
    const struct cw_format_options none = {.count = 0};
    struct cw_error err = {0};
    void *state = NULL;
    cw_buf_init(out, TEXT_MAX);
    CU_ASSERT_FATAL(format != NULL);
    const struct cw_entry_sink sink = {on_info, on_entry, out};
    CU_ASSERT_FATAL(format->open(&none, sink, &state, &err) == CW_OK);
    const enum cw_status status = format->feed(state, input, true, &err);
    format->close(state);
    if (status != CW_OK) {
        cw_buf_str(out, err.text);
    }
    return status;
}

static void judge(const struct shape *shapes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct cw_buf heard;
        (void)parse(cw_span_cstr(shapes[i].input), &heard);
        CW_CHECK(cw_span_is(cw_buf_as_span(&heard), shapes[i].wanted), "%s:\n%.*s",
                 shapes[i].description, CW_SPAN_ARG(cw_buf_as_span(&heard)));
        cw_buf_clear(&heard);
    }
}

/* ---- addresses of a tag ---- */

static const struct shape NESTED[] = {
    {"a list in the singular", "tags:\n- address: [" A "]\n", A "||||\n"},
    {"a text in the plural", "tags:\n- addresses: " A "\n", A "||||\n"},
    {"a list in a list", "tags:\n- address: [[" A "], " B "]\n", A "||||\n" B "||||\n"},
    {"lists to the depth that YAML may have",
     "tags:\n- addresses: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[" A "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
     A "||||\n"},
    {"mappings in a list", "tags:\n- addresses: [{address: " A "}, {address: " B "}]\n",
     A "||||\n" B "||||\n"},
    {"a mapping by chain", "tags:\n- addresses: {BTC: " A ", ETH: [" C "]}\n",
     A "||||\n" C "||||\n"},
    {"a mapping in mappings, as blocks",
     "tags:\n- addresses:\n    hot:\n      first: " A "\n    cold: " B "\n", A "||||\n" B "||||\n"},
    {"addresses as keys, with notes", "tags:\n- addresses: {" A ": hot, " B ": cold wallet}\n",
     A "||||\n" B "||||\n"},
    {"addresses as keys, with nothing", "tags:\n- addresses:\n    ? " A "\n    ? " B "\n",
     A "||||\n" B "||||\n"},
    {"an address as the note of an address", "tags:\n- addresses: {" A ": " B "}\n",
     A "||||\n" B "||||\n"},
    {"a collection under an address", "tags:\n- addresses: {" A ": {to: " B "}}\n",
     A "||||\n" B "||||\n"},
    {"several addresses as one key", "tags:\n- addresses: {\"" A ", " B "\": note}\n",
     A "||||\n" B "||||\n"},
    {"a key that is a list", "tags:\n- addresses: {" A ": x, ? [" B "] : 0.0.1234}\n",
     A "||||\n" B "||||\n0.0.1234||||\n"},
    {"short names beside words", "tags:\n- addresses: [{account: 0.0.1234}, alice.near]\n",
     "0.0.1234||||\nalice.near||||\n"},
    {"what is no address is told of", "tags:\n- addresses: [{address: " A ", label: x}]\n",
     A "||||\nx||||\n"},
    {"a row of addresses in a list", "tags:\n- addresses: [\"" A " " B "\", " C "]\n",
     A "||||\n" B "||||\n" C "||||\n"},
};

static void takes_addresses_at_any_depth(void)
{
    judge(NESTED, CW_COUNT(NESTED));
}

static const struct shape REPEATED[] = {
    {"address twice", "tags:\n- address: " A "\n  address: " B "\n", A "||||\n" B "||||\n"},
    {"address and addresses", "tags:\n- address: " A "\n  addresses: [" B ", " C "]\n",
     A "||||\n" B "||||\n" C "||||\n"},
    {"addresses and address", "tags:\n- addresses: [" B "]\n  address: " A "\n",
     B "||||\n" A "||||\n"},
    {"addresses twice", "tags:\n- addresses: [" A "]\n  addresses: [" B "]\n",
     A "||||\n" B "||||\n"},
    {"an address and then none", "tags:\n- address: " A "\n  address:\n", A "||||\n||||" EMPTY},
    {"of other members the last", "tags:\n- {label: x, currency: BTC, label: y, address: " A "}\n",
     A "|BTC|y||\n"},
    {"of the header's members the last", "label: x\nlabel: y\ntags:\n- address: " A "\n",
     A "||y||\n"},
};

static void keeps_every_address_of_a_repeated_key(void)
{
    judge(REPEATED, CW_COUNT(REPEATED));
}

static const struct shape ELSEWHERE[] = {
    {"data about the tag", "tags:\n- context: {address: " A "}\n  label: x\n  address: " B "\n",
     B "||x||\n"},
    {"such data behind the address", "tags:\n- address: " B "\n  context: [{address: " A "}]\n",
     B "||||\n"},
    {"such data and no address", "tags:\n- label: x\n  context: {address: " A "}\n",
     "||x||" NO_ADDRESS},
    {"a member's name within an address", "tags:\n- addresses: [{currency: " A "}]\n  label: x\n",
     A "||x||\n"},
    {"a member's name in other data", "tags:\n- x: {label: no, currency: ETH}\n  address: " A "\n",
     A "||||\n"},
    {"a mapping in the header", "x: {address: " A ", label: no}\ntags:\n- address: " B "\n",
     B "||||\n"},
    {"a list of mappings in the header", "x: [{address: " A "}]\ntags:\n- address: " B "\n",
     B "||||\n"},
    {"deep data in the header", "x: {y: {address: " A ", z: [address]}}\ntags:\n- label: q\n",
     "||q||" NO_ADDRESS},
    {"tags within other data", "x: {tags: [{address: " A "}]}\ntags:\n- address: " B "\n",
     B "||||\n"},
    {"a text behind data of the name", "tags:\n- context: {label: no}\n  x: y\n  address: " A "\n",
     A "||||\n"},
};

static void takes_members_at_their_own_level_only(void)
{
    judge(ELSEWHERE, CW_COUNT(ELSEWHERE));
}

static const struct shape MERGES[] = {
    {"a merge key in a tag", "tags:\n- address: " A "\n  <<: {address: " B "}\n",
     "line 3: a merge key: TagPacks have none"},
    {"a merge key in the header", "<<: {address: " A "}\ntags: []\n",
     "line 1: a merge key: TagPacks have none"},
};

static void refuses_merge_keys(void)
{
    judge(MERGES, CW_COUNT(MERGES));
}

/* ---- the header's address ---- */

static const struct shape HEADERS[] = {
    {"a tag without an address", "address: " A "\nlabel: x\ntags:\n- label: y\n- {}\n",
     A "||y||\n" A "||x||\n"},
    {"a header behind its tags", "tags:\n- label: y\naddress: " A "\n", A "||y||\n"},
    {"several addresses, each once",
     "addresses: [" A ", {x: [" B "]}, " A "]\naddress: " B "\ntags:\n- label: y\n",
     A "||y||\n" B "||y||\n"},
    {"addresses as keys", "address: {" A ": note}\ntags:\n- label: y\n", A "||y||\n"},
    {"a tag with its own beside one without",
     "address: " A "\ntags:\n- address: " B "\n- label: y\n", B "||||\n" A "||y||\n"},
    {"an address member that is empty", "address: " A "\ntags:\n- address:\n- {}\n",
     "||||" NO_ADDRESS A "||||\n"},
    {"one that is an empty text", "address: " A "\ntags:\n- address: \" \"\n- {}\n",
     "||||" NO_ADDRESS A "||||\n"},
    {"one that is an empty list", "address: " A "\ntags:\n- addresses: []\n- {}\n",
     "||||" NO_ADDRESS A "||||\n"},
    {"one that is an empty mapping", "address: " A "\ntags:\n- address: {x: {}}\n- {}\n",
     "||||" NO_ADDRESS A "||||\n"},
    {"one that is nested", "address: " A "\ntags:\n- address: [[[{x: " B "}]]]\n- {}\n",
     B "||||\n" A "||||\n"},
    {"one that is no address", "address: " A "\ntags:\n- address: soon\n- {}\n",
     "soon||||\n" A "||||\n"},
    {"an address in data about the tag", "address: " A "\ntags:\n- context: {address: " B "}\n",
     A "||||\n"},
    {"a header's that is empty", "address: \"\"\ntags:\n- label: y\n", "||y||" NO_ADDRESS},
    {"one that no tag takes", "currency: BTC\naddress: [" A ", " B "]\ntags:\n- address: " C "\n",
     A "|BTC|||" UNCLAIMED B "|BTC|||" UNCLAIMED C "|BTC|||\n"},
    {"one without any tag", "address: " A "\ntags: []\n", A "||||" UNCLAIMED},
};

static void lets_tags_inherit_an_address_when_they_name_none(void)
{
    judge(HEADERS, CW_COUNT(HEADERS));
}

/* A header of `count` different addresses of `len` bytes. */
static enum cw_status parse_header(size_t count, int len, struct cw_buf *heard)
{
    struct cw_buf input;
    cw_buf_init(&input, TEXT_MAX);
    cw_buf_str(&input, "address:\n");
    for (size_t i = 0; i < count; i++) {
        cw_buf_printf(&input, "- a%0*zu\n", len - 1, i);
    }
    cw_buf_str(&input, "tags: [{}]\n");
    CU_ASSERT(cw_buf_status(&input, NULL) == CW_OK);
    const enum cw_status status = parse(cw_buf_as_span(&input), heard);
    cw_buf_clear(&input);
    return status;
}

static void refuses_a_header_of_more_addresses_than_16(void)
{
    const struct {
        const char *description;
        size_t count;
        int len;
        enum cw_status wanted;
        const char *text;
    } edges[] = {
        {"16 addresses", 16, 4, CW_OK, "a015||||\n"},
        {"17 addresses", 17, 4, CW_LIMIT, "line 18: more than 16 addresses, or 4096 bytes of them"},
        {"4096 bytes with their ends", 16, 255, CW_OK, "015||||\n"},
        {"one byte more in each", 16, 256, CW_LIMIT, "line 17: more than 16 addresses, or 4096"},
        {"one address of 4095 bytes", 1, 4095, CW_OK, "00||||\n"},
        {"one address of 4096 bytes", 1, 4096, CW_LIMIT, "line 2: more than 16 addresses, or 4096"},
    };
    for (size_t i = 0; i < CW_COUNT(edges); i++) {
        struct cw_buf heard;
        const enum cw_status status = parse_header(edges[i].count, edges[i].len, &heard);
        CW_CHECK(status == edges[i].wanted && strstr(heard.data, edges[i].text) != NULL, "%s: %s",
                 edges[i].description, heard.data);
        cw_buf_clear(&heard);
    }
}

/* Breaks of a line, to libyaml. */
static const char *const BREAKS[] = {"\n",       "\r",           "\r\n",
                                     "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};

static enum cw_status parse_directives(size_t count, const char *end, struct cw_buf *heard)
{
    struct cw_buf input;
    cw_buf_init(&input, TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        cw_buf_printf(&input, "%%TAG !a%zu! tag:example.org,2026:%s", i, end);
    }
    cw_buf_printf(&input, "---%stags: [{address: \"50%%\"}, {address: \"%%\"}]%s", end, end);
    const enum cw_status status = parse(cw_buf_as_span(&input), heard);
    cw_buf_clear(&input);
    return status;
}

static void refuses_more_directives_than_16(void)
{
    for (size_t i = 0; i < CW_COUNT(BREAKS); i++) {
        for (size_t count = 16; count <= 17; count++) {
            struct cw_buf heard;
            const enum cw_status status = parse_directives(count, BREAKS[i], &heard);
            CW_CHECK(status == (count == 16 ? CW_OK : CW_LIMIT), "break %zu, %zu: %s", i, count,
                     heard.data);
            CW_CHECK(strstr(heard.data, count == 16 ? "50%||||" : "more than 16 YAML") != NULL,
                     "break %zu, %zu: %s", i, count, heard.data);
            cw_buf_clear(&heard);
        }
    }
}

static void counts_the_words_of_a_headers_text(void)
{
    for (size_t words = 16; words <= 17; words++) {
        struct cw_buf input;
        struct cw_buf heard;
        cw_buf_init(&input, TEXT_MAX);
        cw_buf_str(&input, "address: \"");
        for (size_t i = 0; i < words; i++) {
            cw_buf_printf(&input, "%s1111111111111111111111%03zu", i > 0 ? " " : "", i);
        }
        cw_buf_str(&input, "\"\ntags: [{}]\n");
        const enum cw_status status = parse(cw_buf_as_span(&input), &heard);
        CW_CHECK(status == (words == 16 ? CW_OK : CW_LIMIT), "%zu words: %s", words, heard.data);
        cw_buf_clear(&input);
        cw_buf_clear(&heard);
    }
}

/* ---- long addresses ---- */

static size_t count_lines(struct cw_span text)
{
    struct cw_span line = {NULL, 0};
    size_t lines = 0;
    while (cw_span_next_line(&text, &line)) {
        lines++;
    }
    return lines;
}

/* As long as YAML lets a text be: each word is delivered, and a text that is no row of them whole,
 * for main to refuse by its length. */
static void delivers_a_long_text_whole(void)
{
    static const size_t words[] = {58, 59, 60, 117, 118, 1800};
    for (size_t i = 0; i < CW_COUNT(words); i++) {
        struct cw_buf input;
        struct cw_buf heard;
        cw_buf_init(&input, TEXT_MAX);
        cw_buf_str(&input, "tags:\n- address: \"");
        for (size_t word = 1; word < words[i]; word++) {
            cw_buf_str(&input, A " ");
        }
        cw_buf_str(&input, B "\"\n");
        CU_ASSERT(parse(cw_buf_as_span(&input), &heard) == CW_OK);
        const struct cw_span said = cw_buf_as_span(&heard);
        CW_CHECK(count_lines(said) == words[i] && cw_span_ends_with(said, CW_SPAN(B "||||\n")),
                 "%zu words: %zu entries", words[i], count_lines(said));
        cw_buf_clear(&input);
        cw_buf_clear(&heard);
    }
}

static void delivers_a_long_word_whole(void)
{
    static const size_t lens[] = {2047, 2048, 2049, 4096, 4097, CW_YAML_SCALAR_MAX};
    for (size_t i = 0; i < CW_COUNT(lens); i++) {
        struct cw_buf input;
        struct cw_buf heard;
        cw_buf_init(&input, TEXT_MAX);
        cw_buf_str(&input, "tags:\n- address: \"a ");
        for (size_t byte = 2; byte < lens[i]; byte++) {
            cw_buf_char(&input, 'b');
        }
        cw_buf_str(&input, "\"\n");
        CU_ASSERT(parse(cw_buf_as_span(&input), &heard) == CW_OK);
        CW_CHECK(heard.len == lens[i] + 5 && count_lines(cw_buf_as_span(&heard)) == 1,
                 "%zu bytes: %zu heard", lens[i], heard.len);
        cw_buf_clear(&input);
        cw_buf_clear(&heard);
    }
}

/* ---- concepts ---- */

#define P64   "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
#define TAG_A "\n  address: " A "\n"

static const struct shape CONCEPTS[] = {
    {"a list", "tags:\n- concepts: [exchange, hosted_wallet]" TAG_A,
     A "|||exchange;hosted_wallet|\n"},
    {"a list as a block", "tags:\n- address: " A "\n  concepts:\n  - exchange\n  - defi\n",
     A "|||exchange;defi|\n"},
    {"a text", "tags:\n- concepts: exchange" TAG_A, A "|||exchange|\n"},
    {"behind abuse and category",
     "tags:\n- {concepts: [x, z], category: c, abuse: a, address: " A "}", A "|||a;c;x;z|\n"},
    {"what category and abuse say",
     "tags:\n- {concepts: [c, x, a], category: c, abuse: a, address: " A "}", A "|||a;c;x|\n"},
    {"category that says what abuse says", "tags:\n- {category: a, abuse: a, address: " A "}",
     A "|||a|\n"},
    {"one twice", "tags:\n- concepts: [x, x, \" x \"]" TAG_A, A "|||x|\n"},
    {"inherited", "concepts: [x, y]\ntags:\n- address: " A "\n- {address: " B ", abuse: y}\n",
     A "|||x;y|\n" B "|||y;x|\n"},
    {"from a header behind the tags", "tags:\n- address: " A "\nconcepts:\n- x\n", A "|||x|\n"},
    {"a tag's own instead", "concepts: [x]\ntags:\n- concepts: [y]" TAG_A "- address: " B "\n",
     A "|||y|\n" B "|||x|\n"},
    {"a tag's none instead", "concepts: [x]\ntags:\n- concepts: []" TAG_A, A "||||\n"},
    {"named twice: the last", "tags:\n- concepts: [x]\n  concepts: [y]" TAG_A, A "|||y|\n"},
    {"deeper ones are none", "tags:\n- concepts: [a, [b], {address: " B "}]" TAG_A, A "|||a|\n"},
    {"a mapping is none", "tags:\n- concepts: {a: b}" TAG_A, A "||||\n"},
    {"empty ones are none", "tags:\n- concepts: [\"\", a, ]" TAG_A, A "|||a|\n"},
    {"one of 64 bytes", "tags:\n- concepts: [" P64 "]" TAG_A, A "|||" P64 "|\n"},
    {"one of 65 bytes, left out", "tags:\n- concepts: [" P64 "x, b]" TAG_A, A "|||b|\n"},
};

static void reads_concepts_as_programmes(void)
{
    judge(CONCEPTS, CW_COUNT(CONCEPTS));
}

static void keeps_as_many_concepts_as_an_entry_holds(void)
{
    for (size_t count = CW_ENTRY_PROGRAMS_MAX - 2; count <= CW_ENTRY_PROGRAMS_MAX + 2; count++) {
        struct cw_buf input;
        struct cw_buf heard;
        cw_buf_init(&input, TEXT_MAX);
        cw_buf_str(&input, "tags:\n- {abuse: first, address: " A ", concepts: [");
        for (size_t i = 1; i < count; i++) {
            cw_buf_printf(&input, "c%zu, ", i);
        }
        cw_buf_str(&input, "]}\n");
        CU_ASSERT(parse(cw_buf_as_span(&input), &heard) == CW_OK);
        size_t kept = 1;
        for (size_t i = 0; i < heard.len; i++) {
            kept += heard.data[i] == ';' ? 1u : 0u;
        }
        const size_t wanted = count < CW_ENTRY_PROGRAMS_MAX ? count : CW_ENTRY_PROGRAMS_MAX;
        CW_CHECK(kept == wanted && strstr(heard.data, A "|||first;c1;") != NULL, "%zu: %s", count,
                 heard.data);
        CU_ASSERT(strstr(heard.data, "|\n") != NULL); /* and the entry stays usable */
        cw_buf_clear(&input);
        cw_buf_clear(&heard);
    }
}

static const struct cw_test TESTS[] = {
    {"takes addresses at any depth", takes_addresses_at_any_depth},
    {"keeps every address of a repeated key", keeps_every_address_of_a_repeated_key},
    {"takes members at their own level only", takes_members_at_their_own_level_only},
    {"refuses merge keys", refuses_merge_keys},
    {"lets tags inherit an address when they name none",
     lets_tags_inherit_an_address_when_they_name_none},
    {"refuses more directives than 16", refuses_more_directives_than_16},
    {"refuses a header of more addresses than 16", refuses_a_header_of_more_addresses_than_16},
    {"counts the words of a header's text", counts_the_words_of_a_headers_text},
    {"delivers a long text whole", delivers_a_long_text_whole},
    {"delivers a long word whole", delivers_a_long_word_whole},
    {"reads concepts as programmes", reads_concepts_as_programmes},
    {"keeps as many concepts as an entry holds", keeps_as_many_concepts_as_an_entry_holds},
};

int main(void)
{
    return cw_run_suite("tagpack", TESTS, CW_COUNT(TESTS));
}
