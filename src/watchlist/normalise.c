#include "watchlist/normalise.h"

#include "base/buf.h"
#include "base/text.h"
#include "crypto/hash.h"

enum { ENTRY_JSON_MAX = 64 << 10 };

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
enum cw_status cw_listing_hash(struct cw_listing *listing, struct cw_arena *arena,
                               struct cw_error *err)
{
    struct cw_buf json;
    cw_buf_init(&json, ENTRY_JSON_MAX);
    cw_buf_char(&json, '{');
    put_member(&json, "canonical", listing->canonical);
    put_member(&json, "entry_id", listing->entry_id);
    put_member(&json, "entry_name", listing->entry_name);
    put_member(&json, "listed_on", listing->listed_on);
    put_member(&json, "norm", cw_span_cstr(CW_NORM));
    cw_buf_str(&json, ",\"programs\":[");
    for (size_t i = 0; i < listing->programs_count; i++) {
        cw_buf_str(&json, i > 0 ? "," : "");
        cw_json_string(&json, listing->programs[i]);
    }
    cw_buf_str(&json, "]}");
    enum cw_status status = cw_buf_status(&json, err);
    if (status == CW_OK) {
        listing->entry_json = cw_arena_copy(arena, cw_buf_as_span(&json));
        if (listing->entry_json.data == NULL) {
            status = cw_error_set(err, CW_LIMIT, "list needs more than %u bytes of memory",
                                  CW_FEED_MEMORY_MAX);
        }
    }
    if (status == CW_OK) {
        cw_sha256_hex(listing->entry_json, listing->entry_sha256);
    }
    cw_buf_clear(&json);
    return status;
}

/* Exact keys, and the precompiled contracts 0x01 to 0xff. The hash of the empty public key and the
 * "bitcoin eater" are the burn forms that lists have really held (data: USDT blacklist). */
static const char *const reserved_keys[] = {
    "bitcoin:p2pkh:0000000000000000000000000000000000000000",
    "bitcoin:p2pkh:759d6677091e973b9e9d99f19c68fbf43e3f05f9",
    "bitcoin:p2sh:0000000000000000000000000000000000000000",
    "bitcoin:p2wpkh:0000000000000000000000000000000000000000",
    "evm:account:000000000000000000000000000000000000dead",
    "evm:account:dead000000000000000042069420694206942069",
    "evm:account:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
    "evm:account:ffffffffffffffffffffffffffffffffffffffff",
    "solana:account:0000000000000000000000000000000000000000000000000000000000000000",
    "tron:account:0000000000000000000000000000000000000000",
    "xrpl:account:0000000000000000000000000000000000000000",
    "xrpl:account:0000000000000000000000000000000000000001",
};

bool cw_canonical_is_reserved(struct cw_span canonical)
{
    for (size_t i = 0; i < CW_COUNT(reserved_keys); i++) {
        if (cw_span_is(canonical, reserved_keys[i])) {
            return true;
        }
    }
    /* 0x…0000 to 0x…ffff: zero, precompiles and their neighbours; nobody can hold their keys. */
    return canonical.len == sizeof("evm:account:") - 1 + 40 &&
           cw_span_starts_with(canonical,
                               CW_SPAN("evm:account:000000000000000000000000000000000000"));
}
