#include "address/bits.h"
#include "address/reserved.h"
#include "index/index.h"
#include "screen/internal.h"

/* Candidates to addresses: the readings of token.h, from the longest to the token alone. */

static bool is_alnum(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c);
}

/* ---- what stands around ---- */

/* Newlines from `done` to a place in data. Hits come in nearly rising order, so that the bytes
 * between two of them are counted once. */
static uint64_t lines_before(struct cw_screen *screen, size_t at)
{
    const size_t done = (size_t)(screen->done - screen->base);
    if (at <= done) {
        return 0;
    }
    if (screen->line_at < done || at < screen->line_at) {
        screen->line_at = done;
        screen->line_sum = 0;
    }
    screen->line_sum +=
        screen->path->count_newlines(screen->data + screen->line_at, at - screen->line_at);
    screen->line_at = at;
    return screen->line_sum;
}

static struct cw_span rest_of_line(const struct cw_screen *screen, size_t from)
{
    const size_t left = screen->len - from;
    const size_t max = left < CW_SCREEN_CONTEXT ? left : CW_SCREEN_CONTEXT;
    const struct cw_span rest = cw_span_make(screen->data + from, max);
    return cw_span_slice(rest, 0, cw_span_find(rest, '\n', 0));
}

static struct cw_span start_of_line(const struct cw_screen *screen, size_t to)
{
    size_t from = to;
    while (from > 0 && to - from < CW_SCREEN_CONTEXT && screen->data[from - 1] != '\n') {
        from--;
    }
    return cw_span_make(screen->data + from, to - from);
}

/* ---- readings ---- */

struct reading {
    enum screen_rule rule;
    size_t start; /* of the text that is read */
    size_t token; /* start of the token in it */
    size_t end;   /* of the text */
};

/* The encodings with signs inside, when the token is only their last part. */
static bool is_key_before(const struct cw_address *address, size_t token_len)
{
    const char *chain = cw_address_chain(address);
    return cw_address_source(address).len > token_len &&
           (strcmp(cw_address_encoding(address), "ton-friendly") == 0 ||
            strcmp(cw_address_kind(address), "icrc") == 0 || strncmp(chain, "nem", 3) == 0 ||
            strncmp(chain, "symbol", 6) == 0);
}

/* Whether one reading of a token is an address that the sink knows. */
static bool is_hit(struct cw_screen *screen, struct reading reading)
{
    const size_t start = reading.start;
    const size_t end = reading.end;
    struct cw_address address;
    const struct cw_span text = cw_span_make(screen->data + start, end - start);
    bool is_known = false;
    if (cw_address_ask(text, &address) != CW_ADDRESS_OK) {
        return false;
    }
    if (reading.rule == SCREEN_RUN && is_key_before(&address, reading.end - reading.token)) {
        return false;
    }
    if (cw_index_is_asked_digits(&address) && cw_address_reserved(&address) != NULL) {
        return false; /* zeros that mean "none", as a null id of git */
    }
    const struct cw_screen_hit hit = {
        .line = screen->lines + lines_before(screen, start),
        .offset = screen->base + start,
        .text = text,
        .before = start_of_line(screen, start),
        .behind = rest_of_line(screen, end),
        .address = &address,
    };
    screen->status =
        screen->options.sink.ask(screen->options.sink.ctx, &hit, &is_known, screen->err);
    return is_known || screen->status != CW_OK;
}

static bool is_prefix_char(char c)
{
    return is_alnum(c) || c == ':' || c == '.' || c == '_' || c == '-';
}

/* A reading begins with a letter or digit behind none, or with a dash before one and behind none of
 * the characters of a prefix. */
static bool is_reading_start(const struct cw_screen *screen, size_t at, size_t leftmost)
{
    const char c = screen->data[at];
    char before = ' ';
    if (at > leftmost) {
        before = screen->data[at - 1];
    }
    if (c == '-') {
        return is_alnum(screen->data[at + 1]) && !is_prefix_char(before);
    }
    return is_alnum(c) && !is_alnum(before);
}

