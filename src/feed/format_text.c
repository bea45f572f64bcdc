/* Prose, HTML, XML or Markdown in which addresses stand: press releases, court papers, the remarks
 * of the EU's and the UK's lists, investigators' notes.
 *
 * Here a format has to know addresses: nothing but the checksum tells one from a word. What counts:
 *   - a word that decodes with a verified checksum, or 0x and 40 hex digits; failing that, the same
 *     of what stands in it between other characters ("wallet=ADDRESS", "ADDRESS/ADDRESS");
 *   - the same in up to four pieces with a line end or such a tag as <b> between them, where no
 *     piece decodes;
 *   - a word that was meant as an address and is not one (wrong checksum, 0x and nearly 40 digits):
 *     an unusable entry, for main to say so and for people to look at.
 * The value of an attribute (a link, <wallet address="...">) counts as a word beside the text.
 * A word of capital letters before an address ("ETH:", "XBT") is its tag. A chain whose addresses
 * carry no checksum (Solana) is believed only behind its tag. Main decodes all of it again. */
#include "address/address.h"
#include "feed/format.h"
#include "feed/text_words.h"

enum {
    WORD_MIN = 25, /* characters of a word that may be an address */
    PIECE_MIN = 4, /* characters of the first piece of one that was broken by a line */
    PIECE_MAX = CW_ADDRESS_TEXT_MAX / 2,
    PIECES_MAX = 4,
    HEX_LEN = 42,       /* 0x and 40 digits */
    TAG_LEN_MAX = 5,    /* "USDTX" */
    TAG_WORDS_MAX = 12, /* words over which a tag is remembered in a row of addresses */
    HEX_NEAR_MIN = 38,  /* digits behind 0x that were meant as 40 */
    HEX_NEAR_MAX = 42,
};

/* A word that may be a piece of an address. */
struct piece {
    char text[PIECE_MAX];
    size_t len;
    uint64_t line;
    bool is_after_tag; /* only such tags as <b> stand between it and the piece before */
    bool is_meant;     /* as an address of its own: told when it is a piece of none */
    char tag[TAG_LEN_MAX + 1];
};

struct text {
    struct cw_entry_sink sink;
    struct cw_text_words words;
    char tag[TAG_LEN_MAX + 1];
    size_t tag_age; /* words since it was seen */

    struct piece pieces[PIECES_MAX]; /* the last words, if each may go on in the next */
    size_t pieces_count;
    size_t held; /* of these the last, 0 none: an address, unless more hex digits follow */
    char joined[PIECES_MAX * PIECE_MAX];
    struct cw_buf linked; /* the address in the last attribute, which the text may repeat */
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

static bool is_hex(struct cw_span digits)
{
    for (size_t i = 0; i < digits.len; i++) {
        const char c = cw_ascii_lower(digits.data[i]);
        if (!cw_ascii_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return true;
}

/* 0x and about 40 hex digits: somebody lost or doubled one. */
static bool is_nearly_hex(struct cw_span word)
{
    return cw_span_starts_with(word, CW_SPAN("0x")) && is_hex(cw_span_slice(word, 2, word.len)) &&
           word.len >= 2 + HEX_NEAR_MIN && word.len <= 2 + HEX_NEAR_MAX;
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
                              struct cw_span tag, struct cw_error *err)
{
    char position[64];
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)line);
    const struct cw_entry entry = {.position = cw_span_cstr(position), .value = value, .tag = tag};
    return text->sink.entry(text->sink.ctx, &entry, err);
}

/* An address of the text, but not when it repeats the link around it. */
static enum cw_status deliver_found(struct text *text, struct cw_span value, uint64_t line,
                                    struct cw_error *err)
{
    const bool is_again = cw_span_equal(value, cw_buf_as_span(&text->linked));
    const struct cw_span tag = tag_of(text);
    cw_buf_reset(&text->linked);
    text->tag_age = 0;
    return is_again ? CW_OK : deliver(text, value, line, tag, err);
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

/* ---- pieces ---- */

/* A word without what ends a sentence or a line behind it. */
static struct cw_span without_end(struct cw_span word)
{
    while (word.len > 0 && !cw_ascii_is_alpha(word.data[word.len - 1]) &&
           !cw_ascii_is_digit(word.data[word.len - 1])) {
        word.len--;
    }
    return word;
}

/* The pieces from..to as one text, in text->joined. */
static struct cw_span join(struct text *text, size_t from, size_t to)
{
    size_t len = 0;
    for (size_t i = from; i < to; i++) {
        memcpy(text->joined + len, text->pieces[i].text, text->pieces[i].len);
        len += text->pieces[i].len;
    }
    return cw_span_make(text->joined, len);
}

static bool has_digit(struct cw_span word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (cw_ascii_is_digit(word.data[i])) {
            return true;
        }
    }
    return false;
}

/* Hex digits that go on from 0x, and no word such as "be". */
static bool goes_on_in_hex(struct cw_span word, bool is_after_tag)
{
    return word.len > 0 && is_hex(word) &&
           (is_after_tag || (word.len >= PIECE_MIN && has_digit(word)));
}

/* How many of the pieces from `from` on go on in hex from 0x; 0 when it does not begin so. */
static size_t hex_pieces(const struct text *text, size_t from)
{
    size_t to = from + 1;
    const struct cw_span first = cw_span_make(text->pieces[from].text, text->pieces[from].len);
    if (!cw_span_starts_with(first, CW_SPAN("0x")) || !is_hex(cw_span_slice(first, 2, first.len))) {
        return 0;
    }
    for (; to < text->pieces_count; to++) {
        const struct piece *next = &text->pieces[to];
        if (!goes_on_in_hex(cw_span_make(next->text, next->len), next->is_after_tag)) {
            break;
        }
    }
    return to - from;
}

/* Tells what the first pieces were meant as. Hex digits that go on from 0x are one word, perhaps a
 * hash. */
static enum cw_status tell_meant(struct text *text, size_t end, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < end && status == CW_OK; i++) {
        const struct piece *piece = &text->pieces[i];
        const size_t count = hex_pieces(text, i);
        const bool goes_on = count > 1 && i + count <= end;
        const struct cw_span meant = join(text, i, goes_on ? i + count : i + 1);
        if (goes_on ? is_nearly_hex(meant) : piece->is_meant) {
            status = deliver(text, meant, piece->line, cw_span_cstr(piece->tag), err);
        }
    }
    return status;
}

