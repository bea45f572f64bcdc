/* Our own JSON files: what is refused, with which words, and at which place. */
#include "mistake_cases.h"

#include <jansson.h>

#include "base/limits.h"
#include "json/json_locate.h"
#include "json/json_names.h"

/* An object with a member of every type, as a loader would describe it. */
struct sample {
    const char *text;
    int64_t number;
    bool flag;
    int64_t wait_s;
    const char *day;
    int choice;
    const json_t *list;
    const json_t *object;
};

static const char *const colours[] = {"red", "green", "blue", NULL};
static const struct cw_field fields[] = {
    {"text", CW_FIELD_STRING, true, 1, 8, NULL, offsetof(struct sample, text)},
    {"number", CW_FIELD_INTEGER, false, 0, 10, NULL, offsetof(struct sample, number)},
    {"flag", CW_FIELD_BOOL, false, 0, 0, NULL, offsetof(struct sample, flag)},
    {"wait", CW_FIELD_DURATION, false, 60, 172800, NULL, offsetof(struct sample, wait_s)},
    {"day", CW_FIELD_DATE, false, 0, 0, NULL, offsetof(struct sample, day)},
    {"choice", CW_FIELD_CHOICE, false, 0, 0, colours, offsetof(struct sample, choice)},
    {"list", CW_FIELD_ARRAY, false, 1, 3, NULL, offsetof(struct sample, list)},
    {"object", CW_FIELD_OBJECT, false, 0, 0, NULL, offsetof(struct sample, object)},
};

static bool is_lower_id(struct cw_span text)
{
    return cw_json_id_is_valid(text, CW_JSON_ID_LOWER);
}

static void load_sample(const char *folder, struct cw_mistakes *mistakes)
{
    char *path = cw_path_join(folder, "case.json");
    CW_CLEANUP(cw_json_file_freep) struct cw_json_file *file = NULL;
    CW_CLEANUP(cw_arena_freep) struct cw_arena *arena = cw_arena_new(1 << 16);
    CU_ASSERT_EQUAL(cw_json_file_open(path, 4096, mistakes, &file, NULL), CW_OK);
    free(path);
    if (file == NULL) {
        return;
    }
    struct sample sample = {.number = -5};
    const size_t before = mistakes->errors;
    const bool is_clean = cw_json_read_object(file, cw_json_file_root(file), "", CW_FIELDS(fields),
                                              &sample, mistakes);
    CU_ASSERT_EQUAL(is_clean, mistakes->errors == before);
    const struct cw_json_strings strings = {sample.list, "/list", 8, is_lower_id,
                                            "an id in lower case"};
    const char **list = NULL;
    CU_ASSERT_EQUAL(cw_json_read_strings(file, &strings, arena, mistakes, &list, NULL), CW_OK);
    CU_ASSERT_PTR_NOT_NULL(list);
}

static void refuses_every_invalid_case(void)
{
    cases_run(CW_FIXTURES "/json/invalid", load_sample, true, 76);
}

static void accepts_every_valid_case(void)
{
    cases_run(CW_FIXTURES "/json/valid", load_sample, false, 6);
}

static struct cw_json_file *parse(const char *text, struct cw_mistakes *mistakes)
{
    struct cw_json_file *file = NULL;
    CU_ASSERT_EQUAL(cw_json_file_from(cw_span_cstr(text), "memory.json", mistakes, &file, NULL),
                    CW_OK);
    return file;
}

static void reads_every_type(void)
{
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    struct cw_json_file *file =
        parse("{\"text\":\"x\",\"number\":7,\"flag\":true,\"wait\":\"2h\",\"day\":\"2026-11-20\","
              "\"choice\":\"blue\",\"list\":[\"a\"],\"object\":{\"b\":1}}",
              &mistakes);
    struct sample sample = {0};
    CU_ASSERT(cw_json_read_object(file, cw_json_file_root(file), "", CW_FIELDS(fields), &sample,
                                  &mistakes));
    CU_ASSERT_STRING_EQUAL(sample.text, "x");
    CU_ASSERT_EQUAL(sample.number, 7);
    CU_ASSERT(sample.flag);
    CU_ASSERT_EQUAL(sample.wait_s, 7200);
    CU_ASSERT_STRING_EQUAL(sample.day, "2026-11-20");
    CU_ASSERT_EQUAL(sample.choice, 2);
    CU_ASSERT_EQUAL(json_array_size(sample.list), 1);
    CU_ASSERT_EQUAL(json_object_size(sample.object), 1);
    CU_ASSERT_STRING_EQUAL(cw_json_file_path(file), "memory.json");
    cw_json_file_free(file);
    cw_mistakes_clear(&mistakes);
}

