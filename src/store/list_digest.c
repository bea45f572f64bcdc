#include "crypto/hash.h"
#include "store/sql.h"

enum { ROW_BYTES_MAX = 64 << 20 };

static void put_number(struct cw_buf *out, uint64_t value)
{
    for (unsigned shift = 0; shift < 64; shift += 8) {
        cw_buf_char(out, (char)(unsigned char)(value >> shift));
    }
}

/* Length before bytes: two listings that share their concatenation still differ. */
static void put_text(struct cw_buf *out, struct cw_span text)
{
    put_number(out, text.len);
    cw_buf_span(out, text);
}

static void put_texts(struct cw_buf *out, const struct cw_span *items, size_t count)
{
    put_number(out, count);
    for (size_t i = 0; i < count; i++) {
        put_text(out, items[i]);
    }
}

/* Everything that is stored of a listing but its position, which moves without being news, and its
 * entry hash, which another normaliser would compute differently from the same listing. */
static enum cw_status hash_listing(const struct cw_listing *listing, uint8_t ret[static 32],
                                   struct cw_error *err)
{
    struct cw_buf row;
    cw_buf_init(&row, ROW_BYTES_MAX);
    put_text(&row, listing->entry_id);
    put_text(&row, listing->canonical);
    put_text(&row, listing->value);
    put_text(&row, listing->tag);
    put_text(&row, listing->encoding);
    put_text(&row, listing->entry_name);
    put_text(&row, listing->listed_on);
    put_text(&row, listing->note);
    put_texts(&row, listing->values, listing->values_count);
    put_texts(&row, listing->tags, listing->tags_count);
    put_texts(&row, listing->programs, listing->programs_count);
    put_number(&row, listing->related_count);
    for (size_t i = 0; i < listing->related_count; i++) {
        put_text(&row, listing->related[i].type);
        put_text(&row, listing->related[i].entry_id);
    }
    put_number(&row, listing->is_reserved ? 1 : 0);
    put_number(&row, listing->episode);
    put_number(&row, listing->revision);
    const enum cw_status status = cw_buf_status(&row, err);
    if (status == CW_OK) {
        cw_sha256(cw_buf_as_span(&row), ret);
    }
    cw_buf_clear(&row);
    return status;
}

enum cw_status cw_list_digest_add(struct cw_list_digest *digest, const struct cw_listing *listing,
                                  struct cw_error *err)
{
    uint8_t hash[32];
    const enum cw_status status = hash_listing(listing, hash, err);
    unsigned carry = 0;
    for (size_t i = sizeof(hash); status == CW_OK && i-- > 0;) {
        const unsigned sum = digest->bytes[i] + hash[i] + carry;
        digest->bytes[i] = (uint8_t)(sum & 0xff);
        carry = sum >> 8;
    }
    return status;
}

enum cw_status cw_list_digest_remove(struct cw_list_digest *digest,
                                     const struct cw_listing *listing, struct cw_error *err)
{
    uint8_t hash[32];
    const enum cw_status status = hash_listing(listing, hash, err);
    unsigned borrow = 0;
    for (size_t i = sizeof(hash); status == CW_OK && i-- > 0;) {
        const unsigned difference = 256u + digest->bytes[i] - hash[i] - borrow;
        digest->bytes[i] = (uint8_t)(difference & 0xff);
        borrow = difference < 256 ? 1 : 0;
    }
    return status;
}

enum cw_status cw_list_digest_load(struct cw_store *store, const char *feed,
                                   struct cw_list_digest *ret, struct cw_error *err)
{
    struct cw_list_digest digest = {{0}};
    struct cw_sql sql = cw_sql_begin(store, "SELECT digest FROM lists WHERE feed = ?");
    cw_sql_put_cstr(&sql, feed);
    if (cw_sql_next(&sql)) {
        const struct cw_span bytes = cw_sql_span(&sql, 0);
        if (bytes.len == sizeof(digest.bytes)) {
            memcpy(digest.bytes, bytes.data, bytes.len);
        } else {
            cw_sql_damaged(&sql);
        }
    }
    const enum cw_status status = cw_sql_end(&sql, err);
    if (status == CW_OK) {
        *ret = digest;
    }
    return status;
}

enum cw_status cw_list_digest_save(struct cw_store *store, const char *feed,
                                   const struct cw_list_digest *digest, struct cw_error *err)
{
    struct cw_sql sql =
        cw_sql_begin(store, "INSERT OR REPLACE INTO lists (feed, digest) VALUES (?, ?)");
    cw_sql_put_cstr(&sql, feed);
    cw_sql_put_blob(&sql, cw_span_make(digest->bytes, sizeof(digest->bytes)));
    return cw_sql_run(&sql, err);
}
