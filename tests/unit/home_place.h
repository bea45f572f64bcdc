/* home_place.h: a temporary folder for a home, and the home that cw_home_init makes there. */
#ifndef CW_TESTS_HOME_PLACE_H
#define CW_TESTS_HOME_PLACE_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/hash.h"
#include "home/home.h"
#include "suite.h"

static const int64_t made_s = 1795144502;
static const char source[] = "https://scanner.agency.example/cryptowatch";
static const struct cw_programs programs = {
    .net = "/nonexistent/net", .parse = "/nonexistent/parse", .data = CW_SOURCE_DIR};

#define OK(call)                                                                                   \
    do {                                                                                           \
        struct cw_error error_ = {0};                                                              \
        struct cw_error *const why = &error_;                                                      \
        const enum cw_status status_ = (call);                                                     \
        CW_CHECK(status_ == CW_OK, "%s: %s", #call, why->text);                                    \
    } while (0)

/* ---- a temporary folder ---- */

static inline void remove_tree(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry = NULL;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            char *inside = cw_path_join(path, entry->d_name);
            struct stat info;
            if (lstat(inside, &info) == 0 && S_ISDIR(info.st_mode)) {
                remove_tree(inside); /* as deep as a home is */
            } else {
                (void)unlink(inside);
            }
            free(inside);
        }
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    (void)rmdir(path);
}

struct place {
    char top[64];
    char home[96]; /* does not exist yet */
    char text[512];
};

static inline void place_init(struct place *place)
{
    (void)snprintf(place->top, sizeof(place->top), "/tmp/cw-home-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(place->top) != NULL);
    (void)snprintf(place->home, sizeof(place->home), "%s/home", place->top);
}

static const char *in(struct place *place, const char *name)
{
    (void)snprintf(place->text, sizeof(place->text), "%s/%s", place->home, name);
    return place->text;
}

static inline void put(struct place *place, const char *name, const char *text, mode_t mode)
{
    OK(cw_file_write(in(place, name), cw_span_cstr(text), mode, why));
}

static inline bool is_there(struct place *place, const char *name)
{
    struct stat info;
    return lstat(in(place, name), &info) == 0;
}

static inline void fill_counting(void *ctx, uint8_t *ret, size_t len)
{
    uint8_t *next = ctx;
    for (size_t i = 0; i < len; i++) {
        ret[i] = (*next)++;
    }
}

static inline enum cw_status init(struct place *place, const struct cw_programs *parts,
                                  const char *uri, struct cw_error *err)
{
    uint8_t next = 0;
    const struct cw_random random = {.fill = fill_counting, .ctx = &next};
    return cw_home_init(place->home, uri, parts, &random, made_s, err);
}

/* A home with all that is shipped. */
static inline void place_with_shipped(struct place *place)
{
    place_init(place);
    OK(init(place, &programs, source, why));
}

/* A home without feeds and rules: quicker to make. */
static inline void place_with_home(struct place *place)
{
    static const char *const folders[] = {"data/feeds/bundled", "data/rules"};
    place_init(place);
    for (size_t i = 0; i < CW_COUNT(folders); i++) {
        char *path = cw_path_join(place->top, folders[i]);
        OK(cw_dir_make(path, 0755, why));
        free(path);
    }
    char *data = cw_path_join(place->top, "data");
    const struct cw_programs bare = {.net = "", .parse = "", .data = data};
    OK(init(place, &bare, source, why));
    free(data);
}

static inline enum cw_status load(struct place *place, struct cw_mistakes *mistakes,
                                  struct cw_home *home, struct cw_error *err)
{
    cw_mistakes_init(mistakes);
    return cw_home_load(in(place, "cryptowatch.json"), &programs, mistakes, home, err);
}

#endif
