/* Whole files on a real file system: caps, modes, atomic replacement and hostile places. */
#include "suite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"

enum { PATH_BYTES = 512, CAP = 100 };

/* A folder of its own for every test, removed by the test that made it. */
struct place {
    char folder[PATH_BYTES];
};

static struct place place_make(void)
{
    struct place place;
    const char *base = getenv("TMPDIR");
    (void)snprintf(place.folder, sizeof(place.folder), "%s/cw-file-XXXXXX",
                   base == NULL ? "/tmp" : base);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(place.folder));
    return place;
}

/* Borrowed until four calls later. */
static const char *at(const struct place *place, const char *name)
{
    static char paths[4][2 * PATH_BYTES];
    static size_t next;
    char *path = paths[next++ % CW_COUNT(paths)];
    (void)snprintf(path, sizeof(paths[0]), "%s/%s", place->folder, name);
    return path;
}

/* Temporary files that a write left behind. */
static size_t count_hidden(const struct place *place)
{
    char name[PATH_BYTES];
    size_t found = 0;
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof(name), ".cw-%ld-%d.tmp", (long)getpid(), i);
        found += access(at(place, name), F_OK) == 0 ? 1 : 0;
    }
    return found;
}

static void place_remove(const struct place *place, const char *const *names)
{
    CU_ASSERT_EQUAL(count_hidden(place), 0);
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        CU_ASSERT_EQUAL(remove(at(place, names[i])), 0);
    }
    /* Fails when a test left anything that it did not name. */
    CU_ASSERT_EQUAL(rmdir(place->folder), 0);
}

static void put(const char *path, size_t bytes)
{
    char data[2 * CAP];
    memset(data, 'd', sizeof(data));
    CU_ASSERT_FATAL(bytes <= sizeof(data));
    CU_ASSERT_EQUAL_FATAL(cw_file_write(path, cw_span_make(data, bytes), 0600, NULL), CW_OK);
}

static bool holds(const char *path, const char *text)
{
    struct cw_buf buf;
    cw_buf_init(&buf, 1000);
    const enum cw_status status = cw_file_read(path, &buf, NULL);
    const bool is_same = status == CW_OK && cw_span_is(cw_buf_as_span(&buf), text);
    cw_buf_clear(&buf);
    return is_same;
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    CU_ASSERT_EQUAL_FATAL(stat(path, &info), 0);
    return info.st_mode & 07777u;
}

static void reading_holds_its_cap(void)
{
    static const struct {
        size_t bytes;
        enum cw_status status;
    } rows[] = {{0, CW_OK}, {1, CW_OK}, {CAP - 1, CW_OK}, {CAP, CW_OK}, {CAP + 1, CW_LIMIT}};
    const struct place place = place_make();
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        put(at(&place, "f"), rows[i].bytes);
        struct cw_buf buf;
        struct cw_error err = {0};
        cw_buf_init(&buf, CAP);
        const enum cw_status status = cw_file_read(at(&place, "f"), &buf, &err);
        CW_CHECK(status == rows[i].status, "%zu bytes: status %d", rows[i].bytes, (int)status);
        CW_CHECK(buf.len == (status == CW_OK ? rows[i].bytes : 0), "%zu bytes: kept",
                 rows[i].bytes);
        CW_CHECK((strstr(err.text, place.folder) != NULL) == (status != CW_OK), "%s", err.text);
        cw_buf_clear(&buf);
    }
    place_remove(&place, (const char *const[]){"f", NULL});
}

static void reading_appends_and_counts_what_is_there(void)
{
    const struct place place = place_make();
    put(at(&place, "f"), CAP - 3);
    struct cw_buf buf;
    cw_buf_init(&buf, CAP);
    cw_buf_str(&buf, "abc");
    CU_ASSERT_EQUAL(cw_file_read(at(&place, "f"), &buf, NULL), CW_OK);
    CU_ASSERT_EQUAL(buf.len, CAP);
    CU_ASSERT_EQUAL(memcmp(buf.data, "abcd", 4), 0);
    cw_buf_reset(&buf);
    cw_buf_str(&buf, "abcd");
    CU_ASSERT_EQUAL(cw_file_read(at(&place, "f"), &buf, NULL), CW_LIMIT);
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&buf), "abcd"));
    cw_buf_clear(&buf);
    place_remove(&place, (const char *const[]){"f", NULL});
}

