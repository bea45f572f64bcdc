#include "home_place.h"

/* ---- init ---- */

static const struct {
    const char *name;
    mode_t mode;
} made[] = {
    {"", 0700},
    {"cryptowatch.json", 0600},
    {"keys", 0700},
    {"keys/alert.pem", 0600},
    {"keys/delivery.pem", 0600},
    {"keys/log.pem", 0600},
    {"keys/keys.jwks.json", 0644},
    {"state", 0700},
    {"trust.d", 0755},
    {"feeds/bundled", 0755},
    {"rules/bybit-2025.json", 0644},
};

static void makes_private_home(void)
{
    struct place place;
    const mode_t before = umask(0);
    place_with_shipped(&place);
    (void)umask(before);
    for (size_t i = 0; i < CW_COUNT(made); i++) {
        struct stat info = {.st_mode = 0};
        CW_CHECK(lstat(in(&place, made[i].name), &info) == 0, "no %s", made[i].name);
        CW_CHECK((info.st_mode & 07777) == made[i].mode, "%s: mode %o", made[i].name,
                 (unsigned)info.st_mode & 07777u);
    }
    remove_tree(place.top);
}

static void loads_after_init(void)
{
    struct place place;
    struct cw_home home;
    struct cw_mistakes mistakes;
    place_with_shipped(&place);
    OK(load(&place, &mistakes, &home, why));
    CU_ASSERT_EQUAL(mistakes.errors, 0);
    CU_ASSERT_EQUAL(mistakes.warnings, 0);
    CU_ASSERT_STRING_EQUAL(home.config->source, source);
    CU_ASSERT_STRING_EQUAL(home.config->instance, "scanner-1");
    CU_ASSERT_EQUAL(home.config->endpoints_count, 0);
    CU_ASSERT(cw_feeds_count(home.feeds) > 0);
    CU_ASSERT(cw_rules_count(home.rules) > 0);
    CU_ASSERT_EQUAL(strlen(home.rules_sha256), 64);
    CU_ASSERT_STRING_EQUAL(home.snapshots_dir, in(&place, "state/snapshots"));
    CU_ASSERT_PTR_NULL(home.alert_key);
    OK(cw_home_load_keys(&home, 1795144502, why));
    CU_ASSERT_PTR_NOT_NULL(home.alert_key);
    CU_ASSERT_EQUAL(home.receivers_count, 0);
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    remove_tree(place.top);
}

static void publishes_its_key(void)
{
    struct place place;
    struct cw_home home;
    struct cw_mistakes mistakes;
    struct cw_key_set **sets = NULL;
    size_t count = 0;
    place_with_home(&place);
    OK(load(&place, &mistakes, &home, why));
    OK(cw_home_load_keys(&home, 1795144502, why));
    OK(cw_home_load_key_sets(home.config, &sets, &count, why));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    char kid[CW_KID_TEXT_BYTES];
    struct cw_buf text;
    const struct cw_public_key key = cw_signing_key_public(home.alert_key);
    cw_public_key_kid(&key, kid);
    cw_buf_init(&text, 1 << 16);
    OK(cw_file_read(in(&place, "keys/keys.jwks.json"), &text, why));
    CU_ASSERT(strstr(text.data, kid) != NULL);
    CU_ASSERT(strstr(text.data, source) != NULL);
    CU_ASSERT(strstr(text.data, "1795144502") != NULL);
    CU_ASSERT(strstr(text.data, "1858216502") != NULL); /* two years later */
    CU_ASSERT(strstr(text.data, "\"d\"") == NULL);
    cw_buf_clear(&text);
    cw_home_free_key_sets(sets, count);
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    remove_tree(place.top);
}

static void compare_folder(struct place *place, const char *folder, const char *suffix)
{
    char *from = cw_path_join(CW_SOURCE_DIR, folder);
    char **names = NULL;
    size_t count = 0;
    OK(cw_dir_list(from, suffix, &names, &count, why));
    CW_CHECK(count > 0, "%s: nothing to compare", folder);
    for (size_t i = 0; i < count; i++) {
        char name[256];
        struct cw_buf a;
        struct cw_buf b;
        cw_buf_init(&a, 64 << 20);
        cw_buf_init(&b, 64 << 20);
        char *path = cw_path_join(from, names[i]);
        (void)snprintf(name, sizeof(name), "%s/%s", folder, names[i]);
        OK(cw_file_read(path, &a, why));
        OK(cw_file_read(in(place, name), &b, why));
        CW_CHECK(cw_span_equal(cw_buf_as_span(&a), cw_buf_as_span(&b)), "%s differs", name);
        cw_buf_clear(&a);
        cw_buf_clear(&b);
        free(path);
    }
    cw_names_free(names);
    free(from);
}

static void copies_exactly(void)
{
    struct place place;
    place_with_shipped(&place);
    compare_folder(&place, "feeds", ".json");
    compare_folder(&place, "feeds/bundled", "");
    compare_folder(&place, "rules", ".json");
    remove_tree(place.top);
}

