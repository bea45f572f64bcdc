/* log.c: does the transparency log say what was signed, and does all of it stand there? */
#include <inttypes.h>
#include <unistd.h>

#include "doctor/internal.h"
#include "log/audit.h"

/* A log of this length is read in a few seconds; a longer one is read by `log verify`. */
enum { WHOLE_MAX = 200000 };

struct standing {
    struct cw_store_head signed_head; /* what the database says is in the folder */
    bool is_signed;
    uint64_t prepared; /* size of a head that was signed and is on its way there; 0 none */
    uint64_t pending;
};

static enum cw_status ask_store(struct cw_doctor *doctor, struct standing *ret,
                                struct cw_error *err)
{
    struct cw_store_head prepared;
    bool is_prepared = false;
    cw_store_head_init(&prepared);
    enum cw_status status =
        cw_store_log_head(doctor->store, CW_LOG_PUBLISHED, &ret->signed_head, &ret->is_signed, err);
    if (status == CW_OK) {
        status = cw_store_log_head(doctor->store, CW_LOG_PREPARED, &prepared, &is_prepared, err);
    }
    ret->prepared = is_prepared ? prepared.checkpoint.tree.size : 0;
    cw_store_head_clear(&prepared);
    return status == CW_OK ? cw_store_log_pending(doctor->store, &ret->pending, err) : status;
}

/* The key of the log under its name; a log has one for its life, so that the time is no matter. */
static bool make_key(struct cw_doctor *doctor, struct cw_tlog_key *ret)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    struct cw_error err = {0};
    const char *origin = doctor->home.config->log_origin;
    if (origin[0] == '\0') {
        const struct cw_quoted file = cw_shell_quote(doctor->home.config->path);
        cw_doctor_warn(doctor, "log.whole", cw_doctor_shell(doctor, "${EDITOR:-vi} %s", file.text),
                       "source cannot name a log: set log.origin");
        return false;
    }
    if (cw_home_key(&doctor->home, CW_KEY_LOG, 0, &key, &err) != CW_OK) {
        cw_doctor_warn(doctor, "log.whole", NULL,
                       "not looked at: there is no key of the log (see keys.log)");
        return false;
    }
    const struct cw_public_key public_key = cw_signing_key_public(key);
    cw_tlog_key_make(cw_span_cstr(origin), CW_TLOG_SIGN, &public_key, ret);
    return true;
}

static void tell_broken(struct cw_doctor *doctor, const struct cw_error *why)
{
    const struct cw_quoted folder = cw_shell_quote(doctor->home.log_dir);
    if (why->code == CW_DENIED) {
        cw_doctor_fail(
            doctor, "log.whole", CW_DENIED,
            cw_doctor_shell(doctor, "chown -R %ju %s", (uintmax_t)geteuid(), folder.text),
            "%s: not all of the log can be looked at; as root, give it to this user", why->text);
        return;
    }
    cw_doctor_fail(doctor, "log.whole", CW_STATE, cw_doctor_type(doctor, "log verify"),
                   "%s: alerts go out, but the log is not continued: put %s and state.db back from "
                   "one backup; without one, set log.origin to a new name, then: `cryptowatch log "
                   "checkpoint --new-log NAME`",
                   why->text, folder.text);
}

/* The folder against what the database says was signed, entries and tiles included. */
static void audit(struct cw_doctor *doctor, const struct standing *standing,
                  const struct cw_tlog_key *key)
{
    struct cw_log_found found;
    struct cw_error err = {0};
    const struct cw_log_audit order = {
        .folder = doctor->home.log_dir,
        .keys = key,
        .keys_count = 1,
        .known = standing->is_signed ? &standing->signed_head.checkpoint : NULL,
    };
    const uint64_t ours = standing->signed_head.checkpoint.tree.size;
    enum cw_status status = cw_log_audit_run(&order, &found, &err);
    const uint64_t shown = found.checkpoint.tree.size;
    if (status == CW_OK && standing->is_signed && shown != ours && shown != standing->prepared) {
        status =
            cw_error_set(&err, CW_STATE,
                         "the log has %" PRIu64 " entries, and the database has signed %" PRIu64
                         ": was an old one put back",
                         shown, ours);
    }
    if (status != CW_OK) {
        tell_broken(doctor, &err);
    } else if (standing->prepared != 0 && doctor->lock.state != CW_LOCK_HELD) {
        cw_doctor_warn(doctor, "log.whole", cw_doctor_type(doctor, "deliver"),
                       "%" PRIu64 " entries are sound, and a checkpoint of %" PRIu64
                       " is signed: a run was killed while it published, the next finishes it",
                       shown, standing->prepared);
    } else {
        cw_doctor_ok(doctor, "log.whole",
                     "%" PRIu64 " entries, every tile, the root and the signature are right",
                     shown);
    }
}

