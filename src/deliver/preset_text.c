#include "base/text.h"
#include "deliver/preset.h"

/* Zero width: nobody sees it, and what it stands in is no mention and no link any more. */
#define BREAK    "\xe2\x80\x8b"
#define ELLIPSIS "\xe2\x80\xa6"

enum { PRINTABLE_BYTES_MAX = 32768, PIECE_BYTES = 16 };

static bool is_word(struct cw_span text, size_t at)
{
    if (at >= text.len) {
        return false;
    }
    const unsigned char c = (unsigned char)text.data[at];
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* Within a word "_" formats nothing, and there it belongs to names that people copy. */
static bool is_within_word(struct cw_span text, size_t at)
{
    return at > 0 && is_word(text, at - 1) && is_word(text, at + 1);
}

static bool follows(struct cw_span text, size_t at, struct cw_span word)
{
    return cw_span_equal_nocase(cw_span_slice(text, at, at + word.len), word);
}

/* What clients make a link of without being asked. */
static const char *broken_link(struct cw_span text, size_t at)
{
    if (follows(text, at, CW_SPAN("://"))) {
        return ":" BREAK;
    }
    if (text.data[at] == '.' && at >= 3 && follows(text, at - 3, CW_SPAN("www."))) {
        return BREAK ".";
    }
    return NULL;
}

/* Slack has no escape but its three entities, so everything else is broken up. */
static const char *in_mrkdwn(struct cw_span text, size_t at)
{
    switch (text.data[at]) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '@':
        return "@" BREAK;
    case ']':
        return "]" BREAK; /* Mattermost's links: [text](target) */
    case '*':
        return BREAK "*" BREAK;
    case '~':
        return BREAK "~" BREAK;
    case '`':
        return BREAK "`" BREAK;
    case '_':
        return is_within_word(text, at) ? NULL : BREAK "_" BREAK;
    default:
        return broken_link(text, at);
    }
}

static const char *in_card(struct cw_span text, size_t at)
{
    switch (text.data[at]) {
    case '\\':
        return "\\\\";
    case '[':
        return "\\[";
    case ']':
        return "\\]";
    case '<':
        return "\\<";
    case '>':
        return "\\>";
    case '*':
        return "\\*";
    case '~':
        return "\\~";
    case '`':
        return "\\`";
    case '_':
        return is_within_word(text, at) ? NULL : "\\_";
    case '#':
        return at == 0 ? "\\#" : NULL;
    case '-':
        return at == 0 ? "\\-" : NULL;
    case '+':
        return at == 0 ? "\\+" : NULL;
    default:
        return broken_link(text, at);
    }
}

/* What stands for the character at `at`, or NULL for itself. */
static const char *instead_of(enum cw_preset_syntax syntax, struct cw_span text, size_t at)
{
    switch (syntax) {
    case CW_SYNTAX_PLAIN:
        return NULL;
    case CW_SYNTAX_MRKDWN:
        return in_mrkdwn(text, at);
    case CW_SYNTAX_CARD:
        return in_card(text, at);
    }
    return NULL;
}

static void make_harmless(struct cw_buf *out, enum cw_preset_syntax syntax, struct cw_span text,
                          size_t bytes_max)
{
    const size_t from = out->len;
    uint32_t code_point = 0;
    size_t kept = from; /* up to here an ellipsis still fits behind */
    for (size_t at = 0; at < text.len;) {
        size_t next = at;
        const char *instead = instead_of(syntax, text, at);
        const bool is_good = cw_utf8_next(text, &next, &code_point);
        CW_ASSERT(is_good); /* cw_text_escape leaves nothing else */
        const struct cw_span piece =
            instead != NULL ? cw_span_cstr(instead) : cw_span_slice(text, at, next);
        if (out->len - from + piece.len > bytes_max) {
            out->len = kept;
            cw_buf_str(out, ELLIPSIS);
            return;
        }
        cw_buf_span(out, piece);
        kept = out->len - from + strlen(ELLIPSIS) <= bytes_max ? out->len : kept;
        at = next;
    }
}

void cw_preset_text(struct cw_buf *out, enum cw_preset_syntax syntax, struct cw_span text,
                    size_t bytes_max)
{
    static_assert(PIECE_BYTES > sizeof(ELLIPSIS), "a limit leaves room for one piece");
    CW_ASSERT(bytes_max >= PIECE_BYTES);
    struct cw_buf printable;
    struct cw_buf harmless;
    cw_buf_init(&printable, PRINTABLE_BYTES_MAX);
    cw_buf_init(&harmless, bytes_max + PIECE_BYTES);
    cw_text_escape(&printable, text);
    make_harmless(&harmless, syntax, cw_buf_as_span(&printable), bytes_max);
    if (printable.failed != CW_OK || harmless.failed != CW_OK) {
        out->failed = printable.failed != CW_OK ? printable.failed : harmless.failed;
    } else {
        cw_json_string(out, cw_buf_as_span(&harmless));
    }
    cw_buf_clear(&printable);
    cw_buf_clear(&harmless);
}
