#include "net/outcome.h"

/* X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL, whose headers are not
 * worth including for two numbers that cannot change. */
enum { NOT_YET_VALID = 9, HAS_EXPIRED = 10 };

static const struct {
    CURLcode code;
    enum cw_net_failure failure;
} kinds[] = {
    {CURLE_COULDNT_RESOLVE_HOST, CW_NET_DNS},
    {CURLE_COULDNT_RESOLVE_PROXY, CW_NET_DNS},
    {CURLE_COULDNT_CONNECT, CW_NET_CONNECT},
    {CURLE_NO_CONNECTION_AVAILABLE, CW_NET_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, CW_NET_TIMEOUT},
    {CURLE_SSL_CONNECT_ERROR, CW_NET_TLS},
    {CURLE_SSL_ENGINE_NOTFOUND, CW_NET_TLS},
    {CURLE_SSL_ENGINE_SETFAILED, CW_NET_TLS},
    {CURLE_SSL_ENGINE_INITFAILED, CW_NET_TLS},
    {CURLE_SSL_CERTPROBLEM, CW_NET_TLS},
    {CURLE_SSL_CIPHER, CW_NET_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, CW_NET_TLS},
    {CURLE_USE_SSL_FAILED, CW_NET_TLS},
    {CURLE_SSL_CACERT_BADFILE, CW_NET_TLS},
    {CURLE_SSL_SHUTDOWN_FAILED, CW_NET_TLS},
    {CURLE_SSL_CRL_BADFILE, CW_NET_TLS},
    {CURLE_SSL_ISSUER_ERROR, CW_NET_TLS},
    {CURLE_SSL_PINNEDPUBKEYNOTMATCH, CW_NET_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, CW_NET_TLS},
    {CURLE_SSL_CLIENTCERT, CW_NET_TLS},
    {CURLE_PARTIAL_FILE, CW_NET_CUT},
    {CURLE_GOT_NOTHING, CW_NET_CUT},
    {CURLE_RECV_ERROR, CW_NET_CUT},
    {CURLE_SEND_ERROR, CW_NET_CUT},
    {CURLE_FILESIZE_EXCEEDED, CW_NET_TOO_LARGE},
    {CURLE_BAD_CONTENT_ENCODING, CW_NET_ENCODING},
};

enum cw_net_failure cw_outcome_failure(CURLcode code)
{
    CW_ASSERT(code != CURLE_OK);
    for (size_t i = 0; i < CW_COUNT(kinds); i++) {
        if (kinds[i].code == code) {
            return kinds[i].failure;
        }
    }
    return CW_NET_PROTOCOL;
}

void cw_outcome_explain(CURLcode code, const char *detail, long verify, struct cw_error *ret)
{
    const bool is_about_time = code == CURLE_PEER_FAILED_VERIFICATION &&
                               (verify == NOT_YET_VALID || verify == HAS_EXPIRED);
    if (code == CURLE_OUT_OF_MEMORY) {
        /* What libcurl says of a header line beyond its own bound, too. */
        (void)cw_error_set(ret, CW_LIMIT,
                           "a header line of the answer is far too long, or memory is exhausted");
        return;
    }
    (void)cw_error_set(ret, CW_TEMPORARY, "%s%s",
                       detail[0] != '\0' ? detail : curl_easy_strerror(code),
                       is_about_time ? "; is the clock of this machine right?" : "");
}
