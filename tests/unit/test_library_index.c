/* The installed library through its public header: an index asked, followed and screened against,
 * that no question allocates, and that readers on many threads never see two generations. */
#include <pthread.h>

#include "library_digits_cases.h"
#include "library_index_world.h"

struct ask_row {
    const char *description;
    const char *text;
    int64_t now_s;
    enum cryptowatch_verdict verdict;
    enum cryptowatch_why why;
    const char *ids;
};

static const struct ask_row ask_rows[] = {
    {"the same text", P2PKH, NOW, CRYPTOWATCH_LISTED, CRYPTOWATCH_WHY_NONE, "one/1"},
    {"lower case of an EVM account", "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", NOW,
     CRYPTOWATCH_LISTED, CRYPTOWATCH_WHY_NONE, "one/1"},
    {"with what people paste around it", "  https://etherscan.io/address/" EVM " ", NOW,
     CRYPTOWATCH_LISTED, CRYPTOWATCH_WHY_NONE, "one/1"},
    {"a case comes before a list", CASE, NOW, CRYPTOWATCH_LISTED, CRYPTOWATCH_WHY_NONE,
     "case/case two/1"},
    {"the same account on TRON", TRON, NOW, CRYPTOWATCH_RELATED, CRYPTOWATCH_WHY_NONE, "one/1"},
    {"no longer listed", ENDED, NOW, CRYPTOWATCH_RELATED, CRYPTOWATCH_WHY_NONE, "two/ended"},
    {"on no list", UNLISTED, NOW, CRYPTOWATCH_CLEAR, CRYPTOWATCH_WHY_NONE, ""},
    {"on no list, at the last fresh second", UNLISTED, SEEN + STALE_AFTER, CRYPTOWATCH_CLEAR,
     CRYPTOWATCH_WHY_NONE, ""},
    {"on no list, a second later", UNLISTED, SEEN + STALE_AFTER + 1, CRYPTOWATCH_CANNOT_SAY,
     CRYPTOWATCH_WHY_DATA, ""},
    {"related, a second later", TRON, SEEN + STALE_AFTER + 1, CRYPTOWATCH_CANNOT_SAY,
     CRYPTOWATCH_WHY_DATA, "one/1"},
    {"listed, years later", EVM, SEEN + 100000000, CRYPTOWATCH_LISTED, CRYPTOWATCH_WHY_NONE,
     "one/1"},
    {"a clock that is a day slow", UNLISTED, SEEN - 86400, CRYPTOWATCH_CLEAR, CRYPTOWATCH_WHY_NONE,
     ""},
    {"a clock that is slower", UNLISTED, SEEN - 86401, CRYPTOWATCH_CANNOT_SAY, CRYPTOWATCH_WHY_DATA,
     ""},
    {"a letter of the wrong case", "0x6813eb9362372EEF6200f3b1dbC3f819671cBA69", NOW,
     CRYPTOWATCH_CANNOT_SAY, CRYPTOWATCH_WHY_MISTYPED, ""},
    {"a wrong checksum", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMJ", NOW, CRYPTOWATCH_CANNOT_SAY,
     CRYPTOWATCH_WHY_NO_ADDRESS, ""},
    {"nothing", "", NOW, CRYPTOWATCH_CANNOT_SAY, CRYPTOWATCH_WHY_NO_ADDRESS, ""},
};

static void gives_the_verdict_of_check(void)
{
    const struct folder folder = folder_make();
    publish(&folder, &(struct world){.generation = 1});
    struct cryptowatch_index *index = open_folder(&folder);
    for (size_t i = 0; i < CW_COUNT(ask_rows); i++) {
        const struct ask_row *row = &ask_rows[i];
        struct told told = {0};
        enum cryptowatch_why why = CRYPTOWATCH_WHY_STOPPED;
        struct cryptowatch_ask ask = asking(&told);
        ask.now_s = row->now_s;
        const size_t before = allocations;
        const enum cryptowatch_verdict verdict =
            cryptowatch_index_find_text(index, row->text, strlen(row->text), &ask, &why);
        CW_CHECK(allocations == before, "%s: allocated", row->description);
        CW_CHECK(verdict == row->verdict && why == row->why, "%s: %s, %d", row->description,
                 cryptowatch_verdict_name(verdict), (int)why);
        CW_CHECK(strcmp(told.ids, row->ids) == 0, "%s: %s", row->description, told.ids);
    }
    cryptowatch_index_close(index);
    folder_drop(&folder);
}

