#include "parse/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "parse/crc32.h"

enum { BLOCK_BYTES = 64 << 10, RATIO_FREE_BYTES = 1 << 20, GZIP_TAIL_BYTES = 8 };

enum container { PLAIN, GZIP, BZIP2, XZ, ZSTD, ZIP };

static const struct {
    enum container container;
    const char *name;
    struct cw_span magic;
} MAGICS[] = {
    {GZIP, "gzip", {"\x1f\x8b", 2}},
    {BZIP2, "bzip2", {"BZh", 3}},
    {XZ,
     "xz",
     {"\xfd"
      "7zXZ\0",
      6}},
    {ZSTD, "zstd", {"\x28\xb5\x2f\xfd", 4}},
    {ZIP, "ZIP", {"PK\x03\x04", 4}},
};

struct unpacker {
    int fd;
    uint64_t file_bytes;
    enum container container;
    const char *name; /* of the container, for error texts */
    struct cw_unpack_sink sink;
    struct archive *archive;
    /* ours: libarchive 3.6 does not look whether it got memory for its own */
    struct archive_entry *entry;
    uint64_t bytes_read; /* asked for by libarchive: the measure of the ratio */
    uint64_t bytes_out;
    size_t documents;
    struct cw_crc32 crc; /* gzip only */
    char in[BLOCK_BYTES];
    char out[BLOCK_BYTES];
};