static void second_init_refused(void)
{
    struct place place;
    struct cw_buf before;
    struct cw_buf after;
    struct cw_error err = {0};
    place_with_home(&place);
    cw_buf_init(&before, 8192);
    cw_buf_init(&after, 8192);
    OK(cw_file_read(in(&place, "keys/alert.pem"), &before, why));
    CU_ASSERT_EQUAL(init(&place, &programs, "urn:example:other", &err), CW_INVALID);
    CU_ASSERT(strstr(err.text, "is there already") != NULL);
    OK(cw_file_read(in(&place, "keys/alert.pem"), &after, why));
    CU_ASSERT(cw_span_equal(cw_buf_as_span(&before), cw_buf_as_span(&after)));
    cw_buf_clear(&before);
    cw_buf_clear(&after);
    remove_tree(place.top);
}

static void overwrites_nothing(void)
{
    static const char *const names[] = {"cryptowatch.json", "keys", "state", "feeds", "rules",
                                        "trust.d"};
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        for (int as_link = 0; as_link < 2; as_link++) {
            struct place place;
            struct cw_error err = {0};
            place_init(&place);
            OK(cw_dir_make(place.home, 0700, why));
            if (as_link == 1) { /* to nowhere: writing through it would make a file elsewhere */
                CU_ASSERT_EQUAL(symlink("nowhere", in(&place, names[i])), 0);
            } else {
                put(&place, names[i], "mine", 0644);
            }
            CW_CHECK(init(&place, &programs, source, &err) == CW_INVALID, "%s", names[i]);
            CW_CHECK(strstr(err.text, names[i]) != NULL, "%s: %s", names[i], err.text);
            for (size_t k = 0; k < CW_COUNT(names); k++) {
                CW_CHECK(is_there(&place, names[k]) == (k == i), "%s: %s", names[i], names[k]);
            }
            remove_tree(place.top);
        }
    }
}

static void keeps_strangers(void)
{
    struct place place;
    place_init(&place);
    OK(cw_dir_make(place.home, 0755, why));
    put(&place, "notes.txt", "mine", 0644);
    OK(init(&place, &programs, source, why));
    CU_ASSERT(is_there(&place, "notes.txt"));
    CU_ASSERT(is_there(&place, "cryptowatch.json"));
    remove_tree(place.top);
}

static void bad_sources(void)
{
    static const char *const bad[] = {
        "", "scanner", "/path", "https://a b", "https://a\nb", "https://a#b", "\xc3\xa9:x"};
    for (size_t i = 0; i < CW_COUNT(bad); i++) {
        struct place place;
        struct cw_error err = {0};
        place_init(&place);
        CW_CHECK(init(&place, &programs, bad[i], &err) == CW_INVALID, "\"%s\" was taken", bad[i]);
        CW_CHECK(!is_there(&place, ""), "\"%s\": something was made", bad[i]);
        remove_tree(place.top);
    }
}

static void incomplete_program(void)
{
    struct place place;
    struct cw_error err = {0};
    const struct cw_programs parts = {.net = "", .parse = "", .data = "/nonexistent"};
    place_init(&place);
    CU_ASSERT_EQUAL(init(&place, &parts, source, &err), CW_NOT_FOUND);
    CU_ASSERT(strstr(err.text, "not installed whole") != NULL);
    CU_ASSERT(!is_there(&place, ""));
    remove_tree(place.top);
}

/* A folder in the place of a bundled list stops the copying half way. */
static void half_way(void)
{
    for (int had_folder = 0; had_folder < 2; had_folder++) {
        struct place place;
        struct cw_error err = {0};
        place_init(&place);
        char *data = cw_path_join(place.top, "data");
        char *trap = cw_path_join(data, "feeds/bundled/trap.csv");
        char *rules = cw_path_join(data, "rules");
        OK(cw_dir_make(trap, 0755, why));
        OK(cw_dir_make(rules, 0755, why));
        if (had_folder == 1) {
            OK(cw_dir_make(place.home, 0700, why));
        }
        const struct cw_programs parts = {.net = "", .parse = "", .data = data};
        CU_ASSERT(init(&place, &parts, source, &err) != CW_OK);
        CW_CHECK(strstr(err.text, "trap.csv") != NULL, "%s", err.text);
        CW_CHECK(strstr(err.text, "keys state trust.d feeds rules") != NULL, "%s", err.text);
        CW_CHECK(strstr(err.text, had_folder == 1 ? "remove these and try again"
                                                  : "can be removed whole") != NULL,
                 "%s", err.text);
        CU_ASSERT(!is_there(&place, "cryptowatch.json"));
        free(rules);
        free(trap);
        free(data);
        remove_tree(place.top);
    }
}

/* ---- load ---- */

