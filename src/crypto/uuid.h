/* uuid.h: name-based identifiers (UUID version 5, RFC 9562 section 5.5). */
#ifndef CW_CRYPTO_UUID_H
#define CW_CRYPTO_UUID_H

#include "base/span.h"

enum { CW_UUID_BYTES = 16, CW_UUID_TEXT_BYTES = 37 };

/** The namespace of alert identifiers, 85c85d21-dfef-5194-bd30-77c05e4da4d9 (alerts.md section 3).
 */
extern const uint8_t cw_uuid_alert_namespace[CW_UUID_BYTES];

/** Writes the lower-case text of UUIDv5(namespace, name) and a NUL. */
void cw_uuid5(const uint8_t name_space[static CW_UUID_BYTES], struct cw_span name,
              char ret_text[static CW_UUID_TEXT_BYTES]);
/** Lower-case canonical text of any version. */
bool cw_uuid_is_text(struct cw_span text);

#endif
