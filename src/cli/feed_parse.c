#include "cli/feed_parse.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address/explain.h"
#include "address/reason.h"
#include "address/reserved.h"
#include "base/file.h"
#include "base/text.h"
#include "feed/misp_folder.h"
#include "feed/parser.h"

struct trying {
    const struct cw_cli *cli;
    uint64_t entries;
    uint64_t unusable;
    uint64_t suspicious;
    uint64_t wrong_case;
    char published[16];
};

static const struct cw_reserved *reserved_of(const struct cw_address *address)
{
    return address == NULL ? NULL : cw_address_reserved(address);
}

/* Upper and lower case letters are a checksum, and it fails: some digit may be another one. */
static bool is_wrong_case(const struct cw_address *address)
{
    return address != NULL && cw_address_checksum(address) == CW_CHECKSUM_BAD;
}

static json_t *related_json(const struct cw_entry *entry)
{
    json_t *related = json_array();
    for (size_t i = 0; i < entry->related_count; i++) {
        (void)json_array_append_new(
            related, json_pack("{s:o, s:o}", "type", cw_json_text(entry->related[i].type),
                               "entry_id", cw_json_text(entry->related[i].entry_id)));
    }
    return related;
}

static json_t *or_null(struct cw_span text)
{
    return text.len == 0 ? json_null() : cw_json_text(text);
}

static void print_entry_json(const struct cw_entry *entry, const struct cw_address *address,
                             const char *code, const char *text)
{
    char canonical[CW_CANONICAL_BYTES] = "";
    if (address != NULL) {
        cw_address_canonical(address, canonical);
    }
    static const char *const checksums[] = {"ok", "none", "bad"};
    const bool is_secret = strcmp(code, "SECRET") == 0;
    json_t *programs = json_array();
    for (size_t i = 0; i < entry->programs_count; i++) {
        (void)json_array_append_new(programs, cw_json_text(entry->programs[i]));
    }
    json_t *error =
        address != NULL ? json_null() : json_pack("{s:s, s:s}", "code", code, "text", text);
    cw_cli_json(json_pack(
        "{s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "position",
        cw_json_text(entry->position), "value",
        is_secret ? json_string("") : cw_json_text(entry->value), "chain",
        address != NULL ? json_string(cw_address_chain(address)) : json_null(), "canonical",
        address != NULL ? json_string(canonical) : json_null(), "valid", address != NULL ? 1 : 0,
        "entry_id", or_null(entry->entry_id), "entry_name", or_null(entry->entry_name), "programs",
        programs, "tag", or_null(entry->tag), "listed_on", or_null(entry->listed_on), "note",
        or_null(entry->note), "related", related_json(entry), "checksum",
        address != NULL ? json_string(checksums[cw_address_checksum(address)]) : json_null(),
        "error", error, "suspicious",
        reserved_of(address) == NULL ? json_null() : json_string(reserved_of(address)->what)));
}

static void print_entry_text(const struct cw_entry *entry, const struct cw_address *address,
                             const char *code, const char *text)
{
    cw_cli_print(entry->position);
    if (address != NULL) {
        char canonical[CW_CANONICAL_BYTES];
        cw_address_canonical(address, canonical);
        (void)printf("\t%s\t", canonical);
    } else {
        (void)printf("\tunusable %s\t", code);
    }
    cw_cli_print(strcmp(code, "SECRET") == 0 ? CW_SPAN("(a secret key; not shown)") : entry->value);
    (void)printf("\t");
    cw_cli_print(entry->entry_id);
    (void)printf("\t");
    cw_cli_print(entry->entry_name);
    if (address == NULL) {
        (void)printf("\t");
        cw_cli_print(cw_span_cstr(text));
    }
    if (is_wrong_case(address)) {
        (void)printf("\twrong letter case: the checksum of EIP-55 (or Starknet) fails");
    }
    if (reserved_of(address) != NULL) {
        (void)printf("\tsuspicious: %s", reserved_of(address)->what);
    }
    (void)printf("\n");
}

static void explain(const struct cw_entry *entry, enum cw_address_error why, char *ret,
                    size_t bytes)
{
    struct cw_explanation more;
    char reason[CW_ADDRESS_REASON_BYTES];
    const bool has_more = cw_address_explain_error(entry->value, why, &more);
    cw_address_reason(entry->value, entry->tag, why, reason);
    (void)snprintf(ret, bytes, "%s%s%s", reason, has_more ? ": " : "", has_more ? more.text : "");
}

