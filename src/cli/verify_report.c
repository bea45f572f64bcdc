#include "cli/verify_report.h"

#include "alert/receipt.h"
#include "base/datetime.h"
#include "cli/flow.h"
#include "cli/log_part.h"

enum { NOTES_MAX = 8, NOTE_BYTES = 96 };

static const struct cw_line below = {0, 4}; /* the line that says the result */

/* What was checked, and what was not: one list of short phrases each. */
struct notes {
    const char *items[NOTES_MAX];
    size_t count;
};

struct scope {
    struct notes checked;
    struct notes unchecked;
    char unknown[NOTE_BYTES];
};

static void add(struct notes *notes, const char *phrase)
{
    CW_ASSERT(notes->count < NOTES_MAX);
    notes->items[notes->count++] = phrase;
}

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

static const char *kind_name(enum cw_seal_kind kind)
{
    return kind == CW_SEAL_RECEIPT ? "receipt" : "alert";
}

static size_t count_unknown(const struct cw_verification *found)
{
    size_t count = 0;
    for (size_t i = 0; i < found->signatures_count; i++) {
        count += found->signatures[i].state == CW_SIGNATURE_UNKNOWN_KEY ? 1 : 0;
    }
    return count;
}

/* Two types have no recipe for their identifier, so that nobody can derive it. */
static bool has_recipe(const struct cw_verified *verified)
{
    const struct cw_alert_summary *alert = verified->alert;
    return alert != NULL && alert->type != CW_ALERT_KEY_CHANGED &&
           alert->type != CW_ALERT_ENDPOINT_DISABLED;
}

static void scope_of(const struct cw_verified *verified, struct scope *ret)
{
    *ret = (struct scope){.checked.count = 0};
    if (verified->status != CW_OK) {
        return;
    }
    add(&ret->checked, "form");
    if (has_recipe(verified)) {
        add(&ret->checked, "identifier");
    }
    add(&ret->checked, "signatures");
    add(&ret->checked, "key times");
    add(&ret->checked, "source");
    add(verified->is_policy_checked ? &ret->checked : &ret->unchecked, "policy");
    add(verified->proven != NULL ? &ret->checked : &ret->unchecked, "transparency log proof");
    add(&ret->unchecked, "what the list said: compare the snapshot by its SHA-256");
    const size_t unknown = count_unknown(verified->found);
    if (unknown > 0) {
        (void)snprintf(ret->unknown, sizeof(ret->unknown), "%zu signature%s by unknown keys",
                       unknown, unknown == 1 ? "" : "s");
        add(&ret->unchecked, ret->unknown);
    }
}

/* ---- for machines ---- */

static json_t *notes_json(const struct notes *notes)
{
    json_t *array = json_array();
    for (size_t i = 0; i < notes->count; i++) {
        (void)json_array_append_new(array, json_string(notes->items[i]));
    }
    return array;
}

static json_t *signatures_json(const struct cw_verification *found)
{
    json_t *signatures = json_array();
    for (size_t i = 0; i < found->signatures_count; i++) {
        const struct cw_signature_report *report = &found->signatures[i];
        (void)json_array_append_new(
            signatures,
            json_pack("{s:s, s:s, s:o, s:s, s:b, s:b}", "kid", report->kid, "purpose",
                      report->purpose, "signed_at", cw_json_time(report->iat_s), "state",
                      state_name(report->state), "trusted_for_source",
                      report->is_source_trusted ? 1 : 0, "saved_by_log", report->is_saved ? 1 : 0));
    }
    return signatures;
}

static json_t *id_json(const struct cw_verified *verified)
{
    return verified->alert != NULL ? json_string(verified->alert->id) : json_null();
}

static json_t *receipt_json(const struct cw_verified *verified)
{
    if (verified->status != CW_OK || verified->found->kind != CW_SEAL_RECEIPT) {
        return json_null();
    }
    json_t *receipt = json_loadb(verified->body.data, verified->body.len, 0, NULL);
    return receipt == NULL ? json_null() : receipt;
}

