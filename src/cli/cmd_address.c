#include <unistd.h>

#include "address/reserved.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/explain.h"

enum { STDIN_BYTES_MAX = 512 << 20 };

/* How a text is to be read. `mode` is list by default: people paste. */
struct reading {
    struct cw_span tag;
    enum cw_address_mode mode;
};

static bool parse_mode(struct cw_span name, enum cw_address_mode *ret)
{
    if (cw_span_is(name, "strict")) {
        *ret = CW_ADDRESS_STRICT;
        return true;
    }
    *ret = CW_ADDRESS_LIST;
    return cw_span_is(name, "list");
}

/* With a tag and strict the question is "is this an address of that chain"; else what the text is.
 */
static enum cw_address_error decode(struct cw_span text, const struct reading *reading,
                                    struct cw_address *ret)
{
    const bool is_any = reading->tag.len == 0 || cw_span_is(reading->tag, "*");
    if (reading->mode == CW_ADDRESS_STRICT && !is_any) {
        return cw_address_parse_as(text, reading->tag, ret);
    }
    if (reading->tag.len == 0 && reading->mode == CW_ADDRESS_LIST) {
        return cw_address_ask(text, ret);
    }
    return cw_address_parse(text, is_any ? CW_SPAN("") : reading->tag, reading->mode, ret);
}

static json_t *names_json(const char *const *names, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(array, json_string(names[i]));
    }
    return array;
}

static json_t *flags_json(uint32_t flags)
{
    json_t *array = json_array();
    for (unsigned bit = 0; bit < CW_ADDRESS_FLAGS; bit++) {
        if ((flags & (1u << bit)) != 0) {
            (void)json_array_append_new(
                array, json_string(cw_address_flag_name((enum cw_address_flag)(1u << bit))));
        }
    }
    return array;
}

static json_t *readings_json(const struct cw_address *address, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        char canonical[CW_CANONICAL_BYTES];
        cw_address_reading(address, i, canonical);
        (void)json_array_append_new(array, json_string(canonical));
    }
    return array;
}

static json_t *valid_json(struct cw_span input, const struct cw_address *address)
{
    static const char *const checksums[] = {"ok", "none", "bad"};
    char canonical[CW_CANONICAL_BYTES];
    char text[CW_ADDRESS_TEXT_BYTES];
    char aux[CW_AUX_BYTES];
    const char *chains[CW_READINGS_MAX];
    const char *narrowed[CW_READINGS_MAX];
    const size_t chains_count = cw_address_chains(address, chains);
    const size_t narrowed_count = cw_address_narrowed(address, narrowed);
    const char *network = cw_address_network(address);
    const struct cw_reserved *reserved = cw_address_reserved(address);
    cw_address_canonical(address, canonical);
    cw_address_text(address, text);
    return json_pack(
        "{s:o, s:b, s:o, s:o, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:n, s:o, s:o, s:o}", "input",
        cw_json_text(input), "valid", 1, "chains", names_json(chains, chains_count),
        "chains_after_tag", names_json(narrowed, narrowed_count), "canonical", canonical, "text",
        text, "kind", cw_address_kind(address), "encoding", cw_address_encoding(address), "network",
        network == NULL ? json_null() : json_string(network), "checksum",
        checksums[cw_address_checksum(address)], "flags", flags_json(cw_address_flags(address)),
        "aux", cw_address_aux(address, aux) ? json_string(aux) : json_null(), "error", "readings",
        readings_json(address, chains_count), "unwrapped", cw_cli_unwrapped_json(address),
        "reserved", reserved == NULL ? json_null() : json_string(reserved->what));
}

static json_t *invalid_json(struct cw_span input, const struct reading *reading,
                            enum cw_address_error why)
{
    const struct cw_span shown =
        why == CW_ADDRESS_SECRET ? CW_SPAN("") : cw_span_slice(input, 0, CW_ADDRESS_FIELD_MAX);
    return json_pack("{s:o, s:b, s:[], s:n, s:n, s:n, s:o}", "input", cw_json_text(shown), "valid",
                     0, "chains", "canonical", "kind", "encoding", "error",
                     cw_cli_problem_json(input, reading->tag, why));
}

static json_t *address_json(struct cw_span input, const struct reading *reading, bool *ret_valid)
{
    struct cw_address address;
    const enum cw_address_error why = decode(input, reading, &address);
    *ret_valid = why == CW_ADDRESS_OK;
    return *ret_valid ? valid_json(input, &address) : invalid_json(input, reading, why);
}

