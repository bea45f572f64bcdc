/* The walk is a state machine over bytes:
 *
 *   VALUE      a value must begin          -> KEY, VALUE (entered), INSIDE (taken, skipped)
 *   KEY        a member's name must begin  -> NAME
 *   NAME       inside the name             -> COLON
 *   COLON      ":" must follow             -> VALUE
 *   INSIDE     inside a value that is taken or skipped whole -> AFTER
 *   AFTER      "," or the end of the container must follow   -> KEY, VALUE, AFTER
 *   END        the document is over: only white space
 *
 * In VALUE and KEY, `may_close` says that the container was just opened and may end at once. */
#include "feed/json_walk.h"

static_assert(CW_JSON_DEPTH_MAX <= 64, "brackets of a value taken whole are bits of one word");

enum state { VALUE, KEY, NAME, COLON, INSIDE, AFTER, END };

struct level {
    bool is_object;
    size_t key_at; /* of the member now being read, in `keys` */
};

struct cw_json_walk {
    struct cw_json_visitor visitor;
    struct cw_text_guard guard;
    struct cw_text_head head;
    struct cw_json_place place;
    struct level levels[CW_JSON_LEVELS_MAX];
    struct cw_buf keys; /* one after the other, unescaped */
    struct cw_buf text; /* of a name, or of a value that is taken */
    enum state state;
    bool may_close;
    uint64_t line;

    bool is_taken;  /* INSIDE: the value is kept */
    bool is_peeked; /* INSIDE: unless it gets long */
    bool is_bare;   /* INSIDE: a number or a word, which only a byte outside of it ends */
    bool is_string;
    bool is_escaped;
    size_t depth;     /* INSIDE: containers open in the value */
    uint64_t objects; /* a bit for each of them: object or array */
};

struct cw_json_walk *cw_json_walk_new(struct cw_json_visitor visitor)
{
    struct cw_json_walk *walk = calloc(1, sizeof(*walk));
    if (walk != NULL) {
        walk->visitor = visitor;
        walk->line = 1;
        cw_buf_init(&walk->keys, (size_t)CW_JSON_LEVELS_MAX * CW_JSON_NAME_MAX);
        cw_buf_init(&walk->text, CW_JSON_VALUE_MAX);
    }
    return walk;
}

void cw_json_walk_free(struct cw_json_walk *walk)
{
    if (walk != NULL) {
        cw_buf_clear(&walk->keys);
        cw_buf_clear(&walk->text);
        free(walk);
    }
}

enum cw_status cw_json_value_read(struct cw_span text, json_t **ret, struct cw_error *err)
{
    json_error_t why;
    *ret = json_loadb(text.len > 0 ? text.data : "", text.len,
                      JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &why);
    if (*ret != NULL) {
        return CW_OK;
    }
    if (json_error_code(&why) == json_error_out_of_memory) {
        return cw_error_set(err, CW_NOMEM, "out of memory for a JSON value");
    }
    return cw_error_set(err, CW_UNTRUSTED, "not JSON: %s", why.text);
}

static enum cw_status refuse(const struct cw_json_walk *walk, const char *what,
                             struct cw_error *err)
{
    return cw_error_set(err, CW_UNTRUSTED, "line %llu: not JSON: %s",
                        (unsigned long long)walk->line, what);
}

static enum cw_status too_much(const struct cw_json_walk *walk, const char *what, size_t max,
                               struct cw_error *err)
{
    return cw_error_set(err, CW_LIMIT, "line %llu: %s (at most %zu)",
                        (unsigned long long)walk->line, what, max);
}

/* Containers around the next value: those that were entered. */
static size_t depth_of(const struct cw_json_walk *walk)
{
    return walk->place.depth;
}

static struct level *top(struct cw_json_walk *walk)
{
    CW_ASSERT(walk->place.depth > 0);
    return &walk->levels[walk->place.depth - 1];
}

/* ---- the end of a value ---- */

static void end_value(struct cw_json_walk *walk)
{
    walk->state = depth_of(walk) == 0 ? END : AFTER;
}

static enum cw_status hand_over(struct cw_json_walk *walk, struct cw_error *err)
{
    enum cw_status status = cw_buf_status(&walk->text, NULL);
    if (status == CW_LIMIT) {
        return too_much(walk, "a value is too long", CW_JSON_VALUE_MAX, err);
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "out of memory for a JSON value");
    }
    status = walk->visitor.value(walk->visitor.ctx, &walk->place, cw_buf_as_span(&walk->text), err);
    cw_buf_reset(&walk->text);
    return status;
}

static enum cw_status leave_value(struct cw_json_walk *walk, struct cw_error *err)
{
    end_value(walk);
    return walk->is_taken ? hand_over(walk, err) : CW_OK;
}

/* ---- containers that are entered ---- */

