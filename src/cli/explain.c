#include "cli/explain.h"

#include "address/explain.h"
#include "address/reason.h"
#include "address/reserved.h"
#include "address/spellings.h"

enum { SPELLING_INDENT = 23 }; /* where the text of a spelling stands */

/* A sentence per relation: what it proves, and what not. */
static const struct {
    enum cw_relation relation;
    const char *proves;
    const char *not_proves;
} relations[] = {
    {CW_RELATION_EXACT, "The list or case names this very address.", ""},
    {CW_RELATION_ENCODING, "The same key in another spelling: the list or case means this address.",
     ""},
    {CW_RELATION_SAME_KEY_HASH,
     "Another script, role or tag of the same key on one chain: who can spend from one can spend "
     "from the other.",
     "It does not prove that the party ever used this form. Two tags of one account may be two "
     "customers of one exchange."},
    {CW_RELATION_CROSS_CHAIN,
     "The same key bytes on another chain: who holds the key can act on both.",
     "It does not prove that the address was ever used there. A contract of the same bytes may "
     "belong to somebody else."},
    {CW_RELATION_ENTITY,
     "Another address of a party that the case follows: the publisher of the list says so.",
     "The bytes say nothing about it: no spelling leads from one to the other."},
};

/* ---- what was taken off, and what is wrong ---- */

json_t *cw_cli_unwrapped_json(const struct cw_address *address)
{
    struct cw_stripped_words words;
    json_t *array = json_array();
    cw_address_stripped_words(address, &words);
    for (size_t i = 0; i < words.count; i++) {
        (void)json_array_append_new(array, cw_json_text(cw_span_cstr(words.texts[i])));
    }
    return array;
}

void cw_cli_print_unwrapped(const struct cw_address *address)
{
    struct cw_stripped_words words;
    cw_address_stripped_words(address, &words);
    for (size_t i = 0; i < words.count; i++) {
        (void)printf("%s", i == 0 ? "  taken off  " : ", ");
        cw_cli_print(cw_span_cstr(words.texts[i]));
    }
    (void)printf("%s", words.count > 0 ? "\n" : "");
}

json_t *cw_cli_problem_json(struct cw_span text, struct cw_span tag, enum cw_address_error why)
{
    char reason[CW_ADDRESS_REASON_BYTES];
    struct cw_explanation more;
    const bool has_more = cw_address_explain_error(text, why, &more);
    char code_point[16] = "";
    cw_address_reason(text, tag, why, reason);
    if (has_more && more.code_point != 0) {
        (void)snprintf(code_point, sizeof(code_point), "U+%04X", (unsigned)more.code_point);
    }
    return json_pack(
        "{s:s, s:s, s:o, s:o, s:o}", "code", cw_address_error_code(why), "text", reason, "detail",
        has_more ? cw_json_text(cw_span_cstr(more.text)) : json_null(), "character",
        has_more && more.character > 0 ? json_integer((json_int_t)more.character) : json_null(),
        "code_point", code_point[0] != '\0' ? json_string(code_point) : json_null());
}

void cw_cli_print_problem(struct cw_span text, struct cw_span tag, enum cw_address_error why)
{
    struct cw_explanation more;
    char reason[CW_ADDRESS_REASON_BYTES];
    cw_address_reason(text, tag, why, reason);
    (void)printf("%s: %s", cw_address_error_code(why), reason);
    if (cw_address_explain_error(text, why, &more)) {
        (void)printf(": ");
        cw_cli_print(cw_span_cstr(more.text));
    }
    (void)printf("\n");
}

/* ---- every way to write the key ---- */

/* A text that is read as this address only where its chain stands beside it. */
static bool needs_its_chain(struct cw_span text)
{
    struct cw_address address;
    return cw_address_ask(text, &address) != CW_ADDRESS_OK;
}

static bool add_spelling(const struct cw_spelling *spelling, void *context)
{
    json_t *array = context;
    (void)json_array_append_new(
        array, json_pack("{s:o, s:s, s:s, s:s, s:s, s:b}", "text", cw_json_text(spelling->text),
                         "relation", cw_relation_name(spelling->relation), "chain", spelling->chain,
                         "kind", spelling->kind, "encoding", spelling->encoding, "needs_chain",
                         needs_its_chain(spelling->text) ? 1 : 0));
    return true;
}

