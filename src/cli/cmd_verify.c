#include "alert/seal.h"
#include "base/datetime.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/log_part.h"

/* What is trusted for this call: the sets of one file, or those of the home. */
struct trust {
    struct cw_key_set **sets;
    size_t count;
    const char *proof; /* --proof, or NULL */
    struct cw_cli_vkeys vkeys;
};

static const char *state_name(enum cw_signature_state state)
{
    switch (state) {
    case CW_SIGNATURE_GOOD:
        return "good";
    case CW_SIGNATURE_UNKNOWN_KEY:
        return "unknown key, not checked";
    case CW_SIGNATURE_BAD:
        return "BAD";
    case CW_SIGNATURE_OUT_OF_TIME:
        return "key not in force at signing time";
    case CW_SIGNATURE_COMPROMISED:
        return "key revoked as compromised";
    }
    return "BAD";
}

static const char *result_name(enum cw_status status)
{
    return status == CW_OK ? "valid" : (status == CW_UNTRUSTED ? "invalid" : "unchecked");
}

static void print_json(const char *file, enum cw_status status, const struct cw_verification *found,
                       struct cw_span body, const struct cw_error *err, json_t *proof)
{
    json_t *signatures = json_array();
    for (size_t i = 0; i < found->signatures_count; i++) {
        const struct cw_signature_report *report = &found->signatures[i];
        (void)json_array_append_new(
            signatures,
            json_pack("{s:s, s:s, s:o, s:s, s:b}", "kid", report->kid, "purpose", report->purpose,
                      "signed_at", cw_json_time(report->iat_s), "state", state_name(report->state),
                      "trusted_for_source", report->is_source_trusted ? 1 : 0));
    }
    struct cw_alert_summary summary;
    json_t *id = json_null();
    if (status == CW_OK && cw_alert_summarise(body, &summary, NULL) == CW_OK) {
        id = json_string(summary.id);
    }
    cw_cli_json(json_pack("{s:o, s:s, s:o, s:o, s:o, s:I, s:o, s:o*}", "file",
                          cw_json_text(cw_span_cstr(file)), "result", result_name(status), "id", id,
                          "sha256", found->has_body ? json_string(found->body_sha256) : json_null(),
                          "signatures", signatures, "issuers", (json_int_t)found->issuers, "error",
                          status == CW_OK ? json_null() : cw_json_text(cw_span_cstr(err->text)),
                          "log_proof", proof));
}

static void print_text(const char *file, enum cw_status status, const struct cw_verification *found,
                       struct cw_span body, const struct cw_error *err,
                       const struct cw_log_proven *proven)
{
    cw_cli_print(cw_span_cstr(file));
    (void)printf(": %s", result_name(status));
    if (status != CW_OK) {
        (void)printf(": %s", err->text);
    }
    (void)printf("\n");
    for (size_t i = 0; i < found->signatures_count; i++) {
        const struct cw_signature_report *report = &found->signatures[i];
        char when[CW_TIME_TEXT_BYTES];
        cw_time_format(report->iat_s, when);
        (void)printf("  signature %zu: %s, key %s, purpose %s, signed %s%s\n", i + 1,
                     state_name(report->state), report->kid, report->purpose, when,
                     report->is_source_trusted ? ", trusted for the source" : "");
    }
    struct cw_alert_summary summary;
    if (status == CW_OK && cw_alert_summarise(body, &summary, NULL) == CW_OK) {
        (void)printf("  alert %s of %s\n  ", summary.id, summary.time);
        cw_cli_print(cw_span_cstr(summary.text_en));
        (void)printf("\n  checked: form, identifier, signatures and key times%s\n",
                     proven == NULL ? "; not checked: a transparency log proof (--proof)"
                                    : ", and the log proof");
    }
    if (proven != NULL && proven->checkpoint.origin[0] != '\0') {
        cw_cli_proof_print(proven);
    }
}

static enum cw_status verify_one(const struct cw_cli *cli, const char *file, const char *body_file,
                                 const struct trust *trust)
{
    struct cw_buf text;
    struct cw_buf detached;
    struct cw_buf body;
    cw_buf_init(&text, CW_JWS_BYTES_MAX);
    cw_buf_init(&detached, CW_ALERT_BYTES_MAX);
    cw_buf_init(&body, CW_ALERT_BYTES_MAX);
    const struct cw_trust trusted = {(const struct cw_key_set *const *)trust->sets, trust->count};
    struct cw_verification found = {0};
    struct cw_error err = {0};
    enum cw_status status = cw_file_read(file, &text, &err);
    if (status == CW_OK && body_file != NULL) {
        status = cw_file_read(body_file, &detached, &err);
    }
    if (status != CW_OK) {
        status = CW_NOT_FOUND; /* whatever kept us from reading: it could not be checked */
    } else {
        const struct cw_span trimmed = cw_span_trim(cw_buf_as_span(&text));
        status = cw_seal_verify(trimmed, cw_buf_as_span(&detached), &trusted, &found, &body, &err);
    }
    struct cw_log_proven proven = {.index = 0};
    const bool is_proof_asked = status == CW_OK && trust->proof != NULL;
    if (is_proof_asked) {
        status = cw_cli_proof_verify(trust->proof, cw_buf_as_span(&text), cw_buf_as_span(&body),
                                     &trust->vkeys, &proven, &err);
    }
    if (cli->is_json) {
        print_json(file, status, &found, cw_buf_as_span(&body), &err,
                   !is_proof_asked ? NULL : cw_cli_proof_json(status, &proven, &err));
    } else if (!cli->is_quiet) {
        print_text(file, status, &found, cw_buf_as_span(&body), &err,
                   is_proof_asked ? &proven : NULL);
    }
    cw_buf_clear(&text);
    cw_buf_clear(&detached);
    cw_buf_clear(&body);
    return status;
}

