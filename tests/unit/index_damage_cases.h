/* index_damage_cases.h: files that are not what they should be. Included by test_index.c. */
#ifndef CW_TESTS_INDEX_DAMAGE_CASES_H
#define CW_TESTS_INDEX_DAMAGE_CASES_H

/* A copy of exactly these bytes, so that a sanitizer sees a read past the end. */
static uint8_t *copy_of(struct cw_span bytes, size_t len)
{
    uint8_t *copy = malloc(len == 0 ? 1 : len);
    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, bytes.data, len);
    return copy;
}

/* Asks every question of an index that may be damaged: each answer is the right one, or an error.
 */
static void ask_all(const struct cw_index *index, size_t at)
{
    for (size_t i = 0; i < CW_COUNT(questions); i++) {
        char told[TOLD_BYTES];
        struct cw_error err = {0};
        const enum cw_status status = ask(index, questions[i].asked, told, &err);
        const bool is_right = status == CW_OK && strcmp(told, questions[i].told) == 0;
        const bool is_refused = status == CW_STATE && err.text[0] != '\0';
        if (!is_right && !is_refused) {
            CW_CHECK(false, "byte %zu: %s: %s", at, questions[i].what, told);
        }
    }
}

static void refuses_every_flipped_byte(void)
{
    struct index_place place = index_make();
    const struct cw_span bytes = cw_index_builder_bytes(place.builder);
    uint8_t *copy = copy_of(bytes, bytes.len);
    size_t refused = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        struct cw_index *index = NULL;
        struct cw_error err = {0};
        copy[i] ^= (uint8_t)(1u << i % 8);
        enum cw_status status = cw_index_open_memory(cw_span_make(copy, bytes.len), &index, &err);
        if (status == CW_OK) {
            if (i % 4 == 0) { /* all of them take a while */
                ask_all(index, i);
            }
            status = cw_index_verify(index, &err);
        }
        refused += status == CW_STATE && err.text[0] != '\0' ? 1 : 0;
        cw_index_close(index);
        copy[i] ^= (uint8_t)(1u << i % 8);
    }
    CW_CHECK(refused == bytes.len, "%zu of %zu flips were refused", refused, bytes.len);
    free(copy);
    index_drop(&place);
}

static void refuses_every_other_length(void)
{
    struct index_place place = index_make();
    const struct cw_span bytes = cw_index_builder_bytes(place.builder);
    size_t refused = 0;
    for (size_t len = 0; len < bytes.len; len++) {
        struct cw_index *index = NULL;
        struct cw_error err = {0};
        uint8_t *copy = copy_of(bytes, len);
        refused += cw_index_open_memory(cw_span_make(copy, len), &index, &err) == CW_STATE ? 1 : 0;
        CU_ASSERT_PTR_NULL(index);
        free(copy);
    }
    CW_CHECK(refused == bytes.len, "%zu of %zu lengths were refused", refused, bytes.len);
    index_drop(&place);
}

/* Writes a header over a copy and seals it again: what follows is a liar, not an accident. */
static void seal(uint8_t *bytes, const struct cw_index_header *header)
{
    memcpy(bytes, header, sizeof(*header));
    const uint64_t sum = cw_checksum(cw_span_make(bytes, CW_INDEX_HEADER_SUM_AT), 0);
    memcpy(bytes + CW_INDEX_HEADER_SUM_AT, &sum, sizeof(sum));
}

static void check_refusal(struct cw_span bytes, const char *reason)
{
    struct cw_index *index = NULL;
    struct cw_error err = {0};
    const enum cw_status status = cw_index_open_memory(bytes, &index, &err);
    const bool is_other =
        strcmp(reason, "no longer read") == 0 || strcmp(reason, "newer cryptowatch") == 0;
    CW_CHECK(status == (is_other ? CW_INVALID : CW_STATE) && strstr(err.text, reason) != NULL,
             "\"%s\": %s", reason, err.text);
    cw_index_close(index);
}

static void refuses_foreign_files(void)
{
    struct index_place place = index_make();
    const struct cw_span bytes = cw_index_builder_bytes(place.builder);
    struct cw_index_header right;
    memcpy(&right, bytes.data, sizeof(right));
    struct cw_index_header cases[9];
    static const char *const reasons[] = {
        "not an index",      "another byte order", "newer cryptowatch",
        "no longer read",    "blocks of a size",   "cut short",
        "table of sections", "table of sections",  "table of sections",
    };
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        cases[i] = right;
    }
    cases[0].magic[1] = 'x';
    cases[1].endian = 0x0807060504030201u;
    cases[2].version = CW_INDEX_VERSION + 1;
    cases[3].version = 0;
    cases[4].block_bytes = 512;
    cases[5].file_bytes += CW_INDEX_BLOCK;
    cases[6].sections[CW_SECTION_PROBES].at += CW_INDEX_BLOCK;
    cases[7].sections[CW_SECTION_PROBES].bits = 60;
    cases[8].sections[CW_SECTION_RECORDS].bytes = UINT64_MAX - 7;
    uint8_t *copy = copy_of(bytes, bytes.len);
    for (size_t i = 0; i < CW_COUNT(cases); i++) {
        seal(copy, &cases[i]);
        check_refusal(cw_span_make(copy, bytes.len), reasons[i]);
    }
    free(copy);
    check_refusal(CW_SPAN("SQLite format 3"), "not an index");
    check_refusal(CW_SPAN(""), "not an index");
    index_drop(&place);
}

