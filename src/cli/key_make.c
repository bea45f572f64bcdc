#include "base/file.h"
#include "cli/key_verbs.h"

static char *path_in_keys(const struct cw_home *home, enum cw_key_role role, const char *suffix)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "%s%s", cw_key_role_name(role), suffix);
    return cw_path_join(home->config->keys_dir, name);
}

/* Mode 0600 although it is under a passphrase: a passphrase can be guessed by whoever has it. */
static enum cw_status write_sealed(const struct cw_cli *cli, const struct cw_key_request *request,
                                   const struct cw_signing_key *key, const char *path,
                                   struct cw_error *err)
{
    CW_CLEANUP(cw_passphrase_freep) struct cw_passphrase *passphrase = NULL;
    struct cw_buf text;
    cw_buf_init(&text, 4096);
    enum cw_status status = cw_cli_passphrase(request, CW_ASK_TWICE, &passphrase, err);
    if (status == CW_OK) {
        const struct cw_key_sealing how = {request->role, passphrase, cw_seal_cost_default,
                                           &cli->random};
        status = cw_signing_key_seal(key, &how, &text, err);
    }
    if (status == CW_OK) {
        status = cw_file_create(path, cw_buf_as_span(&text), 0600, err);
    }
    cw_buf_clear(&text);
    return status;
}

int cw_key_new(const struct cw_cli *cli, const struct cw_home *home,
               const struct cw_key_request *request)
{
    struct cw_error err = {0};
    CW_CLEANUP(cw_signing_key_freep)
    struct cw_signing_key *key = cw_signing_key_generate(&cli->random);
    char *path = path_in_keys(home, request->role, request->is_encrypted ? ".key.json" : ".pem");
    enum cw_status status = CW_OK;
    if (key == NULL || path == NULL) {
        status = cw_error_set(&err, CW_NOMEM, "out of locked memory");
    } else {
        status = request->is_encrypted ? write_sealed(cli, request, key, path, &err)
                                       : cw_signing_key_save(key, path, &err);
    }
    if (status == CW_OK) {
        cw_cli_say(cli, "made %s%s", path,
                   request->is_encrypted ? "; no scan can use it: it has a passphrase" : "");
    }
    free(path);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CREATE);
}

int cw_key_backup(const struct cw_cli *cli, const struct cw_home *home,
                  const struct cw_key_request *request)
{
    struct cw_error err = {0};
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    enum cw_status status =
        cw_home_key(home, request->role, cw_clock_now_s(&cli->clock), &key, &err);
    if (status == CW_OK) {
        status = write_sealed(cli, request, key, request->operand, &err);
    }
    if (status == CW_OK) {
        cw_cli_say(cli, "the %s key is in %s: keep it and its passphrase in two places",
                   cw_key_role_name(request->role), request->operand);
    }
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CREATE);
}

int cw_key_restore(const struct cw_cli *cli, const struct cw_home *home,
                   const struct cw_key_request *request)
{
    struct cw_error err = {0};
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    CW_CLEANUP(cw_passphrase_freep) struct cw_passphrase *passphrase = NULL;
    enum cw_key_role role = CW_KEY_ALERT;
    char *path = NULL;
    struct cw_buf file;
    cw_buf_init(&file, 8192);
    enum cw_status status = cw_file_read(request->operand, &file, &err);
    if (status == CW_OK) {
        status = cw_cli_passphrase(request, CW_ASK_ONCE, &passphrase, &err);
    }
    if (status == CW_OK) {
        status = cw_signing_key_open(cw_buf_as_span(&file), request->operand, passphrase, &role,
                                     &key, &err);
    }
    if (status == CW_OK) {
        path = path_in_keys(home, role, ".pem");
        status = path == NULL ? cw_error_set(&err, CW_NOMEM, "out of memory")
                              : cw_signing_key_save(key, path, &err);
    }
    if (status == CW_OK) {
        cw_cli_say(cli, "made %s", path);
    }
    free(path);
    cw_buf_clear(&file);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_CREATE);
}
