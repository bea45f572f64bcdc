#include "address/reserved.h"
#include "base/datetime.h"
#include "base/shell.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/feed_parse.h"
#include "cli/tone.h"
#include "doctor/feed_health.h"

enum { BELOW = 4, ON_COLUMNS = 3, MEANING_COLUMNS = 15, CONDITION_COLUMNS = 7 };
enum { PARTS_BYTES_MAX = 1 << 20 };

/* ---- list and status ------------------------------------------------------------------------ */

/* Of the longest id. */
static int id_columns(const struct cw_home *home)
{
    int columns = 0;
    for (size_t i = 0; i < cw_feeds_count(home->feeds); i++) {
        const int len = (int)strlen(cw_feeds_at(home->feeds, i)->id);
        columns = len > columns ? len : columns;
    }
    return columns;
}

/* A line below the row of its feed; nothing when there is nothing to say. */
static void print_below(const struct cw_cli *cli, const char *begin, const char *text)
{
    struct cw_buf line;
    cw_buf_init(&line, PARTS_BYTES_MAX);
    cw_buf_printf(&line, "%*s%s", BELOW, "", begin);
    cw_cli_complete(cli, cw_span_cstr(text), &line);
    if (text[0] != '\0') {
        cw_cli_text(cli, (struct cw_line){0, BELOW + 2}, &line);
    }
    cw_buf_clear(&line);
}

/* "unusable: position: value: why" below the row of its feed; a part may hold any byte. */
static void print_parts(const struct cw_cli *cli, const char *head, const struct cw_span *parts,
                        size_t count)
{
    struct cw_buf text;
    cw_buf_init(&text, PARTS_BYTES_MAX);
    cw_buf_printf(&text, "%*s%s", BELOW, "", head);
    for (size_t i = 0; i < count; i++) {
        cw_buf_str(&text, ": ");
        cw_buf_span(&text, parts[i]);
    }
    cw_cli_text(cli, (struct cw_line){0, BELOW + 2}, &text);
    cw_buf_clear(&text);
}

static void list(const struct cw_cli *cli, const struct cw_home *home)
{
    const int wide = id_columns(home);
    for (size_t i = 0; i < cw_feeds_count(home->feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(home->feeds, i);
        if (cli->is_json) {
            cw_cli_json(json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:b}", "id", feed->id, "title",
                                  cw_json_text(cw_span_cstr(feed->title)), "publisher",
                                  cw_json_text(cw_span_cstr(feed->publisher)), "meaning",
                                  cw_feed_meaning_name(feed->meaning), "format", feed->format,
                                  "url", feed->url, "enabled", feed->enabled ? 1 : 0));
            continue;
        }
        (void)printf("%-*s %-*s %-*s ", wide, feed->id, ON_COLUMNS, feed->enabled ? "on" : "off",
                     MEANING_COLUMNS, cw_feed_meaning_name(feed->meaning));
        cw_cli_cut(cli, (size_t)wide + ON_COLUMNS + MEANING_COLUMNS + 3, feed->title);
        print_below(cli, "", feed->enabled ? "" : feed->note);
    }
}

/* A list, what the last scan left of it, and how that looks from today. */
struct looked {
    const struct cw_feed *feed;
    struct cw_feed_state state;
    struct cw_feed_health health;
    int id_columns; /* of its column in the table */
};

/* Listings in force on addresses that nobody holds: all are counted, the first are named. */
struct suspicious {
    const struct cw_cli *cli;
    json_t *first; /* NULL for text: they are printed as they come */
    uint64_t count;
};

enum { ENTRIES_NAMED = 10 };

static json_t *suspicious_json(struct cw_span canonical, struct cw_span value)
{
    const struct cw_reserved *reserved = cw_reserved_find(canonical);
    return json_pack("{s:o, s:o, s:s}", "canonical", cw_json_text(canonical), "value",
                     cw_json_text(value), "what",
                     reserved == NULL ? "an address nobody holds" : reserved->what);
}

