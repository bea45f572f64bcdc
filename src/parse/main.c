/* cryptowatch-parse FORMAT [--with] [NAME=VALUE...]: a stored list on descriptor 0 becomes frames
 * on descriptor 1 (feed/record.h); with --with its companion is on descriptor 3.
 * cryptowatch-parse --copy: a packed document on descriptor 0 becomes its bytes on descriptor 1,
 * or one line on descriptor 2 says why not. Both ways, descriptors 1 and 2 are no regular files.
 * In front of either may stand --no-sandbox; --sandbox says what is active, --version which
 * program this is (sandbox/sandbox.h).
 * Holds no key, opens no file; sealed before it reads a byte. */
#include <iconv.h>
#include <jansson.h>
#include <langinfo.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/datetime.h"
#include "base/file.h"
#include "feed/format.h"
#include "feed/record.h"
#include "parse/members.h"
#include "parse/unpack.h"
#include "sandbox/sandbox.h"

#define WITH_COMPANION "--with"

enum {
    FLUSH_BYTES = 64 << 10,
    COMPANION_FD = 3,
    EXIT_USAGE = 64,
    EXIT_IO = 74,
};

struct program {
    const struct cw_format *format;
    void *state;
    struct cw_format_option items[CW_FORMAT_OPTIONS_MAX];
    struct cw_format_options options;
    bool has_companion;
    struct cw_parse_report report;
    struct cw_buf frame; /* being built */
    struct cw_buf out;   /* built, not written yet */
};

/* ---- frames ---- */

static enum cw_status flush(struct program *program, struct cw_error *err)
{
    const enum cw_status status =
        cw_fd_write_all(STDOUT_FILENO, cw_buf_as_span(&program->out), err);
    cw_buf_reset(&program->out);
    return status;
}

static enum cw_status put(struct program *program, struct cw_error *err)
{
    cw_buf_span(&program->out, cw_buf_as_span(&program->frame));
    const enum cw_status status = cw_buf_status(&program->out, err);
    return status == CW_OK && program->out.len >= FLUSH_BYTES ? flush(program, err) : status;
}

static enum cw_status on_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    struct program *program = ctx;
    const enum cw_status status = cw_record_put_info(&program->frame, info, err);
    return status == CW_OK ? put(program, err) : status;
}

static enum cw_status on_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    struct program *program = ctx;
    if (program->report.entries == CW_FEED_ENTRIES_MAX) {
        return cw_error_set(err, CW_LIMIT, "the list has more than %u entries",
                            CW_FEED_ENTRIES_MAX);
    }
    program->report.entries++;
    program->report.unusable += entry->error.len > 0 ? 1u : 0u;
    const enum cw_status status = cw_record_put_entry(&program->frame, entry, err);
    return status == CW_OK ? put(program, err) : status;
}

static enum cw_status on_block(void *ctx, struct cw_span bytes, struct cw_error *err)
{
    struct program *program = ctx;
    return program->format->feed(program->state, bytes, false, err);
}

static enum cw_status on_companion_block(void *ctx, struct cw_span bytes, struct cw_error *err)
{
    struct program *program = ctx;
    return program->format->companion(program->state, bytes, false, err);
}

/* ---- arguments ---- */

static bool knows_option(const struct cw_format *format, struct cw_span name)
{
    for (size_t i = 0; format->options[i] != NULL; i++) {
        if (cw_span_is(name, format->options[i])) {
            return true;
        }
    }
    return false;
}

static enum cw_status add_option(struct program *program, const char *argument,
                                 struct cw_error *err)
{
    const struct cw_span text = cw_span_cstr(argument);
    const size_t equals = cw_span_find(text, '=', 0);
    const struct cw_span name = cw_span_slice(text, 0, equals);
    if (equals == text.len || !knows_option(program->format, name)) {
        return cw_error_set(err, CW_INVALID, "format %s has no option \"%.*s\"",
                            program->format->name, CW_SPAN_ARG(name));
    }
    for (size_t i = 0; i < program->options.count; i++) {
        if (cw_span_equal(program->items[i].name, name)) {
            return cw_error_set(err, CW_INVALID, "option \"%.*s\" is given twice",
                                CW_SPAN_ARG(name));
        }
    }
    if (program->options.count == CW_FORMAT_OPTIONS_MAX) {
        return cw_error_set(err, CW_INVALID, "more than %d options", CW_FORMAT_OPTIONS_MAX);
    }
    program->items[program->options.count++] =
        (struct cw_format_option){name, cw_span_slice(text, equals + 1, text.len)};
    return CW_OK;
}

