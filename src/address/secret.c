#include "address/parse.h"

#include "base/text.h"

/* A private key among other words, in a sentence or a link. The field is no address, but whoever
 * shows it, stores it or sends it would give the key away (addresses.md section 1, rule 6). */

enum { SECRET_LENGTH_MIN = 28 }; /* the shortest is a seed of the XRP ledger */

static bool is_word_letter(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c);
}

/* Keys whose letters are not all of one word: their beginning tells them. */
static bool has_secret_prefix(struct cw_span text)
{
    static const char *const prefixes[] = {"secret-extended-key-", "PVT_K1_", "PVT_R1_"};
    for (size_t at = 0; at < text.len; at++) {
        const struct cw_span rest = cw_span_slice(text, at, text.len);
        for (size_t i = 0; i < CW_COUNT(prefixes); i++) {
            if (rest.data[0] == prefixes[i][0] &&
                cw_span_starts_with(rest, cw_span_cstr(prefixes[i]))) {
                return true;
            }
        }
    }
    return false;
}

bool cw_holds_secret(struct cw_span text)
{
    CW_UNSET struct cw_address address;
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && is_word_letter(text.data[end])) {
            end++;
        }
        const struct cw_span word = cw_span_slice(text, at, end);
        if (word.len >= SECRET_LENGTH_MIN && word.len < text.len &&
            cw_parse_detect(word, CW_ADDRESS_LIST, &address) == CW_ADDRESS_SECRET) {
            return true;
        }
        at = end + 1;
    }
    return has_secret_prefix(text);
}
