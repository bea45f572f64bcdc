/* Any bytes as a JWK set: it is read or refused with a sentence, and a set that was read can be
 * asked about an alert. */
#include "alert/seal.h"
#include "base/limits.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char file[] =
        "eyJhbGciOiJFZDI1NTE5IiwiY3R5IjoiY2xvdWRldmVudHMranNvbiIsImN3X3B1cnBvc2UiOiJpc3N1ZSIsImlhdC"
        "I6MTc5NTE0NDUwMiwia2lkIjoiS3VEczhaMUpFalVkWFc4VDBQcVlpb0pKM3UxV19rRUFFZzhxUm1FLXZhbyIsInR5"
        "cCI6ImNyeXB0b3dhdGNoLWFsZXJ0K2p3cyJ9..T9rYqcl6WqVkY7FZUUJDhgttU0kXFE48iG44awd7kx_rkKJ8QkpL"
        "yE4nOFgkf59h74YvqW-GoKjABfCaVXRpBw";
    CW_CLEANUP(cw_key_set_freep) struct cw_key_set *set = NULL;
    struct cw_error err = {0};
    const enum cw_status status = cw_key_set_parse(cw_span_make(data, size), "fuzz", &set, &err);
    CW_ASSERT(status == CW_OK || status == CW_INVALID);
    CW_ASSERT((status == CW_OK) == (set != NULL));
    CW_ASSERT((status == CW_OK) == (err.text[0] == '\0'));
    if (set != NULL) {
        const struct cw_key_set *const sets[] = {set};
        struct cw_verification found;
        struct cw_buf body;
        cw_buf_init(&body, CW_ALERT_BYTES_MAX);
        /* the signature is over another body, so no set may make it valid */
        CW_ASSERT(cw_seal_verify(CW_SPAN(file), CW_SPAN("{}"),
                                 &(struct cw_trust){.sets = sets, .count = 1}, &found, &body,
                                 NULL) != CW_OK);
        CW_ASSERT(found.signatures_count == 1);
        CW_ASSERT(body.len == 0);
        cw_buf_clear(&body);
        fuzz_accept("input");
    }
    return 0;
}
