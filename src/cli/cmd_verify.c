#include "alert/policy.h"
#include "alert/receipt.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/log_part.h"
#include "cli/verify_report.h"

/* What is trusted for this call: the sets of one file, or those of the home with its policy. */
struct trust {
    struct cw_key_set **sets;
    size_t count;
    struct cw_policy policy;
    bool has_policy;
    char own_source[513]; /* the policy is for what others say; "" when there is no home */
    struct cw_cli_vkeys vkeys;
};

struct request {
    const char *jwks;
    const char *policy;
    const char *body_file;
    const char *proof;
    const char *countersign; /* purpose */
    const char *key_file;
    const char *output;
};

/* One file on its way. */
struct file {
    struct cw_buf text;
    struct cw_buf detached;
    struct cw_buf body;            /* once it is valid */
    struct cw_alert_summary alert; /* of the body, read once */
    struct cw_receipt_summary receipt;
    bool has_alert;
    bool has_receipt;
    struct cw_verification found;
    bool is_policy_checked;
    bool is_proof_checked; /* the next two say what came of it */
    enum cw_status proof_status;
    struct cw_log_proven proven;
    struct cw_error err;
};

static void file_init(struct file *file)
{
    *file = (struct file){.found.signatures_count = 0};
    cw_buf_init(&file->text, CW_JWS_BYTES_MAX);
    cw_buf_init(&file->detached, CW_RECEIPT_BYTES_MAX);
    cw_buf_init(&file->body, CW_RECEIPT_BYTES_MAX);
}

static void file_clear(struct file *file)
{
    cw_buf_clear(&file->text);
    cw_buf_clear(&file->detached);
    cw_buf_clear(&file->body);
}

/* ---- one file ---- */

static struct cw_span jws_of(const struct file *file)
{
    return cw_span_trim(cw_buf_as_span(&file->text));
}

/* Of a file whose signatures hold, or do but for what the log says of them: an entry names bytes
 * and a signature, and says nothing about keys. */
static enum cw_status check_proof(struct file *file, struct cw_span body, const char *path,
                                  const struct trust *trust, struct cw_error *err)
{
    file->is_proof_checked = true;
    file->proof_status =
        file->found.kind == CW_SEAL_ALERT
            ? cw_cli_proof_verify(path, jws_of(file), body, &trust->vkeys, &file->proven, err)
            : cw_error_set(err, CW_UNTRUSTED, "%s: only alerts stand in a log", path);
    return file->proof_status;
}

/* What `prove` works with. */
struct proving {
    struct file *file;
    const struct request *request;
    const struct trust *trust;
};

static enum cw_status prove(void *ctx, struct cw_span body, struct cw_witnessed *ret,
                            struct cw_error *err)
{
    const struct proving *proving = ctx;
    struct file *file = proving->file;
    const enum cw_status status =
        check_proof(file, body, proving->request->proof, proving->trust, err);
    if (status == CW_OK) {
        memcpy(ret->signature, file->proven.signature, sizeof(ret->signature));
        ret->at_s = cw_log_proven_seen_at_s(&file->proven);
    }
    return status;
}

static enum cw_status check(struct file *file, const struct request *request,
                            const struct trust *trust)
{
    struct proving proving = {file, request, trust};
    const struct cw_trust trusted = {.sets = (const struct cw_key_set *const *)trust->sets,
                                     .count = trust->count,
                                     .prove = request->proof != NULL ? prove : NULL,
                                     .ctx = &proving};
    cw_error_clear(&file->err);
    return cw_seal_verify(jws_of(file), cw_buf_as_span(&file->detached), &trusted, &file->found,
                          &file->body, &file->err);
}

/* A detached `<id>.jws.json` has its bytes beside it, in `<id>.json`. */
static bool read_beside(const char *path, struct cw_buf *ret)
{
    const struct cw_span name = cw_span_cstr(path);
    const struct cw_span suffix = CW_SPAN(".jws.json");
    char beside[4096];
    if (!cw_span_ends_with(name, suffix) || name.len >= sizeof(beside)) {
        return false;
    }
    (void)snprintf(beside, sizeof(beside), "%.*s.json", (int)(name.len - suffix.len), path);
    return cw_file_read(beside, ret, NULL) == CW_OK;
}

/* A valid alert may be of a type that we do not know. */
static void summarise(struct file *file)
{
    const struct cw_span body = cw_buf_as_span(&file->body);
    if (file->found.kind == CW_SEAL_RECEIPT) {
        file->has_receipt = cw_receipt_summarise(body, &file->receipt, NULL) == CW_OK;
    } else {
        file->has_alert = cw_alert_summarise(body, &file->alert, NULL) == CW_OK;
    }
}

