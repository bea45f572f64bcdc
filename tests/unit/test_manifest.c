/* index/current: what is written is read again, what is not right is refused with a reason. */
#include <fcntl.h>
#include <sys/stat.h>

#include "index/checksum.h"
#include "index/manifest.h"
#include "index_world.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct cw_manifest manifest_of_two(void)
{
    struct cw_manifest manifest = {.generation = 12,
                                   .built_at_s = 1795144503,
                                   .index = 9,
                                   .norm = "cryptowatch-norm/4",
                                   .basis = {1, 2},
                                   .files = {.files = 3, .sum = 0xfedcba9876543210u}};
    struct cw_manifest_feed *feed = cw_manifest_add_feed(&manifest);
    CU_ASSERT_PTR_NOT_NULL_FATAL(feed);
    *feed = (struct cw_manifest_feed){.id = "one",
                                      .status = "good",
                                      .retrieved_at_s = 1795144000,
                                      .stale_after_s = 259200,
                                      .snapshot_sha256 = SHA,
                                      .entries = 7};
    feed = cw_manifest_add_feed(&manifest);
    (void)snprintf(feed->id, sizeof(feed->id), "two");
    struct cw_manifest_rule *rule = cw_manifest_add_rule(&manifest);
    *rule = (struct cw_manifest_rule){.id = "case", .sha256 = SHA};
    CU_ASSERT(cw_manifest_add_watched(&manifest, CW_SPAN("/srv/my addresses.txt")));
    return manifest;
}

static void reads_what_was_written(void)
{
    struct cw_manifest manifest = manifest_of_two();
    struct cw_manifest again = {0};
    struct cw_buf text;
    struct cw_buf text_again;
    cw_buf_init(&text, CW_INDEX_MANIFEST_MAX);
    cw_buf_init(&text_again, CW_INDEX_MANIFEST_MAX);
    OK(cw_manifest_format(&manifest, &text, &err));
    OK(cw_manifest_parse(cw_buf_as_span(&text), &again, &err));
    OK(cw_manifest_format(&again, &text_again, &err));
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&text), cw_buf_as_span(&text_again)));
    CU_ASSERT_EQUAL(again.feeds_count, 2);
    CU_ASSERT_EQUAL(again.feeds[0].entries, 7);
    CU_ASSERT_STRING_EQUAL(again.feeds[1].snapshot_sha256, "");
    CU_ASSERT_EQUAL(again.rules_count, 1);
    CU_ASSERT_STRING_EQUAL(again.watched[0], "/srv/my addresses.txt");
    CU_ASSERT(cw_fingerprint_equal(&again.files, &manifest.files));
    cw_buf_clear(&text);
    cw_buf_clear(&text_again);
    cw_manifest_clear(&manifest);
    cw_manifest_clear(&again);
}

static void refuses_every_change_and_every_length(void)
{
    struct cw_manifest manifest = manifest_of_two();
    struct cw_buf text;
    cw_buf_init(&text, CW_INDEX_MANIFEST_MAX);
    OK(cw_manifest_format(&manifest, &text, &err));
    size_t taken = 0;
    for (size_t i = 0; i < text.len; i++) {
        struct cw_manifest again;
        text.data[i] = (char)(text.data[i] ^ 1);
        taken += cw_manifest_parse(cw_buf_as_span(&text), &again, NULL) != CW_STATE ? 1 : 0;
        cw_manifest_clear(&again);
        text.data[i] = (char)(text.data[i] ^ 1);
        taken += cw_manifest_parse(cw_span_make(text.data, i), &again, NULL) != CW_STATE ? 1 : 0;
        cw_manifest_clear(&again);
    }
    CU_ASSERT_EQUAL(taken, 0);
    cw_buf_clear(&text);
    cw_manifest_clear(&manifest);
}

#define HEAD                                                                                       \
    "cryptowatch-index 1\ngeneration 1\nbuilt 2\nindex 1\nnorm n\nbasis " SHA                      \
    "\nfiles 3 0123456789abcdef\n"

static const struct {
    const char *what;
    const char *text; /* without its sum, which is added */
    bool is_taken;
} texts[] = {
    {"the least there is", HEAD, true},
    {"a feed", HEAD "feed one good 1 2 - 3\n", true},
    {"a rule", HEAD "rule one " SHA "\n", true},
    {"a newer format", "cryptowatch-index 2\n", false},
    {"another text", "hello world\n", false},
    {"no line at all", "", false},
    {"lines in another order", "cryptowatch-index 1\nbuilt 2\ngeneration 1\n", false},
    {"a line that is unknown", HEAD "feet one\n", false},
    {"an empty line", HEAD "\n", false},
    {"a feed without entries", HEAD "feed one good 1 2 -\n", false},
    {"a feed with too much", HEAD "feed one good 1 2 - 3 4\n", false},
    {"a feed without an id", HEAD "feed  good 1 2 - 3\n", false},
    {"a time that is negative", HEAD "feed one good -1 2 - 3\n", false},
    {"a time that is too large", HEAD "feed one good 9223372036854775808 2 - 3\n", false},
    {"a status that is too long", HEAD "feed one excellent 1 2 - 3\n", false},
    {"a digest that is too short", HEAD "feed one good 1 2 abc 3\n", false},
    {"a digest in capitals", HEAD "rule one 0123456789ABCDEF" SHA "\n", false},
    {"a watch of nothing", HEAD "watch \n", false},
};