static int load_file(const struct cw_cli *cli, const char *path, struct trust *trust)
{
    struct cw_error err = {0};
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    trust->sets = calloc(1, sizeof(struct cw_key_set *));
    enum cw_status status = trust->sets == NULL ? cw_error_set(&err, CW_NOMEM, "out of memory")
                                                : cw_file_read(path, &text, &err);
    if (status == CW_OK) {
        status = cw_key_set_parse(cw_buf_as_span(&text), path, &trust->sets[0], &err);
    }
    trust->count = status == CW_OK ? 1 : 0;
    cw_buf_clear(&text);
    if (status == CW_OK) {
        return -1;
    }
    (void)cw_cli_fail(cli, &err, CW_EXIT_UNCHECKED);
    return CW_EXIT_UNCHECKED;
}

static int load_home(struct cw_cli *cli, struct trust *trust)
{
    struct cw_home home;
    struct cw_error err = {0};
    int code = cw_cli_home(cli, CW_NEED_FILES, &home);
    if (code < 0 &&
        cw_home_load_key_sets(home.config, &trust->sets, &trust->count, &err) != CW_OK) {
        (void)cw_cli_fail(cli, &err, CW_EXIT_UNCHECKED);
        code = CW_EXIT_UNCHECKED;
    }
    if (code < 0 && cw_cli_vkeys_own(&home, &trust->vkeys, NULL) != CW_OK) {
        trust->vkeys.count = 0; /* a home that only verifies has no log: said when one is asked */
    }
    cw_home_clear(&home);
    return code < 0 ? -1 : CW_EXIT_UNCHECKED;
}

int cw_cmd_verify(struct cw_cli *cli, int argc, char **argv)
{
    const char *jwks = NULL;
    const char *body_file = NULL;
    struct trust trust = {0};
    const struct cw_option options[] = {
        {.name = "jwks",
         .argument = "FILE",
         .help = "trust the keys of this set, and no others",
         .value = &jwks},
        {.name = "body",
         .argument = "FILE",
         .help = "the signed bytes of a detached signature",
         .value = &body_file},
        {.name = "proof",
         .argument = "FILE",
         .help = "the proof that the alert stands in its log (.tlog-proof)",
         .value = &trust.proof},
        cw_cli_vkey_option(&trust.vkeys),
    };
    const struct cw_usage usage = {
        .synopsis = "[OPTIONS] FILE...",
        .text =
            "Verifies alerts offline, in any JWS shape, with the keys of the home (keys/ and\n"
            "trust.d/) or of --jwks. Nothing of a file is shown before it is valid. A folder is\n"
            "verified as a transparency log.",
        .options = options,
        .options_count = CW_COUNT(options),
        .examples = "  cryptowatch verify alert.jws.json\n"
                    "  cryptowatch verify --jwks partner.jwks.json --body 1.json 1.jws.json\n",
        .exits = "  0 all valid   1 one is invalid   2 one could not be checked   64 usage\n",
    };
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands == 0 || ((body_file != NULL || trust.proof != NULL) && operands > 1)) {
        return cw_cli_usage_error(
            cli, operands == 0 ? "which file?" : "--body and --proof go with one signature file");
    }
    code = cw_cli_vkeys_parse(cli, &trust.vkeys);
    if (code >= 0) {
        return code;
    }
    code = trust.vkeys.count > 0 && cw_cli_are_logs(argv, operands) ? -1
           : jwks != NULL                                           ? load_file(cli, jwks, &trust)
                                                                    : load_home(cli, &trust);
    if (code < 0) {
        bool is_invalid = false;
        bool is_unchecked = false;
        for (int i = 0; i < operands; i++) {
            const enum cw_status status = cw_cli_is_log(argv[i])
                                              ? cw_cli_log_check(cli, argv[i], &trust.vkeys)
                                              : verify_one(cli, argv[i], body_file, &trust);
            is_invalid |= status == CW_UNTRUSTED;
            is_unchecked |= status != CW_OK && status != CW_UNTRUSTED;
        }
        code = is_invalid ? CW_EXIT_INVALID : (is_unchecked ? CW_EXIT_UNCHECKED : CW_EXIT_OK);
    }
    cw_home_free_key_sets(trust.sets, trust.count);
    return code;
}