static void reading_refuses_what_is_no_regular_file(void)
{
    const struct place place = place_make();
    put(at(&place, "file"), 3);
    CU_ASSERT_EQUAL(mkfifo(at(&place, "fifo"), 0600), 0);
    CU_ASSERT_EQUAL(symlink("loop", at(&place, "loop")), 0);
    CU_ASSERT_EQUAL(symlink("nowhere", at(&place, "dangling")), 0);
    static const struct {
        const char *name;
        enum cw_status status;
    } rows[] = {
        {"missing", CW_NOT_FOUND}, {"missing/f", CW_NOT_FOUND},
        {"file/f", CW_NOT_FOUND},  {"dangling", CW_NOT_FOUND},
        {"", CW_INVALID},          {".", CW_INVALID},
        {"fifo", CW_INVALID},      {"loop", CW_IO},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_buf buf;
        struct cw_error err = {0};
        cw_buf_init(&buf, CAP);
        const char *path = at(&place, rows[i].name);
        const enum cw_status status = cw_file_read(path, &buf, &err);
        CW_CHECK(status == rows[i].status, "\"%s\": %d", rows[i].name, (int)status);
        CW_CHECK(strncmp(err.text, path, strlen(path)) == 0, "path missing in: %s", err.text);
        CW_CHECK(buf.len == 0, "\"%s\": content", rows[i].name);
        cw_buf_clear(&buf);
    }
    struct cw_buf null;
    cw_buf_init(&null, CAP);
    CU_ASSERT_EQUAL(cw_file_read("/dev/null", &null, NULL), CW_INVALID);
    cw_buf_clear(&null);
    place_remove(&place, (const char *const[]){"file", "fifo", "loop", "dangling", NULL});
}

static void reading_without_permission_is_denied(void)
{
    if (geteuid() == 0) {
        return; /* nothing is forbidden to root */
    }
    const struct place place = place_make();
    CU_ASSERT_EQUAL(cw_file_write(at(&place, "f"), CW_SPAN("x"), 0000, NULL), CW_OK);
    struct cw_buf buf;
    cw_buf_init(&buf, CAP);
    CU_ASSERT_EQUAL(cw_file_read(at(&place, "f"), &buf, NULL), CW_DENIED);
    cw_buf_clear(&buf);
    place_remove(&place, (const char *const[]){"f", NULL});
}

static void descriptor_is_read_to_its_end_within_the_cap(void)
{
    static const struct {
        size_t bytes;
        enum cw_status status;
    } rows[] = {{0, CW_OK}, {CAP, CW_OK}, {CAP + 1, CW_LIMIT}};
    char data[CAP + 1];
    memset(data, 'p', sizeof(data));
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        int fds[2];
        CU_ASSERT_EQUAL_FATAL(cw_pipe(fds, NULL), CW_OK);
        const struct cw_span all = cw_span_make(data, rows[i].bytes);
        CU_ASSERT_EQUAL(cw_fd_write_all(fds[1], all, NULL), CW_OK);
        (void)close(fds[1]);
        struct cw_buf buf;
        cw_buf_init(&buf, CAP);
        const enum cw_status status = cw_fd_read_all(fds[0], &buf, NULL);
        CW_CHECK(status == rows[i].status, "%zu bytes: status %d", rows[i].bytes, (int)status);
        CW_CHECK(buf.len == (status == CW_OK ? rows[i].bytes : 0), "%zu: kept", rows[i].bytes);
        (void)close(fds[0]);
        cw_buf_clear(&buf);
    }
    struct cw_buf buf;
    cw_buf_init(&buf, CAP);
    CU_ASSERT_EQUAL(cw_fd_read_all(-1, &buf, NULL), CW_IO);
    CU_ASSERT_EQUAL(cw_fd_write_all(-1, CW_SPAN("x"), NULL), CW_IO);
    CU_ASSERT_EQUAL(cw_fd_write_all(-1, CW_SPAN(""), NULL), CW_OK);
    cw_buf_clear(&buf);
}

static void writing_replaces_the_whole_file(void)
{
    const struct place place = place_make();
    CU_ASSERT_EQUAL(cw_file_write(at(&place, "f"), CW_SPAN("a long first text"), 0600, NULL),
                    CW_OK);
    const int old = open(at(&place, "f"), O_RDONLY | O_CLOEXEC);
    CU_ASSERT_EQUAL(cw_file_write(at(&place, "f"), CW_SPAN("new"), 0600, NULL), CW_OK);
    CU_ASSERT_TRUE(holds(at(&place, "f"), "new"));
    /* Who had it open still reads the old text to its end: the file was not written into. */
    struct cw_buf buf;
    cw_buf_init(&buf, CAP);
    CU_ASSERT_EQUAL(cw_fd_read_all(old, &buf, NULL), CW_OK);
    CU_ASSERT_TRUE(cw_span_is(cw_buf_as_span(&buf), "a long first text"));
    cw_buf_clear(&buf);
    (void)close(old);
    place_remove(&place, (const char *const[]){"f", NULL});
}

