/* http_tls_cases.h: the real program against TLS servers with good and bad certificates, for
 * test_http.c only. Certificates are made on the spot, servers are those of the openssl command. */
#ifndef CW_TESTS_HTTP_TLS_CASES_H
#define CW_TESTS_HTTP_TLS_CASES_H

#include "base/child.h"
#include "http_get_cases.h"

enum { TLS_PATH_BYTES = 128 };

static const char *const TLS_ENV[] = {"PATH=/usr/bin:/bin", NULL};

/* An authority, and one certificate each: good, not yet valid, expired, for another host. */
static const char MAKE_CERTIFICATES[] =
    "set -e; cd \"$1\"; exec >/dev/null 2>&1\n"
    "printf '%s\\n' '[ca]' 'default_ca=d' '[d]' 'new_certs_dir=.' 'database=index' "
    "'serial=serial' 'default_md=sha256' 'policy=p' 'unique_subject=no' '[p]' "
    "'commonName=supplied' '[ours]' 'subjectAltName=IP:127.0.0.1' '[other]' "
    "'subjectAltName=DNS:other.example' >conf\n"
    ": >index; echo 01 >serial\n"
    "ec='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'\n"
    "openssl req -x509 $ec -keyout ca.key -out ca.pem -days 2 -subj /CN=test\n"
    "openssl req $ec -keyout key.pem -out csr.pem -subj /CN=test\n"
    "sign() { n=$1; x=$2; shift 2; openssl ca -batch -notext -config conf -cert ca.pem "
    "-keyfile ca.key -in csr.pem -out $n.pem -extensions $x \"$@\"; }\n"
    "for size in large:262144 larger:262145; do cp ca.pem ${size%:*}.pem\n"
    "printf '%*s' $((${size#*:} - $(wc -c <ca.pem))) '' >>${size%:*}.pem; done\n"
    "head -c 4096 /dev/zero >zeros.pem\n"
    /* The program with an OpenSSL that would speak TLS 1.0: main hands no environment to it. */
    "printf '%s\n' 'openssl_conf=a' '[a]' 'ssl_conf=b' '[b]' 'system_default=c' '[c]' "
    "'MinProtocol=TLSv1' 'CipherString=DEFAULT@SECLEVEL=0' >lowered.cnf\n"
    "printf '%s\n' '#!/bin/sh' \"OPENSSL_CONF='$1/lowered.cnf' exec '" CW_BIN_DIR
    "/cryptowatch-net'\" >lowered; chmod 700 lowered\n"
    "sign good ours -days 2; sign other other -days 2\n"
    "sign future ours -startdate 20990101000000Z -enddate 20991231000000Z\n"
    "sign past ours -startdate 20200101000000Z -enddate 20201231000000Z\n";

static void tls_shell(const char *script, const char *folder)
{
    pid_t pid = -1;
    struct cw_error err = {0};
    const char *const argv[] = {"/bin/sh", "-c", script, "sh", folder, NULL};
    const struct cw_child_options options = {.path = "/bin/sh", .argv = argv, .env = TLS_ENV};
    CU_ASSERT_FATAL(cw_child_start(&options, &pid, &err) == CW_OK);
    const enum cw_status status = cw_child_wait(pid, &err);
    CW_CHECK(status == CW_OK, "the openssl command: %s", err.text);
}

/* Starts a server that says which port it got; 0 when it did not. */
static uint16_t tls_serve(const char *folder, const char *certificate, const char *version,
                          pid_t *ret_pid)
{
    char cert[TLS_PATH_BYTES];
    char key[TLS_PATH_BYTES];
    char line[256];
    int out[2];
    uint64_t port = 0;
    (void)snprintf(cert, sizeof(cert), "%s/%s.pem", folder, certificate);
    (void)snprintf(key, sizeof(key), "%s/key.pem", folder);
    const char *const argv[] = {"openssl",         "s_server", "-accept", "127.0.0.1:0", "-www",
                                "-cert",           cert,       "-key",    key,           "-cipher",
                                "ALL:@SECLEVEL=0", version,    NULL};
    CU_ASSERT_FATAL(cw_pipe(out, NULL) == CW_OK);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const struct cw_child_fd fds[] = {{out[1], STDOUT_FILENO}, {null, STDERR_FILENO}};
    const struct cw_child_options options = {
        .path = "/usr/bin/openssl", .argv = argv, .env = TLS_ENV, .fds = fds, .fds_count = 2};
    CU_ASSERT_FATAL(cw_child_start(&options, ret_pid, NULL) == CW_OK);
    (void)close(out[1]);
    (void)close(null);
    FILE *words = fdopen(out[0], "r");
    CU_ASSERT_FATAL(words != NULL);
    while (port == 0 && fgets(line, sizeof(line), words) != NULL) {
        const struct cw_span text = cw_span_trim(cw_span_cstr(line));
        const size_t colon = cw_span_find(text, ':', 0);
        if (cw_span_starts_with(text, CW_SPAN("ACCEPT"))) {
            (void)cw_span_to_u64(cw_span_slice(text, colon + 1, text.len), 65535, &port);
        }
    }
    (void)fclose(words);
    return (uint16_t)port;
}