static void leaves_targets_of_absent_and_wrong_members_alone(void)
{
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    struct cw_json_file *file = parse("{\"number\":11,\"choice\":\"x\"}", &mistakes);
    struct sample sample = {.text = "kept", .number = 3, .choice = 1, .wait_s = 9, .flag = true};
    CU_ASSERT_FALSE(cw_json_read_object(file, cw_json_file_root(file), "", CW_FIELDS(fields),
                                        &sample, &mistakes));
    CU_ASSERT_STRING_EQUAL(sample.text, "kept");
    CU_ASSERT_EQUAL(sample.number, 3);
    CU_ASSERT_EQUAL(sample.choice, 1);
    CU_ASSERT_EQUAL(sample.wait_s, 9);
    CU_ASSERT(sample.flag);
    CU_ASSERT_EQUAL(mistakes.errors, 3);
    cw_json_file_free(file);
    cw_mistakes_clear(&mistakes);
}

static void hashes_the_exact_bytes(void)
{
    static const struct {
        const char *text;
        const char *sha256;
    } rows[] = {
        {"{}", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
        {"{}\n", "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        struct cw_mistakes mistakes;
        cw_mistakes_init(&mistakes);
        struct cw_json_file *file = parse(rows[i].text, &mistakes);
        CU_ASSERT_STRING_EQUAL(cw_json_file_sha256(file), rows[i].sha256);
        cw_json_file_free(file);
        cw_mistakes_clear(&mistakes);
    }
}

static void finds_places_of_pointers(void)
{
    static const char text[] = "{\n"
                               "  \"a\": [10, {\"b\": \"],}\\\"\"}, [[1],\n"
                               "     2]],\n"
                               "  \"c/d\": {\"e~f\": 1},\n"
                               "  \"\\u0067\\\"\": -1e5, \"\": {\"\": 0},\n"
                               "\t\"h\": true\n"
                               "}\n";
    static const struct {
        const char *pointer;
        int line;
        int column;
    } rows[] = {
        {"", 1, 1},
        {"/a", 2, 3},
        {"/a/0", 2, 9},
        {"/a/1", 2, 13},
        {"/a/1/b", 2, 14},
        {"/a/2", 2, 29},
        {"/a/2/0", 2, 30},
        {"/a/2/0/0", 2, 31},
        {"/a/2/1", 3, 6},
        {"/c~1d", 4, 3},
        {"/c~1d/e~0f", 4, 11},
        {"/g\"", 5, 3},
        {"/", 5, 21},
        {"//", 5, 26},
        {"/h", 6, 2},
        {"/a/3", 2, 3},
        {"/a/x", 2, 3},
        {"/a/01", 2, 3},
        {"/a/-1", 2, 3},
        {"/missing", 1, 1},
        {"/h/deeper", 6, 2},
        {"/a/1/b/0", 2, 14},
        {"/a/99999999999999999999", 2, 3},
        {"no-slash", 1, 1},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        const struct cw_json_place place = cw_json_locate(cw_span_cstr(text), rows[i].pointer);
        CW_CHECK(place.line == rows[i].line && place.column == rows[i].column,
                 "%s: want %d:%d, got %d:%d", rows[i].pointer, rows[i].line, rows[i].column,
                 place.line, place.column);
    }
}

/* The scanner promises memory safety on any text: every prefix of a document, with every pointer.
 */
static void finds_some_place_in_cut_documents(void)
{
    static const char text[] = "{\"a\": [1, {\"b\\u0041\\\"\": \"x\"}, [ ]], \"c\": {}}";
    static const char *const pointers[] = {"/a/1/bA\"", "/a/2/0", "/c/d", "/a/9", "/x"};
    for (size_t len = 0; len <= sizeof(text) - 1; len++) {
        char *copy = malloc(len + 1); /* so that a read past the end is seen by the sanitizer */
        CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
        memcpy(copy, text, len);
        char *exact = realloc(copy, len == 0 ? 1 : len);
        for (size_t i = 0; i < CW_COUNT(pointers); i++) {
            const struct cw_json_place place =
                cw_json_locate(cw_span_make(exact, len), pointers[i]);
            CU_ASSERT_EQUAL(place.line, 1);
            CU_ASSERT(place.column >= 1 && place.column <= (int)len + 1);
        }
        free(exact);
    }
}

static void counts_depth_outside_strings(void)
{
    static const struct {
        const char *text;
        size_t max;
        size_t want;
    } rows[] = {
        {"[[1]]", 2, 5},          {"[[1]]", 1, 1},           {"[1],[2]", 1, 7}, {"[\"[[[\"]", 1, 7},
        {"{\"\\\"[\":[]}", 1, 7}, {"{\"\\\"[\":[]}", 2, 10}, {"]]][[", 1, 4},   {"", 0, 0},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CU_ASSERT_EQUAL(cw_json_depth_find(cw_span_cstr(rows[i].text), rows[i].max), rows[i].want);
    }
}

static void accepts_64_levels_and_refuses_65(void)
{
    for (size_t depth = CW_JSON_DEPTH_MAX; depth <= CW_JSON_DEPTH_MAX + 1; depth++) {
        char text[2 * CW_JSON_DEPTH_MAX + 3] = "";
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        struct cw_mistakes mistakes;
        cw_mistakes_init(&mistakes);
        struct cw_json_file *file = parse(text, &mistakes);
        CU_ASSERT_EQUAL(file != NULL, depth == CW_JSON_DEPTH_MAX);
        CU_ASSERT_EQUAL(mistakes.errors, depth - CW_JSON_DEPTH_MAX);
        cw_json_file_free(file);
        cw_mistakes_clear(&mistakes);
    }
}

static size_t errors_of_file(const char *folder, struct cw_span data, size_t max, mode_t mode)
{
    temp_put(folder, "case.json", data, mode);
    char *path = cw_path_join(folder, "case.json");
    struct cw_mistakes mistakes;
    struct cw_json_file *file = NULL;
    cw_mistakes_init(&mistakes);
    CU_ASSERT_EQUAL(cw_json_file_open(path, max, &mistakes, &file, NULL), CW_OK);
    const size_t errors = mistakes.errors;
    CU_ASSERT_EQUAL(remove(path), 0);
    free(path);
    cw_json_file_free(file);
    cw_mistakes_clear(&mistakes);
    return errors;
}

static void bounds_the_size_of_a_file(void)
{
    char folder[256];
    temp_make(folder);
    CU_ASSERT_EQUAL(errors_of_file(folder, CW_SPAN("{    }"), 6, 0644), 0);
    CU_ASSERT_EQUAL(errors_of_file(folder, CW_SPAN("{     }"), 6, 0644), 1);
    temp_remove(folder);
}

static void refuses_what_everybody_may_write(void)
{
    char folder[256];
    temp_make(folder);
    static const struct {
        mode_t mode;
        size_t errors;
    } rows[] = {{0600, 0}, {0644, 0}, {0664, 0}, {0666, 1}, {0646, 1}, {0602 | 0400, 1}};
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CW_CHECK(errors_of_file(folder, CW_SPAN("{}"), 100, rows[i].mode) == rows[i].errors,
                 "mode %o", (unsigned)rows[i].mode);
    }
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    CU_ASSERT(cw_json_check_mode(folder, &mistakes));
    CU_ASSERT_EQUAL(chmod(folder, 01777), 0);
    CU_ASSERT(cw_json_check_mode(folder, &mistakes));
    CU_ASSERT_EQUAL(chmod(folder, 0777), 0);
    CU_ASSERT_FALSE(cw_json_check_mode(folder, &mistakes));
    CU_ASSERT_EQUAL(mistakes.errors, 1);
    cw_mistakes_clear(&mistakes);
    temp_remove(folder);
}

static void reports_a_missing_file(void)
{
    struct cw_mistakes mistakes;
    struct cw_json_file *file = NULL;
    cw_mistakes_init(&mistakes);
    CU_ASSERT_EQUAL(cw_json_file_open("/nonexistent/x.json", 10, &mistakes, &file, NULL), CW_OK);
    CU_ASSERT_PTR_NULL(file);
    CU_ASSERT_EQUAL(mistakes.errors, 1);
    CU_ASSERT_EQUAL(mistakes.items[0].line, 0);
    cw_mistakes_clear(&mistakes);
}

static void bounds_arrays_of_strings(void)
{
    for (size_t count = CW_JSON_STRINGS_MAX; count <= CW_JSON_STRINGS_MAX + 1; count++) {
        struct cw_buf text;
        cw_buf_init(&text, 1 << 20);
        cw_buf_str(&text, "{\"list\":[\"x\"");
        for (size_t i = 1; i < count; i++) {
            cw_buf_printf(&text, ",\"x%zu\"", i);
        }
        cw_buf_str(&text, "]}");
        struct cw_mistakes mistakes;
        cw_mistakes_init(&mistakes);
        struct cw_json_file *file = parse(text.data, &mistakes);
        CW_CLEANUP(cw_arena_freep) struct cw_arena *arena = cw_arena_new(1 << 20);
        const struct cw_json_strings strings = {
            .array = json_object_get(cw_json_file_root(file), "list"),
            .pointer = "/list",
            .bytes_max = 8};
        const char **list = NULL;
        CU_ASSERT_EQUAL(cw_json_read_strings(file, &strings, arena, &mistakes, &list, NULL), CW_OK);
        CU_ASSERT_EQUAL(mistakes.errors, count - CW_JSON_STRINGS_MAX);
        CU_ASSERT_EQUAL(list[0] != NULL, count == CW_JSON_STRINGS_MAX);
        cw_json_file_free(file);
        cw_mistakes_clear(&mistakes);
        cw_buf_clear(&text);
    }
}

static void reports_a_full_arena(void)
{
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    struct cw_json_file *file = parse("{\"list\":[\"a\",\"b\"]}", &mistakes);
    for (size_t bytes = 0; bytes < 28; bytes += 9) {
        CW_CLEANUP(cw_arena_freep) struct cw_arena *arena = cw_arena_new(bytes);
        const struct cw_json_strings strings = {
            .array = json_object_get(cw_json_file_root(file), "list"),
            .pointer = "/list",
            .bytes_max = 8};
        const char **list = NULL;
        struct cw_error err = {0};
        CU_ASSERT_EQUAL(cw_json_read_strings(file, &strings, arena, &mistakes, &list, &err),
                        CW_NOMEM);
        CU_ASSERT_PTR_NULL(list);
    }
    cw_json_file_free(file);
    cw_mistakes_clear(&mistakes);
}

static void keeps_200_mistakes_and_counts_the_rest(void)
{
    struct cw_mistakes mistakes;
    struct cw_error err = {0};
    cw_mistakes_init(&mistakes);
    CU_ASSERT_EQUAL(cw_mistakes_status(&mistakes, &err), CW_OK);
    for (size_t i = 0; i < CW_MISTAKES_MAX + 5; i++) {
        cw_mistakes_add(&mistakes, CW_MISTAKE_ERROR,
                        (struct cw_mistake_place){"f.json", (int)i + 1, 2, "/x"}, "number %zu", i);
        CU_ASSERT_EQUAL(mistakes.count, i < CW_MISTAKES_MAX ? i + 1 : CW_MISTAKES_MAX);
    }
    CU_ASSERT_EQUAL(mistakes.errors, CW_MISTAKES_MAX + 5);
    CU_ASSERT_EQUAL(cw_mistakes_status(&mistakes, &err), CW_INVALID);
    CU_ASSERT_STRING_EQUAL(err.text, "f.json:1:2: /x: number 0 (and 204 more)");
    cw_mistakes_clear(&mistakes);
    CU_ASSERT_EQUAL(mistakes.errors, 0);
}

static void lets_errors_push_out_warnings(void)
{
    struct cw_mistakes mistakes;
    struct cw_error err = {0};
    cw_mistakes_init(&mistakes);
    for (size_t i = 0; i < CW_MISTAKES_MAX + 1; i++) {
        cw_mistakes_add(&mistakes, CW_MISTAKE_WARNING,
                        (struct cw_mistake_place){"f.json", 0, 0, ""}, "warned");
    }
    CU_ASSERT_EQUAL(cw_mistakes_status(&mistakes, &err), CW_OK);
    cw_mistakes_add(&mistakes, CW_MISTAKE_ERROR, (struct cw_mistake_place){"g.json", 0, 0, ""},
                    "wrong");
    CU_ASSERT_EQUAL(mistakes.count, CW_MISTAKES_MAX);
    CU_ASSERT_EQUAL(mistakes.warnings, CW_MISTAKES_MAX + 1);
    CU_ASSERT_EQUAL(cw_mistakes_status(&mistakes, &err), CW_INVALID);
    CU_ASSERT_STRING_EQUAL(err.text, "g.json: wrong");
    cw_mistakes_clear(&mistakes);
}

static void escapes_hostile_words_in_mistakes(void)
{
    struct cw_mistakes mistakes;
    cw_mistakes_init(&mistakes);
    cw_mistakes_add(&mistakes, CW_MISTAKE_ERROR,
                    (struct cw_mistake_place){"f\n.json", 1, 1, "/\x1b"}, "a\xff\xe2\x80\xae");
    char line[200];
    cw_mistake_format(&mistakes.items[0], line, sizeof(line));
    CU_ASSERT_STRING_EQUAL(line, "f\\x0a.json:1:1: /\\x1b: a\\xff\\u202e");
    cw_mistakes_clear(&mistakes);
}

static void writes_canonical_json(void)
{
    static const struct {
        const char *text;
        const char *canonical;
    } rows[] = {
        {"{\"b\": 1, \"a\": [true, null, \"\\u00e9/\"]}",
         "{\"a\":[true,null,\"\xc3\xa9/\"],\"b\":1}"},
        {"{ }", "{}"},
        {"[\n]", "[]"},
    };
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        json_t *value = json_loads(rows[i].text, 0, NULL);
        struct cw_buf out;
        cw_buf_init(&out, 100);
        CU_ASSERT_EQUAL(cw_json_canonical(value, &out, NULL), CW_OK);
        CU_ASSERT_STRING_EQUAL(out.data, rows[i].canonical);
        cw_buf_clear(&out);
        cw_buf_init(&out, strlen(rows[i].canonical) - 1);
        CU_ASSERT_EQUAL(cw_json_canonical(value, &out, NULL), CW_LIMIT);
        cw_buf_clear(&out);
        json_decref(value);
    }
}