static ssize_t read_some(int fd, char *to, size_t bytes)
{
    ssize_t got = 0;
    do {
        got = read(fd, to, bytes);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* ---- what comes out ---- */

static enum cw_status check_length(uint64_t bytes, uint64_t most, struct cw_error *err)
{
    return bytes <= most ? CW_OK
                         : cw_error_set(err, CW_LIMIT, "the document is longer than %llu bytes",
                                        (unsigned long long)most);
}

enum cw_status cw_unpack_check_size(const char *name, uint64_t bytes_in, uint64_t bytes_out,
                                    struct cw_error *err)
{
    const enum cw_status status = check_length(bytes_out, CW_FEED_DECODED_MAX, err);
    if (status == CW_OK && bytes_out > RATIO_FREE_BYTES &&
        bytes_out / CW_UNPACK_RATIO_MAX > bytes_in) {
        return cw_error_set(err, CW_LIMIT, "%s: unpacks to more than %u times its size", name,
                            CW_UNPACK_RATIO_MAX);
    }
    return status;
}

static enum cw_status deliver(struct unpacker *unpacker, struct cw_span block, struct cw_error *err)
{
    unpacker->bytes_out += block.len;
    /* A plain document is as long as its file, which somebody allowed when it was fetched. */
    const enum cw_status status =
        unpacker->container == PLAIN
            ? check_length(unpacker->bytes_out, CW_FEED_BODY_HARD_MAX, err)
            : cw_unpack_check_size(unpacker->name, unpacker->bytes_read, unpacker->bytes_out, err);
    if (status != CW_OK) {
        return status;
    }
    if (unpacker->container == GZIP) {
        cw_crc32_add(&unpacker->crc, block);
    }
    return unpacker->sink.block(unpacker->sink.ctx, block, err);
}

static enum cw_status copy_plain(struct unpacker *unpacker, struct cw_error *err)
{
    for (;;) {
        const ssize_t got = read_some(unpacker->fd, unpacker->in, sizeof(unpacker->in));
        if (got < 0) {
            return cw_error_set(err, CW_IO, "reading the document failed with errno %d", errno);
        }
        if (got == 0) {
            return CW_OK;
        }
        const enum cw_status status =
            deliver(unpacker, cw_span_make(unpacker->in, (size_t)got), err);
        if (status != CW_OK) {
            return status;
        }
    }
}

/* ---- libarchive ---- */

static la_ssize_t on_read(struct archive *archive, void *ctx, const void **ret_data)
{
    struct unpacker *unpacker = ctx;
    const ssize_t got = read_some(unpacker->fd, unpacker->in, sizeof(unpacker->in));
    if (got < 0) {
        archive_set_error(archive, errno, "reading the file failed");
        return -1;
    }
    unpacker->bytes_read += (uint64_t)got;
    *ret_data = unpacker->in;
    return got;
}

static la_int64_t on_seek(struct archive *archive, void *ctx, la_int64_t offset, int whence)
{
    const struct unpacker *unpacker = ctx;
    const off_t at = lseek(unpacker->fd, offset, whence);
    if (at < 0) {
        archive_set_error(archive, errno, "seeking in the file failed");
        return ARCHIVE_FATAL;
    }
    return at;
}

static enum cw_status refuse(const struct unpacker *unpacker, struct cw_error *err)
{
    const char *why = archive_error_string(unpacker->archive);
    if (archive_errno(unpacker->archive) == ENOMEM) {
        return cw_error_set(err, CW_LIMIT, "%s: needs more than %u bytes of memory to be unpacked",
                            unpacker->name, CW_PARSE_MEMORY_MAX);
    }
    /* Some of its messages end their line. */
    const struct cw_span words = cw_span_trim(cw_span_cstr(why != NULL ? why : "nothing is known"));
    return cw_error_set(err, CW_UNTRUSTED, "%s: cut or damaged: %.*s", unpacker->name,
                        CW_SPAN_ARG(words));
}

/* Only the one filter or format that the first bytes announced: a bzip2 file with a tar in it is a
 * document that starts like a tar, and some format will refuse it. */
static int support(const struct unpacker *unpacker)
{
    struct archive *archive = unpacker->archive;
    int result = ARCHIVE_FATAL;
    switch (unpacker->container) {
    case PLAIN:
        break;
    case GZIP:
        result = archive_read_support_filter_gzip(archive);
        break;
    case BZIP2:
        result = archive_read_support_filter_bzip2(archive);
        break;
    case XZ:
        result = archive_read_support_filter_xz(archive);
        break;
    case ZSTD:
        result = archive_read_support_filter_zstd(archive);
        break;
    case ZIP:
        /* The one that reads the directory at the end: a cut ZIP has none. */
        return archive_read_support_format_zip_seekable(archive);
    }
    return result == ARCHIVE_OK ? archive_read_support_format_raw(archive) : result;
}

static enum cw_status open_archive(struct unpacker *unpacker, struct cw_error *err)
{
    struct archive *archive = archive_read_new();
    unpacker->archive = archive;
    unpacker->entry = archive_entry_new();
    if (archive == NULL || unpacker->entry == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    if (support(unpacker) != ARCHIVE_OK) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: not supported by this build's libarchive",
                            unpacker->name);
    }
    if (archive_read_set_read_callback(archive, on_read) != ARCHIVE_OK ||
        archive_read_set_seek_callback(archive, on_seek) != ARCHIVE_OK ||
        archive_read_set_callback_data(archive, unpacker) != ARCHIVE_OK ||
        archive_read_open1(archive) != ARCHIVE_OK) {
        return refuse(unpacker, err);
    }
    return CW_OK;
}

/* A warning is a failure here: a wrong checksum in a ZIP is only a warning to libarchive. */
static enum cw_status copy_data(struct unpacker *unpacker, struct cw_error *err)
{
    for (;;) {
        const la_ssize_t got =
            archive_read_data(unpacker->archive, unpacker->out, sizeof(unpacker->out));
        if (got < 0) {
            return refuse(unpacker, err);
        }
        if (got == 0) {
            return CW_OK;
        }
        const enum cw_status status =
            deliver(unpacker, cw_span_make(unpacker->out, (size_t)got), err);
        if (status != CW_OK) {
            return status;
        }
    }
}

static enum cw_status copy_member(struct unpacker *unpacker, struct archive_entry *entry,
                                  struct cw_error *err)
{
    if (unpacker->container == ZIP && archive_entry_filetype(entry) == AE_IFDIR) {
        return CW_OK;
    }
    if (archive_entry_is_encrypted(entry)) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: encrypted", unpacker->name);
    }
    if (archive_entry_filetype(entry) != AE_IFREG) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: holds something that is not a file",
                            unpacker->name);
    }
    unpacker->documents++;
    if (unpacker->documents > 1) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: holds more than one document", unpacker->name);
    }
    return copy_data(unpacker, err);
}

/* libarchive unpacks what is packed twice, and takes a stream that is too short for its filter as
 * it stands. Both show in the number of filters, of which one is the file itself. */
static enum cw_status check_filters(const struct unpacker *unpacker, struct cw_error *err)
{
    const int wanted = unpacker->container == ZIP ? 1 : 2;
    const int count = archive_filter_count(unpacker->archive);
    if (count != wanted) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: %s", unpacker->name,
                            count > wanted ? "packed more than once" : "cut");
    }
    return CW_OK;
}

