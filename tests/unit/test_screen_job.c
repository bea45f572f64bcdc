/* One document in parts, by several threads: nothing is left out without a word, and what waits to
 * be told is bounded. */
#include "suite.h"

#include <fcntl.h>
#include <unistd.h>

#include "../soak/listed.h"
#include "cli/screen_job.h"
#include "crypto/hash.h"

#define ADDRESS "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"

enum { PARTS = 4, LINE_BYTES = 64 };

/* A document of lines, in which every `every`-th line is the listed address, and what was heard. */
struct place {
    struct listed listed;
    int fd;
    uint64_t told;
    uint64_t last_line;
    off_t cut_to; /* the file is cut to this at the first hit; negative: not */
};

static struct place place_make(uint64_t bytes, uint64_t every)
{
    struct place place = {.cut_to = -1};
    char path[] = "/tmp/cw-screen-job-XXXXXX";
    static char line[LINE_BYTES];
    CU_ASSERT(listed_add(&place.listed, CW_SPAN(ADDRESS), CW_SPAN("")));
    listed_build(&place.listed);
    place.fd = mkstemp(path);
    CU_ASSERT_FATAL(place.fd >= 0);
    (void)unlink(path);
    FILE *file = fdopen(dup(place.fd), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (uint64_t i = 0; i < bytes / LINE_BYTES; i++) {
        const char *text = i % every == 0 ? ADDRESS : "nothing to see here";
        (void)snprintf(line, sizeof(line), "%-63s", text);
        line[LINE_BYTES - 1] = '\n';
        (void)fwrite(line, 1, sizeof(line), file);
    }
    CU_ASSERT_EQUAL(fclose(file), 0);
    CU_ASSERT_EQUAL(lseek(place.fd, 0, SEEK_SET), 0);
    return place;
}

static void place_drop(struct place *place)
{
    (void)close(place->fd);
    listed_clear(&place->listed);
}

static enum cw_status ask(void *ctx, const struct cw_screen_hit *hit, struct cw_buf *ret_told,
                          bool *ret_is_known, CW_UNUSED struct cw_error *err)
{
    struct place *place = ctx;
    *ret_is_known = listed_knows(&place->listed, hit->address);
    cw_buf_str(ret_told, "hit");
    if (place->cut_to >= 0) {
        CU_ASSERT_EQUAL(ftruncate(place->fd, place->cut_to), 0);
    }
    return CW_OK;
}

static enum cw_status tell(void *ctx, uint64_t line, struct cw_span told,
                           CW_UNUSED struct cw_error *err)
{
    struct place *place = ctx;
    CU_ASSERT(cw_span_is(told, "hit"));
    CU_ASSERT(line > place->last_line);
    place->last_line = line;
    place->told++;
    return CW_OK;
}

static void tick(CW_UNUSED void *ctx, CW_UNUSED uint64_t done, CW_UNUSED uint64_t all)
{
}

static enum cw_status run(struct place *place, unsigned threads, bool is_hashed,
                          struct cw_error *err)
{
    struct cw_screen_tally tally = {.is_hashed = is_hashed};
    const struct cw_screen_job job = {
        .filter = place->listed.filter,
        .threads = threads,
        .ask = ask,
        .tell = tell,
        .tick = tick,
        .tally = &tally,
        .ctx = place,
    };
    cw_sha256_begin(&tally.sha256);
    return cw_screen_job_run(&job, place->fd, err);
}

/* ---- a file that changes ---- */

static void a_file_that_becomes_shorter_is_an_error(void)
{
    for (unsigned way = 0; way < 3; way++) {
        const bool is_hashed = way == 2;
        const unsigned threads = way == 1 ? 2 : 1;
        struct place place = place_make(PARTS * (uint64_t)CW_SCREEN_PART_BYTES, 1000);
        struct cw_error err = {0};
        place.cut_to = CW_SCREEN_PART_BYTES / 2;
        CU_ASSERT_EQUAL(run(&place, threads, is_hashed, &err), CW_IO);
        CU_ASSERT(strstr(err.text, "became shorter while it was read") != NULL);
        place_drop(&place);
        place = place_make(PARTS * (uint64_t)CW_SCREEN_PART_BYTES, 1000);
        CU_ASSERT_EQUAL(run(&place, threads, is_hashed, &err), CW_OK);
        CU_ASSERT_EQUAL(place.told, (PARTS * CW_SCREEN_PART_BYTES / LINE_BYTES + 999) / 1000);
        place_drop(&place);
    }
}

static const struct cw_test tests[] = {
    {"a file that becomes shorter is an error", a_file_that_becomes_shorter_is_an_error},
};

int main(void)
{
    return cw_hash_selftest(NULL) == CW_OK ? cw_run_suite("screen_job", tests, CW_COUNT(tests)) : 2;
}