static bool is_of_somebody_else(const struct file *file, const struct trust *trust)
{
    const char *source =
        file->has_receipt ? file->receipt.source : (file->has_alert ? file->alert.source : "");
    return trust->own_source[0] == '\0' || strcmp(source, trust->own_source) != 0;
}

static enum cw_status check_policy(struct file *file, const struct trust *trust)
{
    const int64_t witnesses =
        file->is_proof_checked ? (int64_t)cw_log_proven_witnesses(&file->proven) : -1;
    file->is_policy_checked = trust->has_policy && is_of_somebody_else(file, trust);
    return file->is_policy_checked
               ? cw_policy_judge(&trust->policy, &file->found, witnesses, &file->err)
               : CW_OK;
}

static enum cw_status verify_file(const char *path, const struct request *request,
                                  const struct trust *trust, struct file *file)
{
    enum cw_status status = cw_file_read(path, &file->text, &file->err);
    if (status == CW_OK && request->body_file != NULL) {
        status = cw_file_read(request->body_file, &file->detached, &file->err);
    }
    if (status != CW_OK) {
        return CW_NOT_FOUND; /* whatever kept us from reading: it could not be checked */
    }
    status = check(file, request, trust);
    if (status == CW_NOT_FOUND && !file->found.has_body && read_beside(path, &file->detached)) {
        status = check(file, request, trust);
    }
    if (status == CW_OK) {
        summarise(file);
    }
    if (status == CW_OK && request->proof != NULL && !file->is_proof_checked) {
        status = check_proof(file, cw_buf_as_span(&file->body), request->proof, trust, &file->err);
    }
    if (status == CW_OK) {
        status = check_policy(file, trust);
    }
    if (status != CW_OK) {
        cw_buf_clear(&file->body); /* nothing of it is shown */
        file->has_alert = false;
        file->has_receipt = false;
    }
    return status;
}

static enum cw_status verify_one(const struct cw_cli *cli, const char *path,
                                 const struct request *request, const struct trust *trust)
{
    struct file file;
    file_init(&file);
    const enum cw_status status = verify_file(path, request, trust, &file);
    const struct cw_verified verified = {
        .file = path,
        .status = status,
        .found = &file.found,
        .body = cw_buf_as_span(&file.body),
        .alert = file.has_alert ? &file.alert : NULL,
        .receipt = file.has_receipt ? &file.receipt : NULL,
        .is_policy_checked = file.is_policy_checked,
        .proven = file.is_proof_checked ? &file.proven : NULL,
        .proof_status = file.proof_status,
        .err = &file.err,
    };
    if (cli->is_json) {
        cw_verified_print_json(&verified);
    } else if (!cli->is_quiet) {
        cw_verified_print(cli, &verified);
    }
    file_clear(&file);
    return status;
}

static int verify_all(const struct cw_cli *cli, int count, char **paths,
                      const struct request *request, const struct trust *trust)
{
    bool is_invalid = false;
    bool is_unchecked = false;
    for (int i = 0; i < count; i++) {
        const enum cw_status status = cw_cli_is_log(paths[i])
                                          ? cw_cli_log_check(cli, paths[i], &trust->vkeys)
                                          : verify_one(cli, paths[i], request, trust);
        is_invalid |= status == CW_UNTRUSTED;
        is_unchecked |= status != CW_OK && status != CW_UNTRUSTED;
    }
    return is_invalid ? CW_EXIT_INVALID : (is_unchecked ? CW_EXIT_UNCHECKED : CW_EXIT_OK);
}

/* ---- countersigning ---- */

/* "received" states no more than that we have these bytes, so an issuer whom we do not know (yet)
 * does not forbid it. A file with a bad signature is none that anybody should pass on. */
static bool may_sign(enum cw_status status, const struct cw_verification *found,
                     enum cw_countersign_purpose purpose)
{
    return status == CW_OK || (purpose == CW_COUNTERSIGN_RECEIVED && status == CW_NOT_FOUND &&
                               found->has_body && found->signatures_count > 0);
}

static enum cw_status load_own_key(struct cw_cli *cli, const struct request *request,
                                   struct cw_home *home, struct cw_signing_key **ret_own,
                                   const struct cw_signing_key **ret, struct cw_error *err)
{
    if (request->key_file != NULL) {
        const enum cw_status status = cw_signing_key_load(request->key_file, ret_own, err);
        *ret = *ret_own;
        return status;
    }
    const int code = cw_cli_home(cli, CW_NEED_KEYS, home);
    *ret = home->alert_key;
    return code < 0 ? CW_OK : cw_error_set(err, CW_DENIED, "without a key nothing can be signed");
}

