/* One document in parts, by several threads: nothing is left out without a word, and what waits to
 * be told is bounded. */
#include "suite.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <time.h>
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
    size_t hit_bytes;      /* of what a hit has to tell; 0: three */
    int tell_waits_ms;     /* whoever reads the output is slow */
    atomic_size_t waiting; /* bytes asked for and not yet told */
    size_t most_waiting;
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
    if (place->hit_bytes > 0 && *ret_is_known) {
        char *room = cw_buf_room(ret_told, place->hit_bytes);
        CU_ASSERT_PTR_NOT_NULL_FATAL(room);
        memset(room, 'x', place->hit_bytes);
        cw_buf_advance(ret_told, place->hit_bytes);
        const size_t waiting = atomic_fetch_add(&place->waiting, place->hit_bytes);
        place->most_waiting = waiting > place->most_waiting ? waiting : place->most_waiting;
    }
    if (place->cut_to >= 0) {
        CU_ASSERT_EQUAL(ftruncate(place->fd, place->cut_to), 0);
    }
    return CW_OK;
}

static enum cw_status tell(void *ctx, uint64_t line, struct cw_span told,
                           CW_UNUSED struct cw_error *err)
{
    struct place *place = ctx;
    const struct timespec wait = {0, place->tell_waits_ms * 1000000L};
    CU_ASSERT(cw_span_starts_with(told, CW_SPAN("hit")));
    CU_ASSERT_EQUAL(told.len, 3 + place->hit_bytes);
    atomic_fetch_sub(&place->waiting, place->hit_bytes);
    if (place->tell_waits_ms > 0 && place->told % 100 == 0) {
        (void)nanosleep(&wait, NULL);
    }
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

/* ---- what waits ---- */

/* One part has more to tell than may wait, and so have all together, while the output is slow. */
static void what_waits_is_bounded(void)
{
    enum { HIT_BYTES = 100000, EVERY = 16 };
    const uint64_t hits = 3 * (uint64_t)CW_SCREEN_PART_BYTES / LINE_BYTES / EVERY;
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        struct place place = place_make(3 * (uint64_t)CW_SCREEN_PART_BYTES, EVERY);
        struct cw_error err = {0};
        place.hit_bytes = HIT_BYTES;
        place.tell_waits_ms = 2;
        CW_CHECK(run(&place, threads, false, &err) == CW_OK, "%s", err.text);
        CU_ASSERT_EQUAL(place.told, hits);
        CW_CHECK(place.most_waiting <=
                     CW_SCREEN_WAITING_MAX + CW_SCREEN_HANDED_BYTES + threads * HIT_BYTES,
                 "%zu bytes", place.most_waiting);
        place_drop(&place);
    }
}

/* ---- where it begins ---- */

static void begins_where_the_descriptor_stands(void)
{
    for (unsigned way = 0; way < 2; way++) {
        struct place place =
            place_make(CW_SCREEN_PART_BYTES, CW_SCREEN_PART_BYTES / LINE_BYTES / 4);
        struct cw_error err = {0};
        CU_ASSERT_EQUAL(lseek(place.fd, CW_SCREEN_PART_BYTES / 2 + 1, SEEK_SET),
                        CW_SCREEN_PART_BYTES / 2 + 1);
        CU_ASSERT_EQUAL(run(&place, 2, way == 1, &err), CW_OK);
        CU_ASSERT_EQUAL(place.told, 1);
        CU_ASSERT_EQUAL(place.last_line, CW_SCREEN_PART_BYTES / LINE_BYTES / 4 + 1);
        CU_ASSERT_EQUAL(lseek(place.fd, 0, SEEK_CUR), CW_SCREEN_PART_BYTES);
        place_drop(&place);
    }
}

static const struct cw_test tests[] = {
    {"a file that becomes shorter is an error", a_file_that_becomes_shorter_is_an_error},
    {"what waits is bounded", what_waits_is_bounded},
    {"begins where the descriptor stands", begins_where_the_descriptor_stands},
};

int main(void)
{
    return cw_hash_selftest(NULL) == CW_OK ? cw_run_suite("screen_job", tests, CW_COUNT(tests)) : 2;
}
