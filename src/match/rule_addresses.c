#include "match/rule_reading.h"

#include "address/reserved.h"
#include "base/file.h"
#include "crypto/hash.h"
#include "json/json_names.h"

enum { DIGEST_BYTES = 16, POINTER_BYTES = 64, NOTE_BYTES_MAX = 500 };

/* The key of one kept address, to find repeats: a digest instead of the key itself, so that a set
 * of a million costs 32 MB for the moment of reading. */
struct seen {
    uint8_t digest[DIGEST_BYTES];
    uint32_t index;  /* in rule->addresses, which is the order of reading */
    uint32_t first;  /* index of the first with this key; its own when it is the first */
    uint32_t number; /* element of "addresses", or line of the addresses_file */
};

/* All that one reading needs besides what it was given. */
struct gathering {
    const struct cw_rule_reading *reading;
    struct cw_rule_address *kept;
    struct seen *seen;
    size_t count;
    size_t inline_count;   /* of the kept ones, those of the rule file */
    const char *text_path; /* of the addresses_file, or NULL */
    struct cw_buf text;    /* its content */
};

/* An element of "addresses" in its longer form. */
struct element {
    const char *address;
    const char *source;
    const char *note;
};

static const struct cw_field element_fields[] = {
    {"address", CW_FIELD_STRING, .is_required = true, .min = 1,
     .offset = offsetof(struct element, address)},
    {"source", CW_FIELD_STRING, .is_required = true, .min = 1, .max = CW_ID_MAX,
     .offset = offsetof(struct element, source)},
    {"note", CW_FIELD_STRING, .min = 1, .max = NOTE_BYTES_MAX,
     .offset = offsetof(struct element, note)},
};

bool cw_rule_keep(struct cw_arena *arena, const char **text)
{
    CW_ASSERT(*text != NULL);
    *text = cw_arena_copy(arena, cw_span_cstr(*text)).data;
    return *text != NULL;
}

enum cw_address_error cw_rule_address_decode(const struct cw_rule_address *address,
                                             struct cw_address *ret)
{
    return cw_address_parse(address->value, (struct cw_span){NULL, 0}, CW_ADDRESS_STRICT, ret);
}

/* What the decoder said of one text. */
struct verdict {
    enum cw_address_error why;
    const struct cw_reserved *reserved; /* NULL unless it is nobody's address */
    enum cw_mistake_grade grade;
};

static bool has_mistake(const struct verdict *verdict)
{
    return verdict->why != CW_ADDRESS_OK || verdict->reserved != NULL;
}

/* Says why a text is no address without repeating it: it may be a secret key, or one mistyped. */
static void reason_format(const struct verdict *verdict, char *ret, size_t bytes)
{
    const enum cw_address_error why = verdict->why;
    if (why == CW_ADDRESS_OK) {
        (void)snprintf(ret, bytes, "never alerts: it is %s, which nobody holds",
                       verdict->reserved->what);
        return;
    }
    if (why == CW_ADDRESS_SECRET) {
        (void)snprintf(ret, bytes,
                       "this is a secret key, not an address: take it out of this file at once "
                       "and regard it as known to others (%s)",
                       cw_address_error_code(why));
        return;
    }
    (void)snprintf(ret, bytes, "not an address: %s (%s)", cw_address_error_text(why),
                   cw_address_error_code(why));
}

/* Two addresses are the same to a rule when key and tag are: an exchange gives each customer a tag
 * of one address, and watching two of them is no repeat. */
static void digest_of(const struct cw_address *address, uint8_t ret[static DIGEST_BYTES])
{
    char text[CW_CANONICAL_BYTES + 1 + CW_AUX_BYTES];
    char aux[CW_AUX_BYTES] = "";
    cw_address_canonical(address, text);
    if (cw_address_aux(address, aux)) {
        const size_t len = strlen(text);
        (void)snprintf(text + len, sizeof(text) - len, "|%s", aux);
    }
    cw_blake2b(cw_span_cstr(text), NULL, ret, DIGEST_BYTES);
}