static enum cw_status read_arguments(struct program *program, int argc, char **argv,
                                     struct cw_error *err)
{
    program->format = cw_format_find(cw_span_cstr(argv[1]));
    program->options.items = program->items;
    if (program->format == NULL) {
        return cw_error_set(err, CW_NOT_FOUND, "no list format is called \"%s\"", argv[1]);
    }
    enum cw_status status = CW_OK;
    for (int i = 2; i < argc && status == CW_OK; i++) {
        if (strcmp(argv[i], WITH_COMPANION) == 0) {
            program->has_companion = true;
        } else if (strncmp(argv[i], "--on=", 5) == 0) {
            program->options.day = cw_span_cstr(argv[i] + 5);
            status = cw_date_parse(program->options.day, NULL)
                         ? CW_OK
                         : cw_error_set(err, CW_INVALID, "--on: no day (YYYY-MM-DD)");
        } else {
            status = add_option(program, argv[i], err);
        }
    }
    if (status == CW_OK && program->has_companion && program->format->companion == NULL) {
        return cw_error_set(err, CW_INVALID, "format %s takes no second file",
                            program->format->name);
    }
    return status;
}

/* ---- the run ---- */

static enum cw_status parse_companion(struct program *program, struct cw_error *err)
{
    const struct cw_unpack_sink blocks = {on_companion_block, program};
    struct cw_unpack_report unpacked = {0};
    enum cw_status status = cw_unpack(COMPANION_FD, blocks, &unpacked, err);
    if (status == CW_OK) {
        status = program->format->companion(program->state, CW_SPAN(""), true, err);
    }
    return status == CW_OK ? CW_OK : cw_error_prefix(err, "second file: ");
}

static enum cw_status parse(struct program *program, struct cw_error *err)
{
    const struct cw_entry_sink entries = {on_info, on_entry, program};
    const struct cw_unpack_sink blocks = {on_block, program};
    struct cw_unpack_report unpacked = {0};
    enum cw_status status = program->format->open(&program->options, entries, &program->state, err);
    if (status != CW_OK) {
        return status;
    }
    if (program->has_companion) {
        status = parse_companion(program, err);
    }
    if (status == CW_OK) {
        status = cw_unpack(STDIN_FILENO, blocks, &unpacked, err);
    }
    if (status == CW_OK) {
        status = program->format->feed(program->state, CW_SPAN(""), true, err);
    }
    program->format->close(program->state);
    program->report.bytes_in = unpacked.bytes_in;
    program->report.bytes_decoded = unpacked.bytes_decoded;
    return status;
}

/* A broken pipe leaves nobody to say it to, and exhausted memory nothing to say it with. */
static int exit_of(enum cw_status status)
{
    return status == CW_OK ? 0 : status == CW_NOMEM ? CW_CHILD_NO_MEMORY : EXIT_IO;
}

/* The last frame says how it went. */
static int finish(struct program *program, const struct cw_error *why)
{
    struct cw_error err = {0};
    enum cw_status status = why->code == CW_OK
                                ? cw_record_put_end(&program->frame, &program->report, &err)
                                : cw_record_put_failed(&program->frame, why, &err);
    if (status == CW_OK) {
        status = put(program, &err);
    }
    if (status == CW_OK) {
        status = flush(program, &err);
    }
    cw_buf_clear(&program->frame);
    cw_buf_clear(&program->out);
    return exit_of(status);
}

static int usage(void)
{
    size_t count = 0;
    const struct cw_format *const *formats = cw_formats(&count);
    (void)fprintf(stderr, "usage: cryptowatch-parse FORMAT [NAME=VALUE...] <FILE\n"
                          "       cryptowatch-parse --copy <FILE\n");
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(stderr, "  %-16s %s\n", formats[i]->name, formats[i]->title);
    }
    return EXIT_USAGE;
}

/* ---- --copy: the unpacked bytes themselves, for a text screening ---- */

static enum cw_status copy_block(void *ctx, struct cw_span bytes, struct cw_error *err)
{
    (void)ctx;
    return cw_fd_write_all(STDOUT_FILENO, bytes, err);
}

