/* The limits of limits.h that a list can reach, at N and at N+1: what is too large for a fixture is
 * put together here. */
#include "base/buf.h"
#include "feed/format.h"
#include "suite.h"

enum {
    INPUT_MAX = 40 << 20,
    XML_SLICE = 64 << 10, /* silence is measured in slices, from the first that is silent */
};

struct edge {
    const char *description;
    const char *format;
    const char *head;
    const char *unit; /* repeated */
    size_t count;
    const char *tail;
    enum cw_status wanted;
    size_t entries;   /* with CW_OK */
    const char *text; /* part of the error, or of the last entry's; NULL none */
};

#define B "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
#define STIX_PATTERN                                                                               \
    "{\"type\":\"indicator\",\"id\":\"indicator--1\",\"pattern\":\"[cryptocurrency-wallet:value "  \
    "= "
#define STIX_WALLET "{\"type\":\"cryptocurrency-wallet\",\"id\":\"w\",\"value\":\"" B "\"}"
#define CLOSE_20    "]]]]]]]]]]]]]]]]]]]]"
#define CLOSE_60    CLOSE_20 CLOSE_20 CLOSE_20

static const struct edge EDGES[] = {
    {"a JSON entry of the limit", "json", "[\"", "a", CW_JSON_VALUE_MAX - 2, "\"]", CW_OK, 1, NULL},
    {"a JSON entry over the limit", "json", "[\"", "a", CW_JSON_VALUE_MAX - 1, "\"]", CW_LIMIT, 0,
     "a value is too long (at most 1048576)"},
    {"a JSON name of the limit", "json", "{\"", "a", CW_JSON_NAME_MAX - 1, "\": 1}", CW_OK, 1,
     NULL},
    {"a JSON name over the limit", "json", "{\"", "a", CW_JSON_NAME_MAX + 1, "\": 1}", CW_LIMIT, 0,
     "a member's name is too long"},
    {"a skipped JSON value may be long", "json", "{\"x\": \"", "a", 3u << 20, "\", \"data\": []}",
     CW_OK, 0, NULL},
    {"JSON nested to the limit", "json", "[{\"a\":", "[", CW_JSON_DEPTH_MAX - 2,
     "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}]", CW_OK, 1, NULL},
    {"JSON nested over the limit", "json", "[{\"a\":", "[", CW_JSON_DEPTH_MAX - 1, "", CW_LIMIT, 0,
     "nested too deeply (at most 64)"},
    {"brackets without end", "json", "", "[", 100000, "", CW_LIMIT, 0, "nested too deeply"},
    {"an NDJSON line of the limit", "ndjson", "\"", "a", CW_NDJSON_LINE_MAX - 2, "\"\n", CW_OK, 1,
     NULL},
    {"an NDJSON line over the limit", "ndjson", "\"", "a", CW_NDJSON_LINE_MAX - 1,
     "\"\n\"" B "\"\n", CW_OK, 2, NULL},
    {"a FollowTheMoney line over the limit", "ftm", "{\"id\":\"w\",\"schema\":\"CryptoWallet\"}\n",
     "a", CW_NDJSON_LINE_MAX + 1, "\n", CW_OK, 2, "longer than 4 MiB"},
    {"an XML comment of the limit", "ofac-advanced", "<Sanctions><!--", "x",
     CW_XML_SILENT_MAX + XML_SLICE - 15, "-->", CW_UNTRUSTED, 0, "cut"},
    {"an XML comment over the limit", "ofac-advanced", "<Sanctions><!--", "x",
     CW_XML_SILENT_MAX + 2 * XML_SLICE - 15, "-->", CW_LIMIT, 0, "more than 1048576 bytes without"},
    {"a CSV row of as many fields as there may be", "csv", "address", ",x", CW_CSV_FIELDS_MAX - 1,
     "\n", CW_OK, 0, NULL},
    {"a CSV row of one field more", "csv", "address", ",x", CW_CSV_FIELDS_MAX, "\n", CW_LIMIT, 0,
     "more than 1024 fields"},
    {"YAML nested to the limit", "tagpack", "tags: []\nx: ", "[", CW_YAML_DEPTH_MAX - 1,
     "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n", CW_OK, 0, NULL},
    {"YAML nested over the limit", "tagpack", "tags: []\nx: ", "[", CW_YAML_DEPTH_MAX, "", CW_LIMIT,
     0, "nested deeper than 32"},
    {"a YAML text of the limit", "tagpack", "tags: []\nx: ", "a", CW_YAML_SCALAR_MAX, "\n", CW_OK,
     0, NULL},
    {"a YAML text over the limit", "tagpack", "tags: []\nx: ", "a", CW_YAML_SCALAR_MAX + 1, "\n",
     CW_LIMIT, 0, "longer than 65536 bytes"},
    {"YAML over the limit", "tagpack", "", "#\n", CW_YAML_BYTES_MAX / 2, "#", CW_LIMIT, 0,
     "longer than 33554432 bytes of YAML"},
    {"a word of the limit in prose", "text", "", "a", CW_ADDRESS_FIELD_MAX, " " B, CW_OK, 1, NULL},
    {"a word over the limit in prose", "text", "", "a", CW_ADDRESS_FIELD_MAX + 1, " " B, CW_OK, 1,
     NULL},
    {"a tag without end in prose", "text", "<a ", "x", 3u << 20, "", CW_OK, 0, NULL},
    {"a comment without end in prose", "text", "<!-- ", "x", 3u << 20, "", CW_OK, 0, NULL},
    {"a text of the limit in a STIX pattern", "stix", STIX_PATTERN "'", "a", CW_ENTRY_VALUE_MAX,
     "']\"}", CW_OK, 1, NULL},
    {"a text over the limit in a STIX pattern", "stix", STIX_PATTERN "'", "a",
     CW_ENTRY_VALUE_MAX + 1, "']\"}", CW_OK, 1, "a text longer than any address"},
    {"a STIX pattern of many comparisons", "stix", STIX_PATTERN "'" B "'",
     " OR cryptocurrency-wallet:value = '" B "'", 10000, "]\"}", CW_OK, 10001, NULL},
    {"a STIX pattern of brackets", "stix", STIX_PATTERN "'" B "'", "(", 900000, "\"}", CW_OK, 2,
     "the pattern could not be read whole"},
    {"STIX objects nested to the limit", "stix", "{\"type\":\"bundle\",\"id\":\"b\",\"objects\":[",
     "[", CW_JSON_DEPTH_MAX - 3, STIX_WALLET CLOSE_60 "]]}", CW_OK, 1, NULL},
    {"STIX objects nested over the limit", "stix",
     "{\"type\":\"bundle\",\"id\":\"b\",\"objects\":[", "[", CW_JSON_DEPTH_MAX - 2,
     STIX_WALLET CLOSE_60 "]]]}", CW_LIMIT, 0, "nested too deeply (at most 64)"},
};

