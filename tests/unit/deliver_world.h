/* deliver_world.h: a real store in a temporary folder, real alerts, loopback receivers and a wall
 * clock in the test's hand, around cw_deliver_run with the real network program. */
#ifndef CW_TESTS_DELIVER_WORLD_H
#define CW_TESTS_DELIVER_WORLD_H

#include <signal.h>
#include <sys/stat.h>

#include "alert/seal.h"
#include "base/file.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "deliver/deliver.h"
#include "loopback.h"

enum { WORLD_ENDPOINTS_MAX = 3, WORLD_ALERTS_MAX = 40 };

static const int64_t world_start_s = 1795144502;
static const char *const world_endpoints[WORLD_ENDPOINTS_MAX] = {"alpha", "beta", "gamma"};

struct world {
    char dir[64];
    struct cw_store *store;
    struct cw_signing_key *key;
    struct cw_receiver receivers[WORLD_ENDPOINTS_MAX];
    char urls[WORLD_ENDPOINTS_MAX][64];
    size_t receivers_count;
    char ids[WORLD_ALERTS_MAX][CW_UUID_TEXT_BYTES];
    struct cw_buf bodies[WORLD_ALERTS_MAX];
    size_t alerts_count;
    int64_t now_s;
    uint64_t window_ms;      /* of a run; below 5 s there is no second attempt in it */
    uint64_t tick_ms;        /* what each look at the monotonic clock adds to it */
    uint64_t ticks_ms;       /* what they added so far */
    struct loopback *jumper; /* its first request sets the monotonic clock forward */
    uint64_t jump_ms;        /* by so much */
    const char *program;
    struct cw_deliver_report report; /* of the last run */
};

static inline int64_t world_now_s(void *ctx)
{
    return ((struct world *)ctx)->now_s;
}

static inline uint64_t world_monotonic_ms(void *ctx)
{
    struct world *world = ctx;
    const bool has_jumped = world->jumper != NULL && loopback_count(world->jumper) > 0;
    world->ticks_ms += world->tick_ms;
    return (uint64_t)loopback_now_ms() + world->ticks_ms + (has_jumped ? world->jump_ms : 0);
}

/* Half of every range: no jitter. */
static inline void world_fill(void *ctx, uint8_t *ret, size_t len)
{
    (void)ctx;
    memset(ret, 0, len);
    ret[len - 1] = 0x80;
}

