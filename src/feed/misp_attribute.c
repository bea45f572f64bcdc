#include "feed/misp_attribute.h"

static const struct {
    const char *type; /* of an attribute */
    const char *tag;
} COINS[] = {{"btc", "BTC"}, {"xmr", "XMR"}, {"dash", "DASH"}};

static const char *const MEMBERS[] = {"type",    "object_relation", "value",
                                      "comment", "deleted",         "Attribute"};

static struct cw_span text_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? cw_span_make(json_string_value(value), json_string_length(value))
                                 : CW_SPAN("");
}

const char *cw_misp_member(struct cw_span name)
{
    for (size_t i = 0; i < CW_COUNT(MEMBERS); i++) {
        if (cw_span_is(name, MEMBERS[i])) {
            return MEMBERS[i];
        }
    }
    return NULL;
}

static const char *coin_of(struct cw_span type)
{
    for (size_t i = 0; i < CW_COUNT(COINS); i++) {
        if (cw_span_is(type, COINS[i].type)) {
            return COINS[i].tag;
        }
    }
    return NULL;
}

/* "true", in any letter case: Python writes "True". */
static bool is_true_word(struct cw_span text)
{
    static const char word[] = "true";
    size_t same = 0;
    while (same < text.len && same < sizeof(word) - 1 &&
           cw_ascii_lower(text.data[same]) == word[same]) {
        same++;
    }
    return same == sizeof(word) - 1 && same == text.len;
}

static bool is_deleted(const json_t *object)
{
    const json_t *deleted = json_object_get(object, "deleted");
    const struct cw_span text = cw_span_trim(text_in(object, "deleted"));
    return json_is_true(deleted) || cw_span_is(text, "1") || is_true_word(text) ||
           (json_is_number(deleted) && json_number_value(deleted) != 0);
}

struct cw_misp_around cw_misp_around_of(const json_t *object)
{
    const json_t *attributes = json_object_get(object, "Attribute");
    struct cw_misp_around around = {.symbol = CW_SPAN(""), .is_deleted = is_deleted(object)};
    for (size_t i = 0; i < json_array_size(attributes); i++) {
        const json_t *attribute = json_array_get(attributes, i);
        if (cw_span_is(text_in(attribute, "object_relation"), "symbol") && !is_deleted(attribute)) {
            around.symbol = text_in(attribute, "value");
        }
    }
    return around;
}

bool cw_misp_attribute_read(const json_t *attribute, const struct cw_misp_around *around,
                            struct cw_wallet *ret_wallet)
{
    const json_t *type = json_object_get(attribute, "type");
    const char *coin = coin_of(text_in(attribute, "type"));
    const struct cw_span relation = text_in(attribute, "object_relation");
    const bool is_address = coin != NULL || cw_span_is(relation, "address-crypto") ||
                            cw_span_is(relation, "address-xmr");
    *ret_wallet = (struct cw_wallet){0};
    if (!is_address) {
        ret_wallet->error = json_is_object(attribute) ? CW_SPAN("the attribute has no type")
                                                      : CW_SPAN("the attribute is no JSON object");
        return !json_is_string(type);
    }
    ret_wallet->value = text_in(attribute, "value");
    ret_wallet->tag = around->symbol.len > 0 ? around->symbol : cw_span_cstr(coin);
    ret_wallet->note = text_in(attribute, "comment");
    ret_wallet->error = around->is_deleted ? CW_SPAN("the event marks the object as deleted")
                        : is_deleted(attribute)
                            ? CW_SPAN("the event marks the attribute as deleted")
                            : CW_SPAN("");
    return true;
}