void cw_verified_print_json(const struct cw_verified *verified)
{
    const struct cw_verification *found = verified->found;
    struct scope scope;
    scope_of(verified, &scope);
    json_t *out = json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:I, s:I, s:o}", "file",
        cw_json_text(cw_span_cstr(verified->file)), "result", cw_cli_result_name(verified->status),
        "id", id_json(verified), "sha256",
        found->has_body ? json_string(found->body_sha256) : json_null(), "signatures",
        signatures_json(found), "issuers", (json_int_t)found->issuers, "signers",
        (json_int_t)found->signers, "error",
        verified->status == CW_OK ? json_null() : cw_json_text(cw_span_cstr(verified->err->text)));
    (void)json_object_set_new(out, "kind",
                              found->signatures_count == 0 ? json_null()
                                                           : json_string(kind_name(found->kind)));
    (void)json_object_set_new(out, "checked", notes_json(&scope.checked));
    (void)json_object_set_new(out, "not_checked", notes_json(&scope.unchecked));
    (void)json_object_set_new(out, "receipt", receipt_json(verified));
    if (verified->proven != NULL) {
        (void)json_object_set_new(
            out, "log_proof",
            cw_cli_proof_json(verified->proof_status, verified->proven, verified->err));
    }
    cw_cli_json(out);
}

/* ---- for people ---- */

static void print_notes(const struct cw_cli *cli, const char *head, const struct notes *notes)
{
    char text[(NOTE_BYTES + 2) * NOTES_MAX] = "";
    size_t len = 0;
    for (size_t i = 0; i < notes->count && len < sizeof(text); i++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ", ",
                                notes->items[i]);
    }
    cw_cli_line(cli, below, "  %s: %s", head, text);
}

static void print_alert(const struct cw_cli *cli, const struct cw_alert_summary *alert)
{
    if (alert != NULL) {
        (void)printf("  alert %s of %s\n", alert->id, alert->time);
        cw_cli_line(cli, below, "  %s", alert->text_en);
    } else {
        (void)printf("  an alert of a type that this version does not know\n");
    }
}

static void print_receipt(const struct cw_receipt_summary *receipt)
{
    (void)printf("  receipt of %s: ", receipt->time);
    if (receipt->screened_sha256[0] != '\0') {
        (void)printf("%s for the file with SHA-256 %s", receipt->verdict, receipt->screened_sha256);
    } else if (receipt->is_screen) {
        (void)printf("%s for %zu file%s", receipt->verdict, receipt->files,
                     receipt->files == 1 ? "" : "s");
    } else {
        (void)printf("%s for %zu address%s", receipt->verdict, receipt->answers,
                     receipt->answers == 1 ? "" : "es");
    }
    if (receipt->is_screen) {
        (void)printf(", %llu listed and %llu related hits", (unsigned long long)receipt->listed,
                     (unsigned long long)receipt->related);
    }
    (void)printf(", generation %llu, %zu of %zu lists fresh\n  stated by ",
                 (unsigned long long)receipt->generation, receipt->feeds_fresh, receipt->feeds);
    cw_cli_print(cw_span_cstr(receipt->source));
    (void)printf("\n  proves that its issuer gave this answer on these snapshots and rules\n");
}

void cw_verified_print(const struct cw_cli *cli, const struct cw_verified *verified)
{
    const struct cw_verification *found = verified->found;
    struct scope scope;
    cw_cli_print(cw_span_cstr(verified->file));
    (void)printf(": ");
    cw_cli_result_print(cli, verified->status);
    const size_t column = cw_flow_columns(cw_span_cstr(verified->file)) + 2 +
                          strlen(cw_cli_result_name(verified->status));
    cw_cli_line(cli, (struct cw_line){column, 4}, "%s%s", verified->status == CW_OK ? "" : ": ",
                verified->status == CW_OK ? "" : verified->err->text);
    for (size_t i = 0; i < found->signatures_count; i++) {
        const struct cw_signature_report *report = &found->signatures[i];
        char when[CW_TIME_TEXT_BYTES];
        cw_time_format(report->iat_s, when);
        cw_cli_line(cli, below, "  signature %zu: %s, key %s, purpose %s, signed %s%s%s", i + 1,
                    state_name(report->state), report->kid, report->purpose, when,
                    report->is_source_trusted ? ", trusted for the source" : "",
                    report->is_saved ? ", seen in the log by a witness before its key was "
                                       "compromised"
                                     : "");
    }
    if (verified->proven != NULL && verified->proven->checkpoint.origin[0] != '\0') {
        cw_cli_proof_print(verified->proven);
    }
    if (verified->status != CW_OK) {
        return;
    }
    if (found->kind == CW_SEAL_RECEIPT) {
        print_receipt(verified->receipt);
    } else {
        print_alert(cli, verified->alert);
    }
    scope_of(verified, &scope);
    print_notes(cli, "checked", &scope.checked);
    print_notes(cli, "not checked", &scope.unchecked);
}