/* Decodes and keeps one address. */
static enum cw_status keep_address(struct gathering *gathering, struct cw_rule_address address,
                                   size_t number, struct verdict *ret, struct cw_error *err)
{
    struct cw_arena *arena = gathering->reading->arena;
    struct cw_address decoded;
    *ret = (struct verdict){.why = cw_rule_address_decode(&address, &decoded),
                            .grade = CW_MISTAKE_ERROR};
    if (ret->why != CW_ADDRESS_OK) {
        return CW_OK;
    }
    ret->reserved = cw_address_reserved(&decoded);
    ret->grade = CW_MISTAKE_WARNING;
    address.value = cw_arena_copy(arena, address.value);
    address.note = address.note.len == 0 ? address.note : cw_arena_copy(arena, address.note);
    if (address.value.data == NULL || (address.note.data == NULL && address.note.len > 0)) {
        return cw_error_set(err, CW_LIMIT, "the rules need more memory than is set aside for them");
    }
    struct seen *seen = &gathering->seen[gathering->count];
    seen->index = (uint32_t)gathering->count;
    seen->first = seen->index;
    seen->number = (uint32_t)number;
    digest_of(&decoded, seen->digest);
    gathering->kept[gathering->count++] = address;
    return CW_OK;
}

static int32_t find_report(const struct cw_rule *rule, const char *source)
{
    for (size_t i = 0; i < rule->reported_count; i++) {
        if (rule->reported[i].id[0] != '\0' && strcmp(rule->reported[i].id, source) == 0) {
            return (int32_t)i;
        }
    }
    return CW_RULE_NO_REPORT;
}

/* Reads one element of "addresses"; true when there is a text to decode. */
static bool read_element(const struct cw_rule_reading *reading, const json_t *value,
                         const char *pointer, struct cw_rule_address *ret)
{
    ret->reported = CW_RULE_NO_REPORT;
    if (json_is_string(value)) {
        ret->value = cw_span_make(json_string_value(value), json_string_length(value));
        cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_WARNING, pointer,
                             "has no source: write {\"address\": ..., \"source\": ...} with the id "
                             "of an element of reported");
        return true;
    }
    if (!json_is_object(value)) {
        cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, pointer,
                             "a string or an object { } is expected here");
        return false;
    }
    struct element element = {.note = ""};
    (void)cw_json_read_object(reading->file, value, pointer, CW_FIELDS(element_fields), &element,
                              reading->mistakes);
    if (element.source != NULL) {
        ret->reported = find_report(reading->rule, element.source);
    }
    if (element.source != NULL && ret->reported == CW_RULE_NO_REPORT) {
        char place[POINTER_BYTES + sizeof("/source")];
        (void)snprintf(place, sizeof(place), "%s/source", pointer);
        cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, place,
                             "no element of reported has this id");
    }
    ret->value = cw_span_cstr(element.address);
    ret->note = cw_span_cstr(element.note);
    return element.address != NULL;
}

static enum cw_status gather_inline(struct gathering *gathering, const json_t *addresses,
                                    struct cw_error *err)
{
    const struct cw_rule_reading *reading = gathering->reading;
    for (size_t i = 0; i < json_array_size(addresses); i++) {
        const json_t *value = json_array_get(addresses, i);
        char pointer[POINTER_BYTES];
        (void)snprintf(pointer, sizeof(pointer), "/addresses/%zu", i);
        struct cw_rule_address address = {.reported = CW_RULE_NO_REPORT};
        struct verdict verdict;
        if (!read_element(reading, value, pointer, &address)) {
            continue;
        }
        const enum cw_status status = keep_address(gathering, address, i, &verdict, err);
        if (status != CW_OK) {
            return status;
        }
        if (has_mistake(&verdict)) {
            char reason[300];
            reason_format(&verdict, reason, sizeof(reason));
            (void)snprintf(pointer, sizeof(pointer), "/addresses/%zu%s", i,
                           json_is_object(value) ? "/address" : "");
            cw_json_file_mistake(reading->file, reading->mistakes, verdict.grade, pointer, "%s",
                                 reason);
        }
    }
    gathering->inline_count = gathering->count;
    return CW_OK;
}

