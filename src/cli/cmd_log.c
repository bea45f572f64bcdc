#include "base/file.h"
#include "cli/cli.h"
#include "cli/log_part.h"
#include "log/publish.h"

struct request {
    const char *folder; /* NULL: our own log */
    const char *against;
    const char *new_log;
    struct cw_cli_vkeys vkeys;
};

/* ---- verify -------------------------------------------------------------------------------- */

/* The head that the database says was signed last; none without a database. */
static enum cw_status signed_head(const struct cw_home *home, struct cw_store_head *ret,
                                  bool *ret_is_there, uint64_t *ret_pending, struct cw_error *err)
{
    struct cw_error cause = {0};
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    enum cw_status status = cw_store_open(home->config->state_dir, CW_STORE_READ, &store, &cause);
    *ret_is_there = false;
    *ret_pending = 0;
    if (status == CW_NOT_FOUND) {
        return CW_OK;
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "%s", cause.text);
    }
    status = cw_store_log_head(store, CW_LOG_PUBLISHED, ret, ret_is_there, err);
    return status == CW_OK ? cw_store_log_pending(store, ret_pending, err) : status;
}

static int verify_own(struct cw_cli *cli, struct request *request)
{
    struct cw_home home;
    struct cw_error err = {0};
    struct cw_store_head head;
    bool has_head = false;
    uint64_t pending = 0;
    int code = cw_cli_home(cli, CW_NEED_CONFIG, &home);
    cw_store_head_init(&head);
    if (code >= 0) {
        code = CW_EXIT_UNCHECKED;
    } else if (cw_cli_vkeys_own(&home, &request->vkeys, &err) != CW_OK ||
               signed_head(&home, &head, &has_head, &pending, &err) != CW_OK) {
        (void)cw_cli_fail(cli, &err, CW_EXIT_UNCHECKED);
        code = CW_EXIT_UNCHECKED;
    } else {
        const struct cw_log_audit audit = {
            .folder = request->folder != NULL ? request->folder : home.log_dir,
            .keys = request->vkeys.keys,
            .keys_count = request->vkeys.count,
            .against = request->against,
            .known = request->folder == NULL && has_head ? &head.checkpoint : NULL,
        };
        code = cw_cli_log_verify(cli, &audit);
    }
    cw_store_head_clear(&head);
    cw_home_clear(&home);
    return code;
}

static int verify(struct cw_cli *cli, struct request *request)
{
    if (request->folder == NULL || request->vkeys.count == 0) {
        return verify_own(cli, request);
    }
    const struct cw_log_audit audit = {.folder = request->folder,
                                       .keys = request->vkeys.keys,
                                       .keys_count = request->vkeys.count,
                                       .against = request->against};
    return cw_cli_log_verify(cli, &audit);
}

/* ---- checkpoint ---------------------------------------------------------------------------- */

struct standing {
    struct cw_log_head shown;  /* in the folder */
    struct cw_store_head ours; /* in the database */
    bool has_ours;
    uint64_t pending;
};

static enum cw_status compare(const struct standing *standing, struct cw_error *err)
{
    const struct cw_tlog_tree *shown = &standing->shown.checkpoint.tree;
    const struct cw_tlog_tree *ours = &standing->ours.checkpoint.tree;
    if (standing->has_ours && shown->size == ours->size &&
        cw_tlog_hash_equal(&shown->root, &ours->root)) {
        return CW_OK;
    }
    return cw_error_set(err, CW_TEMPORARY,
                        "this checkpoint of %llu entries is not the last that was signed, of %llu: "
                        "`cryptowatch scan` says why, or finishes what it began",
                        (unsigned long long)shown->size,
                        (unsigned long long)(standing->has_ours ? ours->size : 0));
}

static void print(const struct cw_cli *cli, const struct standing *standing)
{
    const struct cw_span note = cw_buf_as_span(&standing->shown.bytes);
    if (cli->is_json) {
        cw_cli_json(json_pack("{s:o, s:I, s:o, s:o, s:I}", "origin",
                              cw_json_text(cw_span_cstr(standing->shown.checkpoint.origin)), "size",
                              (json_int_t)standing->shown.checkpoint.tree.size, "signed_at",
                              standing->has_ours ? cw_json_time(standing->ours.at_s) : json_null(),
                              "checkpoint", cw_json_text(note), "pending",
                              (json_int_t)standing->pending));
        return;
    }
    (void)fwrite(note.data, 1, note.len, stdout);
    if (standing->pending > 0) {
        cw_cli_say(cli, "%llu entries wait for the next scan or deliver",
                   (unsigned long long)standing->pending);
    }
}

static int show(const struct cw_cli *cli, const struct cw_home *home)
{
    struct standing standing;
    struct cw_error err = {0};
    cw_log_head_init(&standing.shown);
    cw_store_head_init(&standing.ours);
    enum cw_status status = cw_log_head_read_in(home->log_dir, &standing.shown, &err);
    if (status == CW_OK) {
        status = signed_head(home, &standing.ours, &standing.has_ours, &standing.pending, &err);
    }
    if (status == CW_OK) {
        print(cli, &standing);
        status = compare(&standing, &err);
    }
    cw_log_head_clear(&standing.shown);
    cw_store_head_clear(&standing.ours);
    return status == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_DATA);
}

