#include "feed/stix_object.h"

#include "base/text.h"

#define VERSION_MARK "version "
enum {
    TIME_DATE_BYTES = CW_DATE_TEXT_BYTES - 1,
    KEY_HEX = 2 * sizeof(struct cw_wallet_key),
    VERSION_MARK_BYTES = sizeof(VERSION_MARK) + KEY_HEX,
    VALIDITY_MARK_BYTES = 2 * KEY_HEX + 1,
};

struct cw_span cw_stix_as_text(const json_t *value)
{
    return json_is_string(value) ? cw_span_make(json_string_value(value), json_string_length(value))
                                 : CW_SPAN("");
}

struct cw_span cw_stix_text(const json_t *object, const char *name)
{
    return cw_stix_as_text(json_object_get(object, name));
}

bool cw_stix_is_revoked(const json_t *object)
{
    return json_is_true(json_object_get(object, "revoked"));
}

void cw_stix_day(const json_t *object, const char *name, char ret[static CW_DATE_TEXT_BYTES])
{
    const struct cw_span day = cw_span_slice(cw_stix_text(object, name), 0, TIME_DATE_BYTES);
    ret[0] = '\0';
    if (cw_date_parse(day, NULL)) {
        memcpy(ret, day.data, TIME_DATE_BYTES);
        ret[TIME_DATE_BYTES] = '\0';
    }
}

struct cw_span cw_stix_version(const json_t *object)
{
    const struct cw_span modified = cw_stix_text(object, "modified");
    return cw_span_slice(
        modified, 0, cw_span_ends_with(modified, CW_SPAN("Z")) ? modified.len - 1 : modified.len);
}

/* Versions are kept as names of a mark of the object, of which the one that sorts last is the
 * latest; the object's own key stands in it, so that an identifier may have any length. */
static struct cw_span version_mark(char ret[static VERSION_MARK_BYTES], struct cw_span id)
{
    const struct cw_wallet_key key = cw_wallet_key_of(id);
    memcpy(ret, VERSION_MARK, sizeof(VERSION_MARK) - 1);
    cw_hex_encode(key.bytes, sizeof(key.bytes), ret + sizeof(VERSION_MARK) - 1);
    return cw_span_cstr(ret);
}

enum cw_status cw_stix_keep_version(struct cw_wallets *wallets, const json_t *object,
                                    struct cw_error *err)
{
    char mark[VERSION_MARK_BYTES];
    const struct cw_span id = cw_stix_text(object, "id");
    const struct cw_span version = cw_stix_version(object);
    return id.len == 0 || version.len == 0
               ? CW_OK
               : cw_wallet_add_name(wallets, version_mark(mark, id), version, err);
}

/* Each version of an object has its own validity. */
static struct cw_span validity_mark(char ret[static VALIDITY_MARK_BYTES], struct cw_span id,
                                    struct cw_span version)
{
    const struct cw_wallet_key keys[] = {cw_wallet_key_of(id), cw_wallet_key_of(version)};
    cw_hex_encode(keys[0].bytes, sizeof(keys[0].bytes), ret);
    cw_hex_encode(keys[1].bytes, sizeof(keys[1].bytes), ret + KEY_HEX);
    return cw_span_cstr(ret);
}

/* Kept as a sanction of the object on itself. */
enum cw_status cw_stix_keep_validity(struct cw_wallets *wallets, const json_t *object,
                                     struct cw_error *err)
{
    char mark[VALIDITY_MARK_BYTES];
    struct cw_wallet_sanction validity = {
        .of = cw_wallet_key_of(
            validity_mark(mark, cw_stix_text(object, "id"), cw_stix_version(object)))};
    cw_stix_day(object, "valid_from", validity.from);
    cw_stix_day(object, "valid_until", validity.until);
    if (validity.from[0] == '\0' && validity.until[0] == '\0') {
        return CW_OK;
    }
    return cw_wallet_add_sanction(wallets, &validity, CW_SPAN(""), err);
}

bool cw_stix_has_later(const struct cw_wallets *wallets, struct cw_span id, struct cw_span version)
{
    char mark[VERSION_MARK_BYTES];
    return cw_span_compare(version, cw_wallet_find_last_name(wallets, version_mark(mark, id))) < 0;
}

const struct cw_wallet_sanction *cw_stix_find_validity(const struct cw_wallets *wallets,
                                                       struct cw_span id, struct cw_span version)
{
    char mark[VALIDITY_MARK_BYTES];
    size_t count = 0;
    return cw_wallet_find_sanctions(wallets, validity_mark(mark, id, version), &count);
}
