/* A pattern is read token by token, with one token in hand:
 *
 *   [ cryptocurrency-wallet : value NOT IN ( 'a' , 'b' ) ] AND NOT ( … ) START t'…' STOP t'…'
 *     path                          set or row
 *
 * Between comparisons only brackets, the words that join and those of qualifiers may stand; any
 * other token is a part that was not read. */
#include "feed/stix_pattern.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "feed/stix_token.h"

/* The names of a path that count: type:key…, and the last two. */
struct path {
    struct cw_span type;
    struct cw_span key;
    struct cw_span owner;
    struct cw_span last;
};

/* What a comparison says of its texts. */
enum meaning { NOT_ASKED, ADDRESS, SHAPE, EXCLUDED, ORDER };

struct reader {
    struct cw_stix_tokens tokens;
    struct cw_stix_listener listener;
    struct cw_error *err;
    enum cw_status status;
    struct cw_buf value;
    struct cw_stix_token now;
    size_t depth;      /* of brackets */
    size_t negated_at; /* depth of the brackets behind the outermost NOT; 0: none */
    bool is_negated;   /* a NOT waits for what it is about */
    bool has_wallet;   /* some path is a wallet's */
    bool is_unread;    /* in part */
    size_t said;
};

static const struct cw_span WALLET = {"cryptocurrency-wallet", sizeof("cryptocurrency-wallet") - 1};

/* ---- names ---- */

static bool ends_with_nocase(struct cw_span text, struct cw_span end)
{
    return text.len >= end.len &&
           cw_span_equal_nocase(cw_span_slice(text, text.len - end.len, text.len), end);
}

static bool is_one_of(struct cw_span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cw_span_equal_nocase(text, cw_span_cstr(words[i]))) {
            return true;
        }
    }
    return false;
}

bool cw_stix_is_wallet(struct cw_span type)
{
    return ends_with_nocase(type, WALLET);
}

bool cw_stix_mentions(struct cw_span text, struct cw_span word)
{
    CW_ASSERT(word.len > 0);
    for (size_t i = 0; i + word.len <= text.len; i++) {
        if (cw_ascii_lower(text.data[i]) == cw_ascii_lower(word.data[0]) &&
            cw_span_equal_nocase(cw_span_slice(text, i, i + word.len), word)) {
            return true;
        }
    }
    return false;
}

static bool is_wallet_path(struct cw_span name)
{
    return cw_stix_is_wallet(name) || ends_with_nocase(name, CW_SPAN("cryptocurrency"));
}

static bool is_address(const struct path *path)
{
    static const char *const keys[] = {"value", "address"};
    return is_wallet_path(path->owner) && is_one_of(path->last, keys, CW_COUNT(keys));
}

/* What is said of a wallet beside its address. */
static bool is_beside_address(const struct path *path)
{
    static const char *const keys[] = {"type",          "id",       "spec_version", "name",
                                       "description",   "currency", "symbol",       "blockchain",
                                       "currency_code", "network",  "holder_ref"};
    return is_wallet_path(path->type) && is_one_of(path->key, keys, CW_COUNT(keys));
}

/* ---- tokens in hand ---- */

static void advance(struct reader *reader)
{
    reader->now = cw_stix_next_token(&reader->tokens);
}

static bool is_mark(const struct reader *reader, const char *mark)
{
    return reader->now.kind == CW_STIX_MARK && cw_span_is(reader->now.text, mark);
}

static bool is_word(const struct reader *reader, const char *word)
{
    return reader->now.kind == CW_STIX_WORD &&
           cw_span_equal_nocase(reader->now.text, cw_span_cstr(word));
}

static bool take_mark(struct reader *reader, const char *mark)
{
    const bool is_there = is_mark(reader, mark);
    if (is_there) {
        advance(reader);
    }
    return is_there;
}

static bool take_word(struct reader *reader, const char *word)
{
    const bool is_there = is_word(reader, word);
    if (is_there) {
        advance(reader);
    }
    return is_there;
}

/* ---- brackets ---- */

/* What a NOT stands before is negated to its last bracket; a NOT inside does not undo that. */
static void open_bracket(struct reader *reader)
{
    CW_ASSERT(reader->now.kind == CW_STIX_MARK);
    reader->depth++;
    if (reader->is_negated && reader->negated_at == 0) {
        reader->negated_at = reader->depth;
    }
    reader->is_negated = false;
    advance(reader);
}

static void close_bracket(struct reader *reader)
{
    if (reader->depth == 0) {
        reader->is_unread = true;
    } else {
        reader->depth--;
    }
    if (reader->depth < reader->negated_at) {
        reader->negated_at = 0;
    }
    CW_ASSERT(reader->negated_at <= reader->depth);
    advance(reader);
}

