#include "feed/feed_file.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "json/json_locate.h"
#include "json/json_names.h"
#include "json/json_url.h"

enum {
    TEXT_BYTES_MAX = 200,
    NOTE_BYTES_MAX = 500,
    PATH_BYTES_MAX = 4096,
    REDIRECT_HOSTS_MAX = 16,
    OPTION_NAME_BYTES_MAX = 64,
    OPTION_VALUE_BYTES_MAX = 1024,
    ARENA_BYTES_MAX = 32 << 20,
};

#define MINUTE_S      INT64_C(60)
#define DAY_S         INT64_C(86400)
#define EVERY_MAX_S   (365 * DAY_S)
#define TIMEOUT_MAX_S (120 * MINUTE_S)

/* The documents stay open as long as the set: strings of a feed point into them. */
struct cw_feeds {
    struct cw_arena *arena;
    struct cw_feed *items;
    struct cw_json_file **files;
    size_t count;
    size_t files_count;
};

/* What the table of fields fills; what is not yet a field of struct cw_feed stands after it. */
struct draft {
    struct cw_feed feed;
    int format;
    const char *headers_file;
    const char *ca_file;
    const json_t *format_options;
    const json_t *redirect_hosts;
};

/* What goes with the reading of one file. */
struct reading {
    struct cw_feeds *feeds;
    const struct cw_json_file *file;
    const char *const *allow_hosts;
    struct cw_mistakes *mistakes;
};

static const char *const meanings[] = {
    "sanction", "seizure", "law-enforcement", "victim", "research", "label", NULL,
};

/* Names only: main never links a parser of foreign bytes (design.md section 5a). */
static const char *const formats[] = {
#define CW_FEED_FORMAT(id, name, title, ends) name,
#include "feed/formats.def"
#undef CW_FEED_FORMAT
    NULL,
};

#define AT(member)                offsetof(struct draft, member)
#define TEXT(n, most)             .name = (n), .type = CW_FIELD_STRING, .min = 1, .max = (most)
#define SPAN_OF_TIME(n, from, to) .name = (n), .type = CW_FIELD_DURATION, .min = (from), .max = (to)
#define NUMBER(n, from, to)       .name = (n), .type = CW_FIELD_INTEGER, .min = (from), .max = (to)

static const struct cw_field fields[] = {
    {TEXT("id", 0), .is_required = true, .offset = AT(feed.id)},
    {TEXT("title", TEXT_BYTES_MAX), .is_required = true, .offset = AT(feed.title)},
    {TEXT("publisher", TEXT_BYTES_MAX), .is_required = true, .offset = AT(feed.publisher)},
    {TEXT("homepage", CW_HTTP_URL_MAX), .offset = AT(feed.homepage)},
    {TEXT("licence", TEXT_BYTES_MAX), .is_required = true, .offset = AT(feed.licence)},
    {"meaning", CW_FIELD_CHOICE, .is_required = true, .choices = meanings,
     .offset = AT(feed.meaning)},
    {NUMBER("confidence", 0, 100), .offset = AT(feed.confidence)},
    {TEXT("url", CW_HTTP_URL_MAX), .is_required = true, .offset = AT(feed.url)},
    {"format", CW_FIELD_CHOICE, .is_required = true, .choices = formats, .offset = AT(format)},
    {"format_options", CW_FIELD_OBJECT, .offset = AT(format_options)},
    {TEXT("user_agent", TEXT_BYTES_MAX), .offset = AT(feed.user_agent)},
    {TEXT("headers_file", PATH_BYTES_MAX), .offset = AT(headers_file)},
    {SPAN_OF_TIME("every", MINUTE_S, EVERY_MAX_S), .offset = AT(feed.every_s)},
    {SPAN_OF_TIME("stale_after", MINUTE_S, 0), .offset = AT(feed.stale_after_s)},
    {TEXT("ca_file", PATH_BYTES_MAX), .offset = AT(ca_file)},
    {"redirect_hosts", CW_FIELD_ARRAY, .max = REDIRECT_HOSTS_MAX, .offset = AT(redirect_hosts)},
    {SPAN_OF_TIME("timeout", 1, TIMEOUT_MAX_S), .offset = AT(feed.timeout_s)},
    {NUMBER("bytes_max", 1, (int64_t)CW_FEED_BODY_HARD_MAX), .offset = AT(feed.bytes_max)},
    {NUMBER("entries_min", 0, CW_FEED_ENTRIES_MAX), .offset = AT(feed.entries_min)},
    {NUMBER("tags_min", 0, CW_FEED_TAGS_MIN_MAX), .offset = AT(feed.tags_min)},
    {NUMBER("removed_max_percent", 0, 100), .offset = AT(feed.removed_max_percent)},
    {NUMBER("unusable_max_percent", 0, 100), .offset = AT(feed.unusable_max_percent)},
    {"release_by_itself", CW_FIELD_BOOL, .offset = AT(feed.release_by_itself)},
    {SPAN_OF_TIME("max_stale", MINUTE_S, 0), .offset = AT(feed.max_stale_s)},
    {"enabled", CW_FIELD_BOOL, .offset = AT(feed.enabled)},
    {TEXT("note", NOTE_BYTES_MAX), .offset = AT(feed.note)},
};

