/* OFAC's SDN_ADVANCED.XML (and CONS_ADVANCED.XML), read as a stream.
 *
 * This file knows where each element may stand (ofac_shape.h); its meaning is in ofac_document.c.
 * Nothing is delivered before the end tag of the root and the end of the file: a cut document
 * delivers nothing. */
#include "feed/format.h"
#include "feed/ofac_document.h"
#include "feed/ofac_entries.h"
#include "feed/xml_reader.h"

struct ofac {
    struct cw_entry_sink sink;
    struct cw_xml_reader *reader;
    struct cw_ofac_document document;
    enum cw_ofac_node open[CW_XML_DEPTH_MAX + 1]; /* wanted elements; [0] is OFAC_DOCUMENT */
    size_t depth;
};

static enum cw_status on_open(void *ctx, const struct cw_xml_element *element,
                              enum cw_xml_step *ret_step, struct cw_error *err)
{
    struct ofac *ofac = ctx;
    const enum cw_ofac_node parent = ofac->open[ofac->depth];
    const enum cw_ofac_node node = cw_ofac_child(parent, element->name);
    bool is_wanted = false;
    if (parent == OFAC_DOCUMENT && node != OFAC_ROOT) {
        const struct cw_span shown = cw_span_slice(cw_span_cstr(element->name), 0, 64);
        return cw_error_set(err, CW_UNTRUSTED, "the root element is \"%.*s\", not Sanctions",
                            CW_SPAN_ARG(shown));
    }
    if (cw_ofac_has_text(parent)) {
        return cw_error_set(err, CW_UNTRUSTED, "%s holds an element", cw_ofac_name(parent));
    }
    if (node != OFAC_SKIP) {
        ofac->document.line = element->line;
        const enum cw_status status =
            cw_ofac_open(&ofac->document, node, element->attributes, &is_wanted, err);
        if (status != CW_OK) {
            return status;
        }
    }
    if (is_wanted) {
        ofac->open[++ofac->depth] = node;
        *ret_step = cw_ofac_has_text(node) ? CW_XML_READ : CW_XML_ENTER;
    }
    return CW_OK;
}

static enum cw_status on_close(void *ctx, struct cw_span text, struct cw_error *err)
{
    struct ofac *ofac = ctx;
    CW_ASSERT(ofac->depth > 0);
    return cw_ofac_close(&ofac->document, ofac->open[ofac->depth--], text, err);
}

static enum cw_status ofac_feed(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    struct ofac *ofac = state;
    const enum cw_status status = cw_xml_reader_feed(ofac->reader, bytes, is_last, err);
    return status == CW_OK && is_last ? cw_ofac_deliver(&ofac->document, ofac->sink, err) : status;
}

static void ofac_close(void *state)
{
    struct ofac *ofac = state;
    if (ofac != NULL) {
        cw_xml_reader_free(ofac->reader);
        cw_ofac_document_clear(&ofac->document);
        free(ofac);
    }
}

static enum cw_status ofac_open(const struct cw_format_options *options, struct cw_entry_sink sink,
                                void **ret_state, struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct ofac *ofac = calloc(1, sizeof(*ofac));
    if (ofac == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    ofac->sink = sink;
    ofac->open[0] = OFAC_DOCUMENT;
    enum cw_status status = cw_ofac_document_init(&ofac->document, err);
    ofac->reader = cw_xml_reader_new((struct cw_xml_visitor){on_open, on_close, ofac});
    if (status == CW_OK && ofac->reader == NULL) {
        status = cw_error_set(err, CW_NOMEM, "out of memory");
    }
    if (status != CW_OK) {
        ofac_close(ofac);
        return status;
    }
    *ret_state = ofac;
    return CW_OK;
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_ofac_advanced = {
    .name = "ofac-advanced",
    .title = "OFAC advanced XML (SDN_ADVANCED.XML)",
    .options = NO_OPTIONS,
    .open = ofac_open,
    .feed = ofac_feed,
    .close = ofac_close,
};
