#include "address/bits.h"
#include "screen/internal.h"

/* Escapes whose last characters are letters and digits: those stand in front of a text as if they
 * were a part of it. */

static bool is_hex_digit(char c)
{
    const char lower = cw_ascii_lower(c);
    return cw_ascii_is_digit(c) || (lower >= 'a' && lower <= 'f');
}

static bool are_hex_digits(const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_hex_digit(text[i])) {
            return false;
        }
    }
    return true;
}

/* Behind a backslash: \uXXXX, \xXX, or one letter. */
static size_t behind_backslash(const char *run, size_t len)
{
    if (len > 5 && run[0] == 'u' && are_hex_digits(run + 1, 4)) {
        return 5;
    }
    if (len > 3 && run[0] == 'x' && are_hex_digits(run + 1, 2)) {
        return 3;
    }
    return len > 1 && cw_ascii_is_alpha(run[0]) ? 1 : 0;
}

/* Numbers that colons and semicolons join, back to the bracket that opens a sequence. */
static bool is_opened(const struct cw_screen *screen, size_t at)
{
    const size_t first = at > CW_ESCAPE_NUMBERS_MAX ? at - CW_ESCAPE_NUMBERS_MAX : 0;
    while (at > first) {
        const char c = screen->data[--at];
        if (c == '[') {
            return true;
        }
        if (!cw_ascii_is_digit(c) && c != ';' && c != ':') {
            return false;
        }
    }
    return false;
}

static bool is_closing(char c)
{
    return c == 'm' || c == 'K';
}

/* The last number of a colour sequence, and its letter. */
static size_t behind_colour(const struct cw_screen *screen, size_t start, size_t len)
{
    const char *run = screen->data + start;
    size_t digits = 0;
    if (cw_ascii_is_digit(run[0]) && !is_closing(run[1]) && !cw_ascii_is_digit(run[1])) {
        return 0; /* most of what stands behind a semicolon */
    }
    while (digits < len && cw_ascii_is_digit(run[digits])) {
        digits++;
    }
    const bool is_closed = digits + 1 < len && is_closing(run[digits]);
    return is_closed && is_opened(screen, start) ? digits + 1 : 0;
}

size_t cw_screen_escape(const struct cw_screen *screen, size_t start, size_t len)
{
    const char *run = screen->data + start;
    if (start == 0) {
        return 0;
    }
    switch (run[-1]) {
    case '\\':
        return behind_backslash(run, len);
    case '%':
        return len > 2 && are_hex_digits(run, 2) ? 2 : 0;
    case '[':
    case ';':
        return behind_colour(screen, start, len);
    default:
        return 0;
    }
}
