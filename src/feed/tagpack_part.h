/* tagpack_part.h: what one mapping of a TagPack says, its header or a tag, and the entries of it.
 *
 * Knows the members of a TagPack, what a tag inherits, and that no address is left out. Refuses to
 * know YAML and where in a document a member stands.
 *
 * Addresses are kept whole, and all of them, whatever is said twice; of any other text the last
 * stays. A tag inherits each member that it does not name.
 */
#ifndef CW_FEED_TAGPACK_PART_H
#define CW_FEED_TAGPACK_PART_H

#include "base/buf.h"
#include "feed/entry.h"

enum cw_tagpack_member {
    CW_TAGPACK_CURRENCY,
    CW_TAGPACK_LABEL,
    CW_TAGPACK_SOURCE,
    CW_TAGPACK_CATEGORY,
    CW_TAGPACK_ABUSE,
    CW_TAGPACK_LASTMOD,
    CW_TAGPACK_TEXTS, /* those before are one text each */
    CW_TAGPACK_ADDRESS = CW_TAGPACK_TEXTS,
    CW_TAGPACK_CONCEPTS,
    CW_TAGPACK_OTHER,
};
enum { CW_TAGPACK_TEXT_BYTES = CW_ENTRY_NOTE_MAX };

struct cw_tagpack_part {
    size_t line;             /* of its beginning; of the header: of its first address */
    bool names_address;      /* it has an address member, of whatever shape */
    bool names_concepts;     /* likewise */
    struct cw_buf addresses; /* as published, a NUL behind each */
    size_t addresses_count;  /* of the header: words of an address's shape, or texts */
    struct {
        char bytes[CW_TAGPACK_TEXT_BYTES];
        size_t len;
    } texts[CW_TAGPACK_TEXTS];
    struct {
        char bytes[CW_ENTRY_PROGRAM_MAX];
        size_t len;
    } concepts[CW_ENTRY_PROGRAMS_MAX];
    size_t concepts_count;
};

/** Prepares an empty part whose addresses have at most so many bytes. Allocates nothing. */
void cw_tagpack_part_init(struct cw_tagpack_part *part, size_t addresses_bytes_max);
void cw_tagpack_part_clear(struct cw_tagpack_part *part);
/** Forgets what was said; the next part begins in this line. */
void cw_tagpack_part_reset(struct cw_tagpack_part *part, size_t line);

enum cw_tagpack_member cw_tagpack_member_named(struct cw_span name);
/** The part names a member; its value follows, or nothing does. */
void cw_tagpack_part_name(struct cw_tagpack_part *part, enum cw_tagpack_member member);
/** The text of a member, trimmed; empty when it has none. Borrowed until the part changes. */
struct cw_span cw_tagpack_part_text(const struct cw_tagpack_part *part,
                                    enum cw_tagpack_member member);

/** Keeps a text, cut at CW_TAGPACK_TEXT_BYTES. */
void cw_tagpack_part_keep(struct cw_tagpack_part *part, enum cw_tagpack_member member,
                          struct cw_span text);
/** Keeps one concept. What is no programme (empty, longer than CW_ENTRY_PROGRAM_MAX, beyond
 *  CW_ENTRY_PROGRAMS_MAX, there already) is left out: it must not cost the address. */
void cw_tagpack_part_add_concept(struct cw_tagpack_part *part, struct cw_span concept);
/** Keeps one address of a tag; `text` has no NUL.
 *  Returns: CW_OK; CW_LIMIT; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_tagpack_part_add_address(struct cw_tagpack_part *tag,
                                                        struct cw_span text, struct cw_error *err);
/** Keeps one address of the header, once.
 *  Returns: CW_OK; CW_LIMIT beyond CW_TAGPACK_HEADER_ADDRESSES_MAX, or when the buffer is full;
 *           CW_NOMEM. */
CW_NODISCARD enum cw_status cw_tagpack_header_add_address(struct cw_tagpack_part *header,
                                                          struct cw_span text, size_t line,
                                                          struct cw_error *err);

/** Delivers an entry for each address of the tag; when it names no address member, for each of the
 *  header; when there is none, one that is unusable.
 *  Returns: CW_OK, or what the sink said. */
CW_NODISCARD enum cw_status cw_tagpack_deliver(const struct cw_tagpack_part *tag,
                                               const struct cw_tagpack_part *header,
                                               struct cw_entry_sink sink, struct cw_error *err);
/** Delivers each address of a header that no tag inherits, as unusable: nothing when it has none.
 */
CW_NODISCARD enum cw_status cw_tagpack_deliver_unclaimed(const struct cw_tagpack_part *header,
                                                         struct cw_entry_sink sink,
                                                         struct cw_error *err);

#endif