static enum cryptowatch_verdict ask_text(const struct cryptowatch_index *index, const char *text,
                                         const struct cryptowatch_ask *ask,
                                         enum cryptowatch_why *why)
{
    return cryptowatch_index_find_text(index, text, strlen(text), ask, why);
}

static void says_clear_only_on_complete_lists(void)
{
    static const struct {
        const char *status;
        enum cryptowatch_feed_status seen;
        enum cryptowatch_verdict verdict;
    } cases[] = {
        {"good", CRYPTOWATCH_FEED_FRESH, CRYPTOWATCH_CLEAR},
        {"failed", CRYPTOWATCH_FEED_FAILED, CRYPTOWATCH_CANNOT_SAY},
        {"held", CRYPTOWATCH_FEED_HELD, CRYPTOWATCH_CANNOT_SAY},
        {"never", CRYPTOWATCH_FEED_NEVER, CRYPTOWATCH_CANNOT_SAY},
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        const struct folder folder = folder_make();
        publish(&folder, &(struct world){.generation = 1, .status = cases[i].status});
        struct cryptowatch_index *index = open_folder(&folder);
        struct cryptowatch_index_info info = {.size = sizeof(info)};
        struct cryptowatch_feed feed = {.size = sizeof(feed)};
        struct cryptowatch_ask ask = asking(NULL);
        CU_ASSERT_EQUAL(ask_text(index, UNLISTED, &ask, NULL), cases[i].verdict);
        CU_ASSERT_EQUAL(cryptowatch_index_info(index, &info), CRYPTOWATCH_INDEX_OK);
        CU_ASSERT_EQUAL(info.feeds, 2);
        CU_ASSERT_EQUAL(info.generation, 1);
        CU_ASSERT_EQUAL(info.listings, 5);
        CU_ASSERT_EQUAL(info.fresh_until_s, i == 0 ? SEEN + STALE_AFTER : INT64_MIN);
        CU_ASSERT_EQUAL(cryptowatch_index_feed(index, 0, NOW, &feed), CRYPTOWATCH_INDEX_OK);
        CU_ASSERT_STRING_EQUAL(feed.id, "one");
        CU_ASSERT_EQUAL(feed.status, cases[i].seen);
        CU_ASSERT_EQUAL(cryptowatch_index_feed(index, 1, SEEN + STALE_AFTER + 1, &feed),
                        CRYPTOWATCH_INDEX_OK);
        CU_ASSERT_EQUAL(feed.status, CRYPTOWATCH_FEED_STALE);
        CU_ASSERT_EQUAL(cryptowatch_index_feed(index, 2, NOW, &feed), CRYPTOWATCH_INDEX_NOT_FOUND);
        cryptowatch_index_close(index);
        folder_drop(&folder);
    }
}

static void a_file_alone_never_says_clear(void)
{
    const struct folder folder = folder_make();
    char path[2 * FOLDER_BYTES];
    publish(&folder, &(struct world){.generation = 1});
    (void)snprintf(path, sizeof(path), "%s/1", folder.path);
    struct cryptowatch_index *index = NULL;
    enum cryptowatch_why why = CRYPTOWATCH_WHY_NONE;
    CU_ASSERT_EQUAL_FATAL(cryptowatch_index_open(path, &index), CRYPTOWATCH_INDEX_OK);
    struct cryptowatch_ask ask = asking(NULL);
    CU_ASSERT_EQUAL(ask_text(index, UNLISTED, &ask, &why), CRYPTOWATCH_CANNOT_SAY);
    CU_ASSERT_EQUAL(why, CRYPTOWATCH_WHY_DATA);
    CU_ASSERT_EQUAL(ask_text(index, EVM, &ask, &why), CRYPTOWATCH_LISTED);
    ask.flags = CRYPTOWATCH_ASK_AGES_ARE_MINE;
    CU_ASSERT_EQUAL(ask_text(index, UNLISTED, &ask, &why), CRYPTOWATCH_CLEAR);
    cryptowatch_index_close(index);
    folder_drop(&folder);
}

