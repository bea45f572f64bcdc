/* index_private.h: what the index functions of the library share. Private to src/lib/. */
#ifndef CW_LIB_INDEX_PRIVATE_H
#define CW_LIB_INDEX_PRIVATE_H

#include <stdatomic.h>

#include "base/status.h"
#include "cryptowatch.h"
#include "index/text_filter.h"
#include "index/verdict.h"

/* Whether the text filter may be asked: it is checked by the first who wants it. */
enum cw_filter_state { CW_FILTER_UNCHECKED, CW_FILTER_GOOD, CW_FILTER_BAD, CW_FILTER_NONE };

struct cryptowatch_index {
    atomic_size_t shares;
    struct cw_index *index;
    struct cw_manifest manifest; /* of a file alone: empty */
    bool has_manifest;
    int64_t fresh_until_s;        /* INT64_MIN: never complete */
    int64_t fresh_from_s;         /* a clock before that is wrong */
    struct cw_text_filter filter; /* no blocks: there is none */
    _Atomic int filter_state;
};

/** The public code of a status of opening or reading. */
enum cryptowatch_index_error cw_lib_error_of(enum cw_status status);
/** The state of the filter, which is checked at the first call; any number of threads. */
enum cw_filter_state cw_lib_filter(const struct cryptowatch_index *index);

#endif
