#include <jansson.h>

#include "base/text.h"
#include "store/sql.h"

enum { JSON_BYTES_MAX = 64 << 20 };

/* ---- reading
 * -------------------------------------------------------------------------------------- */

/* Most listings have no array but their one spelling: "[]" costs no parser. */
static json_t *read_array(struct cw_sql *sql, int column)
{
    const struct cw_span text = cw_sql_span(sql, column);
    if (cw_span_is(text, "[]") || sql->wrong != CW_OK) {
        return NULL;
    }
    json_error_t why;
    json_t *array = json_loadb(text.data, text.len, JSON_ALLOW_NUL, &why);
    if (array == NULL && json_error_code(&why) == json_error_out_of_memory) {
        sql->wrong = CW_NOMEM;
    } else if (!json_is_array(array)) {
        cw_sql_damaged(sql);
        json_decref(array);
        array = NULL;
    }
    return array;
}

static struct cw_span string_of(struct cw_sql *sql, const json_t *value)
{
    if (!json_is_string(value)) {
        cw_sql_damaged(sql);
        return CW_SPAN("");
    }
    return cw_span_make(json_string_value(value), json_string_length(value));
}

static void *array_of(struct cw_sql *sql, struct cw_listing_row *row, int slot, size_t count,
                      size_t size)
{
    row->arrays[slot] = calloc(count == 0 ? 1 : count, size);
    if (row->arrays[slot] == NULL) {
        sql->wrong = CW_NOMEM;
    }
    return row->arrays[slot];
}

static void read_strings(struct cw_sql *sql, int column, struct cw_listing_row *row, int slot,
                         const struct cw_span **ret, size_t *ret_count)
{
    json_t *array = read_array(sql, column);
    row->json[slot] = array;
    const size_t count = json_array_size(array);
    struct cw_span *items =
        count == 0 ? NULL : array_of(sql, row, slot, count, sizeof(struct cw_span));
    for (size_t i = 0; items != NULL && i < count; i++) {
        items[i] = string_of(sql, json_array_get(array, i));
    }
    *ret = items;
    *ret_count = items == NULL ? 0 : count;
}

static void read_related(struct cw_sql *sql, int column, struct cw_listing_row *row, int slot)
{
    json_t *array = read_array(sql, column);
    row->json[slot] = array;
    const size_t count = json_array_size(array);
    struct cw_entry_related *items =
        count == 0 ? NULL : array_of(sql, row, slot, count, sizeof(struct cw_entry_related));
    for (size_t i = 0; items != NULL && i < count; i++) {
        const json_t *pair = json_array_get(array, i);
        items[i].type = string_of(sql, json_array_get(pair, 0));
        items[i].entry_id = string_of(sql, json_array_get(pair, 1));
    }
    row->listing.related = items;
    row->listing.related_count = items == NULL ? 0 : count;
}

bool cw_listing_row_read(struct cw_sql *sql, int column, struct cw_listing_row *ret)
{
    *ret = (struct cw_listing_row){.listing = {.is_reserved = false}};
    struct cw_listing *listing = &ret->listing;
    listing->entry_id = cw_sql_span(sql, column);
    listing->canonical = cw_sql_span(sql, column + 1);
    listing->value = cw_sql_span(sql, column + 2);
    listing->tag = cw_sql_span(sql, column + 3);
    listing->encoding = cw_sql_span(sql, column + 4);
    listing->entry_name = cw_sql_span(sql, column + 5);
    listing->listed_on = cw_sql_span(sql, column + 6);
    listing->note = cw_sql_span(sql, column + 7);
    listing->position = cw_sql_span(sql, column + 8);
    read_strings(sql, column + 9, ret, 0, &listing->values, &listing->values_count);
    read_strings(sql, column + 10, ret, 1, &listing->tags, &listing->tags_count);
    read_strings(sql, column + 11, ret, 2, &listing->programs, &listing->programs_count);
    read_related(sql, column + 12, ret, 3);
    cw_sql_text(sql, column + 13, listing->entry_sha256, sizeof(listing->entry_sha256));
    listing->is_reserved = cw_sql_bool(sql, column + 14);
    listing->episode = cw_sql_u64(sql, column + 15);
    listing->revision = cw_sql_u64(sql, column + 16);
    return sql->wrong == CW_OK;
}

void cw_listing_row_clear(struct cw_listing_row *row)
{
    for (size_t i = 0; i < CW_COUNT(row->json); i++) {
        json_decref(row->json[i]);
        free(row->arrays[i]);
        row->json[i] = NULL;
        row->arrays[i] = NULL;
    }
}

/* ---- writing
 * -------------------------------------------------------------------------------------- */

static enum cw_status put_string(struct cw_buf *out, struct cw_span text, struct cw_error *err)
{
    if (!cw_utf8_is_valid(text)) {
        return cw_error_set(err, CW_INVALID, "a listing holds a text that is not UTF-8: %.*s",
                            CW_SPAN_ARG(cw_span_slice(text, 0, 64)));
    }
    if (out->len > 1 && out->data[out->len - 1] != '[') {
        cw_buf_char(out, ',');
    }
    cw_json_string(out, text);
    return CW_OK;
}

