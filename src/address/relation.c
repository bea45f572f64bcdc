#include "address/links.h"
#include "address/reserved.h"

#include "crypto/hash.h"

/* ---- relation ---- */

static void add_reason(struct cw_relation_reasons *reasons, const char *name)
{
    size_t at = 0;
    while (at < reasons->count && strcmp(reasons->names[at], name) < 0) {
        at++;
    }
    const bool is_known = at < reasons->count && strcmp(reasons->names[at], name) == 0;
    if (is_known || reasons->count == CW_RELATION_REASONS_MAX) {
        return;
    }
    memmove(&reasons->names[at + 1], &reasons->names[at],
            (reasons->count - at) * sizeof(reasons->names[0]));
    reasons->names[at] = name;
    reasons->count++;
}

static bool share_a_key(const struct cw_address *a, const struct cw_address *b)
{
    for (size_t i = 0; i < a->readings_count; i++) {
        const struct cw_reading *x = &a->readings[i];
        for (size_t j = 0; x->is_narrowed && j < b->readings_count; j++) {
            const struct cw_reading *y = &b->readings[j];
            if (y->is_narrowed && x->chain == y->chain && x->kind == y->kind &&
                cw_span_equal(cw_reading_payload(a, x), cw_reading_payload(b, y))) {
                return true;
            }
        }
    }
    return false;
}

static bool is_same_link(const struct cw_link *x, const struct cw_link *y)
{
    return x->link_class == y->link_class && x->scope == y->scope &&
           !(x->is_derived && y->is_derived) && cw_span_equal(cw_link_bytes(x), cw_link_bytes(y));
}

static const char *link_reason(const struct cw_link *x, const struct cw_link *y)
{
    const bool is_derived = x->is_derived || y->is_derived;
    if (is_derived && x->link_class == CW_LINK_S160) {
        return "nested_segwit";
    }
    if (is_derived && x->link_class == CW_LINK_H160) {
        return "derived";
    }
    return cw_link_reason(x->link_class);
}

static enum cw_relation relation_by_links(const struct cw_address *a, const struct cw_address *b,
                                          struct cw_relation_reasons *reasons)
{
    struct cw_links of_a;
    struct cw_links of_b;
    bool is_one_chain = false;
    cw_links_collect(a, &of_a);
    cw_links_collect(b, &of_b);
    for (size_t i = 0; i < of_a.count; i++) {
        for (size_t j = 0; j < of_b.count; j++) {
            if (is_same_link(&of_a.rows[i], &of_b.rows[j])) {
                is_one_chain |= of_a.rows[i].chain == of_b.rows[j].chain;
                add_reason(reasons, link_reason(&of_a.rows[i], &of_b.rows[j]));
            }
        }
    }
    if (reasons->count == 0) {
        return CW_RELATION_NONE;
    }
    return is_one_chain ? CW_RELATION_SAME_KEY_HASH : CW_RELATION_CROSS_CHAIN;
}

/* Two tags, ids or memos of one account are two customers. */
static bool carry_different_aux(const struct cw_address *a, const struct cw_address *b)
{
    char of_a[CW_AUX_BYTES];
    char of_b[CW_AUX_BYTES];
    return cw_address_aux(a, of_a) && cw_address_aux(b, of_b) && strcmp(of_a, of_b) != 0;
}

enum cw_relation cw_address_relation(const struct cw_address *a, const struct cw_address *b,
                                     struct cw_relation_reasons *ret_reasons)
{
    struct cw_relation_reasons unused;
    struct cw_relation_reasons *reasons = ret_reasons != NULL ? ret_reasons : &unused;
    reasons->count = 0;
    if (cw_span_equal(cw_address_source(a), cw_address_source(b))) {
        add_reason(reasons, "same_text");
        return CW_RELATION_EXACT;
    }
    if (share_a_key(a, b)) {
        const bool is_other_aux = carry_different_aux(a, b);
        add_reason(reasons, is_other_aux ? "other_tag" : "same_key");
        return is_other_aux ? CW_RELATION_SAME_KEY_HASH : CW_RELATION_ENCODING;
    }
    /* the zero hash of one coin is not the owner of the zero hash of another */
    if (cw_address_reserved(a) != NULL || cw_address_reserved(b) != NULL) {
        return CW_RELATION_NONE;
    }
    return relation_by_links(a, b, reasons);
}

/* ---- probes ---- */

enum { PROBE_INPUT_BYTES = CW_ADDRESS_TEXT_BYTES + 64 };

static void add_probe(struct cw_probe *probes, size_t *count, const struct cw_writer *input)
{
    struct cw_probe probe;
    uint8_t hash[32];
    cw_blake2b(cw_span_make(input->data, input->len), NULL, hash, sizeof(hash));
    memcpy(probe.bytes, hash, sizeof(probe.bytes));
    size_t at = 0;
    while (at < *count && memcmp(probes[at].bytes, probe.bytes, sizeof(probe.bytes)) < 0) {
        at++;
    }
    if (at < *count && memcmp(probes[at].bytes, probe.bytes, sizeof(probe.bytes)) == 0) {
        return;
    }
    CW_ASSERT(*count < CW_LINKS_MAX);
    memmove(&probes[at + 1], &probes[at], (*count - at) * sizeof(probes[0]));
    probes[at] = probe;
    *count += 1;
}

/* The names go in as text, so that the probe of a key survives a reordering of chains.def. */
static void write_names(struct cw_writer *input, const char *class_name, const char *chain,
                        const char *kind)
{
    input->len = 0;
    cw_write_str(input, class_name);
    cw_write_char(input, ':');
    if (chain != NULL) {
        cw_write_str(input, chain);
        cw_write_char(input, ':');
        cw_write_str(input, kind);
        cw_write_char(input, ':');
    }
}

static void write_link(struct cw_writer *input, const struct cw_link *link)
{
    const char *name = cw_link_class_name(link->link_class);
    if (link->link_class == CW_LINK_FORM) {
        write_names(input, name, cw_chain_table[link->scope >> 8].name,
                    cw_kind_names[link->scope & 0xffu]);
    } else {
        write_names(input, name, NULL, NULL);
        cw_write_u64(input, link->scope);
        cw_write_char(input, ':');
    }
    cw_write_span(input, cw_link_bytes(link));
}

size_t cw_address_probes(const struct cw_address *address, struct cw_probe ret[static CW_LINKS_MAX])
{
    char data[PROBE_INPUT_BYTES];
    struct cw_writer input = {.data = data, .max = sizeof(data)};
    struct cw_links links;
    size_t count = 0;
    /* One text under two labels is `exact`, even where the labels leave no common key. */
    write_names(&input, "text", NULL, NULL);
    cw_write_span(&input, cw_address_source(address));
    add_probe(ret, &count, &input);
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        if (reading->is_narrowed) {
            write_names(&input, "key", cw_chain_table[reading->chain].name,
                        cw_kind_names[reading->kind]);
            cw_write_span(&input, cw_reading_payload(address, reading));
            add_probe(ret, &count, &input);
        }
    }
    if (cw_address_reserved(address) != NULL) {
        return count;
    }
    cw_links_collect(address, &links);
    for (size_t i = 0; i < links.count; i++) {
        write_link(&input, &links.rows[i]);
        add_probe(ret, &count, &input);
    }
    return count;
}