static void print_text(struct cw_span input, const struct reading *reading, bool *ret_valid)
{
    struct cw_address address;
    const enum cw_address_error why = decode(input, reading, &address);
    *ret_valid = why == CW_ADDRESS_OK;
    if (!*ret_valid) {
        cw_cli_print(why == CW_ADDRESS_SECRET ? CW_SPAN("(a secret key; not shown)")
                                              : cw_span_slice(input, 0, 200));
        (void)printf("\n  not an address: ");
        cw_cli_print_problem(input, reading->tag, why);
        return;
    }
    char canonical[CW_CANONICAL_BYTES];
    char text[CW_ADDRESS_TEXT_BYTES];
    const char *chains[CW_READINGS_MAX];
    const size_t count = cw_address_chains(&address, chains);
    cw_address_canonical(&address, canonical);
    cw_address_text(&address, text);
    (void)printf("%s\n  canonical  %s\n  encoding   %s%s\n  chains     ", text, canonical,
                 cw_address_encoding(&address),
                 cw_address_checksum(&address) == CW_CHECKSUM_BAD ? ", WRONG LETTER CASE" : "");
    for (size_t i = 0; i < count; i++) {
        (void)printf("%s%s", i > 0 ? ", " : "", chains[i]);
    }
    (void)printf("\n");
    cw_cli_print_unwrapped(&address);
    const struct cw_reserved *reserved = cw_address_reserved(&address);
    if (reserved != NULL) {
        (void)printf("  nobody's   %s (%s)\n", reserved->what, reserved->source);
    }
    for (unsigned bit = 0; bit < CW_ADDRESS_FLAGS; bit++) {
        if ((cw_address_flags(&address) & (1u << bit)) != 0) {
            (void)printf("  note       %s\n",
                         cw_address_flag_name((enum cw_address_flag)(1u << bit)));
        }
    }
}

/* ---- compare -------------------------------------------------------------------------------- */

static json_t *relation_json(const struct cw_address *a, const struct cw_address *b)
{
    struct cw_relation_reasons reasons = {0};
    const enum cw_relation relation = cw_address_relation(a, b, &reasons);
    return json_pack("{s:s, s:o}", "relation", cw_relation_name(relation), "reasons",
                     names_json(reasons.names, reasons.count));
}

/* With a chain the text is asked as an address of that chain first: `0x…` under FIL or HBAR is
 * another key than without. What people paste is read as it is. */
static enum cw_address_error decode_side(struct cw_span text, const struct reading *reading,
                                         struct cw_address *ret)
{
    const struct reading as_chain = {.tag = reading->tag, .mode = CW_ADDRESS_STRICT};
    if (reading->tag.len > 0 && decode(text, &as_chain, ret) == CW_ADDRESS_OK) {
        return CW_ADDRESS_OK;
    }
    return decode(text, reading, ret);
}

static json_t *compare_json(struct cw_span a_text, const struct reading *a_reading,
                            struct cw_span b_text, const struct reading *b_reading)
{
    struct cw_address a;
    struct cw_address b;
    const enum cw_address_error a_why = decode_side(a_text, a_reading, &a);
    const enum cw_address_error b_why = decode_side(b_text, b_reading, &b);
    if (a_why == CW_ADDRESS_OK && b_why == CW_ADDRESS_OK) {
        return relation_json(&a, &b);
    }
    const enum cw_address_error why = a_why != CW_ADDRESS_OK ? a_why : b_why;
    return json_pack("{s:s, s:[], s:{s:s, s:s, s:s}}", "relation", "none", "reasons", "error",
                     "code", cw_address_error_code(why), "text", cw_address_error_text(why), "of",
                     a_why != CW_ADDRESS_OK ? "a" : "b");
}

/* ---- batch ---------------------------------------------------------------------------------- */

static struct cw_span member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return cw_span_make(json_string_value(value), json_string_length(value));
}

static json_t *line_error(const char *text)
{
    return json_pack("{s:{s:s, s:s}}", "error", "code", "LINE", "text", text);
}

