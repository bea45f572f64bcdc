/* The second look of the address guard (CURLOPT_PREREQFUNCTION), at connections that are used
 * again: for them libcurl opens no socket, so that the first look (CURLOPT_OPENSOCKETFUNCTION) says
 * nothing.
 *
 * Within cryptowatch-net no list can come to that: one process has one policy, libcurl uses a
 * connection again only for the host and port that it was opened for, and what was allowed for a
 * host is allowed for its next request. Here the policy changes between two requests, as it would
 * if one process ever served two. */
#include <fcntl.h>

#include "loopback.h"
#include "net/transfer_private.h"

enum { URL_BYTES = 64, BODY_BYTES = 1024, WAIT_MS = 100, ROUNDS_MAX = 100, TOTAL_MS = 10000 };

/* ---- a server that keeps its connections ---- */

struct keeper {
    int fd;
    uint16_t port;
    pthread_t thread;
    const char *answer; /* to the first request; the others get OK */
    int connections;    /* read after keeper_stop */
    int requests;
};

static const char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
static const char MOVED[] = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";

static bool read_request(int fd)
{
    char bytes[4096];
    size_t len = 0;
    while (len < sizeof(bytes) && loopback_head_end(bytes, len) == 0) {
        const ssize_t got = recv(fd, bytes + len, sizeof(bytes) - len, 0);
        if (got <= 0) {
            return false;
        }
        len += (size_t)got;
    }
    return true;
}

