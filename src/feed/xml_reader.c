#include "feed/xml_reader.h"

#include <expat.h>

#include "base/limits.h"

enum {
    SLICE_BYTES = 64 << 10, /* given to expat at a time; the measure of CW_XML_SILENT_MAX */
    /* expat knows UTF-16 without a mark by two bytes, and takes one that comes alone for UTF-8 */
    HEAD_BYTES = 2,
    ROOT_URI_MAX = 1024, /* bytes of the namespace; OFAC's has 84 · list refused */
};

#define SEPARATOR '\n' /* between namespace and local name: cannot occur in either */

struct cw_xml_reader {
    struct cw_xml_visitor visitor;
    XML_Parser parser;

    bool is_read[CW_XML_DEPTH_MAX + 1]; /* wanted elements: is the text wanted? [0] unused */
    size_t depth;
    size_t skipped; /* open elements below the deepest wanted one */
    char uri[ROOT_URI_MAX];
    size_t uri_len; /* with the separator; 0 for a document without namespace */

    char head[HEAD_BYTES];
    size_t head_len;

    struct cw_buf text;
    size_t text_bytes; /* of the element being read, wanted or not */
    size_t silent;     /* bytes given to expat since it last called us */
    bool is_heard;     /* it has called us during this slice */
    enum cw_status status;
    struct cw_error *err; /* of the running feed call */
};

/* ---- handlers ---- */

static void stop(struct cw_xml_reader *reader, enum cw_status status)
{
    CW_ASSERT(status != CW_OK);
    if (reader->status == CW_OK) {
        reader->status = status;
        (void)cw_error_prefix(reader->err, "line %llu: ",
                              (unsigned long long)XML_GetCurrentLineNumber(reader->parser));
        (void)XML_StopParser(reader->parser, XML_FALSE);
    }
}

/* Length of "namespace SEPARATOR" in front of a local name. */
static size_t uri_length(const char *name)
{
    const char *separator = strrchr(name, SEPARATOR);
    return separator != NULL ? (size_t)(separator + 1 - name) : 0;
}

static enum cw_status keep_uri(struct cw_xml_reader *reader, const char *name)
{
    const size_t len = uri_length(name);
    if (len > sizeof(reader->uri)) {
        return cw_error_set(reader->err, CW_LIMIT, "the namespace is longer than %d bytes",
                            ROOT_URI_MAX);
    }
    memcpy(reader->uri, name, len);
    reader->uri_len = len;
    return CW_OK;
}

static enum cw_status ask(struct cw_xml_reader *reader, const char *name, const char *const *atts,
                          enum cw_xml_step *ret_step)
{
    const bool is_root = reader->depth == 0;
    const size_t len = uri_length(name);
    *ret_step = CW_XML_SKIP;
    if (!is_root && (len != reader->uri_len || memcmp(name, reader->uri, len) != 0)) {
        return CW_OK;
    }
    const struct cw_xml_element element = {
        .name = name + len,
        .attributes = atts,
        .line = XML_GetCurrentLineNumber(reader->parser),
    };
    const enum cw_status status =
        reader->visitor.open(reader->visitor.ctx, &element, ret_step, reader->err);
    return status == CW_OK && is_root ? keep_uri(reader, name) : status;
}

static void on_start(void *ctx, const char *name, const char **atts)
{
    struct cw_xml_reader *reader = ctx;
    reader->is_heard = true;
    reader->text_bytes = 0;
    if (reader->status != CW_OK) {
        return;
    }
    if (reader->depth + reader->skipped == CW_XML_DEPTH_MAX) {
        stop(reader, cw_error_set(reader->err, CW_LIMIT, "elements nested deeper than %u",
                                  CW_XML_DEPTH_MAX));
        return;
    }
    if (reader->skipped > 0) {
        reader->skipped++;
        return;
    }
    enum cw_xml_step step = CW_XML_SKIP;
    const enum cw_status status = ask(reader, name, (const char *const *)atts, &step);
    if (status != CW_OK) {
        stop(reader, status);
        return;
    }
    if (step == CW_XML_SKIP) {
        reader->skipped = 1;
        return;
    }
    reader->is_read[++reader->depth] = step == CW_XML_READ;
    cw_buf_reset(&reader->text);
}

static void on_end(void *ctx, const char *name)
{
    struct cw_xml_reader *reader = ctx;
    (void)name;
    reader->is_heard = true;
    reader->text_bytes = 0;
    if (reader->status != CW_OK) {
        return;
    }
    if (reader->skipped > 0) {
        reader->skipped--;
        return;
    }
    CW_ASSERT(reader->depth > 0);
    reader->depth--;
    const enum cw_status status =
        reader->visitor.close(reader->visitor.ctx, cw_buf_as_span(&reader->text), reader->err);
    cw_buf_reset(&reader->text);
    if (status != CW_OK) {
        stop(reader, status);
    }
}

