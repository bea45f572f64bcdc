/* OpenSanctions' FollowTheMoney entities, one a line, and its delta files.
 *
 *   CryptoWallet   publicKey: addresses · accountId: numbers of an exchange · holder · currency
 *   Sanction       entity: on whom · programId, program · startDate, endDate
 *   others         the caption may be the name of a holder
 *
 * An address belongs to its holder: the holder's id and name are the entry's, and the sanctions on
 * holder and wallet give programmes and date. A wallet whose sanctions have all ended before the
 * document was made is an unusable entry that says so: it stands in the file, but nobody is listed
 * any more. In a delta ({"op": "ADD", "entity": {...}}) a DEL is an unusable entry likewise; a
 * delta is for looking at, not for a feed, since it is no whole list.
 *
 * Lines that cannot matter are not parsed: what is looked for is in them as plain text, unless a
 * letter of it is escaped. */
#include "feed/format.h"
#include "feed/ftm_date.h"
#include "feed/json_walk.h"
#include "feed/line_reader.h"
#include "feed/wallet_table.h"

struct ftm {
    struct cw_entry_sink sink;
    struct cw_line_reader reader;
    struct cw_wallets table;
    char seen[CW_DATE_TEXT_BYTES]; /* the latest last_seen: the day of the document */
    struct cw_span day;            /* on which it is read; empty: that one */
    bool has_entity;
};

static struct cw_span text_of(const json_t *value)
{
    return json_is_string(value) ? cw_span_make(json_string_value(value), json_string_length(value))
                                 : CW_SPAN("");
}

static const json_t *property(const json_t *entity, const char *name)
{
    return json_object_get(json_object_get(entity, "properties"), name);
}

/* First value of a property that has several. */
static struct cw_span first_of(const json_t *entity, const char *name)
{
    return text_of(json_array_get(property(entity, name), 0));
}

/* An entity, named or written out. */
static struct cw_span id_of(const json_t *value)
{
    return text_of(json_is_object(value) ? json_object_get(value, "id") : value);
}

/* ---- entities ---- */

/* around: the entity in which the wallet is written out, and which holds it when nobody is named.
 */
static enum cw_status add_value(struct ftm *ftm, struct cw_wallet *wallet, const json_t *entity,
                                struct cw_span around, struct cw_error *err)
{
    const json_t *holders = property(entity, "holder");
    const size_t count = json_array_size(holders);
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < (count > 0 ? count : 1) && status == CW_OK; i++) {
        wallet->holder = count > 0 ? id_of(json_array_get(holders, i)) : around;
        status = cw_wallet_add(&ftm->table, wallet, err);
    }
    return status;
}

static enum cw_status on_wallet(struct ftm *ftm, const json_t *entity, struct cw_span around,
                                uint64_t line, struct cw_error *err)
{
    const json_t *keys = property(entity, "publicKey");
    const json_t *accounts = property(entity, "accountId");
    struct cw_wallet wallet = {
        .line = line,
        .id = text_of(json_object_get(entity, "id")),
        .tag = first_of(entity, "currency"),
        .note = first_of(entity, "managingExchange"),
    };
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < json_array_size(keys) && status == CW_OK; i++) {
        wallet.value = text_of(json_array_get(keys, i));
        status = add_value(ftm, &wallet, entity, around, err);
    }
    for (size_t i = 0; i < json_array_size(accounts) && status == CW_OK; i++) {
        wallet.value = text_of(json_array_get(accounts, i));
        wallet.error = CW_SPAN("an account number of an exchange, not an address");
        status = add_value(ftm, &wallet, entity, around, err);
    }
    if (json_array_size(keys) == 0 && json_array_size(accounts) == 0 && status == CW_OK) {
        wallet.error = CW_SPAN("the wallet has neither publicKey nor accountId");
        status = add_value(ftm, &wallet, entity, around, err);
    }
    return status;
}

static enum cw_status on_sanction(struct ftm *ftm, const json_t *entity, struct cw_error *err)
{
    const json_t *on = property(entity, "entity");
    const json_t *programs = property(entity, "programId");
    programs = json_array_size(programs) > 0 ? programs : property(entity, "program");
    const size_t orders = json_array_size(programs) > 0 ? json_array_size(programs) : 1;
    struct cw_wallet_sanction sanction = {.from = ""};
    cw_ftm_keep_first_date(sanction.from, property(entity, "startDate"));
    cw_ftm_keep_last_end(sanction.until, property(entity, "endDate"));
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < json_array_size(on) && status == CW_OK; i++) {
        sanction.of = cw_wallet_key_of(id_of(json_array_get(on, i)));
        for (size_t j = 0; j < orders && status == CW_OK; j++) {
            status = cw_wallet_add_sanction(&ftm->table, &sanction,
                                            text_of(json_array_get(programs, j)), err);
        }
    }
    return status;
}

