#include "cli/cli.h"
#include "cli/key_verbs.h"

enum verb { SHOW, NEW, BACKUP, RESTORE, ROTATE, REVOKE, VERBS };

static const struct {
    const char *name;
    const char *operand; /* what it needs; NULL: nothing */
} verbs[VERBS] = {
    [SHOW] = {"show", NULL},         [NEW] = {"new", NULL},       [BACKUP] = {"backup", "FILE"},
    [RESTORE] = {"restore", "FILE"}, [ROTATE] = {"rotate", NULL}, [REVOKE] = {"revoke", "KID"},
};

static bool parse_verb(const char *name, enum verb *ret)
{
    for (int i = 0; i < VERBS; i++) {
        if (strcmp(name, verbs[i].name) == 0) {
            *ret = (enum verb)i;
            return true;
        }
    }
    return false;
}

static bool is_reason(const char *reason)
{
    return strcmp(reason, "compromised") == 0 || strcmp(reason, "superseded") == 0;
}

static int check_usage(const struct cw_cli *cli, enum verb verb, int operands,
                       const struct cw_key_request *request)
{
    const int wanted = verbs[verb].operand == NULL ? 1 : 2;
    if (operands != wanted) {
        return cw_cli_usage_error(cli, "write: key %s%s%s", verbs[verb].name,
                                  wanted == 2 ? " " : "", wanted == 2 ? verbs[verb].operand : "");
    }
    if (verb == REVOKE && !is_reason(request->reason)) {
        return cw_cli_usage_error(cli, "--reason %s: compromised or superseded", request->reason);
    }
    if (request->since != NULL && (verb != REVOKE || strcmp(request->reason, "compromised") != 0)) {
        return cw_cli_usage_error(cli, "--since goes with revoke --reason compromised");
    }
    return -1;
}

static int run(const struct cw_cli *cli, struct cw_home *home, enum verb verb,
               const struct cw_key_request *request)
{
    switch (verb) {
    case SHOW:
        return cw_key_show(cli, home, request);
    case NEW:
        return cw_key_new(cli, home, request);
    case BACKUP:
        return cw_key_backup(cli, home, request);
    case RESTORE:
        return cw_key_restore(cli, home, request);
    case ROTATE:
        return cw_key_rotate(cli, home, request);
    case REVOKE:
        return cw_key_revoke(cli, home, request);
    case VERBS:
        break;
    }
    return CW_EXIT_BUG;
}

static const struct cw_term forms[] = {
    {"show [--role ROLE] [--format FORMAT] [--next | --key FILE]",
     "a public key in the spelling that the partner's tool wants; `jwks` is the whole published "
     "set"},
    {"new [--role ROLE] [--encrypt]", "make a key that is missing; never overwrites one"},
    {"rotate [--role ROLE] [--after TIME]",
     "make the next key and publish it two weeks before it signs"},
    {"backup [--role ROLE] FILE", "write a key under a passphrase"},
    {"restore FILE", "bring it back"},
    {"revoke KID [--reason WORD] [--since TIME]", "mark a key in the published set"},
};
static const struct cw_term groups[] = {{"show", "format next key"},
                                        {"new", "encrypt"},
                                        {"rotate", "after"},
                                        {"revoke", "reason since"}};
static const struct cw_term values[] = {{"role", "alert delivery log"},
                                        {"format", "jwk jwks kid pem ssh whpk vkey"},
                                        {"reason", "compromised superseded"}};

static const struct cw_usage base_usage = {
    .text = "The keys that sign alerts, deliveries and the transparency log. A passphrase comes "
            "from the terminal or from `--passphrase-fd`.",
    .verbs = CW_TERMS(forms),
    .groups = CW_TERMS(groups),
    .values = CW_TERMS(values),
    .examples = "cryptowatch key show --format pem > alert.pem\n"
                "cryptowatch key rotate --role alert\n"
                "cryptowatch key backup --role alert /media/safe/alert.key.json\n",
    .exits = "0 done\n64 usage\n65 no such key\n73 there is one already\n75 a run holds the lock\n"
             "77 a key file is too open, or the passphrase is wrong\n78 configuration\n",
    .see = "cryptowatch-verify(1), cryptowatch-log(1), cryptowatch.json(5)",
};

int cw_cmd_key(struct cw_cli *cli, int argc, char **argv)
{
    const char *role = "alert";
    struct cw_key_request request = {.format = "jwk", .reason = "compromised"};
    const struct cw_option options[] = {
        {.name = "role",
         .argument = "ROLE",
         .help = "alert (default), delivery, log",
         .value = &role},
        {.name = "format",
         .argument = "FORMAT",
         .help = "jwk (default), jwks, kid, pem, ssh, whpk or vkey",
         .value = &request.format},
        {.name = "next", .help = "the key that signs next", .flag = &request.is_next},
        {.name = "key", .argument = "FILE", .help = "of this file", .value = &request.key_file},
        {.name = "encrypt", .help = "under a passphrase", .flag = &request.is_encrypted},
        {.name = "after",
         .argument = "TIME",
         .help = "the new key signs after 14d or more",
         .value = &request.after},
        {.name = "reason",
         .argument = "WORD",
         .help = "compromised (default), superseded",
         .value = &request.reason},
        {.name = "since",
         .argument = "TIME",
         .help = "it may have been in other hands since then; without it, now",
         .value = &request.since},
        {.name = "passphrase-fd",
         .argument = "N",
         .help = "read the passphrase from this descriptor",
         .value = &request.passphrase_fd},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    enum verb verb = SHOW;
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands == 0 || !parse_verb(argv[0], &verb)) {
        return cw_cli_verb_error(cli, &usage, operands > 0 ? argv[0] : NULL);
    }
    if (!cw_key_role_parse(cw_span_cstr(role), &request.role)) {
        return cw_cli_usage_error(cli, "no role %s: alert, delivery or log", role);
    }
    code = check_usage(cli, verb, operands, &request);
    if (code >= 0) {
        return code;
    }
    request.operand = verbs[verb].operand != NULL ? argv[1] : NULL;
    struct cw_home home;
    code = cw_cli_home(cli, CW_NEED_CONFIG, &home);
    if (code < 0) {
        code = run(cli, &home, verb, &request);
    }
    cw_home_clear(&home);
    return code;
}
