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
    if (cw_address_parse(text, CW_SPAN(""), CW_ADDRESS_LIST, &address) != CW_ADDRESS_OK) {
        return false;
    }
    if (reading.rule == SCREEN_RUN && is_key_before(&address, reading.end - reading.token)) {
        return false;
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

static bool resolve_run(struct cw_screen *screen, size_t start, size_t end)
{
    size_t leftmost = start;
    while (leftmost > 0 && start - leftmost < CW_TOKEN_PREFIX_MAX &&
           is_prefix_char(screen->data[leftmost - 1])) {
        leftmost--;
    }
    for (size_t at = leftmost; at < start; at++) {
        if (is_reading_start(screen, at, leftmost) &&
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

static void resolve(struct cw_screen *screen, size_t at)
{
    const struct screen_batch *batch = &screen->batch;
    const size_t start = batch->starts[at];
    const size_t end = start + batch->lens[at];
    bool is_found = false;
    if (screen->status != CW_OK || end == screen->last_end) {
        return; /* one token, two hashes: it was told */
    }
    switch ((enum screen_rule)batch->rules[at]) {
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

void cw_screen_flush(struct cw_screen *screen)
{
    struct screen_batch *batch = &screen->batch;
    uint32_t picked[SCREEN_BATCH];
    const size_t count =
        screen->path->pick(&screen->options.filter, batch->hashes, batch->count, picked);
    size_t i = 0;
    size_t j = 0;
    while (i < count || j < batch->sure_count) {
        const uint32_t next = i < count ? picked[i] : UINT32_MAX;
        const uint32_t sure = j < batch->sure_count ? batch->sure[j] : UINT32_MAX;
        const uint32_t at = next < sure ? next : sure;
        i += next == at ? 1 : 0;
        j += sure == at ? 1 : 0;
        resolve(screen, at);
    }
    batch->count = 0;
    batch->sure_count = 0;
}
