/* library_webhook_cases.h: the deliveries of test_library.c, and the count of allocations. */
#ifndef CW_TESTS_LIBRARY_WEBHOOK_CASES_H
#define CW_TESTS_LIBRARY_WEBHOOK_CASES_H

enum { DELIVERED_S = 1795144503 };

static struct cryptowatch_webhook delivery_of(const struct cw_buf *body, const char *id,
                                              const char *timestamp, const char *signature)
{
    return (struct cryptowatch_webhook){
        .size = sizeof(struct cryptowatch_webhook),
        .id = id,
        .id_len = strlen(id),
        .timestamp = timestamp,
        .timestamp_len = strlen(timestamp),
        .signature = signature,
        .signature_len = strlen(signature),
        .body = body->data,
        .body_len = body->len,
    };
}

struct delivery_row {
    const char *description;
    const char *id;
    const char *timestamp;
    const char *signature;
    enum cryptowatch_verify_error why;
};

#define DELIVERY(signature) WEBHOOK_ID, WEBHOOK_TIMESTAMP, signature
#define ZEROS                                                                                      \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="

static void check_deliveries(const struct delivery_row *rows, size_t count)
{
    const struct key key = key_of(WEBHOOK_KEY);
    struct cw_buf body;
    load_body(&body);
    for (size_t i = 0; i < count; i++) {
        const struct delivery_row *row = &rows[i];
        const struct cryptowatch_webhook delivery =
            delivery_of(&body, row->id, row->timestamp, row->signature);
        const enum cryptowatch_verify_error why = cryptowatch_webhook_verify(
            &delivery, key.bytes, DELIVERED_S, CRYPTOWATCH_WEBHOOK_TOLERANCE_S);
        CW_CHECK(why == row->why, "%s: %s", row->description, cryptowatch_verify_error_name(why));
    }
    cw_buf_clear(&body);
}

static void verifies_the_published_delivery(void)
{
    static const struct delivery_row rows[] = {
        {"one signature", DELIVERY(WEBHOOK_V1A), CRYPTOWATCH_VERIFY_OK},
        {"with an HMAC behind", DELIVERY(WEBHOOK_V1A " " WEBHOOK_V1), CRYPTOWATCH_VERIFY_OK},
        {"with an HMAC in front", DELIVERY(WEBHOOK_V1 " " WEBHOOK_V1A), CRYPTOWATCH_VERIFY_OK},
        {"the new key first", DELIVERY(WEBHOOK_V1A " " WEBHOOK_V1A_OLD), CRYPTOWATCH_VERIFY_OK},
        {"the old key first", DELIVERY(WEBHOOK_V1A_OLD " " WEBHOOK_V1A), CRYPTOWATCH_VERIFY_OK},
        {"a broken element in front", DELIVERY("v1a,%% " WEBHOOK_V1A), CRYPTOWATCH_VERIFY_OK},
        {"a later version in front", DELIVERY("v9,new " WEBHOOK_V1A), CRYPTOWATCH_VERIFY_OK},
    };
    check_deliveries(rows, CW_COUNT(rows));
}

