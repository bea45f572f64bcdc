/* Prose, HTML, XML or Markdown in which addresses stand: press releases, court papers, the remarks
 * of the EU's and the UK's lists, investigators' notes.
 *
 * Here a format has to know addresses: nothing but the checksum tells one from a word. What counts:
 *   - a word that decodes with a verified checksum, or 0x and 40 hex digits;
 *   - the same in two pieces with a line end between them, where neither piece decodes;
 *   - a word that was meant as an address and is not one (wrong checksum, 0x and nearly 40 digits):
 *     an unusable entry, for main to say so and for people to look at.
 * A word of capital letters before an address ("ETH:", "XBT") is its tag. A chain whose addresses
 * carry no checksum (Solana) is believed only behind its tag. Main decodes all of it again. */
#include "address/address.h"
#include "feed/format.h"
#include "feed/text_words.h"

enum {
    WORD_MIN = 25,      /* characters of a word that may be an address */
    PIECE_MIN = 4,      /* characters of a piece of one that was broken */
    TAG_LEN_MAX = 5,    /* "USDTX" */
    TAG_WORDS_MAX = 12, /* words over which a tag is remembered in a row of addresses */
    HEX_NEAR_MIN = 38,  /* digits behind 0x that were meant as 40 */
    HEX_NEAR_MAX = 42,
};

struct text {
    struct cw_entry_sink sink;
    struct cw_text_words words;
    char tag[TAG_LEN_MAX + 1];
    size_t tag_age;      /* words since it was seen */
    struct cw_buf piece; /* the last word, when it may be the first half of an address */
    uint64_t piece_line;
};

enum finding { NOTHING, ADDRESS, MEANT_AS_ADDRESS };

static struct cw_span tag_of(const struct text *text)
{
    return text->tag_age <= TAG_WORDS_MAX ? cw_span_cstr(text->tag) : CW_SPAN("");
}

static bool is_alnum(struct cw_span word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (!cw_ascii_is_alpha(word.data[i]) && !cw_ascii_is_digit(word.data[i])) {
            return false;
        }
    }
    return true;
}

/* 0x and about 40 hex digits: somebody lost or doubled one. */
static bool is_nearly_hex(struct cw_span word)
{
    if (!cw_span_starts_with(word, CW_SPAN("0x"))) {
        return false;
    }
    for (size_t i = 2; i < word.len; i++) {
        const char c = cw_ascii_lower(word.data[i]);
        if (!cw_ascii_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return word.len >= 2 + HEX_NEAR_MIN && word.len <= 2 + HEX_NEAR_MAX;
}

/* Without a tag no chain stands up for a text whose checksum fails; the two that are written most
 * are asked by name. */
static bool is_mistyped(struct cw_span word)
{
    static const struct {
        const char *prefix;
        const char *tag;
        size_t len_min;
        size_t len_max;
    } shapes[] = {
        {"1", "XBT", 26, 36},
        {"3", "XBT", 32, 36},
        {"bc1", "XBT", 40, 64},
        {"T", "TRX", 33, 35},
    };
    struct cw_address address;
    for (size_t i = 0; i < CW_COUNT(shapes); i++) {
        if (cw_span_starts_with(word, cw_span_cstr(shapes[i].prefix)) &&
            word.len >= shapes[i].len_min && word.len <= shapes[i].len_max &&
            cw_address_parse_as(word, cw_span_cstr(shapes[i].tag), &address) ==
                CW_ADDRESS_CHECKSUM) {
            return true;
        }
    }
    return false;
}

/* Only what nobody writes by chance: a text without a checksum must be 0x-hex or have its tag. */
static enum finding judge(struct cw_span word, struct cw_span tag)
{
    struct cw_address address;
    if (word.len < WORD_MIN) {
        return NOTHING;
    }
    const enum cw_address_error why = cw_address_parse(word, tag, CW_ADDRESS_LIST, &address);
    if (why == CW_ADDRESS_OK) {
        const bool is_checked = cw_address_checksum(&address) == CW_CHECKSUM_OK;
        const bool is_hex = cw_span_starts_with(cw_address_source(&address), CW_SPAN("0x"));
        const bool is_told =
            tag.len > 0 && (cw_address_flags(&address) & (uint32_t)CW_FLAG_LABEL_MISMATCH) == 0;
        return is_checked || is_hex || is_told ? ADDRESS : NOTHING;
    }
    const bool is_meant = why == CW_ADDRESS_CHECKSUM || is_nearly_hex(word) || is_mistyped(word);
    return is_meant && is_alnum(word) ? MEANT_AS_ADDRESS : NOTHING;
}

static enum cw_status deliver(struct text *text, struct cw_span value, uint64_t line,
                              struct cw_error *err)
{
    char position[64];
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)line);
    const struct cw_entry entry = {
        .position = cw_span_cstr(position), .value = value, .tag = tag_of(text)};
    text->tag_age = 0;
    return text->sink.entry(text->sink.ctx, &entry, err);
}