/* The address of a line: without its comment and the space around it; empty when there is none. */
static struct cw_span bare_line(struct cw_span line)
{
    return cw_span_trim(cw_span_slice(line, 0, cw_span_find(line, '#', 0)));
}

static size_t count_lines(struct cw_span text)
{
    size_t count = 0;
    struct cw_span line;
    while (cw_span_next_line(&text, &line)) {
        count += bare_line(line).len > 0 ? 1 : 0;
    }
    return count;
}

static enum cw_status gather_lines(struct gathering *gathering, struct cw_error *err)
{
    struct cw_span rest = cw_buf_as_span(&gathering->text);
    struct cw_span line;
    for (size_t number = 1; cw_span_next_line(&rest, &line); number++) {
        const struct cw_span bare = bare_line(line);
        if (bare.len == 0) {
            continue;
        }
        const struct cw_rule_address address = {.value = bare, .reported = CW_RULE_NO_REPORT};
        struct verdict verdict;
        const enum cw_status status = keep_address(gathering, address, number, &verdict, err);
        if (status != CW_OK) {
            return status;
        }
        if (has_mistake(&verdict)) {
            char reason[300];
            reason_format(&verdict, reason, sizeof(reason));
            const int column = (int)(bare.data - line.data) + 1;
            cw_mistakes_add(
                gathering->reading->mistakes, verdict.grade,
                (struct cw_mistake_place){gathering->text_path, (int)number, column, ""}, "%s",
                reason);
        }
    }
    return CW_OK;
}

static int by_digest(const void *a, const void *b)
{
    const struct seen *left = a;
    const struct seen *right = b;
    const int order = memcmp(left->digest, right->digest, DIGEST_BYTES);
    return order != 0 ? order : (left->index > right->index) - (left->index < right->index);
}

static int by_index(const void *a, const void *b)
{
    const struct seen *left = a;
    const struct seen *right = b;
    return (left->index > right->index) - (left->index < right->index);
}

static void report_repeat(const struct gathering *gathering, const struct seen *repeat)
{
    const struct cw_rule_reading *reading = gathering->reading;
    const struct seen *first = &gathering->seen[repeat->first];
    CW_ASSERT(first->index == repeat->first);
    const bool is_same_text =
        cw_span_equal(gathering->kept[repeat->index].value, gathering->kept[first->index].value);
    const char *how = is_same_text ? "" : " in another spelling";
    char where[80];
    if (first->index < gathering->inline_count) {
        (void)snprintf(where, sizeof(where), "/addresses/%u", (unsigned)first->number);
    } else {
        (void)snprintf(where, sizeof(where), "line %u", (unsigned)first->number);
    }
    if (repeat->index < gathering->inline_count) {
        char pointer[POINTER_BYTES];
        (void)snprintf(pointer, sizeof(pointer), "/addresses/%u", (unsigned)repeat->number);
        cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_WARNING, pointer,
                             "is the same key as %s%s: remove one", where, how);
        return;
    }
    cw_mistakes_add(reading->mistakes, CW_MISTAKE_WARNING,
                    (struct cw_mistake_place){gathering->text_path, (int)repeat->number, 1, ""},
                    "is the same key as %s%s: remove one", where, how);
}

