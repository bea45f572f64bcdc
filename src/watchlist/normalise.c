#include "watchlist/normalise.h"

#include "base/text.h"
#include "crypto/hash.h"

enum { ENTRY_SHOWN_MAX = 80 };

static int compare_spans(const void *a, const void *b)
{
    return cw_span_compare(*(const struct cw_span *)a, *(const struct cw_span *)b);
}

size_t cw_spans_sort_unique(struct cw_span *items, size_t count)
{
    if (count == 0) {
        return 0;
    }
    qsort(items, count, sizeof(items[0]), compare_spans);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const bool is_repeat = kept > 0 && cw_span_equal(items[kept - 1], items[i]);
        if (items[i].len > 0 && !is_repeat) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

int cw_listing_compare_keys(const struct cw_listing *a, const struct cw_listing *b)
{
    const int by_entry = cw_span_compare(a->entry_id, b->entry_id);
    return by_entry != 0 ? by_entry : cw_span_compare(a->canonical, b->canonical);
}

static void put_member(struct cw_buf *out, const char *name, struct cw_span value)
{
    if (value.len == 0) {
        return;
    }
    if (out->len > 1) {
        cw_buf_char(out, ',');
    }
    cw_json_string(out, cw_span_cstr(name));
    cw_buf_char(out, ':');
    cw_json_string(out, value);
}

/* Members in byte order of their names: what is hashed must not depend on the order we happen to
 * write in. Spellings, tags, notes and positions are left out: a list that re-orders itself or
 * prints the same key in other letters has changed nothing that anybody should be woken for. */
void cw_listing_json(const struct cw_listing *listing, struct cw_buf *out)
{
    CW_ASSERT(out->len == 0);
    cw_buf_char(out, '{');
    put_member(out, "canonical", listing->canonical);
    put_member(out, "entry_id", listing->entry_id);
    put_member(out, "entry_name", listing->entry_name);
    put_member(out, "listed_on", listing->listed_on);
    put_member(out, "norm", cw_span_cstr(CW_NORM));
    cw_buf_str(out, ",\"programs\":[");
    for (size_t i = 0; i < listing->programs_count; i++) {
        cw_buf_str(out, i > 0 ? "," : "");
        cw_json_string(out, listing->programs[i]);
    }
    cw_buf_str(out, "]}");
}

/* Of what is hashed the programmes alone have no limit of their own: every record of the list that
 * names the same address of the same entry adds to them. */
static enum cw_status too_long(const struct cw_listing *listing, struct cw_error *err)
{
    const struct cw_span id = cw_span_slice(listing->entry_id, 0, ENTRY_SHOWN_MAX);
    return cw_error_set(
        err, CW_LIMIT,
        "entry \"%.*s\", address %.*s: the %zu programmes that all its records name "
        "take more than the %d bytes of one listing: the list cannot be read; ask "
        "its publisher",
        CW_SPAN_ARG(id), CW_SPAN_ARG(listing->canonical), listing->programs_count,
        CW_ENTRY_JSON_MAX);
}

enum cw_status cw_listing_hash(struct cw_listing *listing, struct cw_error *err)
{
    struct cw_buf json;
    cw_buf_init(&json, CW_ENTRY_JSON_MAX);
    cw_listing_json(listing, &json);
    enum cw_status status = cw_buf_status(&json, NULL);
    if (status == CW_LIMIT) {
        status = too_long(listing, err);
    } else if (status != CW_OK) {
        status = cw_buf_status(&json, err);
    } else {
        cw_sha256_hex(cw_buf_as_span(&json), listing->entry_sha256);
    }
    cw_buf_clear(&json);
    return status;
}