static enum cw_status put_out(const struct request *request, const struct cw_buf *jws,
                              struct cw_error *err)
{
    if (request->output != NULL) {
        return cw_file_write(request->output, cw_buf_as_span(jws), 0644, err);
    }
    (void)fwrite(jws->data, 1, jws->len, stdout);
    return CW_OK;
}

static enum cw_status sign(struct cw_cli *cli, const struct request *request,
                           enum cw_countersign_purpose purpose, const struct file *file,
                           struct cw_error *err)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *own = NULL;
    struct cw_home home = {0};
    struct cw_buf jws;
    struct cw_countersigner who = {.purpose = purpose, .iat_s = cw_clock_now_s(&cli->clock)};
    cw_buf_init(&jws, CW_JWS_BYTES_MAX);
    enum cw_status status = load_own_key(cli, request, &home, &own, &who.key, err);
    if (status == CW_OK) {
        status =
            cw_seal_countersign(jws_of(file), cw_buf_as_span(&file->detached), &who, &jws, err);
    }
    if (status == CW_OK) {
        status = put_out(request, &jws, err);
    }
    cw_buf_clear(&jws);
    cw_home_clear(&home);
    return status;
}

static int countersign(struct cw_cli *cli, const char *path, const struct request *request,
                       const struct trust *trust)
{
    enum cw_countersign_purpose purpose = CW_COUNTERSIGN_RECEIVED;
    if (!cw_countersign_purpose_parse(cw_span_cstr(request->countersign), &purpose)) {
        return cw_cli_usage_error(cli, "--countersign %s: received, verified or concur",
                                  request->countersign);
    }
    struct file file;
    struct cw_error err = {0};
    file_init(&file);
    enum cw_status status = verify_file(path, request, trust, &file);
    int code = CW_EXIT_OK;
    if (!may_sign(status, &file.found, purpose)) {
        code = status == CW_UNTRUSTED ? CW_EXIT_INVALID : CW_EXIT_UNCHECKED;
        (void)fprintf(stderr, "cryptowatch verify: not signed: %s\n", file.err.text);
    } else if (purpose == CW_COUNTERSIGN_VERIFIED && !file.is_proof_checked) {
        /* alerts.md section 4.1: "signature and log checked". Half of it must not be stated. */
        code = CW_EXIT_UNCHECKED;
        (void)fprintf(stderr, "cryptowatch verify: not signed: \"verified\" says that the "
                              "transparency log was checked, too: add --proof\n");
    } else {
        status = sign(cli, request, purpose, &file, &err);
        code = status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    file_clear(&file);
    return code;
}

/* ---- whom we trust ---- */

static enum cw_status load_set(const char *path, struct trust *trust, struct cw_error *err)
{
    trust->sets = calloc(1, sizeof(struct cw_key_set *));
    const enum cw_status status = trust->sets == NULL
                                      ? cw_error_set(err, CW_NOMEM, "out of memory")
                                      : cw_home_read_set(path, &trust->sets[0], err);
    trust->count = status == CW_OK ? 1 : 0;
    return status;
}

static int load_home(struct cw_cli *cli, struct trust *trust)
{
    struct cw_home home;
    struct cw_error err = {0};
    int code = cw_cli_home(cli, CW_NEED_CONFIG, &home);
    if (code < 0) {
        enum cw_status status =
            cw_home_load_key_sets(home.config, &trust->sets, &trust->count, &err);
        if (status == CW_OK) {
            status = cw_home_load_policy(home.config, &trust->policy, &err);
        }
        if (status != CW_OK) {
            code = cw_cli_fail(cli, &err, CW_EXIT_UNCHECKED);
        } else {
            if (cw_cli_vkeys_own(&home, &trust->vkeys, NULL) != CW_OK) {
                trust->vkeys.count = 0; /* no log of our own: said when one is asked for */
            }
            trust->has_policy = true;
            (void)snprintf(trust->own_source, sizeof(trust->own_source), "%.512s",
                           home.config->source);
        }
    }
    cw_home_clear(&home);
    return code < 0 ? -1 : CW_EXIT_UNCHECKED;
}

static int load_trust(struct cw_cli *cli, const struct request *request, struct trust *trust)
{
    struct cw_error err = {0};
    if (request->jwks == NULL) {
        return load_home(cli, trust);
    }
    enum cw_status status = load_set(request->jwks, trust, &err);
    if (status == CW_OK && request->policy != NULL) {
        status = cw_home_read_policy(request->policy, false, &trust->policy, &err);
        trust->has_policy = status == CW_OK;
    }
    if (status == CW_OK) {
        return -1;
    }
    (void)cw_cli_fail(cli, &err, CW_EXIT_UNCHECKED);
    return CW_EXIT_UNCHECKED;
}

static int check_usage(const struct cw_cli *cli, const struct request *request, int operands)
{
    if (operands == 0) {
        return cw_cli_usage_error(cli, "which file?");
    }
    if (request->body_file != NULL && operands > 1) {
        return cw_cli_usage_error(cli, "--body goes with one signature file");
    }
    if (request->proof != NULL && operands > 1) {
        return cw_cli_usage_error(cli, "--proof goes with one signature file");
    }
    if (request->countersign != NULL && operands > 1) {
        return cw_cli_usage_error(cli, "--countersign goes with one signature file");
    }
    if (request->policy != NULL && request->jwks == NULL) {
        return cw_cli_usage_error(cli, "--policy goes with --jwks; a home has its own policy");
    }
    if (request->countersign == NULL && (request->key_file != NULL || request->output != NULL)) {
        return cw_cli_usage_error(cli, "--key and --output go with --countersign");
    }
    return -1;
}

static const struct cw_term groups[] = {{"for trust", "jwks policy vkey"},
                                        {"for countersigning", "countersign key output"}};
static const struct cw_term values[] = {{"countersign", "received verified concur"}};

static const struct cw_usage base_usage = {
    .synopsis = "[OPTIONS] FILE...\n[OPTIONS] DIR",
    .text = "Verifies alerts and receipts offline, in any JWS shape, with the keys of the home "
            "(keys/ and trust.d/) or of `--jwks`. Nothing of a file is shown before it is valid. "
            "A detached NAME.jws.json finds its bytes in NAME.json. A folder is verified as a "
            "transparency log, by the home's log key or `--vkey`.",
    .groups = CW_TERMS(groups),
    .values = CW_TERMS(values),
    .examples = "cryptowatch verify alert.jws.json\n"
                "cryptowatch verify --jwks partner.jwks.json --body 1.json 1.jws.json\n"
                "cryptowatch verify --proof alert.tlog-proof --vkey KEY alert.jws.json\n"
                "cryptowatch verify --countersign concur theirs.jws.json > both.jws.json\n",
    .exits = "0 all valid\n1 one is invalid\n2 one could not be checked\n64 usage\n",
    .see = "cryptowatch-alert(1), cryptowatch-log(1), cryptowatch-key(1)",
};

int cw_cmd_verify(struct cw_cli *cli, int argc, char **argv)
{
    struct request request = {0};
    struct trust trust = {.policy = cw_policy_default};
    const struct cw_option options[] = {
        {.name = "jwks",
         .argument = "FILE",
         .help = "trust the keys of this set, and no others",
         .value = &request.jwks},
        {.name = "policy",
         .argument = "FILE",
         .help = "with `--jwks`: how many signers are needed",
         .value = &request.policy},
        {.name = "body",
         .argument = "FILE",
         .help = "the signed bytes of a detached signature",
         .value = &request.body_file},
        {.name = "proof",
         .argument = "FILE",
         .help = "the proof that the alert stands in its log (.tlog-proof)",
         .value = &request.proof},
        cw_cli_vkey_option(&trust.vkeys),
        {.name = "countersign",
         .argument = "PURPOSE",
         .help = "add a signature: received, verified or concur",
         .value = &request.countersign},
        {.name = "key",
         .argument = "FILE",
         .help = "this key, not the home's",
         .value = &request.key_file},
        {.name = "output",
         .argument = "FILE",
         .help = "write here, not to standard output",
         .value = &request.output},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code < 0) {
        code = check_usage(cli, &request, operands);
    }
    if (code < 0) {
        code = cw_cli_vkeys_parse(cli, &trust.vkeys);
    }
    if (code >= 0) {
        return code;
    }
    /* For logs alone, the keys that were given are all that is needed. */
    code = trust.vkeys.count > 0 && cw_cli_are_logs(argv, operands)
               ? -1
               : load_trust(cli, &request, &trust);
    if (code < 0) {
        code = request.countersign != NULL ? countersign(cli, argv[0], &request, &trust)
                                           : verify_all(cli, operands, argv, &request, &trust);
    }
    cw_home_free_key_sets(trust.sets, trust.count);
    return code;
}
