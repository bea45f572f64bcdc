/* stix_object.h: what every object of STIX says of itself: texts, days, versions, validity.
 *
 * Knows the common properties (STIX 2.1, section 3.2) and keeps versions and validities in a wallet
 * table until the document's end, when the latest of each is known. Refuses to know what kinds of
 * objects there are. Texts are borrowed from their object.
 */
#ifndef CW_FEED_STIX_OBJECT_H
#define CW_FEED_STIX_OBJECT_H

#include <jansson.h>

#include "feed/wallet_table.h"

/** Empty when it is no text. */
struct cw_span cw_stix_as_text(const json_t *value);
/** A member; empty when there is none, or it is no text. */
struct cw_span cw_stix_text(const json_t *object, const char *name);
bool cw_stix_is_revoked(const json_t *object);
/** The day of a time; "" when it is none. */
void cw_stix_day(const json_t *object, const char *name, char ret[static CW_DATE_TEXT_BYTES]);
/** Its time of modification, without the Z, so that a fraction of a second comes behind the second.
 */
struct cw_span cw_stix_version(const json_t *object);

/** Remembers which versions of an object there are.
 *  Returns: CW_OK; CW_LIMIT past the table; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_stix_keep_version(struct cw_wallets *wallets, const json_t *object,
                                                 struct cw_error *err);
/** Remembers valid_from and valid_until of this version of an object; its end is judged when the
 *  document's latest date is known.
 *  Returns: likewise. */
CW_NODISCARD enum cw_status cw_stix_keep_validity(struct cw_wallets *wallets, const json_t *object,
                                                  struct cw_error *err);
/** Whether the document has a later version; of a sealed table. */
bool cw_stix_has_later(const struct cw_wallets *wallets, struct cw_span id, struct cw_span version);
/** NULL when there is none; of a sealed table. */
const struct cw_wallet_sanction *cw_stix_find_validity(const struct cw_wallets *wallets,
                                                       struct cw_span id, struct cw_span version);

#endif
