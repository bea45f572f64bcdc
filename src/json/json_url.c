#include "json/json_url.h"

#include <arpa/inet.h>

#include "base/limits.h"
#include "base/status.h"

static bool is_alnum(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c);
}

static bool is_address(struct cw_span host)
{
    char text[64];
    unsigned char bytes[16];
    if (host.len >= sizeof(text)) {
        return false;
    }
    memcpy(text, host.data, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool is_label(struct cw_span label)
{
    if (label.len == 0 || label.len > 63 || label.data[0] == '-' ||
        label.data[label.len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < label.len; i++) {
        if (!is_alnum(label.data[i]) && label.data[i] != '-') {
            return false;
        }
    }
    return true;
}

bool cw_json_host_is_valid(struct cw_span host)
{
    if (host.len == 0 || host.len > 253) {
        return false;
    }
    if (is_address(host)) {
        return true;
    }
    size_t from = 0;
    struct cw_span last = {NULL, 0};
    while (from <= host.len) {
        const size_t dot = cw_span_find(host, '.', from);
        last = cw_span_slice(host, from, dot);
        if (!is_label(last)) {
            return false;
        }
        from = dot + 1;
    }
    /* "127.1" and "0x7f.0.0.1" are addresses to some resolvers and names to others: neither is
     * taken. No top-level domain starts with a digit. */
    return cw_ascii_is_alpha(last.data[0]);
}

/* Cuts "host[:port]" into its host; brackets of IPv6 are undone. */
static const char *read_authority(struct cw_span authority, struct cw_span *ret_host)
{
    if (cw_span_find(authority, '@', 0) < authority.len) {
        return "must not hold a user name or password: use headers_file or bearer_file";
    }
    struct cw_span host;
    size_t colon;
    if (cw_span_starts_with(authority, CW_SPAN("["))) {
        const size_t close = cw_span_find(authority, ']', 0);
        host = cw_span_slice(authority, 1, close);
        colon = close + 1;
        if (close == authority.len || cw_span_find(host, ':', 0) == host.len) {
            return "has no usable host name";
        }
        if (colon < authority.len && authority.data[colon] != ':') {
            return "has no usable host name";
        }
    } else {
        colon = cw_span_find(authority, ':', 0);
        host = cw_span_slice(authority, 0, colon);
    }
    if (!cw_json_host_is_valid(host)) {
        return "has no usable host name";
    }
    uint64_t number = 1;
    if (colon < authority.len) {
        const struct cw_span port = cw_span_slice(authority, colon + 1, authority.len);
        if (!cw_span_to_u64(port, 65535, &number) || number == 0) {
            return "has a port that is no number from 1 to 65535";
        }
    }
    *ret_host = host;
    return NULL;
}

static const char *read_file(struct cw_span rest, struct cw_json_url *ret)
{
    if (cw_span_starts_with(rest, CW_SPAN("//"))) {
        rest = cw_span_slice(rest, 2, rest.len);
        if (!cw_span_starts_with(rest, CW_SPAN("/"))) {
            return "must not name a host: write file:relative/path or file:///absolute/path";
        }
    }
    if (rest.len == 0 || rest.data[rest.len - 1] == '/') {
        return "names no file";
    }
    if (cw_span_find(rest, '%', 0) < rest.len || cw_span_find(rest, '?', 0) < rest.len) {
        return "must hold the path as it is, without % or ?";
    }
    ret->scheme = CW_JSON_URL_FILE;
    ret->path = rest;
    ret->host = (struct cw_span){NULL, 0};
    return NULL;
}

static const char *check_characters(struct cw_span text)
{
    if (text.len > CW_HTTP_URL_MAX) {
        return "is longer than 2048 bytes";
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '<' || c == '>' || c == '\\') {
            return "holds a character that must be written as %HH in a URL";
        }
        if (c == '#') {
            return "must not hold a fragment (#...)";
        }
    }
    return NULL;
}

const char *cw_json_url_read(struct cw_span text, struct cw_json_url *ret)
{
    static const struct cw_span https = {"https://", 8};
    static const struct cw_span http = {"http://", 7};
    static const struct cw_span file = {"file:", 5};
    const char *why = check_characters(text);
    if (why != NULL) {
        return why;
    }
    struct cw_json_url url = {.scheme = CW_JSON_URL_HTTPS};
    if (cw_span_starts_with(text, file)) {
        return read_file(cw_span_slice(text, file.len, text.len), ret);
    }
    size_t from = https.len;
    if (!cw_span_starts_with(text, https)) {
        if (!cw_span_starts_with(text, http)) {
            return "must start with https:// (or file: for a list on this machine)";
        }
        url.scheme = CW_JSON_URL_HTTP;
        from = http.len;
    }
    size_t end = from;
    while (end < text.len && text.data[end] != '/' && text.data[end] != '?') {
        end++;
    }
    why = read_authority(cw_span_slice(text, from, end), &url.host);
    if (why == NULL) {
        *ret = url;
    }
    return why;
}

const char *cw_json_url_read_web(struct cw_span text, const char *const *allow_hosts,
                                 struct cw_json_url *ret)
{
    struct cw_json_url url = {.scheme = CW_JSON_URL_HTTPS};
    const char *why = cw_json_url_read(text, &url);
    if (why != NULL) {
        return why;
    }
    bool is_allowed = false;
    switch (url.scheme) {
    case CW_JSON_URL_HTTPS:
        is_allowed = true;
        break;
    case CW_JSON_URL_HTTP:
        for (size_t i = 0; allow_hosts != NULL && allow_hosts[i] != NULL; i++) {
            is_allowed |= cw_span_equal_nocase(url.host, cw_span_cstr(allow_hosts[i]));
        }
        break;
    case CW_JSON_URL_FILE:
        return "must start with https://";
    }
    if (!is_allowed) {
        return "must be https: plain http is taken only for hosts of allow_private_hosts";
    }
    *ret = url;
    return NULL;
}

bool cw_json_uri_is_absolute(struct cw_span text)
{
    const size_t colon = cw_span_find(text, ':', 0);
    if (colon == 0 || colon + 1 >= text.len || !cw_ascii_is_alpha(text.data[0])) {
        return false;
    }
    for (size_t i = 0; i < colon; i++) {
        const char c = text.data[i];
        if (!is_alnum(c) && c != '+' && c != '-' && c != '.') {
            return false;
        }
    }
    return check_characters(text) == NULL;
}