static void writing_sets_the_exact_mode_whatever_the_umask(void)
{
    static const mode_t masks[] = {0000, 0022, 0077, 0777};
    static const mode_t modes[] = {0600, 0644, 0666, 0400, 0640};
    const struct place place = place_make();
    const mode_t before = umask(0);
    for (size_t i = 0; i < CW_COUNT(masks) * CW_COUNT(modes); i++) {
        const mode_t mask = masks[i / CW_COUNT(modes)];
        const mode_t mode = modes[i % CW_COUNT(modes)];
        (void)umask(mask);
        CU_ASSERT_EQUAL(cw_file_write(at(&place, "w"), CW_SPAN("x"), mode, NULL), CW_OK);
        CW_CHECK(mode_of(at(&place, "w")) == mode, "write: umask %o, mode %o", mask, mode);
        CU_ASSERT_EQUAL(cw_file_create(at(&place, "c"), CW_SPAN("x"), mode, NULL), CW_OK);
        CW_CHECK(mode_of(at(&place, "c")) == mode, "create: umask %o, mode %o", mask, mode);
        CU_ASSERT_EQUAL(unlink(at(&place, "c")), 0);
    }
    (void)umask(0077);
    CU_ASSERT_EQUAL(cw_dir_make(at(&place, "d/e"), 0755, NULL), CW_OK);
    CU_ASSERT_EQUAL(mode_of(at(&place, "d")), 0755);
    CU_ASSERT_EQUAL(mode_of(at(&place, "d/e")), 0755);
    (void)umask(before);
    place_remove(&place, (const char *const[]){"w", "d/e", "d", NULL});
}