static const struct {
    const char *what;
    const char *certificate;
    const char *ca; /* "": the system's store */
    const char *version;
    enum cw_net_failure wanted;
    const char *reason;
} TLS_SERVERS[] = {
    {"good, TLS 1.3", "good", "ca", "-tls1_3", CW_NET_OK, ""},
    {"good, TLS 1.2", "good", "ca", "-tls1_2", CW_NET_OK, ""},
    {"unknown authority", "good", "", "-tls1_3", CW_NET_TLS, "issuer"},
    {"another authority", "good", "other", "-tls1_3", CW_NET_TLS, "issuer"},
    {"no such CA file", "good", "missing", "-tls1_3", CW_NET_TLS, "missing.pem"},
    {"CA file of 256 KiB", "good", "large", "-tls1_3", CW_NET_OK, ""},
    {"CA file of one byte more", "good", "larger", "-tls1_3", CW_NET_TLS, "larger.pem"},
    {"CA file without a certificate", "good", "zeros", "-tls1_3", CW_NET_TLS, ""},
    {"not yet valid", "future", "ca", "-tls1_3", CW_NET_TLS, "clock"},
    {"expired", "past", "ca", "-tls1_3", CW_NET_TLS, "clock"},
    {"another host", "other", "ca", "-tls1_3", CW_NET_TLS, "127.0.0.1"},
};

/* Old servers, asked by a program whose OpenSSL would speak to them: it is our rule that refuses
 * them, and not the security level of a machine, which another machine may not have. */
static const struct {
    const char *version;
    enum cw_net_failure wanted;
    const char *reason;
} OLD_SERVERS[] = {
    {"-tls1_2", CW_NET_OK, ""},
    {"-tls1_1", CW_NET_TLS, "protocol version"},
    {"-tls1", CW_NET_TLS, "protocol version"},
};

/* A client without our rule and with the same OpenSSL connects. */
static void check_lowered(const char *folder, uint16_t port, const char *version)
{
    char script[256];
    (void)snprintf(script, sizeof(script),
                   "cd \"$1\" && OPENSSL_CONF=lowered.cnf exec openssl s_client -connect "
                   "127.0.0.1:%u -CAfile ca.pem -verify_return_error %s </dev/null >/dev/null 2>&1",
                   port, version);
    tls_shell(script, folder);
}

static void refuses_old_tls_itself(void)
{
    char folder[] = "/tmp/cryptowatch-tls-XXXXXX";
    char program[TLS_PATH_BYTES];
    char ca[TLS_PATH_BYTES];
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    tls_shell(MAKE_CERTIFICATES, folder);
    (void)snprintf(program, sizeof(program), "%s/lowered", folder);
    (void)snprintf(ca, sizeof(ca), "%s/ca.pem", folder);
    for (size_t i = 0; i < CW_COUNT(OLD_SERVERS); i++) {
        pid_t pid = -1;
        char url[256];
        const char *version = OLD_SERVERS[i].version;
        const uint16_t port = tls_serve(folder, "good", version, &pid);
        CW_CHECK(port > 0, "%s: the server does not start", version);
        check_lowered(folder, port, version);
        struct cw_net_request request = get_of(url, "https", port, "/");
        request.bytes_max = 1 << 20;
        request.ca_file = cw_span_cstr(ca);
        const struct outcome got = ask_as(program, LOOPBACK_HOSTS, &request, WAIT_MS);
        CW_CHECK(got.status == CW_OK && got.failure == OLD_SERVERS[i].wanted &&
                     strstr(got.reason, OLD_SERVERS[i].reason) != NULL,
                 "%s: %s: %s%s", version, cw_net_failure_name(got.failure), got.reason,
                 got.err.text);
        CW_CHECK((got.stored > 0) == (got.failure == CW_NET_OK), "%s: %zu bytes", version,
                 got.stored);
        cw_child_kill(pid);
    }
    tls_shell("rm -r -- \"$1\"", folder);
}

static void judges_tls_servers(void)
{
    char folder[] = "/tmp/cryptowatch-tls-XXXXXX";
    CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
    tls_shell(MAKE_CERTIFICATES, folder);
    for (size_t i = 0; i < CW_COUNT(TLS_SERVERS); i++) {
        pid_t pid = -1;
        char url[256];
        char ca[TLS_PATH_BYTES];
        const uint16_t port =
            tls_serve(folder, TLS_SERVERS[i].certificate, TLS_SERVERS[i].version, &pid);
        CW_CHECK(port > 0, "%s: the server does not start", TLS_SERVERS[i].what);
        struct cw_net_request request = get_of(url, "https", port, "/");
        request.bytes_max = 1 << 20;
        if (TLS_SERVERS[i].ca[0] != '\0') {
            (void)snprintf(ca, sizeof(ca), "%s/%s.pem", folder, TLS_SERVERS[i].ca);
            request.ca_file = cw_span_cstr(ca);
        }
        const struct outcome got = ask_as(PROGRAM, LOOPBACK_HOSTS, &request, WAIT_MS);
        CW_CHECK(got.status == CW_OK && got.failure == TLS_SERVERS[i].wanted &&
                     strstr(got.reason, TLS_SERVERS[i].reason) != NULL,
                 "%s: %s: %s", TLS_SERVERS[i].what, cw_net_failure_name(got.failure), got.reason);
        CW_CHECK((got.stored > 0) == (got.failure == CW_NET_OK), "%s: %zu bytes",
                 TLS_SERVERS[i].what, got.stored);
        cw_child_kill(pid);
    }
    tls_shell("rm -r -- \"$1\"", folder);
}

#endif