static enum cw_status begin(const struct cw_cli *cli, const struct cw_home *home,
                            struct cw_tlog_tree *ret_tree, char **ret_moved, struct cw_error *err)
{
    if (home->log_key == NULL) {
        return cw_error_set(err, CW_NOT_FOUND,
                            "%s/log.pem is missing; type: `cryptowatch key new --role log`",
                            home->config->keys_dir);
    }
    struct cw_writer writer;
    enum cw_status status = cw_cli_writer_open(home->config, &writer, err);
    if (status == CW_OK) {
        const struct cw_log_publisher publisher = {.store = writer.store,
                                                   .folder = home->log_dir,
                                                   .origin = home->config->log_origin,
                                                   .key = home->log_key,
                                                   .now_s = cw_clock_now_s(&cli->clock)};
        status = cw_log_begin_anew(&publisher, ret_moved, ret_tree, err);
    }
    cw_cli_writer_close(&writer);
    return status;
}

/* The name stands in the configuration, which we do not write: whoever ends a log says its new name
 * twice, and means it. */
static int begin_anew(const struct cw_cli *cli, const struct cw_home *home, const char *name)
{
    struct cw_error err = {0};
    struct cw_tlog_tree tree = {.size = 0};
    char *moved = NULL;
    if (strcmp(name, home->config->log_origin) != 0) {
        (void)cw_error_set(&err, CW_INVALID,
                           "set log.origin in %s to %s first: the next scan must find the new name",
                           home->config->path, name);
        return cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
    }
    if (begin(cli, home, &tree, &moved, &err) != CW_OK) {
        return cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    cw_cli_say(cli, "the log %s begins with %llu entries; the old folder is %s", name,
               (unsigned long long)tree.size, moved != NULL && moved[0] != '\0' ? moved : "gone");
    cw_cli_say(cli,
               "give its key to your partners: `cryptowatch key show --role log --format vkey`");
    free(moved);
    return CW_EXIT_OK;
}

static int checkpoint(struct cw_cli *cli, const struct request *request)
{
    struct cw_home home;
    int code = cw_cli_home(cli, request->new_log != NULL ? CW_NEED_KEYS : CW_NEED_CONFIG, &home);
    if (code < 0) {
        code =
            request->new_log != NULL ? begin_anew(cli, &home, request->new_log) : show(cli, &home);
    }
    cw_home_clear(&home);
    return code;
}

/* ---- the command --------------------------------------------------------------------------- */

static const struct cw_term verbs[] = {
    {"verify [DIR] [--vkey KEY] [--against FILE]",
     "read a whole log, ours or that in DIR: every entry, every tile, the root, the signatures, "
     "and with `--against` that it begins with what was seen before; names what is wrong"},
    {"checkpoint [--new-log NAME]", "print the signed checkpoint of our log"},
};
static const struct cw_term groups[] = {{"verify", "vkey against"}, {"checkpoint", "new-log"}};

static const struct cw_usage base_usage = {
    .text = "The transparency log: every alert, every list as served, every run.",
    .verbs = CW_TERMS(verbs),
    .groups = CW_TERMS(groups),
    .examples = "cryptowatch log verify\n"
                "cryptowatch log verify mirror --vkey \"$(cat log.vkey)\" --against seen\n"
                "cryptowatch log checkpoint > seen\n",
    .exits = "0 valid; `checkpoint`: done\n1 `verify`: invalid\n2 `verify`: could not be checked\n"
             "20 `checkpoint`: not the last that was signed\n64 usage\n"
             "65 `checkpoint`: there is none\n78 configuration\n",
    .see = "cryptowatch-verify(1), cryptowatch-alert(1)",
};

static int run(struct cw_cli *cli, struct request *request, int argc, char **argv)
{
    const bool is_verify = argc > 0 && strcmp(argv[0], "verify") == 0;
    const bool is_checkpoint = argc > 0 && strcmp(argv[0], "checkpoint") == 0;
    if (!is_verify && !is_checkpoint) {
        return cw_cli_verb_error(cli, &base_usage, argc > 0 ? argv[0] : NULL);
    }
    if (argc > (is_verify ? 2 : 1)) {
        return cw_cli_usage_error(cli, "`log %s` takes %s", argv[0],
                                  is_verify ? "one folder" : "no operand");
    }
    if (is_checkpoint && (request->against != NULL || request->vkeys.texts_count > 0)) {
        return cw_cli_usage_error(cli, "--against and --vkey go with `log verify`");
    }
    if (is_verify && request->new_log != NULL) {
        return cw_cli_usage_error(cli, "--new-log goes with `log checkpoint`");
    }
    const int code = cw_cli_vkeys_parse(cli, &request->vkeys);
    if (code >= 0) {
        return code;
    }
    request->folder = argc == 2 ? argv[1] : NULL;
    return is_verify ? verify(cli, request) : checkpoint(cli, request);
}

int cw_cmd_log(struct cw_cli *cli, int argc, char **argv)
{
    struct request request = {.folder = NULL};
    const struct cw_option options[] = {
        cw_cli_vkey_option(&request.vkeys),
        {.name = "against",
         .argument = "FILE",
         .help = "a checkpoint seen before, with which the log must begin",
         .value = &request.against},
        {.name = "new-log",
         .argument = "NAME",
         .help = "end our log and begin one of this name, which log.origin must say",
         .value = &request.new_log},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int operands = 0;
    const int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    return code >= 0 ? code : run(cli, &request, operands, argv);
}
