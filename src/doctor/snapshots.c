/* snapshots.c: is every document there that a list or an alert refers to, with the bytes it had? */
#include <unistd.h>

#include "base/text.h"
#include "doctor/internal.h"
#include "fetch/fetch.h"
#include "fetch/snapshots.h"

enum { HEX = 64, GONE_NAMED = 3 };

struct sha256 {
    char hex[HEX + 1];
};

struct looking {
    struct cw_doctor *doctor;
    struct sha256 *seen; /* of lists, then of alerts too; sorted before the alerts are judged */
    size_t count;
    size_t cap;
    size_t good;
    size_t bad;
};

static enum cw_status remember(struct looking *looking, struct cw_span hex, struct cw_error *err)
{
    CW_ASSERT(hex.len == HEX);
    if (looking->count == looking->cap) {
        const size_t cap = looking->cap == 0 ? 64 : 2 * looking->cap;
        struct sha256 *seen = realloc(looking->seen, cap * sizeof(*seen));
        if (seen == NULL) {
            return cw_error_no_memory(err);
        }
        looking->seen = seen;
        looking->cap = cap;
    }
    memcpy(looking->seen[looking->count].hex, hex.data, HEX);
    looking->seen[looking->count++].hex[HEX] = '\0';
    return CW_OK;
}

static bool is_whole(const struct looking *looking, const char *sha256, struct cw_error *err)
{
    int fd = -1;
    const bool is_there =
        cw_snapshot_open(looking->doctor->home.snapshots_dir, sha256, &fd, err) == CW_OK;
    if (is_there) {
        (void)close(fd);
    }
    return is_there;
}

/* ---- lists: what is in force is read again, and can be fetched again ----------------------- */

static enum cw_status on_document(void *ctx, const struct cw_document *document,
                                  struct cw_error *err)
{
    struct looking *looking = ctx;
    struct cw_doctor *doctor = looking->doctor;
    struct cw_error why = {0};
    if (is_whole(looking, document->sha256, &why)) {
        looking->good++;
    } else {
        looking->bad++;
        cw_doctor_fail(doctor, "snapshots", why.code,
                       cw_doctor_type(doctor, "scan --force --feed %s", document->feed),
                       "document %.12s… of list %s: %s: what is in force still answers, and the "
                       "list is fetched again",
                       document->sha256, document->feed, why.text);
    }
    return remember(looking, cw_span_cstr(document->sha256), err);
}

/* ---- alerts: their documents are evidence, which no command brings back -------------------- */

/* In our own canonical bytes this can be nothing else: a quote in a text is escaped. */
static enum cw_status on_alert(void *ctx, const struct cw_stored_alert *alert,
                               const struct cw_alert_summary *summary, struct cw_error *err)
{
    static const char name[] = "\"snapshot_sha256\":\"";
    const size_t len = sizeof(name) - 1;
    enum cw_status status = CW_OK;
    (void)summary;
    for (size_t at = 0; status == CW_OK && at + len + HEX <= alert->body.len; at++) {
        at = cw_span_find(alert->body, '"', at);
        const struct cw_span hex = cw_span_slice(alert->body, at + len, at + len + HEX);
        if (at + len + HEX <= alert->body.len && memcmp(alert->body.data + at, name, len) == 0 &&
            cw_hex_is_lower(hex, HEX)) {
            status = remember(ctx, hex, err);
        }
    }
    return status;
}

static int by_hex(const void *a, const void *b)
{
    return strcmp(((const struct sha256 *)a)->hex, ((const struct sha256 *)b)->hex);
}

static bool is_among(const struct sha256 *items, size_t count, const struct sha256 *one)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].hex, one->hex) == 0) {
            return true;
        }
    }
    return false;
}

/* The first `lists` are told already. */
static void judge_evidence(struct looking *looking, size_t lists)
{
    struct cw_buf names;
    struct cw_error first = {0};
    size_t gone = 0;
    struct sha256 *evidence = looking->seen + lists;
    const size_t count = looking->count - lists;
    cw_buf_init(&names, CW_DOCTOR_NAMES_BYTES);
    if (count > 0) {
        qsort(evidence, count, sizeof(*evidence), by_hex);
    }
    for (size_t i = 0; i < count; i++) {
        if ((i > 0 && by_hex(&evidence[i - 1], &evidence[i]) == 0) ||
            is_among(looking->seen, lists, &evidence[i])) {
            continue;
        }
        if (is_whole(looking, evidence[i].hex, gone == 0 ? &first : NULL)) {
            looking->good++;
        } else if (gone++ < GONE_NAMED) {
            cw_buf_printf(&names, "%s%.12s…", gone == 1 ? "" : ", ", evidence[i].hex);
        }
    }
    looking->bad += gone;
    if (gone > 0) {
        cw_doctor_warn(looking->doctor, "snapshots", NULL,
                       "%zu documents that alerts refer to (%s%s): %s: they are evidence; put them "
                       "back from a backup",
                       gone, names.data != NULL ? names.data : "", gone > GONE_NAMED ? ", …" : "",
                       first.text);
    }
    cw_buf_clear(&names);
}

void cw_doctor_snapshots(struct cw_doctor *doctor)
{
    static const struct cw_alert_filter all = {0};
    struct looking looking = {.doctor = doctor};
    struct cw_error err = {0};
    if (!cw_doctor_may_read_folder(doctor, "snapshots", doctor->home.snapshots_dir,
                                   "no document can be looked at")) {
        return;
    }
    enum cw_status status = cw_store_each_document(doctor->store, on_document, &looking, &err);
    const size_t lists = looking.count;
    if (status == CW_OK) {
        status = cw_store_alerts(doctor->store, &all, on_alert, &looking, &err);
    }
    if (status == CW_OK) {
        judge_evidence(&looking, lists);
    }
    if (status != CW_OK) {
        cw_doctor_fail(doctor, "snapshots", err.code, NULL, "%s", err.text);
    } else if (looking.bad == 0) {
        cw_doctor_ok(doctor, "snapshots",
                     "%zu documents that lists and alerts refer to are there, each with its hash",
                     looking.good);
    }
    free(looking.seen);
}