/* Of a run that begins in front of a token. What reaches the token is the token's own escape. */
static size_t escape_at(const struct cw_screen *screen, size_t at, size_t to)
{
    size_t end = at;
    while (end < to && is_alnum(screen->data[end])) {
        end++;
    }
    return end == to ? 0 : cw_screen_escape(screen, at, end - at);
}

static bool resolve_run(struct cw_screen *screen, size_t start, size_t end)
{
    size_t leftmost = start;
    while (leftmost > 0 && start - leftmost < CW_TOKEN_PREFIX_MAX &&
           is_prefix_char(screen->data[leftmost - 1])) {
        leftmost--;
    }
    size_t behind_escape = start; /* where the run that began last goes on behind its escape */
    for (size_t at = leftmost; at < start; at++) {
        const bool is_start = is_reading_start(screen, at, leftmost);
        if (is_start && is_alnum(screen->data[at])) {
            behind_escape = at + escape_at(screen, at, start);
        }
        if ((is_start || (at == behind_escape && at > leftmost)) &&
            is_hit(screen, (struct reading){SCREEN_RUN, at, start, end})) {
            return true;
        }
    }
    return is_hit(screen, (struct reading){SCREEN_RUN, start, start, end});
}

/* ICRC-1: an account number in hex behind a dot. */
static bool resolve_principal(struct cw_screen *screen, size_t start, size_t end)
{
    size_t behind = end + 1;
    if (screen->data[end] == '.') {
        while (behind < screen->len && behind - end <= 65 && is_alnum(screen->data[behind])) {
            behind++;
        }
        if (is_hit(screen, (struct reading){SCREEN_PRINCIPAL, start, start, behind})) {
            return true;
        }
    }
    return is_hit(screen, (struct reading){SCREEN_PRINCIPAL, start, start, end});
}

static size_t token_start(uint64_t token)
{
    return (size_t)(token & UINT32_MAX);
}

static size_t token_end(uint64_t token)
{
    return token_start(token) + (size_t)(token >> 32 & UINT16_MAX);
}

static void resolve(struct cw_screen *screen, size_t at)
{
    const struct screen_batch *batch = &screen->batch;
    const uint64_t token = batch->tokens[at];
    const size_t start = token_start(token);
    const size_t end = token_end(token);
    bool is_found = false;
    if (screen->status != CW_OK || end == screen->last_end) {
        return; /* one token, two hashes: it was told */
    }
    switch ((enum screen_rule)(token >> 48)) {
    case SCREEN_RUN:
        is_found = resolve_run(screen, start, end);
        break;
    case SCREEN_ALONE:
        is_found = is_hit(screen, (struct reading){SCREEN_ALONE, start, start, end});
        break;
    case SCREEN_PRINCIPAL:
        is_found = resolve_principal(screen, start, end);
        break;
    }
    screen->last_end = is_found ? (uint32_t)end : screen->last_end;
}

/* By where their tokens end; of one token in the order in which its hashes were put. */
static void sort_by_end(const struct screen_batch *batch, uint32_t *places, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint32_t place = places[i];
        const uint64_t end = token_end(batch->tokens[place]);
        size_t at = i;
        while (at > 0 &&
               (token_end(batch->tokens[places[at - 1]]) > end ||
                (token_end(batch->tokens[places[at - 1]]) == end && places[at - 1] > place))) {
            places[at] = places[at - 1];
            at--;
        }
        places[at] = place;
    }
}

void cw_screen_flush(struct cw_screen *screen)
{
    struct screen_batch *batch = &screen->batch;
    CW_UNSET uint32_t places[2 * SCREEN_BATCH];
    size_t count = screen->path->pick(&screen->options.filter, batch->hashes, batch->count, places);
    for (size_t i = 0; i < batch->sure_count; i++) {
        places[count++] = batch->sure[i];
    }
    sort_by_end(batch, places, count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || places[i] != places[i - 1]) {
            resolve(screen, places[i]);
        }
    }
    batch->count = 0;
    batch->sure_count = 0;
}
