/* receipt_world.h: what the tests of receipts, of `check` and of `screen`, start from. */
#ifndef CW_TESTS_RECEIPT_WORLD_H
#define CW_TESTS_RECEIPT_WORLD_H

#include "alert/receipt.h"
#include "alert_body_cases.h"
#include "verify_world.h"

#define SHA_A "5cd3935d47f435c818b5a6add028f3dfd203da86b892e1d50b0e371d7f877638"
#define SHA_B "c1a176cf09a389e40bcdc26883762cc3e1bef1ed9efe82bf30ab5a86af9efd51"
#define URI   "https://scanner.agency.example/cryptowatch"

static const struct cw_receipt_feed fresh[] = {{"ofac", "fresh", 1795144000, SHA_A, 761}};
static const struct cw_receipt_case cases[] = {{"ronin-2022", SHA_B}};

/* Facts of one fresh list and one case; what was asked is the caller's. */
static inline struct cw_receipt_facts facts_of_data(void)
{
    return (struct cw_receipt_facts){
        .source = URI,
        .instance = "scanner-a",
        .version = "0.1.0",
        .time_s = 1795144502,
        .nonce = {1, 2, 3},
        .generation = 12,
        .feeds = fresh,
        .feeds_count = 1,
        .rules_sha256 = SHA_B,
        .cases = cases,
        .cases_count = 1,
    };
}

static inline bool holds(const struct cw_buf *body, const char *text)
{
    struct cw_buf out;
    cw_buf_init(&out, TEXT_MAX);
    const bool is_there = replace(&out, cw_buf_as_span(body), text, "");
    cw_buf_clear(&out);
    return is_there;
}

/* In a body, the first `from` becomes `to`. */
struct tampering {
    const char *from;
    const char *to;
};

/* Each change stands in the body, and makes it one that is refused. */
static inline void refuses_each(const struct cw_buf *body, const struct tampering *changes,
                                size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct cw_buf other;
        cw_buf_init(&other, TEXT_MAX);
        CW_CHECK(replace(&other, cw_buf_as_span(body), changes[i].from, changes[i].to),
                 "%s is not in it", changes[i].from);
        CW_CHECK(cw_receipt_check_body(cw_buf_as_span(&other), NULL) == CW_UNTRUSTED, "%s is taken",
                 changes[i].to);
        cw_buf_clear(&other);
    }
}

#endif
