/* OFAC's SDN_ADVANCED.XML (and CONS_ADVANCED.XML), read as a stream.
 *
 * This file knows expat: bytes, namespaces, nesting and the limits of reliability.md section 2,
 * rule 12. The elements' meaning is in ofac_document.c. Nothing is delivered before the end tag of
 * the root and the end of the file: a cut document delivers nothing. */
#include <expat.h>

#include "feed/format.h"
#include "feed/ofac_document.h"
#include "feed/ofac_entries.h"

enum {
    SLICE_BYTES = 64 << 10, /* given to expat at a time; the measure of CW_XML_SILENT_MAX */
    ROOT_URI_MAX = 1024,    /* bytes of the namespace; OFAC's has 84 · list refused */
};

#define SEPARATOR '\n' /* between namespace and local name: cannot occur in either */

struct ofac {
    struct cw_entry_sink sink;
    XML_Parser parser;
    struct cw_ofac_document document;

    enum cw_ofac_node open[CW_XML_DEPTH_MAX + 1]; /* wanted elements; [0] is OFAC_DOCUMENT */
    size_t depth;
    size_t skipped; /* open elements below the deepest wanted one */
    char uri[ROOT_URI_MAX];
    size_t uri_len; /* with the separator; 0 for a document without namespace */

    struct cw_buf text;
    size_t text_bytes; /* of the element being read, wanted or not */
    size_t silent;     /* bytes given to expat since it last called us */
    bool is_heard;     /* it has called us during this slice */
    enum cw_status status;
    struct cw_error *err; /* of the running feed call */
};

/* ---- handlers ---- */

static void stop(struct ofac *ofac, enum cw_status status)
{
    CW_ASSERT(status != CW_OK);
    if (ofac->status == CW_OK) {
        ofac->status = status;
        (void)cw_error_prefix(
            ofac->err, "line %llu: ", (unsigned long long)XML_GetCurrentLineNumber(ofac->parser));
        (void)XML_StopParser(ofac->parser, XML_FALSE);
    }
}

/* The root decides on the namespace: OFAC has changed it before, and will again. Elements of
 * another one are not ours. */
static const char *local_name(const struct ofac *ofac, const char *name)
{
    return strncmp(name, ofac->uri, ofac->uri_len) == 0 ? name + ofac->uri_len : "";
}

static enum cw_status open_root(struct ofac *ofac, const char *name)
{
    const char *separator = strrchr(name, SEPARATOR);
    const char *local = separator != NULL ? separator + 1 : name;
    const size_t uri_len = (size_t)(local - name);
    if (cw_ofac_child(OFAC_DOCUMENT, local) != OFAC_ROOT) {
        const struct cw_span shown = cw_span_slice(cw_span_cstr(local), 0, 64);
        return cw_error_set(ofac->err, CW_UNTRUSTED, "the root element is \"%.*s\", not Sanctions",
                            CW_SPAN_ARG(shown));
    }
    if (uri_len > sizeof(ofac->uri)) {
        return cw_error_set(ofac->err, CW_LIMIT, "the namespace is longer than %d bytes",
                            ROOT_URI_MAX);
    }
    memcpy(ofac->uri, name, uri_len);
    ofac->uri_len = uri_len;
    return CW_OK;
}

/* OFAC_SKIP when the element is not wanted. */
static enum cw_status find_wanted(struct ofac *ofac, const char *name, const char *const *atts,
                                  enum cw_ofac_node *ret_node)
{
    const enum cw_ofac_node parent = ofac->open[ofac->depth];
    const enum cw_ofac_node node = cw_ofac_child(parent, local_name(ofac, name));
    bool is_wanted = false;
    enum cw_status status = CW_OK;
    if (cw_ofac_has_text(parent)) {
        status = cw_error_set(ofac->err, CW_UNTRUSTED, "%s holds an element", cw_ofac_name(parent));
    } else if (node != OFAC_SKIP) {
        ofac->document.line = XML_GetCurrentLineNumber(ofac->parser);
        status = cw_ofac_open(&ofac->document, node, atts, &is_wanted, ofac->err);
    }
    *ret_node = is_wanted ? node : OFAC_SKIP;
    return status;
}

static void on_start(void *ctx, const char *name, const char **atts)
{
    struct ofac *ofac = ctx;
    ofac->is_heard = true;
    ofac->text_bytes = 0;
    if (ofac->status != CW_OK) {
        return;
    }
    if (ofac->depth + ofac->skipped == CW_XML_DEPTH_MAX) {
        stop(ofac,
             cw_error_set(ofac->err, CW_LIMIT, "elements nested deeper than %u", CW_XML_DEPTH_MAX));
        return;
    }
    if (ofac->skipped > 0) {
        ofac->skipped++;
        return;
    }
    enum cw_ofac_node node = OFAC_SKIP;
    enum cw_status status = ofac->depth == 0 ? open_root(ofac, name) : CW_OK;
    if (status == CW_OK) {
        status = find_wanted(ofac, name, (const char *const *)atts, &node);
    }
    if (status != CW_OK) {
        stop(ofac, status);
        return;
    }
    if (node == OFAC_SKIP) {
        ofac->skipped = 1;
        return;
    }
    ofac->open[++ofac->depth] = node;
    cw_buf_reset(&ofac->text);
}

