/* text.h: UTF-8 and hexadecimal, and the one place where hostile text becomes printable.
 *
 * Printable here means: valid UTF-8 without C0, DEL, C1 controls, U+2028/2029, and without
 * bidirectional controls (U+061C, U+200E/F, U+202A..E, U+2066..9). Others are written \xHH (bytes
 * that are not UTF-8, and ASCII controls) or \uHHHH.
 */
#ifndef CW_BASE_TEXT_H
#define CW_BASE_TEXT_H

#include "base/buf.h"

/** Decodes one code point and advances *at. False (and *at unchanged) on bad UTF-8 or at the end.
 *  Overlong forms, surrogates and values above U+10FFFF are bad. */
bool cw_utf8_next(struct cw_span text, size_t *at, uint32_t *ret_code_point);
bool cw_utf8_is_valid(struct cw_span text);
/** The longest prefix of at most `max` bytes that does not split a character; of good UTF-8. */
struct cw_span cw_utf8_cut(struct cw_span text, size_t max);
/** Whole text may be shown raw. */
bool cw_text_is_printable(struct cw_span text);
/** Appends the text with everything unprintable escaped. */
void cw_text_escape(struct cw_buf *out, struct cw_span text);
/** Same, into a fixed NUL-terminated array; cut at a character boundary with "..." at the end. */
void cw_text_escape_to(char *ret_text, size_t bytes, struct cw_span text);

/** Lower-case hex and a NUL; ret_hex holds 2*len+1 bytes. */
void cw_hex_encode(const uint8_t *data, size_t len, char *ret_hex);
/** Exactly 2*len hex digits of either case. */
bool cw_hex_decode(struct cw_span hex, uint8_t *ret_data, size_t len);
bool cw_hex_is_lower(struct cw_span text, size_t digits);

/** Appends a JSON string with quotes (RFC 8259; "/" as it is; non-ASCII raw). Bytes that are not
 *  UTF-8 become U+FFFD. Control characters as \b \f \n \r \t or \u00hh (lower-case hex). */
void cw_json_string(struct cw_buf *out, struct cw_span text);

/** Damerau-Levenshtein distance of short ASCII words, for "did you mean"; at most 64 bytes each,
 *  longer words are infinitely far away. */
size_t cw_text_distance(struct cw_span a, struct cw_span b);

#endif
