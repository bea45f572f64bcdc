/* links.h: the link keys of an address: what it shares with other addresses of the same owner. */
#ifndef CW_ADDRESS_LINKS_H
#define CW_ADDRESS_LINKS_H

#include "address/codec.h"

enum cw_link_class {
#define CW_LINK(id, name, reason) CW_LINK_##id,
#include "address/links.def"
    CW_LINK_CLASSES
};

struct cw_link {
    enum cw_link_class link_class;
    uint16_t scope; /* what else must be equal: chain group and kind, an item type; 0 none */
    uint16_t chain;
    bool is_derived;       /* computed by a hash: two of these alone prove nothing */
    const char *source;    /* first byte of the payload it came from */
    struct cw_span shared; /* the bytes when they are part of the address */
    size_t own_len;        /* else they are here */
    uint8_t own[32];
};

enum { CW_LINK_KEYS = CW_READINGS_MAX + 1, CW_LINK_ROWS_MAX = CW_LINKS_MAX - CW_LINK_KEYS };

struct cw_links {
    struct cw_link rows[CW_LINK_ROWS_MAX];
    size_t count;
    uint32_t linked; /* a bit for each reading that gave at least one link key */
};

/** Collects the link keys of the narrowed readings. Past the cap (a unified address of very many
 *  unknown items) further keys are left out, for relations and probes alike.
 *  ret borrows from the address. */
void cw_links_collect(const struct cw_address *address, struct cw_links *ret);

/** cw_address_probe_hashes for who has the link keys at hand: they cost a hash or two. */
size_t cw_links_probe_hashes(const struct cw_address *address, const struct cw_links *links,
                             const uint8_t key[static 16], uint64_t ret[static CW_LINKS_MAX]);

static inline struct cw_span cw_link_bytes(const struct cw_link *link)
{
    return link->own_len > 0 ? cw_span_make(link->own, link->own_len) : link->shared;
}

const char *cw_link_class_name(enum cw_link_class link_class);
const char *cw_link_reason(enum cw_link_class link_class);

#endif
