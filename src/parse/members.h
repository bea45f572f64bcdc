/* members.h: the document in a gzip file of any number of members, as a stream of blocks.
 *
 * Knows what bgzip, pigz and `cat a.gz b.gz` write, for a text screening, where nothing is believed
 * of a file but what stands in it. A list is one document, and unpack.h refuses a second member.
 * Every member's checksum and length are verified; refuses what is cut, damaged, followed by
 * anything else or packed twice. The caller must not believe a byte before CW_OK.
 * Source: RFC 1952 section 2.2.
 */
#ifndef CW_PARSE_MEMBERS_H
#define CW_PARSE_MEMBERS_H

#include "parse/unpack.h"

/** Whether a regular file begins like gzip. */
bool cw_members_begin(int fd);
/** Reads it from its start to its end.
 *  Returns: CW_OK; CW_UNTRUSTED for a file that is cut or damaged; CW_LIMIT past
 *           CW_FEED_DECODED_MAX or CW_UNPACK_RATIO_MAX, of all members together; CW_IO; CW_NOMEM;
 *           what the sink said.
 *  Limits:  one block in memory, and zlib's 40 KB */
CW_NODISCARD enum cw_status cw_members_unpack(int fd, struct cw_unpack_sink sink,
                                              struct cw_error *err);

#endif
