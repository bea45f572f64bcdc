/* text_words.h: the words of prose, HTML, XML or Markdown, with what stands between two of them.
 *
 * Knows white space, punctuation that never belongs to an address, and markup when the document
 * begins like it: comments, scripts and style sheets are passed over, CDATA is text, and of tags
 * the words in the values of their attributes are told beside the text, which they do not
 * interrupt. Refuses to know what a word means. Streaming; memory is one word of each kind.
 */
#ifndef CW_FEED_TEXT_WORDS_H
#define CW_FEED_TEXT_WORDS_H

#include "base/buf.h"
#include "base/limits.h"
#include "feed/text_guard.h"

/** What stood between a word and the one before it: the strongest of what there was. */
enum cw_word_gap {
    CW_GAP_INLINE, /* tags that show no gap, such as <b> or <wbr> */
    CW_GAP_SPACE,  /* white space on one line */
    CW_GAP_LINE,   /* white space with a line end, <br>, or a mark of quoting ("> ") behind one */
    CW_GAP_OTHER,  /* punctuation, other markup, or the start of the document */
};

struct cw_word {
    struct cw_span text; /* not empty, at most CW_ADDRESS_FIELD_MAX; a longer one is passed over */
    enum cw_word_gap gap;
    uint64_t line;            /* on which it begins, from 1 */
    struct cw_span attribute; /* the name of the attribute whose value it stands in; empty: text */
};
typedef enum cw_status (*cw_word_fn)(void *ctx, const struct cw_word *word, struct cw_error *err);

enum cw_markup_state {
    CW_MARKUP_TEXT,
    CW_MARKUP_TAG,     /* behind "<" */
    CW_MARKUP_VALUE,   /* inside the value of an attribute */
    CW_MARKUP_COMMENT, /* behind "<!--" */
    CW_MARKUP_RAW,     /* inside script or style */
    CW_MARKUP_ENTITY,  /* behind "&" */
};

struct cw_text_words {
    cw_word_fn fn;
    void *ctx;
    struct cw_text_guard guard;
    struct cw_text_head head;
    struct cw_buf word;
    bool is_too_long; /* the word in `word` was given up */
    bool is_markup;   /* the document begins with "<" */
    enum cw_markup_state state;
    struct cw_buf tag;     /* its first bytes, or an entity's */
    struct cw_buf name;    /* of the attribute, its first bytes */
    struct cw_buf value;   /* a word of its value */
    bool is_name_over;     /* white space followed the name */
    bool expects_value;    /* "=" followed it */
    bool is_value_long;    /* the word in `value` was given up */
    char quote;            /* around the value; NUL: none */
    const char *raw_until; /* "</script" */
    size_t seen;           /* of the text that ends a comment, a script or a style sheet */
    enum cw_word_gap gap;  /* before the word to come */
    uint64_t line;
    uint64_t word_line;
};

void cw_text_words_init(struct cw_text_words *words, cw_word_fn fn, void *ctx);
void cw_text_words_clear(struct cw_text_words *words);
/** Returns: CW_OK; CW_UNTRUSTED for NUL or bad UTF-8; CW_NOMEM; what the callback said. */
CW_NODISCARD enum cw_status cw_text_words_feed(struct cw_text_words *words, struct cw_span bytes,
                                               bool is_last, struct cw_error *err);

#endif