static enum cw_status on_suspicious(void *ctx, struct cw_span canonical, struct cw_span value,
                                    CW_UNUSED struct cw_error *err)
{
    struct suspicious *suspicious = ctx;
    if (suspicious->count++ >= ENTRIES_NAMED) {
        return CW_OK;
    }
    json_t *one = suspicious_json(canonical, value);
    if (suspicious->first != NULL) {
        (void)json_array_append_new(suspicious->first, one);
        return CW_OK;
    }
    const char *what = json_string_value(json_object_get(one, "what"));
    const struct cw_span parts[] = {value, cw_span_cstr(what)};
    print_parts(suspicious->cli, "suspicious", parts, CW_COUNT(parts));
    json_decref(one);
    return CW_OK;
}

/* Entries that are no addresses. */
struct unusable {
    const struct cw_cli *cli;
    json_t *array; /* NULL for text: they are printed as they come */
};

static enum cw_status on_unusable(void *ctx, const struct cw_unusable *entry,
                                  CW_UNUSED struct cw_error *err)
{
    const struct unusable *unusable = ctx;
    if (unusable->array != NULL) {
        (void)json_array_append_new(
            unusable->array,
            json_pack("{s:o, s:o, s:o}", "position", cw_json_text(entry->position), "value",
                      cw_json_text(entry->value), "error", cw_json_text(entry->error)));
        return CW_OK;
    }
    const struct cw_span parts[] = {entry->position, entry->value, entry->error};
    print_parts(unusable->cli, "unusable", parts, CW_COUNT(parts));
    return CW_OK;
}

/* With the way to this home, when it was given. */
static void write_command(const struct cw_cli *cli, const char *command, struct cw_buf *ret)
{
    cw_buf_init(ret, PARTS_BYTES_MAX);
    cw_buf_printf(ret, "cryptowatch %s", command);
    cw_shell_config(ret, cli->config_path);
}

static json_t *command_json(const struct cw_cli *cli, const char *command)
{
    struct cw_buf text;
    write_command(cli, command, &text);
    json_t *value = command[0] == '\0' || text.failed != CW_OK
                        ? json_null()
                        : cw_json_text(cw_buf_as_span(&text));
    cw_buf_clear(&text);
    return value;
}

static json_t *sentence_json(const struct cw_cli *cli, const char *sentence)
{
    struct cw_buf text;
    cw_buf_init(&text, PARTS_BYTES_MAX);
    cw_shell_complete(&text, cw_span_cstr(sentence), cli->config_path);
    json_t *value =
        cw_json_text(text.failed == CW_OK ? cw_buf_as_span(&text) : cw_span_cstr(sentence));
    cw_buf_clear(&text);
    return value;
}

/* What is wrong, since when, what counts meanwhile, and what to type. */
static void add_health(const struct cw_cli *cli, json_t *object, const struct looked *looked)
{
    const struct cw_feed_state *state = &looked->state;
    const struct cw_feed_health *health = &looked->health;
    (void)json_object_set_new(object, "since", cw_json_time(health->since_s));
    (void)json_object_set_new(object, "why", sentence_json(cli, health->why));
    (void)json_object_set_new(object, "in_force", cw_json_text(cw_span_cstr(health->in_force)));
    (void)json_object_set_new(object, "advice", sentence_json(cli, health->advice));
    (void)json_object_set_new(object, "command", command_json(cli, health->command));
    (void)json_object_set_new(object, "not_before", cw_json_time(state->not_before_s));
}

