/* replay.c: runs a fuzz target over the files of folders, whole and line by line, without
 * libFuzzer. A finding of the fuzzer becomes a file of the corpus and is so a regression test in
 * every build.
 *
 *   fuzz_<name> [+WORD...] FOLDER...
 *
 * Exit 1 when a folder is not there or holds nothing, when none of the inputs was accepted
 * (fuzz.h), or none under one of the words. */
#include <dirent.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fuzz.h"

enum { INPUT_MAX = 4 << 20, DEPTH_MAX = 8 };

static size_t inputs;

static void run(struct cw_span input)
{
    /* a copy of exactly this size, so that the sanitizer sees a read past its end */
    uint8_t *copy = malloc(input.len == 0 ? 1 : input.len);
    CW_ASSERT(copy != NULL);
    if (input.len > 0) {
        memcpy(copy, input.data, input.len);
    }
    (void)LLVMFuzzerTestOneInput(copy, input.len);
    free(copy);
    inputs++;
}

static void replay_file(const char *path)
{
    struct cw_buf text;
    cw_buf_init(&text, INPUT_MAX);
    if (cw_file_read(path, &text, NULL) == CW_OK) {
        run(cw_buf_as_span(&text));
        struct cw_span rest = cw_buf_as_span(&text);
        struct cw_span line;
        while (cw_span_next_line(&rest, &line)) {
            run(line);
        }
    }
    cw_buf_clear(&text);
}

static void replay(const char *path, int depth)
{
    struct stat info;
    if (depth > DEPTH_MAX || stat(path, &info) != 0) {
        return;
    }
    if (!S_ISDIR(info.st_mode)) {
        replay_file(path);
        return;
    }
    DIR *folder = opendir(path);
    for (struct dirent *entry = NULL; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char *child = cw_path_join(path, entry->d_name);
        if (entry->d_name[0] != '.' && child != NULL) {
            replay(child, depth + 1);
        }
        free(child);
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
}

/* A folder of seeds that is empty is a mistake of the build, not a success. */
static bool is_replayed(const char *path)
{
    const size_t before = inputs;
    replay(path, 0);
    if (inputs == before) {
        (void)fprintf(stderr, "%s: no inputs\n", path);
    }
    return inputs > before;
}

static bool is_accepted(const char *what)
{
    if (fuzz_accepted(what) == 0) {
        (void)fprintf(stderr, "none of %zu inputs was accepted%s%s\n", inputs,
                      what == NULL ? "" : " as ", what == NULL ? "" : what);
    }
    return fuzz_accepted(what) > 0;
}

int main(int argc, char **argv)
{
    bool is_good = true;
    run(CW_SPAN(""));
    for (int i = 1; i < argc; i++) {
        is_good &= argv[i][0] == '+' || is_replayed(argv[i]);
    }
    is_good &= is_accepted(NULL);
    for (int i = 1; i < argc; i++) {
        is_good &= argv[i][0] != '+' || is_accepted(argv[i] + 1);
    }
    (void)printf("%zu inputs replayed, %zu accepted\n", inputs, fuzz_accepted(NULL));
    return is_good ? 0 : 1;
}