/* "ETH:", "XBT", "(USDT)": kept for the addresses that follow. */
static void keep_tag(struct text *text, struct cw_span word)
{
    while (word.len > 0 && !cw_ascii_is_alpha(word.data[word.len - 1])) {
        word.len--;
    }
    bool is_tag = word.len >= 3 && word.len <= TAG_LEN_MAX;
    for (size_t i = 0; i < word.len; i++) {
        is_tag &= word.data[i] >= 'A' && word.data[i] <= 'Z';
    }
    text->tag_age++;
    if (is_tag) {
        memcpy(text->tag, word.data, word.len);
        text->tag[word.len] = '\0';
        text->tag_age = 0;
    }
}

static void keep_piece(struct text *text, const struct cw_word *word)
{
    cw_buf_reset(&text->piece);
    if (word->text.len >= PIECE_MIN && word->text.len <= CW_ADDRESS_TEXT_MAX / 2 &&
        is_alnum(word->text)) {
        cw_buf_span(&text->piece, word->text);
        text->piece_line = word->line;
    }
}

/* The word before this one, across a line end, and this one as one address. A joined text needs a
 * checksum: without one, any two words would do. */
static bool joins(struct text *text, const struct cw_word *word)
{
    if (word->gap != CW_GAP_LINE || text->piece.len == 0 || !is_alnum(word->text) ||
        word->text.len < PIECE_MIN || word->text.len > CW_ADDRESS_TEXT_MAX / 2) {
        return false;
    }
    struct cw_address address;
    const size_t before = text->piece.len;
    cw_buf_span(&text->piece, word->text);
    const bool is_one = cw_address_parse(cw_buf_as_span(&text->piece), CW_SPAN(""),
                                         CW_ADDRESS_STRICT, &address) == CW_ADDRESS_OK &&
                        cw_address_checksum(&address) == CW_CHECKSUM_OK;
    text->piece.len = is_one ? text->piece.len : before;
    return is_one;
}

static enum cw_status on_word(void *ctx, const struct cw_word *word, struct cw_error *err)
{
    struct text *text = ctx;
    const enum finding finding = judge(word->text, tag_of(text));
    enum cw_status status = CW_OK;
    if (finding == ADDRESS) {
        cw_buf_reset(&text->piece);
        return deliver(text, word->text, word->line, err);
    }
    if (joins(text, word)) {
        status = deliver(text, cw_buf_as_span(&text->piece), text->piece_line, err);
        cw_buf_reset(&text->piece);
        return status;
    }
    keep_piece(text, word);
    if (finding == MEANT_AS_ADDRESS) {
        return deliver(text, word->text, word->line, err);
    }
    keep_tag(text, word->text);
    return cw_buf_status(&text->piece, err);
}

static enum cw_status text_open(const struct cw_format_options *options, struct cw_entry_sink sink,
                                void **ret_state, struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct text *text = calloc(1, sizeof(*text));
    if (text == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    text->sink = sink;
    cw_text_words_init(&text->words, on_word, text);
    cw_buf_init(&text->piece, CW_ADDRESS_TEXT_MAX);
    *ret_state = text;
    return CW_OK;
}

static enum cw_status text_feed(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    struct text *text = state;
    return cw_text_words_feed(&text->words, bytes, is_last, err);
}

static void text_close(void *state)
{
    struct text *text = state;
    if (text != NULL) {
        cw_text_words_clear(&text->words);
        cw_buf_clear(&text->piece);
        free(text);
    }
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_text = {
    .name = "text",
    .title = "addresses in prose, HTML, XML or Markdown",
    .options = NO_OPTIONS,
    .open = text_open,
    .feed = text_feed,
    .close = text_close,
};