static void report_repeats(struct gathering *gathering)
{
    struct seen *seen = gathering->seen;
    if (gathering->count == 0) {
        return;
    }
    qsort(seen, gathering->count, sizeof(*seen), by_digest);
    for (size_t i = 1; i < gathering->count; i++) {
        if (memcmp(seen[i].digest, seen[i - 1].digest, DIGEST_BYTES) == 0) {
            seen[i].first = seen[i - 1].first;
        }
    }
    qsort(seen, gathering->count, sizeof(*seen), by_index);
    for (size_t i = 0; i < gathering->count; i++) {
        if (seen[i].first != seen[i].index) {
            report_repeat(gathering, &seen[i]);
        }
    }
}

/* Reads the addresses_file whole; a file that cannot be read is a mistake at its name. */
static enum cw_status open_text(struct gathering *gathering, const char *name, struct cw_error *err)
{
    const struct cw_rule_reading *reading = gathering->reading;
    gathering->text_path = cw_json_path(reading->file, cw_span_cstr(name), reading->arena);
    char *digest = cw_arena_alloc(reading->arena, CW_SHA256_HEX_BYTES);
    if (gathering->text_path == NULL || digest == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory",
                            cw_json_file_path(reading->file));
    }
    struct cw_error why = {0};
    const enum cw_status status = cw_file_read(gathering->text_path, &gathering->text, &why);
    if (status == CW_NOMEM) {
        return cw_error_set(err, CW_NOMEM, "%s", why.text);
    }
    if (status != CW_OK) {
        cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR, "/addresses_file",
                             "cannot be read: %s", why.text);
        cw_buf_clear(&gathering->text);
        return CW_OK;
    }
    (void)cw_json_check_mode(gathering->text_path, reading->mistakes);
    cw_sha256_hex(cw_buf_as_span(&gathering->text), digest);
    reading->rule->addresses_sha256 = digest;
    reading->rule->addresses_path = gathering->text_path;
    return CW_OK;
}

static enum cw_status gather(struct gathering *gathering, const json_t *addresses,
                             struct cw_error *err)
{
    const struct cw_rule_reading *reading = gathering->reading;
    const size_t lines = count_lines(cw_buf_as_span(&gathering->text));
    const size_t total = json_array_size(addresses) + lines;
    if (total > CW_RULE_ADDRESSES_MAX - reading->addresses_before) {
        cw_json_file_mistake(reading->file, reading->mistakes, CW_MISTAKE_ERROR,
                             lines > 0 ? "/addresses_file" : "/addresses",
                             "the rules up to this one hold more than %u addresses in all",
                             CW_RULE_ADDRESSES_MAX);
        return CW_OK;
    }
    gathering->kept = cw_arena_array(reading->arena, total, sizeof(*gathering->kept));
    gathering->seen = calloc(total + 1, sizeof(*gathering->seen));
    if (gathering->kept == NULL || gathering->seen == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory",
                            cw_json_file_path(reading->file));
    }
    enum cw_status status = gather_inline(gathering, addresses, err);
    if (status == CW_OK) {
        status = gather_lines(gathering, err);
    }
    return status;
}

enum cw_status cw_rule_read_addresses(const struct cw_rule_reading *reading,
                                      const json_t *addresses, const char *addresses_file,
                                      struct cw_error *err)
{
    CW_ASSERT(reading->addresses_before <= CW_RULE_ADDRESSES_MAX);
    struct gathering gathering = {.reading = reading};
    cw_buf_init(&gathering.text, CW_ADDRESSES_FILE_MAX);
    enum cw_status status = CW_OK;
    if (addresses_file[0] != '\0') {
        status = open_text(&gathering, addresses_file, err);
    }
    if (status == CW_OK) {
        status = gather(&gathering, addresses, err);
    }
    if (status == CW_OK) {
        report_repeats(&gathering);
        reading->rule->addresses = gathering.kept;
        reading->rule->addresses_count = gathering.count;
        reading->rule->addresses_inline = gathering.inline_count;
    }
    free(gathering.seen);
    cw_buf_clear(&gathering.text);
    return status;
}
