/* index_property_cases.h: the index answers as a look at every item would. Included by
 * test_index.c.
 */
#ifndef CW_TESTS_INDEX_PROPERTY_CASES_H
#define CW_TESTS_INDEX_PROPERTY_CASES_H

enum { TEXTS_MAX = 8 << 20, LISTED_MAX = 4000, WORD_MAX = 200, EVERY = 8 };

static bool is_word_byte(char c)
{
    return cw_ascii_is_alpha(c) || cw_ascii_is_digit(c) || c == ':' || c == '_' || c == '-';
}

/* Every word of a file that decodes becomes a listing; every fourth one with a tag that narrows. */
static void list_file(const char *path, struct cw_index_builder *builder, uint32_t source,
                      struct cw_buf *words)
{
    static const char *const tags[] = {"", "XBT", "", "BCH"};
    struct cw_buf text;
    cw_buf_init(&text, TEXTS_MAX);
    OK(cw_file_read(path, &text, &err));
    size_t count = 0;
    for (size_t at = 0; at < text.len && count < LISTED_MAX; at++) {
        const size_t from = at;
        while (at < text.len && is_word_byte(text.data[at])) {
            at++;
        }
        char word[WORD_MAX];
        char canonical[CW_CANONICAL_BYTES];
        if (at - from < 20 || at - from >= sizeof(word)) {
            continue;
        }
        (void)snprintf(word, sizeof(word), "%.*s", (int)(at - from), text.data + from);
        if (canonical_of(word, "", canonical)[0] == '\0') {
            continue;
        }
        const char *tag = tags[count % CW_COUNT(tags)];
        index_listing(builder, source, word, tag, word);
        cw_buf_str(words, word);
        cw_buf_char(words, '\n');
        count++;
    }
    cw_buf_clear(&text);
}

static size_t list_folder(const char *folder, const char *suffix, struct cw_index_builder *builder,
                          uint32_t source, struct cw_buf *words)
{
    char **names = NULL;
    size_t count = 0;
    OK(cw_dir_list(folder, suffix, &names, &count, &err));
    for (size_t i = 0; i < count; i++) {
        char *path = cw_path_join(folder, names[i]);
        list_file(path, builder, source, words);
        free(path);
    }
    cw_names_free(names);
    return count;
}

/* Every item, decoded once. */
struct everything {
    struct decoded {
        uint64_t mark;
        struct cw_address address;
    } * items;
    size_t count;
    size_t cap;
};

static uint64_t mark_of(const struct cw_index_item *item)
{
    return cw_checksum(item->value, item->source) ^ cw_checksum(item->tag, 7);
}

static enum cw_status keep_decoded(void *ctx, const struct cw_index_item *item,
                                   CW_UNUSED enum cw_relation relation,
                                   CW_UNUSED struct cw_error *err)
{
    struct everything *all = ctx;
    CU_ASSERT_FATAL(all->count < all->cap);
    struct decoded *decoded = &all->items[all->count];
    decoded->mark = mark_of(item);
    all->count += cw_index_item_decode(item, &decoded->address) == CW_ADDRESS_OK ? 1 : 0;
    return CW_OK;
}

/* What was found: the sum and the count of marks, which do not depend on order. */
struct found {
    uint64_t marks;
    size_t count;
};

static void add_mark(struct found *found, uint64_t mark, enum cw_relation relation)
{
    found->marks += mark * (2 * (uint64_t)relation + 1);
    found->count++;
}

static enum cw_status mark_told(void *ctx, const struct cw_index_item *item,
                                enum cw_relation relation, CW_UNUSED struct cw_error *err)
{
    add_mark(ctx, mark_of(item), relation);
    return CW_OK;
}

static struct found look_at_all(const struct everything *all, const struct cw_address *asked)
{
    struct found found = {0};
    for (size_t i = 0; i < all->count; i++) {
        const enum cw_relation relation = cw_address_relation(asked, &all->items[i].address, NULL);
        if (relation != CW_RELATION_NONE) {
            add_mark(&found, all->items[i].mark, relation);
        }
    }
    return found;
}