/* The reader must not take the end of the pipe for the end of the document: only exit code 0 says
 * that all of it came. */
static int copy(void)
{
    const struct cw_unpack_sink blocks = {copy_block, NULL};
    struct cw_unpack_report unpacked = {0};
    struct cw_error err = {0};
    const enum cw_status status = cw_members_begin(STDIN_FILENO)
                                      ? cw_members_unpack(STDIN_FILENO, blocks, &err)
                                      : cw_unpack(STDIN_FILENO, blocks, &unpacked, &err);
    if (status != CW_OK) {
        (void)fprintf(stderr, "cryptowatch-parse: %s\n", err.text);
    }
    return exit_of(status);
}

/* Takes --no-sandbox off the arguments. */
static bool takes_off(int *argc, char ***argv)
{
    const bool is_off = *argc > 1 && strcmp((*argv)[1], CW_SANDBOX_OFF) == 0;
    if (is_off) {
        *argc -= 1;
        *argv += 1;
    }
    return is_off;
}

/* What libraries read from files when they are first asked, let them read now. For the members of a
 * ZIP libarchive asks for local times and for names in another alphabet; nobody here wants either.
 */
static void open_early(void)
{
    cw_formats_open_early();
    (void)setenv("TZ", "UTC0", 1);
    tzset();
    /* One that did not open is refused with EBADF. */
    (void)iconv_close(iconv_open(nl_langinfo(CODESET), "UTF-8"));
}

/* What stands at descriptor 3 is only ours when main says so: else it is whatever somebody left
 * open there. */
static int count_fds(char *const *argv)
{
    for (char *const *word = argv; *word != NULL; word++) {
        if (strcmp(*word, WITH_COMPANION) == 0) {
            return COMPANION_FD + 1;
        }
    }
    return COMPANION_FD;
}

/* A decompressor that loops, hoards or obeys its input meets the kernel, and main hears of a parser
 * that died. */
static enum cw_status seal(int fds_kept, bool is_off, uint64_t file_bytes_max,
                           struct cw_sandbox_state *ret, struct cw_error *err)
{
    const struct cw_sandbox_plan plan = {
        .role = CW_SANDBOX_PARSE, .is_off = is_off, .fds_kept = fds_kept};
    open_early();
    cw_sandbox_limit(CW_SANDBOX_PARSE, file_bytes_max);
    return cw_sandbox_seal(&plan, ret, err);
}

static int parse_to_frames(int argc, char **argv)
{
    struct program program = {0};
    struct cw_error err = {0};
    cw_buf_init(&program.frame, CW_FRAME_BYTES_MAX);
    cw_buf_init(&program.out, (size_t)2 * CW_FRAME_BYTES_MAX);
    if (cw_frame_write_magic(STDOUT_FILENO, &err) != CW_OK) {
        return EXIT_IO;
    }
    if (read_arguments(&program, argc, argv, &err) == CW_OK) {
        (void)parse(&program, &err);
    }
    return finish(&program, &err);
}

/* Without memory Jansson drops bytes of a string, or writes behind its end (cli/main.c). A list can
 * bring that about, by its size. */
static void *json_malloc(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        _exit(CW_CHILD_NO_MEMORY);
    }
    return memory;
}

int main(int argc, char **argv)
{
    struct cw_sandbox_state state;
    struct cw_error err = {0};
    const bool is_off = takes_off(&argc, &argv);
    json_set_alloc_funcs(json_malloc, free);
    if (argc < 2) {
        return usage();
    }
    if (strcmp(argv[1], CW_SANDBOX_VERSION) == 0) {
        (void)printf("cryptowatch-parse %s\n", CW_VERSION);
        return 0;
    }
    /* All goes into pipes; what a person asks of the sandbox may go into his file. */
    const bool is_probe = strcmp(argv[1], CW_SANDBOX_PROBE) == 0;
    if (seal(count_fds(argv), is_off, is_probe ? UINT64_MAX : 0, &state, &err) != CW_OK) {
        (void)fprintf(stderr, "cryptowatch-parse: %s\n", err.text);
        return CW_SANDBOX_EXIT;
    }
    if (is_probe) {
        return cw_sandbox_probe(&state);
    }
    return strcmp(argv[1], "--copy") == 0 ? copy() : parse_to_frames(argc, argv);
}