/* Of a long log only its head: signed, and the one that was signed last. */
static void look_at_head(struct cw_doctor *doctor, const struct standing *standing,
                         const struct cw_tlog_key *key)
{
    struct cw_log_head head;
    struct cw_log_witness witness;
    struct cw_error err = {0};
    cw_log_head_init(&head);
    enum cw_status status = cw_log_head_read_in(doctor->home.log_dir, &head, &err);
    if (status == CW_OK) {
        status = cw_log_check_signatures(&head, key, 1, &witness, &err);
    }
    const struct cw_tlog_tree *ours = &standing->signed_head.checkpoint.tree;
    if (status == CW_OK && head.checkpoint.tree.size != standing->prepared &&
        (head.checkpoint.tree.size != ours->size ||
         !cw_tlog_hash_equal(&head.checkpoint.tree.root, &ours->root))) {
        status = cw_error_set(&err, CW_STATE,
                              "its checkpoint of %" PRIu64 " entries is not the last that was "
                              "signed, of %" PRIu64,
                              head.checkpoint.tree.size, ours->size);
    }
    if (status == CW_OK) {
        cw_doctor_ok(doctor, "log.whole",
                     "the checkpoint of %" PRIu64 " entries is the last that was signed; it is too "
                     "long to be read here (`cryptowatch log verify`)",
                     ours->size);
    } else {
        tell_broken(doctor, &err);
    }
    cw_log_head_clear(&head);
}

static void look_at_folder(struct cw_doctor *doctor, const struct standing *standing)
{
    struct cw_tlog_key key;
    struct cw_log_head head;
    struct cw_error err = {0};
    if (!cw_doctor_may_read_folder(doctor, "log.whole", doctor->home.log_dir,
                                   "the log cannot be looked at")) {
        return;
    }
    cw_log_head_init(&head);
    const enum cw_status status = cw_log_head_read_in(doctor->home.log_dir, &head, &err);
    cw_log_head_clear(&head);
    if (status == CW_OK && !standing->is_signed && doctor->store != NULL) {
        (void)cw_error_set(
            &err, CW_STATE,
            "there is a log in %s, and the database has signed none: was it lost, or "
            "put back",
            doctor->home.log_dir);
        tell_broken(doctor, &err);
    } else if (status == CW_NOT_FOUND && !standing->is_signed) {
        cw_doctor_ok(doctor, "log.whole", "nothing was published yet");
    } else if (make_key(doctor, &key)) {
        if (standing->is_signed && standing->signed_head.checkpoint.tree.size > WHOLE_MAX) {
            look_at_head(doctor, standing, &key);
        } else {
            audit(doctor, standing, &key);
        }
    }
}

static void tell_pending(struct cw_doctor *doctor, const struct standing *standing)
{
    if (standing->pending == 0) {
        cw_doctor_ok(doctor, "log.published", "nothing waits to be published");
    } else if (doctor->lock.state == CW_LOCK_HELD) {
        cw_doctor_ok(doctor, "log.published",
                     "%" PRIu64 " entries wait for the run that is going on", standing->pending);
    } else {
        cw_doctor_warn(doctor, "log.published", cw_doctor_type(doctor, "deliver"),
                       "%" PRIu64 " entries wait to be published", standing->pending);
    }
}

void cw_doctor_log(struct cw_doctor *doctor)
{
    struct standing standing = {.is_signed = false};
    struct cw_error err = {0};
    cw_store_head_init(&standing.signed_head);
    if (doctor->store != NULL && ask_store(doctor, &standing, &err) != CW_OK) {
        cw_doctor_fail(doctor, "log.published", err.code, NULL, "%s", err.text);
    } else {
        look_at_folder(doctor, &standing);
        if (doctor->store != NULL) {
            tell_pending(doctor, &standing);
        }
    }
    cw_store_head_clear(&standing.signed_head);
}
