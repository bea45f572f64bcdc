/* outcome.h: from what libcurl says to the word and the sentence that people read. */
#ifndef CW_NET_OUTCOME_H
#define CW_NET_OUTCOME_H

#include <curl/curl.h>

#include "base/error.h"
#include "http/net.h"

/** The kind of a failed transfer. */
enum cw_net_failure cw_outcome_failure(CURLcode code);
/** Writes the sentence. In: detail  libcurl's own words, may be ""; verify
 * CURLINFO_SSL_VERIFYRESULT. */
void cw_outcome_explain(CURLcode code, const char *detail, long verify, struct cw_error *ret);

#endif
