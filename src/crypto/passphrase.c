#include <errno.h>
#include <sodium.h>
#include <unistd.h>

#include "crypto/key_private.h"
#include "crypto/passphrase_private.h"

static enum cw_status too_long(struct cw_error *err)
{
    return cw_error_set(err, CW_LIMIT, "the passphrase is longer than %d bytes",
                        CW_PASSPHRASE_BYTES_MAX);
}

static enum cw_status read_line(int fd, struct cw_passphrase *ret, struct cw_error *err)
{
    for (;;) {
        char c = '\0';
        const ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return cw_error_set(err, CW_IO, "the passphrase cannot be read: error %d", errno);
        }
        if (got == 0 || c == '\n') {
            return CW_OK;
        }
        if (ret->len == CW_PASSPHRASE_BYTES_MAX) {
            return too_long(err);
        }
        ret->bytes[ret->len++] = c;
        sodium_memzero(&c, sizeof(c));
    }
}

enum cw_status cw_passphrase_read(int fd, struct cw_passphrase **ret, struct cw_error *err)
{
    struct cw_passphrase *passphrase = cw_secret_memory_new(sizeof(*passphrase));
    if (passphrase == NULL) {
        return cw_secret_memory_exhausted(err);
    }
    sodium_memzero(passphrase, sizeof(*passphrase));
    enum cw_status status = read_line(fd, passphrase, err);
    if (status == CW_OK && passphrase->len < CW_PASSPHRASE_BYTES_MIN) {
        status = cw_error_set(err, CW_INVALID, "a passphrase has at least %d bytes",
                              CW_PASSPHRASE_BYTES_MIN);
    }
    if (status != CW_OK) {
        cw_passphrase_free(passphrase);
        return status;
    }
    (void)sodium_mprotect_readonly(passphrase);
    *ret = passphrase;
    return CW_OK;
}

bool cw_passphrase_equal(const struct cw_passphrase *a, const struct cw_passphrase *b)
{
    return a->len == b->len && sodium_memcmp(a->bytes, b->bytes, a->len) == 0;
}

void cw_passphrase_free(struct cw_passphrase *passphrase)
{
    sodium_free(passphrase);
}

void cw_passphrase_freep(struct cw_passphrase **passphrase)
{
    cw_passphrase_free(*passphrase);
    *passphrase = NULL;
}