static bool has_mistake(const struct cw_mistakes *mistakes, enum cw_mistake_grade grade,
                        const char *file, const char *word)
{
    for (size_t i = 0; i < mistakes->count; i++) {
        char text[1024];
        cw_mistake_format(&mistakes->items[i], text, sizeof(text));
        if (mistakes->items[i].grade == grade &&
            cw_span_ends_with(cw_span_cstr(mistakes->items[i].file), cw_span_cstr(file)) &&
            strstr(text, word) != NULL) {
            return true;
        }
    }
    return false;
}

static void all_mistakes_at_once(void)
{
    struct place place;
    struct cw_home home;
    struct cw_mistakes mistakes;
    struct cw_error err = {0};
    place_with_shipped(&place);
    put(&place, "cryptowatch.json", "{\"source\": \"urn:example:a\", \"instanze\": \"x\"}", 0600);
    put(&place, "feeds/broken.json", "{\"id\": \"broken\",", 0644);
    put(&place, "rules/empty.json", "{}", 0644);
    CU_ASSERT_EQUAL(load(&place, &mistakes, &home, &err), CW_INVALID);
    CU_ASSERT(has_mistake(&mistakes, CW_MISTAKE_ERROR, "cryptowatch.json", "instanze"));
    CU_ASSERT(has_mistake(&mistakes, CW_MISTAKE_ERROR, "feeds/broken.json", ""));
    CU_ASSERT(has_mistake(&mistakes, CW_MISTAKE_ERROR, "rules/empty.json", ""));
    CU_ASSERT(mistakes.errors >= 3);
    CU_ASSERT(strstr(err.text, "more") != NULL);
    CU_ASSERT(cw_feeds_count(home.feeds) > 0); /* what was readable can be shown */
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    remove_tree(place.top);
}

static void missing_folders(void)
{
    struct place place;
    struct cw_home home;
    struct cw_mistakes mistakes;
    struct cw_error err = {0};
    place_with_home(&place);
    put(&place, "cryptowatch.json",
        "{\"source\": \"urn:example:a\", \"feeds_dir\": \"f\", \"rules_dir\": \"r\"}", 0600);
    CU_ASSERT_EQUAL(load(&place, &mistakes, &home, &err), CW_INVALID);
    CU_ASSERT(has_mistake(&mistakes, CW_MISTAKE_ERROR, "cryptowatch.json", "/feeds_dir"));
    CU_ASSERT(has_mistake(&mistakes, CW_MISTAKE_ERROR, "cryptowatch.json", "/rules_dir"));
    CU_ASSERT_EQUAL(mistakes.errors, 2);
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    remove_tree(place.top);
}

static void unreadable_config(void)
{
    static const char *const texts[] = {NULL, "", "[]", "{\"source\": "};
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        struct place place;
        struct cw_home home;
        struct cw_mistakes mistakes;
        struct cw_error err = {0};
        place_with_home(&place);
        if (texts[i] == NULL) {
            (void)unlink(in(&place, "cryptowatch.json"));
        } else {
            put(&place, "cryptowatch.json", texts[i], 0600);
        }
        CW_CHECK(load(&place, &mistakes, &home, &err) == CW_INVALID, "config %zu", i);
        CW_CHECK(mistakes.errors > 0, "config %zu: no mistake", i);
        cw_mistakes_clear(&mistakes);
        cw_home_clear(&home);
        remove_tree(place.top);
    }
}

static void party_without_feed(void)
{
    struct place place;
    struct cw_home home;
    struct cw_mistakes mistakes;
    place_with_shipped(&place);
    CU_ASSERT_EQUAL(unlink(in(&place, "feeds/ofac-sdn-advanced.json")), 0);
    OK(load(&place, &mistakes, &home, why));
    CU_ASSERT(has_mistake(&mistakes, CW_MISTAKE_WARNING, "ofac-dprk-lazarus-group.json",
                          "/parties/0/feed"));
    cw_mistakes_clear(&mistakes);
    cw_home_clear(&home);
    remove_tree(place.top);
}

int main(void)
{
    static const struct cw_test tests[] = {
        {"makes a home that only its owner can enter", makes_private_home},
        {"loads what it made without a mistake", loads_after_init},
        {"publishes the alert key, and no secret", publishes_its_key},
        {"copies feeds, lists and rules byte for byte", copies_exactly},
        {"refuses a second time and changes nothing", second_init_refused},
        {"overwrites nothing, not even a link to nowhere", overwrites_nothing},
        {"works in a folder that holds other things", keeps_strangers},
        {"refuses a source that is no absolute URI", bad_sources},
        {"makes nothing when the program is not whole", incomplete_program},
        {"says what was made when it failed half way", half_way},
        {"reports the mistakes of all files at once", all_mistakes_at_once},
        {"reports missing folders as mistakes", missing_folders},
        {"survives a configuration that cannot be read", unreadable_config},
        {"warns of a party whose feed does not exist", party_without_feed},
    };
    struct cw_error err = {0};
    if (cw_hash_selftest(&err) != CW_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    return cw_run_suite("home", tests, CW_COUNT(tests));
}