/* The wallets that are written out in a property of an entity. */
static enum cw_status on_inner(struct ftm *ftm, const json_t *values, struct cw_span around,
                               uint64_t line, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; i < json_array_size(values) && status == CW_OK; i++) {
        const json_t *value = json_array_get(values, i);
        if (cw_span_is(text_of(json_object_get(value, "schema")), "CryptoWallet")) {
            status = on_wallet(ftm, value, around, line, err);
        }
    }
    return status;
}

static enum cw_status on_entity(struct ftm *ftm, const json_t *entity, uint64_t line,
                                struct cw_error *err)
{
    const struct cw_span schema = text_of(json_object_get(entity, "schema"));
    const struct cw_span id = text_of(json_object_get(entity, "id"));
    const struct cw_span caption = text_of(json_object_get(entity, "caption"));
    char seen[CW_DATE_TEXT_BYTES] = "";
    ftm->has_entity |= schema.len > 0 && id.len > 0;
    cw_ftm_keep_date(seen, text_of(json_object_get(entity, "last_seen")));
    if (strcmp(seen, ftm->seen) > 0) {
        memcpy(ftm->seen, seen, sizeof(seen));
    }
    if (cw_span_is(schema, "CryptoWallet")) {
        return on_wallet(ftm, entity, CW_SPAN(""), line, err);
    }
    if (cw_span_is(schema, "Sanction")) {
        return on_sanction(ftm, entity, err);
    }
    enum cw_status status = CW_OK;
    json_t *properties = json_object_get(entity, "properties");
    for (void *i = json_object_iter(properties); i != NULL && status == CW_OK;
         i = json_object_iter_next(properties, i)) {
        status = on_inner(ftm, json_object_iter_value(i), id, line, err);
    }
    return status == CW_OK && id.len > 0 && caption.len > 0
               ? cw_wallet_add_name(&ftm->table, id, caption, err)
               : status;
}

static enum cw_status add_unusable(struct ftm *ftm, uint64_t line, struct cw_span id,
                                   const char *why, struct cw_error *err)
{
    const struct cw_wallet wallet = {.line = line, .id = id, .error = cw_span_cstr(why)};
    return cw_wallet_add(&ftm->table, &wallet, err);
}

static enum cw_status on_value(struct ftm *ftm, const json_t *value, uint64_t line,
                               struct cw_error *err)
{
    const json_t *inner = json_object_get(value, "entity");
    const struct cw_span op = text_of(json_object_get(value, "op"));
    if (!json_is_object(value)) {
        return add_unusable(ftm, line, CW_SPAN(""), "not an entity", err);
    }
    if (op.len == 0) {
        return on_entity(ftm, value, line, err);
    }
    if (cw_span_is(op, "DEL")) {
        ftm->has_entity = true;
        return add_unusable(ftm, line, text_of(json_object_get(inner, "id")),
                            "DEL: the list no longer has this entity", err);
    }
    return json_is_object(inner)
               ? on_entity(ftm, inner, line, err)
               : add_unusable(ftm, line, CW_SPAN(""), "the operation has no entity", err);
}

/* ---- lines ---- */

/* A letter of the words below may be written as \u0041 to \u007a. Other escapes are no letters of
 * theirs, and stand in most lines of an export that is ASCII throughout. */
static bool has_escaped_letter(struct cw_span line)
{
    const struct cw_span escape = CW_SPAN("\\u00");
    for (size_t at = cw_span_find(line, '\\', 0); at < line.len;
         at = cw_span_find(line, '\\', at + 1)) {
        const struct cw_span rest = cw_span_slice(line, at, line.len);
        if (rest.len > escape.len && cw_span_starts_with(rest, escape) &&
            rest.data[escape.len] >= '4' && rest.data[escape.len] <= '7') {
            return true;
        }
    }
    return false;
}

/* A wallet, a sanction, somebody who may hold a wallet (all known holders carry a topic of crime or
 * sanctions), or a line of a delta. Officials, companies and their addresses are not of interest,
 * and are nine lines in ten. */
static bool may_matter(struct cw_span line)
{
    /* Behind a quotation mark each, so that one pass over those finds them all. */
    static const char *const words[] = {"CryptoWallet\"", "Sanction\"", "sanction", "crime",
                                        "op\""};
    for (size_t at = cw_span_find(line, '"', 0); at < line.len;
         at = cw_span_find(line, '"', at + 1)) {
        const struct cw_span rest = cw_span_slice(line, at + 1, line.len);
        for (size_t i = 0; i < CW_COUNT(words); i++) {
            if (rest.len > 0 && rest.data[0] == words[i][0] &&
                cw_span_starts_with(rest, cw_span_cstr(words[i]))) {
                return true;
            }
        }
    }
    return has_escaped_letter(line);
}

