#include "cli/screen_hit.h"

#include "base/limits.h"
#include "base/text.h"
#include "cli/match.h"

enum { HEAD_BYTES_MAX = 64 << 10 }; /* a name that can be opened, in the longest JSON spelling */

const char *cw_screen_against_name(enum cw_screen_against against)
{
    switch (against) {
    case CW_AGAINST_ALL:
        return "all";
    case CW_AGAINST_FEEDS:
        return "feeds";
    case CW_AGAINST_RULES:
        return "rules";
    }
    return "all";
}

static bool is_asked_for(const struct cw_hit_style *style, const struct cw_check_match *match)
{
    return style->against == CW_AGAINST_ALL ||
           match->is_rule == (style->against == CW_AGAINST_RULES);
}

enum cw_verdict cw_hit_judge(const struct cw_hit_style *style, const struct cw_answer *answer)
{
    enum cw_verdict verdict = CW_VERDICT_CLEAR;
    for (size_t i = 0; i < answer->matches_count; i++) {
        const struct cw_check_match *match = &answer->matches[i];
        if (is_asked_for(style, match)) {
            const enum cw_verdict now = cw_match_is_listing(match->relation, match->is_active)
                                            ? CW_VERDICT_LISTED
                                            : CW_VERDICT_RELATED;
            verdict = now > verdict ? now : verdict;
        }
    }
    return verdict;
}

struct cw_check_against cw_hit_against(const struct cw_hit_style *style)
{
    return (struct cw_check_against){.is_lists = style->against != CW_AGAINST_RULES,
                                     .is_cases = style->against != CW_AGAINST_FEEDS};
}

/* ---- what is told of a text ---- */

static json_t *body_json(const struct cw_hit_style *style, struct cw_span text,
                         const struct cw_answer *answer)
{
    json_t *matches = json_array();
    for (size_t i = 0; i < answer->matches_count; i++) {
        if (is_asked_for(style, &answer->matches[i])) {
            (void)json_array_append_new(matches, cw_cli_match_json(&answer->matches[i]));
        }
    }
    return json_pack("{s:o, s:o, s:s, s:o}", "value", cw_json_text(text), "canonical",
                     answer->canonical[0] == '\0' ? json_null() : json_string(answer->canonical),
                     "verdict", cw_verdict_name(cw_hit_judge(style, answer)), "matches", matches);
}

/* Without its first and last `cut` characters. */
static void put_json(json_t *value, size_t cut, struct cw_buf *out)
{
    char *text = value == NULL ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text == NULL) {
        out->failed = CW_NOMEM; /* half a hit is none */
    } else {
        cw_buf_append(out, text + cut, strlen(text) - 2 * cut);
    }
    free(text);
    json_decref(value);
}

static void put_match(const struct cw_check_match *match, size_t more, struct cw_buf *out)
{
    cw_buf_printf(out, " (%s, %s %s", cw_relation_name(match->relation),
                  match->is_rule ? "case" : "list", match->source_id);
    if (match->entry_name[0] != '\0') {
        cw_buf_str(out, ": ");
        cw_text_escape(out, cw_span_cstr(match->entry_name));
    }
    if (more > 0) {
        cw_buf_printf(out, ", and %zu more", more);
    }
    cw_buf_str(out, ")");
}

static void put_shown(const struct cw_hit_style *style, struct cw_span text,
                      const struct cw_answer *answer, struct cw_buf *out)
{
    const enum cw_verdict verdict = cw_hit_judge(style, answer);
    const struct cw_check_against against = cw_hit_against(style);
    const size_t all =
        (against.is_lists ? answer->of_lists : 0) + (against.is_cases ? answer->of_cases : 0);
    const enum cw_tone tone = cw_cli_verdict_tone(verdict);
    cw_buf_printf(out, "%s%s%s ", cw_tone_begin(style->cli, tone), cw_verdict_name(verdict),
                  cw_tone_end(style->cli, tone));
    cw_text_escape(out, text);
    for (size_t i = 0; i < answer->matches_count; i++) {
        if (is_asked_for(style, &answer->matches[i])) { /* the strongest comes first */
            put_match(&answer->matches[i], all - 1, out);
            return;
        }
    }
}

static bool is_json_shown(const struct cw_hit_style *style)
{
    return style->cli->is_json && !style->is_silent;
}

enum cw_status cw_hit_body_make(const struct cw_hit_style *style, struct cw_span text,
                                const struct cw_answer *answer, struct cw_hit_body *ret,
                                struct cw_error *err)
{
    *ret = (struct cw_hit_body){.verdict = cw_hit_judge(style, answer)};
    cw_buf_init(&ret->json, CW_HIT_BODY_MAX);
    cw_buf_init(&ret->shown, CW_HIT_BODY_MAX);
    if (ret->verdict == CW_VERDICT_CLEAR) {
        return CW_OK;
    }
    if (is_json_shown(style) || style->is_kept) {
        put_json(body_json(style, text, answer), 1, &ret->json);
    }
    if (!style->is_silent && !style->cli->is_json) {
        put_shown(style, text, answer, &ret->shown);
    }
    const enum cw_status status = cw_buf_status(&ret->json, err);
    return status == CW_OK ? cw_buf_status(&ret->shown, err) : status;
}