/* Nothing goes on from the pieces: an address that was held is one. */
static enum cw_status end_pieces(struct text *text, struct cw_error *err)
{
    const size_t from = text->pieces_count - text->held;
    enum cw_status status = tell_meant(text, from, err);
    if (status == CW_OK && text->held > 0) {
        status =
            deliver_found(text, join(text, from, text->pieces_count), text->pieces[from].line, err);
    }
    text->pieces_count = 0;
    text->held = 0;
    return status;
}

static enum cw_status keep_piece(struct text *text, const struct cw_word *word, bool is_meant,
                                 struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (text->pieces_count == PIECES_MAX) {
        status = tell_meant(text, 1, err);
        text->pieces_count--;
        memmove(text->pieces, text->pieces + 1, text->pieces_count * sizeof(text->pieces[0]));
    }
    const struct cw_span bare = without_end(word->text);
    struct piece *piece = &text->pieces[text->pieces_count++];
    CW_ASSERT(bare.len > 0 && bare.len <= PIECE_MAX);
    memcpy(piece->text, bare.data, bare.len);
    piece->len = bare.len;
    piece->line = word->line;
    piece->is_after_tag = word->gap == CW_GAP_INLINE;
    piece->is_meant = is_meant;
    (void)snprintf(piece->tag, sizeof(piece->tag), "%.*s", CW_SPAN_ARG(tag_of(text)));
    return status;
}

static bool is_proven(struct cw_span joined)
{
    struct cw_address address;
    return joined.len >= WORD_MIN && joined.len <= CW_ADDRESS_TEXT_MAX &&
           cw_address_parse(joined, CW_SPAN(""), CW_ADDRESS_STRICT, &address) == CW_ADDRESS_OK &&
           cw_address_checksum(&address) == CW_CHECKSUM_OK;
}

/* The last pieces as one address. A joined text needs a checksum, without which any two words would
 * do, or to be 0x and 40 hex digits with no more behind them. */
static enum cw_status joins(struct text *text, struct cw_error *err)
{
    const size_t end = text->pieces_count;
    for (size_t from = end - 1; from-- > 0;) {
        if (text->pieces[from].len < PIECE_MIN && !text->pieces[from + 1].is_after_tag) {
            continue;
        }
        const struct cw_span joined = join(text, from, end);
        if (is_proven(joined)) {
            text->held = end - from;
            return end_pieces(text, err);
        }
        if (joined.len == HEX_LEN && hex_pieces(text, from) == end - from) {
            text->held = end - from;
        }
    }
    return CW_OK;
}

/* ---- words ---- */

static enum cw_status tell_part(struct text *text, const struct cw_word *word, struct cw_span part,
                                enum finding finding, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (word->attribute.len > 0) {
        cw_buf_reset(&text->linked);
        cw_buf_span(&text->linked, part);
        return deliver(text, part, word->line, tag_of(text), err);
    }
    status = end_pieces(text, err);
    if (status != CW_OK) {
        return status;
    }
    return finding == ADDRESS ? deliver_found(text, part, word->line, err)
                              : deliver(text, part, word->line, tag_of(text), err);
}

/* What of a word stands between other characters, when the whole of it is nothing.
 *  Returns: true when there was something. */