static enum cw_status on_entry(void *ctx, const struct cw_entry *entry, struct cw_error *err)
{
    (void)err;
    struct trying *trying = ctx;
    struct cw_address address;
    char text[512];
    enum cw_address_error why = CW_ADDRESS_UNKNOWN;
    trying->entries++;
    if (entry->error.len == 0) {
        why = cw_address_parse(entry->value, entry->tag, CW_ADDRESS_LIST, &address);
        explain(entry, why, text, sizeof(text));
    } else {
        cw_text_escape_to(text, sizeof(text), entry->error);
    }
    const bool is_valid = entry->error.len == 0 && why == CW_ADDRESS_OK;
    const char *code = entry->error.len > 0 ? "ENTRY" : cw_address_error_code(why);
    trying->unusable += is_valid ? 0 : 1;
    trying->suspicious += reserved_of(is_valid ? &address : NULL) == NULL ? 0 : 1;
    trying->wrong_case += is_wrong_case(is_valid ? &address : NULL) ? 1 : 0;
    if (trying->cli->is_json) {
        print_entry_json(entry, is_valid ? &address : NULL, code, text);
    } else {
        print_entry_text(entry, is_valid ? &address : NULL, code, text);
    }
    return CW_OK;
}

static enum cw_status on_info(void *ctx, const struct cw_list_info *info, struct cw_error *err)
{
    (void)err;
    struct trying *trying = ctx;
    (void)snprintf(trying->published, sizeof(trying->published), "%.*s",
                   CW_SPAN_ARG(info->published));
    return CW_OK;
}

static void print_summary(const struct trying *trying, const struct cw_parse_report *report)
{
    if (trying->cli->is_json) {
        (void)fprintf(
            stderr,
            "{\"entries\":%llu,\"unusable\":%llu,\"suspicious\":%llu,"
            "\"checksum_bad\":%llu,\"bytes\":%llu,\"bytes_decoded\":%llu,\"published\":\"%s\"}\n",
            (unsigned long long)trying->entries, (unsigned long long)trying->unusable,
            (unsigned long long)trying->suspicious, (unsigned long long)trying->wrong_case,
            (unsigned long long)report->bytes_in, (unsigned long long)report->bytes_decoded,
            trying->published);
        return;
    }
    char suspicious[64] = "";
    char wrong_case[64] = "";
    if (trying->wrong_case > 0) {
        (void)snprintf(wrong_case, sizeof(wrong_case), ", %llu in wrong letter case",
                       (unsigned long long)trying->wrong_case);
    }
    if (trying->suspicious > 0) {
        (void)snprintf(suspicious, sizeof(suspicious), ", %llu on addresses nobody holds",
                       (unsigned long long)trying->suspicious);
    }
    cw_cli_say(trying->cli, "%llu entries, %llu unusable%s%s, %llu bytes%s%s",
               (unsigned long long)trying->entries, (unsigned long long)trying->unusable,
               suspicious, wrong_case, (unsigned long long)report->bytes_decoded,
               trying->published[0] == '\0' ? "" : ", published ", trying->published);
}

/* A plain file to read, or -1 with what is wrong. */
static int open_plain(const char *path, struct cw_error *err)
{
    struct stat info = {0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        return fd;
    }
    (void)cw_error_set(err, CW_NOT_FOUND, "%s: %s", path,
                       fd >= 0 && S_ISDIR(info.st_mode) ? "a folder: only the format misp reads one"
                                                        : "no such file, or it is no plain one");
    if (fd >= 0) {
        (void)close(fd);
    }
    return -1;
}

/* A temporary file without a name, or -1. */
static int open_temporary(struct cw_error *err)
{
    FILE *file = tmpfile();
    const int fd = file == NULL ? -1 : fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);
    if (file != NULL) {
        (void)fclose(file);
    }
    if (fd < 0) {
        (void)cw_error_set(err, CW_IO, "cannot make a temporary file");
    }
    return fd;
}

/* A MISP feed is a folder: read as the one document that a scan would store of it. */
static enum cw_status write_folder(const char *folder, int fd, struct cw_error *err)
{
    uint64_t bytes = 0;
    return cw_misp_folder_write(folder, CW_FEED_DECODED_MAX, fd, &bytes, err);
}

/* The parser reads its document from the start, which a pipe does not offer. */
static enum cw_status write_input(int fd, struct cw_error *err)
{
    char chunk[16 << 10];
    uint64_t bytes = 0;
    for (;;) {
        const ssize_t got = read(STDIN_FILENO, chunk, sizeof(chunk));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return cw_error_set(err, CW_IO, "cannot read standard input: %s", strerror(errno));
        }
        if (got == 0) {
            return CW_OK;
        }
        bytes += (uint64_t)got;
        if (bytes > CW_FEED_BODY_HARD_MAX) {
            return cw_error_set(err, CW_LIMIT, "standard input is longer than %llu bytes",
                                (unsigned long long)CW_FEED_BODY_HARD_MAX);
        }
        const enum cw_status status = cw_fd_write_all(fd, cw_span_make(chunk, (size_t)got), err);
        if (status != CW_OK) {
            return status;
        }
    }
}

