/* Any bytes as an encrypted key. A file that asks for much memory is not opened here: only the cost
 * of the reader is ours to bound in a fuzzer. */
#include <string.h>
#include <unistd.h>

#include "crypto/sealed_key.h"
#include "fuzz.h"

static bool is_cheap(struct cw_span file)
{
    const struct cw_span mem = CW_SPAN("\"mem\":8192,");
    for (size_t at = 0; at + mem.len <= file.len; at++) {
        if (cw_span_equal(cw_span_slice(file, at, at + mem.len), mem)) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CW_CLEANUP(cw_passphrase_freep) struct cw_passphrase *passphrase = NULL;
    CW_CLEANUP(cw_signing_key_freep) struct cw_signing_key *key = NULL;
    enum cw_key_role role = CW_KEY_ALERT;
    int ends[2];
    const struct cw_span file = cw_span_make(data, size);
    if (cw_signing_key_is_sealed(file) && !is_cheap(file)) {
        return 0;
    }
    CW_ASSERT(pipe(ends) == 0);
    CW_ASSERT(write(ends[1], "passphrase\n", 11) == 11);
    CW_ASSERT(cw_passphrase_read(ends[0], &passphrase, NULL) == CW_OK);
    (void)close(ends[0]);
    (void)close(ends[1]);
    const enum cw_status status = cw_signing_key_open(file, "file", passphrase, &role, &key, NULL);
    CW_ASSERT(status == CW_INVALID || status == CW_DENIED || status == CW_OK);
    CW_ASSERT((status == CW_OK) == (key != NULL));
    if (status == CW_OK) {
        fuzz_accept("input");
    }
    return 0;
}
