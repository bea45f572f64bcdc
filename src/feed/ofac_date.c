#include "feed/ofac_date.h"

#include <stdio.h>

void cw_ofac_date_part(uint64_t *part, struct cw_span text)
{
    const bool has_zero = text.len == 2 && text.data[0] == '0';
    (void)cw_span_to_u64(has_zero ? cw_span_slice(text, 1, 2) : text, 9999, part);
}

bool cw_ofac_date_format(const struct cw_ofac_date *date, char ret_text[static CW_DATE_TEXT_BYTES])
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%04u-%02u-%02u", (unsigned)date->year,
                   (unsigned)date->month, (unsigned)date->day);
    if (!cw_date_parse(cw_span_cstr(text), NULL)) {
        return false;
    }
    memcpy(ret_text, text, CW_DATE_TEXT_BYTES);
    return true;
}
