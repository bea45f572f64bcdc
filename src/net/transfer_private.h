/* transfer_private.h: a transfer as the files of this folder share it; for nobody else. */
#ifndef CW_NET_TRANSFER_PRIVATE_H
#define CW_NET_TRANSFER_PRIVATE_H

#include "base/clock.h"
#include "net/head.h"
#include "net/transfer.h"
#include "net/url.h"

enum { CW_TRANSFER_PEER_BYTES = 64 };

struct cw_transfer {
    const struct cw_transfer_policy *policy;
    struct cw_clock clock;
    uint64_t start_ms;
    struct cw_buf copy; /* the request as a frame; its spans point in here */
    struct cw_net_request request;
    int body_fd;
    CURL *easy;
    struct curl_slist *headers; /* of this hop */
    char words[CURL_ERROR_SIZE];
    struct cw_net_url first;
    struct cw_net_url now; /* of this hop */
    unsigned redirects;
    struct cw_head head;
    char peer[CW_TRANSFER_PEER_BYTES];
    char refused[CW_TRANSFER_PEER_BYTES]; /* an address that the guard refused in this hop */
    unsigned sockets;                     /* opened in this hop */
    uint64_t body_bytes;
    uint64_t wire_bytes; /* the body as it came, with what chunks have around it */
    struct cw_buf answer;
    bool is_enough; /* we stopped reading on purpose */
    bool has_ended;
    enum cw_net_failure failure; /* first one wins, together with `why` */
    struct cw_error why;
};

bool cw_transfer_is_get(const struct cw_transfer *transfer);
/** Ends with the words that a callback or a check found; the first failure wins. */
void cw_transfer_fail(struct cw_transfer *transfer, enum cw_net_failure failure,
                      const struct cw_error *why);
void cw_transfer_fail_words(struct cw_transfer *transfer, enum cw_net_failure failure,
                            const char *words);
/** The host may be in private ranges, and may be spoken to over http:. */
bool cw_transfer_is_allowed(const struct cw_transfer *transfer, const struct cw_net_url *url);
void cw_transfer_fail_guard(struct cw_transfer *transfer, const char *address);

/* hop.c: what is asked. */
CURLcode cw_transfer_set_rules(struct cw_transfer *transfer);
CURLcode cw_transfer_set_request(struct cw_transfer *transfer);
/** Starts the hop to transfer->now, which has been judged. */
void cw_transfer_start_hop(struct cw_transfer *transfer);

/* answer.c: what comes back, as libcurl's callbacks; ctx is the transfer. */
size_t cw_transfer_on_header(char *data, size_t size, size_t count, void *ctx);
size_t cw_transfer_on_body(char *data, size_t size, size_t count, void *ctx);
int cw_transfer_on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total,
                            curl_off_t up_now);
/** Counts what comes before chunks are taken apart; shows nothing to anybody. */
int cw_transfer_on_wire(CURL *easy, curl_infotype type, char *data, size_t bytes, void *ctx);

#endif