static enum cw_status put_strings(struct cw_buf *out, const struct cw_span *items, size_t count,
                                  struct cw_error *err)
{
    enum cw_status status = CW_OK;
    cw_buf_char(out, '[');
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = put_string(out, items[i], err);
    }
    cw_buf_char(out, ']');
    return status == CW_OK ? cw_buf_status(out, err) : status;
}

static enum cw_status put_related(struct cw_buf *out, const struct cw_listing *listing,
                                  struct cw_error *err)
{
    enum cw_status status = CW_OK;
    cw_buf_char(out, '[');
    for (size_t i = 0; status == CW_OK && i < listing->related_count; i++) {
        cw_buf_str(out, i == 0 ? "[" : ",[");
        status = put_string(out, listing->related[i].type, err);
        if (status == CW_OK) {
            status = put_string(out, listing->related[i].entry_id, err);
        }
        cw_buf_char(out, ']');
    }
    cw_buf_char(out, ']');
    return status == CW_OK ? cw_buf_status(out, err) : status;
}

enum cw_status cw_listing_json_make(const struct cw_listing *listing, struct cw_listing_json *ret,
                                    struct cw_error *err)
{
    for (size_t i = 0; i < CW_COUNT(ret->arrays); i++) {
        cw_buf_init(&ret->arrays[i], JSON_BYTES_MAX);
    }
    enum cw_status status =
        put_strings(&ret->arrays[0], listing->values, listing->values_count, err);
    if (status == CW_OK) {
        status = put_strings(&ret->arrays[1], listing->tags, listing->tags_count, err);
    }
    if (status == CW_OK) {
        status = put_strings(&ret->arrays[2], listing->programs, listing->programs_count, err);
    }
    return status == CW_OK ? put_related(&ret->arrays[3], listing, err) : status;
}

void cw_listing_json_clear(struct cw_listing_json *json)
{
    for (size_t i = 0; i < CW_COUNT(json->arrays); i++) {
        cw_buf_clear(&json->arrays[i]);
    }
}

void cw_listing_put(struct cw_sql *sql, const struct cw_listing *listing,
                    const struct cw_listing_json *json)
{
    cw_sql_put_text(sql, listing->entry_id);
    cw_sql_put_text(sql, listing->canonical);
    cw_sql_put_text(sql, listing->value);
    cw_sql_put_text(sql, listing->tag);
    cw_sql_put_text(sql, listing->encoding);
    cw_sql_put_text(sql, listing->entry_name);
    cw_sql_put_text(sql, listing->listed_on);
    cw_sql_put_text(sql, listing->note);
    cw_sql_put_text(sql, listing->position);
    for (size_t i = 0; i < CW_COUNT(json->arrays); i++) {
        cw_sql_put_text(sql, cw_buf_as_span(&json->arrays[i]));
    }
    cw_sql_put_cstr(sql, listing->entry_sha256);
    cw_sql_put_i64(sql, listing->is_reserved);
    cw_sql_put_u64(sql, listing->episode);
    cw_sql_put_u64(sql, listing->revision);
}

/* ---- comparing
 * ------------------------------------------------------------------------------------ */

static bool are_same(const struct cw_span *a, size_t a_count, const struct cw_span *b,
                     size_t b_count)
{
    bool is_same = a_count == b_count;
    for (size_t i = 0; is_same && i < a_count; i++) {
        is_same = cw_span_equal(a[i], b[i]);
    }
    return is_same;
}

static bool are_related_same(const struct cw_listing *a, const struct cw_listing *b)
{
    bool is_same = a->related_count == b->related_count;
    for (size_t i = 0; is_same && i < a->related_count; i++) {
        is_same = cw_span_equal(a->related[i].type, b->related[i].type) &&
                  cw_span_equal(a->related[i].entry_id, b->related[i].entry_id);
    }
    return is_same;
}

bool cw_listing_is_same(const struct cw_listing *a, const struct cw_listing *b)
{
    return cw_span_equal(a->entry_id, b->entry_id) && cw_span_equal(a->canonical, b->canonical) &&
           cw_span_equal(a->value, b->value) && cw_span_equal(a->tag, b->tag) &&
           cw_span_equal(a->encoding, b->encoding) && cw_span_equal(a->entry_name, b->entry_name) &&
           cw_span_equal(a->listed_on, b->listed_on) && cw_span_equal(a->note, b->note) &&
           a->is_reserved == b->is_reserved &&
           are_same(a->values, a->values_count, b->values, b->values_count) &&
           are_same(a->tags, a->tags_count, b->tags, b->tags_count) &&
           are_same(a->programs, a->programs_count, b->programs, b->programs_count) &&
           are_related_same(a, b);
}
