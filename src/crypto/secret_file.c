#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/key_private.h"

enum { WEBHOOK_SECRET_MIN = 24, WEBHOOK_SECRET_MAX = 64, WHY_BYTES = 128 };

enum cw_status cw_secret_memory_exhausted(struct cw_error *err)
{
    return cw_error_set(err, CW_NOMEM, "locked memory is exhausted (see ulimit -l)");
}

/* ---- who may read and replace a secret ---- */

static enum cw_status fail_to_open(struct cw_error *err, const char *path, int cause)
{
    char why[WHY_BYTES] = "";
    if (strerror_r(cause, why, sizeof(why)) != 0) {
        (void)snprintf(why, sizeof(why), "errno %d", cause);
    }
    if (cause == ELOOP) {
        return cw_error_set(err, CW_DENIED, "%s: is a symbolic link; name the file itself", path);
    }
    enum cw_status code = CW_IO;
    if (cause == ENOENT || cause == ENOTDIR) {
        code = CW_NOT_FOUND;
    } else if (cause == EACCES || cause == EPERM) {
        code = CW_DENIED;
    }
    return cw_error_set(err, code, "%s: cannot open: %s", path, why);
}

/* Who can write to the folder can put another key in the place of ours. The descriptor that was
 * judged is the one that the file is then opened in, so nothing can be exchanged in between. */
static enum cw_status open_folder(const char *folder, int *ret_fd, struct cw_error *err)
{
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat info;
    if (fd < 0) {
        return fail_to_open(err, folder, errno);
    }
    if (fstat(fd, &info) != 0) {
        const int cause = errno;
        (void)close(fd);
        return fail_to_open(err, folder, cause);
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        (void)close(fd);
        return cw_error_set(err, CW_DENIED,
                            "%s: others may write to this folder of secrets: chmod go-w %s", folder,
                            folder);
    }
    *ret_fd = fd;
    return CW_OK;
}

/* The manager of services makes such files for one service: owned by it or by root, and then
 * readable through an access list that shows as the bits of the group. */
static enum cw_status judge_credential(const struct stat *info, const char *path,
                                       struct cw_error *err)
{
    if (info->st_uid != geteuid() && info->st_uid != 0) {
        return cw_error_set(err, CW_DENIED, "%s: belongs neither to us nor to root", path);
    }
    if ((info->st_mode & (S_IRWXO | S_IWGRP | S_IXGRP)) != 0) {
        return cw_error_set(err, CW_DENIED, "%s: mode %04o is too open for a credential", path,
                            (unsigned)(info->st_mode & 07777));
    }
    return CW_OK;
}

/* By the mode bits, not by what access() says: root may read everything. */
static enum cw_status judge_file(int fd, const char *path, enum cw_secret_owner owner,
                                 struct cw_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return fail_to_open(err, path, errno);
    }
    if (!S_ISREG(info.st_mode)) {
        return cw_error_set(err, CW_INVALID, "%s: is not a regular file", path);
    }
    if (owner == CW_SECRET_CREDENTIAL) {
        return judge_credential(&info, path, err);
    }
    if (info.st_uid != geteuid()) {
        return cw_error_set(err, CW_DENIED, "%s: belongs to user %ju, not to us: chown %ju %s",
                            path, (uintmax_t)info.st_uid, (uintmax_t)geteuid(), path);
    }
    if ((info.st_mode & 07777 & ~(mode_t)(S_IRUSR | S_IWUSR)) != 0) {
        return cw_error_set(err, CW_DENIED, "%s: mode %04o is too open for a secret: chmod 600 %s",
                            path, (unsigned)(info.st_mode & 07777), path);
    }
    return CW_OK;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Room for the largest file at once: growing later would leave a copy behind in freed memory. */
static enum cw_status read_whole(int fd, const char *path, enum cw_secret_owner owner,
                                 struct cw_buf *ret, struct cw_error *err)
{
    struct cw_error cause = {0};
    enum cw_status status = judge_file(fd, path, owner, err);
    if (status != CW_OK) {
        return status;
    }
    (void)cw_buf_room(ret, ret->max);
    status = cw_fd_read_all(fd, ret, &cause);
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "%s: %s", path, cause.text);
}

static enum cw_status read_in_folder(int folder_fd, const char *path, enum cw_secret_owner owner,
                                     struct cw_buf *ret, struct cw_error *err)
{
    /* Non-blocking: a FIFO must not hold us up before we have seen that it is one. */
    const int fd = openat(folder_fd, base_name(path),
                          O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return fail_to_open(err, path, errno);
    }
    const enum cw_status status = read_whole(fd, path, owner, ret, err);
    (void)close(fd);
    return status;
}

