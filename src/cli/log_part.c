#include "cli/log_part.h"

#include <sys/stat.h>

#include "base/datetime.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/flow.h"
#include "cli/tone.h"

enum { LINE_BYTES_MAX = 16 << 10 };

/* ---- keys ---------------------------------------------------------------------------------- */

struct cw_option cw_cli_vkey_option(struct cw_cli_vkeys *vkeys)
{
    return (struct cw_option){.name = "vkey",
                              .argument = "KEY",
                              .help = "key of the log or of a witness; may stand several times",
                              .value = vkeys->texts,
                              .count = &vkeys->texts_count,
                              .max = CW_LOG_VKEYS_MAX};
}

int cw_cli_vkeys_parse(const struct cw_cli *cli, struct cw_cli_vkeys *vkeys)
{
    for (size_t i = 0; i < vkeys->texts_count; i++) {
        struct cw_error err = {0};
        if (cw_tlog_key_parse(cw_span_cstr(vkeys->texts[i]), &vkeys->keys[i], &err) != CW_OK) {
            return cw_cli_usage_error(cli, "--vkey: %s", err.text);
        }
    }
    vkeys->count = vkeys->texts_count;
    return -1;
}

enum cw_status cw_cli_vkeys_own(const struct cw_home *home, struct cw_cli_vkeys *vkeys,
                                struct cw_error *err)
{
    const char *origin = home->config->log_origin;
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    if (vkeys->count > 0) {
        return CW_OK;
    }
    if (origin[0] == '\0') {
        return cw_error_set(err, CW_INVALID, "%s: source cannot name a log; set log.origin",
                            home->config->path);
    }
    /* A log has one key for its life, so that the time does not matter. */
    const enum cw_status status = cw_home_key(home, CW_KEY_LOG, 0, &key, err);
    if (status == CW_OK) {
        const struct cw_public_key public_key = cw_signing_key_public(key);
        cw_tlog_key_make(cw_span_cstr(origin), CW_TLOG_SIGN, &public_key, &vkeys->keys[0]);
        vkeys->count = 1;
    }
    return status;
}

/* ---- signatures ---------------------------------------------------------------------------- */

static const char *signature_name(enum cw_tlog_signature state)
{
    switch (state) {
    case CW_TLOG_ABSENT:
        return "absent";
    case CW_TLOG_GOOD:
        return "good";
    case CW_TLOG_BAD:
        break;
    }
    return "BAD";
}

const char *cw_cli_result_name(enum cw_status status)
{
    return status == CW_OK ? "valid" : (status == CW_UNTRUSTED ? "invalid" : "unchecked");
}

void cw_cli_result_print(const struct cw_cli *cli, enum cw_status status)
{
    const enum cw_tone tone = status == CW_OK          ? CW_TONE_GOOD
                              : status == CW_UNTRUSTED ? CW_TONE_ALARM
                                                       : CW_TONE_UNKNOWN;
    cw_tone_print(cli, tone, cw_cli_result_name(status), 0);
}

static json_t *signatures_json(const struct cw_log_witness *signatures, size_t count)
{
    json_t *all = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct cw_log_witness *one = &signatures[i];
        (void)json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:o}", "name", one->key->name, "kind",
                           one->key->type == CW_TLOG_SIGN ? "log" : "witness", "state",
                           signature_name(one->state), "time", cw_json_time(one->time_s)));
    }
    return all;
}

static void print_signatures(const struct cw_log_witness *signatures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cw_log_witness *one = &signatures[i];
        char when[CW_TIME_TEXT_BYTES] = "";
        (void)printf("  signature of %s: %s", one->key->name, signature_name(one->state));
        if (one->time_s > 0) {
            cw_time_format(one->time_s, when);
            (void)printf(", seen at %s", when);
        }
        (void)printf("\n");
    }
}

static json_t *root_json(const struct cw_tlog_hash *root)
{
    char hex[2 * CW_TLOG_HASH_BYTES + 1];
    cw_hex_encode(root->bytes, CW_TLOG_HASH_BYTES, hex);
    return json_string(hex);
}

/* ---- a whole log --------------------------------------------------------------------------- */

static json_t *entries_json(const struct cw_log_found *found)
{
    json_t *entries = json_object();
    for (size_t i = 0; i < CW_LOG_KINDS; i++) {
        (void)json_object_set_new(entries, cw_log_kind_name((enum cw_log_kind)i),
                                  json_integer((json_int_t)found->entries[i]));
    }
    return entries;
}

static void log_json(const char *folder, enum cw_status status, const struct cw_log_found *found,
                     const struct cw_error *err)
{
    json_t *out = json_pack("{s:o, s:s, s:o, s:o, s:o}", "log", cw_json_text(cw_span_cstr(folder)),
                            "result", cw_cli_result_name(status), "signatures",
                            signatures_json(found->signatures, found->signatures_count), "entries",
                            entries_json(found), "error",
                            status == CW_OK ? json_null() : cw_json_text(cw_span_cstr(err->text)));
    if (found->has_checkpoint) {
        const struct cw_tlog_checkpoint *checkpoint = &found->checkpoint;
        (void)json_object_set_new(out, "origin", cw_json_text(cw_span_cstr(checkpoint->origin)));
        (void)json_object_set_new(out, "size", json_integer((json_int_t)checkpoint->tree.size));
        (void)json_object_set_new(out, "root", root_json(&checkpoint->tree.root));
    }
    if (found->has_older) {
        (void)json_object_set_new(out, "against", json_integer((json_int_t)found->older.tree.size));
    }
    cw_cli_json(out);
}

