/* mistake_cases.h: a folder per case, what a loader must say about it beside it.
 *
 * tests/fixtures/<kind>/<group>/<case>/ holds the files that a loader is given and `expected`: one
 * line per mistake, in order, "warning: " before warnings, the case's folder left out of paths, and
 * "..." for words that another module owns. A group without a case fails, and so does a case of
 * "invalid" without an error.
 */
#ifndef CW_TESTS_MISTAKE_CASES_H
#define CW_TESTS_MISTAKE_CASES_H

#include "suite.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "json/mistakes.h"

typedef void (*cw_case_loader)(const char *folder, struct cw_mistakes *mistakes);

/* Each "..." of a pattern stands for any run of characters. */
static inline bool case_line_fits(const char *pattern, const char *line)
{
    const char *gap = strstr(pattern, "...");
    if (gap == NULL) {
        return strcmp(pattern, line) == 0;
    }
    const size_t head = (size_t)(gap - pattern);
    if (strncmp(pattern, line, head) != 0) {
        return false;
    }
    for (line += head;; line++) {
        if (case_line_fits(gap + 3, line)) {
            return true;
        }
        if (*line == '\0') {
            return false;
        }
    }
}

static inline void case_line(const struct cw_mistake *mistake, const char *folder, char *ret,
                             size_t bytes)
{
    char text[1024];
    cw_mistake_format(mistake, text, sizeof(text));
    const char *from = text;
    if (strncmp(from, folder, strlen(folder)) == 0 && from[strlen(folder)] == '/') {
        from += strlen(folder) + 1;
    }
    (void)snprintf(ret, bytes, "%s%s", mistake->grade == CW_MISTAKE_WARNING ? "warning: " : "",
                   from);
}

static inline void case_compare(const char *folder, const struct cw_mistakes *mistakes)
{
    char *path = cw_path_join(folder, "expected");
    struct cw_buf expected;
    cw_buf_init(&expected, 64 << 10);
    CW_CHECK(cw_file_read(path, &expected, NULL) == CW_OK, "%s: no expected", folder);
    free(path);
    struct cw_span rest = cw_buf_as_span(&expected);
    struct cw_span want;
    size_t at = 0;
    while (cw_span_next_line(&rest, &want)) {
        char pattern[2048];
        char line[2048] = "(nothing)";
        (void)snprintf(pattern, sizeof(pattern), "%.*s", CW_SPAN_ARG(want));
        if (at < mistakes->count) {
            case_line(&mistakes->items[at], folder, line, sizeof(line));
        }
        CW_CHECK(case_line_fits(pattern, line), "%s\n      want %s\n      got  %s", folder, pattern,
                 line);
        at++;
    }
    for (; at < mistakes->count; at++) {
        char line[2048];
        case_line(&mistakes->items[at], folder, line, sizeof(line));
        CW_CHECK(false, "%s\n      want (nothing)\n      got  %s", folder, line);
    }
    cw_buf_clear(&expected);
}

/* Runs every case of a group; `errors_wanted` is asked of each. */
static inline void cases_run(const char *group, cw_case_loader load, bool errors_wanted,
                             size_t cases_min)
{
    char **names = NULL;
    size_t count = 0;
    CU_ASSERT_EQUAL_FATAL(cw_dir_list(group, "", &names, &count, NULL), CW_OK);
    CW_CHECK(count >= cases_min, "%s has %zu cases only", group, count);
    for (size_t i = 0; i < count; i++) {
        char *folder = cw_path_join(group, names[i]);
        struct cw_mistakes mistakes;
        cw_mistakes_init(&mistakes);
        load(folder, &mistakes);
        CW_CHECK((mistakes.errors > 0) == errors_wanted, "%s has %zu errors", folder,
                 mistakes.errors);
        case_compare(folder, &mistakes);
        cw_mistakes_clear(&mistakes);
        free(folder);
    }
    cw_names_free(names);
}

/* A folder of one test, and its end with everything in it. */
static inline void temp_make(char ret[static 256])
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(ret, 256, "%s/cw-cases-XXXXXX", base == NULL ? "/tmp" : base);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(ret));
}

static inline void temp_remove(const char *folder)
{
    char **names = NULL;
    size_t count = 0;
    CU_ASSERT_EQUAL_FATAL(cw_dir_list(folder, "", &names, &count, NULL), CW_OK);
    for (size_t i = 0; i < count; i++) {
        char *path = cw_path_join(folder, names[i]);
        CU_ASSERT_EQUAL(remove(path), 0);
        free(path);
    }
    cw_names_free(names);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static inline void temp_put(const char *folder, const char *name, struct cw_span data, mode_t mode)
{
    char *path = cw_path_join(folder, name);
    FILE *stream = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    CU_ASSERT_EQUAL(fwrite(data.data, 1, data.len, stream), data.len);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    CU_ASSERT_EQUAL(chmod(path, mode), 0);
    free(path);
}

#endif