static enum cw_status print_status_json(const struct cw_cli *cli, const struct looked *looked,
                                        struct cw_store *store, struct cw_error *err)
{
    const struct cw_feed *feed = looked->feed;
    const struct cw_feed_state *state = &looked->state;
    struct suspicious suspicious = {.first = json_array()};
    struct unusable unusable = {.cli = cli, .array = json_array()};
    enum cw_status status =
        store == NULL ? CW_OK
                      : cw_store_suspicious(store, feed->id, on_suspicious, &suspicious, err);
    if (status == CW_OK && store != NULL) {
        status = cw_store_unusable(store, feed->id, ENTRIES_NAMED, on_unusable, &unusable, err);
    }
    json_t *object = json_pack(
        "{s:s, s:s, s:b, s:o, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:o, s:s, s:I, s:o, s:o}",
        "id", feed->id, "status", cw_feed_condition_name(looked->health.condition), "enabled",
        feed->enabled ? 1 : 0, "retrieved_at", cw_json_time(state->retrieved_at_s), "attempted_at",
        cw_json_time(state->attempted_at_s), "published", state->published, "snapshot_sha256",
        state->snapshot_sha256, "entries", (json_int_t)state->entries, "listings",
        (json_int_t)state->listings, "unusable", (json_int_t)state->unusable, "failures",
        (json_int_t)state->failures, "error_code", state->error_code, "error",
        cw_json_text(cw_span_cstr(state->error_text)), "held_sha256", state->held_sha256,
        "suspicious", (json_int_t)suspicious.count, "suspicious_entries", suspicious.first,
        "unusable_entries", unusable.array);
    add_health(cli, object, looked);
    cw_cli_json(object);
    return status;
}

static void print_command(const struct cw_cli *cli, const char *begin, const char *command)
{
    struct cw_buf text;
    write_command(cli, command, &text);
    if (command[0] != '\0' && text.failed == CW_OK) {
        (void)printf("%*s%s", BELOW, "", begin);
        cw_cli_print(cw_buf_as_span(&text)); /* to be copied: never wrapped */
        (void)printf("\n");
    }
    cw_buf_clear(&text);
}

static void print_health(const struct cw_cli *cli, const struct cw_feed_health *health)
{
    if (health->condition == CW_CONDITION_GOOD) {
        return;
    }
    print_below(cli, "", health->why);
    if (health->since_s > 0) {
        char since[CW_TIME_TEXT_BYTES];
        cw_time_format(health->since_s, since);
        print_below(cli, "since ", since);
    }
    print_below(cli, "", health->in_force);
    print_below(cli, "", health->advice);
    print_command(cli, "look: ", health->look);
    print_command(cli, "type: ", health->command);
}

static void print_condition(const struct cw_cli *cli, const struct cw_feed *feed,
                            enum cw_feed_condition condition)
{
    static const enum cw_tone tones[] = {
        [CW_CONDITION_GOOD] = CW_TONE_PLAIN,    [CW_CONDITION_NEVER] = CW_TONE_UNKNOWN,
        [CW_CONDITION_FAILED] = CW_TONE_NOTICE, [CW_CONDITION_HELD] = CW_TONE_NOTICE,
        [CW_CONDITION_STALE] = CW_TONE_ALARM,
    };
    if (feed->enabled) {
        cw_tone_print(cli, tones[condition], cw_feed_condition_name(condition), CONDITION_COLUMNS);
    } else {
        cw_tone_print(cli, CW_TONE_PLAIN, "off", CONDITION_COLUMNS);
    }
}

static enum cw_status print_status(const struct cw_cli *cli, const struct looked *looked,
                                   struct cw_store *store, struct cw_error *err)
{
    const struct cw_feed *feed = looked->feed;
    const struct cw_feed_state *state = &looked->state;
    struct suspicious suspicious = {.cli = cli};
    struct unusable unusable = {.cli = cli};
    char age[32] = "never read";
    if (state->retrieved_at_s > 0) {
        const int64_t age_s = cw_clock_now_s(&cli->clock) - state->retrieved_at_s;
        cw_age_format(age_s > 0 ? age_s : 0, age, sizeof(age));
    }
    (void)printf("%-*s ", looked->id_columns, feed->id);
    print_condition(cli, feed, looked->health.condition);
    (void)printf(" %-12s %7llu listings %4llu unusable\n", age, (unsigned long long)state->listings,
                 (unsigned long long)state->unusable);
    if (feed->enabled) {
        print_health(cli, &looked->health);
    }
    if (store == NULL) {
        return CW_OK;
    }
    const enum cw_status status =
        cw_store_suspicious(store, feed->id, on_suspicious, &suspicious, err);
    if (suspicious.count > ENTRIES_NAMED) {
        (void)printf("%*ssuspicious: %llu in all\n", BELOW, "",
                     (unsigned long long)suspicious.count);
    }
    return status == CW_OK
               ? cw_store_unusable(store, feed->id, ENTRIES_NAMED, on_unusable, &unusable, err)
               : status;
}

