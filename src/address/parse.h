/* parse.h: the steps of reading a text, for the unwrapping of list fields. */
#ifndef CW_ADDRESS_PARSE_H
#define CW_ADDRESS_PARSE_H

#include "address/codec.h"
#include "address/explain.h"

/** Reads a bare text as each tag of a list of tags; the first success wins. */
enum cw_address_error cw_parse_tags(struct cw_span text, const struct cw_tags *tags,
                                    enum cw_address_mode mode, struct cw_address *address);
/** Everything the text alone can be; UNKNOWN when nothing. */
enum cw_address_error cw_parse_detect(struct cw_span text, enum cw_address_mode mode,
                                      struct cw_address *address);
/** Keeps the candidate readings the label allows, or flags a mismatch. */
void cw_parse_narrow(struct cw_address *address, const struct cw_label *label);
/** Detects and narrows; reads as the label only what says nothing about itself. */
enum cw_address_error cw_parse_bare(struct cw_span text, const struct cw_label *label,
                                    enum cw_address_mode mode, struct cw_address *address);

/** Section 8, steps 1 to 6: a field of a list. */
enum cw_address_error cw_parse_field(struct cw_span text, struct cw_label label,
                                     struct cw_address *address);
/** Step 7 to 9: CAIP-10, URI schemes, bare text. */
enum cw_address_error cw_parse_wrapped(struct cw_span text, const struct cw_label *label,
                                       struct cw_address *address);
/** Step 4: an http link. */
enum cw_address_error cw_parse_url(struct cw_span text, const struct cw_label *label,
                                   struct cw_address *address);

/** Notes what was taken off an address that was read, with a name when it has one. */
void cw_strip(struct cw_address *address, enum cw_stripped what, struct cw_span name);
/** Whether reading a field drops this code point, or turns it into a space, or strips it at the
 *  ends. */
bool cw_is_taken_off(uint32_t code_point);

static inline bool cw_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** Copies a text without its white space; ret holds text.len bytes.
 *  Returns: how many were written */
size_t cw_remove_spaces(struct cw_span text, char *ret);

/** Whether a private key stands among the words of a text. One that is the whole text is not looked
 *  for: reading it has told. */
bool cw_holds_secret(struct cw_span text);

/** The text up to the first '?', '#' or '&'. */
struct cw_span cw_before_query(struct cw_span text);

#endif