static void refuses_tampered_deliveries(void)
{
    static const struct delivery_row rows[] = {
        {"another key", DELIVERY(WEBHOOK_V1A_OLD), CRYPTOWATCH_VERIFY_SIGNATURE},
        {"a signature of zeros", DELIVERY("v1a," ZEROS), CRYPTOWATCH_VERIFY_SIGNATURE},
        {"an HMAC only", DELIVERY(WEBHOOK_V1), CRYPTOWATCH_VERIFY_MISSING},
        {"no signature", DELIVERY(""), CRYPTOWATCH_VERIFY_MISSING},
        {"blanks only", DELIVERY("   "), CRYPTOWATCH_VERIFY_MISSING},
        {"the version in capitals", DELIVERY("V1A," ZEROS), CRYPTOWATCH_VERIFY_MISSING},
        {"no padding",
         DELIVERY("v1a,aoK93XBHvUr1CWLSth3mBA2471vXWB0cJdyHRecdjCt6c49pcXG9Gd2+"
                  "hLXFujUFf+EL6x59k2tutWAXkniODQ"),
         CRYPTOWATCH_VERIFY_MISSING},
        {"left-over bits",
         DELIVERY("v1a,aoK93XBHvUr1CWLSth3mBA2471vXWB0cJdyHRecdjCt6c49pcXG9Gd2+"
                  "hLXFujUFf+EL6x59k2tutWAXkniODR=="),
         CRYPTOWATCH_VERIFY_MISSING},
        {"the URL alphabet",
         DELIVERY("v1a,aoK93XBHvUr1CWLSth3mBA2471vXWB0cJdyHRecdjCt6c49pcXG9Gd2-"
                  "hLXFujUFf-EL6x59k2tutWAXkniODQ=="),
         CRYPTOWATCH_VERIFY_MISSING},
        {"a comma between elements", DELIVERY(WEBHOOK_V1 "," WEBHOOK_V1A),
         CRYPTOWATCH_VERIFY_MISSING},
        {"a tab between elements", DELIVERY(WEBHOOK_V1 "\t" WEBHOOK_V1A),
         CRYPTOWATCH_VERIFY_MISSING},
        {"another id", "8e10387d-6711-5268-a605-4c3ccd6f59d6", WEBHOOK_TIMESTAMP, WEBHOOK_V1A,
         CRYPTOWATCH_VERIFY_SIGNATURE},
        {"an empty id", "", WEBHOOK_TIMESTAMP, WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"an id with a full stop", "a.b", WEBHOOK_TIMESTAMP, WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"an id with a space", "a b", WEBHOOK_TIMESTAMP, WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"an id that is not ASCII", "caf\xc3\xa9", WEBHOOK_TIMESTAMP, WEBHOOK_V1A,
         CRYPTOWATCH_VERIFY_FORM},
        {"an id with DEL", "a\x7f", WEBHOOK_TIMESTAMP, WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"another second", WEBHOOK_ID, "1795144504", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_SIGNATURE},
        {"no timestamp", WEBHOOK_ID, "", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"a zero in front", WEBHOOK_ID, "01795144503", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"a plus in front", WEBHOOK_ID, "+1795144503", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"a space in front", WEBHOOK_ID, " 1795144503", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"a fraction", WEBHOOK_ID, "1795144503.0", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"a negative time", WEBHOOK_ID, "-1", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_FORM},
        {"a time over the bound", WEBHOOK_ID, "9007199254740992", WEBHOOK_V1A,
         CRYPTOWATCH_VERIFY_FORM},
        {"a time at the bound", WEBHOOK_ID, "9007199254740991", WEBHOOK_V1A,
         CRYPTOWATCH_VERIFY_TIME},
        {"milliseconds", WEBHOOK_ID, "1795144503000", WEBHOOK_V1A, CRYPTOWATCH_VERIFY_TIME},
    };
    const struct key key = key_of(WEBHOOK_KEY);
    struct cw_buf body;
    check_deliveries(rows, CW_COUNT(rows));
    load_body(&body);
    body.data[body.len - 1] ^= 1;
    const struct cryptowatch_webhook delivery = delivery_of(&body, DELIVERY(WEBHOOK_V1A));
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_SIGNATURE);
    cw_buf_clear(&body);
}

static void holds_the_tolerance(void)
{
    static const struct {
        int64_t now_s;
        int64_t tolerance_s;
        enum cryptowatch_verify_error why;
    } rows[] = {
        {DELIVERED_S, 0, CRYPTOWATCH_VERIFY_OK},
        {DELIVERED_S + 1, 0, CRYPTOWATCH_VERIFY_TIME},
        {DELIVERED_S - 1, 0, CRYPTOWATCH_VERIFY_TIME},
        {DELIVERED_S + 300, 300, CRYPTOWATCH_VERIFY_OK},
        {DELIVERED_S + 301, 300, CRYPTOWATCH_VERIFY_TIME},
        {DELIVERED_S - 300, 300, CRYPTOWATCH_VERIFY_OK},
        {DELIVERED_S - 301, 300, CRYPTOWATCH_VERIFY_TIME},
        {INT64_MIN, INT64_MAX, CRYPTOWATCH_VERIFY_TIME},
        {INT64_MAX, 300, CRYPTOWATCH_VERIFY_TIME},
        {INT64_MAX, INT64_MAX, CRYPTOWATCH_VERIFY_OK},
        {DELIVERED_S, -1, CRYPTOWATCH_VERIFY_ARGUMENT},
        {DELIVERED_S, INT64_MIN, CRYPTOWATCH_VERIFY_ARGUMENT},
    };
    const struct key key = key_of(WEBHOOK_KEY);
    struct cw_buf body;
    load_body(&body);
    const struct cryptowatch_webhook delivery = delivery_of(&body, DELIVERY(WEBHOOK_V1A));
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const enum cryptowatch_verify_error why =
            cryptowatch_webhook_verify(&delivery, key.bytes, rows[i].now_s, rows[i].tolerance_s);
        CW_CHECK(why == rows[i].why, "row %zu: %s", i, cryptowatch_verify_error_name(why));
    }
    cw_buf_clear(&body);
}

