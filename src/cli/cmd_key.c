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

static const struct cw_usage base_usage = {
    .synopsis = "show | new | rotate | backup FILE | restore FILE | revoke KID [OPTIONS]",
    .text = "`show` prints a public key in the spelling that the partner's tool wants; `jwks` is\n"
            "the whole published set. `new` makes a key that is missing and never overwrites one.\n"
            "`rotate` makes the next key and publishes it two weeks before it signs. `backup`\n"
            "writes a key under a passphrase, `restore` brings it back, `revoke` marks one in the\n"
            "published set. A passphrase comes from the terminal or from --passphrase-fd.",
    .examples = "  cryptowatch key show --format pem > alert.pem\n"
                "  cryptowatch key rotate --role alert\n"
                "  cryptowatch key backup --role alert /media/safe/alert.key.json\n",
    .exits = "  0 done   64 usage   65 no such key   73 there is one already\n"
             "  77 a key file is too open, or the passphrase is wrong\n",
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
        {.name = "next", .help = "show: the key that signs next", .flag = &request.is_next},
        {.name = "key",
         .argument = "FILE",
         .help = "show: of this file",
         .value = &request.key_file},
        {.name = "encrypt", .help = "new: under a passphrase", .flag = &request.is_encrypted},
        {.name = "after",
         .argument = "TIME",
         .help = "rotate: the new key signs after 14d or more",
         .value = &request.after},
        {.name = "reason",
         .argument = "WORD",
         .help = "revoke: compromised (default), superseded",
         .value = &request.reason},
        {.name = "since",
         .argument = "TIME",
         .help = "revoke: it may have been in other hands since then; without it, now",
         .value = &request.since},
        {.name = "passphrase-fd",
         .argument = "N",
         .help = "read the passphrase from this descriptor",
         .value = &request.passphrase_fd},
    };
    struct cw_usage usage = base_usage;
    enum verb verb = SHOW;
    int operands = 0;
    usage.options = options;
    usage.options_count = CW_COUNT(options);
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    if (operands == 0 || !parse_verb(argv[0], &verb)) {
        return cw_cli_usage_error(cli, "say show, new, rotate, backup, restore or revoke");
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
