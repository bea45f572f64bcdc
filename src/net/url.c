#include "net/url.h"

#include <curl/curl.h>

enum { PORT_MAX = 65535 };

struct cw_span cw_net_url_shown(struct cw_span text)
{
    return cw_span_slice(text, 0, cw_span_find(text, '?', 0));
}

static enum cw_status refuse(struct cw_span text, const char *why, struct cw_error *err)
{
    const struct cw_span shown = cw_span_slice(cw_net_url_shown(text), 0, 256);
    return cw_error_set(err, CW_UNTRUSTED, "\"%.*s\" %s", CW_SPAN_ARG(shown), why);
}

/* Copies a part of the URL out; false when it is absent or too long, or when there is no memory for
 * it, which is remembered. */
static bool take_part(CURLU *url, CURLUPart part, unsigned flags, char *ret, size_t bytes,
                      bool *is_short)
{
    char *value = NULL;
    const CURLUcode code = curl_url_get(url, part, &value, flags);
    *is_short |= code == CURLUE_OUT_OF_MEMORY;
    if (code != CURLUE_OK || value == NULL) {
        return false;
    }
    const size_t len = strlen(value);
    const bool fits = len > 0 && len < bytes;
    if (fits) {
        memcpy(ret, value, len + 1);
    }
    curl_free(value);
    return fits;
}

static bool is_visible(struct cw_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~' || text.data[i] == '\\') {
            return false;
        }
    }
    return text.len > 0 && text.len <= CW_HTTP_URL_MAX;
}

/* What comes out is judged like what went in: libcurl decodes %-escapes in a host, so that bytes
 * come to light that no result may hold, and that it would send elsewhere as an international name.
 */
static const char *take_parts(CURLU *url, struct cw_net_url *ret, bool *is_short)
{
    char scheme[8] = "";
    char port[8] = "";
    uint64_t number = 0;
    if (!take_part(url, CURLUPART_SCHEME, 0, scheme, sizeof(scheme), is_short) ||
        (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)) {
        return "is neither https nor http";
    }
    if (!take_part(url, CURLUPART_HOST, 0, ret->host, sizeof(ret->host), is_short) ||
        !take_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof(port), is_short) ||
        !cw_span_to_u64(cw_span_cstr(port), PORT_MAX, &number) || number == 0) {
        return "has no usable host or port";
    }
    if (!take_part(url, CURLUPART_URL, 0, ret->text, sizeof(ret->text), is_short)) {
        return "is longer than 2048 bytes";
    }
    if (!is_visible(cw_span_cstr(ret->host)) || !is_visible(cw_span_cstr(ret->text))) {
        return "has a host that is not of printable ASCII bytes";
    }
    for (char *c = ret->host; *c != '\0'; c++) {
        *c = cw_ascii_lower(*c);
    }
    ret->is_https = strcmp(scheme, "https") == 0;
    ret->port = (uint16_t)number;
    return NULL;
}

/* libcurl makes an address of a host such as "3" or "127.1" before it undoes escapes, so that
 * "%33" comes out as a name and would be spoken to as 0.0.0.3: what is judged must be what the next
 * reader reads. */
static bool reads_the_same(const struct cw_net_url *taken, bool *is_short)
{
    struct cw_net_url again = {.is_https = false};
    CURLU *url = curl_url();
    const CURLUcode code =
        url == NULL ? CURLUE_OUT_OF_MEMORY : curl_url_set(url, CURLUPART_URL, taken->text, 0);
    *is_short |= code == CURLUE_OUT_OF_MEMORY;
    const bool is_same = code == CURLUE_OK && take_parts(url, &again, is_short) == NULL &&
                         cw_net_url_is_same_origin(taken, &again) &&
                         strcmp(taken->text, again.text) == 0;
    curl_url_cleanup(url);
    return is_same;
}

static enum cw_status set_and_take(CURLU *url, struct cw_span text, struct cw_net_url *ret,
                                   struct cw_error *err)
{
    char target[CW_HTTP_URL_MAX + 1];
    if (!is_visible(text)) {
        return refuse(text, "is no URL of at most 2048 printable ASCII bytes", err);
    }
    (void)snprintf(target, sizeof(target), "%.*s", CW_SPAN_ARG(text));
    const CURLUcode code = curl_url_set(url, CURLUPART_URL, target, CURLU_DISALLOW_USER);
    if (code == CURLUE_OUT_OF_MEMORY) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    if (code == CURLUE_USER_NOT_ALLOWED) {
        return refuse(text, "holds a user name or password", err);
    }
    if (code != CURLUE_OK) {
        return refuse(text, "is neither https nor http, or malformed", err);
    }
    (void)curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
    struct cw_net_url taken = {.is_https = false};
    bool is_short = false;
    const char *why = take_parts(url, &taken, &is_short);
    if (why == NULL && !is_short && !reads_the_same(&taken, &is_short)) {
        why = "has a host that is another one when it is read again";
    }
    if (is_short) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    if (why != NULL) {
        return refuse(text, why, err);
    }
    *ret = taken;
    return CW_OK;
}

enum cw_status cw_net_url_read(struct cw_span text, struct cw_net_url *ret, struct cw_error *err)
{
    CURLU *url = curl_url();
    if (url == NULL) {
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    const enum cw_status status = set_and_take(url, text, ret, err);
    curl_url_cleanup(url);
    return status;
}

enum cw_status cw_net_url_resolve(const struct cw_net_url *base, struct cw_span target,
                                  struct cw_net_url *ret, struct cw_error *err)
{
    CURLU *url = curl_url();
    if (url == NULL || curl_url_set(url, CURLUPART_URL, base->text, 0) != CURLUE_OK) {
        curl_url_cleanup(url);
        return cw_error_set(err, CW_NOMEM, "memory is exhausted");
    }
    const enum cw_status status = set_and_take(url, target, ret, err);
    curl_url_cleanup(url);
    return status;
}

bool cw_net_url_is_same_origin(const struct cw_net_url *a, const struct cw_net_url *b)
{
    return a->is_https == b->is_https && a->port == b->port && strcmp(a->host, b->host) == 0;
}
