#include "base/datetime.h"
#include "base/file.h"
#include "base/text.h"
#include "fetch/fetching.h"

enum { RECORD_BYTES_MAX = 1 << 20, RECORD_MODE = 0440, NAME_BYTES = 80 };

static void put_text(struct cw_buf *out, const char *name, struct cw_span value)
{
    cw_buf_printf(out, ",\"%s\":", name);
    cw_json_string(out, value);
}

static void put_time(struct cw_buf *out, const char *name, int64_t time_s)
{
    char text[CW_TIME_TEXT_BYTES];
    cw_time_format(time_s, text);
    put_text(out, name, cw_span_cstr(text));
}

/* Values from the headers_file are credentials and stay out of the record; that there is such a
 * file is said. */
static void put_request(struct cw_buf *out, const struct cw_fetching *fetching)
{
    const struct cw_feed *feed = fetching->job->feed;
    cw_buf_str(out, ",\"request\":{\"accept_encoding\":\"identity\"");
    if (fetching->is_conditional) {
        put_text(out, "if_none_match", cw_span_cstr(fetching->job->etag));
        put_text(out, "if_modified_since", cw_span_cstr(fetching->job->last_modified));
    }
    put_text(out, "user_agent", cw_fetching_agent(fetching));
    cw_buf_printf(out, ",\"with_headers_file\":%s}",
                  feed->headers_file[0] != '\0' ? "true" : "false");
}

static void put_record(struct cw_buf *out, const struct cw_fetching *fetching)
{
    const struct cw_fetch_result *result = fetching->result;
    const bool is_web = fetching->job->feed->path == NULL;
    cw_buf_printf(out, "{\"bytes\":%llu", (unsigned long long)result->bytes);
    put_text(out, "feed", cw_span_cstr(fetching->job->feed->id));
    put_text(out, "final_url", cw_span_cstr(result->final_url));
    if (is_web) {
        cw_buf_printf(out, ",\"http_status\":%llu", (unsigned long long)result->http_status);
        put_text(out, "peer_ip", cw_span_cstr(result->peer_ip));
    }
    put_text(out, "program", CW_SPAN("cryptowatch " CW_VERSION));
    if (is_web) {
        put_request(out, fetching);
        put_text(out, "response_headers", cw_buf_as_span(&fetching->headers));
    }
    put_time(out, "retrieved_at", result->retrieved_at_s);
    put_text(out, "sha256", cw_span_cstr(result->sha256));
    put_time(out, "started_at", result->started_at_s);
    put_text(out, "url", cw_span_cstr(result->url));
    cw_buf_str(out, "}\n");
}

static enum cw_status write_new(const char *path, struct cw_span text, struct cw_error *err)
{
    struct cw_error cause = {0};
    const enum cw_status status = cw_file_create(path, text, RECORD_MODE, &cause);
    /* INVALID: there is one already, of the first retrieval of these bytes. It stays. */
    return status == CW_OK || status == CW_INVALID ? CW_OK
                                                   : cw_error_set(err, status, "%s", cause.text);
}

enum cw_status cw_fetching_record(const struct cw_fetching *fetching, struct cw_error *err)
{
    char name[NAME_BYTES];
    struct cw_buf text;
    (void)snprintf(name, sizeof(name), "%s.json", fetching->result->sha256);
    char *path = cw_path_join(fetching->options->snapshots_dir, name);
    if (path == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    cw_buf_init(&text, RECORD_BYTES_MAX);
    put_record(&text, fetching);
    enum cw_status status = cw_buf_status(&text, err);
    if (status == CW_OK) {
        status = write_new(path, cw_buf_as_span(&text), err);
    }
    cw_buf_clear(&text);
    free(path);
    return status;
}