static bool tell_parts(struct text *text, const struct cw_word *word, bool with_meant,
                       enum cw_status *ret_status, struct cw_error *err)
{
    bool is_any = false;
    const struct cw_span all = word->text;
    const bool is_noise =
        cw_span_find(all, '+', 0) < all.len || cw_span_find(all, '%', 0) < all.len;
    for (size_t at = 0, end = 0; at < all.len && *ret_status == CW_OK; at = end + 1) {
        for (end = at; end < all.len && is_alnum(cw_span_slice(all, end, end + 1));) {
            end++;
        }
        const struct cw_span part = cw_span_slice(all, at, end);
        const enum finding finding = judge(part, tag_of(text));
        const bool is_hash = cw_span_starts_with(part, CW_SPAN("0x")) && part.len > HEX_LEN;
        const bool is_meant = finding == MEANT_AS_ADDRESS && with_meant && !is_noise &&
                              (is_nearly_hex(part) || is_mistyped(part)); /* no file names */
        if ((finding == ADDRESS && !is_hash) || is_meant) {
            is_any = true;
            *ret_status = tell_part(text, word, part, finding, err);
        } else if (word->attribute.len == 0) {
            keep_tag(text, part);
        }
    }
    return is_any;
}

static bool is_link(struct cw_span word)
{
    for (size_t at = 0; at + 3 <= word.len; at++) {
        if (cw_span_is(cw_span_slice(word, at, at + 3), "://")) {
            return true;
        }
    }
    return false;
}

/* A link that is no address is a link to something else. */
static bool has_parts(struct cw_span word)
{
    return word.len > WORD_MIN && !is_alnum(word) && !is_link(word);
}

static bool has_in_it(struct cw_span text, const char *word)
{
    const struct cw_span want = cw_span_cstr(word);
    for (size_t at = 0; at + want.len <= text.len; at++) {
        if (cw_span_equal_nocase(cw_span_slice(text, at, at + want.len), want)) {
            return true;
        }
    }
    return false;
}

/* A value of an attribute leaves the text around it as it is. */
static enum cw_status on_attribute(struct text *text, const struct cw_word *word,
                                   struct cw_error *err)
{
    enum cw_status status = CW_OK;
    struct cw_address address;
    const enum finding finding = judge(word->text, tag_of(text));
    const bool is_named =
        has_in_it(word->attribute, "addr") || has_in_it(word->attribute, "wallet");
    if (finding == NOTHING && has_parts(word->text)) {
        (void)tell_parts(text, word, is_named, &status, err);
    }
    if (finding == ADDRESS &&
        cw_address_parse(word->text, tag_of(text), CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK) {
        cw_buf_reset(&text->linked);
        cw_buf_span(&text->linked, cw_address_source(&address));
    }
    return finding == ADDRESS || (finding == MEANT_AS_ADDRESS && is_named)
               ? deliver(text, word->text, word->line, tag_of(text), err)
               : status;
}

/* A word that is no address, and may be a piece of one. */
static enum cw_status on_piece(struct text *text, const struct cw_word *word, bool is_meant,
                               struct cw_error *err)
{
    const struct cw_span bare = without_end(word->text);
    if (bare.len > 0 && bare.len <= PIECE_MAX && is_alnum(bare)) {
        const enum cw_status status = keep_piece(text, word, is_meant, err);
        return status == CW_OK ? joins(text, err) : status;
    }
    const enum cw_status status = end_pieces(text, err);
    return status == CW_OK && is_meant ? deliver(text, word->text, word->line, tag_of(text), err)
                                       : status;
}

/* Whether a word cannot go on from the pieces before it. An address that is held only waits for
 * what would make it a hash. */
static bool ends_pieces(const struct text *text, const struct cw_word *word)
{
    const bool is_after_tag = word->gap == CW_GAP_INLINE;
    const bool is_near = word->gap == CW_GAP_LINE || is_after_tag;
    return !is_near || (text->held > 0 && !goes_on_in_hex(without_end(word->text), is_after_tag));
}

static enum cw_status on_word(void *ctx, const struct cw_word *word, struct cw_error *err)
{
    struct text *text = ctx;
    enum cw_status status = CW_OK;
    if (word->attribute.len > 0) {
        return on_attribute(text, word, err);
    }
    const enum finding finding = judge(word->text, tag_of(text));
    if (finding == ADDRESS || ends_pieces(text, word)) {
        status = end_pieces(text, err);
    }
    text->held = 0;
    if (finding == ADDRESS && status == CW_OK) {
        return deliver_found(text, word->text, word->line, err);
    }
    if (status == CW_OK && finding == NOTHING && has_parts(word->text) &&
        tell_parts(text, word, true, &status, err)) {
        return status;
    }
    if (status == CW_OK) {
        status = on_piece(text, word, finding == MEANT_AS_ADDRESS, err);
    }
    keep_tag(text, word->text);
    return status == CW_OK ? cw_buf_status(&text->linked, err) : status;
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
    cw_buf_init(&text->linked, CW_ADDRESS_FIELD_MAX);
    *ret_state = text;
    return CW_OK;
}

static enum cw_status text_feed(void *state, struct cw_span bytes, bool is_last,
                                struct cw_error *err)
{
    struct text *text = state;
    const enum cw_status status = cw_text_words_feed(&text->words, bytes, is_last, err);
    return status == CW_OK && is_last ? end_pieces(text, err) : status;
}

static void text_close(void *state)
{
    struct text *text = state;
    if (text != NULL) {
        cw_text_words_clear(&text->words);
        cw_buf_clear(&text->linked);
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
