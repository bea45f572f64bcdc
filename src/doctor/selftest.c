/* selftest.c: does every list format still read its own, in its sandbox, on this machine? A library
 * or a kernel that was changed beneath us is found here and not by the next list. */
#define _GNU_SOURCE /* memfd_create */
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "doctor/internal.h"
#include "doctor/samples.h"
#include "feed/parser.h"

enum { TIME_S = 10 };

struct heard {
    size_t entries;
    bool is_right; /* the first was the sample's address, and usable */
};

static enum cw_status on_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    (void)ctx;
    (void)info;
    (void)err;
    return CW_OK;
}

static enum cw_status on_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    struct heard *heard = ctx;
    (void)err;
    heard->is_right =
        heard->entries == 0 && entry->error.len == 0 && cw_span_is(entry->value, SAMPLE);
    heard->entries++;
    return CW_OK;
}

/* A file without a name: nothing is left behind, and a full disk is no matter. */
static int file_of(struct cw_span bytes)
{
    const int fd = memfd_create("cryptowatch-sample", MFD_CLOEXEC);
    if (fd >= 0 && (cw_fd_write_all(fd, bytes, NULL) != CW_OK || lseek(fd, 0, SEEK_SET) != 0)) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

static enum cw_status try_one(const struct cw_doctor *doctor, const char *format,
                              struct cw_span bytes, struct cw_error *err)
{
    struct heard heard = {.entries = 0};
    struct cw_parse_report report;
    const struct cw_programs *programs = &doctor->options->programs;
    const struct cw_parser_options options = {.program = programs->parse,
                                              .is_unsealed = programs->is_unsealed,
                                              .format = format,
                                              .timeout_s = TIME_S};
    const int fd = file_of(bytes);
    if (fd < 0) {
        return cw_error_set(err, CW_IO, "no memory for a file of %zu bytes", bytes.len);
    }
    enum cw_status status = cw_parser_run(
        &options, fd, (struct cw_entry_sink){on_info, on_entry, &heard}, &report, err);
    (void)close(fd);
    if (status == CW_OK && (heard.entries != 1 || !heard.is_right)) {
        status = cw_error_set(err, CW_STATE, "it does not read its own sample: %zu entries",
                              heard.entries);
    }
    return status;
}

static struct cw_span sample_of(const char *format)
{
    for (size_t i = 0; i < CW_COUNT(samples); i++) {
        if (strcmp(samples[i].format, format) == 0) {
            return cw_span_cstr(samples[i].text);
        }
    }
    return (struct cw_span){0};
}

static size_t try_formats(struct cw_doctor *doctor)
{
    static const char *const formats[] = {
#define CW_FEED_FORMAT(id, name, title, ends) name,
#include "feed/formats.def"
#undef CW_FEED_FORMAT
    };
    size_t bad = 0;
    for (size_t i = 0; i < CW_COUNT(formats); i++) {
        struct cw_error err = {0};
        const struct cw_span sample = sample_of(formats[i]);
        enum cw_status status = sample.len == 0
                                    ? cw_error_set(&err, CW_STATE, "there is no sample of it")
                                    : try_one(doctor, formats[i], sample, &err);
        if (status != CW_OK) {
            bad++;
            cw_doctor_fail(doctor, "programs.formats", status, NULL,
                           "format %s: %s: no list of this format can be read", formats[i],
                           err.text);
        }
    }
    return bad;
}

static size_t try_packings(struct cw_doctor *doctor)
{
    size_t bad = 0;
    for (size_t i = 0; i < CW_COUNT(packings); i++) {
        struct cw_error err = {0};
        const enum cw_status status = try_one(doctor, "lines", packings[i].bytes, &err);
        if (status != CW_OK) {
            bad++;
            cw_doctor_fail(doctor, "programs.formats", status, NULL,
                           "%s: %s: nothing that is packed like this can be read", packings[i].name,
                           err.text);
        }
    }
    return bad;
}

void cw_doctor_formats(struct cw_doctor *doctor)
{
    if (try_formats(doctor) + try_packings(doctor) == 0) {
        cw_doctor_ok(
            doctor, "programs.formats", "%zu list formats and %zu packings read their samples%s",
            CW_COUNT(samples), CW_COUNT(packings),
            doctor->options->programs.is_unsealed ? ", without the sandbox" : ", in the sandbox");
    }
}