static enum cw_status on_line(void *ctx, const struct cw_line *line, struct cw_error *err)
{
    struct ftm *ftm = ctx;
    if (line->is_too_long) {
        static_assert(CW_NDJSON_LINE_MAX == 4u << 20, "the text below names the limit");
        return add_unusable(ftm, line->number, CW_SPAN(""), "the line is longer than 4 MiB", err);
    }
    if (cw_span_trim(line->text).len == 0 ||
        (ftm->has_entity && !line->is_unended && !may_matter(line->text))) {
        return CW_OK;
    }
    json_t *value = NULL;
    struct cw_error why = {0};
    enum cw_status status = cw_json_value_read(line->text, &value, &why);
    if (status == CW_UNTRUSTED && (line->is_unended || !ftm->has_entity)) {
        return cw_error_set(err, CW_UNTRUSTED, "line %llu: %s%s", (unsigned long long)line->number,
                            line->is_unended ? "the document is cut: " : "", why.text);
    }
    if (status == CW_UNTRUSTED) {
        return add_unusable(ftm, line->number, CW_SPAN(""), why.text, err);
    }
    if (status != CW_OK) {
        return cw_error_set(err, status, "line %llu: %s", (unsigned long long)line->number,
                            why.text);
    }
    status = on_value(ftm, value, line->number, err);
    json_decref(value);
    return status == CW_OK ? CW_OK
                           : cw_error_prefix(err, "line %llu: ", (unsigned long long)line->number);
}

/* ---- orders ---- */

/* As many orders in force as hold one programme more than an entry may have: two may hold none. */
enum { OPEN_MAX = CW_ENTRY_PROGRAMS_MAX + 3 };

/* Whether an order in force says what those before it, which are not later, do not. */
static bool says_more(const struct cw_wallet_sanction *before, size_t count,
                      const struct cw_wallet_sanction *order)
{
    bool has_date = order->from[0] == '\0';
    bool has_program = order->program == UINT32_MAX || count >= OPEN_MAX;
    for (size_t i = 0; i < count; i++) {
        has_date = has_date || before[i].from[0] != '\0';
        has_program = has_program || before[i].program == order->program;
    }
    return count == 0 || !has_date || !has_program;
}

/* Copies of the orders on one entity to the front those that join_sanctions needs: of those in
 * force the first, the first with a date and the first of each programme; of the others the one
 * that ended last. Returns how many. */
static size_t fold(const struct ftm *ftm, const struct cw_wallet_sanction *orders, size_t count,
                   struct cw_wallet_sanction *to)
{
    struct cw_wallet_sanction ended = {0};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cw_wallet_sanction order = orders[i]; /* `to` may be where it stands */
        if (cw_wallet_has_ended(&order, ftm->seen, ftm->day)) {
            ended = strcmp(order.until, ended.until) > 0 ? order : ended;
        } else if (says_more(to, kept, &order)) {
            to[kept++] = order;
        }
    }
    if (ended.until[0] != '\0') {
        to[kept++] = ended;
    }
    return kept;
}

/* So that a list of many wallets of one holder who is under many orders takes no time for each pair
 * of them: afterwards at most OPEN_MAX + 2 orders are on anybody. */
static void fold_all(struct ftm *ftm)
{
    struct cw_wallet_sanction *orders = ftm->table.sanctions;
    size_t kept = 0;
    size_t end = 0;
    for (size_t at = 0; at < ftm->table.sanctions_count; at = end) {
        for (end = at + 1; end < ftm->table.sanctions_count &&
                           memcmp(&orders[end].of, &orders[at].of, sizeof(orders[at].of)) == 0;) {
            end++;
        }
        kept += fold(ftm, &orders[at], end - at, &orders[kept]);
    }
    ftm->table.sanctions_count = kept;
}

/* ---- joining ---- */

struct joined {
    struct cw_entry entry;
    char listed_on[CW_DATE_TEXT_BYTES];
    char ended_on[CW_DATE_TEXT_BYTES];
    size_t open; /* sanctions in force when the document was made */
    size_t ended;
};

static void add_program(const struct ftm *ftm, struct joined *joined, uint32_t index)
{
    if (index == UINT32_MAX) {
        return;
    }
    struct cw_entry *entry = &joined->entry;
    const struct cw_span program = ftm->table.programs[index];
    for (size_t i = 0; i < entry->programs_count; i++) {
        if (cw_span_equal(entry->programs[i], program)) {
            return;
        }
    }
    if (entry->programs_count == CW_ENTRY_PROGRAMS_MAX) {
        static_assert(CW_ENTRY_PROGRAMS_MAX == 32, "the text below names the limit");
        entry->error = CW_SPAN("the party is under more than 32 programmes");
        return;
    }
    entry->programs[entry->programs_count++] = program;
}