#define WORLD_OK(call)                                                                             \
    do {                                                                                           \
        struct cw_error world_err_ = {0};                                                          \
        struct cw_error *const why = &world_err_;                                                  \
        const enum cw_status world_status_ = (call);                                               \
        CW_CHECK(world_status_ == CW_OK, "%s: %s", #call, why->text);                              \
    } while (0)

static inline void world_init(struct world *world)
{
    *world = (struct world){.dir = "/tmp/cw-deliver-XXXXXX",
                            .now_s = world_start_s,
                            .window_ms = 4000,
                            .program = CW_BIN_DIR "/cryptowatch-net"};
    static const uint8_t seed[CW_ED25519_SEED_BYTES] = {7};
    CU_ASSERT_FATAL(mkdtemp(world->dir) != NULL);
    WORLD_OK(cw_store_open(world->dir, CW_STORE_WRITE, &world->store, why));
    CU_ASSERT_FATAL(world->store != NULL);
    world->key = cw_signing_key_new(seed);
    CU_ASSERT_FATAL(world->key != NULL);
}

static inline void world_clear(struct world *world)
{
    static const char *const names[] = {"state.db", "state.db-wal", "state.db-shm", "lock"};
    cw_store_close(world->store);
    cw_signing_key_free(world->key);
    for (size_t i = 0; i < world->alerts_count; i++) {
        cw_buf_clear(&world->bodies[i]);
    }
    for (size_t i = 0; i < CW_COUNT(names); i++) {
        char *path = cw_path_join(world->dir, names[i]);
        (void)unlink(path);
        free(path);
    }
    CU_ASSERT_EQUAL(rmdir(world->dir), 0);
}

/* An endpoint at a port of the loopback interface, which takes everything. */
static inline struct cw_receiver *world_receiver(struct world *world, uint16_t port)
{
    const size_t i = world->receivers_count++;
    (void)snprintf(world->urls[i], sizeof(world->urls[i]), "http://127.0.0.1:%u/hook",
                   (unsigned)port);
    world->receivers[i] = (struct cw_receiver){.id = world_endpoints[i],
                                               .url = world->urls[i],
                                               .keys = {world->key},
                                               .keys_count = 1,
                                               .ca_file = "",
                                               .max_tlp = CW_TLP_RED};
    return &world->receivers[i];
}

static inline void world_store_alert(struct world *world, struct cw_span body,
                                     const struct cw_alert_summary *summary)
{
    struct cw_buf jws;
    struct cw_buf detached;
    bool is_new = false;
    cw_buf_init(&jws, CW_JWS_BYTES_MAX);
    cw_buf_init(&detached, CW_JWS_BYTES_MAX);
    WORLD_OK(cw_seal(world->key, body, world_start_s, &jws, &detached, why));
    const struct cw_stored_alert alert = {.id = cw_span_cstr(summary->id),
                                          .body = body,
                                          .jws = cw_buf_as_span(&jws),
                                          .detached = cw_buf_as_span(&detached),
                                          .created_at_s = world->now_s};
    WORLD_OK(cw_store_alert_add(world->store, &alert, summary, &is_new, why));
    CU_ASSERT(is_new);
    for (size_t i = 0; i < world->receivers_count; i++) {
        WORLD_OK(
            cw_store_enqueue(world->store, summary->id, world->receivers[i].id, world->now_s, why));
    }
    cw_buf_clear(&jws);
    cw_buf_clear(&detached);
}

/* Makes one more alert and queues it for every endpoint. */
static inline void world_queue_graded(struct world *world, enum cw_severity severity,
                                      enum cw_tlp tlp)
{
    static const char *const languages[] = {"en", NULL};
    const size_t i = world->alerts_count++;
    struct cw_alert_summary summary;
    const struct cw_alert_facts facts = {
        .type = CW_ALERT_TEST,
        .time_s = world_start_s + (int64_t)i,
        .scanner = {.source = "https://scanner.agency.example/cryptowatch",
                    .version = "0.1.0",
                    .instance = "scanner-a"},
        .severity = severity,
        .confidence = -1,
        .tlp = tlp,
        .subject = "test",
        .languages = languages,
    };
    cw_buf_init(&world->bodies[i], CW_ALERT_BYTES_MAX);
    WORLD_OK(cw_alert_build(&facts, &world->bodies[i], why));
    const struct cw_span body = cw_buf_as_span(&world->bodies[i]);
    WORLD_OK(cw_alert_summarise(body, &summary, why));
    memcpy(world->ids[i], summary.id, sizeof(summary.id));
    world_store_alert(world, body, &summary);
}

static inline void world_queue(struct world *world, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        world_queue_graded(world, CW_HIGH, CW_TLP_AMBER);
    }
}

static inline struct cw_deliver_options world_options(struct world *world)
{
    static const char *const hosts[] = {"127.0.0.1", NULL};
    return (struct cw_deliver_options){
        .net = {.program = world->program, .allow_private_hosts = hosts},
        .user_agent = "cryptowatch/0.1.0",
        .clock = {.now_s = world_now_s, .monotonic_ms = world_monotonic_ms, .ctx = world},
        .random = {.fill = world_fill},
        .deadline_ms = world_monotonic_ms(world) + world->window_ms,
    };
}

/* One run, `later_s` after the last one. */
static inline void world_run(struct world *world, int64_t later_s)
{
    world->now_s += later_s;
    const struct cw_deliver_options options = world_options(world);
    WORLD_OK(cw_deliver_run(world->store, world->receivers, world->receivers_count, &options,
                            &world->report, why));
}

static inline void world_expect(const struct world *world, const char *when, uint64_t sent,
                                uint64_t failed, uint64_t pending, uint64_t dead)
{
    const struct cw_deliver_report *got = &world->report;
    CW_CHECK(got->sent == sent && got->failed == failed && got->pending == pending &&
                 got->dead == dead,
             "%s: sent %llu failed %llu pending %llu dead %llu", when,
             (unsigned long long)got->sent, (unsigned long long)got->failed,
             (unsigned long long)got->pending, (unsigned long long)got->dead);
}

