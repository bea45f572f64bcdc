/* Any bytes as an address: no crash, and what is read is stable. Input is a text, or a row of the
 * fixtures: tag, mode and text with tabs between. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "address/address.h"
#include "base/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cw_span take_field(struct cw_span *rest)
{
    const size_t tab = cw_span_find(*rest, '\t', 0);
    const struct cw_span field = cw_span_slice(*rest, 0, tab);
    *rest = cw_span_slice(*rest, tab + 1, rest->len);
    return field;
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

/* decode(text(decode(x))) has the key of decode(x), and the two are the same address. */
static void check_stable(const struct cw_address *address)
{
    char canonical[CW_CANONICAL_BYTES];
    char again_canonical[CW_CANONICAL_BYTES];
    char text[CW_ADDRESS_TEXT_BYTES];
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
    CW_ASSERT(cw_address_relation(address, address, NULL) == CW_RELATION_EXACT);
    CW_ASSERT(cw_address_relation(address, &again, NULL) ==
              cw_address_relation(&again, address, NULL));
    check_probes(address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cw_span text = cw_span_make(data, size);
    struct cw_span tag = CW_SPAN("");
    struct cw_address address;
    if (size == 0) {
        return 0;
    }
    if (memchr(data, '\t', size) != NULL) {
        tag = take_field(&text);
        (void)take_field(&text);
        text = take_field(&text);
    }
    if (cw_address_parse(text, tag, CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
    }
    if (cw_address_parse(text, tag, CW_ADDRESS_STRICT, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
    }
    if (cw_address_parse_as(text, tag, &address) == CW_ADDRESS_OK) {
        check_stable(&address);
    }
    return 0;
}
