/* snapshots.c: is every document there that something refers to, with the bytes it had? */
#include <unistd.h>

#include "doctor/internal.h"
#include "fetch/fetch.h"
#include "fetch/snapshots.h"

struct counted {
    struct cw_doctor *doctor;
    size_t good;
    size_t bad;
};

/* A list's own document is fetched again; one that only an alert refers to is evidence that is
 * gone, and no command brings it back. */
static void tell(struct cw_doctor *doctor, const struct cw_document *document,
                 const struct cw_error *why)
{
    if (document->is_in_force) {
        cw_doctor_fail(doctor, "snapshots", why->code,
                       cw_doctor_type(doctor, "scan --force --feed %s", document->feed),
                       "document %.12s… of list %s: %s: what is in force still answers, and the "
                       "list is fetched again",
                       document->sha256, document->feed, why->text);
    } else {
        cw_doctor_warn(doctor, "snapshots", NULL,
                       "document %.12s… that was once in force on list %s: %s: it is evidence for "
                       "the alerts of its time; put it back from a backup",
                       document->sha256, document->feed, why->text);
    }
}

static enum cw_status on_document(void *ctx, const struct cw_document *document,
                                  struct cw_error *err)
{
    struct counted *counted = ctx;
    struct cw_error why = {0};
    int fd = -1;
    (void)err;
    if (cw_snapshot_open(counted->doctor->home.snapshots_dir, document->sha256, &fd, &why) ==
        CW_OK) {
        (void)close(fd);
        counted->good++;
    } else {
        counted->bad++;
        tell(counted->doctor, document, &why);
    }
    return CW_OK;
}

void cw_doctor_snapshots(struct cw_doctor *doctor)
{
    struct counted counted = {.doctor = doctor};
    struct cw_error err = {0};
    if (cw_store_each_document(doctor->store, on_document, &counted, &err) != CW_OK) {
        cw_doctor_fail(doctor, "snapshots", err.code, NULL, "%s", err.text);
    } else if (counted.bad == 0) {
        cw_doctor_ok(doctor, "snapshots", "%zu documents are there, each with its hash",
                     counted.good);
    }
}
