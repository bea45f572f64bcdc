/* index.c: is what people ask whole, and is it what the state and the files say? */
#include <inttypes.h>

#include "check/check.h"
#include "doctor/internal.h"
#include "publish/publish.h"

#define MEANWHILE                                                                                  \
    "until then `check` and `screen` build one for each question, which is slower; the library "   \
    "has none"

static const char *force(struct cw_doctor *doctor)
{
    return cw_doctor_type(doctor, "scan --force --offline");
}

/* The sources by name, as far as a line holds them. */
static void name_sources(const struct cw_manifest *manifest, struct cw_buf *out)
{
    for (size_t i = 0; i < manifest->feeds_count; i++) {
        cw_buf_printf(out, "%s%s", i == 0 ? "" : ", ", manifest->feeds[i].id);
    }
}

static void tell_sources(struct cw_doctor *doctor, const struct cw_manifest *manifest,
                         const struct cw_index *index)
{
    struct cw_buf names;
    cw_buf_init(&names, CW_DOCTOR_NAMES_BYTES);
    name_sources(manifest, &names);
    cw_doctor_ok(doctor, "index.whole",
                 "generation %" PRIu64 ", %" PRIu64 " KiB, every block and record: %" PRIu64
                 " listings and %" PRIu64 " texts, of %zu cases and %zu lists: %s%s",
                 cw_index_generation(index), cw_index_bytes(index) / 1024, cw_index_listings(index),
                 cw_index_opaques(index), manifest->rules_count, manifest->feeds_count,
                 names.data != NULL ? names.data : "none", names.failed != CW_OK ? " …" : "");
    cw_buf_clear(&names);
}

/* ---- is it of this state? ------------------------------------------------------------------ */

static void look_at_generation(struct cw_doctor *doctor, const struct cw_manifest *manifest)
{
    if (manifest->generation > doctor->totals.generation) {
        cw_doctor_fail(doctor, "index.state", CW_STATE, force(doctor),
                       "the index is of run %" PRIu64 ", the database knows %" PRIu64
                       ": was an old state.db put back? " MEANWHILE,
                       manifest->generation, doctor->totals.generation);
    } else if (manifest->generation < doctor->totals.generation &&
               doctor->lock.state != CW_LOCK_HELD) {
        cw_doctor_warn(doctor, "index.state", force(doctor),
                       "the index is of run %" PRIu64 ", the last was %" PRIu64
                       ": that one was killed, or could not write it",
                       manifest->generation, doctor->totals.generation);
    } else {
        cw_doctor_ok(doctor, "index.state", "of the last run: %s",
                     cw_doctor_moment(doctor, manifest->built_at_s).text);
    }
}

/* What it would be built from now, against what it was built from. */
static void look_at_basis(struct cw_doctor *doctor, const struct cw_manifest *manifest)
{
    struct cw_manifest now = {0};
    struct cw_error err = {0};
    const bool is_ready =
        doctor->home.feeds != NULL && doctor->home.rules != NULL && doctor->mistakes.errors == 0;
    if (!is_ready) {
        cw_doctor_warn(doctor, "index.basis", NULL,
                       "not compared: the files it would be built from have mistakes");
    } else if (cw_publish_describe(&doctor->home, doctor->store, &now, &err) != CW_OK) {
        cw_doctor_fail(doctor, "index.basis", err.code, NULL, "not compared: %s", err.text);
    } else if (memcmp(now.basis, manifest->basis, sizeof(now.basis)) != 0) {
        cw_doctor_warn(doctor, "index.basis", cw_doctor_type(doctor, "scan"),
                       "lists, cases or the program have changed since it was built: the next scan "
                       "builds it anew; " MEANWHILE);
    } else {
        cw_doctor_ok(doctor, "index.basis", "holds the lists and cases of now");
    }
    cw_manifest_clear(&now);
}

static void look_at_files(struct cw_doctor *doctor)
{
    CW_CLEANUP(cw_check_closep) struct cw_check *check = NULL;
    struct cw_error err = {0};
    const enum cw_status status = cw_check_open_published(
        doctor->home.config, &doctor->options->clock, CW_CHECK_ADDRESSES, &check, &err);
    if (status == CW_NOT_FOUND) {
        cw_doctor_warn(doctor, "index.files", cw_doctor_type(doctor, "scan"), "%s: " MEANWHILE,
                       err.text);
    } else if (status != CW_OK) {
        cw_doctor_fail(doctor, "index.files", status, force(doctor), "%s: " MEANWHILE, err.text);
    } else {
        cw_doctor_ok(doctor, "index.files", "no file was edited since");
    }
}

/* ---- the group ----------------------------------------------------------------------------- */

static void tell_unopened(struct cw_doctor *doctor, const struct cw_error *why)
{
    if (why->code == CW_NOT_FOUND && doctor->store == NULL &&
        doctor->store_status == CW_NOT_FOUND) {
        cw_doctor_ok(doctor, "index.whole", "none yet: no scan was ever run");
    } else if (why->code == CW_NOT_FOUND) {
        cw_doctor_warn(doctor, "index.whole", force(doctor), "%s: " MEANWHILE, why->text);
    } else {
        cw_doctor_fail(doctor, "index.whole", why->code, force(doctor), "%s: " MEANWHILE,
                       why->text);
    }
}

static void look(struct cw_doctor *doctor, const char *folder)
{
    CW_CLEANUP(cw_index_closep) struct cw_index *index = NULL;
    struct cw_manifest manifest = {0};
    struct cw_error err = {0};
    if (cw_index_open_current(folder, &manifest, &index, &err) != CW_OK) {
        tell_unopened(doctor, &err);
    } else if (cw_index_verify(index, &err) != CW_OK) {
        cw_doctor_fail(doctor, "index.whole", err.code, force(doctor),
                       "%s/%" PRIu64 ": %s: " MEANWHILE, folder, manifest.index, err.text);
    } else {
        tell_sources(doctor, &manifest, index);
        if (doctor->store != NULL) {
            look_at_generation(doctor, &manifest);
            look_at_basis(doctor, &manifest);
        }
        look_at_files(doctor);
    }
    cw_manifest_clear(&manifest);
}

void cw_doctor_index(struct cw_doctor *doctor)
{
    char *folder = cw_publish_folder(doctor->home.config);
    if (folder == NULL) {
        cw_doctor_fail(doctor, "index.whole", CW_NOMEM, NULL, "not enough memory to look at it");
        return;
    }
    if (cw_doctor_may_read_folder(doctor, "index.whole", folder, MEANWHILE)) {
        look(doctor, folder);
    }
    free(folder);
}
