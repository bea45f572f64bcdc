#include "match/rule.h"

#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "match/rule_reading.h"

enum { ARENA_BYTES_MAX = 1 << 30 }; /* a million addresses of the greatest length */

struct cw_rules {
    struct cw_arena *arena;
    struct cw_rule *items;
    size_t count;
    size_t addresses_count;
};

static enum cw_status read_rule(struct cw_rules *rules, const struct cw_json_file *file,
                                struct cw_mistakes *mistakes, struct cw_error *err)
{
    struct cw_rule rule;
    bool is_listed = false;
    const struct cw_rule_reading reading = {
        .arena = rules->arena,
        .file = file,
        .mistakes = mistakes,
        .rule = &rule,
        .addresses_before = rules->addresses_count,
    };
    const enum cw_status status = cw_rule_read(&reading, &is_listed, err);
    if (status != CW_OK) {
        return status;
    }
    if (is_listed) {
        rules->items[rules->count++] = rule;
        rules->addresses_count += rule.addresses_count;
    }
    CW_ASSERT(rules->addresses_count <= CW_RULE_ADDRESSES_MAX);
    return CW_OK;
}

static struct cw_rules *rules_new(size_t rules_max)
{
    struct cw_rules *rules = calloc(1, sizeof(*rules));
    if (rules == NULL) {
        return NULL;
    }
    rules->arena = cw_arena_new(ARENA_BYTES_MAX);
    rules->items = calloc(rules_max + 1, sizeof(*rules->items));
    if (rules->arena == NULL || rules->items == NULL) {
        cw_rules_free(rules);
        return NULL;
    }
    return rules;
}

static enum cw_status read_path(struct cw_rules *rules, const char *folder, const char *name,
                                struct cw_mistakes *mistakes, struct cw_error *err)
{
    char *path = cw_path_join(folder, name);
    if (path == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory", folder);
    }
    struct cw_json_file *file = NULL;
    enum cw_status status = cw_json_file_open(path, CW_RULE_BYTES_MAX, mistakes, &file, err);
    free(path);
    if (status == CW_OK && file != NULL) {
        status = read_rule(rules, file, mistakes, err);
    }
    cw_json_file_free(file);
    return status;
}

static int by_id(const void *a, const void *b)
{
    const struct cw_rule *left = a;
    const struct cw_rule *right = b;
    return strcmp(left->id, right->id);
}

enum cw_status cw_rules_load(const char *folder, struct cw_mistakes *mistakes,
                             struct cw_rules **ret, struct cw_error *err)
{
    CW_ASSERT(folder != NULL);
    CW_ASSERT(mistakes != NULL);
    char **names = NULL;
    size_t count = 0;
    enum cw_status status = cw_dir_list(folder, ".json", &names, &count, err);
    if (status != CW_OK) {
        return status;
    }
    (void)cw_json_check_mode(folder, mistakes);
    if (count > CW_RULES_MAX) {
        cw_mistakes_add(mistakes, CW_MISTAKE_ERROR, (struct cw_mistake_place){folder, 0, 0, ""},
                        "holds %zu rule files; at most %u are allowed", count, CW_RULES_MAX);
        count = 0;
    }
    struct cw_rules *rules = rules_new(count);
    if (rules == NULL) {
        status = cw_error_set(err, CW_NOMEM, "%s: not enough memory", folder);
    }
    for (size_t i = 0; status == CW_OK && i < count; i++) {
        status = read_path(rules, folder, names[i], mistakes, err);
    }
    cw_names_free(names);
    if (status != CW_OK) {
        cw_rules_free(rules);
        return status;
    }
    qsort(rules->items, rules->count, sizeof(*rules->items), by_id);
    *ret = rules;
    return CW_OK;
}

enum cw_status cw_rules_from(struct cw_span text, const char *path, struct cw_mistakes *mistakes,
                             struct cw_rules **ret, struct cw_error *err)
{
    struct cw_rules *rules = rules_new(1);
    if (rules == NULL) {
        return cw_error_set(err, CW_NOMEM, "%s: not enough memory", path);
    }
    struct cw_json_file *file = NULL;
    enum cw_status status = cw_json_file_from(text, path, mistakes, &file, err);
    if (status == CW_OK && file != NULL) {
        status = read_rule(rules, file, mistakes, err);
    }
    cw_json_file_free(file);
    if (status != CW_OK) {
        cw_rules_free(rules);
        return status;
    }
    *ret = rules;
    return CW_OK;
}

void cw_rules_free(struct cw_rules *rules)
{
    if (rules == NULL) {
        return;
    }
    cw_arena_free(rules->arena);
    free(rules->items);
    free(rules);
}

void cw_rules_freep(struct cw_rules **rules)
{
    cw_rules_free(*rules);
    *rules = NULL;
}

size_t cw_rules_count(const struct cw_rules *rules)
{
    return rules->count;
}

const struct cw_rule *cw_rules_at(const struct cw_rules *rules, size_t index)
{
    CW_ASSERT(index < rules->count);
    return &rules->items[index];
}

const struct cw_rule *cw_rules_find(const struct cw_rules *rules, struct cw_span id)
{
    size_t from = 0;
    size_t to = rules->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = cw_span_compare(cw_span_cstr(rules->items[middle].id), id);
        if (order == 0) {
            return &rules->items[middle];
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return NULL;
}

size_t cw_rules_addresses(const struct cw_rules *rules)
{
    return rules->addresses_count;
}

void cw_rules_sha256(const struct cw_rules *rules, char ret_hex[static 65])
{
    struct cw_sha256_stream stream;
    cw_sha256_begin(&stream);
    for (size_t i = 0; i < rules->count; i++) {
        const struct cw_rule *rule = &rules->items[i];
        const char *parts[] = {rule->id,
                               " ",
                               rule->sha256,
                               rule->addresses_sha256[0] == '\0' ? "" : " ",
                               rule->addresses_sha256,
                               "\n"};
        for (size_t j = 0; j < CW_COUNT(parts); j++) {
            cw_sha256_update(&stream, cw_span_cstr(parts[j]));
        }
    }
    cw_sha256_end_hex(&stream, ret_hex);
}