static void join_sanctions(const struct ftm *ftm, struct cw_span id, struct joined *joined)
{
    size_t count = 0;
    const struct cw_wallet_sanction *sanctions = cw_wallet_find_sanctions(&ftm->table, id, &count);
    for (size_t i = 0; i < count; i++) {
        const struct cw_wallet_sanction *sanction = &sanctions[i];
        if (cw_wallet_has_ended(sanction, ftm->seen, ftm->day)) {
            joined->ended++;
            if (strcmp(sanction->until, joined->ended_on) > 0) {
                memcpy(joined->ended_on, sanction->until, sizeof(joined->ended_on));
            }
            continue;
        }
        joined->open++;
        add_program(ftm, joined, sanction->program);
        if (sanction->from[0] != '\0' &&
            (joined->listed_on[0] == '\0' || strcmp(sanction->from, joined->listed_on) < 0)) {
            memcpy(joined->listed_on, sanction->from, sizeof(joined->listed_on));
        }
    }
}

static enum cw_status deliver(const struct ftm *ftm, const struct cw_wallet *wallet,
                              struct cw_error *err)
{
    char position[64];
    char ended[64];
    struct joined joined = {0};
    struct cw_entry *entry = &joined.entry;
    (void)snprintf(position, sizeof(position), "line %llu", (unsigned long long)wallet->line);
    entry->position = cw_span_cstr(position);
    entry->value = wallet->value;
    entry->tag = wallet->tag;
    entry->note = wallet->note;
    entry->entry_id = wallet->holder.len > 0 ? wallet->holder : wallet->id;
    entry->entry_name = cw_wallet_find_name(&ftm->table, wallet->holder);
    entry->error = wallet->error;
    join_sanctions(ftm, wallet->id, &joined);
    if (wallet->holder.len > 0) {
        join_sanctions(ftm, wallet->holder, &joined);
    }
    entry->listed_on = cw_span_cstr(joined.listed_on);
    if (joined.ended > 0 && joined.open == 0 && entry->error.len == 0) {
        (void)snprintf(ended, sizeof(ended), "no longer listed: the order ended on %s",
                       joined.ended_on);
        entry->error = cw_span_cstr(ended);
    }
    return ftm->sink.entry(ftm->sink.ctx, entry, err);
}

static enum cw_status finish(struct ftm *ftm, struct cw_error *err)
{
    if (!ftm->has_entity) {
        return cw_error_set(err, CW_UNTRUSTED,
                            "no FollowTheMoney entity: no line has an id and a schema");
    }
    cw_wallets_seal(&ftm->table);
    fold_all(ftm);
    const struct cw_list_info info = {.published = cw_span_cstr(ftm->seen)};
    enum cw_status status =
        ftm->seen[0] != '\0' ? ftm->sink.info(ftm->sink.ctx, &info, err) : CW_OK;
    for (const struct cw_wallet *wallet = ftm->table.wallets; wallet != NULL && status == CW_OK;
         wallet = wallet->next) {
        status = deliver(ftm, wallet, err);
    }
    return status;
}

/* ---- the format ---- */

static enum cw_status ftm_feed(void *state, struct cw_span bytes, bool is_last,
                               struct cw_error *err)
{
    struct ftm *ftm = state;
    const enum cw_status status = cw_line_reader_feed(&ftm->reader, bytes, is_last, err);
    return status == CW_OK && is_last ? finish(ftm, err) : status;
}

static void ftm_close(void *state)
{
    struct ftm *ftm = state;
    if (ftm != NULL) {
        cw_line_reader_clear(&ftm->reader);
        cw_wallets_clear(&ftm->table);
        free(ftm);
    }
}

static enum cw_status ftm_open(const struct cw_format_options *options, struct cw_entry_sink sink,
                               void **ret_state, struct cw_error *err)
{
    CW_ASSERT(options->count == 0);
    struct ftm *ftm = calloc(1, sizeof(*ftm));
    if (ftm == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory");
    }
    ftm->sink = sink;
    ftm->day = options->day;
    cw_line_reader_init(&ftm->reader, CW_NDJSON_LINE_MAX, on_line, ftm);
    const enum cw_status status = cw_wallets_init(&ftm->table, err);
    if (status != CW_OK) {
        ftm_close(ftm);
        return status;
    }
    *ret_state = ftm;
    return CW_OK;
}

static const char *const NO_OPTIONS[] = {NULL};

const struct cw_format cw_format_ftm = {
    .name = "ftm",
    .title = "FollowTheMoney entities (OpenSanctions), NDJSON",
    .options = NO_OPTIONS,
    .open = ftm_open,
    .feed = ftm_feed,
    .close = ftm_close,
};