static enum cw_status copy_members(struct unpacker *unpacker, struct cw_error *err)
{
    for (;;) {
        const int result = archive_read_next_header2(unpacker->archive, unpacker->entry);
        if (result == ARCHIVE_EOF && unpacker->documents == 1) {
            return CW_OK;
        }
        if (result == ARCHIVE_EOF) {
            return cw_error_set(err, CW_UNTRUSTED, "%s: holds no document", unpacker->name);
        }
        /* A warning here is about the member's name, which nobody asks for. */
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
            return refuse(unpacker, err);
        }
        enum cw_status status = check_filters(unpacker, err);
        if (status == CW_OK) {
            status = copy_member(unpacker, unpacker->entry, err);
        }
        if (status != CW_OK) {
            return status;
        }
    }
}

/* ---- what libarchive lets pass ---- */

static uint32_t load_le(const unsigned char *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

/* libarchive 3.6 reads over the checksum and the length at the end of a gzip member, and takes
 * anything that is not another member for the end. Both are judged by the file's own last bytes:
 * they must be the checksum and length of all that came out. So a second member is refused too. */
static enum cw_status check_gzip(struct unpacker *unpacker, struct cw_error *err)
{
    unsigned char tail[GZIP_TAIL_BYTES] = {0};
    const off_t at = (off_t)unpacker->file_bytes - GZIP_TAIL_BYTES;
    if (at < 0 || pread(unpacker->fd, tail, sizeof(tail), at) != (ssize_t)sizeof(tail)) {
        return cw_error_set(err, CW_UNTRUSTED, "gzip: cut");
    }
    if (load_le(tail) != unpacker->crc.value ||
        load_le(tail + 4) != (uint32_t)(unpacker->bytes_out & 0xffffffffu)) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "gzip: cut, damaged, followed by more bytes, or of several members: "
                            "checksum or length is not that of the document");
    }
    return CW_OK;
}

/* The position of the outermost reader is the end of the compressed stream. */
static enum cw_status check_end(struct unpacker *unpacker, struct cw_error *err)
{
    const la_int64_t used = archive_filter_bytes(unpacker->archive, -1);
    if (unpacker->container == GZIP) {
        return check_gzip(unpacker, err);
    }
    if (unpacker->container != ZIP && used != (la_int64_t)unpacker->file_bytes) {
        return cw_error_set(err, CW_UNTRUSTED, "%s: %lld bytes of %llu are not part of it",
                            unpacker->name, (long long)unpacker->file_bytes - (long long)used,
                            (unsigned long long)unpacker->file_bytes);
    }
    return CW_OK;
}

static enum cw_status copy_packed(struct unpacker *unpacker, struct cw_error *err)
{
    cw_crc32_init(&unpacker->crc);
    enum cw_status status = open_archive(unpacker, err);
    if (status == CW_OK) {
        status = copy_members(unpacker, err);
    }
    return status == CW_OK ? check_end(unpacker, err) : status;
}

/* ---- the file ---- */

static enum cw_status recognise(struct unpacker *unpacker, struct cw_error *err)
{
    struct stat st;
    char head[8];
    if (fstat(unpacker->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return cw_error_set(err, CW_IO, "the document is not a regular file");
    }
    const ssize_t got = pread(unpacker->fd, head, sizeof(head), 0);
    if (got < 0 || lseek(unpacker->fd, 0, SEEK_SET) != 0) {
        return cw_error_set(err, CW_IO, "reading the document failed with errno %d", errno);
    }
    unpacker->file_bytes = (uint64_t)st.st_size;
    unpacker->container = PLAIN;
    for (size_t i = 0; i < CW_COUNT(MAGICS); i++) {
        if (cw_span_starts_with(cw_span_make(head, (size_t)got), MAGICS[i].magic)) {
            unpacker->container = MAGICS[i].container;
            unpacker->name = MAGICS[i].name;
        }
    }
    return CW_OK;
}

enum cw_status cw_unpack(int fd, struct cw_unpack_sink sink, struct cw_unpack_report *ret_report,
                         struct cw_error *err)
{
    struct unpacker *unpacker = calloc(1, sizeof(*unpacker));
    if (unpacker == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    unpacker->fd = fd;
    unpacker->sink = sink;
    enum cw_status status = recognise(unpacker, err);
    if (status == CW_OK) {
        status =
            unpacker->container == PLAIN ? copy_plain(unpacker, err) : copy_packed(unpacker, err);
    }
    if (status == CW_OK) {
        *ret_report = (struct cw_unpack_report){unpacker->file_bytes, unpacker->bytes_out};
    }
    archive_entry_free(unpacker->entry);
    if (unpacker->archive != NULL) {
        (void)archive_read_free(unpacker->archive);
    }
    free(unpacker);
    return status;
}
