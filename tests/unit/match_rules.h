/* match_rules.h: rules written as a few words, loaded the way an operator's are: from a folder. */
#ifndef CW_TESTS_MATCH_RULES_H
#define CW_TESTS_MATCH_RULES_H

#include <unistd.h>

#include "base/file.h"
#include "list_rows.h"
#include "match/book.h"

/* Members as JSON text without the outer brackets; NULL leaves the member out. */
struct rule_words {
    const char *id; /* NULL: no rule */
    const char *addresses;
    const char *relations;
    const char *parties;
};

enum { RULE_TEXT_BYTES = 8192, RULE_PATH_BYTES = 160 };

static inline void write_member(struct cw_buf *out, const char *name, const char *items)
{
    if (items != NULL) {
        cw_buf_printf(out, ",\"%s\":[%s]", name, items);
    }
}

static inline void write_rule(const char *folder, const struct rule_words *words)
{
    struct cw_buf out;
    char path[RULE_PATH_BYTES];
    cw_buf_init(&out, RULE_TEXT_BYTES);
    cw_buf_printf(&out,
                  "{\"id\":\"%s\",\"title\":\"Title of %s\",\"severity\":\"high\","
                  "\"reported\":[{\"title\":\"A report\",\"url\":\"https://example.org/report\","
                  "\"published\":\"2026-01-01\",\"publisher\":\"Example\"}],"
                  "\"reviewed\":\"2026-01-02\"",
                  words->id, words->id);
    write_member(&out, "addresses", words->addresses);
    write_member(&out, "relations", words->relations);
    write_member(&out, "parties", words->parties);
    cw_buf_char(&out, '}');
    (void)snprintf(path, sizeof(path), "%s/%s.json", folder, words->id);
    OK(cw_file_write(path, cw_buf_as_span(&out), 0600, &err));
    cw_buf_clear(&out);
}

static inline struct cw_rules *load_rules(const char *folder)
{
    struct cw_mistakes mistakes;
    struct cw_rules *rules = NULL;
    cw_mistakes_init(&mistakes);
    OK(cw_rules_load(folder, &mistakes, &rules, &err));
    for (size_t i = 0; i < mistakes.count; i++) {
        CW_CHECK(mistakes.items[i].grade != CW_MISTAKE_ERROR, "%s: %s", mistakes.items[i].field,
                 mistakes.items[i].text);
    }
    cw_mistakes_clear(&mistakes);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rules);
    return rules;
}

static inline struct cw_rules *rules_of(const struct rule_words *words, size_t count)
{
    char folder[] = "/tmp/cw-match-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    for (size_t i = 0; i < count && words[i].id != NULL; i++) {
        write_rule(folder, &words[i]);
    }
    struct cw_rules *rules = load_rules(folder);
    for (size_t i = 0; i < count && words[i].id != NULL; i++) {
        char path[RULE_PATH_BYTES];
        (void)snprintf(path, sizeof(path), "%s/%s.json", folder, words[i].id);
        CU_ASSERT_EQUAL(unlink(path), 0);
    }
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    return rules;
}

static inline struct cw_book *book_of(const struct cw_rules *rules)
{
    struct cw_book *book = NULL;
    OK(cw_book_new(rules, &book, &err));
    CU_ASSERT_PTR_NOT_NULL_FATAL(book);
    return book;
}

/* "case relation value; ..." in the order of the hits. */
static inline void write_hits(const struct cw_hits *hits, char *ret, size_t bytes)
{
    size_t at = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < hits->count && at < bytes; i++) {
        const struct cw_hit *hit = &hits->items[i];
        at += (size_t)snprintf(ret + at, bytes - at, "%s%s %s %.*s", i == 0 ? "" : "; ",
                               hit->rule->id, cw_relation_name(hit->relation),
                               CW_SPAN_ARG(hit->address_value));
    }
    CU_ASSERT(at < bytes);
}

#endif
