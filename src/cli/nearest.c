#include "cli/nearest.h"

#include "base/text.h"

enum { DISTANCE_MAX = 3, BEGINNING_MIN = 2 };

/* One letter, and another one for each three. */
static size_t allowed(size_t len)
{
    const size_t most = 1 + len / 3;
    return most < DISTANCE_MAX ? most : DISTANCE_MAX;
}

void cw_nearest_try(struct cw_nearest *nearest, const char *word)
{
    const struct cw_span typed = nearest->wanted;
    const struct cw_span known = cw_span_cstr(word);
    const bool is_beginning = typed.len >= BEGINNING_MIN && cw_span_starts_with(known, typed);
    const size_t distance = is_beginning ? 1 : cw_text_distance(typed, known);
    const bool is_nearer = nearest->found == NULL || distance < nearest->distance;
    if (typed.len > 0 && distance <= allowed(typed.len) && is_nearer) {
        nearest->found = word;
        nearest->distance = distance;
    }
}
