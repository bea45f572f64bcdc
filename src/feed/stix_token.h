/* stix_token.h: the tokens of a STIX pattern, one by one.
 *
 * Knows white space, comments and quotes. Refuses to know what a pattern means, and which words are
 * its operators. Tokens are borrowed from the pattern; nothing is allocated; every call but the one
 * at the end takes a byte or more.
 *
 *   struct cw_stix_tokens tokens = {.pattern = pattern};
 *   for (token = cw_stix_next_token(&tokens); token.kind != CW_STIX_END; …)
 *
 * Source: STIX 2.1 (OASIS Standard, 2021-06-10), section 9, and its ANTLR grammar; texts in double
 * quotes are read like those in single ones.
 */
#ifndef CW_FEED_STIX_TOKEN_H
#define CW_FEED_STIX_TOKEN_H

#include "base/span.h"

enum cw_stix_kind {
    CW_STIX_END,
    CW_STIX_WORD,     /* a name or keyword */
    CW_STIX_TEXT,     /* in quotes */
    CW_STIX_LITERAL,  /* a number, or h'…', b'…', t'…' */
    CW_STIX_OPERATOR, /* = == != <> < <= > >= */
    CW_STIX_MARK,     /* any other byte */
    CW_STIX_BROKEN,   /* a text without its end: the rest of the pattern */
};

struct cw_stix_token {
    enum cw_stix_kind kind;
    struct cw_span text; /* as written, without quotes, escapes not undone */
    size_t from;         /* where it begins in the pattern */
};

struct cw_stix_tokens {
    struct cw_span pattern; /* good UTF-8 */
    size_t at;              /* behind the last token */
    bool is_cut;            /* a text or a comment has no end, and hides what is behind */
};

struct cw_stix_token cw_stix_next_token(struct cw_stix_tokens *tokens);

#endif