static void refuses_sizes_it_does_not_know(void)
{
    const struct folder folder = folder_make();
    publish(&folder, &(struct world){.generation = 1});
    struct cryptowatch_index *index = open_folder(&folder);
    struct cryptowatch_index_info info = {.size = sizeof(info) - 8};
    struct cryptowatch_feed feed = {.size = 0};
    struct cryptowatch_ask ask = asking(NULL);
    enum cryptowatch_why why = CRYPTOWATCH_WHY_NONE;
    ask.size = 8;
    CU_ASSERT_EQUAL(ask_text(index, EVM, &ask, &why), CRYPTOWATCH_CANNOT_SAY);
    CU_ASSERT_EQUAL(why, CRYPTOWATCH_WHY_ARGUMENT);
    CU_ASSERT_EQUAL(cryptowatch_index_info(index, &info), CRYPTOWATCH_INDEX_ARGUMENT);
    CU_ASSERT_EQUAL(cryptowatch_index_feed(index, 0, NOW, &feed), CRYPTOWATCH_INDEX_ARGUMENT);
    cryptowatch_index_close(index);
    folder_drop(&folder);
}

static void a_callback_ends_a_question(void)
{
    const struct folder folder = folder_make();
    publish(&folder, &(struct world){.generation = 1});
    struct cryptowatch_index *index = open_folder(&folder);
    struct told told = {.stop_after = 1};
    struct cryptowatch_ask ask = asking(&told);
    enum cryptowatch_why why = CRYPTOWATCH_WHY_NONE;
    CU_ASSERT_EQUAL(ask_text(index, CASE, &ask, &why), CRYPTOWATCH_CANNOT_SAY);
    CU_ASSERT_EQUAL(why, CRYPTOWATCH_WHY_STOPPED);
    CU_ASSERT_EQUAL(told.matches, 1);
    CU_ASSERT_EQUAL(told.first_is_case, 1);
    CU_ASSERT_EQUAL(told.first_relation, CRYPTOWATCH_RELATION_EXACT);
    cryptowatch_index_close(index);
    folder_drop(&folder);
}

static void opens_only_what_is_an_index(void)
{
    const struct folder folder = folder_make();
    struct cryptowatch_index *index = NULL;
    char path[2 * FOLDER_BYTES];
    CU_ASSERT_EQUAL(cryptowatch_index_open(folder.path, &index), CRYPTOWATCH_INDEX_NOT_FOUND);
    publish(&folder, &(struct world){.generation = 1, .norm = "other"});
    CU_ASSERT_EQUAL(cryptowatch_index_open(folder.path, &index), CRYPTOWATCH_INDEX_OTHER);
    publish(&folder, &(struct world){.generation = 2});
    (void)snprintf(path, sizeof(path), "%s/2", folder.path);
    refuse_other_formats(path);
    CU_ASSERT_EQUAL(truncate(path, 4096), 0);
    CU_ASSERT_EQUAL(cryptowatch_index_open(folder.path, &index), CRYPTOWATCH_INDEX_DAMAGED);
    CU_ASSERT_EQUAL(cryptowatch_index_open(path, &index), CRYPTOWATCH_INDEX_DAMAGED);
    CU_ASSERT_EQUAL(cryptowatch_index_open("/nonexistent/index", &index),
                    CRYPTOWATCH_INDEX_NOT_FOUND);
    CU_ASSERT_EQUAL(cryptowatch_index_open("/dev/null", &index), CRYPTOWATCH_INDEX_DAMAGED);
    CU_ASSERT_PTR_NULL(index);
    CU_ASSERT_STRING_EQUAL(cryptowatch_index_error_name(CRYPTOWATCH_INDEX_DAMAGED), "DAMAGED");
    for (int code = 0; code < 99; code++) {
        const char *text = cryptowatch_index_error_text((enum cryptowatch_index_error)code);
        CU_ASSERT((strlen(text) > 0) == (code <= (int)CRYPTOWATCH_INDEX_ARGUMENT));
    }
    CU_ASSERT_STRING_EQUAL(cryptowatch_verdict_name((enum cryptowatch_verdict)5), "");
    folder_drop(&folder);
}