static enum cw_status status_of_all(const struct cw_cli *cli, const struct cw_home *home,
                                    bool *ret_is_partial, struct cw_error *err)
{
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    enum cw_status status = cw_store_open(home->config->state_dir, CW_STORE_READ, &store, err);
    if (status == CW_NOT_FOUND) {
        cw_error_clear(err);
        cw_cli_say(cli, "no scan was ever run here: `cryptowatch scan`");
        status = CW_OK;
    }
    const int wide = id_columns(home);
    for (size_t i = 0; status == CW_OK && i < cw_feeds_count(home->feeds); i++) {
        struct looked looked = {.feed = cw_feeds_at(home->feeds, i), .id_columns = wide};
        if (store != NULL) {
            status = cw_store_feed_get(store, looked.feed->id, &looked.state, err);
        }
        if (status != CW_OK) {
            break;
        }
        cw_feed_health_of(looked.feed, &looked.state, home->snapshots_dir,
                          cw_clock_now_s(&cli->clock), &looked.health);
        status = cli->is_json ? print_status_json(cli, &looked, store, err)
                              : print_status(cli, &looked, store, err);
        *ret_is_partial |= looked.feed->enabled && looked.health.condition != CW_CONDITION_GOOD;
    }
    return status;
}

/* ---- accept --------------------------------------------------------------------------------- */

static enum cw_status release(struct cw_store *store, const char *id, const char *sha256,
                              struct cw_error *err)
{
    struct cw_feed_state state;
    enum cw_status status = cw_store_feed_get(store, id, &state, err);
    if (status != CW_OK) {
        return status;
    }
    if (state.held_sha256[0] == '\0') {
        return cw_error_set(err, CW_NOT_FOUND, "feed %s holds no document", id);
    }
    if (sha256 != NULL && strcmp(sha256, state.held_sha256) != 0) {
        return cw_error_set(err, CW_INVALID, "feed %s holds %s, not that document", id,
                            state.held_sha256);
    }
    (void)snprintf(state.released_sha256, sizeof(state.released_sha256), "%s", state.held_sha256);
    status = cw_store_begin(store, err);
    if (status == CW_OK) {
        status = cw_store_feed_put(store, &state, err);
    }
    return cw_store_end(store, status, err);
}

static enum cw_status accept_held(const struct cw_cli *cli, const struct cw_home *home,
                                  const char *id, const char *sha256, struct cw_error *err)
{
    struct cw_writer writer;
    enum cw_status status = cw_cli_writer_open(home->config, &writer, err);
    if (status == CW_OK) {
        status = release(writer.store, id, sha256, err);
    }
    cw_cli_writer_close(&writer);
    if (status == CW_OK) {
        cw_cli_say(cli, "released; the next scan believes it: `cryptowatch scan --feed %s`", id);
    }
    return status;
}

/* ---- the command ---------------------------------------------------------------------------- */

