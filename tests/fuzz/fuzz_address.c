/* Any bytes as an address: no crash, what is read is stable, its spellings read back, and what is
 * refused is explained. Input is a text, or fields with tabs between: tag, mode and text, the rows
 * of the fixtures; or tag, text, tag, text, two addresses to be compared. */
#include <string.h>

#include "address/alphabet.h"
#include "address/explain.h"
#include "address/reason.h"
#include "address/resemble.h"
#include "address/spellings.h"
#include "base/status.h"
#include "base/text.h"
#include "fuzz.h"

enum {
    FIELDS = 4,
    SPELL_EVERY = 8, /* texts: to enumerate costs hundreds of readings */
};

static struct cw_span take_field(struct cw_span *rest)
{
    const size_t tab = cw_span_find(*rest, '\t', 0);
    const struct cw_span field = cw_span_slice(*rest, 0, tab);
    *rest = cw_span_slice(*rest, tab + 1, rest->len);
    return field;
}

static bool share_a_probe(const struct cw_address *a, const struct cw_address *b)
{
    struct cw_probe probes[2][CW_LINKS_MAX];
    const size_t a_count = cw_address_probes(a, probes[0]);
    const size_t b_count = cw_address_probes(b, probes[1]);
    for (size_t i = 0; i < a_count; i++) {
        for (size_t j = 0; j < b_count; j++) {
            if (memcmp(&probes[0][i], &probes[1][j], sizeof(probes[0][i])) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void check_probes(const struct cw_address *address)
{
    struct cw_probe probes[CW_LINKS_MAX];
    const size_t count = cw_address_probes(address, probes);
    CW_ASSERT(count >= 1);
    CW_ASSERT(count <= CW_LINKS_MAX);
    for (size_t i = 1; i < count; i++) {
        CW_ASSERT(memcmp(&probes[i - 1], &probes[i], sizeof(probes[i])) < 0);
    }
}

static void check_readings(const struct cw_address *address)
{
    const char *names[CW_READINGS_MAX];
    const char *narrowed[CW_READINGS_MAX];
    const size_t count = cw_address_chains(address, names);
    CW_ASSERT(count >= 1);
    CW_ASSERT(strcmp(names[0], cw_address_chain(address)) == 0);
    CW_ASSERT(cw_address_narrowed(address, narrowed) >= 1);
    CW_ASSERT(cw_address_source(address).len > 0);
}

/* decode(text(decode(x))) has the key of decode(x), and the two are the same address. */
static void check_stable(const struct cw_address *address)
{
    char canonical[CW_CANONICAL_BYTES];
    char again_canonical[CW_CANONICAL_BYTES];
    char text[CW_ADDRESS_TEXT_BYTES];
    char aux[CW_AUX_BYTES];
    char caip10[256];
    struct cw_address again;
    cw_address_canonical(address, canonical);
    cw_address_text(address, text);
    const enum cw_address_error why =
        cw_address_parse_as(cw_span_cstr(text), cw_span_cstr(cw_address_chain(address)), &again);
    CW_ASSERT(why == CW_ADDRESS_OK);
    cw_address_canonical(&again, again_canonical);
    CW_ASSERT(strcmp(canonical, again_canonical) == 0);
    (void)cw_address_caip10(address, caip10, sizeof(caip10));
    (void)cw_address_aux(address, aux);
    CW_ASSERT((cw_address_flags(address) >> CW_ADDRESS_FLAGS) == 0);
    CW_ASSERT(cw_address_relation(address, address, NULL) == CW_RELATION_EXACT);
    CW_ASSERT(cw_address_relation(address, &again, NULL) ==
              cw_address_relation(&again, address, NULL));
    check_readings(address);
    check_probes(address);
}

/* A relation is the same from both sides, has a reason, and an index would have found it. */
static void check_pair(const struct cw_address *a, const struct cw_address *b)
{
    struct cw_relation_reasons reasons[2];
    const enum cw_relation relation = cw_address_relation(a, b, &reasons[0]);
    CW_ASSERT(relation == cw_address_relation(b, a, &reasons[1]));
    CW_ASSERT(reasons[0].count == reasons[1].count);
    CW_ASSERT(reasons[0].count <= CW_RELATION_REASONS_MAX);
    CW_ASSERT((relation == CW_RELATION_NONE) == (reasons[0].count == 0));
    CW_ASSERT(relation == CW_RELATION_NONE || share_a_probe(a, b));
}

/* ---- spellings ---- */

struct spelled {
    const struct cw_address *asked;
    size_t count;
};

/* The text as it was asked may need what stood beside it; every other one reads by itself. */
static bool check_spelling(const struct cw_spelling *spelling, void *context)
{
    struct spelled *spelled = context;
    struct cw_address read;
    spelled->count++;
    if (cw_span_equal(spelling->text, cw_address_source(spelled->asked))) {
        CW_ASSERT(spelling->relation == CW_RELATION_EXACT);
        return true;
    }
    const enum cw_address_error why = cw_spelling_read(spelling->text, spelling->chain, &read);
    CW_ASSERT(why == CW_ADDRESS_OK);
    CW_ASSERT(spelling->relation != CW_RELATION_NONE);
    CW_ASSERT(cw_address_relation(spelled->asked, &read, NULL) == spelling->relation);
    CW_ASSERT(strcmp(spelling->encoding, cw_address_encoding(&read)) == 0);
    return true;
}

static void check_spellings(const struct cw_address *address)
{
    struct spelled spelled = {.asked = address};
    const size_t count = cw_address_spellings(address, check_spelling, &spelled);
    CW_ASSERT(count == spelled.count);
    CW_ASSERT(count >= 1);
    CW_ASSERT(count <= CW_SPELLINGS_MAX);
    CW_ASSERT((cw_address_spellings_open(address) >> CW_SPELLINGS_OPEN) == 0);
    fuzz_accept("spellings");
}

/* ---- what a text resembles, and why it is refused ---- */

static size_t check_keys(struct cw_span text, uint64_t ret[static CW_RESEMBLE_KEYS])
{
    size_t count = 0;
    const size_t said = cw_resemble_keys(text, ret);
    for (size_t i = 0; i < CW_RESEMBLE_KEYS; i++) {
        count += ret[i] != 0 ? 1 : 0;
    }
    CW_ASSERT(count == said);
    return count;
}

/* Who resembles is found by a common key, and the resemblance is the same from both sides. */
static void check_resemblance(struct cw_span a, struct cw_span b)
{
    uint64_t keys[2][CW_RESEMBLE_KEYS];
    size_t at = 0;
    bool is_candidate = false;
    (void)check_keys(a, keys[0]);
    (void)check_keys(b, keys[1]);
    for (size_t i = 0; i < CW_RESEMBLE_KEYS; i++) {
        is_candidate = is_candidate || (keys[0][i] != 0 && keys[0][i] == keys[1][i]);
    }
    const enum cw_resemblance found = cw_resemble_judge(a, b, &at);
    CW_ASSERT(found == cw_resemble_judge(b, a, NULL));
    CW_ASSERT(found == CW_RESEMBLES_NOT || is_candidate);
    CW_ASSERT(at <= a.len);
    /* What is outside of ASCII, or a control, equals nothing, not even itself. */
    if ((cw_letters_of(a) & CW_LETTERS_VISIBLE) != 0) {
        CW_ASSERT(cw_resemble_judge(a, a, NULL) == CW_RESEMBLES_NOT);
    }
}

/* Words are printable, and there are none about a secret. */
static void check_refusal(struct cw_span text, struct cw_span tag, enum cw_address_error why)
{
    struct cw_explanation more;
    char reason[CW_ADDRESS_REASON_BYTES];
    if (cw_address_explain_error(text, why, &more)) {
        CW_ASSERT(why != CW_ADDRESS_SECRET);
        CW_ASSERT(more.character <= text.len);
        CW_ASSERT(memchr(more.text, '\0', sizeof(more.text)) != NULL);
        CW_ASSERT(cw_text_is_printable(cw_span_cstr(more.text)));
    }
    cw_address_reason(text, tag, why, reason);
    CW_ASSERT(memchr(reason, '\0', sizeof(reason)) != NULL);
    CW_ASSERT(reason[0] != '\0');
    CW_ASSERT(cw_text_is_printable(cw_span_cstr(reason)));
}

static void read_all_ways(struct cw_span text, struct cw_span tag)
{
    struct cw_address address;
    const enum cw_address_error why = cw_address_parse(text, tag, CW_ADDRESS_LIST, &address);
    if (why != CW_ADDRESS_OK) {
        check_refusal(text, tag, why);
    } else {
        check_stable(&address);
        fuzz_accept("list");
        check_resemblance(cw_address_source(&address), text);
        if (text.len % SPELL_EVERY == 0) {
            check_spellings(&address);
        }
    }
    if (cw_address_ask(text, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
    }
    if (cw_address_parse(text, tag, CW_ADDRESS_STRICT, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
        fuzz_accept("strict");
    }
    if (cw_address_parse_as(text, tag, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_span rest = cw_span_make(data, size);
    struct cw_span fields[FIELDS];
    struct cw_address a;
    struct cw_address b;
    if (size == 0) {
        return 0;
    }
    if (memchr(data, '\t', size) == NULL) {
        read_all_ways(rest, CW_SPAN(""));
        return 0;
    }
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i] = take_field(&rest);
    }
    read_all_ways(fields[2], fields[0]);
    check_resemblance(fields[1], fields[3]);
    if (fields[3].len > 0 &&
        cw_address_parse(fields[1], fields[0], CW_ADDRESS_LIST, &a) == CW_ADDRESS_OK &&
        cw_address_parse(fields[3], fields[2], CW_ADDRESS_LIST, &b) == CW_ADDRESS_OK) {
        check_pair(&a, &b);
        fuzz_accept("pair");
    }
    return 0;
}