static void *keeper_main(void *ctx)
{
    struct keeper *keeper = ctx;
    for (;;) {
        const int fd = accept(keeper->fd, NULL, NULL);
        if (fd < 0) {
            return NULL; /* keeper_stop shut the socket */
        }
        keeper->connections++;
        while (read_request(fd)) {
            const char *answer = keeper->requests++ == 0 ? keeper->answer : OK;
            (void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
        }
        (void)close(fd);
    }
}

static void keeper_start(struct keeper *keeper, const char *answer)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t bytes = sizeof(address);
    *keeper = (struct keeper){.answer = answer, .fd = socket(AF_INET, SOCK_STREAM, 0)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_FATAL(keeper->fd >= 0);
    CU_ASSERT_EQUAL_FATAL(bind(keeper->fd, (const struct sockaddr *)&address, bytes), 0);
    CU_ASSERT_EQUAL_FATAL(listen(keeper->fd, 4), 0);
    CU_ASSERT_EQUAL_FATAL(getsockname(keeper->fd, (struct sockaddr *)&address, &bytes), 0);
    keeper->port = ntohs(address.sin_port);
    CU_ASSERT_EQUAL_FATAL(pthread_create(&keeper->thread, NULL, keeper_main, keeper), 0);
}

/* Only when the client has closed its connections. */
static void keeper_stop(struct keeper *keeper)
{
    (void)shutdown(keeper->fd, SHUT_RDWR);
    (void)pthread_join(keeper->thread, NULL);
    (void)close(keeper->fd);
}

/* ---- one process with its policy ---- */

static const struct cw_span LOOPBACK = {"127.0.0.1", 9};
static const struct cw_guard_hosts NOBODY = {NULL, 0};

struct world {
    struct keeper keeper;
    struct cw_transfer_policy policy;
    int body_fd; /* /dev/null */
    char url[URL_BYTES];
};

static void world_init(struct world *world, const char *answer)
{
    keeper_start(&world->keeper, answer);
    world->body_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(world->body_fd >= 0);
    world->policy = (struct cw_transfer_policy){{&LOOPBACK, 1}, curl_multi_init()};
    CU_ASSERT_PTR_NOT_NULL_FATAL(world->policy.multi);
    (void)snprintf(world->url, sizeof(world->url), "http://127.0.0.1:%u/list",
                   (unsigned)world->keeper.port);
}

static void world_clear(struct world *world)
{
    (void)curl_multi_cleanup(world->policy.multi);
    keeper_stop(&world->keeper);
    (void)close(world->body_fd);
}

static struct cw_transfer *begin(struct world *world)
{
    const struct cw_net_request request = {
        .method = CW_NET_GET,
        .url = cw_span_cstr(world->url),
        .bytes_max = BODY_BYTES,
        .connect_ms = TOTAL_MS,
        .total_ms = TOTAL_MS,
    };
    struct cw_transfer *transfer = NULL;
    CU_ASSERT_FATAL(cw_transfer_start(&world->policy, &request, world->body_fd, &transfer, NULL) ==
                    CW_OK);
    CU_ASSERT_FATAL(!cw_transfer_has_ended(transfer)); /* the URL itself was judged good */
    return transfer;
}

/* Works until one hop is over. */
static void work(struct world *world)
{
    int left = 0;
    const CURLMsg *message = NULL;
    for (int i = 0; i < ROUNDS_MAX && message == NULL; i++) {
        int running = 0;
        CU_ASSERT_FATAL(curl_multi_perform(world->policy.multi, &running) == CURLM_OK);
        message = curl_multi_info_read(world->policy.multi, &left);
        if (message == NULL) {
            (void)curl_multi_poll(world->policy.multi, NULL, 0, WAIT_MS, NULL);
        }
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(message);
    const CURLcode code = message->data.result;
    cw_transfer_on_done(cw_transfer_of(message->easy_handle), code);
}

/* ---- cases ---- */

static void check_good(const struct cw_transfer *transfer, unsigned sockets)
{
    const struct cw_net_result result = cw_transfer_result(transfer);
    CW_CHECK(result.failure == CW_NET_OK, "%.*s", CW_SPAN_ARG(result.reason));
    CU_ASSERT(cw_span_is(result.peer_ip, "127.0.0.1"));
    CU_ASSERT_EQUAL(transfer->sockets, sockets);
}

/* No socket was asked for in this hop: the first look cannot have refused it. */
static void check_refused_at_the_second_look(const struct cw_transfer *transfer)
{
    const struct cw_net_result result = cw_transfer_result(transfer);
    CW_CHECK(result.failure == CW_NET_GUARD, "%s: %.*s", cw_net_failure_name(result.failure),
             CW_SPAN_ARG(result.reason));
    CU_ASSERT(cw_span_starts_with(result.reason, CW_SPAN("127.0.0.1 is at 127.0.0.1, a private")));
    CU_ASSERT_EQUAL(transfer->sockets, 0);
    CU_ASSERT_STRING_EQUAL(transfer->refused, ""); /* the first look's word */
}

static void check_served(struct world *world, int connections, int requests)
{
    world_clear(world);
    CW_CHECK(world->keeper.connections == connections, "%d connections", world->keeper.connections);
    CW_CHECK(world->keeper.requests == requests, "%d requests", world->keeper.requests);
}

static void uses_a_connection_again_and_looks_at_it_again(void)
{
    struct world world;
    world_init(&world, OK);
    for (unsigned i = 0; i < 2; i++) {
        struct cw_transfer *transfer = begin(&world);
        work(&world);
        check_good(transfer, i == 0 ? 1 : 0);
        cw_transfer_free(transfer);
    }
    check_served(&world, 1, 2);
}

static void refuses_a_kept_connection_that_is_allowed_no_longer(void)
{
    struct world world;
    world_init(&world, OK);
    struct cw_transfer *first = begin(&world);
    work(&world);
    check_good(first, 1);
    cw_transfer_free(first);
    struct cw_transfer *second = begin(&world);
    world.policy.allowed = NOBODY;
    work(&world);
    check_refused_at_the_second_look(second);
    cw_transfer_free(second);
    check_served(&world, 1, 1);
}

static void refuses_a_redirect_on_a_kept_connection_that_is_allowed_no_longer(void)
{
    struct world world;
    world_init(&world, MOVED);
    struct cw_transfer *transfer = begin(&world);
    work(&world);
    CU_ASSERT_FATAL(!cw_transfer_has_ended(transfer)); /* on its way to /there */
    CU_ASSERT_EQUAL(transfer->redirects, 1);
    world.policy.allowed = NOBODY;
    work(&world);
    check_refused_at_the_second_look(transfer);
    cw_transfer_free(transfer);
    check_served(&world, 1, 1);
}

static void follows_a_redirect_on_a_kept_connection_that_is_allowed(void)
{
    struct world world;
    world_init(&world, MOVED);
    struct cw_transfer *transfer = begin(&world);
    work(&world);
    CU_ASSERT_FATAL(!cw_transfer_has_ended(transfer));
    work(&world);
    check_good(transfer, 0);
    cw_transfer_free(transfer);
    check_served(&world, 1, 2);
}

/* The same without a kept connection: there the first look is the one that refuses. */
static void refuses_a_new_connection_at_the_first_look(void)
{
    struct world world;
    world_init(&world, OK);
    struct cw_transfer *transfer = begin(&world);
    world.policy.allowed = NOBODY;
    work(&world);
    const struct cw_net_result result = cw_transfer_result(transfer);
    CU_ASSERT_EQUAL(result.failure, CW_NET_GUARD);
    CU_ASSERT_STRING_EQUAL(transfer->refused, "127.0.0.1");
    cw_transfer_free(transfer);
    check_served(&world, 0, 0);
}

static const struct cw_test TESTS[] = {
    {"uses a connection again and looks at it again",
     uses_a_connection_again_and_looks_at_it_again},
    {"refuses a kept connection that is allowed no longer",
     refuses_a_kept_connection_that_is_allowed_no_longer},
    {"refuses a redirect on a kept connection allowed no longer",
     refuses_a_redirect_on_a_kept_connection_that_is_allowed_no_longer},
    {"follows a redirect on a kept connection that is allowed",
     follows_a_redirect_on_a_kept_connection_that_is_allowed},
    {"refuses a new connection at the first look", refuses_a_new_connection_at_the_first_look},
};

int main(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return 1;
    }
    const int failed = cw_run_suite("reused", TESTS, CW_COUNT(TESTS));
    curl_global_cleanup();
    return failed;
}
