#include "cli/cli.h"

#include <stdarg.h>

#include "base/shell.h"
#include "base/stop.h"
#include "base/text.h"

/* A sentence with the commands that it names, whatever they hold, and its end. */
enum { LINE_BYTES = 1024, LINE_BYTES_MAX = 1 << 20 };

static const char *level_text(enum cw_level level)
{
    switch (level) {
    case CW_LEVEL_ERROR:
        return "<3>";
    case CW_LEVEL_WARNING:
        return "<4>";
    case CW_LEVEL_NOTICE:
        return "<5>";
    }
    return "";
}

const char *cw_cli_level(const struct cw_cli *cli, enum cw_level level)
{
    return cli->is_journal ? level_text(level) : "";
}

const char *cw_cli_data_level(const struct cw_cli *cli, enum cw_level level)
{
    return cli->is_journal_data ? level_text(level) : "";
}

void cw_cli_complete(const struct cw_cli *cli, struct cw_span text, struct cw_buf *out)
{
    struct cw_buf whole;
    cw_buf_init(&whole, LINE_BYTES_MAX);
    cw_shell_complete(&whole, text, cli->config_path);
    cw_text_escape(out, whole.failed == CW_OK ? cw_buf_as_span(&whole) : text);
    cw_buf_clear(&whole);
}

/* Without memory it is said as far as it goes: this may be the very thing that is to be said. */
static void say_line(const struct cw_cli *cli, const char *head, struct cw_span text)
{
    char cut[LINE_BYTES];
    struct cw_buf line;
    cw_buf_init(&line, LINE_BYTES_MAX);
    cw_buf_str(&line, head);
    cw_cli_complete(cli, text, &line);
    cw_buf_char(&line, '\n');
    if (line.failed == CW_OK) {
        (void)fwrite(line.data, 1, line.len, stderr);
    } else {
        cw_text_escape_to(cut, sizeof(cut), text);
        (void)fprintf(stderr, "%s%s\n", head, cut);
    }
    cw_buf_clear(&line);
}

static void say(const struct cw_cli *cli, const char *fmt, va_list args) CW_PRINTF(2, 0);

static void say(const struct cw_cli *cli, const char *fmt, va_list args)
{
    char cut[LINE_BYTES];
    va_list again;
    va_copy(again, args);
    const int len = vsnprintf(cut, sizeof(cut), fmt, args);
    char *text = len < LINE_BYTES ? NULL : malloc((size_t)len + 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)len + 1, fmt, again);
    }
    va_end(again);
    say_line(cli, "", cw_span_cstr(text != NULL ? text : cut));
    free(text);
}

void cw_cli_say(const struct cw_cli *cli, const char *fmt, ...)
{
    va_list args;
    if (!cli->is_quiet) {
        va_start(args, fmt);
        say(cli, fmt, args);
        va_end(args);
    }
}

void cw_cli_warn(const struct cw_cli *cli, const char *fmt, ...)
{
    va_list args;
    (void)fputs(cw_cli_level(cli, CW_LEVEL_WARNING), stderr);
    va_start(args, fmt);
    say(cli, fmt, args);
    va_end(args);
}

void cw_cli_tell_stop(const struct cw_cli *cli, const char *what_now)
{
    if (cw_stop_is_asked()) {
        cw_cli_warn(cli, "cryptowatch %s: stopped by a signal: %s", cli->command->name, what_now);
    }
}

int cw_cli_exit_of(enum cw_status status, enum cw_exit otherwise)
{
    switch (status) {
    case CW_OK:
        return CW_EXIT_OK;
    case CW_INVALID:
    case CW_UNTRUSTED:
    case CW_LIMIT:
    case CW_NOT_FOUND:
        return (int)otherwise;
    case CW_TEMPORARY:
        return CW_EXIT_PARTIAL;
    case CW_BUSY:
        return CW_EXIT_BUSY;
    case CW_DENIED:
        return CW_EXIT_DENIED;
    case CW_IO:
    case CW_STATE:
        return CW_EXIT_IO;
    case CW_NOMEM:
        return CW_EXIT_OS;
    }
    return CW_EXIT_BUG;
}