static int with_home(struct cw_cli *cli, int operands, char **argv)
{
    struct cw_home home;
    struct cw_error err = {0};
    bool is_partial = false;
    enum cw_status status = CW_OK;
    const bool is_accept = strcmp(argv[0], "accept") == 0;
    int code = cw_cli_home(cli, is_accept ? CW_NEED_CONFIG : CW_NEED_READABLE, &home);
    if (code < 0) {
        if (strcmp(argv[0], "list") == 0) {
            list(cli, &home);
        } else if (strcmp(argv[0], "status") == 0) {
            status = status_of_all(cli, &home, &is_partial, &err);
        } else {
            status = accept_held(cli, &home, argv[1], operands > 2 ? argv[2] : NULL, &err);
        }
        code = cli->mistakes > 0 ? CW_EXIT_CONFIG : is_partial ? CW_EXIT_PARTIAL : CW_EXIT_OK;
        code = status == CW_OK ? code : cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    cw_home_clear(&home);
    return code;
}

static const struct cw_term verbs[] = {
    {"list", "the feeds of the home, on or off, and what it means to stand on them"},
    {"status", "how each is: why, since when, what is in force meanwhile, what to type"},
    {"parse --format FORMAT [--option N=V,…] [--with FILE2] FILE",
     "try a file, packed or not: one line an entry with what would be read from it, unusable ones "
     "with their reason"},
    {"accept ID [SHA256]", "release a held document"},
};
static const struct cw_term formats[] = {
#define CW_FEED_FORMAT(id, name, title, ends) {name, title},
#include "feed/formats.def"
#undef CW_FEED_FORMAT
};
static const struct cw_term groups[] = {{"parse", "format column option with"}};
static const struct cw_term values[] = {{
    "format",
#define CW_FEED_FORMAT(id, name, title, ends) name " "
#include "feed/formats.def"
#undef CW_FEED_FORMAT
}};

static const struct cw_usage base_usage = {
    .text = "Public lists: which there are, how they are, and what would be read from one.\n\n"
            "FILE is - for standard input, and for misp perhaps a folder.",
    .verbs = CW_TERMS(verbs),
    .groups = CW_TERMS(groups),
    .values = CW_TERMS(values),
    .sections = {{"formats", CW_TERMS(formats), false}},
    .examples = "cryptowatch feed status\n"
                "cryptowatch feed parse --format ofac-advanced SDN_ADVANCED.XML.bz2\n"
                "cryptowatch feed parse --format json --option 'path=data.*' list.json\n"
                "cryptowatch feed parse --format ofac-csv --with SDN_COMMENTS.CSV SDN.CSV\n"
                "xlsx2csv -d ';' list.xlsx | cryptowatch feed parse --format csv -\n",
    .exits = "0 done\n20 `status`: a feed was never read, failed, is held or stale\n64 usage\n"
             "65 the file cannot be read as that format\n75 `accept`: a run holds the lock\n"
             "78 a feed file or rule has a mistake; `list` and `status` show the others\n",
    .see = "cryptowatch-scan(1), cryptowatch-doctor(1), cryptowatch-feeds(5)",
};

int cw_cmd_feed(struct cw_cli *cli, int argc, char **argv)
{
    struct cw_feed_parse request = {0};
    const struct cw_option options[] = {
        {.name = "format",
         .argument = "FORMAT",
         .help = "one of those above",
         .value = &request.format},
        {.name = "column",
         .argument = "NAME",
         .help = "csv: the address column",
         .value = &request.column},
        {.name = "option",
         .argument = "N=V,…",
         .help = "format_options of a feed file",
         .value = &request.option},
        {.name = "with",
         .argument = "FILE2",
         .help = "ofac-csv: SDN_COMMENTS.CSV",
         .value = &request.with},
    };
    const struct cw_usage usage = cw_usage_with(&base_usage, options, CW_COUNT(options));
    int operands = 0;
    const int code = cw_cli_options(cli, &usage, argc, argv, &operands);
    if (code >= 0) {
        return code;
    }
    const char *verb = operands > 0 ? argv[0] : "";
    if (strcmp(verb, "parse") == 0) {
        if (operands != 2 || request.format == NULL || !cw_cli_is_format(request.format)) {
            return cw_cli_usage_error(cli,
                                      "`feed parse` needs --format %s and one file (or - for "
                                      "standard input; misp: or a folder)",
                                      cw_cli_formats());
        }
        request.path = argv[1];
        return cw_cli_feed_parse(cli, &request);
    }
    const bool is_plain =
        (strcmp(verb, "list") == 0 || strcmp(verb, "status") == 0) && operands == 1;
    const bool is_accept = strcmp(verb, "accept") == 0 && (operands == 2 || operands == 3);
    if (!is_plain && !is_accept) {
        return cw_cli_verb_error(cli, &usage, operands > 0 ? verb : NULL);
    }
    return with_home(cli, operands, argv);
}
