/* strict.h: foreign JSON read without tolerance, for what is signed or decides whom we trust. */
#ifndef CW_ALERT_STRICT_H
#define CW_ALERT_STRICT_H

#include <jansson.h>

#include "base/error.h"
#include "base/span.h"

/** Reads one JSON object: UTF-8 without byte order mark, no member twice, nothing behind it.
 *  The messages quote nothing of the text: it may not be shown before it is verified.
 *  Out:     ret  a new reference
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_NOMEM.
 *  Limits:  bytes_max bytes */
CW_NODISCARD enum cw_status cw_strict_object(struct cw_span text, size_t bytes_max, json_t **ret,
                                             struct cw_error *err);

/** Reads any JSON value, without the checks above but those of Jansson with these flags; no member
 *  twice.
 *  Returns: CW_OK; CW_UNTRUSTED; CW_NOMEM, which says nothing about the text. */
CW_NODISCARD enum cw_status cw_strict_load(struct cw_span text, size_t flags, json_t **ret,
                                           struct cw_error *err);

/** Checks the limits of alerts.md section 2.1 and that `text` is the one canonical spelling of
 *  `value`, which was read from it.
 *  Returns: CW_OK; CW_UNTRUSTED with the reason; CW_NOMEM. */
CW_NODISCARD enum cw_status cw_strict_canonical(const json_t *value, struct cw_span text,
                                                struct cw_error *err);

#endif