static json_t *relations_json(void)
{
    json_t *array = json_array();
    for (size_t i = 0; i < CW_COUNT(relations); i++) {
        (void)json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "relation",
                                                     cw_relation_name(relations[i].relation),
                                                     "proves", relations[i].proves,
                                                     "does_not_prove", relations[i].not_proves));
    }
    return array;
}

static json_t *explain_json(const struct cw_address *address)
{
    json_t *spellings = json_array();
    json_t *open = json_array();
    const uint32_t bits = cw_address_spellings_open(address);
    (void)cw_address_spellings(address, add_spelling, spellings);
    for (unsigned bit = 0; bit < CW_SPELLINGS_OPEN; bit++) {
        if ((bits & 1u << bit) != 0) {
            (void)json_array_append_new(
                open, json_string(cw_spellings_open_text((enum cw_spellings_open)(1u << bit))));
        }
    }
    return json_pack("{s:o, s:o, s:o}", "spellings", spellings, "not_enumerable", open, "relations",
                     relations_json());
}

static json_t *reserved_json(const struct cw_reserved *reserved)
{
    return reserved == NULL
               ? json_null()
               : json_pack("{s:s, s:s}", "what", reserved->what, "source", reserved->source);
}

struct printing {
    const struct cw_cli *cli;
    enum cw_relation last;
};

static bool print_spelling(const struct cw_spelling *spelling, void *context)
{
    struct printing *printing = context;
    if (spelling->relation != printing->last) {
        (void)printf("  %s\n", cw_relation_name(spelling->relation));
        printing->last = spelling->relation;
    }
    cw_cli_line(printing->cli, (struct cw_line){0, SPELLING_INDENT}, "    %-18s %.*s%s",
                spelling->chain, CW_SPAN_ARG(spelling->text),
                needs_its_chain(spelling->text) ? "  (beside its chain)" : "");
    return true;
}

static void print_spellings(const struct cw_cli *cli, const struct cw_address *address)
{
    struct printing printing = {.cli = cli, .last = CW_RELATION_NONE};
    const uint32_t bits = cw_address_spellings_open(address);
    (void)cw_address_spellings(address, print_spelling, &printing);
    for (unsigned bit = 0; bit < CW_SPELLINGS_OPEN; bit++) {
        if ((bits & 1u << bit) != 0) {
            cw_cli_line(cli, (struct cw_line){0, 4}, "  not listed: %s",
                        cw_spellings_open_text((enum cw_spellings_open)(1u << bit)));
        }
    }
    for (size_t i = 0; i < CW_COUNT(relations); i++) {
        const bool is_all = relations[i].not_proves[0] == '\0';
        cw_cli_line(cli, (struct cw_line){0, 4}, "  %s: %s%s%s",
                    cw_relation_name(relations[i].relation), relations[i].proves, is_all ? "" : " ",
                    relations[i].not_proves);
    }
}

/* ---- below an answer ---- */

void cw_cli_explain_add(const struct cw_cli *cli, json_t *answer, struct cw_span asked)
{
    struct cw_address address;
    const enum cw_address_error why = cw_address_ask(asked, &address);
    const bool is_read = why == CW_ADDRESS_OK;
    (void)json_object_set_new(answer, "unwrapped",
                              is_read ? cw_cli_unwrapped_json(&address) : json_array());
    (void)json_object_set_new(answer, "problem",
                              is_read ? json_null() : cw_cli_problem_json(asked, CW_SPAN(""), why));
    (void)json_object_set_new(answer, "reserved",
                              reserved_json(is_read ? cw_address_reserved(&address) : NULL));
    if (cli->is_explain && is_read) {
        (void)json_object_set_new(answer, "explain", explain_json(&address));
    }
}

void cw_cli_explain_print(const struct cw_cli *cli, struct cw_span asked)
{
    struct cw_address address;
    struct cw_explanation more;
    const enum cw_address_error why = cw_address_ask(asked, &address);
    if (why != CW_ADDRESS_OK) {
        if (cw_address_explain_error(asked, why, &more)) {
            cw_cli_line(cli, (struct cw_line){0, 4}, "  note: %s", more.text);
        }
        return;
    }
    cw_cli_print_unwrapped(&address);
    const struct cw_reserved *reserved = cw_address_reserved(&address);
    if (reserved != NULL) {
        cw_cli_line(cli, (struct cw_line){0, 4}, "  note: nobody holds this address: it is %s (%s)",
                    reserved->what, reserved->source);
    }
    if (cli->is_explain) {
        print_spellings(cli, &address);
    }
}