static bool is_input(const struct cw_feed_parse *request)
{
    return strcmp(request->path, "-") == 0;
}

static int open_document(const struct cw_feed_parse *request, struct cw_error *err)
{
    const bool is_misp = strcmp(request->format, "misp") == 0;
    char *folder = is_misp && !is_input(request) ? cw_misp_folder_of(request->path) : NULL;
    if (!is_input(request) && folder == NULL) {
        return open_plain(request->path, err);
    }
    int fd = open_temporary(err);
    if (fd >= 0 &&
        (is_input(request) ? write_input(fd, err) : write_folder(folder, fd, err)) != CW_OK) {
        (void)close(fd);
        fd = -1;
    }
    free(folder);
    return fd;
}

/* Options as they stand in a feed file, "path=data.*,note_key=why". A value holds no comma. */
static enum cw_status read_options(const struct cw_feed_parse *request,
                                   struct cw_format_option *items, size_t *ret_count,
                                   struct cw_error *err)
{
    struct cw_span rest = cw_span_cstr(request->option);
    size_t count = 0;
    if (request->column != NULL) {
        items[count++] =
            (struct cw_format_option){CW_SPAN("address_column"), cw_span_cstr(request->column)};
    }
    while (rest.len > 0) {
        const size_t end = cw_span_find(rest, ',', 0);
        const struct cw_span text = cw_span_slice(rest, 0, end);
        const size_t equals = cw_span_find(text, '=', 0);
        if (equals == text.len || count == CW_FORMAT_OPTIONS_MAX) {
            return cw_error_set(err, CW_INVALID, "--option takes NAME=VALUE, at most %d of them",
                                CW_FORMAT_OPTIONS_MAX);
        }
        items[count++] = (struct cw_format_option){cw_span_slice(text, 0, equals),
                                                   cw_span_slice(text, equals + 1, text.len)};
        rest = cw_span_slice(rest, end + 1, rest.len);
    }
    *ret_count = count;
    return CW_OK;
}

static enum cw_status run_parser(const struct cw_cli *cli, const struct cw_feed_parse *request,
                                 const int fds[static 2], struct cw_error *err)
{
    struct cw_format_option items[CW_FORMAT_OPTIONS_MAX];
    struct cw_parser_options options = {
        .program = cli->programs.parse,
        .is_unsealed = cli->programs.is_unsealed,
        .format = request->format,
        .options = items,
        .has_companion = request->with != NULL,
        .companion = fds[1],
    };
    struct trying trying = {.cli = cli};
    const struct cw_entry_sink sink = {.info = on_info, .entry = on_entry, .ctx = &trying};
    struct cw_parse_report report = {0};
    enum cw_status status = read_options(request, items, &options.options_count, err);
    if (status == CW_OK) {
        status = cw_parser_run(&options, fds[0], sink, &report, err);
        if (status != CW_OK) {
            (void)cw_error_prefix(err,
                                  "%s: ", is_input(request) ? "standard input" : request->path);
        }
    }
    if (status == CW_OK) {
        print_summary(&trying, &report);
    }
    return status;
}

int cw_cli_feed_parse(const struct cw_cli *cli, const struct cw_feed_parse *request)
{
    struct cw_error err = {0};
    int fds[2] = {open_document(request, &err), -1};
    if (request->with != NULL && fds[0] >= 0) {
        fds[1] = open_plain(request->with, &err);
    }
    if (err.code == CW_OK) {
        (void)run_parser(cli, request, fds, &err);
    }
    for (size_t i = 0; i < CW_COUNT(fds); i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
    return err.code == CW_OK ? CW_EXIT_OK : cw_cli_fail(cli, &err, CW_EXIT_DATA);
}

/* The names of formats.def, without linking a parser. */
#define CW_FEED_FORMAT(id, name, title, ends) "|" name
static const char formats[] =
#include "feed/formats.def"
    ;
#undef CW_FEED_FORMAT

const char *cw_cli_formats(void)
{
    return formats + 1;
}

bool cw_cli_is_format(const char *wanted)
{
    const struct cw_span all = cw_span_make(formats, sizeof(formats) - 1);
    for (size_t at = 1; at < all.len;) {
        const size_t end = cw_span_find(all, '|', at);
        if (cw_span_is(cw_span_slice(all, at, end), wanted)) {
            return true;
        }
        at = end + 1;
    }
    return false;
}