static const struct draft defaults = {
    .feed = {.id = "",
             .title = "",
             .publisher = "",
             .homepage = "",
             .licence = "",
             .meaning = CW_MEANING_LABEL,
             .confidence = 50,
             .url = "",
             .format = "",
             .user_agent = "",
             .note = "",
             .every_s = DAY_S,
             .timeout_s = CW_HTTP_TOTAL_MS / 1000,
             .bytes_max = CW_FEED_BODY_MAX,
             .entries_min = 1,
             .removed_max_percent = 15,
             .unusable_max_percent = 20,
             .release_by_itself = true,
             .enabled = true},
    .format = -1,
    .headers_file = "",
    .ca_file = "",
};

static void refuse(const struct reading *reading, const char *pointer, const char *why)
{
    cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, pointer, "%s", why);
}

/* Refuses an order in time that was written; a default gives way to what was written. */
static void settle_times(const struct reading *reading, struct cw_feed *feed)
{
    if (feed->stale_after_s == 0) {
        feed->stale_after_s = feed->every_s > DAY_S ? 3 * feed->every_s : 3 * DAY_S;
    } else if (feed->stale_after_s < feed->every_s) {
        refuse(reading, "/stale_after", "is shorter than every: the list would always be stale");
    }
    if (feed->max_stale_s == 0) {
        feed->max_stale_s = feed->stale_after_s > 14 * DAY_S ? feed->stale_after_s : 14 * DAY_S;
    } else if (feed->max_stale_s < feed->stale_after_s) {
        refuse(reading, "/max_stale",
               "is shorter than stale_after: nobody would be warned before answers stop");
    }
}

static enum cw_status settle_url(const struct reading *reading, struct cw_feed *feed)
{
    const struct cw_span text = cw_span_cstr(feed->url);
    struct cw_json_url url = {.scheme = CW_JSON_URL_HTTPS};
    if (text.len == 0) {
        return CW_OK; /* missing or of a wrong type: said already */
    }
    const char *why = cw_json_url_read(text, &url);
    if (why == NULL && url.scheme != CW_JSON_URL_FILE) {
        why = cw_json_url_read_web(text, reading->allow_hosts, &url);
    }
    if (why != NULL) {
        refuse(reading, "/url", why);
        return CW_OK;
    }
    if (url.scheme == CW_JSON_URL_FILE) {
        feed->path = cw_json_path(reading->file, url.path, reading->feeds->arena);
        return feed->path == NULL ? CW_NOMEM : CW_OK;
    }
    return CW_OK;
}

static void check_homepage(const struct reading *reading, const struct cw_feed *feed)
{
    struct cw_json_url url = {.scheme = CW_JSON_URL_HTTPS};
    if (feed->homepage[0] == '\0') {
        return;
    }
    const char *why = cw_json_url_read(cw_span_cstr(feed->homepage), &url);
    if (why != NULL) {
        refuse(reading, "/homepage", why);
    } else if (url.scheme == CW_JSON_URL_FILE) {
        refuse(reading, "/homepage", "must start with https:// or http://");
    }
}

/* HTTP field values are ASCII; the reader has refused control characters already. */
static void check_user_agent(const struct reading *reading, const struct cw_feed *feed)
{
    for (const char *c = feed->user_agent; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~') {
            refuse(reading, "/user_agent", "must be ASCII");
            return;
        }
    }
}

static bool is_redirect_host(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != cw_ascii_lower(text.data[i]) || text.data[i] == ':') {
            return false;
        }
    }
    return cw_json_host_is_valid(text);
}

static enum cw_status settle_hosts(const struct reading *reading, const struct draft *draft,
                                   struct cw_feed *feed, struct cw_error *err)
{
    const struct cw_json_strings strings = {
        .array = draft->redirect_hosts,
        .pointer = "/redirect_hosts",
        .bytes_max = 253,
        .is_good = is_redirect_host,
        .expected = "a host name in lower case, without scheme, port and path,",
    };
    return cw_json_read_strings(reading->file, &strings, reading->feeds->arena, reading->mistakes,
                                &feed->redirect_hosts, err);
}