static void refuses_unknown_structs(void)
{
    const struct key key = key_of(WEBHOOK_KEY);
    struct cw_buf body;
    load_body(&body);
    struct cryptowatch_webhook delivery = delivery_of(&body, DELIVERY(WEBHOOK_V1A));
    delivery.size--;
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_ARGUMENT);
    delivery.size += 2;
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_ARGUMENT);
    delivery.size--;
    delivery.reserved[CW_COUNT(delivery.reserved) - 1] = 1;
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_ARGUMENT);
    delivery.reserved[CW_COUNT(delivery.reserved) - 1] = 0;
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_OK);
    cw_buf_clear(&body);
}

static void bounds_deliveries(void)
{
    static const char long_body[CRYPTOWATCH_BODY_BYTES_MAX + 1] = "b";
    const struct key key = key_of(WEBHOOK_KEY);
    char id[CRYPTOWATCH_WEBHOOK_ID_BYTES_MAX + 2] = "";
    struct cw_buf body;
    struct cw_buf list;
    load_body(&body);
    memset(id, 'i', CRYPTOWATCH_WEBHOOK_ID_BYTES_MAX);
    struct cryptowatch_webhook delivery = delivery_of(&body, DELIVERY(WEBHOOK_V1A));
    delivery.body = long_body;
    delivery.body_len = CRYPTOWATCH_BODY_BYTES_MAX;
    delivery.id = id;
    delivery.id_len = CRYPTOWATCH_WEBHOOK_ID_BYTES_MAX;
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_SIGNATURE);
    delivery.body_len++;
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_TOO_LONG);
    delivery.body_len--;
    delivery.id_len++;
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_TOO_LONG);

    cw_buf_init(&list, 4096);
    for (size_t i = 1; i < CRYPTOWATCH_WEBHOOK_SIGNATURES_MAX; i++) {
        cw_buf_str(&list, "v1a," ZEROS " ");
    }
    const size_t front = list.len;
    cw_buf_str(&list, WEBHOOK_V1A);
    delivery = delivery_of(&body, DELIVERY(list.data));
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_OK);
    list.len = front;
    cw_buf_str(&list, "v1a," ZEROS " " WEBHOOK_V1A);
    CU_ASSERT_EQUAL_FATAL(cw_buf_status(&list, NULL), CW_OK);
    delivery = delivery_of(&body, DELIVERY(list.data));
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, key.bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_TOO_LONG);
    cw_buf_clear(&list);
    cw_buf_clear(&body);
}

/* ---- memory ---- */

static void call_everything(const struct cw_buf *body, const struct key *alert_key,
                            const struct key *webhook_key)
{
    struct cryptowatch_address a;
    struct cryptowatch_address b;
    struct cryptowatch_jws found;
    char text[CRYPTOWATCH_CANONICAL_BYTES];
    const struct cryptowatch_webhook delivery = delivery_of(body, DELIVERY(WEBHOOK_V1A));
    CU_ASSERT_EQUAL(cryptowatch_init(), CRYPTOWATCH_INIT_OK);
    for (size_t i = 0; i < CW_COUNT(refusal_rows); i++) {
        const struct refusal_row *row = &refusal_rows[i];
        CU_ASSERT_EQUAL(cryptowatch_address_parse(row->text, row->len, row->tag, row->mode, &a),
                        row->why);
    }
    CU_ASSERT_EQUAL(parse(NESTED, "XBT", CRYPTOWATCH_LIST, &b), CRYPTOWATCH_ADDRESS_OK);
    for (size_t i = 0; i < CW_COUNT(address_rows); i++) {
        const struct address_row *row = &address_rows[i];
        CU_ASSERT_EQUAL(parse(row->text, row->tag, row->mode, &a), CRYPTOWATCH_ADDRESS_OK);
        CU_ASSERT(cryptowatch_address_canonical(&a, text, sizeof(text)) > 0);
        CU_ASSERT(cryptowatch_address_text(&a, text, sizeof(text)) > 0);
        CU_ASSERT_NOT_EQUAL(cryptowatch_address_relation(&a, &b), CRYPTOWATCH_RELATION_UNKNOWN);
    }
    CU_ASSERT_EQUAL(
        verify(CW_SPAN(JWS_PROTECTED ".." JWS_SIGNATURE), cw_buf_as_span(body), alert_key, &found),
        CRYPTOWATCH_VERIFY_OK);
    CU_ASSERT_EQUAL(cryptowatch_webhook_verify(&delivery, webhook_key->bytes, DELIVERED_S, 300),
                    CRYPTOWATCH_VERIFY_OK);
}

static void allocates_nothing(void)
{
    const struct key alert_key = key_of(ALERT_KEY);
    const struct key webhook_key = key_of(WEBHOOK_KEY);
    struct cw_buf body;
    const size_t at_start = allocations;
    load_body(&body);
    const size_t before = allocations;
    CU_ASSERT(before > at_start); /* the wrapping works */
    call_everything(&body, &alert_key, &webhook_key);
    CU_ASSERT_EQUAL(allocations, before);
    cw_buf_clear(&body);
}

#endif