static void on_end(void *ctx, const char *name)
{
    struct ofac *ofac = ctx;
    (void)name;
    ofac->is_heard = true;
    ofac->text_bytes = 0;
    if (ofac->status != CW_OK) {
        return;
    }
    if (ofac->skipped > 0) {
        ofac->skipped--;
        return;
    }
    CW_ASSERT(ofac->depth > 0);
    const enum cw_ofac_node node = ofac->open[ofac->depth--];
    const enum cw_status status =
        cw_ofac_close(&ofac->document, node, cw_buf_as_span(&ofac->text), ofac->err);
    cw_buf_reset(&ofac->text);
    if (status != CW_OK) {
        stop(ofac, status);
    }
}

static void on_text(void *ctx, const char *text, int len)
{
    struct ofac *ofac = ctx;
    ofac->is_heard = true;
    ofac->text_bytes += (size_t)len;
    if (ofac->status != CW_OK) {
        return;
    }
    if (ofac->text_bytes > CW_XML_TEXT_MAX) {
        stop(ofac, cw_error_set(ofac->err, CW_LIMIT, "text of an element longer than %u bytes",
                                CW_XML_TEXT_MAX));
        return;
    }
    if (ofac->skipped == 0 && cw_ofac_has_text(ofac->open[ofac->depth])) {
        cw_buf_append(&ofac->text, text, (size_t)len);
        const enum cw_status status = cw_buf_status(&ofac->text, ofac->err);
        if (status != CW_OK) {
            stop(ofac, status);
        }
    }
}

static void on_comment(void *ctx, const char *text)
{
    struct ofac *ofac = ctx;
    (void)text;
    ofac->is_heard = true;
}

static void on_instruction(void *ctx, const char *target, const char *data)
{
    (void)target;
    on_comment(ctx, data);
}

/* Entities are declared in a DOCTYPE; without one there is nothing to expand. */
static void on_doctype(void *ctx, const char *name, const char *system, const char *public,
                       int has_subset)
{
    struct ofac *ofac = ctx;
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    stop(ofac, cw_error_set(ofac->err, CW_UNTRUSTED, "a DOCTYPE: refused"));
}

/* ---- feeding ---- */

static enum cw_status refuse_xml(struct ofac *ofac)
{
    const enum XML_Error cause = XML_GetErrorCode(ofac->parser);
    if (ofac->status != CW_OK) {
        return ofac->status;
    }
    if (cause == XML_ERROR_NO_MEMORY) {
        return cw_error_set(ofac->err, CW_NOMEM, "out of memory");
    }
    return cw_error_set(ofac->err, CW_UNTRUSTED, "line %llu: not XML, or cut: %s",
                        (unsigned long long)XML_GetCurrentLineNumber(ofac->parser),
                        XML_ErrorString(cause));
}

static enum cw_status take_slice(struct ofac *ofac, struct cw_span slice, bool is_final)
{
    ofac->is_heard = false;
    if (XML_Parse(ofac->parser, slice.data, (int)slice.len, is_final) != XML_STATUS_OK) {
        return refuse_xml(ofac);
    }
    ofac->silent = ofac->is_heard ? 0 : ofac->silent + slice.len;
    if (ofac->silent > CW_XML_SILENT_MAX) {
        return cw_error_set(ofac->err, CW_LIMIT,
                            "line %llu: more than %u bytes without an element, text or comment",
                            (unsigned long long)XML_GetCurrentLineNumber(ofac->parser),
                            CW_XML_SILENT_MAX);
    }
    return ofac->status;
}

static enum cw_status take(struct ofac *ofac, struct cw_span bytes, bool is_last)
{
    while (bytes.len > 0) {
        const struct cw_span slice = cw_span_slice(bytes, 0, SLICE_BYTES);
        const enum cw_status status = take_slice(ofac, slice, false);
        if (status != CW_OK) {
            return status;
        }
        bytes = cw_span_slice(bytes, slice.len, bytes.len);
    }
    return is_last ? take_slice(ofac, CW_SPAN(""), true) : CW_OK;
}

static enum cw_status ofac_feed(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    struct ofac *ofac = state;
    if (ofac->status != CW_OK) {
        return cw_error_set(err, ofac->status, "the document was refused already");
    }
    ofac->err = err;
    enum cw_status status = take(ofac, bytes, is_last);
    if (status == CW_OK && is_last) {
        CW_ASSERT(ofac->depth == 0);
        status = cw_ofac_deliver(&ofac->document, ofac->sink, err);
    }
    ofac->status = status;
    ofac->err = NULL;
    return status;
}

static void ofac_close(void *state)
{
    struct ofac *ofac = state;
    if (ofac != NULL) {
        if (ofac->parser != NULL) {
            XML_ParserFree(ofac->parser);
        }
        cw_ofac_document_clear(&ofac->document);
        cw_buf_clear(&ofac->text);
        free(ofac);
    }
}

static void set_handlers(struct ofac *ofac)
{
    XML_SetUserData(ofac->parser, ofac);
    XML_SetElementHandler(ofac->parser, on_start, on_end);
    XML_SetCharacterDataHandler(ofac->parser, on_text);
    XML_SetCommentHandler(ofac->parser, on_comment);
    XML_SetProcessingInstructionHandler(ofac->parser, on_instruction);
    XML_SetStartDoctypeDeclHandler(ofac->parser, on_doctype);
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
    cw_buf_init(&ofac->text, CW_XML_TEXT_MAX);
    enum cw_status status = cw_ofac_document_init(&ofac->document, err);
    ofac->parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (status == CW_OK && ofac->parser == NULL) {
        status = cw_error_set(err, CW_NOMEM, "out of memory");
    }
    if (status != CW_OK) {
        ofac_close(ofac);
        return status;
    }
    set_handlers(ofac);
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