/* ---- may hold ---- */

static uint64_t scramble(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    return value ^ value >> 31;
}

static void may_hold_never_misses(void)
{
    static const char *const texts[] = {
        P2PKH,   SEGWIT,     EVM,    "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf",
        TRON,    CASE,       ENDED,  "bitcoincash:qp63uahgrxged4z5jswyt5dn5v3lzsem6cy4spdc2h",
        " " EVM, "eth:" EVM, NESTED,
    };
    for (unsigned has_script = 0; has_script < 2; has_script++) {
        const struct folder folder = folder_make();
        publish(&folder, &(struct world){.generation = 1, .has_script = has_script == 1});
        struct cryptowatch_index *index = open_folder(&folder);
        const size_t before = allocations;
        for (size_t i = 0; i < CW_COUNT(texts); i++) {
            struct cryptowatch_ask ask = asking(NULL);
            struct cryptowatch_address address;
            const enum cryptowatch_verdict verdict = ask_text(index, texts[i], &ask, NULL);
            const bool is_found = verdict == CRYPTOWATCH_LISTED || verdict == CRYPTOWATCH_RELATED;
            const int by_text = cryptowatch_index_may_hold_text(index, texts[i], strlen(texts[i]));
            CU_ASSERT_EQUAL(cryptowatch_address_parse(texts[i], strlen(texts[i]), NULL,
                                                      CRYPTOWATCH_LIST, &address),
                            CRYPTOWATCH_ADDRESS_OK);
            CW_CHECK(is_found, "%s is not found", texts[i]);
            CW_CHECK(by_text == 1, "%s: missed as a text", texts[i]);
            struct cryptowatch_key key;
            cryptowatch_key_make(&address, &key);
            CU_ASSERT_EQUAL(cryptowatch_index_may_hold(index, &address), 1);
            CW_CHECK(cryptowatch_index_may_hold_key(index, &key) == 1, "%s: missed as a key",
                     texts[i]);
        }
        CU_ASSERT_EQUAL(allocations, before);
        cryptowatch_index_close(index);
        folder_drop(&folder);
    }
}

static void may_hold_rules_most_out(void)
{
    enum { ASKED = 2000 };
    const struct folder folder = folder_make();
    publish(&folder, &(struct world){.generation = 1, .has_script = true});
    struct cryptowatch_index *index = open_folder(&folder);
    size_t kept = 0;
    size_t kept_keys = 0;
    for (uint64_t i = 0; i < ASKED; i++) {
        struct cryptowatch_address address;
        struct cryptowatch_key key;
        char text[48];
        (void)snprintf(text, sizeof(text), "0x%016llx%016llx%08llx",
                       (unsigned long long)scramble(3 * i), (unsigned long long)scramble(3 * i + 1),
                       (unsigned long long)(scramble(3 * i + 2) & UINT32_MAX));
        kept += (size_t)cryptowatch_index_may_hold_text(index, text, strlen(text));
        CU_ASSERT_EQUAL(
            cryptowatch_address_parse(text, strlen(text), NULL, CRYPTOWATCH_LIST, &address),
            CRYPTOWATCH_ADDRESS_OK);
        cryptowatch_key_make(&address, &key);
        kept_keys += (size_t)cryptowatch_index_may_hold_key(index, &key);
    }
    CU_ASSERT(kept < ASKED / 100);
    CU_ASSERT(kept_keys < ASKED / 100);
    struct cryptowatch_address nothing = {{0}};
    struct cryptowatch_key key;
    cryptowatch_key_make(&nothing, &key);
    CU_ASSERT_EQUAL(cryptowatch_index_may_hold_key(index, &key), 1);
    cryptowatch_index_close(index);
    folder_drop(&folder);
}