static void makes_paths_absolute_from_the_file(void)
{
    struct cw_mistakes mistakes;
    struct cw_json_file *file = NULL;
    char here[4096];
    char want[8192];
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
    (void)snprintf(want, sizeof(want), "%s/x", here);
    const struct {
        const char *name;
        const char *path;
        const char *want;
    } rows[] = {
        {"/etc/cw/a.json", "x", "/etc/cw/x"},
        {"/etc/cw/a.json", "y/x", "/etc/cw/y/x"},
        {"/etc/cw/a.json", "/x", "/x"},
        {"/etc/cw/a.json", "", ""},
        {"a.json", "x", want},
        {"./a.json", "x", want},
        {"no/such/folder/a.json", "x", NULL},
    };
    cw_mistakes_init(&mistakes);
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        CW_CLEANUP(cw_arena_freep) struct cw_arena *arena = cw_arena_new(1 << 16);
        CU_ASSERT_EQUAL(cw_json_file_from(CW_SPAN("{}"), rows[i].name, &mistakes, &file, NULL),
                        CW_OK);
        const char *got = cw_json_path(file, cw_span_cstr(rows[i].path), arena);
        CW_CHECK(rows[i].want == NULL ? got == NULL : got != NULL && strcmp(got, rows[i].want) == 0,
                 "%s of %s: %s", rows[i].path, rows[i].name, got == NULL ? "(none)" : got);
        cw_json_file_free(file);
    }
    cw_mistakes_clear(&mistakes);
}