int cw_cli_fail(const struct cw_cli *cli, const struct cw_error *err, enum cw_exit otherwise)
{
    char head[64];
    (void)snprintf(head, sizeof(head), "%scryptowatch %s: ", cw_cli_level(cli, CW_LEVEL_ERROR),
                   cli->command->name);
    say_line(cli, head,
             cw_span_cstr(err->text[0] != '\0' ? err->text
                                               : "failed without a reason: please report it"));
    return cw_cli_exit_of(err->code, otherwise);
}

void cw_cli_mistakes(const struct cw_cli *cli, const struct cw_mistakes *mistakes)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        char text[1024];
        cw_mistake_format(&mistakes->items[i], text, sizeof(text));
        const bool is_warning = mistakes->items[i].grade == CW_MISTAKE_WARNING;
        (void)fprintf(stderr, "%s%s%s\n",
                      cw_cli_level(cli, is_warning ? CW_LEVEL_WARNING : CW_LEVEL_ERROR), text,
                      is_warning ? " (warning)" : "");
    }
    const size_t all = mistakes->errors + mistakes->warnings;
    if (all > mistakes->count) {
        (void)fprintf(stderr, "%sand %zu more\n", cw_cli_level(cli, CW_LEVEL_ERROR),
                      all - mistakes->count);
    }
}

int cw_cli_home(struct cw_cli *cli, enum cw_home_need need, struct cw_home *home)
{
    struct cw_error err = {0};
    char *path = NULL;
    *home = (struct cw_home){0};
    if (cw_config_find(cli->config_path, cli->env_config, cli->env_xdg_config_home, cli->env_home,
                       &path, &err) != CW_OK) {
        const int code = cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
        (void)fprintf(stderr, "make one: cryptowatch init DIR\n");
        return code;
    }
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    enum cw_status status = need == CW_NEED_CONFIG || need == CW_NEED_KEYS
                                ? cw_home_load_config(path, &cli->programs, &mistakes, home, &err)
                                : cw_home_load(path, &cli->programs, &mistakes, home, &err);
    free(path);
    if (mistakes.errors > 0 || cli->is_verbose) {
        cw_cli_mistakes(cli, &mistakes);
    }
    const size_t errors = mistakes.errors;
    cw_mistakes_clear(&mistakes);
    if (errors > 0) {
        const bool is_enough = need == CW_NEED_READABLE && home->feeds != NULL;
        (void)fprintf(stderr, "%scryptowatch %s: %zu mistake%s above; %s\n",
                      cw_cli_level(cli, CW_LEVEL_ERROR), cli->command->name, errors,
                      errors == 1 ? "" : "s",
                      is_enough ? "what follows is the rest" : "nothing was done");
        cli->mistakes = errors;
        return is_enough ? -1 : CW_EXIT_CONFIG;
    }
    if (status == CW_OK && (need == CW_NEED_KEYS || need == CW_NEED_FILES_AND_KEYS)) {
        status = cw_home_load_keys(home, cw_clock_now_s(&cli->clock), &err);
    }
    return status == CW_OK ? -1 : cw_cli_fail(cli, &err, CW_EXIT_CONFIG);
}

enum cw_status cw_cli_writer_open(const struct cw_config *config, struct cw_writer *ret,
                                  struct cw_error *err)
{
    *ret = (struct cw_writer){.lock = -1};
    const enum cw_status status = cw_state_lock(config->state_dir, &ret->lock, err);
    return status == CW_OK ? cw_store_open(config->state_dir, CW_STORE_WRITE, &ret->store, err)
                           : status;
}

/* The store first: its last writes belong under the lock. */
void cw_cli_writer_close(struct cw_writer *writer)
{
    cw_store_closep(&writer->store);
    if (writer->lock >= 0) {
        cw_state_unlock(writer->lock);
    }
    writer->lock = -1;
}