/* ---- screening ---- */

static const char document[] = "one " P2PKH ", two\n\"" TRON "\"\n\n" UNLISTED " x " CASE "\n";
#define DOCUMENT_TOLD "1:4:10 2:45:11 4:127:10 "

struct seen_hits {
    char told[256];
    size_t hits;
    size_t stop_after;
    const struct cryptowatch_index *index;
};

static int keep_hit(void *ctx, const struct cryptowatch_hit *hit)
{
    struct seen_hits *seen = ctx;
    struct told told = {0};
    const struct cryptowatch_ask ask = asking(&told);
    const size_t len = strlen(seen->told);
    (void)snprintf(seen->told + len, sizeof(seen->told) - len, "%llu:%llu:%u ",
                   (unsigned long long)hit->line, (unsigned long long)hit->offset, hit->verdict);
    CU_ASSERT_EQUAL(cryptowatch_index_find(seen->index, hit->address, &ask, NULL), hit->verdict);
    CU_ASSERT(told.matches > 0);
    return ++seen->hits == seen->stop_after ? 1 : 0;
}

static void screens_a_document_cut_anywhere(void)
{
    const struct folder folder = folder_make();
    publish(&folder, &(struct world){.generation = 1});
    struct cryptowatch_index *index = open_folder(&folder);
    struct seen_hits seen = {.index = index};
    struct cryptowatch_screening *screening = NULL;
    CU_ASSERT_EQUAL_FATAL(cryptowatch_screening_new(index, keep_hit, &seen, &screening),
                          CRYPTOWATCH_INDEX_OK);
    const size_t before = allocations;
    for (size_t cut = 0; cut < sizeof(document); cut++) {
        seen.told[0] = '\0';
        CU_ASSERT_EQUAL(cryptowatch_screening_feed(screening, document, cut), CRYPTOWATCH_INDEX_OK);
        CU_ASSERT_EQUAL(
            cryptowatch_screening_feed(screening, document + cut, sizeof(document) - 1 - cut),
            CRYPTOWATCH_INDEX_OK);
        CU_ASSERT_EQUAL(cryptowatch_screening_end(screening), CRYPTOWATCH_INDEX_OK);
        CW_CHECK(strcmp(seen.told, DOCUMENT_TOLD) == 0, "cut at %zu: %s", cut, seen.told);
    }
    CU_ASSERT_EQUAL(allocations, before);
    CU_ASSERT_EQUAL(cryptowatch_screening_end(screening), CRYPTOWATCH_INDEX_OK);
    cryptowatch_index_close(index); /* the screening has a share of its own */
    seen.stop_after = seen.hits + 1;
    CU_ASSERT_EQUAL(cryptowatch_screening_feed(screening, document, sizeof(document) - 1),
                    CRYPTOWATCH_INDEX_OK);
    CU_ASSERT_EQUAL(cryptowatch_screening_end(screening), CRYPTOWATCH_INDEX_STOPPED);
    CU_ASSERT_EQUAL(cryptowatch_screening_feed(screening, document, 1), CRYPTOWATCH_INDEX_STOPPED);
    cryptowatch_screening_free(screening);
    cryptowatch_screening_free(NULL);
    folder_drop(&folder);
}

