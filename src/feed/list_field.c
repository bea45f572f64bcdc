#include "feed/list_field.h"

enum { SYNONYMS_MAX = 24 };
static_assert(2 * SYNONYMS_MAX <= (int)CW_FIELD_RANK_NONE, "no synonym ranks as none");

/* What publishers call a field, best first. Only names that mean one thing: a column "id" is often
 * a row number, and a wrong identifier would make every new edition a changed one. */
static const struct {
    const char *name;
    const char *synonyms[SYNONYMS_MAX];
} FIELDS[CW_LIST_FIELDS] = {
    [CW_FIELD_ADDRESS] = {"address",
                          {"address", "banned_address", "wallet", "wallet_address",
                           "crypto_address", "cryptocurrency_address", "digital_currency_address",
                           "blockchain_address", "contract_address", "account_address", "addr",
                           "addresses", "wallet_addresses", "crypto_addresses",
                           "digital_currency_addresses", "wallets", NULL}},
    [CW_FIELD_TAG] = {"tag",
                      {"network", "chain", "blockchain", "currency", "ticker", "coin", "symbol",
                       "asset", NULL}},
    [CW_FIELD_ENTRY_ID] = {"entry_id", {"entry_id", "entity_id", "uid", NULL}},
    [CW_FIELD_ENTRY_NAME] = {"entry_name", {"entry_name", "entity_name", "name", "entity", NULL}},
    [CW_FIELD_PROGRAMS] = {"programs", {"programs", "program", NULL}},
    [CW_FIELD_LISTED_ON] = {"listed_on",
                            {"listed_on", "date_listed", "listing_date", "date", NULL}},
    [CW_FIELD_NOTE] = {"note", {"note", "notes", "comment", "comments", "remarks", "label", NULL}},
};

void cw_field_names_init(struct cw_field_names *names)
{
    *names = (struct cw_field_names){0};
    cw_buf_init(&names->text, CW_CONFIG_BYTES_MAX);
}

void cw_field_names_clear(struct cw_field_names *names)
{
    cw_buf_clear(&names->text);
}

const char *cw_list_field_name(enum cw_list_field field)
{
    CW_ASSERT((size_t)field < CW_LIST_FIELDS);
    return FIELDS[field].name;
}

enum cw_status cw_field_names_set(struct cw_field_names *names,
                                  const struct cw_format_option *option, const char *suffix,
                                  struct cw_error *err)
{
    const struct cw_span end = cw_span_cstr(suffix);
    if (!cw_span_ends_with(option->name, end)) {
        return CW_NOT_FOUND;
    }
    const struct cw_span stem = cw_span_slice(option->name, 0, option->name.len - end.len);
    const struct cw_span value = cw_span_trim(option->value);
    for (size_t i = 0; i < CW_LIST_FIELDS; i++) {
        if (!cw_span_is(stem, FIELDS[i].name)) {
            continue;
        }
        if (value.len == 0) {
            return cw_error_set(err, CW_INVALID, "%.*s: the name of a column or member is empty",
                                CW_SPAN_ARG(option->name));
        }
        names->wanted[i].at = names->text.len;
        names->wanted[i].len = value.len;
        cw_buf_span(&names->text, value);
        return cw_buf_status(&names->text, err);
    }
    return CW_NOT_FOUND;
}

struct cw_span cw_field_names_wanted(const struct cw_field_names *names, enum cw_list_field field)
{
    const size_t at = names->wanted[field].at;
    return cw_span_slice(cw_buf_as_span(&names->text), at, at + names->wanted[field].len);
}

/* "Wallet Address", "wallet-address" and "walletAddress" are one name. */
static bool is_same_name(struct cw_span name, struct cw_span synonym)
{
    size_t at = 0;
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == ' ' || name.data[i] == '-' || name.data[i] == '_') {
            continue;
        }
        at += at < synonym.len && synonym.data[at] == '_' ? 1u : 0u;
        if (at == synonym.len || cw_ascii_lower(name.data[i]) != synonym.data[at++]) {
            return false;
        }
    }
    return at == synonym.len;
}

size_t cw_field_rank(const struct cw_field_names *names, enum cw_list_field field,
                     struct cw_span name)
{
    const struct cw_span wanted = cw_field_names_wanted(names, field);
    if (wanted.len > 0) {
        return cw_span_equal_nocase(name, wanted) ? 0 : CW_FIELD_RANK_NONE;
    }
    const char *const *synonyms = FIELDS[field].synonyms;
    for (size_t i = 0; synonyms[i] != NULL; i++) {
        const struct cw_span synonym = cw_span_cstr(synonyms[i]);
        if (is_same_name(name, synonym)) {
            return 2 * i + (cw_span_equal_nocase(name, synonym) ? 0u : 1u);
        }
    }
    return CW_FIELD_RANK_NONE;
}
