#include "address/explain.h"

#include <stdio.h>

#include "address/parse.h"

#include "base/text.h"

enum { TRIED_BYTES_MAX = 128 };

/* ---- what was taken off ---- */

void cw_strip(struct cw_address *address, enum cw_stripped what, struct cw_span name)
{
    address->stripped |= (uint32_t)what;
    if (name.len == 0) {
        return;
    }
    const size_t len =
        name.len < sizeof(address->stripped_name) ? name.len : sizeof(address->stripped_name) - 1;
    memcpy(address->stripped_name, name.data, len);
    address->stripped_name[len] = '\0';
    address->stripped_named = (uint32_t)what;
}

uint32_t cw_address_stripped(const struct cw_address *address)
{
    return address->stripped;
}

void cw_address_stripped_words(const struct cw_address *address, struct cw_stripped_words *ret)
{
    static const char *const words[CW_STRIPPED_KINDS] = {
        "zero-width characters",
        "white space around it",
        "punctuation around it",
        "defanging",
        "link to",
        "did:pkh",
        "label",
        "white space inside",
        "CAIP-10 prefix",
        "URI scheme",
        "query",
        "destination tag",
    };
    ret->count = 0;
    for (unsigned bit = 0; bit < CW_STRIPPED_KINDS; bit++) {
        if ((address->stripped & 1u << bit) == 0) {
            continue;
        }
        const bool has_name = address->stripped_named == 1u << bit;
        (void)snprintf(ret->texts[ret->count++], CW_STRIPPED_BYTES, "%s%s%s", words[bit],
                       has_name ? " " : "", has_name ? address->stripped_name : "");
    }
}

/* ---- one character ---- */

static void blame_foreign(uint32_t code_point, size_t character, struct cw_explanation *ret)
{
    char name[64];
    char ascii = 0;
    ret->character = character;
    ret->code_point = code_point;
    if (cw_look_alike(code_point, name, &ascii)) {
        (void)snprintf(ret->text, sizeof(ret->text),
                       "character %zu is U+%04X %s, which looks like %c and is another letter",
                       character, code_point, name, ascii);
    } else if (code_point < 32 || code_point == 127) {
        (void)snprintf(ret->text, sizeof(ret->text), "character %zu is U+%04X, a control character",
                       character, code_point);
    } else {
        (void)snprintf(ret->text, sizeof(ret->text),
                       "character %zu is U+%04X, which no address contains", character, code_point);
    }
}

static void blame_ascii(char c, size_t character, const char *what, struct cw_explanation *ret)
{
    ret->character = character;
    ret->code_point = (uint32_t)(unsigned char)c;
    (void)snprintf(ret->text, sizeof(ret->text), "character %zu is %c, %s", character, c, what);
}

/* The first character that is not ASCII, and that reading does not take off by itself. */
static bool find_foreign(struct cw_span text, struct cw_explanation *ret)
{
    uint32_t code_point = 0;
    size_t at = 0;
    size_t character = 0;
    while (cw_utf8_next(text, &at, &code_point)) {
        character++;
        const bool is_control = code_point < 32 && !cw_is_space((char)code_point);
        if (is_control || code_point == 127 || (code_point > 127 && !cw_is_taken_off(code_point))) {
            blame_foreign(code_point, character, ret);
            return true;
        }
    }
    if (at < text.len) {
        ret->character = character + 1;
        (void)snprintf(ret->text, sizeof(ret->text), "character %zu is no UTF-8", character + 1);
        return true;
    }
    return false;
}

static bool has_hex_prefix(struct cw_span text)
{
    return cw_starts_with_nocase(text, "0x") && text.len > 2;
}

/* Characters that an encoding does not have, and how to say so. */
struct gap {
    size_t start; /* where its digits begin */
    const char *missing;
    const char *text;
};