/* ---- comparisons ---- */

static void say(struct reader *reader, struct cw_span value, struct cw_span why)
{
    if (reader->status == CW_OK) {
        reader->said++;
        reader->status = reader->listener.said(reader->listener.ctx, value, why, reader->err);
    }
}

static struct cw_span why_not(enum meaning meaning)
{
    switch (meaning) {
    case SHAPE:
        return CW_SPAN("compared by LIKE or MATCHES: a shape, not an address");
    case EXCLUDED:
        return CW_SPAN("compared by NOT or !=: the pattern excludes it");
    case ORDER:
        return CW_SPAN("not compared by = or IN");
    case NOT_ASKED:
    case ADDRESS:
        break;
    }
    return CW_SPAN("");
}

/* Says the literal in hand, which a wallet's value is compared with. */
static void say_literal(struct reader *reader, enum meaning meaning)
{
    const struct cw_span text = reader->now.text;
    struct cw_buf *value = &reader->value;
    if (reader->now.kind == CW_STIX_LITERAL) {
        say(reader, cw_utf8_cut(text, CW_ENTRY_VALUE_MAX),
            meaning == ADDRESS ? CW_SPAN("compared with something that is not a text")
                               : why_not(meaning));
        return;
    }
    cw_buf_reset(value);
    for (size_t i = 0; i < text.len; i++) {
        i += text.data[i] == '\\' && i + 1 < text.len ? 1u : 0u;
        cw_buf_char(value, text.data[i]);
    }
    if (value->failed == CW_NOMEM) {
        reader->status = cw_buf_status(value, reader->err);
    } else if (value->failed != CW_OK) {
        say(reader, CW_SPAN(""), CW_SPAN("a text longer than any address"));
    } else {
        say(reader, cw_buf_as_span(value), why_not(meaning));
    }
}

static bool take_literal(struct reader *reader, enum meaning meaning)
{
    if (reader->now.kind != CW_STIX_TEXT && reader->now.kind != CW_STIX_LITERAL) {
        return false;
    }
    if (meaning != NOT_ASKED) {
        say_literal(reader, meaning);
    }
    advance(reader);
    return true;
}

/* A literal, several with commas, or such in brackets. False where it is something else. */
static bool take_literals(struct reader *reader, enum meaning meaning)
{
    const bool is_set = is_mark(reader, "(");
    if (is_set) {
        open_bracket(reader);
    }
    bool is_read = true;
    if (!is_set || !is_mark(reader, ")")) {
        do {
            is_read = take_literal(reader, meaning);
        } while (is_read && take_mark(reader, ",") && !(is_set && is_mark(reader, ")")));
    }
    if (is_set && is_read && is_mark(reader, ")")) {
        close_bracket(reader);
        return true;
    }
    return is_read && !is_set;
}

static bool take_name(struct reader *reader, struct path *path)
{
    if (reader->now.kind != CW_STIX_WORD && reader->now.kind != CW_STIX_TEXT) {
        return false;
    }
    const struct cw_span name = reader->now.text;
    if (path->type.data == NULL) {
        path->type = name;
    } else if (path->key.data == NULL) {
        path->key = name;
    }
    path->owner = path->last;
    path->last = name;
    advance(reader);
    return true;
}

/* type:key with steps: .key, [0], [*]. */
static bool take_path(struct reader *reader, struct path *path)
{
    *path = (struct path){.type = {NULL, 0}};
    bool is_read = take_name(reader, path);
    while (is_read) {
        if (take_mark(reader, ":") || take_mark(reader, ".")) {
            is_read = take_name(reader, path);
        } else if (take_mark(reader, "[")) {
            const bool is_step = is_mark(reader, "*") || reader->now.kind == CW_STIX_LITERAL;
            advance(reader);
            is_read = is_step && take_mark(reader, "]");
        } else {
            break;
        }
    }
    return is_read && path->key.data != NULL;
}

