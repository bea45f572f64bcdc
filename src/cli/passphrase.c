#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/key_verbs.h"

enum { FD_MAX = 1023 };

static bool parse_fd(const char *text, int *ret)
{
    int number = 0;
    size_t at = 0;
    for (; text[at] >= '0' && text[at] <= '9' && number <= FD_MAX; at++) {
        number = number * 10 + (text[at] - '0');
    }
    *ret = number;
    return at > 0 && text[at] == '\0' && number <= FD_MAX;
}

static void say(int fd, const char *text)
{
    (void)dprintf(fd, "%s", text);
}

/* With the echo off; a signal in between would leave it off, so signals wait for the line. */
static enum cw_status read_quietly(int fd, const char *prompt, struct cw_passphrase **ret,
                                   struct cw_error *err)
{
    struct termios before;
    sigset_t signals;
    sigset_t former;
    if (tcgetattr(fd, &before) != 0) {
        return cw_error_set(err, CW_INVALID, "the terminal cannot be asked");
    }
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGTSTP);
    (void)sigprocmask(SIG_BLOCK, &signals, &former);
    (void)tcsetattr(fd, TCSAFLUSH, &quiet);
    say(fd, prompt);
    const enum cw_status status = cw_passphrase_read(fd, ret, err);
    say(fd, "\n");
    (void)tcsetattr(fd, TCSAFLUSH, &before);
    (void)sigprocmask(SIG_SETMASK, &former, NULL);
    return status;
}

static enum cw_status ask_terminal(int fd, enum cw_ask how, struct cw_passphrase **ret,
                                   struct cw_error *err)
{
    CW_CLEANUP(cw_passphrase_freep) struct cw_passphrase *first = NULL;
    CW_CLEANUP(cw_passphrase_freep) struct cw_passphrase *second = NULL;
    enum cw_status status = read_quietly(fd, "Passphrase: ", &first, err);
    if (status == CW_OK && how == CW_ASK_TWICE) {
        status = read_quietly(fd, "The same again: ", &second, err);
    }
    if (status == CW_OK && second != NULL && !cw_passphrase_equal(first, second)) {
        status = cw_error_set(err, CW_INVALID, "the two passphrases differ");
    }
    if (status == CW_OK) {
        *ret = first;
        first = NULL;
    }
    return status;
}

enum cw_status cw_cli_passphrase(const struct cw_key_request *request, enum cw_ask how,
                                 struct cw_passphrase **ret, struct cw_error *err)
{
    int fd = -1;
    if (request->passphrase_fd != NULL) {
        return parse_fd(request->passphrase_fd, &fd)
                   ? cw_passphrase_read(fd, ret, err)
                   : cw_error_set(err, CW_INVALID, "--passphrase-fd %s: not a descriptor",
                                  request->passphrase_fd);
    }
    fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return cw_error_set(err, CW_INVALID,
                            "a passphrase is needed and there is no terminal: give it through a "
                            "descriptor, --passphrase-fd 3 3< FILE");
    }
    const enum cw_status status = ask_terminal(fd, how, ret, err);
    (void)close(fd);
    return status;
}

enum cw_status cw_cli_key_file(const struct cw_key_request *request, const char *path,
                               enum cw_key_role *ret_role, struct cw_signing_key **ret_key,
                               struct cw_error *err)
{
    CW_CLEANUP(cw_passphrase_freep) struct cw_passphrase *passphrase = NULL;
    struct cw_buf file;
    struct cw_error why = {0};
    cw_buf_init(&file, 0);
    enum cw_status status = cw_signing_key_load(path, ret_key, &why);
    if (status != CW_INVALID) {
        return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s", why.text);
    }
    cw_buf_init(&file, 8192); /* its content is no secret: it is under a passphrase */
    status = cw_file_read(path, &file, err);
    if (status == CW_OK && !cw_signing_key_is_sealed(cw_buf_as_span(&file))) {
        status = cw_error_set(err, CW_INVALID, "%s", why.text);
    }
    if (status == CW_OK) {
        status = cw_cli_passphrase(request, CW_ASK_ONCE, &passphrase, err);
    }
    if (status == CW_OK) {
        status =
            cw_signing_key_open(cw_buf_as_span(&file), path, passphrase, ret_role, ret_key, err);
    }
    cw_buf_clear(&file);
    return status;
}