static void screens_only_with_a_whole_filter(void)
{
    const struct folder folder = folder_make();
    struct seen_hits seen = {0};
    struct cryptowatch_screening *screening = NULL;
    char path[2 * FOLDER_BYTES];
    publish(&folder, &(struct world){.generation = 1, .has_no_filter = true});
    struct cryptowatch_index *index = open_folder(&folder);
    CU_ASSERT_EQUAL(cryptowatch_screening_new(index, keep_hit, &seen, &screening),
                    CRYPTOWATCH_INDEX_NO_FILTER);
    CU_ASSERT_EQUAL(cryptowatch_index_may_hold_text(index, UNLISTED, strlen(UNLISTED)), 1);
    cryptowatch_index_close(index);
    publish(&folder, &(struct world){.generation = 2});
    (void)snprintf(path, sizeof(path), "%s/2", folder.path);
    struct cw_index *inside = NULL;
    OK(cw_index_open(path, &inside, &err));
    const long at = (long)inside->header.sections[CW_SECTION_FILTER].at + 70;
    cw_index_close(inside);
    FILE *file = fopen(path, "r+b");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fseek(file, at, SEEK_SET), 0);
    CU_ASSERT_EQUAL(fputc(0x5a, file), 0x5a);
    CU_ASSERT_EQUAL(fclose(file), 0);
    index = open_folder(&folder);
    CU_ASSERT_EQUAL(cryptowatch_screening_new(index, keep_hit, &seen, &screening),
                    CRYPTOWATCH_INDEX_DAMAGED);
    CU_ASSERT_EQUAL(cryptowatch_index_may_hold_text(index, UNLISTED, strlen(UNLISTED)), 1);
    CU_ASSERT_PTR_NULL(screening);
    cryptowatch_index_close(index);
    folder_drop(&folder);
}

/* ---- following ---- */

static void a_reload_puts_the_newest_in_force(void)
{
    const struct folder folder = folder_make();
    publish(&folder, &(struct world){.generation = 1});
    struct cryptowatch_follower *follower = NULL;
    int is_new = -1;
    CU_ASSERT_EQUAL_FATAL(cryptowatch_follower_open(folder.path, &follower), CRYPTOWATCH_INDEX_OK);
    struct cryptowatch_index *old = cryptowatch_follower_take(follower);
    CU_ASSERT_EQUAL(cryptowatch_follower_reload(follower, &is_new), CRYPTOWATCH_INDEX_OK);
    CU_ASSERT_EQUAL(is_new, 0);
    publish(&folder, &(struct world){.generation = 2, .has_script = true});
    publish(&folder, &(struct world){.generation = 3, .has_script = true});
    CU_ASSERT_EQUAL(cryptowatch_follower_reload(follower, &is_new), CRYPTOWATCH_INDEX_OK);
    CU_ASSERT_EQUAL(is_new, 1);
    struct cryptowatch_index *new = cryptowatch_follower_take(follower);
    const struct cryptowatch_ask ask = asking(NULL);
    /* The old one answers on, though its file has gone. */
    CU_ASSERT_EQUAL(ask_text(old, "3P14159f73E4gFr7JterCCQh9QjiTjiZrG", &ask, NULL),
                    CRYPTOWATCH_CLEAR);
    CU_ASSERT_EQUAL(ask_text(new, NESTED, &ask, NULL), CRYPTOWATCH_LISTED);
    publish(&folder, &(struct world){.generation = 4, .norm = "other"});
    CU_ASSERT_EQUAL(cryptowatch_follower_reload(follower, &is_new), CRYPTOWATCH_INDEX_OTHER);
    cryptowatch_follower_close(follower);
    CU_ASSERT_EQUAL(ask_text(new, EVM, &ask, NULL), CRYPTOWATCH_LISTED);
    cryptowatch_index_close(new);
    cryptowatch_index_close(old);
    cryptowatch_follower_close(NULL);
    cryptowatch_index_close(NULL);
    folder_drop(&folder);
}

enum { READERS = 3, GENERATIONS = 30 };

struct stage {
    struct cryptowatch_follower *follower;
    atomic_bool is_over;
    atomic_size_t asked;
    atomic_size_t wrong;
};

static void read_once(struct stage *stage)
{
    struct cryptowatch_index *index = cryptowatch_follower_take(stage->follower);
    struct cryptowatch_index_info info = {.size = sizeof(info)};
    struct told told = {0};
    const struct cryptowatch_ask ask = asking(&told);
    char wanted[64];
    if (cryptowatch_index_info(index, &info) != CRYPTOWATCH_INDEX_OK) {
        stage->wrong++;
    }
    (void)snprintf(wanted, sizeof(wanted), "case/case two/%llu",
                   (unsigned long long)info.generation);
    if (ask_text(index, CASE, &ask, NULL) != CRYPTOWATCH_LISTED || strcmp(told.ids, wanted) != 0 ||
        cryptowatch_index_may_hold_text(index, EVM, strlen(EVM)) != 1) {
        stage->wrong++;
    }
    stage->asked++;
    cryptowatch_index_close(index);
}