static void log_text(const struct cw_cli *cli, const char *folder, enum cw_status status,
                     const struct cw_log_found *found, const struct cw_error *err)
{
    const size_t column =
        cw_flow_columns(cw_span_cstr(folder)) + 2 + strlen(cw_cli_result_name(status));
    cw_cli_print(cw_span_cstr(folder));
    (void)printf(": ");
    cw_cli_result_print(cli, status);
    if (status != CW_OK) {
        cw_cli_line(cli, (struct cw_line){column, 4}, ": %s", err->text);
        return;
    }
    struct cw_buf text;
    cw_buf_init(&text, LINE_BYTES_MAX);
    cw_buf_printf(&text, ": %s, %llu entries (", found->checkpoint.origin,
                  (unsigned long long)found->checkpoint.tree.size);
    for (size_t i = 0; i < CW_LOG_KINDS; i++) {
        cw_buf_printf(&text, "%s%llu %s", i == 0 ? "" : ", ", (unsigned long long)found->entries[i],
                      cw_log_kind_name((enum cw_log_kind)i));
    }
    cw_buf_str(&text, ")");
    cw_cli_text(cli, (struct cw_line){column, 4}, &text);
    cw_buf_clear(&text);
    print_signatures(found->signatures, found->signatures_count);
    if (found->has_older) {
        (void)printf("  begins with the %llu entries of the older checkpoint\n",
                     (unsigned long long)found->older.tree.size);
    } else {
        (void)printf("  not checked: that it begins with what was seen before (--against)\n");
    }
}

int cw_cli_log_verify(const struct cw_cli *cli, const struct cw_log_audit *audit)
{
    struct cw_log_found found;
    struct cw_error err = {0};
    const enum cw_status status = cw_log_audit_run(audit, &found, &err);
    if (cli->is_json) {
        log_json(audit->folder, status, &found, &err);
    } else if (!cli->is_quiet) {
        log_text(cli, audit->folder, status, &found, &err);
    }
    return status == CW_OK ? CW_EXIT_OK
                           : (status == CW_UNTRUSTED ? CW_EXIT_INVALID : CW_EXIT_UNCHECKED);
}

bool cw_cli_is_log(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool cw_cli_are_logs(char **paths, int count)
{
    for (int i = 0; i < count; i++) {
        if (!cw_cli_is_log(paths[i])) {
            return false;
        }
    }
    return true;
}

enum cw_status cw_cli_log_check(const struct cw_cli *cli, const char *folder,
                                const struct cw_cli_vkeys *vkeys)
{
    const struct cw_log_audit audit = {
        .folder = folder, .keys = vkeys->keys, .keys_count = vkeys->count};
    const int code = cw_cli_log_verify(cli, &audit);
    return code == CW_EXIT_OK ? CW_OK : (code == CW_EXIT_INVALID ? CW_UNTRUSTED : CW_NOT_FOUND);
}

/* ---- a proof ------------------------------------------------------------------------------- */

enum cw_status cw_cli_proof_verify(const char *path, struct cw_span jws, struct cw_span body,
                                   const struct cw_cli_vkeys *vkeys, struct cw_log_proven *ret,
                                   struct cw_error *err)
{
    struct cw_alert_summary summary;
    struct cw_buf text;
    cw_buf_init(&text, CW_TLOG_PROOF_BYTES_MAX);
    enum cw_status status = cw_file_read(path, &text, err);
    if (status != CW_OK && status != CW_LIMIT) {
        status = CW_NOT_FOUND;
    } else if (status == CW_LIMIT) {
        status = CW_UNTRUSTED;
    } else {
        status = cw_alert_summarise(body, &summary, err);
    }
    if (status == CW_OK) {
        const struct cw_log_proving proving = {.proof = cw_buf_as_span(&text),
                                               .jws = cw_span_trim(jws),
                                               .body = body,
                                               .alert_id = summary.id,
                                               .keys = vkeys->keys,
                                               .keys_count = vkeys->count};
        status = cw_log_proof_check(&proving, ret, err);
    }
    cw_buf_clear(&text);
    return status;
}

void cw_cli_proof_print(const struct cw_log_proven *proven)
{
    (void)printf("  log proof: entry %llu of %llu in ", (unsigned long long)proven->index,
                 (unsigned long long)proven->checkpoint.tree.size);
    cw_cli_print(cw_span_cstr(proven->checkpoint.origin));
    (void)printf("\n");
    print_signatures(proven->signatures, proven->signatures_count);
}

json_t *cw_cli_proof_json(enum cw_status status, const struct cw_log_proven *proven,
                          const struct cw_error *err)
{
    json_t *out = json_pack("{s:s, s:o, s:o}", "result", cw_cli_result_name(status), "signatures",
                            signatures_json(proven->signatures, proven->signatures_count), "error",
                            status == CW_OK ? json_null() : cw_json_text(cw_span_cstr(err->text)));
    if (proven->checkpoint.origin[0] != '\0') {
        const struct cw_tlog_checkpoint *checkpoint = &proven->checkpoint;
        (void)json_object_set_new(out, "origin", cw_json_text(cw_span_cstr(checkpoint->origin)));
        (void)json_object_set_new(out, "index", json_integer((json_int_t)proven->index));
        (void)json_object_set_new(out, "size", json_integer((json_int_t)checkpoint->tree.size));
        (void)json_object_set_new(out, "root", root_json(&checkpoint->tree.root));
    }
    return out;
}