static void add_option(const struct reading *reading, struct cw_feed *feed, const char *name,
                       const json_t *value)
{
    char pointer[256] = "/format_options";
    const size_t len = strlen(pointer);
    cw_json_pointer_token(pointer + len, sizeof(pointer) - len, name);
    const struct cw_span key = cw_span_cstr(name);
    const char *text = json_string_value(value);
    if (key.len == 0 || key.len > OPTION_NAME_BYTES_MAX || !cw_text_is_printable(key)) {
        refuse(reading, pointer, "the name of an option is 1 to 64 printable bytes");
        return;
    }
    if (text == NULL) {
        refuse(reading, pointer, "a string is expected here");
        return;
    }
    const struct cw_span span = {text, json_string_length(value)};
    if (span.len == 0 || span.len > OPTION_VALUE_BYTES_MAX || !cw_text_is_printable(span)) {
        refuse(reading, pointer, "must be 1 to 1024 bytes of plain text on one line");
        return;
    }
    feed->options[feed->options_count++] = (struct cw_format_option){key, span};
}

static void settle_options(const struct reading *reading, const struct draft *draft,
                           struct cw_feed *feed)
{
    if (json_object_size(draft->format_options) > CW_FORMAT_OPTIONS_MAX) {
        refuse(reading, "/format_options", "has more than 32 members");
        return;
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(cw_json_iterable(draft->format_options), name, value)
    {
        add_option(reading, feed, name, value);
    }
}

static enum cw_status settle_paths(const struct reading *reading, const struct draft *draft,
                                   struct cw_feed *feed)
{
    struct cw_arena *arena = reading->feeds->arena;
    feed->headers_file = cw_json_path(reading->file, cw_span_cstr(draft->headers_file), arena);
    feed->ca_file = cw_json_path(reading->file, cw_span_cstr(draft->ca_file), arena);
    return feed->headers_file == NULL || feed->ca_file == NULL ? CW_NOMEM : CW_OK;
}

static enum cw_status read_feed(const struct reading *reading, struct cw_error *err)
{
    struct cw_feeds *feeds = reading->feeds;
    struct draft draft = defaults;
    (void)cw_json_read_object(reading->file, cw_json_file_root(reading->file), "",
                              CW_FIELDS(fields), &draft, reading->mistakes);
    struct cw_feed *feed = &draft.feed;
    const bool is_listed =
        feed->id[0] != '\0' &&
        cw_json_check_file_id(reading->file, feed->id, CW_JSON_ID_LOWER, reading->mistakes);
    feed->format = draft.format < 0 ? "" : formats[draft.format];
    feed->sha256 = cw_json_file_sha256(reading->file);
    settle_times(reading, feed);
    check_homepage(reading, feed);
    check_user_agent(reading, feed);
    settle_options(reading, &draft, feed);
    if (settle_url(reading, feed) != CW_OK || settle_paths(reading, &draft, feed) != CW_OK ||
        settle_hosts(reading, &draft, feed, err) != CW_OK) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory",
                            cw_json_file_path(reading->file));
    }
    if (is_listed) {
        feeds->items[feeds->count++] = *feed;
    }
    return CW_OK;
}

static struct cw_feeds *feeds_new(size_t files_max)
{
    struct cw_feeds *feeds = calloc(1, sizeof(*feeds));
    if (feeds == NULL) {
        return NULL;
    }
    feeds->arena = cw_arena_new(ARENA_BYTES_MAX);
    feeds->items = calloc(files_max + 1, sizeof(*feeds->items));
    feeds->files = calloc(files_max + 1, sizeof(struct cw_json_file *));
    if (feeds->arena == NULL || feeds->items == NULL || feeds->files == NULL) {
        cw_feeds_free(feeds);
        return NULL;
    }
    return feeds;
}

/* The set keeps the document; a file that could not be parsed leaves none. */
static enum cw_status keep_and_read(struct reading *reading, struct cw_json_file *file,
                                    struct cw_error *err)
{
    if (file == NULL) {
        return CW_OK;
    }
    reading->feeds->files[reading->feeds->files_count++] = file;
    reading->file = file;
    return read_feed(reading, err);
}

