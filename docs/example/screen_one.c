/* screen_one: is this address one of those, in any spelling?
 *
 *   screen_one ADDRESS LISTED...
 *
 * One line for each listed address that belongs to it. Ends with 10 when it is listed, 20 when that
 * cannot be said, 11 when it is only related, 0 when it is clear, 64 for wrong usage: so a gate
 * that lets pass on 0 alone fails closed. */
#include <cryptowatch.h>
#include <stdio.h>
#include <string.h>

enum { CLEAR = 0, LISTED = 10, RELATED = 11, CANNOT_SAY = 20, USAGE = 64 };

/* The order of gravity, which is not that of the numbers. */
static int graver(int a, int b)
{
    static const int order[] = {LISTED, CANNOT_SAY, RELATED};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return CLEAR;
}

static int verdict_of(enum cryptowatch_relation relation)
{
    switch (relation) {
    case CRYPTOWATCH_RELATION_EXACT:
    case CRYPTOWATCH_RELATION_ENCODING:
        return LISTED;
    case CRYPTOWATCH_RELATION_SAME_KEY_HASH:
    case CRYPTOWATCH_RELATION_CROSS_CHAIN:
    case CRYPTOWATCH_RELATION_ENTITY:
        return RELATED;
    case CRYPTOWATCH_RELATION_NONE:
        return CLEAR;
    case CRYPTOWATCH_RELATION_UNKNOWN:
        break;
    }
    return CANNOT_SAY; /* also for a relation that a later library may add */
}

/* Says why a text is no address, never the text itself: it could be somebody's secret key. */
static int parse(const char *text, struct cryptowatch_address *ret)
{
    const enum cryptowatch_address_error why =
        cryptowatch_address_parse(text, strlen(text), NULL, CRYPTOWATCH_LIST, ret);
    if (why != CRYPTOWATCH_ADDRESS_OK) {
        fprintf(stderr, "screen_one: no address: %s\n", cryptowatch_address_error_text(why));
    }
    return why == CRYPTOWATCH_ADDRESS_OK;
}

int main(int argc, char **argv)
{
    struct cryptowatch_address asked;
    struct cryptowatch_address listed;
    int verdict = CLEAR;
    if (argc < 3) {
        fprintf(stderr, "usage: screen_one ADDRESS LISTED...\n");
        return USAGE;
    }
    if (cryptowatch_init() != CRYPTOWATCH_INIT_OK) {
        fprintf(stderr, "screen_one: a hash gives wrong answers on this machine\n");
        return CANNOT_SAY;
    }
    if (!parse(argv[1], &asked)) {
        return CANNOT_SAY;
    }
    for (int i = 2; i < argc; i++) {
        char text[CRYPTOWATCH_TEXT_BYTES];
        if (!parse(argv[i], &listed)) {
            verdict = graver(verdict, CANNOT_SAY);
            continue;
        }
        const enum cryptowatch_relation relation = cryptowatch_address_relation(&asked, &listed);
        if (relation != CRYPTOWATCH_RELATION_NONE) {
            (void)cryptowatch_address_text(&listed, text, sizeof(text));
            printf("%s %s %s\n", cryptowatch_relation_name(relation),
                   cryptowatch_address_chain(&listed), text);
        }
        verdict = graver(verdict, verdict_of(relation));
    }
    return verdict;
}