static void *read_on(void *ctx)
{
    struct stage *stage = ctx;
    while (!stage->is_over) {
        read_once(stage);
    }
    return NULL;
}

static void *reload_on(void *ctx)
{
    struct stage *stage = ctx;
    while (!stage->is_over) {
        if (cryptowatch_follower_reload(stage->follower, NULL) != CRYPTOWATCH_INDEX_OK) {
            stage->wrong++;
        }
    }
    return NULL;
}

static void readers_see_one_generation_at_a_time(void)
{
    const struct folder folder = folder_make();
    struct stage stage = {.follower = NULL};
    pthread_t threads[READERS + 1];
    publish(&folder, &(struct world){.generation = 1, .entry_id = "1"});
    CU_ASSERT_EQUAL_FATAL(cryptowatch_follower_open(folder.path, &stage.follower),
                          CRYPTOWATCH_INDEX_OK);
    for (size_t i = 0; i < READERS; i++) {
        CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[i], NULL, read_on, &stage), 0);
    }
    CU_ASSERT_EQUAL_FATAL(pthread_create(&threads[READERS], NULL, reload_on, &stage), 0);
    for (uint64_t generation = 2; generation < 2 + GENERATIONS; generation++) {
        char entry_id[24];
        (void)snprintf(entry_id, sizeof(entry_id), "%llu", (unsigned long long)generation);
        publish(&folder, &(struct world){.generation = generation, .entry_id = entry_id});
    }
    stage.is_over = true;
    for (size_t i = 0; i < READERS + 1; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    CU_ASSERT(stage.asked > 0);
    CU_ASSERT_EQUAL(stage.wrong, 0);
    CU_ASSERT_EQUAL(cryptowatch_follower_reload(stage.follower, NULL), CRYPTOWATCH_INDEX_OK);
    struct cryptowatch_index *index = cryptowatch_follower_take(stage.follower);
    struct cryptowatch_index_info info = {.size = sizeof(info)};
    CU_ASSERT_EQUAL(cryptowatch_index_info(index, &info), CRYPTOWATCH_INDEX_OK);
    CU_ASSERT_EQUAL(info.generation, GENERATIONS + 1);
    cryptowatch_index_close(index);
    cryptowatch_follower_close(stage.follower);
    folder_drop(&folder);
}

static const struct cw_test tests[] = {
    {"gives the verdict of check, without allocating", gives_the_verdict_of_check},
    {"says clear only on complete lists", says_clear_only_on_complete_lists},
    {"digits that a list could not use are never clear",
     digits_that_a_list_could_not_use_are_never_clear},
    {"a file alone never says clear", a_file_alone_never_says_clear},
    {"refuses sizes it does not know", refuses_sizes_it_does_not_know},
    {"a callback ends a question", a_callback_ends_a_question},
    {"opens only what is an index", opens_only_what_is_an_index},
    {"may-hold never misses what find finds", may_hold_never_misses},
    {"may-hold rules most accounts out", may_hold_rules_most_out},
    {"screens a document cut anywhere, without allocating", screens_a_document_cut_anywhere},
    {"screens only with a whole filter", screens_only_with_a_whole_filter},
    {"a reload puts the newest in force", a_reload_puts_the_newest_in_force},
    {"readers see one generation at a time", readers_see_one_generation_at_a_time},
};

int main(void)
{
    const bool is_ready =
        cryptowatch_init() == CRYPTOWATCH_INIT_OK && cw_hash_selftest(NULL) == CW_OK;
    return is_ready ? cw_run_suite("library_index", tests, CW_COUNT(tests)) : 2;
}
