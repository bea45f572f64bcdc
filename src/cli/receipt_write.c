#include "cli/receipt_write.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

enum { RECEIPT_MODE = 0644 };

/* ---- before anything is asked ---- */

static enum cw_status load_key(const struct cw_receipt_place *place, struct cw_error *err)
{
    return cw_home_load_alert_key(place->home, cw_clock_now_s(&place->cli->clock), err);
}

static enum cw_status try_folder(const char *path, struct cw_error *err)
{
    char *folder = cw_path_dirname(path);
    if (folder == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    enum cw_status status = CW_OK;
    if (access(folder, W_OK | X_OK) != 0) {
        status = cw_error_set(err, errno == EACCES ? CW_DENIED : CW_NOT_FOUND,
                              "%s: no receipt can be written there: %s", folder, strerror(errno));
    }
    free(folder);
    return status;
}

enum cw_status cw_receipt_try(const struct cw_receipt_place *place, struct cw_error *err)
{
    struct stat info;
    if (lstat(place->path, &info) == 0) {
        return cw_error_set(err, CW_INVALID, "%s: exists; a receipt is never overwritten",
                            place->path);
    }
    enum cw_status status = try_folder(place->path, err);
    if (status == CW_OK) {
        status = load_key(place, err);
        cw_signing_key_freep(&place->home->alert_key);
    }
    return status;
}

/* ---- the data, the signature, the file ---- */

/* Arrays for the facts; freed together. */
struct data {
    struct cw_receipt_feed *feeds;
    struct cw_receipt_case *cases;
};

static enum cw_status fill_data(const struct cw_receipt_place *place, struct data *data,
                                struct cw_receipt_facts *facts, struct cw_error *err)
{
    const struct cw_rules *rules = place->home->rules;
    facts->feeds_count = cw_check_feeds(place->check);
    facts->cases_count = cw_rules_count(rules);
    data->feeds = calloc(facts->feeds_count + 1, sizeof(*data->feeds));
    data->cases = calloc(facts->cases_count + 1, sizeof(*data->cases));
    if (data->feeds == NULL || data->cases == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for a receipt");
    }
    for (size_t i = 0; i < facts->feeds_count; i++) {
        const struct cw_data_feed *feed = cw_check_feed_at(place->check, i);
        data->feeds[i] = (struct cw_receipt_feed){
            .id = feed->id,
            .status = cw_data_status_name(feed->status),
            .retrieved_at_s = feed->retrieved_at_s,
            .snapshot_sha256 = feed->snapshot_sha256,
            .entries = feed->entries,
        };
    }
    for (size_t i = 0; i < facts->cases_count; i++) {
        const struct cw_rule *rule = cw_rules_at(rules, i);
        data->cases[i] = (struct cw_receipt_case){.id = rule->id, .sha256 = rule->sha256};
    }
    facts->feeds = data->feeds;
    facts->cases = data->cases;
    facts->rules_sha256 = place->home->rules_sha256;
    facts->generation = cw_check_generation(place->check);
    facts->built_at_s = cw_check_built_at_s(place->check);
    return CW_OK;
}

static void fill_issuer(const struct cw_receipt_place *place, struct cw_receipt_facts *facts)
{
    facts->source = place->home->config->source;
    facts->instance = place->home->config->instance;
    facts->version = CW_VERSION;
    facts->time_s = cw_clock_now_s(&place->cli->clock);
    cw_random_fill(&place->cli->random, facts->nonce, sizeof(facts->nonce));
}

enum cw_status cw_receipt_write(const struct cw_receipt_place *place,
                                struct cw_receipt_facts *facts, struct cw_error *err)
{
    struct data data = {0};
    struct cw_buf jws;
    cw_buf_init(&jws, CW_JWS_BYTES_MAX);
    if (fflush(stdout) != 0) { /* what nobody could read is not signed */
        return cw_error_set(err, CW_IO, "standard output cannot be written: nothing was signed");
    }
    enum cw_status status = fill_data(place, &data, facts, err);
    if (status == CW_OK) {
        fill_issuer(place, facts);
        status = load_key(place, err);
    }
    if (status == CW_OK) {
        status = cw_receipt_seal(place->home->alert_key, facts, &jws, err);
        cw_signing_key_freep(&place->home->alert_key);
    }
    if (status == CW_OK) {
        status = cw_file_create(place->path, cw_buf_as_span(&jws), RECEIPT_MODE, err);
    }
    free(data.feeds);
    free(data.cases);
    cw_buf_clear(&jws);
    return status;
}
