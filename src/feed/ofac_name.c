#include "feed/ofac_name.h"

#include "base/limits.h"

enum { NAME_BYTES_MAX = CW_OFAC_NAME_PARTS_MAX * (CW_XML_TEXT_MAX + 2) };

void cw_ofac_name_init(struct cw_ofac_name *name)
{
    *name = (struct cw_ofac_name){0};
    cw_buf_init(&name->text, NAME_BYTES_MAX);
}

void cw_ofac_name_clear(struct cw_ofac_name *name)
{
    cw_buf_clear(&name->text);
}

void cw_ofac_name_reset(struct cw_ofac_name *name)
{
    name->parts_count = 0;
    name->is_latin = false;
    cw_buf_reset(&name->text);
}

bool cw_ofac_name_begin(struct cw_ofac_name *name, bool is_latin)
{
    const bool is_better = name->parts_count == 0 || (is_latin && !name->is_latin);
    if (is_better) {
        cw_ofac_name_reset(name);
        name->is_latin = is_latin;
    }
    return is_better;
}

enum cw_status cw_ofac_name_add(struct cw_ofac_name *name, uint64_t group_id, struct cw_span part,
                                struct cw_error *err)
{
    CW_ASSERT(name->parts_count <= CW_OFAC_NAME_PARTS_MAX);
    const struct cw_span kept = cw_span_trim(part);
    if (kept.len == 0 || name->parts_count == CW_OFAC_NAME_PARTS_MAX) {
        return CW_OK;
    }
    const size_t i = name->parts_count++;
    name->parts[i].group_id = group_id;
    name->parts[i].at = name->text.len;
    name->parts[i].len = kept.len;
    name->parts[i].is_last_name = false;
    cw_buf_span(&name->text, kept);
    return cw_buf_status(&name->text, err);
}

void cw_ofac_name_group(struct cw_ofac_name *name, uint64_t group_id, bool is_last_name)
{
    for (size_t i = 0; i < name->parts_count; i++) {
        if (name->parts[i].group_id == group_id) {
            name->parts[i].is_last_name = is_last_name;
        }
    }
}

/* Appends the parts that are last names, or those that are not, each after `before`. */
static void append_parts(struct cw_buf *out, const struct cw_ofac_name *name, bool are_last_names,
                         const char *before)
{
    for (size_t i = 0; i < name->parts_count; i++) {
        if (name->parts[i].is_last_name == are_last_names) {
            cw_buf_str(out, before);
            cw_buf_append(out, name->text.data + name->parts[i].at, name->parts[i].len);
            before = " ";
        }
    }
}

enum cw_status cw_ofac_name_join(const struct cw_ofac_name *name, struct cw_arena *arena,
                                 struct cw_span *ret, struct cw_error *err)
{
    struct cw_buf out;
    cw_buf_init(&out, NAME_BYTES_MAX);
    append_parts(&out, name, true, "");
    append_parts(&out, name, false, out.len > 0 ? ", " : "");
    enum cw_status status = cw_buf_status(&out, err);
    struct cw_span joined = {NULL, 0};
    if (status == CW_OK && out.len > 0) {
        joined = cw_arena_copy(arena, cw_buf_as_span(&out));
        status = joined.data != NULL
                     ? CW_OK
                     : cw_error_set(err, CW_LIMIT, "the names of this list are too long");
    }
    cw_buf_clear(&out);
    if (status == CW_OK) {
        *ret = joined;
    }
    return status;
}
