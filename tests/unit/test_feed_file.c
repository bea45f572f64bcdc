/* feeds/<id>.json: what describes a list, what is refused, and that the shipped ones are right. */
#include "mistake_cases.h"

#include "base/limits.h"
#include "feed/feed_file.h"

static const char *const allowed[] = {"lab.example", "::1", NULL};

static const char smallest[] =
    "{\"id\":\"%s\",\"title\":\"T\",\"publisher\":\"P\",\"licence\":\"L\",\"meaning\":\"label\","
    "\"url\":\"https://example.org/\",\"format\":\"lines\"%s}";

static void load_case(const char *folder, struct cw_mistakes *mistakes)
{
    CW_CLEANUP(cw_feeds_freep) struct cw_feeds *feeds = NULL;
    CU_ASSERT_EQUAL(cw_feeds_load(folder, allowed, mistakes, &feeds, NULL), CW_OK);
    CU_ASSERT_PTR_NOT_NULL(feeds);
}

static void refuses_every_invalid_case(void)
{
    cases_run(CW_FIXTURES "/feed_file/invalid", load_case, true, 67);
}

static void accepts_every_valid_case(void)
{
    cases_run(CW_FIXTURES "/feed_file/valid", load_case, false, 11);
}

static struct cw_feeds *load(const char *folder, size_t errors)
{
    struct cw_mistakes mistakes;
    struct cw_feeds *feeds = NULL;
    cw_mistakes_init(&mistakes);
    CU_ASSERT_EQUAL(cw_feeds_load(folder, NULL, &mistakes, &feeds, NULL), CW_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(feeds);
    for (size_t i = 0; i < mistakes.count && errors == 0; i++) {
        char line[1024];
        cw_mistake_format(&mistakes.items[i], line, sizeof(line));
        CW_CHECK(false, "%s", line);
    }
    CW_CHECK(mistakes.errors == errors, "%s: %zu errors", folder, mistakes.errors);
    cw_mistakes_clear(&mistakes);
    return feeds;
}

static void loads_the_shipped_feeds(void)
{
    struct cw_feeds *feeds = load(CW_SOURCE_DIR "/feeds", 0);
    CU_ASSERT(cw_feeds_count(feeds) >= 5);
    for (size_t i = 0; i < cw_feeds_count(feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(feeds, i);
        CU_ASSERT_PTR_EQUAL(cw_feeds_find(feeds, cw_span_cstr(feed->id)), feed);
        CW_CHECK(!feed->enabled || feed->path == NULL || access(feed->path, R_OK) == 0, "%s: %s",
                 feed->id, feed->path);
    }
    cw_feeds_free(feeds);
}

static void reads_every_member(void)
{
    struct cw_feeds *feeds = load(CW_FIXTURES "/feed_file/valid/everything", 0);
    const struct cw_feed *feed = cw_feeds_find(feeds, CW_SPAN("case"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(feed);
    CU_ASSERT_STRING_EQUAL(feed->title, "A list");
    CU_ASSERT_STRING_EQUAL(feed->publisher, "Example");
    CU_ASSERT_STRING_EQUAL(feed->homepage, "http://example.org");
    CU_ASSERT_STRING_EQUAL(feed->licence, "public domain");
    CU_ASSERT_EQUAL(feed->meaning, CW_MEANING_SANCTION);
    CU_ASSERT_EQUAL(feed->confidence, 95);
    CU_ASSERT_STRING_EQUAL(feed->url, "file:bundled/list.csv");
    CU_ASSERT_STRING_EQUAL(feed->path, CW_FIXTURES "/feed_file/valid/everything/bundled/list.csv");
    CU_ASSERT_STRING_EQUAL(feed->format, "csv");
    CU_ASSERT_EQUAL_FATAL(feed->options_count, 2);
    CU_ASSERT(cw_span_is(feed->options[0].name, "address_column"));
    CU_ASSERT(cw_span_is(feed->options[0].value, "Address"));
    CU_ASSERT(cw_span_is(feed->options[1].name, "tag_column"));
    CU_ASSERT_STRING_EQUAL(feed->user_agent, "test/1");
    CU_ASSERT_STRING_EQUAL(feed->headers_file,
                           CW_FIXTURES "/feed_file/valid/everything/secret/headers");
    CU_ASSERT_STRING_EQUAL(feed->ca_file, "/etc/ssl/own.pem");
    CU_ASSERT_STRING_EQUAL(feed->note, "Off.");
    CU_ASSERT_STRING_EQUAL(feed->redirect_hosts[0], "store.example");
    CU_ASSERT_PTR_NULL(feed->redirect_hosts[1]);
    CU_ASSERT_EQUAL(feed->every_s, 6 * 3600);
    CU_ASSERT_EQUAL(feed->stale_after_s, 3 * 86400);
    CU_ASSERT_EQUAL(feed->max_stale_s, 14 * 86400);
    CU_ASSERT_EQUAL(feed->timeout_s, 600);
    CU_ASSERT_EQUAL(feed->bytes_max, (int64_t)CW_FEED_BODY_HARD_MAX);
    CU_ASSERT_EQUAL(feed->entries_min, CW_FEED_ENTRIES_MAX);
    CU_ASSERT_EQUAL(feed->tags_min, CW_FEED_TAGS_MIN_MAX);
    CU_ASSERT_EQUAL(feed->removed_max_percent, 100);
    CU_ASSERT_EQUAL(feed->unusable_max_percent, 100);
    CU_ASSERT_FALSE(feed->release_by_itself);
    CU_ASSERT_FALSE(feed->enabled);
    CU_ASSERT_EQUAL(strlen(feed->sha256), 64);
    cw_feeds_free(feeds);
}

static void fills_in_defaults(void)
{
    struct cw_feeds *feeds = load(CW_FIXTURES "/feed_file/valid/smallest", 0);
    const struct cw_feed *feed = cw_feeds_at(feeds, 0);
    CU_ASSERT_EQUAL(feed->confidence, 50);
    CU_ASSERT_STRING_EQUAL(feed->homepage, "");
    CU_ASSERT_STRING_EQUAL(feed->user_agent, "");
    CU_ASSERT_STRING_EQUAL(feed->headers_file, "");
    CU_ASSERT_STRING_EQUAL(feed->ca_file, "");
    CU_ASSERT_STRING_EQUAL(feed->note, "");
    CU_ASSERT_PTR_NULL(feed->path);
    CU_ASSERT_PTR_NULL(feed->redirect_hosts[0]);
    CU_ASSERT_EQUAL(feed->options_count, 0);
    CU_ASSERT_EQUAL(feed->every_s, 86400);
    CU_ASSERT_EQUAL(feed->stale_after_s, 3 * 86400);
    CU_ASSERT_EQUAL(feed->max_stale_s, 14 * 86400);
    CU_ASSERT_EQUAL(feed->timeout_s, 900);
    CU_ASSERT_EQUAL(feed->bytes_max, (int64_t)CW_FEED_BODY_MAX);
    CU_ASSERT_EQUAL(feed->entries_min, 1);
    CU_ASSERT_EQUAL(feed->tags_min, 0);
    CU_ASSERT_EQUAL(feed->removed_max_percent, 15);
    CU_ASSERT_EQUAL(feed->unusable_max_percent, 20);
    CU_ASSERT_TRUE(feed->release_by_itself);
    CU_ASSERT(feed->enabled);
    cw_feeds_free(feeds);
}

static void gives_a_slow_list_time_before_it_is_stale(void)
{
    struct cw_feeds *feeds = load(CW_FIXTURES "/feed_file/valid/slow-list", 0);
    const struct cw_feed *feed = cw_feeds_at(feeds, 0);
    CU_ASSERT_EQUAL(feed->every_s, 30 * 86400);
    CU_ASSERT_EQUAL(feed->stale_after_s, 90 * 86400);
    CU_ASSERT_EQUAL(feed->max_stale_s, 90 * 86400);
    cw_feeds_free(feeds);
}

static void shows_what_was_readable_beside_what_was_not(void)
{
    struct cw_feeds *feeds =
        load(CW_FIXTURES "/feed_file/invalid/syntax-error-does-not-hide-others", 2);
    CU_ASSERT_EQUAL_FATAL(cw_feeds_count(feeds), 1);
    CU_ASSERT_STRING_EQUAL(cw_feeds_at(feeds, 0)->id, "b");
    CU_ASSERT_PTR_NULL(cw_feeds_find(feeds, CW_SPAN("a")));
    cw_feeds_free(feeds);
}

static void put_feed(const char *folder, const char *id, const char *more, mode_t mode)
{
    char name[64];
    char text[512];
    (void)snprintf(name, sizeof(name), "%s.json", id);
    const int len = snprintf(text, sizeof(text), smallest, id, more);
    temp_put(folder, name, cw_span_make(text, (size_t)len), mode);
}

static void sorts_by_id_not_by_file_name(void)
{
    char folder[256];
    temp_make(folder);
    put_feed(folder, "a-b", "", 0644); /* "a-b.json" sorts before "a.json" */
    put_feed(folder, "a", "", 0644);
    struct cw_feeds *feeds = load(folder, 0);
    CU_ASSERT_STRING_EQUAL(cw_feeds_at(feeds, 0)->id, "a");
    CU_ASSERT_STRING_EQUAL(cw_feeds_at(feeds, 1)->id, "a-b");
    cw_feeds_free(feeds);
    temp_remove(folder);
}

static void refuses_what_everybody_may_write(void)
{
    char folder[256];
    temp_make(folder);
    put_feed(folder, "a", "", 0666);
    cw_feeds_free(load(folder, 1));
    put_feed(folder, "a", "", 0644);
    CU_ASSERT_EQUAL(chmod(folder, 0777), 0);
    cw_feeds_free(load(folder, 1));
    temp_remove(folder);
}

static void accepts_256_feeds_and_refuses_257(void)
{
    char folder[256];
    temp_make(folder);
    for (unsigned i = 0; i < CW_FEEDS_MAX; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "f%u", i);
        put_feed(folder, id, "", 0644);
    }
    struct cw_feeds *feeds = load(folder, 0);
    CU_ASSERT_EQUAL(cw_feeds_count(feeds), CW_FEEDS_MAX);
    cw_feeds_free(feeds);
    put_feed(folder, "one-more", "", 0644);
    cw_feeds_free(load(folder, 1));
    temp_remove(folder);
}

static void bounds_the_size_of_a_feed_file(void)
{
    char folder[256];
    struct cw_buf text;
    temp_make(folder);
    cw_buf_init(&text, CW_CONFIG_BYTES_MAX + 1);
    cw_buf_printf(&text, smallest, "a", "");
    while (text.len < CW_CONFIG_BYTES_MAX) {
        cw_buf_char(&text, ' ');
    }
    temp_put(folder, "a.json", cw_buf_as_span(&text), 0644);
    cw_feeds_free(load(folder, 0));
    cw_buf_char(&text, ' ');
    temp_put(folder, "a.json", cw_buf_as_span(&text), 0644);
    cw_feeds_free(load(folder, 1));
    cw_buf_clear(&text);
    temp_remove(folder);
}

static void reports_a_missing_folder(void)
{
    struct cw_mistakes mistakes;
    struct cw_feeds *feeds = NULL;
    cw_mistakes_init(&mistakes);
    CU_ASSERT_EQUAL(cw_feeds_load("/nonexistent/feeds", NULL, &mistakes, &feeds, NULL),
                    CW_NOT_FOUND);
    CU_ASSERT_PTR_NULL(feeds);
    cw_mistakes_clear(&mistakes);
}

static void names_every_meaning(void)
{
    static const char *const names[] = {"sanction", "seizure",  "law-enforcement",
                                        "victim",   "research", "label"};
    for (int i = 0; i < (int)CW_COUNT(names); i++) {
        CU_ASSERT_STRING_EQUAL(cw_feed_meaning_name(i), names[i]);
    }
}

static const struct cw_test tests[] = {
    {"refuses every invalid case with its words and place", refuses_every_invalid_case},
    {"accepts every valid case without a word", accepts_every_valid_case},
    {"loads the shipped feeds without a mistake", loads_the_shipped_feeds},
    {"reads every member", reads_every_member},
    {"fills in defaults", fills_in_defaults},
    {"gives a slow list time before it is stale", gives_a_slow_list_time_before_it_is_stale},
    {"shows what was readable beside what was not", shows_what_was_readable_beside_what_was_not},
    {"sorts by id, not by file name", sorts_by_id_not_by_file_name},
    {"refuses a feed file or folder that everybody may write", refuses_what_everybody_may_write},
    {"accepts 256 feeds and refuses 257", accepts_256_feeds_and_refuses_257},
    {"bounds the size of a feed file", bounds_the_size_of_a_feed_file},
    {"reports a missing folder", reports_a_missing_folder},
    {"names every meaning", names_every_meaning},
};

int main(void)
{
    return cw_run_suite("feed_file", tests, CW_COUNT(tests));
}