static enum cw_status read_names(struct reading *reading, const char *folder, char **names,
                                 size_t count, struct cw_error *err)
{
    for (size_t i = 0; i < count; i++) {
        char *path = cw_path_join(folder, names[i]);
        if (path == NULL) {
            return cw_error_set(err, CW_NOMEM, "%s: not enough memory", folder);
        }
        struct cw_json_file *file = NULL;
        enum cw_status status =
            cw_json_file_open(path, CW_CONFIG_BYTES_MAX, reading->mistakes, &file, err);
        free(path);
        if (status == CW_OK) {
            status = keep_and_read(reading, file, err);
        }
        if (status != CW_OK) {
            return status;
        }
    }
    return CW_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct cw_feed *left = a;
    const struct cw_feed *right = b;
    return strcmp(left->id, right->id);
}

enum cw_status cw_feeds_load(const char *folder, const char *const *allow_hosts,
                             struct cw_mistakes *mistakes, struct cw_feeds **ret,
                             struct cw_error *err)
{
    CW_ASSERT(folder != NULL);
    CW_ASSERT(mistakes != NULL);
    char **names = NULL;
    size_t count = 0;
    enum cw_status status = cw_dir_list(folder, ".json", &names, &count, err);
    if (status != CW_OK) {
        return status;
    }
    (void)cw_json_check_mode(folder, mistakes);
    if (count > CW_FEEDS_MAX) {
        cw_mistakes_add(mistakes, CW_MISTAKE_ERROR, (struct cw_mistake_place){folder, 0, 0, ""},
                        "holds %zu feed files; at most %u are allowed", count, CW_FEEDS_MAX);
        count = CW_FEEDS_MAX;
    }
    struct cw_feeds *feeds = feeds_new(count);
    struct reading reading = {.feeds = feeds, .allow_hosts = allow_hosts, .mistakes = mistakes};
    status = feeds == NULL ? cw_error_set(err, CW_NOMEM, "%s: not enough memory", folder)
                           : read_names(&reading, folder, names, count, err);
    cw_names_free(names);
    if (status != CW_OK) {
        cw_feeds_free(feeds);
        return status;
    }
    qsort(feeds->items, feeds->count, sizeof(*feeds->items), by_id);
    *ret = feeds;
    return CW_OK;
}

enum cw_status cw_feeds_from(struct cw_span text, const char *path, const char *const *allow_hosts,
                             struct cw_mistakes *mistakes, struct cw_feeds **ret,
                             struct cw_error *err)
{
    struct cw_feeds *feeds = feeds_new(1);
    if (feeds == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory", path);
    }
    struct reading reading = {.feeds = feeds, .allow_hosts = allow_hosts, .mistakes = mistakes};
    struct cw_json_file *file = NULL;
    enum cw_status status = cw_json_file_from(text, path, mistakes, &file, err);
    if (status == CW_OK) {
        status = keep_and_read(&reading, file, err);
    }
    if (status != CW_OK) {
        cw_feeds_free(feeds);
        return status;
    }
    *ret = feeds;
    return CW_OK;
}

void cw_feeds_free(struct cw_feeds *feeds)
{
    if (feeds == NULL) {
        return;
    }
    for (size_t i = 0; i < feeds->files_count; i++) {
        cw_json_file_free(feeds->files[i]);
    }
    free(feeds->files);
    free(feeds->items);
    cw_arena_free(feeds->arena);
    free(feeds);
}

void cw_feeds_freep(struct cw_feeds **feeds)
{
    cw_feeds_free(*feeds);
    *feeds = NULL;
}

size_t cw_feeds_count(const struct cw_feeds *feeds)
{
    return feeds->count;
}

const struct cw_feed *cw_feeds_at(const struct cw_feeds *feeds, size_t index)
{
    CW_ASSERT(index < feeds->count);
    return &feeds->items[index];
}

const struct cw_feed *cw_feeds_find(const struct cw_feeds *feeds, struct cw_span id)
{
    for (size_t i = 0; i < feeds->count; i++) {
        if (cw_span_is(id, feeds->items[i].id)) {
            return &feeds->items[i];
        }
    }
    return NULL;
}

bool cw_feed_proves_end(const struct cw_feed *feed)
{
    enum { OPEN, PROVEN };
    static const int ends_of[] = {
#define CW_FEED_FORMAT(id, name, title, ends) ends,
#include "feed/formats.def"
#undef CW_FEED_FORMAT
    };
    for (size_t i = 0; formats[i] != NULL; i++) {
        if (strcmp(formats[i], feed->format) == 0) {
            return ends_of[i] == PROVEN;
        }
    }
    return false;
}

const char *cw_feed_meaning_name(int meaning)
{
    CW_ASSERT(meaning >= CW_MEANING_SANCTION);
    CW_ASSERT(meaning <= CW_MEANING_LABEL);
    return meanings[meaning];
}