static void on_text(void *ctx, const char *text, int len)
{
    struct cw_xml_reader *reader = ctx;
    reader->is_heard = true;
    reader->text_bytes += (size_t)len;
    if (reader->status != CW_OK) {
        return;
    }
    if (reader->text_bytes > CW_XML_TEXT_MAX) {
        stop(reader, cw_error_set(reader->err, CW_LIMIT, "text of an element longer than %u bytes",
                                  CW_XML_TEXT_MAX));
        return;
    }
    if (reader->skipped == 0 && reader->is_read[reader->depth]) {
        cw_buf_append(&reader->text, text, (size_t)len);
        const enum cw_status status = cw_buf_status(&reader->text, reader->err);
        if (status != CW_OK) {
            stop(reader, status);
        }
    }
}

static void on_comment(void *ctx, const char *text)
{
    struct cw_xml_reader *reader = ctx;
    (void)text;
    reader->is_heard = true;
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
    struct cw_xml_reader *reader = ctx;
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    stop(reader, cw_error_set(reader->err, CW_UNTRUSTED, "a DOCTYPE: refused"));
}

/* ---- feeding ---- */

static enum cw_status refuse_xml(struct cw_xml_reader *reader)
{
    const enum XML_Error cause = XML_GetErrorCode(reader->parser);
    if (reader->status != CW_OK) {
        return reader->status;
    }
    if (cause == XML_ERROR_NO_MEMORY) {
        return cw_error_set(reader->err, CW_NOMEM, "out of memory");
    }
    return cw_error_set(reader->err, CW_UNTRUSTED, "line %llu: not XML, or cut: %s",
                        (unsigned long long)XML_GetCurrentLineNumber(reader->parser),
                        XML_ErrorString(cause));
}

static enum cw_status take_slice(struct cw_xml_reader *reader, struct cw_span slice, bool is_final)
{
    reader->is_heard = false;
    if (XML_Parse(reader->parser, slice.data, (int)slice.len, is_final) != XML_STATUS_OK) {
        return refuse_xml(reader);
    }
    reader->silent = reader->is_heard ? 0 : reader->silent + slice.len;
    if (reader->silent > CW_XML_SILENT_MAX) {
        return cw_error_set(reader->err, CW_LIMIT,
                            "line %llu: more than %u bytes without an element, text or comment",
                            (unsigned long long)XML_GetCurrentLineNumber(reader->parser),
                            CW_XML_SILENT_MAX);
    }
    return reader->status;
}

/* Keeps the first bytes back until they are together. Moves *bytes behind them. */
static enum cw_status take_head(struct cw_xml_reader *reader, struct cw_span *bytes, bool is_last)
{
    if (reader->head_len == HEAD_BYTES) {
        return CW_OK;
    }
    while (reader->head_len < HEAD_BYTES && bytes->len > 0) {
        reader->head[reader->head_len++] = bytes->data[0];
        *bytes = cw_span_slice(*bytes, 1, bytes->len);
    }
    const bool is_whole = reader->head_len == HEAD_BYTES || is_last;
    return is_whole ? take_slice(reader, cw_span_make(reader->head, reader->head_len), false)
                    : CW_OK;
}

static enum cw_status take(struct cw_xml_reader *reader, struct cw_span bytes, bool is_last)
{
    enum cw_status status = take_head(reader, &bytes, is_last);
    while (bytes.len > 0 && status == CW_OK) {
        const struct cw_span slice = cw_span_slice(bytes, 0, SLICE_BYTES);
        status = take_slice(reader, slice, false);
        bytes = cw_span_slice(bytes, slice.len, bytes.len);
    }
    return is_last && status == CW_OK ? take_slice(reader, CW_SPAN(""), true) : status;
}

enum cw_status cw_xml_reader_feed(struct cw_xml_reader *reader, struct cw_span bytes, bool is_last,
                                  struct cw_error *err)
{
    if (reader->status != CW_OK) {
        return cw_error_set(err, reader->status, "the document was refused already");
    }
    reader->err = err;
    const enum cw_status status = take(reader, bytes, is_last);
    CW_ASSERT(status != CW_OK || !is_last || reader->depth == 0);
    reader->status = status;
    reader->err = NULL;
    return status;
}

void cw_xml_reader_free(struct cw_xml_reader *reader)
{
    if (reader != NULL) {
        if (reader->parser != NULL) {
            XML_ParserFree(reader->parser);
        }
        cw_buf_clear(&reader->text);
        free(reader);
    }
}

struct cw_xml_reader *cw_xml_reader_new(struct cw_xml_visitor visitor)
{
    struct cw_xml_reader *reader = calloc(1, sizeof(*reader));
    if (reader == NULL) {
        return NULL;
    }
    reader->visitor = visitor;
    cw_buf_init(&reader->text, CW_XML_TEXT_MAX);
    reader->parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (reader->parser == NULL) {
        cw_xml_reader_free(reader);
        return NULL;
    }
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetCommentHandler(reader->parser, on_comment);
    XML_SetProcessingInstructionHandler(reader->parser, on_instruction);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    return reader;
}