static void writing_fails_without_leaving_anything(void)
{
    const struct place place = place_make();
    CU_ASSERT_EQUAL(cw_dir_make(at(&place, "folder"), 0700, NULL), CW_OK);
    put(at(&place, "file"), 3);
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(cw_file_write(at(&place, "folder"), CW_SPAN("x"), 0600, &err), CW_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/folder: "));
    CU_ASSERT_EQUAL(cw_file_write(at(&place, "missing/f"), CW_SPAN("x"), 0600, NULL), CW_NOT_FOUND);
    CU_ASSERT_EQUAL(cw_file_write(at(&place, "file/f"), CW_SPAN("x"), 0600, NULL), CW_NOT_FOUND);
    char name[300];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    CU_ASSERT_EQUAL(cw_file_write(at(&place, name), CW_SPAN("x"), 0600, NULL), CW_IO);
    place_remove(&place, (const char *const[]){"folder", "file", NULL});
}

static void writing_takes_the_longest_name(void)
{
    char name[256];
    memset(name, 'n', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    const struct place place = place_make();
    CU_ASSERT_EQUAL(cw_file_write(at(&place, name), CW_SPAN("x"), 0600, NULL), CW_OK);
    CU_ASSERT_TRUE(holds(at(&place, name), "x"));
    place_remove(&place, (const char *const[]){name, NULL});
}

static void writing_survives_a_left_over_temporary_file(void)
{
    const struct place place = place_make();
    char name[64];
    (void)snprintf(name, sizeof(name), ".cw-%ld-0.tmp", (long)getpid());
    CU_ASSERT_EQUAL(symlink("target", at(&place, name)), 0);
    CU_ASSERT_EQUAL(cw_file_write(at(&place, "f"), CW_SPAN("x"), 0600, NULL), CW_OK);
    CU_ASSERT_TRUE(holds(at(&place, "f"), "x"));
    CU_ASSERT_EQUAL(access(at(&place, "target"), F_OK), -1);
    CU_ASSERT_EQUAL(unlink(at(&place, name)), 0);
    place_remove(&place, (const char *const[]){"f", NULL});
}

static void creating_never_replaces(void)
{
    const struct place place = place_make();
    CU_ASSERT_EQUAL(cw_file_create(at(&place, "f"), CW_SPAN("first"), 0600, NULL), CW_OK);
    struct cw_error err = {0};
    CU_ASSERT_EQUAL(cw_file_create(at(&place, "f"), CW_SPAN("second"), 0600, &err), CW_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "exists already"));
    CU_ASSERT_TRUE(holds(at(&place, "f"), "first"));
    CU_ASSERT_EQUAL(symlink("nowhere", at(&place, "l")), 0);
    CU_ASSERT_EQUAL(cw_file_create(at(&place, "l"), CW_SPAN("x"), 0600, NULL), CW_INVALID);
    CU_ASSERT_EQUAL(access(at(&place, "nowhere"), F_OK), -1);
    place_remove(&place, (const char *const[]){"f", "l", NULL});
}

static void folders_are_made_with_their_parents(void)
{
    const struct place place = place_make();
    CU_ASSERT_EQUAL(cw_dir_make(at(&place, "a/b//c/"), 0700, NULL), CW_OK);
    CU_ASSERT_EQUAL(mode_of(at(&place, "a/b/c")), 0700);
    CU_ASSERT_EQUAL(chmod(at(&place, "a"), 0750), 0);
    CU_ASSERT_EQUAL(cw_dir_make(at(&place, "a/b"), 0700, NULL), CW_OK);
    CU_ASSERT_EQUAL(mode_of(at(&place, "a")), 0750);
    CU_ASSERT_EQUAL(cw_dir_make("/", 0700, NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_dir_make(".", 0700, NULL), CW_OK);
    put(at(&place, "f"), 1);
    CU_ASSERT_EQUAL(cw_dir_make(at(&place, "f"), 0700, NULL), CW_IO);
    CU_ASSERT_EQUAL(cw_dir_make(at(&place, "f/g"), 0700, NULL), CW_IO);
    CU_ASSERT_EQUAL(cw_dir_make("", 0700, NULL), CW_INVALID);
    CU_ASSERT_EQUAL(cw_dir_sync(at(&place, "a"), NULL), CW_OK);
    CU_ASSERT_EQUAL(cw_dir_sync(at(&place, "missing"), NULL), CW_NOT_FOUND);
    CU_ASSERT_EQUAL(cw_dir_sync(at(&place, "f"), NULL), CW_NOT_FOUND);
    place_remove(&place, (const char *const[]){"f", "a/b/c", "a/b", "a", NULL});
}

/* A folder that the sweep must not take, or must not fail at, is among them. */
static void sweeping_removes_only_what_a_kill_left(void)
{
    static const char *const swept[] = {".cw-1-0.tmp", ".cw-99999-999.tmp", "tmp.12-0", "tmp.12-1"};
    static const char *const kept[] = {"checkpoint", ".hidden",    "cw-1-0.tmp",
                                       "a.tmp.1",    ".cw-folder", NULL};
    const struct place place = place_make();
    for (size_t i = 0; i < CW_COUNT(swept); i++) {
        put(at(&place, swept[i]), 1);
    }
    for (size_t i = 0; kept[i + 1] != NULL; i++) {
        put(at(&place, kept[i]), 1);
    }
    CU_ASSERT_EQUAL(mkdir(at(&place, ".cw-folder"), 0700), 0);
    cw_dir_sweep(place.folder, NULL);
    CU_ASSERT_EQUAL(access(at(&place, swept[0]), F_OK), -1);
    CU_ASSERT_EQUAL(access(at(&place, swept[1]), F_OK), -1);
    CU_ASSERT_EQUAL(access(at(&place, swept[2]), F_OK), 0);
    cw_dir_sweep(place.folder, "tmp.");
    CU_ASSERT_EQUAL(access(at(&place, swept[2]), F_OK), -1);
    CU_ASSERT_EQUAL(access(at(&place, swept[3]), F_OK), -1);
    cw_dir_sweep(at(&place, "missing"), NULL);
    place_remove(&place, kept);
}

static void listing_is_sorted_and_filtered(void)
{
    static const char *const names[] = {"b.json",  "a.json", "B.json",        ".hidden.json",
                                        "x.jsonl", "json",   "\xc3\xa4.json", NULL};
    static const char *const expected[] = {"B.json", "a.json", "b.json", "\xc3\xa4.json"};
    const struct place place = place_make();
    for (size_t i = 0; names[i] != NULL; i++) {
        put(at(&place, names[i]), 1);
    }
    char **found = NULL;
    size_t count = 0;
    CU_ASSERT_EQUAL_FATAL(cw_dir_list(place.folder, ".json", &found, &count, NULL), CW_OK);
    CU_ASSERT_EQUAL_FATAL(count, CW_COUNT(expected));
    for (size_t i = 0; i < count; i++) {
        CW_CHECK(strcmp(found[i], expected[i]) == 0, "%zu: %s", i, found[i]);
    }
    CU_ASSERT_PTR_NULL(found[count]);
    cw_names_free(found);
    CU_ASSERT_EQUAL_FATAL(cw_dir_list(place.folder, ".none", &found, &count, NULL), CW_OK);
    CU_ASSERT_EQUAL(count, 0);
    CU_ASSERT_PTR_NULL(found[0]);
    cw_names_free(found);
    cw_names_free(NULL);
    place_remove(&place, names);
}

static void listing_grows_and_fails_cleanly(void)
{
    enum { FILES = 70 };
    const struct place place = place_make();
    char name[16];
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof(name), "%03d.r", FILES - i);
        const int fd = open(at(&place, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        CU_ASSERT_FATAL(fd >= 0);
        (void)close(fd);
    }
    char **found = NULL;
    size_t count = 0;
    CU_ASSERT_EQUAL_FATAL(cw_dir_list(place.folder, "", &found, &count, NULL), CW_OK);
    CU_ASSERT_EQUAL(count, FILES);
    CU_ASSERT_STRING_EQUAL(found[0], "001.r");
    CU_ASSERT_STRING_EQUAL(found[FILES - 1], "070.r");
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(unlink(at(&place, found[i])), 0);
    }
    cw_names_free(found);
    found = NULL;
    CU_ASSERT_EQUAL(cw_dir_list(at(&place, "missing"), "", &found, &count, NULL), CW_NOT_FOUND);
    CU_ASSERT_PTR_NULL(found);
    place_remove(&place, NULL);
}

static void paths_are_joined_and_split(void)
{
    static const struct {
        const char *base;
        const char *name;
        const char *joined;
    } joins[] = {{"a", "b", "a/b"},         {"a/", "b", "a/b"}, {"/", "b", "/b"},
                 {"a", "/etc/b", "/etc/b"}, {"", "b", "b"},     {"a", "", "a/"},
                 {"a", "../b", "a/../b"}};
    for (size_t i = 0; i < CW_COUNT(joins); i++) {
        char *path = cw_path_join(joins[i].base, joins[i].name);
        CU_ASSERT_PTR_NOT_NULL_FATAL(path);
        CW_CHECK(strcmp(path, joins[i].joined) == 0, "%s: %s", joins[i].joined, path);
        free(path);
    }
    static const struct {
        const char *path;
        const char *folder;
    } splits[] = {{"a/b", "a"}, {"/a/b", "/a"}, {"/a", "/"},   {"a", "."},    {"", "."},
                  {"/", "/"},   {"//", "/"},    {"a/", "."},   {"a//b", "a"}, {"a/b//", "a"},
                  {"//a", "/"}, {"./a", "."},   {"../a", ".."}};
    for (size_t i = 0; i < CW_COUNT(splits); i++) {
        char *folder = cw_path_dirname(splits[i].path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
        CW_CHECK(strcmp(folder, splits[i].folder) == 0, "%s: %s", splits[i].path, folder);
        free(folder);
    }
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"reading holds its cap", reading_holds_its_cap},
        {"reading appends and counts what is there", reading_appends_and_counts_what_is_there},
        {"reading refuses what is no regular file", reading_refuses_what_is_no_regular_file},
        {"reading without permission is denied", reading_without_permission_is_denied},
        {"descriptor is read to its end", descriptor_is_read_to_its_end_within_the_cap},
        {"writing replaces the whole file", writing_replaces_the_whole_file},
        {"writing sets the exact mode", writing_sets_the_exact_mode_whatever_the_umask},
        {"writing fails without leaving anything", writing_fails_without_leaving_anything},
        {"writing takes the longest name", writing_takes_the_longest_name},
        {"writing survives a left-over temporary", writing_survives_a_left_over_temporary_file},
        {"creating never replaces", creating_never_replaces},
        {"folders are made with their parents", folders_are_made_with_their_parents},
        {"sweeping removes only what a kill left", sweeping_removes_only_what_a_kill_left},
        {"listing is sorted and filtered", listing_is_sorted_and_filtered},
        {"listing grows and fails cleanly", listing_grows_and_fails_cleanly},
        {"paths are joined and split", paths_are_joined_and_split},
    };
    return cw_run_suite("file", tests, CW_COUNT(tests));
}
