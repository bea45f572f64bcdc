/* index_world.h: what the tests of the index share: a builder with a case and two lists, and what a
 * look-up told, in words.
 */
#ifndef CW_TESTS_INDEX_WORLD_H
#define CW_TESTS_INDEX_WORLD_H

#include <unistd.h>

#include "base/file.h"
#include "index/build.h"
#include "index/builder.h"
#include "index/checksum.h"
#include "index/internal.h"
#include "index/spelled.h"
#include "index/text_filter.h"
#include "list_rows.h"

#define P2PKH    "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"
#define SEGWIT   "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
#define NESTED   "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"
#define EVM      "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
#define EVM_KEY  "evm:account:7e5f4552091a69125d5dfcb7b8c2659029395bdf"
#define TRON     "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC"
#define CASE     "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
#define UNLISTED "0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69"

static const uint8_t index_basis[32] = {7, 1, 2};

static inline struct cw_index_builder *index_builder(const char *path, uint64_t generation)
{
    struct cw_index_builder *builder = NULL;
    const struct cw_index_options options = {
        .path = path, .generation = generation, .built_at_s = 1795144503, .basis = index_basis};
    OK(cw_index_builder_new(&options, &builder, &err));
    CU_ASSERT_PTR_NOT_NULL_FATAL(builder);
    return builder;
}

static inline uint32_t index_source(struct cw_index_builder *builder,
                                    enum cw_index_source_kind kind, const char *id)
{
    uint32_t number = 0;
    const struct cw_index_source source = {
        .kind = kind,
        .id = cw_span_cstr(id),
        .title = cw_span_cstr(kind == CW_INDEX_RULE ? "A case" : ""),
        .relations = CW_INDEX_ALL_RELATIONS,
    };
    OK(cw_index_builder_source(builder, &source, &number, &err));
    return number;
}

/* The canonical key of a text as a list would have it; "" for what does not decode. */
static inline const char *canonical_of(const char *value, const char *tag,
                                       char ret[static CW_CANONICAL_BYTES])
{
    struct cw_address address;
    ret[0] = '\0';
    if (cw_address_parse(cw_span_cstr(value), cw_span_cstr(tag), CW_ADDRESS_LIST, &address) ==
        CW_ADDRESS_OK) {
        cw_address_canonical(&address, ret);
    }
    return ret;
}

static inline void index_listing(struct cw_index_builder *builder, uint32_t source,
                                 const char *value, const char *tag, const char *entry_id)
{
    char canonical[CW_CANONICAL_BYTES];
    const struct cw_index_episode episode = {.from_s = 1000};
    const struct cw_index_listing listing = {
        .source = source,
        .value = cw_span_cstr(value),
        .tag = cw_span_cstr(tag),
        .canonical = cw_span_cstr(canonical_of(value, tag, canonical)),
        .entry_id = cw_span_cstr(entry_id),
        .episodes = &episode,
        .episodes_count = 1,
        .is_active = true,
    };
    OK(cw_index_builder_listing(builder, &listing, &err));
}

static inline void index_opaque(struct cw_index_builder *builder, uint32_t source,
                                const char *value, const char *position)
{
    const struct cw_index_listing listing = {.source = source,
                                             .value = cw_span_cstr(value),
                                             .error = CW_SPAN("CHECKSUM"),
                                             .position = cw_span_cstr(position)};
    OK(cw_index_builder_opaque(builder, &listing, &err));
}

/* One case, two lists, and a text that is no address. */
static inline void index_fill(struct cw_index_builder *builder)
{
    const uint32_t rule = index_source(builder, CW_INDEX_RULE, "case");
    const uint32_t one = index_source(builder, CW_INDEX_FEED, "one");
    const uint32_t two = index_source(builder, CW_INDEX_FEED, "two");
    index_listing(builder, rule, CASE, "", "case");
    index_listing(builder, one, P2PKH, "XBT", "1");
    index_listing(builder, one, EVM, "", "2");
    index_opaque(builder, one, "0xABCDEF12", "line 3");
    index_listing(builder, two, TRON, "", "7");
    index_listing(builder, two, CASE, "", "8");
    index_opaque(builder, two, "no address", "line 9");
}

/* An opened index in memory, with its builder, whose bytes it reads. */
struct index_place {
    struct cw_index_builder *builder;
    struct cw_index *index;
};

static inline void index_open(struct index_place *place)
{
    OK(cw_index_builder_finish(place->builder, &err));
    OK(cw_index_open_memory(cw_index_builder_bytes(place->builder), &place->index, &err));
    CU_ASSERT_PTR_NOT_NULL_FATAL(place->index);
    OK(cw_index_verify(place->index, &err));
}

static inline struct index_place index_make(void)
{
    struct index_place place = {.builder = index_builder(NULL, 3)};
    index_fill(place.builder);
    index_open(&place);
    return place;
}

static inline void index_drop(struct index_place *place)
{
    cw_index_closep(&place->index);
    cw_index_builder_freep(&place->builder);
}

/* ---- asking ---- */

enum { TOLD_BYTES = 4096 };

/* "exact one/2 · encoding two/8", in the order told. */
static inline enum cw_status keep_told(void *ctx, const struct cw_index_item *item,
                                       enum cw_relation relation, CW_UNUSED struct cw_error *err)
{
    char *told = ctx;
    const size_t len = strlen(told);
    (void)snprintf(told + len, TOLD_BYTES - len, "%s%s %.*s/%.*s", len == 0 ? "" : " · ",
                   cw_relation_name(relation), CW_SPAN_ARG(item->source_id),
                   CW_SPAN_ARG(item->entry_id.len > 0 ? item->entry_id : item->position));
    return CW_OK;
}

static inline enum cw_status ask(const struct cw_index *index, const char *text,
                                 char told[static TOLD_BYTES], struct cw_error *err)
{
    struct cw_address address;
    told[0] = '\0';
    CU_ASSERT_EQUAL_FATAL(
        cw_address_parse(cw_span_cstr(text), CW_SPAN(""), CW_ADDRESS_LIST, &address),
        CW_ADDRESS_OK);
    return cw_index_find(index, &address, keep_told, told, err);
}

#endif
