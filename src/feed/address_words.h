/* address_words.h: the words of a text that have the shape of an address.
 *
 * Knows shape only: at least 25 letters, digits and colons, between whatever quotes or invisible
 * characters stand at the ends. What is an address is decided in main.
 */
#ifndef CW_FEED_ADDRESS_WORDS_H
#define CW_FEED_ADDRESS_WORDS_H

#include "base/span.h"

/** Cuts the next word and the separators around it (white space, comma, semicolon) off *rest; empty
 *  at the end. */
struct cw_span cw_address_word_next(struct cw_span *rest);
bool cw_address_word_has_shape(struct cw_span word);
/** How many words of address shape stand first.
 *  Out:     ret_rest  what follows them */
size_t cw_address_words_leading(struct cw_span text, struct cw_span *ret_rest);

#endif