static json_t *batch_line(struct cw_span line, bool *ret_good)
{
    json_t *object = json_loadb(line.data, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    json_t *out = NULL;
    *ret_good = false;
    if (!json_is_object(object)) {
        out = line_error("not a JSON object");
    } else if (json_is_string(json_object_get(object, "input"))) {
        struct reading reading = {.tag = member(object, "chain"), .mode = CW_ADDRESS_LIST};
        const struct cw_span mode = member(object, "mode");
        if (mode.len > 0 && !parse_mode(mode, &reading.mode)) {
            out = line_error("mode is strict or list");
        } else {
            out = address_json(member(object, "input"), &reading, ret_good);
        }
    } else if (json_is_string(json_object_get(object, "a")) &&
               json_is_string(json_object_get(object, "b"))) {
        const struct reading a = {.tag = member(object, "a_chain"), .mode = CW_ADDRESS_LIST};
        const struct reading b = {.tag = member(object, "b_chain"), .mode = CW_ADDRESS_LIST};
        out = compare_json(member(object, "a"), &a, member(object, "b"), &b);
        *ret_good = json_object_get(out, "error") == NULL;
    } else {
        out = line_error("a line has `input`, or `a` and `b`, all strings");
    }
    json_decref(object);
    return out;
}

/* ---- the command ---------------------------------------------------------------------------- */

struct request {
    struct reading reading;
    bool is_batch;
};

static void take_line(const struct cw_cli *cli, const struct request *request, struct cw_span line,
                      bool *all_good)
{
    bool is_good = true;
    if (request->is_batch) {
        cw_cli_json(batch_line(line, &is_good));
    } else if (cli->is_json) {
        cw_cli_json(address_json(line, &request->reading, &is_good));
    } else {
        print_text(line, &request->reading, &is_good);
    }
    *all_good &= is_good;
}

static enum cw_status take_stdin(const struct cw_cli *cli, const struct request *request,
                                 bool *all_good, struct cw_error *err)
{
    struct cw_buf text;
    cw_buf_init(&text, STDIN_BYTES_MAX);
    const enum cw_status status = cw_fd_read_all(STDIN_FILENO, &text, err);
    struct cw_span rest = cw_buf_as_span(&text);
    struct cw_span line;
    while (status == CW_OK && cw_span_next_line(&rest, &line)) {
        if (request->is_batch || line.len > 0) {
            take_line(cli, request, line, all_good);
        }
    }
    cw_buf_clear(&text);
    return status;
}

static int run(const struct cw_cli *cli, const struct request *request, int count, char **texts)
{
    struct cw_error err = {0};
    bool all_good = true;
    enum cw_status status = CW_OK;
    for (int i = 0; status == CW_OK && i < count; i++) {
        if (strcmp(texts[i], "-") == 0) {
            status = take_stdin(cli, request, &all_good, &err);
        } else {
            take_line(cli, request, cw_span_cstr(texts[i]), &all_good);
        }
    }
    if (status == CW_OK && request->is_batch && count == 0) {
        status = take_stdin(cli, request, &all_good, &err);
    }
    if (status != CW_OK) {
        return cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    /* A batch reports per line and succeeds as a whole; a question that failed is a failure. */
    return all_good || request->is_batch ? CW_EXIT_OK : CW_EXIT_PARTIAL;
}

static int compare(const struct cw_cli *cli, const struct request *request, char **texts)
{
    json_t *out = compare_json(cw_span_cstr(texts[0]), &request->reading, cw_span_cstr(texts[1]),
                               &request->reading);
    const json_t *error = json_object_get(out, "error");
    const int code = error == NULL ? CW_EXIT_OK : CW_EXIT_PARTIAL;
    if (cli->is_json) {
        cw_cli_json(out);
        return code;
    }
    (void)printf("%s", json_string_value(json_object_get(out, "relation")));
    size_t i = 0;
    const json_t *reason = NULL;
    json_array_foreach(json_object_get(out, "reasons"), i, reason)
    {
        (void)printf("%s%s", i == 0 ? ": " : ", ", json_string_value(reason));
    }
    if (error != NULL) {
        (void)printf(": %s: %s", json_string_value(json_object_get(error, "of")),
                     json_string_value(json_object_get(error, "text")));
    }
    (void)printf("\n");
    json_decref(out);
    return code;
}

static const struct cw_term values[] = {{"mode", "list strict"}};

static const struct cw_usage base_usage = {
    .synopsis = "[OPTIONS] ADDRESS...\n[OPTIONS] -\n--compare [OPTIONS] A B\n--batch [OPTIONS]",
    .text = "Says what a text is: its canonical key, the chains it can belong to, its spelling, "
            "and what was taken off around it; or why it is no address, with the character to "
            "blame. A text of several chains gives all readings, the default one first. No state "
            "and no configuration are needed.",
    .values = CW_TERMS(values),
    .examples = "cryptowatch address bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n"
                "cryptowatch address --compare 1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH \\\n"
                "    bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4\n",
    .exits = "0 all are addresses\n20 one is not\n64 usage\n",
    .see = "cryptowatch-check(1)",
};

int cw_cmd_address(struct cw_cli *cli, int argc, char **argv)
{
    const char *chain = "";
    const char *mode = "list";
    bool is_compare = false;
    struct request request = {.reading = {.mode = CW_ADDRESS_LIST}};
    const struct cw_option options[] = {
        {.name = "chain",
         .argument = "TAG",
         .help = "what a list says beside it: XBT, ETH, TRX …",
         .value = &chain},
        {.name = "mode",
         .argument = "MODE",
         .help = "list (default; unwraps) or strict",
         .value = &mode},
        {.name = "compare", .help = "two addresses: how they belong together", .flag = &is_compare},
        {.name = "batch",
         .help = "JSON lines in, JSON lines out, in order",
         .flag = &request.is_batch},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int operands = 0;
    const int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (!parse_mode(cw_span_cstr(mode), &request.reading.mode)) {
        return cw_cli_usage_error(cli, "--mode is strict or list, not %s", mode);
    }
    request.reading.tag = cw_span_cstr(chain);
    if (is_compare) {
        return operands == 2 ? compare(cli, &request, argv)
                             : cw_cli_usage_error(cli, "--compare needs two addresses");
    }
    if (operands == 0 && !request.is_batch) {
        return cw_cli_usage_error(cli, "which address? `-` reads them from standard input");
    }
    return run(cli, &request, operands, argv);
}