struct world_row {
    const char *endpoint;
    struct cw_delivery row;
};

static inline enum cw_status world_keep_row(void *ctx, const struct cw_delivery *delivery,
                                            struct cw_error *err)
{
    struct world_row *wanted = ctx;
    (void)err;
    if (strcmp(delivery->endpoint, wanted->endpoint) == 0) {
        wanted->row = *delivery;
    }
    return CW_OK;
}

static inline struct cw_delivery world_row_of(struct world *world, size_t alert, size_t endpoint)
{
    struct world_row wanted = {.endpoint = world->receivers[endpoint].id};
    WORLD_OK(cw_store_deliveries(world->store, world->ids[alert], world_keep_row, &wanted, why));
    return wanted.row;
}

static inline bool world_is_disabled(struct world *world, size_t endpoint)
{
    bool is_disabled = false;
    int64_t not_before_s = 0;
    WORLD_OK(cw_store_endpoint_get(world->store, world->receivers[endpoint].id, &is_disabled,
                                   &not_before_s, why));
    return is_disabled;
}

/* The request is alert number `alert`, whole, with a good signature over the time `sent_s`. */
static inline void world_check_request(const struct world *world,
                                       const struct loopback_request *request, size_t alert,
                                       int64_t sent_s)
{
    char timestamp[32];
    struct cw_buf content;
    uint8_t signature[CW_ED25519_SIGNATURE_BYTES];
    const struct cw_public_key key = cw_signing_key_public(world->key);
    const struct cw_span body = cw_buf_as_span(&world->bodies[alert]);
    const struct cw_span value = loopback_header(request, "webhook-signature");
    (void)snprintf(timestamp, sizeof(timestamp), "%lld", (long long)sent_s);
    CU_ASSERT(cw_span_starts_with(request->head, CW_SPAN("POST /hook HTTP/")));
    CU_ASSERT(cw_span_equal(request->body, body));
    CU_ASSERT(cw_span_is(loopback_header(request, "webhook-id"), world->ids[alert]));
    CU_ASSERT(cw_span_is(loopback_header(request, "webhook-timestamp"), timestamp));
    CU_ASSERT(cw_span_is(loopback_header(request, "user-agent"), "cryptowatch/0.1.0"));
    CU_ASSERT(cw_span_is(loopback_header(request, "content-type"),
                         "application/cloudevents+json; charset=UTF-8"));
    CU_ASSERT(loopback_header(request, "cryptowatch-jws").len > 0);
    CU_ASSERT(loopback_header(request, "authorization").len == 0);
    cw_buf_init(&content, 2 * CW_ALERT_BYTES_MAX);
    cw_buf_printf(&content, "%s.%s.", world->ids[alert], timestamp);
    cw_buf_span(&content, body);
    CU_ASSERT(cw_span_starts_with(value, CW_SPAN("v1a,")));
    CU_ASSERT(cw_base64_decode_exact(CW_BASE64_STANDARD, cw_span_slice(value, 4, value.len),
                                     signature, sizeof(signature)));
    CU_ASSERT(cw_sign_is_valid(&key, cw_buf_as_span(&content), signature));
    cw_buf_clear(&content);
}

#define ANSWERS(...)                                                                               \
    (const struct loopback_answer[]){__VA_ARGS__},                                                 \
        CW_COUNT(((const struct loopback_answer[]){__VA_ARGS__}))

/* A world with one endpoint that answers by plan. */
static inline void begin(struct world *world, struct loopback *loop,
                         const struct loopback_answer *answers, size_t answers_count)
{
    world_init(world);
    loopback_start(loop, answers, answers_count);
    (void)world_receiver(world, loop->port);
}

static inline void end(struct world *world, struct loopback *loop)
{
    loopback_clear(loop);
    world_clear(world);
}

/* A port on which nobody listens. */
static inline uint16_t closed_port(void)
{
    struct loopback loop;
    loopback_start(&loop, ANSWERS({.status = 204}));
    const uint16_t port = loop.port;
    loopback_clear(&loop);
    return port;
}

#endif
