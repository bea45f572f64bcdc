#include "address/reserved.h"
#include "base/datetime.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/feed_parse.h"

/* ---- list and status ------------------------------------------------------------------------ */

static void list(const struct cw_cli *cli, const struct cw_home *home)
{
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
        (void)printf("%-28s %-8s %-15s ", feed->id, feed->enabled ? "on" : "off",
                     cw_feed_meaning_name(feed->meaning));
        cw_cli_print(cw_span_cstr(feed->title));
        (void)printf("\n");
        if (!feed->enabled && feed->note[0] != '\0') {
            (void)printf("%-28s          ", "");
            cw_cli_print(cw_span_cstr(feed->note));
            (void)printf("\n");
        }
    }
}

/* What the last scan left, seen from today: a list nobody has seen for too long is stale whatever
 * the last attempt said. */
static const char *status_word(const struct cw_cli *cli, const struct cw_feed *feed,
                               const struct cw_feed_state *state)
{
    const int64_t age_s = cw_clock_now_s(&cli->clock) - state->retrieved_at_s;
    if (state->snapshot_sha256[0] != '\0' && age_s > feed->stale_after_s) {
        return "stale";
    }
    return cw_feed_status_name(state->status);
}

/* Listings in force on addresses that nobody holds: all are counted, the first are named. */
struct suspicious {
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
    (void)printf("%-28s suspicious: ", "");
    cw_cli_print(value);
    (void)printf(": %s\n", json_string_value(json_object_get(one, "what")));
    json_decref(one);
    return CW_OK;
}

/* Entries that are no addresses: ctx is an array to append to, or NULL to print them as they come.
 */
static enum cw_status on_unusable(void *ctx, const struct cw_unusable *entry,
                                  CW_UNUSED struct cw_error *err)
{
    if (ctx != NULL) {
        (void)json_array_append_new(
            ctx, json_pack("{s:o, s:o, s:o}", "position", cw_json_text(entry->position), "value",
                           cw_json_text(entry->value), "error", cw_json_text(entry->error)));
        return CW_OK;
    }
    (void)printf("%-28s unusable: ", "");
    cw_cli_print(entry->position);
    (void)printf(": ");
    cw_cli_print(entry->value);
    (void)printf(": ");
    cw_cli_print(entry->error);
    (void)printf("\n");
    return CW_OK;
}

static enum cw_status print_status_json(const struct cw_cli *cli, const struct cw_feed *feed,
                                        const struct cw_feed_state *state, struct cw_store *store,
                                        struct cw_error *err)
{
    struct suspicious suspicious = {.first = json_array()};
    json_t *unusable = json_array();
    enum cw_status status =
        store == NULL ? CW_OK
                      : cw_store_suspicious(store, feed->id, on_suspicious, &suspicious, err);
    if (status == CW_OK && store != NULL) {
        status = cw_store_unusable(store, feed->id, ENTRIES_NAMED, on_unusable, unusable, err);
    }
    cw_cli_json(json_pack(
        "{s:s, s:s, s:b, s:o, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:s, s:o, s:s, s:I, s:o, s:o}",
        "id", feed->id, "status", status_word(cli, feed, state), "enabled", feed->enabled ? 1 : 0,
        "retrieved_at", cw_json_time(state->retrieved_at_s), "attempted_at",
        cw_json_time(state->attempted_at_s), "published", state->published, "snapshot_sha256",
        state->snapshot_sha256, "entries", (json_int_t)state->entries, "listings",
        (json_int_t)state->listings, "unusable", (json_int_t)state->unusable, "failures",
        (json_int_t)state->failures, "error_code", state->error_code, "error",
        cw_json_text(cw_span_cstr(state->error_text)), "held_sha256", state->held_sha256,
        "suspicious", (json_int_t)suspicious.count, "suspicious_entries", suspicious.first,
        "unusable_entries", unusable));
    return status;
}

static enum cw_status print_status(const struct cw_cli *cli, const struct cw_feed *feed,
                                   const struct cw_feed_state *state, struct cw_store *store,
                                   struct cw_error *err)
{
    struct suspicious suspicious = {.count = 0};
    char age[32] = "never read";
    if (state->retrieved_at_s > 0) {
        cw_age_format(cw_clock_now_s(&cli->clock) - state->retrieved_at_s, age, sizeof(age));
    }
    (void)printf("%-28s %-7s %-12s %7llu listings %4llu unusable\n", feed->id,
                 feed->enabled ? status_word(cli, feed, state) : "off", age,
                 (unsigned long long)state->listings, (unsigned long long)state->unusable);
    if (state->error_text[0] != '\0') {
        (void)printf("%-28s ", "");
        cw_cli_print(cw_span_cstr(state->error_text));
        (void)printf("\n");
    }
    if (state->held_sha256[0] != '\0') {
        (void)printf("%-28s held: %s\n%-28s look at it, then: cryptowatch feed accept %s\n", "",
                     state->held_sha256, "", feed->id);
    }
    if (store == NULL) {
        return CW_OK;
    }
    const enum cw_status status =
        cw_store_suspicious(store, feed->id, on_suspicious, &suspicious, err);
    if (suspicious.count > ENTRIES_NAMED) {
        (void)printf("%-28s suspicious: %llu in all\n", "", (unsigned long long)suspicious.count);
    }
    return status == CW_OK
               ? cw_store_unusable(store, feed->id, ENTRIES_NAMED, on_unusable, NULL, err)
               : status;
}

