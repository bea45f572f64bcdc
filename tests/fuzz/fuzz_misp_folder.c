/* Any files as the folder of a MISP feed: the document is within its cap and as long as it says,
 * and what the format makes of it does not depend on how it is cut. In the input a line "@ name"
 * begins a file, and its bytes follow. */
#define _GNU_SOURCE /* memfd_create, mkdtemp */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "feed/misp_folder.h"
#include "fuzz_format.h"

enum { FILES_MAX = 8, NAME_BYTES = 64, DOCUMENT_BYTES_MAX = 8 << 20 };

struct folder {
    char path[32];
    int fd;
    char names[FILES_MAX][NAME_BYTES];
    size_t count;
};

/* In memory where there is a place for it: a file is made for each input. */
static void make_folder(struct folder *ret)
{
    *ret = (struct folder){.path = "/dev/shm/cw-fuzz-XXXXXX"};
    if (mkdtemp(ret->path) == NULL) {
        (void)snprintf(ret->path, sizeof(ret->path), "/tmp/cw-fuzz-XXXXXX");
        CW_ASSERT(mkdtemp(ret->path) != NULL);
    }
    ret->fd = open(ret->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CW_ASSERT(ret->fd >= 0);
}

static void remove_folder(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        (void)unlinkat(folder->fd, folder->names[i], 0);
    }
    CW_ASSERT(close(folder->fd) == 0);
    CW_ASSERT(rmdir(folder->path) == 0);
}

static bool is_name(struct cw_span text)
{
    return text.len > 0 && text.len < NAME_BYTES && !cw_span_is(text, ".") &&
           !cw_span_is(text, "..") && cw_span_find(text, '/', 0) == text.len &&
           cw_span_find(text, '\0', 0) == text.len;
}

static void put_file(struct folder *folder, struct cw_span name, struct cw_span bytes)
{
    char *kept = folder->names[folder->count++];
    (void)snprintf(kept, NAME_BYTES, "%.*s", CW_SPAN_ARG(name));
    const int fd = openat(folder->fd, kept, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CW_ASSERT(fd >= 0);
    CW_ASSERT(cw_fd_write_all(fd, bytes, NULL) == CW_OK);
    CW_ASSERT(close(fd) == 0);
}

/* The place of the next line that begins a file, or the end. */
static size_t find_file(struct cw_span input, size_t from)
{
    for (size_t at = from; at < input.len; at = cw_span_find(input, '\n', at) + 1) {
        if (cw_span_starts_with(cw_span_slice(input, at, input.len), CW_SPAN("@ "))) {
            return at;
        }
    }
    return input.len;
}

static void put_files(struct folder *folder, struct cw_span input)
{
    for (size_t at = find_file(input, 0); at < input.len && folder->count < FILES_MAX;) {
        const size_t line_end = cw_span_find(input, '\n', at);
        const size_t end = find_file(input, line_end + 1);
        const struct cw_span name = cw_span_slice(input, at + 2, line_end);
        if (is_name(name)) {
            put_file(folder, name, cw_span_slice(input, line_end + 1, end));
        }
        at = end;
    }
}

static enum cw_status write_document(const struct folder *folder, uint64_t bytes_max,
                                     struct cw_buf *ret)
{
    uint64_t bytes = 0;
    struct cw_error err = {0};
    const int fd = memfd_create("fuzz", MFD_CLOEXEC);
    CW_ASSERT(fd >= 0);
    const enum cw_status status = cw_misp_folder_write(folder->path, bytes_max, fd, &bytes, &err);
    CW_ASSERT(status == CW_OK || status == CW_INVALID || status == CW_LIMIT);
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    CW_ASSERT(lseek(fd, 0, SEEK_SET) == 0);
    CW_ASSERT(cw_fd_read_all(fd, ret, NULL) == CW_OK);
    CW_ASSERT(ret->len <= bytes_max);
    CW_ASSERT(status != CW_OK || ret->len == bytes);
    CW_ASSERT(close(fd) == 0);
    return status;
}

/* The cap is kept to the byte. */
static void judge_cap(const struct folder *folder, const struct cw_buf *whole)
{
    struct cw_buf again;
    cw_buf_init(&again, DOCUMENT_BYTES_MAX);
    CW_ASSERT(write_document(folder, whole->len, &again) == CW_OK);
    CW_ASSERT(cw_span_equal(cw_buf_as_span(&again), cw_buf_as_span(whole)));
    cw_buf_reset(&again);
    CW_ASSERT(write_document(folder, whole->len - 1, &again) == CW_LIMIT);
    cw_buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct folder folder;
    struct cw_buf document;
    make_folder(&folder);
    cw_buf_init(&document, DOCUMENT_BYTES_MAX);
    put_files(&folder, cw_span_make(data, size));
    if (write_document(&folder, DOCUMENT_BYTES_MAX, &document) == CW_OK) {
        judge_cap(&folder, &document);
        fuzz_format("misp", cw_buf_as_span(&document)); /* counts what it accepts */
    }
    cw_buf_clear(&document);
    remove_folder(&folder);
    return 0;
}