/* False when there is no operator. */
static bool take_operator(struct reader *reader, bool is_negated, enum meaning *ret)
{
    static const char *const shapes[] = {"LIKE", "MATCHES"};
    static const char *const sets[] = {"ISSUBSET", "ISSUPERSET"};
    const struct cw_span text = reader->now.text;
    const bool is_word = reader->now.kind == CW_STIX_WORD;
    const bool is_sign = reader->now.kind == CW_STIX_OPERATOR;
    if (is_sign && (cw_span_is(text, "!=") || cw_span_is(text, "<>"))) {
        *ret = EXCLUDED;
    } else if ((is_sign && (cw_span_is(text, "=") || cw_span_is(text, "=="))) ||
               (is_word && cw_span_equal_nocase(text, CW_SPAN("IN")))) {
        *ret = ADDRESS;
    } else if (is_word && is_one_of(text, shapes, CW_COUNT(shapes))) {
        *ret = SHAPE;
    } else if (is_sign || (is_word && is_one_of(text, sets, CW_COUNT(sets)))) {
        *ret = ORDER;
    } else {
        return false;
    }
    *ret = is_negated ? EXCLUDED : *ret;
    advance(reader);
    return true;
}

/* A comparison, or a path behind EXISTS, from the token in hand; always takes one token or more. A
 * NOT that was not understood stays, and makes what follows excluded rather than listed. */
static void read_comparison(struct reader *reader)
{
    CW_ASSERT(reader->now.kind == CW_STIX_WORD || reader->now.kind == CW_STIX_TEXT);
    const size_t from = reader->now.from;
    const bool is_alone = take_word(reader, "EXISTS");
    struct path path;
    enum meaning meaning = NOT_ASKED;
    bool is_read = take_path(reader, &path);
    const bool is_asked = is_read && is_address(&path);
    reader->has_wallet |= is_asked || is_wallet_path(path.type);
    if (is_read && !is_alone) {
        reader->is_negated |= take_word(reader, "NOT");
        is_read = take_operator(reader, reader->is_negated || reader->negated_at > 0, &meaning) &&
                  take_literals(reader, is_asked ? meaning : NOT_ASKED);
    }
    if (is_read) {
        reader->is_negated = false;
        const struct cw_span source = cw_span_slice(reader->tokens.pattern, from, reader->now.from);
        is_read = is_asked || is_beside_address(&path) || !cw_stix_mentions(source, WALLET);
    }
    reader->is_unread |= !is_read;
}

/* ---- the whole ---- */

/* Words that stand between comparisons, with the literal behind some of them. */
static bool take_joint(struct reader *reader)
{
    static const char *const joints[] = {
        "AND",   "OR",   "FOLLOWEDBY", "SECONDS", "TIMES", "MINUTES",
        "HOURS", "DAYS", "WEEKS",      "MONTHS",  "YEARS", "MILLISECONDS",
    };
    static const char *const qualifiers[] = {"START", "STOP", "WITHIN", "REPEATS"};
    if (reader->now.kind != CW_STIX_WORD) {
        return false;
    }
    if (is_one_of(reader->now.text, joints, CW_COUNT(joints))) {
        advance(reader);
        return true;
    }
    if (!is_one_of(reader->now.text, qualifiers, CW_COUNT(qualifiers))) {
        return false;
    }
    advance(reader);
    (void)take_literal(reader, NOT_ASKED);
    return true;
}

static void read_next(struct reader *reader)
{
    if (is_mark(reader, "[") || is_mark(reader, "(")) {
        open_bracket(reader);
    } else if (is_mark(reader, "]") || is_mark(reader, ")")) {
        close_bracket(reader);
    } else if (take_word(reader, "NOT")) {
        reader->is_negated = true;
    } else if (take_joint(reader)) {
        return;
    } else if (reader->now.kind == CW_STIX_WORD || reader->now.kind == CW_STIX_TEXT) {
        read_comparison(reader);
    } else {
        /* "!" is no word of patterns, but what it means is clear. */
        reader->is_negated |= is_mark(reader, "!");
        reader->is_unread = true;
        advance(reader);
    }
}

enum cw_status cw_stix_pattern_read(struct cw_span pattern, struct cw_stix_listener listener,
                                    struct cw_error *err)
{
    CW_ASSERT(listener.said != NULL);
    struct reader reader = {.tokens = {.pattern = pattern}, .listener = listener, .err = err};
    cw_buf_init(&reader.value, CW_ENTRY_VALUE_MAX);
    advance(&reader);
    while (reader.now.kind != CW_STIX_END && reader.status == CW_OK) {
        read_next(&reader);
    }
    reader.is_unread |= reader.tokens.is_cut || reader.depth > 0;
    const bool is_about_wallets = reader.has_wallet || cw_stix_mentions(pattern, WALLET);
    if (is_about_wallets && reader.said == 0) {
        say(&reader, CW_SPAN(""), CW_SPAN("the pattern could not be read"));
    } else if (is_about_wallets && reader.is_unread) {
        say(&reader, CW_SPAN(""), CW_SPAN("the pattern could not be read whole"));
    }
    cw_buf_clear(&reader.value);
    return reader.status;
}
