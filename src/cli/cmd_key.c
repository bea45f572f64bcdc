#include "base/file.h"
#include "base/text.h"
#include "cli/cli.h"

static const char *const format_names[] = {"jwk", "kid", "pem", "ssh", "whpk", "vkey", NULL};

static bool parse_format(const char *name, enum cw_key_format *ret)
{
    for (int i = 0; format_names[i] != NULL; i++) {
        if (strcmp(format_names[i], name) == 0) {
            *ret = (enum cw_key_format)i;
            return true;
        }
    }
    return false;
}

static char *key_path(const struct cw_home *home, enum cw_key_role role)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "%s.pem", cw_key_role_name(role));
    return cw_path_join(home->config->keys_dir, name);
}

/* The published set, as written by init: it has the times of each key, which a bare key has not. */
static int show_set(const struct cw_cli *cli, const struct cw_home *home)
{
    struct cw_error err = {0};
    struct cw_buf text;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    char *path = cw_path_join(home->config->keys_dir, "keys.jwks.json");
    const enum cw_status status = path == NULL ? cw_error_set(&err, CW_NOMEM, "out of memory")
                                               : cw_file_read(path, &text, &err);
    if (status == CW_OK) {
        (void)fwrite(text.data, 1, text.len, stdout);
    }
    cw_buf_clear(&text);
    free(path);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
}

/* The log and its key have one name (C2SP tlog-checkpoint), and a vkey is that of a log. */
static enum cw_status name_key(const struct cw_config *config, struct cw_span *ret,
                               struct cw_error *err)
{
    if (config->log_origin[0] == '\0') {
        return cw_error_set(err, CW_INVALID,
                            "%s: source: \"%s\" cannot name a vkey: set log.origin, printable "
                            "ASCII without \"+\" or blanks",
                            config->path, config->source);
    }
    *ret = cw_span_cstr(config->log_origin);
    return CW_OK;
}

static int show(const struct cw_cli *cli, const struct cw_home *home, enum cw_key_role role,
                enum cw_key_format format)
{
    struct cw_error err = {0};
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    char *path = key_path(home, role);
    enum cw_status status = path == NULL ? cw_error_set(&err, CW_NOMEM, "out of memory")
                                         : cw_signing_key_load(path, &key, &err);
    free(path);
    struct cw_buf text;
    struct cw_span name = {0};
    cw_buf_init(&text, 4096);
    if (status == CW_OK && format == CW_KEY_VKEY) {
        status = name_key(home->config, &name, &err);
    }
    if (status == CW_OK) {
        const struct cw_public_key public_key = cw_signing_key_public(key);
        cw_public_key_format(&text, &public_key, format, name);
        status = cw_buf_status(&text, &err);
    }
    if (status == CW_OK && cli->is_json) {
        cw_cli_json(json_pack("{s:s, s:s, s:o}", "role", cw_key_role_name(role), "format",
                              format_names[format], "key",
                              cw_json_text(cw_span_trim(cw_buf_as_span(&text)))));
    } else if (status == CW_OK) {
        (void)printf("%.*s\n", CW_SPAN_ARG(cw_span_trim(cw_buf_as_span(&text))));
    }
    cw_buf_clear(&text);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
}

static int make(const struct cw_cli *cli, const struct cw_home *home, enum cw_key_role role)
{
    struct cw_error err = {0};
    CW_CLEANUP(cw_signing_key_freep)
    struct cw_signing_key *key = cw_signing_key_generate(&cli->random);
    char *path = key_path(home, role);
    enum cw_status status = key == NULL || path == NULL
                                ? cw_error_set(&err, CW_NOMEM, "out of locked memory")
                                : cw_signing_key_save(key, path, &err);
    if (status == CW_OK) {
        cw_cli_say(cli, "made %s; add its public key to keys.jwks.json before it is used", path);
    }
    free(path);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CREATE);
}

int cw_cmd_key(struct cw_cli *cli, int argc, char **argv)
{
    const char *role_name = "alert";
    const char *format_name = "jwk";
    const struct cw_option options[] = {
        {.name = "role",
         .argument = "ROLE",
         .help = "alert (default), delivery or log",
         .value = &role_name},
        {.name = "format",
         .argument = "FORMAT",
         .help = "jwk (default), jwks, kid, pem, ssh, whpk or vkey",
         .value = &format_name},
    };
    const struct cw_usage usage = {
        .synopsis = "show [OPTIONS] | new --role ROLE",
        .text = "`show` prints a public key in the spelling that the partner's tool wants; `jwks` "
                "is\nthe whole published set. `new` makes a key that is missing and never "
                "overwrites one.",
        .options = options,
        .options_count = CW_COUNT(options),
        .examples = "  cryptowatch key show --format pem > alert.pem\n"
                    "  cryptowatch key show --format jwks > our.jwks.json\n",
        .exits = "  0 done   64 usage   73 there is a key already   77 a key file is too open\n",
    };
    int operands = 0;
    int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    const bool is_show = operands == 1 && strcmp(argv[0], "show") == 0;
    const bool is_new = operands == 1 && strcmp(argv[0], "new") == 0;
    enum cw_key_role role = CW_KEY_ALERT;
    enum cw_key_format format = CW_KEY_JWK;
    const bool is_set = strcmp(format_name, "jwks") == 0;
    if (!is_show && !is_new) {
        return cw_cli_usage_error(cli, "say `show` or `new`");
    }
    if (!cw_key_role_parse(cw_span_cstr(role_name), &role)) {
        return cw_cli_usage_error(cli, "no role %s: alert, delivery or log", role_name);
    }
    if (!is_set && !parse_format(format_name, &format)) {
        return cw_cli_usage_error(cli, "no format %s: jwk, jwks, kid, pem, ssh, whpk or vkey",
                                  format_name);
    }
    struct cw_home home;
    code = cw_cli_home(cli, CW_NEED_FILES, &home);
    if (code < 0) {
        code = is_new ? make(cli, &home, role)
                      : (is_set ? show_set(cli, &home) : show(cli, &home, role, format));
    }
    cw_home_clear(&home);
    return code;
}