/* Seals a file again after its blocks were changed: sums, tops and header all fit. */
static void seal_all(uint8_t *bytes)
{
    struct cw_index_header header;
    memcpy(&header, bytes, sizeof(header));
    const struct cw_index_section *sums = &header.sections[CW_SECTION_SUMS];
    const struct cw_index_section *tops = &header.sections[CW_SECTION_TOPS];
    for (uint64_t i = 0; i < sums->count + tops->count; i++) {
        const uint64_t block = i + 1;
        const uint64_t sum =
            cw_checksum(cw_span_make(bytes + block * CW_INDEX_BLOCK, CW_INDEX_BLOCK),
                        CW_INDEX_SEED(header.generation, block));
        uint8_t *place = i < sums->count ? bytes + sums->at + i * sizeof(sum)
                                         : bytes + tops->at + (i - sums->count) * sizeof(sum);
        memcpy(place, &sum, sizeof(sum));
    }
    header.tops_sum =
        cw_checksum(cw_span_make(bytes + tops->at, CW_INDEX_BLOCK), header.generation);
    seal(bytes, &header);
}

/* Every 16-bit word of the records and tables, replaced by the worst there is, under sums that fit:
 * whatever comes out, nothing is read outside of the file. */
static void never_follows_a_place_that_is_none(void)
{
    static const uint16_t words[] = {0xffff, 0x8000, 0};
    struct index_place place = index_make();
    const struct cw_span bytes = cw_index_builder_bytes(place.builder);
    struct cw_index_header header;
    memcpy(&header, bytes.data, sizeof(header));
    const uint64_t end = header.sections[CW_SECTION_SUMS].at;
    size_t opened = 0;
    for (uint64_t at = CW_INDEX_BLOCK; at + 2 <= end; at += 2) {
        uint8_t *copy = copy_of(bytes, bytes.len);
        struct cw_index *index = NULL;
        memcpy(copy + at, &words[at / 2 % CW_COUNT(words)], 2);
        seal_all(copy);
        if (cw_index_open_memory(cw_span_make(copy, bytes.len), &index, NULL) == CW_OK) {
            char told[TOLD_BYTES];
            opened++;
            for (size_t i = 0; i < CW_COUNT(questions); i++) {
                (void)!ask(index, questions[i].asked, told, NULL);
            }
            (void)!cw_index_verify(index, NULL);
        }
        cw_index_close(index);
        free(copy);
    }
    CU_ASSERT(opened > 1000);
    index_drop(&place);
}

static size_t files_in(const char *folder)
{
    char **names = NULL;
    size_t count = 0;
    OK(cw_dir_list(folder, "", &names, &count, &err));
    cw_names_free(names);
    return count;
}

static void writes_a_file_whole_or_not_at_all(void)
{
    char folder[] = "/tmp/cw-index-XXXXXX";
    char path[64];
    struct cw_index *index = NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/1", folder);
    CU_ASSERT_EQUAL(cw_index_open(path, &index, NULL), CW_NOT_FOUND);
    struct cw_index_builder *builder = index_builder(path, 1);
    index_fill(builder);
    CU_ASSERT_EQUAL(files_in(folder), 0); /* its temporary name begins with a dot */
    OK(cw_index_builder_finish(builder, &err));
    cw_index_builder_free(builder);
    CU_ASSERT_EQUAL(files_in(folder), 1);
    OK(cw_index_open(path, &index, &err));
    OK(cw_index_verify(index, &err));
    char told[TOLD_BYTES];
    OK(ask(index, EVM, told, &err));
    CU_ASSERT_STRING_EQUAL(told, questions[0].told);
    cw_index_close(index);
    builder = index_builder(path, 2);
    index_fill(builder);
    cw_index_builder_free(builder); /* never finished: the old one stays */
    OK(cw_index_open(path, &index, &err));
    CU_ASSERT_EQUAL(cw_index_generation(index), 1);
    cw_index_close(index);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(rmdir(folder), 0); /* fails when anything is left */
}

#endif
