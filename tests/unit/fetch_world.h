/* fetch_world.h: a folder of snapshots, lists on a canned server and on disk, a clock that stands
 * still; around cw_fetch_all with the real network program, for test_fetch.c only. */
#ifndef CW_TESTS_FETCH_WORLD_H
#define CW_TESTS_FETCH_WORLD_H

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "canned.h"
#include "crypto/hash.h"
#include "fetch/fetch.h"
#include "http/wire.h"

enum { FEEDS_MAX = 8, PATH_BYTES = 256, NOW_S = 1795140000 };

static const char PROGRAM[] = CW_BIN_DIR "/cryptowatch-net";
static const char *const LOOPBACK_HOSTS[] = {"127.0.0.1", NULL};

/* ---- a place with feeds ---- */

struct world {
    char folder[64];
    char snapshots[PATH_BYTES];
    struct canned server;
    const char *program;
    uint64_t window_ms; /* of the whole run */
    bool is_ticking;    /* every look at the clock takes a second */
    struct cw_feed feeds[FEEDS_MAX];
    char urls[FEEDS_MAX][PATH_BYTES];
    char paths[FEEDS_MAX][PATH_BYTES];
    struct cw_fetch_job jobs[FEEDS_MAX];
    struct cw_fetch_result results[FEEDS_MAX];
    size_t count;
    size_t done; /* calls of the callback */
};

static int64_t fixed_now_s(void *ctx)
{
    (void)ctx;
    return NOW_S;
}

/* A second more at every look. */
static uint64_t ticking_ms(void *ctx)
{
    static uint64_t now_ms;
    (void)ctx;
    now_ms += 1000;
    return now_ms;
}

static void world_start(struct world *world, const struct canned_page *pages, size_t pages_count)
{
    *world = (struct world){.folder = "/tmp/cryptowatch-fetch-XXXXXX", .program = PROGRAM};
    world->window_ms = 8000;
    CU_ASSERT_FATAL(mkdtemp(world->folder) != NULL);
    (void)snprintf(world->snapshots, PATH_BYTES, "%s/snapshots", world->folder);
    CU_ASSERT_FATAL(cw_dir_make(world->snapshots, 0700, NULL) == CW_OK);
    canned_start(&world->server, pages, pages_count);
}

static void remove_files(const char *path)
{
    DIR *folder = opendir(path);
    for (const struct dirent *entry = NULL; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char *file = cw_path_join(path, entry->d_name);
        (void)unlink(file);
        free(file);
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    (void)rmdir(path);
}

static void world_stop(struct world *world)
{
    canned_stop(&world->server);
    remove_files(world->snapshots);
    remove_files(world->folder);
}

static struct cw_feed *world_add(struct world *world)
{
    struct cw_feed *feed = &world->feeds[world->count];
    static const char *const no_hosts[] = {NULL};
    *feed = (struct cw_feed){
        .id = "example",
        .format = "lines",
        .url = world->urls[world->count],
        .user_agent = "",
        .headers_file = "",
        .ca_file = "",
        .timeout_s = 5,
        .bytes_max = 1000,
    };
    memcpy(&feed->redirect_hosts, &(const char *const *){no_hosts}, sizeof(feed->redirect_hosts));
    world->jobs[world->count] =
        (struct cw_fetch_job){.feed = feed, .etag = "", .last_modified = "", .snapshot_sha256 = ""};
    world->count++;
    return feed;
}

static struct cw_feed *world_add_web(struct world *world, const char *path)
{
    (void)snprintf(world->urls[world->count], PATH_BYTES, "http://127.0.0.1:%u%s",
                   world->server.port, path);
    return world_add(world);
}

/* A file: feed of `text`; NULL makes no file. */
static struct cw_feed *world_add_file(struct world *world, const char *name, const char *text)
{
    char *path = cw_path_join(world->folder, name);
    CU_ASSERT_FATAL(path != NULL);
    (void)snprintf(world->paths[world->count], PATH_BYTES, "%s", path);
    (void)snprintf(world->urls[world->count], PATH_BYTES, "file:%s", name);
    if (text != NULL) {
        CU_ASSERT_FATAL(cw_file_write(path, cw_span_cstr(text), 0600, NULL) == CW_OK);
    }
    free(path);
    struct cw_feed *feed = world_add(world);
    feed->path = world->paths[world->count - 1];
    return feed;
}

static void count_done(void *ctx, const struct cw_feed *feed, const struct cw_fetch_result *result)
{
    struct world *world = ctx;
    CU_ASSERT(feed != NULL && result->started_at_s == NOW_S);
    world->done++;
}

static void world_run(struct world *world)
{
    struct cw_error err = {0};
    struct cw_fetch_options options = {
        .net = {.program = world->program, .allow_private_hosts = LOOPBACK_HOSTS},
        .snapshots_dir = world->snapshots,
        .user_agent = "cryptowatch/0 (test)",
        .clock = cw_clock_system(),
        .done = count_done,
        .ctx = world,
    };
    options.clock.now_s = fixed_now_s;
    if (world->is_ticking) {
        options.clock.monotonic_ms = ticking_ms;
    }
    options.deadline_ms = cw_clock_monotonic_ms(&options.clock) + world->window_ms;
    world->done = 0;
    const enum cw_status status =
        cw_fetch_all(&options, world->jobs, world->count, world->results, &err);
    CW_CHECK(status == CW_OK, "run: %s", err.text);
    CW_CHECK(world->done == world->count, "%zu of %zu are done", world->done, world->count);
}

static size_t count_files(const struct world *world, const char *suffix)
{
    char **names = NULL;
    size_t count = 0;
    CU_ASSERT_FATAL(cw_dir_list(world->snapshots, suffix, &names, &count, NULL) == CW_OK);
    cw_names_free(names);
    return count;
}

static void expect_snapshot(const struct world *world, const struct cw_fetch_result *result,
                            const char *text)
{
    char wanted[CW_SHA256_HEX_BYTES];
    char path[2 * PATH_BYTES];
    struct cw_buf bytes;
    struct stat info;
    cw_sha256_hex(cw_span_cstr(text), wanted);
    cw_buf_init(&bytes, 1 << 20);
    CW_CHECK(strcmp(result->sha256, wanted) == 0, "%s: %s", result->url, result->sha256);
    CU_ASSERT(result->bytes == strlen(text));
    (void)snprintf(path, sizeof(path), "%s/%s", world->snapshots, wanted);
    CU_ASSERT(cw_file_read(path, &bytes, NULL) == CW_OK);
    CU_ASSERT(cw_span_is(cw_buf_as_span(&bytes), text));
    CU_ASSERT(stat(path, &info) == 0 && (info.st_mode & 07777) == 0440);
    cw_buf_clear(&bytes);
}

static void read_record(const struct world *world, const char *sha256, struct cw_buf *ret)
{
    char path[2 * PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s.json", world->snapshots, sha256);
    cw_buf_init(ret, 1 << 20);
    CW_CHECK(cw_file_read(path, ret, NULL) == CW_OK, "%s is missing", path);
}

#endif
