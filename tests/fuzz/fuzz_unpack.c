/* Any bytes as a stored document, plain or packed: both readers come to a verdict within their
 * caps, what they deliver is what they counted, they agree where both take the file, and what the
 * sink says comes back. */
#define _GNU_SOURCE /* memfd_create */
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "fuzz.h"
#include "parse/members.h"
#include "parse/unpack.h"

struct sum {
    uint64_t bytes;
    uint64_t hash; /* FNV-1a */
    size_t blocks;
    size_t blocks_max; /* then the sink wants no more */
};

/* In cryptowatch-parse the kernel refuses more memory than CW_PARSE_MEMORY_MAX, which a header of
 * some bytes can ask for; here the sanitizer does, as far as one request goes. */
const char *__asan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */
const char *__asan_default_options(void)  /* NOLINT(bugprone-reserved-identifier) */
{
    static_assert(CW_PARSE_MEMORY_MAX == 512u << 20, "as below");
    return "allocator_may_return_null=1:max_allocation_size_mb=512";
}

static enum cw_status on_block(void *ctx, struct cw_span bytes, struct cw_error *err)
{
    struct sum *sum = ctx;
    CW_ASSERT(bytes.len > 0);
    if (sum->blocks == sum->blocks_max) {
        return cw_error_set(err, CW_STATE, "enough");
    }
    sum->blocks++;
    sum->bytes += bytes.len;
    for (size_t i = 0; i < bytes.len; i++) {
        sum->hash = (sum->hash ^ (unsigned char)bytes.data[i]) * 0x100000001b3u;
    }
    return CW_OK;
}

static struct sum begin(size_t blocks_max)
{
    return (struct sum){.hash = 0xcbf29ce484222325u, .blocks_max = blocks_max};
}

static void judge(enum cw_status status, const struct cw_error *err)
{
    CW_ASSERT(status == CW_OK || status == CW_UNTRUSTED || status == CW_LIMIT);
    CW_ASSERT((status == CW_OK) == (err->text[0] == '\0'));
}

static const char *container_of(struct cw_span file)
{
    static const struct {
        const char *magic;
        const char *name;
    } rows[] = {
        {"\x1f\x8b", "gzip"},
        {"BZh", "bzip2"},
        {"\xfd"
         "7zXZ",
         "xz"},
        {"\x28\xb5\x2f\xfd", "zstd"},
        {"PK\x03\x04", "zip"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        if (cw_span_starts_with(file, cw_span_cstr(rows[i].magic))) {
            return rows[i].name;
        }
    }
    return "plain";
}

static enum cw_status unpack(int fd, struct cw_span file, struct sum *ret)
{
    struct cw_unpack_report report = {0};
    struct cw_error err = {0};
    *ret = begin(SIZE_MAX);
    const enum cw_status status =
        cw_unpack(fd, (struct cw_unpack_sink){on_block, ret}, &report, &err);
    judge(status, &err);
    if (status == CW_OK) {
        CW_ASSERT(report.bytes_in == file.len);
        CW_ASSERT(report.bytes_decoded == ret->bytes);
        fuzz_accept(container_of(file));
    }
    return status;
}

static enum cw_status unpack_members(int fd, struct sum *ret)
{
    struct cw_error err = {0};
    *ret = begin(SIZE_MAX);
    const enum cw_status status =
        cw_members_unpack(fd, (struct cw_unpack_sink){on_block, ret}, &err);
    judge(status, &err);
    if (status == CW_OK) {
        fuzz_accept("members");
    }
    return status;
}

/* A sink that stops behind some blocks is obeyed. */
static void stop_early(int fd, const struct sum *whole)
{
    struct cw_unpack_report report = {0};
    struct cw_error err = {0};
    struct sum some = begin(whole->blocks / 2);
    const struct cw_unpack_sink sink = {on_block, &some};
    CW_ASSERT(cw_unpack(fd, sink, &report, &err) == CW_STATE);
    CW_ASSERT(some.blocks == whole->blocks / 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cw_span file = cw_span_make(data, size);
    struct sum one;
    struct sum other;
    const int fd = memfd_create("fuzz", MFD_CLOEXEC);
    CW_ASSERT(fd >= 0);
    CW_ASSERT(cw_fd_write_all(fd, file, NULL) == CW_OK);
    const enum cw_status status = unpack(fd, file, &one);
    if (one.blocks > 0) {
        stop_early(fd, &one);
    }
    if (cw_members_begin(fd)) {
        const enum cw_status other_status = unpack_members(fd, &other);
        CW_ASSERT(status != CW_OK || other_status != CW_OK || one.bytes == other.bytes);
        CW_ASSERT(status != CW_OK || other_status != CW_OK || one.hash == other.hash);
    }
    CW_ASSERT(close(fd) == 0);
    return 0;
}
