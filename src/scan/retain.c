#include "base/text.h"
#include "crypto/hash.h"
#include "fetch/snapshots.h"
#include "scan/run.h"
#include "store/documents.h"

/* Whatever was told of a document was told in the run that fetched it. */
enum { AROUND_S = CW_RUN_DEADLINE_S };

/* Names come from our database, and yet become paths. */
static bool is_name(const char *sha256)
{
    return cw_hex_is_lower(cw_span_cstr(sha256), CW_SHA256_HEX_BYTES - 1);
}

static enum cw_status consider(void *ctx, const char *sha256, struct cw_error *err)
{
    const struct cw_scan *scan = ctx;
    bool is_needed = true;
    if (!is_name(sha256) || !cw_snapshot_exists(scan->snapshots_dir, sha256)) {
        return CW_OK;
    }
    const enum cw_status status =
        cw_store_is_needed(scan->store, sha256, AROUND_S, &is_needed, err);
    return status == CW_OK && !is_needed ? cw_snapshot_remove(scan->snapshots_dir, sha256, err)
                                         : status;
}

/* A list that lies every hour for years fills no disk with what nobody ever believed. What was in
 * force stays: a receipt may name it, and receipts are in other hands. */
void cw_scan_retain(struct cw_scan *scan, const struct cw_intake *intakes, size_t count)
{
    bool has_refused = false;
    struct cw_error err = {0};
    for (size_t i = 0; i < count; i++) {
        const struct cw_scan_feed *feed = intakes[i].entry;
        has_refused |= feed->status == CW_SCAN_FAILED || feed->status == CW_SCAN_HELD;
    }
    if (!has_refused || !cw_scan_is_writing(scan) || scan->options->is_offline) {
        return;
    }
    const enum cw_status status =
        cw_store_refused(scan->store, CW_SNAPSHOTS_REFUSED_MAX, consider, scan, &err);
    (void)status;
}