static enum cw_status enter(struct cw_json_walk *walk, bool is_object, struct cw_error *err)
{
    if (walk->place.depth == CW_JSON_LEVELS_MAX) {
        return too_much(walk, "nested too deeply", CW_JSON_LEVELS_MAX, err);
    }
    const size_t at = walk->place.depth++;
    walk->levels[at] = (struct level){.is_object = is_object, .key_at = walk->keys.len};
    walk->place.keys[at] = CW_SPAN("");
    walk->place.indexes[at] = 0;
    walk->place.in_array[at] = !is_object;
    walk->state = is_object ? KEY : VALUE;
    walk->may_close = true;
    return CW_OK;
}

/* ---- a value begins ---- */

static enum cw_json_kind kind_of(char first)
{
    return first == '{' ? CW_JSON_OBJECT : first == '[' ? CW_JSON_ARRAY : CW_JSON_SCALAR;
}

static bool may_begin_value(char c)
{
    return c == '{' || c == '[' || c == '"' || c == '-' || c == 't' || c == 'f' || c == 'n' ||
           cw_ascii_is_digit(c);
}

/* Spans into `keys` move when the buffer grows, so they are made when they are needed. */
static void point_at_keys(struct cw_json_walk *walk)
{
    for (size_t i = 0; i < walk->place.depth; i++) {
        const size_t from = walk->levels[i].key_at;
        const size_t to = i + 1 < walk->place.depth ? walk->levels[i + 1].key_at : walk->keys.len;
        walk->place.keys[i] = cw_span_slice(cw_buf_as_span(&walk->keys), from, to);
    }
}

static enum cw_status leave(struct cw_json_walk *walk, struct cw_error *err)
{
    walk->keys.len = top(walk)->key_at;
    walk->place.depth--;
    end_value(walk);
    if (walk->visitor.leave == NULL) {
        return CW_OK;
    }
    walk->place.line = walk->line;
    point_at_keys(walk);
    return walk->visitor.leave(walk->visitor.ctx, &walk->place, err);
}

static enum cw_status begin_value(struct cw_json_walk *walk, char first, struct cw_error *err)
{
    const enum cw_json_kind kind = kind_of(first);
    if (!may_begin_value(first)) {
        return refuse(walk, "a value is missing", err);
    }
    if (depth_of(walk) > 0) {
        walk->place.indexes[walk->place.depth - 1]++;
    }
    walk->place.line = walk->line;
    point_at_keys(walk);
    const enum cw_json_step step = walk->visitor.begin(walk->visitor.ctx, &walk->place, kind);
    if (step == CW_JSON_ENTER && kind != CW_JSON_SCALAR) {
        return enter(walk, kind == CW_JSON_OBJECT, err);
    }
    walk->state = INSIDE;
    walk->is_peeked = step == CW_JSON_PEEK && first == '"';
    walk->is_taken = step == CW_JSON_TAKE || walk->is_peeked;
    walk->is_string = first == '"';
    walk->is_escaped = false;
    walk->is_bare = kind == CW_JSON_SCALAR && !walk->is_string;
    walk->depth = kind == CW_JSON_SCALAR ? 0 : 1;
    walk->objects = kind == CW_JSON_OBJECT ? 1 : 0;
    if (walk->is_taken) {
        cw_buf_char(&walk->text, first);
    }
    return CW_OK;
}

/* ---- inside a value ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_bare(char c)
{
    return is_space(c) || c == ',' || c == ']' || c == '}';
}

static enum cw_status close_bracket(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    const bool is_object = (walk->objects & 1u) != 0;
    if (is_object != (c == '}')) {
        return refuse(walk, "brackets do not match", err);
    }
    walk->objects >>= 1;
    walk->depth--;
    return walk->depth == 0 ? leave_value(walk, err) : CW_OK;
}

static enum cw_status open_bracket(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    if (depth_of(walk) + walk->depth >= CW_JSON_DEPTH_MAX) {
        return too_much(walk, "nested too deeply", CW_JSON_DEPTH_MAX, err);
    }
    walk->objects = walk->objects << 1 | (c == '{' ? 1u : 0u);
    walk->depth++;
    return CW_OK;
}

static enum cw_status in_string(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    if (walk->is_escaped) {
        walk->is_escaped = false;
    } else if (c == '\\') {
        walk->is_escaped = true;
    } else if (c == '"') {
        walk->is_string = false;
        return walk->depth == 0 ? leave_value(walk, err) : CW_OK;
    }
    return CW_OK;
}

static enum cw_status inside(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    if (walk->is_peeked && walk->text.len > CW_JSON_PEEK_MAX) {
        cw_buf_reset(&walk->text);
        walk->is_taken = false;
        walk->is_peeked = false;
    }
    if (walk->is_taken) {
        cw_buf_char(&walk->text, c);
        if (walk->text.failed != CW_OK) {
            return hand_over(walk, err);
        }
    }
    if (walk->is_string) {
        return in_string(walk, c, err);
    }
    if (c == '"') {
        walk->is_string = true;
    } else if (c == '{' || c == '[') {
        return open_bracket(walk, c, err);
    } else if (c == '}' || c == ']') {
        return close_bracket(walk, c, err);
    }
    return CW_OK;
}

/* ---- names ---- */