/* Returns how many items are related. */
static size_t compare_answers(const struct cw_index *index, const struct everything *everything,
                              const char *text)
{
    struct cw_address asked;
    if (cw_address_parse(cw_span_cstr(text), CW_SPAN(""), CW_ADDRESS_LIST, &asked) !=
        CW_ADDRESS_OK) {
        return 0;
    }
    const struct found all = look_at_all(everything, &asked);
    struct found told = {0};
    OK(cw_index_find(index, &asked, mark_told, &told, &err));
    if (all.count != told.count || all.marks != told.marks) {
        CW_CHECK(false, "%s: %zu related, %zu told", text, all.count, told.count);
    }
    return told.count;
}

/* The word itself, in capitals, in small letters, in our own spelling, and with a letter changed.
 */
static size_t compare_spellings(const struct cw_index *index, const struct everything *all,
                                struct cw_span word)
{
    char text[CW_ADDRESS_TEXT_BYTES];
    struct cw_address address;
    (void)snprintf(text, sizeof(text), "%.*s", CW_SPAN_ARG(word));
    size_t related = compare_answers(index, all, text);
    if (cw_address_parse(word, CW_SPAN(""), CW_ADDRESS_LIST, &address) == CW_ADDRESS_OK) {
        cw_address_text(&address, text);
        related += compare_answers(index, all, text);
    }
    for (size_t i = 0; i <= word.len; i++) {
        text[i] = i == word.len ? '\0' : cw_ascii_lower(word.data[i]);
    }
    related += compare_answers(index, all, text);
    text[word.len - 1] = text[word.len - 1] == 'a' ? 'b' : 'a';
    return related + compare_answers(index, all, text);
}

static void answers_as_a_linear_scan(void)
{
    struct index_place place = {.builder = index_builder(NULL, 1)};
    struct cw_buf words;
    cw_buf_init(&words, TEXTS_MAX);
    const uint32_t rule = index_source(place.builder, CW_INDEX_RULE, "rules");
    const uint32_t feed = index_source(place.builder, CW_INDEX_FEED, "feeds");
    size_t files = list_folder(CW_SOURCE_DIR "/rules", ".json", place.builder, rule, &words);
    files += list_folder(CW_SOURCE_DIR "/feeds/bundled", ".csv", place.builder, feed, &words);
    files += list_folder(CW_FIXTURES "/address", ".tsv", place.builder, feed, &words);
    index_open(&place);
    struct everything all = {.cap = (size_t)cw_index_listings(place.index)};
    all.items = calloc(all.cap, sizeof(*all.items));
    CU_ASSERT_PTR_NOT_NULL_FATAL(all.items);
    OK(cw_index_each(place.index, keep_decoded, &all, &err));
    struct cw_span rest = cw_buf_as_span(&words);
    struct cw_span word;
    size_t asked = 0;
    size_t related = 0;
    while (cw_span_next_line(&rest, &word)) {
        related += asked % EVERY == 0 ? compare_spellings(place.index, &all, word) : 1;
        asked++;
    }
    CU_ASSERT(files > 3);
    CU_ASSERT(asked > 300);
    CW_CHECK(related > asked, "%zu words, %zu related", asked, related);
    free(all.items);
    cw_buf_clear(&words);
    index_drop(&place);
}

/* The filter that screening asks first knows every text of every listing. */
static void holds_the_filter_of_its_texts(void)
{
    struct index_place place = {0};
    struct cw_text_filter filter;
    const struct cw_index_options options = {
        .generation = 1, .basis = index_basis, .has_text_filter = true};
    OK(cw_index_builder_new(&options, &place.builder, &err));
    index_fill(place.builder);
    index_open(&place);
    OK(cw_index_check_filter(place.index, &err));
    OK(cw_text_filter_open(cw_index_filter(place.index), &filter, &err));
    static const char *const texts[] = {CASE, P2PKH, EVM, TRON};
    for (size_t i = 0; i < CW_COUNT(texts); i++) {
        struct cw_address address;
        uint64_t hashes[CW_SPELLED_MAX];
        (void)cw_address_parse(cw_span_cstr(texts[i]), CW_SPAN(""), CW_ADDRESS_LIST, &address);
        const size_t count = cw_spelled_hashes(&address, hashes);
        CU_ASSERT(count > 0);
        for (size_t k = 0; k < count; k++) {
            CW_CHECK(cw_text_filter_has(&filter, hashes[k]), "%s: hash %zu", texts[i], k);
        }
    }
    index_drop(&place);
}

#endif