static enum cw_status open_folder_of(const char *path, int *ret_fd, struct cw_error *err)
{
    CW_ASSERT(path != NULL);
    char *folder = cw_path_dirname(path);
    if (folder == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    const enum cw_status status = open_folder(folder, ret_fd, err);
    free(folder);
    return status;
}

enum cw_status cw_secret_folder_check(const char *path, struct cw_error *err)
{
    int fd = -1;
    const enum cw_status status = open_folder_of(path, &fd, err);
    if (status == CW_OK) {
        (void)close(fd);
    }
    return status;
}

enum cw_status cw_secret_file_read(const char *path, enum cw_secret_owner owner, struct cw_buf *ret,
                                   struct cw_error *err)
{
    int folder_fd = -1;
    cw_buf_init(ret, CW_SECRET_FILE_BYTES_MAX);
    enum cw_status status = open_folder_of(path, &folder_fd, err);
    if (status != CW_OK) {
        return status;
    }
    status = read_in_folder(folder_fd, path, owner, ret, err);
    (void)close(folder_fd);
    return status;
}

void cw_secret_buf_wipe(struct cw_buf *buf)
{
    if (buf->data != NULL) {
        sodium_memzero(buf->data, buf->cap);
    }
    cw_buf_clear(buf);
}

/* ---- secret text ---- */

static bool is_one_text(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f) {
            return false;
        }
    }
    return text.len > 0;
}

enum cw_status cw_secret_text_load(const char *path, struct cw_buf *ret_text, struct cw_error *err)
{
    struct cw_buf file;
    enum cw_status status = cw_secret_file_read(path, CW_SECRET_OURS, &file, err);
    const struct cw_span text = cw_span_trim(cw_buf_as_span(&file));
    if (status == CW_OK && !is_one_text(text)) {
        status = cw_error_set(err, CW_INVALID, "%s: is empty or is not text", path);
    }
    if (status == CW_OK) {
        cw_buf_span(ret_text, text);
        status = cw_buf_status(ret_text, err);
    }
    cw_secret_buf_wipe(&file);
    return status;
}

/* ---- webhook secrets ---- */

struct cw_webhook_secret {
    size_t len;
    uint8_t bytes[WEBHOOK_SECRET_MAX];
};

enum cw_status cw_webhook_secret_parse(struct cw_span text, struct cw_webhook_secret **ret_secret,
                                       struct cw_error *err)
{
    const struct cw_span prefix = CW_SPAN("whsec_");
    const struct cw_span digits = cw_span_slice(text, prefix.len, text.len);
    size_t len = 0;
    if (!cw_span_starts_with(text, prefix) ||
        !cw_base64_decoded_len(CW_BASE64_STANDARD, digits, &len) || len < WEBHOOK_SECRET_MIN ||
        len > WEBHOOK_SECRET_MAX) {
        return cw_error_set(err, CW_INVALID,
                            "webhook secret: expected whsec_ and %d to %d bytes in base64",
                            WEBHOOK_SECRET_MIN, WEBHOOK_SECRET_MAX);
    }
    struct cw_webhook_secret *secret = cw_secret_memory_new(sizeof(*secret));
    if (secret == NULL) {
        return cw_secret_memory_exhausted(err);
    }
    if (!cw_base64_decode_exact(CW_BASE64_STANDARD, digits, secret->bytes, len)) {
        cw_webhook_secret_free(secret);
        return cw_error_set(err, CW_INVALID, "webhook secret: what follows whsec_ is not base64");
    }
    secret->len = len;
    (void)sodium_mprotect_readonly(secret);
    *ret_secret = secret;
    return CW_OK;
}

enum cw_status cw_webhook_secret_load(const char *path, struct cw_webhook_secret **ret_secret,
                                      struct cw_error *err)
{
    struct cw_buf file;
    struct cw_error cause = {0};
    enum cw_status status = cw_secret_file_read(path, CW_SECRET_OURS, &file, err);
    if (status == CW_OK) {
        status = cw_webhook_secret_parse(cw_span_trim(cw_buf_as_span(&file)), ret_secret, &cause);
        if (status != CW_OK) {
            (void)cw_error_set(err, status, "%s: %s", path, cause.text);
        }
    }
    cw_secret_buf_wipe(&file);
    return status;
}

void cw_webhook_secret_free(struct cw_webhook_secret *secret)
{
    sodium_free(secret); /* takes NULL; wipes before it unlocks */
}

void cw_webhook_secret_hmac(const struct cw_webhook_secret *secret, struct cw_span message,
                            uint8_t ret_mac[static 32])
{
    CW_ASSERT(secret != NULL);
    cw_hmac_sha256(cw_span_make(secret->bytes, secret->len), message, ret_mac);
}
