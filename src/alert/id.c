#include <assert.h>

#include "alert/internal.h"
#include "base/datetime.h"

enum { JOINED_BYTES_MAX = 8192, DECIMAL_BYTES = 21 };
static_assert((int)DECIMAL_BYTES >= (int)CW_TIME_TEXT_BYTES, "one array holds either");

void cw_id_parts_begin(struct cw_id_parts *parts, enum cw_alert_type type)
{
    *parts = (struct cw_id_parts){.count = 0};
    cw_id_parts_add(parts, CW_SPAN("cryptowatch-alert-id-v1"));
    cw_id_parts_add(parts, cw_span_cstr(cw_alert_type_name(type)));
}

void cw_id_parts_add(struct cw_id_parts *parts, struct cw_span part)
{
    CW_ASSERT(parts->count < CW_ID_PARTS_MAX);
    parts->items[parts->count++] = part;
}

/* An empty part or a line feed inside one would let two different facts share a name. */
static enum cw_status check_parts(const struct cw_id_parts *parts, struct cw_error *err)
{
    for (size_t i = 0; i < parts->count; i++) {
        if (parts->items[i].len == 0) {
            return cw_error_set(err, CW_INVALID, "part %zu of the identifier is missing", i + 1);
        }
        if (!cw_alert_text_fits(parts->items[i])) {
            return cw_error_set(err, CW_INVALID,
                                "part %zu of the identifier holds a control character or bad UTF-8",
                                i + 1);
        }
    }
    return CW_OK;
}

enum cw_status cw_id_parts_end(const struct cw_id_parts *parts,
                               char ret_id[static CW_UUID_TEXT_BYTES], struct cw_error *err)
{
    CW_ASSERT(parts->count > 2);
    enum cw_status status = check_parts(parts, err);
    if (status != CW_OK) {
        return status;
    }
    struct cw_buf joined;
    cw_buf_init(&joined, JOINED_BYTES_MAX);
    for (size_t i = 0; i < parts->count; i++) {
        if (i > 0) {
            cw_buf_char(&joined, '\n');
        }
        cw_buf_span(&joined, parts->items[i]);
    }
    status = cw_buf_status(&joined, NULL);
    if (status == CW_OK) {
        cw_uuid5(cw_uuid_alert_namespace, cw_buf_as_span(&joined), ret_id);
    }
    cw_buf_clear(&joined);
    if (status == CW_LIMIT) {
        return cw_error_set(err, CW_INVALID, "the parts of the identifier exceed %d bytes",
                            JOINED_BYTES_MAX);
    }
    return status == CW_OK ? CW_OK : cw_error_set(err, status, "identifier: no memory");
}

/* ---- parts from facts ---- */

static void add_address(struct cw_id_parts *parts, const struct cw_alert_facts *facts,
                        char episode[static DECIMAL_BYTES], char revision[static DECIMAL_BYTES])
{
    const struct cw_alert_address *address = facts->address;
    (void)snprintf(episode, DECIMAL_BYTES, "%llu", (unsigned long long)address->episode);
    (void)snprintf(revision, DECIMAL_BYTES, "%llu", (unsigned long long)address->revision);
    cw_id_parts_add(parts, cw_span_cstr(address->case_id));
    cw_id_parts_add(parts, cw_span_cstr(address->canonical));
    cw_id_parts_add(parts, cw_span_cstr(facts->provenance->feed));
    cw_id_parts_add(parts, cw_span_cstr(address->entry_id));
    cw_id_parts_add(parts, cw_span_cstr(address->listed_canonical));
    cw_id_parts_add(parts, cw_span_cstr(episode));
    if (facts->type == CW_ALERT_CHANGED) {
        cw_id_parts_add(parts, cw_span_cstr(revision));
        cw_id_parts_add(parts, cw_span_cstr(address->entry_sha256));
    }
}

static void add_feed(struct cw_id_parts *parts, const struct cw_alert_facts *facts,
                     char since[static CW_TIME_TEXT_BYTES])
{
    cw_time_format(facts->feed->since_s, since);
    cw_id_parts_add(parts, cw_span_cstr(facts->scanner.source));
    cw_id_parts_add(parts, cw_span_cstr(facts->scanner.instance));
    cw_id_parts_add(parts, cw_span_cstr(facts->feed->id));
    cw_id_parts_add(parts, cw_span_cstr(since));
}

/* alerts.md names no recipe for key.changed and endpoint.disabled: one instance may tell several of
 * them in one second, so the subject is a part, too. */
static void add_other(struct cw_id_parts *parts, const struct cw_alert_facts *facts,
                      char time[static CW_TIME_TEXT_BYTES])
{
    cw_time_format(facts->time_s, time);
    cw_id_parts_add(parts, cw_span_cstr(facts->scanner.source));
    cw_id_parts_add(parts, cw_span_cstr(facts->scanner.instance));
    if (facts->type == CW_ALERT_KEY_CHANGED || facts->type == CW_ALERT_ENDPOINT_DISABLED) {
        cw_id_parts_add(parts, cw_span_cstr(facts->subject));
    }
    cw_id_parts_add(parts, cw_span_cstr(time));
}

enum cw_status cw_alert_id(const struct cw_alert_facts *facts,
                           char ret_id[static CW_UUID_TEXT_BYTES], struct cw_error *err)
{
    struct cw_id_parts parts;
    char first[DECIMAL_BYTES];
    char second[DECIMAL_BYTES];
    cw_id_parts_begin(&parts, facts->type);
    switch (cw_alert_family_of(facts->type)) {
    case CW_FAMILY_ADDRESS:
        if (facts->address == NULL || facts->provenance == NULL) {
            return cw_error_set(err, CW_INVALID, "an address alert needs address and provenance");
        }
        add_address(&parts, facts, first, second);
        break;
    case CW_FAMILY_FEED:
        if (facts->feed == NULL) {
            return cw_error_set(err, CW_INVALID, "a feed alert needs feed");
        }
        add_feed(&parts, facts, first);
        break;
    case CW_FAMILY_RETRACTION:
        cw_id_parts_add(&parts, cw_span_cstr(facts->scanner.source));
        cw_id_parts_add(&parts, cw_span_cstr(facts->retracts));
        break;
    case CW_FAMILY_OTHER:
        add_other(&parts, facts, first);
        break;
    }
    return cw_id_parts_end(&parts, ret_id, err);
}