static enum cw_status keep_name(struct cw_json_walk *walk, struct cw_error *err)
{
    json_t *name = NULL;
    const enum cw_status status = cw_json_value_read(cw_buf_as_span(&walk->text), &name, err);
    if (status != CW_OK) {
        return status == CW_UNTRUSTED
                   ? cw_error_prefix(err, "line %llu: ", (unsigned long long)walk->line)
                   : status;
    }
    walk->keys.len = top(walk)->key_at;
    cw_buf_append(&walk->keys, json_string_value(name), json_string_length(name));
    json_decref(name);
    cw_buf_reset(&walk->text);
    walk->state = COLON;
    return cw_buf_status(&walk->keys, err);
}

static enum cw_status in_name(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    if (walk->text.len > CW_JSON_NAME_MAX) {
        return too_much(walk, "a member's name is too long", CW_JSON_NAME_MAX, err);
    }
    cw_buf_char(&walk->text, c);
    if (walk->is_escaped) {
        walk->is_escaped = false;
    } else if (c == '\\') {
        walk->is_escaped = true;
    } else if (c == '"') {
        return keep_name(walk, err);
    }
    return cw_buf_status(&walk->text, err);
}

/* ---- between values ---- */

static enum cw_status begin_name(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    if (c != '"') {
        return refuse(walk, "a member's name is missing", err);
    }
    walk->is_escaped = false;
    cw_buf_char(&walk->text, c);
    walk->state = NAME;
    return CW_OK;
}

static bool is_close_of(const struct cw_json_walk *walk, char c)
{
    return depth_of(walk) > 0 && c == (walk->levels[walk->place.depth - 1].is_object ? '}' : ']');
}

static enum cw_status between(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    const bool may_close = walk->may_close || walk->state == AFTER;
    walk->may_close = false;
    if (may_close && is_close_of(walk, c)) {
        return leave(walk, err);
    }
    switch (walk->state) {
    case VALUE:
        return begin_value(walk, c, err);
    case KEY:
        return begin_name(walk, c, err);
    case COLON:
        walk->state = VALUE;
        return c == ':' ? CW_OK : refuse(walk, "a colon is missing after a member's name", err);
    case AFTER:
        walk->state = top(walk)->is_object ? KEY : VALUE;
        return c == ',' ? CW_OK : refuse(walk, "a comma or a closing bracket is missing", err);
    case END:
        return refuse(walk, "something follows the end of the document", err);
    case NAME:
    case INSIDE:
        break;
    }
    CW_ASSERT(false);
    return CW_OK;
}

static enum cw_status take_byte(struct cw_json_walk *walk, char c, struct cw_error *err)
{
    if (walk->state == INSIDE && walk->is_bare && ends_bare(c)) {
        const enum cw_status status = leave_value(walk, err);
        if (status != CW_OK) {
            return status;
        }
    }
    if (walk->state == INSIDE) {
        return inside(walk, c, err);
    }
    if (walk->state == NAME) {
        return in_name(walk, c, err);
    }
    return is_space(c) ? CW_OK : between(walk, c, err);
}

static enum cw_status take(struct cw_json_walk *walk, struct cw_span bytes, struct cw_error *err)
{
    for (size_t i = 0; i < bytes.len; i++) {
        const enum cw_status status = take_byte(walk, bytes.data[i], err);
        if (status != CW_OK) {
            return status;
        }
        walk->line += bytes.data[i] == '\n' ? 1u : 0u;
    }
    return CW_OK;
}

static enum cw_status finish(struct cw_json_walk *walk, struct cw_error *err)
{
    if (walk->state == INSIDE && walk->is_bare) { /* a document that is one number or word */
        const enum cw_status status = leave_value(walk, err);
        if (status != CW_OK) {
            return status;
        }
    }
    return walk->state == END ? CW_OK : refuse(walk, "the document is cut: it ends too early", err);
}

enum cw_status cw_json_walk_feed(struct cw_json_walk *walk, struct cw_span bytes, bool is_last,
                                 struct cw_error *err)
{
    struct cw_error fault = {0};
    const bool is_end = cw_text_guard_feed(&walk->guard, &bytes, is_last, &fault);
    enum cw_status status = CW_OK;
    if (cw_text_head_take(&walk->head, &bytes, is_end)) {
        status = take(walk, cw_text_head_text(&walk->head), err);
    }
    if (status == CW_OK) {
        status = take(walk, bytes, err);
    }
    status = cw_text_guard_end(&fault, status, err);
    return status == CW_OK && is_end ? finish(walk, err) : status;
}
