#include "base/file.h"
#include "base/text.h"
#include "cli/key_verbs.h"

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

/* The published set of a role: it has the times of each key, which a bare key has not. Those of
 * deliveries are in a set once they are rotated. */
static int show_set(const struct cw_cli *cli, const struct cw_home *home, enum cw_key_role role)
{
    struct cw_error err = {0};
    struct cw_buf text;
    char *path = NULL;
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX);
    enum cw_status status = cw_home_set_path(home->config, role, &path, &err);
    if (status == CW_OK) {
        status = cw_file_read(path, &text, &err);
    }
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

/* The key that signs now, exchanged for the one that does so at the end of all times. */
static enum cw_status load_next(const struct cw_home *home, enum cw_key_role role,
                                struct cw_signing_key **key, struct cw_error *err)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *now = *key;
    *key = NULL;
    const enum cw_status status = cw_home_key(home, role, INT64_MAX - 1, key, err);
    if (status != CW_OK) {
        return status;
    }
    const struct cw_public_key first = cw_signing_key_public(now);
    const struct cw_public_key last = cw_signing_key_public(*key);
    return memcmp(first.bytes, last.bytes, sizeof(first.bytes)) != 0
               ? CW_OK
               : cw_error_set(err, CW_NOT_FOUND,
                              "no next key is prepared: `cryptowatch key rotate`");
}

static enum cw_status load(const struct cw_cli *cli, const struct cw_home *home,
                           const struct cw_key_request *request, struct cw_signing_key **ret,
                           struct cw_error *err)
{
    enum cw_key_role role = request->role;
    if (request->key_file != NULL) {
        return cw_cli_key_file(request, request->key_file, &role, ret, err);
    }
    const enum cw_status status = cw_home_key(home, role, cw_clock_now_s(&cli->clock), ret, err);
    return status == CW_OK && request->is_next ? load_next(home, role, ret, err) : status;
}

static enum cw_status spell(const struct cw_home *home, const struct cw_signing_key *key,
                            enum cw_key_format format, struct cw_buf *ret, struct cw_error *err)
{
    struct cw_span name = {0};
    const struct cw_public_key public_key = cw_signing_key_public(key);
    if (format == CW_KEY_VKEY) {
        const enum cw_status status = name_key(home->config, &name, err);
        if (status != CW_OK) {
            return status;
        }
    }
    cw_public_key_format(ret, &public_key, format, name);
    return cw_buf_status(ret, err);
}

static void print(const struct cw_cli *cli, const struct cw_key_request *request,
                  struct cw_span text)
{
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:s, s:s, s:o}", "role", cw_key_role_name(request->role), "format",
                              request->format, "key", cw_json_text(text)));
    } else {
        (void)printf("%.*s\n", CW_SPAN_ARG(text));
    }
}

int cw_key_show(const struct cw_cli *cli, const struct cw_home *home,
                const struct cw_key_request *request)
{
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    enum cw_key_format format = CW_KEY_JWK;
    struct cw_error err = {0};
    struct cw_buf text;
    if (strcmp(request->format, "jwks") == 0) {
        return show_set(cli, home, request->role);
    }
    if (!parse_format(request->format, &format)) {
        return cw_cli_usage_error(cli, "no format %s: jwk, jwks, kid, pem, ssh, whpk or vkey",
                                  request->format);
    }
    cw_buf_init(&text, 4096);
    enum cw_status status = load(cli, home, request, &key, &err);
    if (status == CW_OK) {
        status = spell(home, key, format, &text, &err);
    }
    if (status == CW_OK) {
        print(cli, request, cw_span_trim(cw_buf_as_span(&text)));
    }
    cw_buf_clear(&text);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
}