void cw_hit_body_clear(struct cw_hit_body *body)
{
    cw_buf_clear(&body->json);
    cw_buf_clear(&body->shown);
}

/* ---- put ---- */

static void put_object(const struct cw_screen_hit *hit, const struct cw_hit_body *body,
                       bool has_context, struct cw_buf *out)
{
    cw_buf_printf(out, "{\"offset\":%llu,", (unsigned long long)hit->offset);
    cw_buf_span(out, cw_buf_as_span(&body->json));
    if (has_context) {
        struct cw_buf line;
        cw_buf_init(&line, CW_ADDRESS_FIELD_MAX);
        cw_buf_span(&line, hit->before);
        cw_buf_span(&line, hit->text);
        cw_buf_span(&line, hit->behind);
        cw_buf_str(out, ",\"context\":");
        put_json(cw_json_text(cw_buf_as_span(&line)), 0, out);
        cw_buf_clear(&line);
    }
    cw_buf_str(out, "}");
}

static void put_line(const struct cw_hit_style *style, const struct cw_screen_hit *hit,
                     const struct cw_hit_body *body, struct cw_buf *out)
{
    cw_buf_printf(out, "%llu: ", (unsigned long long)hit->offset);
    cw_buf_span(out, cw_buf_as_span(&body->shown));
    if (style->is_line) {
        cw_buf_str(out, ": ");
        cw_text_escape(out, hit->before);
        cw_text_escape(out, hit->text);
        cw_text_escape(out, hit->behind);
    }
}

/* In front of a hit that was put: the length of its object, and then comes what is shown. */
struct head {
    size_t json_len;
    enum cw_verdict verdict;
};

void cw_hit_put(const struct cw_hit_style *style, const struct cw_screen_hit *hit,
                const struct cw_hit_body *body, struct cw_buf *out)
{
    const size_t at = out->len;
    struct head head = {.verdict = body->verdict};
    cw_buf_append(out, &head, sizeof(head));
    if (style->is_kept) {
        put_object(hit, body, false, out);
        head.json_len = out->len - at - sizeof(head);
    }
    if (is_json_shown(style)) {
        put_object(hit, body, style->is_line, out);
    } else if (!style->is_silent) {
        put_line(style, hit, body, out);
    }
    if (out->failed == CW_OK) {
        memcpy(out->data + at, &head, sizeof(head));
    }
}

struct cw_hit_told cw_hit_take(struct cw_span told)
{
    struct head head;
    CW_ASSERT(told.len >= sizeof(head));
    memcpy(&head, told.data, sizeof(head));
    const size_t end = sizeof(head) + head.json_len;
    CW_ASSERT(end <= told.len);
    return (struct cw_hit_told){.verdict = head.verdict,
                                .json = cw_span_slice(told, sizeof(head), end),
                                .shown = cw_span_slice(told, end, told.len)};
}

/* ---- print ---- */

enum cw_status cw_hit_write(const struct cw_hit_place *place, struct cw_span object,
                            void (*write)(void *ctx, struct cw_span bytes), void *ctx,
                            struct cw_error *err)
{
    struct cw_buf head;
    cw_buf_init(&head, HEAD_BYTES_MAX);
    cw_buf_str(&head, "{\"file\":");
    cw_json_string(&head, cw_span_cstr(place->name));
    cw_buf_printf(&head, ",\"line\":%llu,", (unsigned long long)place->line);
    const enum cw_status status = cw_buf_status(&head, err);
    if (status == CW_OK) {
        CW_ASSERT(object.len > 0);
        write(ctx, cw_buf_as_span(&head));
        write(ctx, cw_span_slice(object, 1, object.len));
        write(ctx, CW_SPAN("\n"));
    }
    cw_buf_clear(&head);
    return status;
}

static void to_stdout(void *ctx, struct cw_span bytes)
{
    (void)ctx;
    (void)fwrite(bytes.data, 1, bytes.len, stdout);
}

enum cw_status cw_hit_print(const struct cw_hit_style *style, const struct cw_hit_place *place,
                            const struct cw_hit_told *told, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    if (style->is_silent) {
        return CW_OK;
    }
    if (style->cli->is_json) {
        status = cw_hit_write(place, told->shown, to_stdout, NULL, err);
    } else {
        cw_cli_print(cw_span_cstr(place->name));
        (void)printf(":%llu:", (unsigned long long)place->line);
        to_stdout(NULL, told->shown);
        (void)putchar('\n');
    }
    if (status == CW_OK && ferror(stdout) != 0) {
        status = cw_error_set(err, CW_IO, "standard output cannot be written: disk full?");
    }
    return status;
}