static enum cw_status status_of_all(const struct cw_cli *cli, const struct cw_home *home,
                                    bool *ret_is_partial, struct cw_error *err)
{
    CW_CLEANUP(cw_store_closep) struct cw_store *store = NULL;
    enum cw_status status = cw_store_open(home->config->state_dir, CW_STORE_READ, &store, err);
    if (status == CW_NOT_FOUND) {
        cw_error_clear(err);
        cw_cli_say(cli, "no scan was ever run here: cryptowatch scan");
        status = CW_OK;
    }
    for (size_t i = 0; status == CW_OK && i < cw_feeds_count(home->feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(home->feeds, i);
        struct cw_feed_state state = {0};
        if (store != NULL) {
            status = cw_store_feed_get(store, feed->id, &state, err);
        }
        if (status != CW_OK) {
            break;
        }
        status = cli->is_json ? print_status_json(cli, feed, &state, store, err)
                              : print_status(cli, feed, &state, store, err);
        *ret_is_partial |= feed->enabled && strcmp(status_word(cli, feed, &state), "good") != 0;
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
        cw_cli_say(cli, "released; the next scan believes it: cryptowatch scan --feed %s", id);
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
    int code = cw_cli_home(cli, CW_NEED_FILES, &home);
    if (code < 0) {
        if (strcmp(argv[0], "list") == 0) {
            list(cli, &home);
        } else if (strcmp(argv[0], "status") == 0) {
            status = status_of_all(cli, &home, &is_partial, &err);
        } else {
            status = accept_held(cli, &home, argv[1], operands > 2 ? argv[2] : NULL, &err);
        }
        code = is_partial ? CW_EXIT_PARTIAL : CW_EXIT_OK;
        code = status == CW_OK ? code : cw_cli_fail(cli, &err, CW_EXIT_DATA);
    }
    cw_home_clear(&home);
    return code;
}

int cw_cmd_feed(struct cw_cli *cli, int argc, char **argv)
{
    struct cw_feed_parse request = {0};
    const struct cw_option options[] = {
        {.name = "format",
         .argument = "FORMAT",
         .help = "with parse: one of those below",
         .value = &request.format},
        {.name = "column",
         .argument = "NAME",
         .help = "with parse and csv: the address column",
         .value = &request.column},
        {.name = "option",
         .argument = "N=V,…",
         .help = "with parse: format_options of a feed file",
         .value = &request.option},
        {.name = "with",
         .argument = "FILE2",
         .help = "with parse and ofac-csv: SDN_COMMENTS.CSV",
         .value = &request.with},
    };
    const struct cw_usage usage = {
        .synopsis =
            "list | status | accept ID [SHA256] |\n"
            "                        parse --format FORMAT [--option N=V,…] [--with FILE2] FILE",
        .text =
            "`list` shows the feeds, `status` how old and how well each is. `accept` releases "
            "a\nheld document. `parse` tries a file, packed or not: one line an entry with "
            "what\nwould be read from it, unusable ones with their reason. FILE is - for standard "
            "input,\nand for misp perhaps a folder.\n\nformats:\n"
#define CW_FEED_FORMAT(id, name, title, ends) "  " name ": " title "\n"
#include "feed/formats.def"
#undef CW_FEED_FORMAT
        ,
        .options = options,
        .options_count = CW_COUNT(options),
        .examples = "  cryptowatch feed status\n"
                    "  cryptowatch feed parse --format ofac-advanced SDN_ADVANCED.XML.bz2\n"
                    "  cryptowatch feed parse --format json --option 'path=data.*' list.json\n"
                    "  cryptowatch feed parse --format ofac-csv --with SDN_COMMENTS.CSV SDN.CSV\n"
                    "  xlsx2csv -d ';' list.xlsx | cryptowatch feed parse --format csv -\n",
        .exits = "  0 done   20 status: a feed was never read, failed or is held\n"
                 "  64 usage   65 the file cannot be read as that format\n",
    };
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
        return cw_cli_usage_error(cli, "say list, status, parse FILE or accept ID");
    }
    return with_home(cli, operands, argv);
}
