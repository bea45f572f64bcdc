/* Any bytes as an address: no crash, and what is read is stable. Input is a text, or fields with
 * tabs between: tag, mode and text, the rows of the fixtures; or tag, text, tag, text, two
 * addresses to be compared. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "address/address.h"
#include "base/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS = 4 };

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
    char aux[24];
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

static void read_all_ways(struct cw_span text, struct cw_span tag)
{
    struct cw_address address;
    if (cw_address_parse(text, tag, CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
    }
    if (cw_address_parse(text, tag, CW_ADDRESS_STRICT, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
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
    if (fields[3].len > 0 &&
        cw_address_parse(fields[1], fields[0], CW_ADDRESS_LIST, &a) == CW_ADDRESS_OK &&
        cw_address_parse(fields[3], fields[2], CW_ADDRESS_LIST, &b) == CW_ADDRESS_OK) {
        check_pair(&a, &b);
    }
    return 0;
}