static void takes_only_lines_that_can_be(void)
{
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        struct cw_manifest manifest;
        struct cw_error why = {0};
        struct cw_buf text;
        cw_buf_init(&text, CW_INDEX_MANIFEST_MAX);
        cw_buf_str(&text, texts[i].text);
        cw_buf_printf(&text, "sum %016llx\n",
                      (unsigned long long)cw_checksum(cw_span_cstr(texts[i].text), 0));
        const enum cw_status status = cw_manifest_parse(cw_buf_as_span(&text), &manifest, &why);
        CW_CHECK(status == (texts[i].is_taken ? CW_OK : CW_STATE), "%s: %s", texts[i].what,
                 why.text);
        cw_manifest_clear(&manifest);
        cw_buf_clear(&text);
    }
}

static void refuses_to_grow_past_its_bound(void)
{
    struct cw_manifest manifest = {.norm = "n"};
    struct cw_buf text;
    cw_buf_init(&text, CW_INDEX_MANIFEST_MAX);
    OK(cw_manifest_format(&manifest, &text, &err));
    char *path = malloc(CW_INDEX_MANIFEST_MAX);
    CU_ASSERT_PTR_NOT_NULL_FATAL(path);
    memset(path, 'p', CW_INDEX_MANIFEST_MAX);
    const size_t room = CW_INDEX_MANIFEST_MAX - text.len - (sizeof("watch \n") - 1);
    for (size_t over = 0; over < 2; over++) {
        CU_ASSERT(cw_manifest_add_watched(&manifest, cw_span_make(path, room + over)));
        cw_buf_reset(&text);
        CU_ASSERT_EQUAL(cw_manifest_format(&manifest, &text, NULL), over == 0 ? CW_OK : CW_LIMIT);
        cw_manifest_clear(&manifest);
        (void)snprintf(manifest.norm, sizeof(manifest.norm), "n");
    }
    free(path);
    cw_buf_clear(&text);
}

/* ---- fingerprints ---- */

static struct cw_fingerprint fingerprint_of(const char *folder)
{
    struct cw_fingerprint fingerprint = {0};
    cw_fingerprint_folder(&fingerprint, "rules", folder);
    return fingerprint;
}

static void write_named(const char *folder, const char *name, const char *text)
{
    char *path = cw_path_join(folder, name);
    OK(cw_file_write(path, cw_span_cstr(text), 0600, &err));
    free(path);
}

static void remove_named(const char *folder, const char *name)
{
    char *path = cw_path_join(folder, name);
    CU_ASSERT_EQUAL(unlink(path), 0);
    free(path);
}

/* Sets the time of last change, so that no test depends on a clock's tick. */
static void set_time(const char *folder, const char *name, long nanoseconds)
{
    char *path = cw_path_join(folder, name);
    const struct timespec times[2] = {{1000, 0}, {1000, nanoseconds}};
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

static void notices_every_kind_of_edit(void)
{
    char folder[] = "/tmp/cw-files-XXXXXX";
    struct cw_fingerprint seen[8];
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    write_named(folder, "a.json", "one");
    set_time(folder, "a.json", 0);
    seen[0] = fingerprint_of(folder);
    CU_ASSERT_EQUAL(seen[0].files, 1);
    write_named(folder, ".hidden", "x");
    seen[1] = fingerprint_of(folder);
    CU_ASSERT(cw_fingerprint_equal(&seen[0], &seen[1])); /* an editor's swap file is no edit */
    set_time(folder, "a.json", 1);
    seen[1] = fingerprint_of(folder);
    write_named(folder, "a.json", "longer");
    set_time(folder, "a.json", 0);
    seen[2] = fingerprint_of(folder);
    write_named(folder, "b.txt", "one");
    set_time(folder, "b.txt", 0);
    seen[3] = fingerprint_of(folder);
    remove_named(folder, "a.json");
    seen[4] = fingerprint_of(folder);
    write_named(folder, "c.txt", "one");
    set_time(folder, "c.txt", 0);
    remove_named(folder, "b.txt");
    seen[5] = fingerprint_of(folder); /* the same file under another name */
    remove_named(folder, "c.txt");
    seen[6] = fingerprint_of(folder);
    remove_named(folder, ".hidden");
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    seen[7] = fingerprint_of(folder);
    for (size_t i = 0; i < CW_COUNT(seen); i++) {
        for (size_t k = 0; k < i; k++) {
            CW_CHECK(!cw_fingerprint_equal(&seen[i], &seen[k]), "%zu is taken for %zu", i, k);
        }
    }
}

static void a_file_that_is_missing_counts_as_that(void)
{
    struct cw_fingerprint none = {0};
    struct cw_fingerprint missing = {0};
    struct cw_fingerprint other = {0};
    cw_fingerprint_file(&missing, "config", "/nowhere/cryptowatch.json");
    cw_fingerprint_file(&other, "list", "/nowhere/cryptowatch.json");
    CU_ASSERT_FALSE(cw_fingerprint_equal(&none, &missing));
    CU_ASSERT_FALSE(cw_fingerprint_equal(&other, &missing));
    CU_ASSERT_EQUAL(missing.files, 0);
}

static const struct cw_test tests[] = {
    {"reads what was written", reads_what_was_written},
    {"refuses every change and every length", refuses_every_change_and_every_length},
    {"takes only lines that can be", takes_only_lines_that_can_be},
    {"refuses to grow past its bound", refuses_to_grow_past_its_bound},
    {"notices every kind of edit", notices_every_kind_of_edit},
    {"a file that is missing counts as that", a_file_that_is_missing_counts_as_that},
};

int main(void)
{
    return cw_run_suite("manifest", tests, CW_COUNT(tests));
}