struct heard {
    size_t entries;
    char error[256]; /* of the last entry */
};

static enum cw_status on_info(CW_UNUSED void *ctx, CW_UNUSED const struct cw_list_info *info,
                              CW_UNUSED struct cw_error *err)
{
    return CW_OK;
}

static enum cw_status on_entry(void *ctx, const struct cw_entry *entry,
                               CW_UNUSED struct cw_error *err)
{
    struct heard *heard = ctx;
    heard->entries++;
    (void)snprintf(heard->error, sizeof(heard->error), "%.*s", CW_SPAN_ARG(entry->error));
    return CW_OK;
}

static enum cw_status run(const struct cw_format *format, struct cw_span input, struct heard *heard,
                          struct cw_error *err)
{
    enum { CHUNK = 65536 };
    const struct cw_format_options none = {.count = 0};
    const struct cw_entry_sink sink = {on_info, on_entry, heard};
    void *state = NULL;
    enum cw_status status = format->open(&none, sink, &state, err);
    CU_ASSERT_FATAL(status == CW_OK);
    for (size_t at = 0; status == CW_OK && at < input.len; at += CHUNK) {
        status = format->feed(state, cw_span_slice(input, at, at + CHUNK), false, err);
    }
    if (status == CW_OK) {
        status = format->feed(state, CW_SPAN(""), true, err);
    }
    format->close(state);
    return status;
}

static void holds_every_limit_at_its_edge(void)
{
    for (size_t i = 0; i < CW_COUNT(EDGES); i++) {
        const struct edge *edge = &EDGES[i];
        const struct cw_format *format = cw_format_find(cw_span_cstr(edge->format));
        struct heard heard = {0};
        struct cw_error err = {0};
        struct cw_buf input;
        CU_ASSERT_FATAL(format != NULL);
        cw_buf_init(&input, INPUT_MAX);
        cw_buf_str(&input, edge->head);
        for (size_t unit = 0; unit < edge->count; unit++) {
            cw_buf_str(&input, edge->unit);
        }
        cw_buf_str(&input, edge->tail);
        CU_ASSERT(cw_buf_status(&input, NULL) == CW_OK);
        const enum cw_status status = run(format, cw_buf_as_span(&input), &heard, &err);
        CW_CHECK(status == edge->wanted, "%s: status %d, %s", edge->description, (int)status,
                 err.text);
        CW_CHECK(status != CW_OK || heard.entries == edge->entries, "%s: %zu entries",
                 edge->description, heard.entries);
        const char *said = status == CW_OK ? heard.error : err.text;
        CW_CHECK(edge->text == NULL || strstr(said, edge->text) != NULL, "%s: says %s",
                 edge->description, said);
        cw_buf_clear(&input);
    }
}

static const struct cw_test TESTS[] = {
    {"holds every limit at its edge", holds_every_limit_at_its_edge},
};

int main(void)
{
    return cw_run_suite("format limits", TESTS, CW_COUNT(TESTS));
}