static struct gap gap_of(struct cw_span text)
{
    if (cw_is_segwit_text(text, NULL) || cw_is_bech32_text(text, NULL)) {
        return (struct gap){cw_span_find(text, '1', 0) + 1, "1bioBIO",
                            "which bech32 does not have (no 1, b, i and o)"};
    }
    return (struct gap){0, "0OIl", "which base58 does not have (no 0, O, I and l)"};
}

/* The first character that is no digit of the encoding the text seems to be in. What is not ASCII
 * is left out: find_foreign had nothing against it, so reading takes it off. */
static bool find_ascii(struct cw_span text, struct cw_explanation *ret)
{
    const bool is_hex = has_hex_prefix(text);
    const struct gap gap = gap_of(text);
    const size_t start = is_hex ? 2 : gap.start;
    uint32_t code_point = 0;
    size_t at = 0;
    for (size_t character = 1; cw_utf8_next(text, &at, &code_point); character++) {
        const char c = (char)(code_point & 0x7fu);
        if (at <= start || code_point > 127) {
            continue;
        }
        const bool is_missing =
            is_hex ? !cw_is_hex(cw_span_make(&c, 1)) : strchr(gap.missing, c) != NULL;
        if (is_missing && code_point < 32) { /* a line break, which is not shown as it is */
            blame_foreign(code_point, character, ret);
            return true;
        }
        if (is_missing) {
            blame_ascii(c, character, is_hex ? "which is no hex digit" : gap.text, ret);
            return true;
        }
    }
    return false;
}

/* ---- the whole text ---- */

/* Names the chains that would read the text if one were named. A name of NEAR or EOS can be any
 * word, and proves nothing. */
static bool explain_readings(struct cw_span text, struct cw_explanation *ret)
{
    size_t count = 0;
    size_t len = 0;
    if (text.len > TRIED_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < CW_CHAINS; i++) {
        struct cw_address address;
        const struct cw_chain *chain = &cw_chain_table[i];
        if (chain->net == CW_NET_TEST || chain->group != (enum cw_chain_id)i ||
            cw_address_parse(text, cw_span_cstr(chain->name), CW_ADDRESS_LIST, &address) !=
                CW_ADDRESS_OK ||
            address.readings[0].kind == CW_KIND_NAME ||
            cw_chain_table[address.readings[0].chain].group != (enum cw_chain_id)i) {
            continue;
        }
        const char *between = count++ == 0 ? "the text does not say its chain; beside that name "
                                             "it is an address of "
                                           : ", ";
        if (len + strlen(between) + strlen(chain->name) < sizeof(ret->text)) {
            len += (size_t)snprintf(ret->text + len, sizeof(ret->text) - len, "%s%s", between,
                                    chain->name);
        }
    }
    return count > 0;
}

bool cw_address_explain_error(struct cw_span text, enum cw_address_error why,
                              struct cw_explanation *ret)
{
    *ret = (struct cw_explanation){.character = 0};
    switch (why) {
    case CW_ADDRESS_CHARSET:
        return find_foreign(text, ret) || find_ascii(text, ret);
    case CW_ADDRESS_UNKNOWN:
    case CW_ADDRESS_AMBIGUOUS:
    case CW_ADDRESS_PREFIX:
        return find_foreign(text, ret) || explain_readings(text, ret);
    case CW_ADDRESS_OK:
    case CW_ADDRESS_SECRET:
    case CW_ADDRESS_CASE:
    case CW_ADDRESS_EMPTY:
    case CW_ADDRESS_TOO_LONG:
    case CW_ADDRESS_LENGTH:
    case CW_ADDRESS_CHECKSUM:
    case CW_ADDRESS_VERSION:
    case CW_ADDRESS_PADDING:
    case CW_ADDRESS_RANGE:
    case CW_ADDRESS_UNSUPPORTED:
    case CW_ADDRESS_CHAIN:
    case CW_ADDRESS_TRUNCATED:
    case CW_ADDRESS_WHITESPACE:
    case CW_ADDRESS_URL:
        return false;
    }
    return false;
}
