/* log_entry_cases.h: entries of the log, and each way to be none. */
#ifndef CW_TESTS_LOG_ENTRY_CASES_H
#define CW_TESTS_LOG_ENTRY_CASES_H

#include "log/entry.h"

#define ROOT_12 "IOo8KdErQOYXoSgzbq7NN8ZpkhwgVOag6KZ4QQ1ykFU=\n"
#define HEX64   "5cd3935d47f435c818b5a6add028f3dfd203da86b892e1d50b0e371d7f877638"
#define B43     "KuDs8Z1JEjUdXW8T0PqYioJJ3u1W_kEAEg8qRmE-vao"
#define SIG86   B43 B43
#define SIG     "T9rYqcl6WqVkY7FZUUJDhgttU0kXFE48iG44awd7kx_rkKJ8QkpLyE4nOFgkf59h74YvqW-GoKjABfCaVXRpBw"
#define UUID    "8e10387d-6711-5268-a605-4c3ccd6f59d5"
#define AT      "\"at\":\"2026-11-20T03:15:01Z\""

static const struct {
    const char *entry;
    enum cw_log_kind kind;
    const char *why; /* NULL: it is one */
} entry_cases[] = {
    {"{\"id\":\"" UUID "\",\"kid\":\"" B43 "\",\"sha256\":\"" HEX64 "\",\"sig\":\"" SIG
     "\",\"t\":\"alert\",\"v\":1}",
     CW_LOG_ALERT, NULL},
    {"{" AT ",\"bytes\":0,\"feed\":\"f\",\"sha256\":\"" HEX64 "\",\"t\":\"snapshot\",\"v\":1}",
     CW_LOG_SNAPSHOT, NULL},
    {"{\"alerts\":0," AT ",\"feeds\":[],\"rules_sha256\":\"" HEX64 "\",\"t\":\"run\",\"v\":1}",
     CW_LOG_RUN, NULL},
    {"{" AT ",\"kid\":\"" B43 "\",\"reason\":\"superseded\",\"role\":\"log\",\"state\":\"retired\","
     "\"t\":\"key\",\"v\":1,\"x\":\"" B43 "\"}",
     CW_LOG_KEY, NULL},
    {"{" AT ",\"origin\":\"o\",\"root\":\"" HEX64 "\",\"size\":3,\"t\":\"log\",\"v\":1}",
     CW_LOG_LOG, NULL},
    {"{\"more\":[1,2],\"t\":\"later\",\"v\":1}", CW_LOG_OTHER, NULL},
    {"{\"t\":\"alert\",\"v\":2}", CW_LOG_OTHER, NULL},
    {"", 0, "empty"},
    {"[]", 0, "object"},
    {"{}", 0, "type t"},
    {"{\"t\":\"run\"}", 0, "version v"},
    {"{\"t\":\"run\",\"v\":\"1\"}", 0, "version v"},
    {"{\"t\":1,\"v\":1}", 0, "type t"},
    {"{\"t\":\"later\",\"v\":1} ", 0, "canonical"},
    {"{\"v\":1,\"t\":\"later\"}", 0, "canonical"},
    {"{\"t\":\"later\", \"v\":1}", 0, "canonical"},
    {"{\"t\":\"later\",\"t\":\"later\",\"v\":1}", 0, "twice"},
    {"{\"t\":\"later\",\"v\":1}x", 0, "behind"},
    {"{\"t\":\"later\",\"v\":1.0}", 0, "integer"},
    {"{\"t\":\"la\\u0000ter\",\"v\":1}", 0, "U+0000"},
    {"{\"a\":null,\"t\":\"later\",\"v\":1}", 0, "null"},
    {"{\"t\":\"alert\",\"v\":1}", 0, "id: missing"},
    {"{\"id\":\"x\",\"kid\":\"" B43 "\",\"sha256\":\"" HEX64 "\",\"sig\":\"" SIG
     "\",\"t\":\"alert\",\"v\":1}",
     0, "id: not of the form"},
    {"{\"id\":\"" UUID "\",\"kid\":\"" B43 "=\",\"sha256\":\"" HEX64 "\",\"sig\":\"" SIG
     "\",\"t\":\"alert\",\"v\":1}",
     0, "kid: not of the form"},
    {"{\"id\":\"" UUID "\",\"kid\":\"" B43 "\",\"sha256\":\"" HEX64 "\",\"sig\":\"" SIG86
     "\",\"t\":\"alert\",\"v\":1}",
     0, "sig: not of the form"},
    {"{\"id\":\"" UUID "\",\"kid\":\"" B43 "\",\"sha256\":\"" HEX64 "0\",\"sig\":\"" SIG
     "\",\"t\":\"alert\",\"v\":1}",
     0, "sha256: not of the form"},
    {"{" AT ",\"bytes\":-1,\"feed\":\"f\",\"sha256\":\"" HEX64 "\",\"t\":\"snapshot\",\"v\":1}", 0,
     "bytes: out of range"},
    {"{\"at\":\"2026-11-20\",\"bytes\":1,\"feed\":\"f\",\"sha256\":\"" HEX64
     "\",\"t\":\"snapshot\",\"v\":1}",
     0, "at: not of the form"},
    {"{" AT ",\"bytes\":1,\"feed\":\"\",\"sha256\":\"" HEX64 "\",\"t\":\"snapshot\",\"v\":1}", 0,
     "feed: too short"},
    {"{\"alerts\":0," AT ",\"feeds\":{},\"rules_sha256\":\"" HEX64 "\",\"t\":\"run\",\"v\":1}", 0,
     "feeds: not an array"},
    {"{\"alerts\":0," AT ",\"feeds\":[{\"id\":\"f\",\"status\":\"fine\"}],\"rules_sha256\":\"" HEX64
     "\",\"t\":\"run\",\"v\":1}",
     0, "feeds[0].status"},
    {"{\"alerts\":0," AT ",\"feeds\":[{\"id\":\"f\"}],\"rules_sha256\":\"" HEX64
     "\",\"t\":\"run\",\"v\":1}",
     0, "feeds[0].status: missing"},
    {"{" AT ",\"kid\":\"" B43 "\",\"role\":\"king\",\"state\":\"active\",\"t\":\"key\",\"v\":1,"
     "\"x\":\"" B43 "\"}",
     0, "role"},
    {"{" AT ",\"kid\":\"" B43 "\",\"role\":\"log\",\"state\":\"lost\",\"t\":\"key\",\"v\":1,"
     "\"x\":\"" B43 "\"}",
     0, "state"},
    {"{" AT ",\"origin\":\"a b\",\"root\":\"" HEX64 "\",\"size\":3,\"t\":\"log\",\"v\":1}", 0,
     "origin"},
};

#endif
