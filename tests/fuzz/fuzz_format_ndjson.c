/* JSON by line: any bytes, fed whole and in pieces, give the same entries and the same verdict. */
#include "fuzz_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_format("ndjson", cw_span_make(data, size));
    return 0;
}