static const struct cw_test tests[] = {
    {"refuses every invalid case with its words and place", refuses_every_invalid_case},
    {"accepts every valid case without a word", accepts_every_valid_case},
    {"reads a member of every type", reads_every_type},
    {"leaves targets of absent and wrong members alone",
     leaves_targets_of_absent_and_wrong_members_alone},
    {"hashes the exact bytes of a file", hashes_the_exact_bytes},
    {"finds line and column of a JSON Pointer", finds_places_of_pointers},
    {"finds some place in a document cut anywhere", finds_some_place_in_cut_documents},
    {"counts depth outside strings only", counts_depth_outside_strings},
    {"accepts 64 levels and refuses 65", accepts_64_levels_and_refuses_65},
    {"bounds the size of a file", bounds_the_size_of_a_file},
    {"refuses what everybody may write", refuses_what_everybody_may_write},
    {"reports a missing file as a mistake", reports_a_missing_file},
    {"accepts 1000 strings in an array and refuses 1001", bounds_arrays_of_strings},
    {"reports a full arena as exhausted memory", reports_a_full_arena},
    {"keeps 200 mistakes and counts the rest", keeps_200_mistakes_and_counts_the_rest},
    {"lets errors push out warnings", lets_errors_push_out_warnings},
    {"escapes hostile words in mistakes", escapes_hostile_words_in_mistakes},
    {"writes canonical JSON within a cap", writes_canonical_json},
    {"makes paths absolute from the file's folder", makes_paths_absolute_from_the_file},
};

int main(void)
{
    return cw_run_suite("json", tests, CW_COUNT(tests));
}
