/* reconcile_runs.h: many runs over a small world: nothing is told twice, nothing is forgotten, and
 * the order of the input does not matter. Included by test_match.c after reconcile_cases.h.
 */
#ifndef CW_TESTS_RECONCILE_RUNS_H
#define CW_TESTS_RECONCILE_RUNS_H

enum { WORLD_RULES = 3, WORLD_LISTINGS = 8, WORLD_PAIRS = WORLD_RULES * WORLD_LISTINGS };

/* Three cases, eight keys that come, go and are edited, and what we remember of each pair. */
struct world {
    struct cw_rules *all_rules;
    struct cw_rules *few_rules; /* without the last case */
    const struct cw_rules *rules;
    struct cw_watchlist *list;
    struct cw_hits hits;
    struct cw_tracked tracked[WORLD_PAIRS];
    size_t tracked_count;
    char sha256[WORLD_PAIRS][65]; /* what tracked points to, by place */
    char ids[WORLD_PAIRS][8];
    int told[WORLD_PAIRS]; /* listed alerts that no delisted one has followed */
};

static const char *const world_keys[] = {EVM_KEY, TRON_KEY};
static const char *const world_entries[] = {"1", "10", "2", "3"};
static const char *const world_names[] = {"", "A", "B"};
static const enum cw_relation world_relations[] = {CW_RELATION_NONE, CW_RELATION_EXACT,
                                                   CW_RELATION_CROSS_CHAIN, CW_RELATION_ENTITY};

static size_t pair_of(struct cw_span case_id, struct cw_span entry_id, struct cw_span canonical)
{
    size_t listing = cw_span_is(canonical, EVM_KEY) ? 0 : 1;
    for (size_t e = 0; e < CW_COUNT(world_entries); e++) {
        listing += cw_span_is(entry_id, world_entries[e]) ? 2 * e : 0;
    }
    return (size_t)(case_id.data[0] - 'a') * WORLD_LISTINGS + listing;
}

static void shuffle_hits(uint64_t *state, struct cw_hits *hits)
{
    for (size_t i = hits->count; i > 1; i--) {
        const size_t j = below(state, i);
        const struct cw_hit kept = hits->items[j];
        hits->items[j] = hits->items[i - 1];
        hits->items[i - 1] = kept;
    }
}

/* The next day: another list, other rules, other relations. */
static void turn(struct world *world, uint64_t *state)
{
    struct row rows[WORLD_LISTINGS];
    size_t count = 0;
    for (size_t i = 0; i < WORLD_LISTINGS; i++) {
        if (below(state, 4) > 0) {
            rows[count++] = (struct row){.value = i % 2 == 0 ? EVM : TRON,
                                         .id = world_entries[i / 2],
                                         .name = world_names[below(state, 3)]};
        }
    }
    cw_watchlist_free(world->list);
    world->list = list_of(rows, count);
    world->rules = below(state, 4) == 0 ? world->few_rules : world->all_rules;
    world->hits.count = 0;
    for (size_t r = 0; r < cw_rules_count(world->rules); r++) {
        for (size_t i = 0; i < count; i++) {
            struct cw_hit hit = {.rule = cw_rules_at(world->rules, r),
                                 .listing = cw_watchlist_at(world->list, i),
                                 .relation = world_relations[below(state, 4)]};
            hit.address_canonical = hit.listing->canonical;
            if (hit.relation != CW_RELATION_NONE) {
                world->hits.items[world->hits.count++] = hit;
            }
        }
    }
    shuffle_hits(state, &world->hits);
}

static struct cw_match_events ask_world(const struct world *world, struct answers *answers)
{
    const struct cw_reconcile_input input = {
        .rules = world->rules,
        .list = world->list,
        .hits = &world->hits,
        .tracked = world->tracked,
        .tracked_count = world->tracked_count,
        .is_new_listing = answer_listing,
        .is_new_pair = answer_pair,
        .ctx = answers,
    };
    return reconciled(&input);
}

static void forget(struct world *world, size_t pair)
{
    for (size_t i = 0; i < world->tracked_count; i++) {
        const struct cw_tracked *tracked = &world->tracked[i];
        if (pair_of(tracked->case_id, tracked->entry_id, tracked->listed_canonical) == pair) {
            world->tracked[i] = world->tracked[--world->tracked_count];
            return;
        }
    }
}

static void remember(struct world *world, size_t pair, const struct cw_hit *hit, bool was_alerted)
{
    (void)snprintf(world->ids[pair], sizeof(world->ids[pair]), "%s", hit->rule->id);
    (void)snprintf(world->sha256[pair], sizeof(world->sha256[pair]), "%s",
                   hit->listing->entry_sha256);
    forget(world, pair);
    world->tracked[world->tracked_count++] = (struct cw_tracked){
        .case_id = cw_span_cstr(world->ids[pair]),
        .address_canonical = cw_span_cstr(world_keys[pair % 2]),
        .entry_id = cw_span_cstr(world_entries[pair % WORLD_LISTINGS / 2]),
        .listed_canonical = cw_span_cstr(world_keys[pair % 2]),
        .relation = hit->relation,
        .entry_sha256 = cw_span_cstr(world->sha256[pair]),
        .was_alerted = was_alerted,
    };
}

/* What a scan writes down after an event, and the book-keeping of what was told. */
static void settle_event(struct world *world, const struct cw_match_event *event)
{
    const struct cw_hit *hit = event->hit;
    const struct cw_tracked *tracked = event->tracked;
    const size_t pair =
        hit != NULL
            ? pair_of(cw_span_cstr(hit->rule->id), hit->listing->entry_id, hit->listing->canonical)
            : pair_of(tracked->case_id, tracked->entry_id, tracked->listed_canonical);
    switch (event->type) {
    case CW_MATCH_LISTED:
        CU_ASSERT_EQUAL(world->told[pair], 0);
        world->told[pair] = event->is_alert ? 1 : 0;
        remember(world, pair, hit, event->is_alert);
        break;
    case CW_MATCH_CHANGED:
        CU_ASSERT_EQUAL(world->told[pair], event->is_alert ? 1 : 0);
        remember(world, pair, hit, tracked->was_alerted);
        break;
    case CW_MATCH_DELISTED:
        CU_ASSERT_EQUAL(world->told[pair], event->is_alert ? 1 : 0);
        world->told[pair] = 0;
        forget(world, pair);
        break;
    case CW_MATCH_DROPPED:
        world->told[pair] = 0;
        forget(world, pair);
        break;
    }
}

static void settle_events(struct world *world, const struct cw_match_events *events)
{
    struct world before = *world; /* events point into what settling moves about */
    for (size_t i = 0; i < events->count; i++) {
        struct cw_match_event event = events->items[i];
        if (event.tracked != NULL) {
            event.tracked = &before.tracked[event.tracked - world->tracked];
        }
        settle_event(world, &event);
    }
}

static void world_begin(struct world *world)
{
    static const struct rule_words words[] = {
        {"a", Q(EVM), NULL, NULL}, {"b", Q(EVM), NULL, NULL}, {"c", Q(EVM), NULL, NULL}};
    *world = (struct world){.all_rules = rules_of(words, 3), .few_rules = rules_of(words, 2)};
    world->hits.items = calloc(WORLD_PAIRS, sizeof(*world->hits.items));
    CU_ASSERT_PTR_NOT_NULL_FATAL(world->hits.items);
}

static void world_end(struct world *world)
{
    cw_rules_free(world->all_rules);
    cw_rules_free(world->few_rules);
    cw_watchlist_free(world->list);
    cw_hits_clear(&world->hits);
}

/* After each day exactly the hits are tracked, and asking again finds nothing more to say. */
static void says_nothing_twice(void)
{
    static struct world world;
    uint64_t state = 0x94d049bb133111ebu;
    size_t told = 0;
    world_begin(&world);
    for (size_t day = 0; day < 150; day++) {
        struct answers answers = {below(&state, 2) == 0, below(&state, 8) == 0};
        turn(&world, &state);
        struct cw_match_events events = ask_world(&world, &answers);
        settle_events(&world, &events);
        told += events.count;
        cw_match_events_clear(&events);
        CU_ASSERT_EQUAL(world.tracked_count, world.hits.count);
        events = ask_world(&world, &answers);
        CW_CHECK(events.count == 0, "day %zu: %zu events again", day, events.count);
        cw_match_events_clear(&events);
    }
    CU_ASSERT(told > 1000);
    world_end(&world);
}

/* "case entry key type;" of each event, in order. */
static void write_events(const struct cw_match_events *events, char *ret, size_t bytes)
{
    size_t at = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < events->count && at < bytes; i++) {
        const struct cw_match_event *event = &events->items[i];
        const struct cw_span id =
            event->hit != NULL ? cw_span_cstr(event->hit->rule->id) : event->tracked->case_id;
        const struct cw_span entry =
            event->hit != NULL ? event->hit->listing->entry_id : event->tracked->entry_id;
        const struct cw_span key =
            event->hit != NULL ? event->hit->listing->canonical : event->tracked->listed_canonical;
        at += (size_t)snprintf(ret + at, bytes - at, "%.*s %.*s %.*s %d;", CW_SPAN_ARG(id),
                               CW_SPAN_ARG(key), CW_SPAN_ARG(entry), (int)event->type);
    }
    CU_ASSERT(at < bytes);
}

/* Parts of one width but the entry, which ends with a blank: then byte order is part order. */
static void check_sorted(char *text)
{
    const char *last = "";
    for (char *at = text; *at != '\0';) {
        char *end = strchr(at, ';');
        *end = '\0';
        CW_CHECK(strcmp(last, at) < 0, "%s stands before %s", last, at);
        last = at;
        at = end + 1;
    }
}

static void orders_events(void)
{
    static struct world world;
    uint64_t state = 0xbf58476d1ce4e5b9u;
    world_begin(&world);
    for (size_t day = 0; day < 60; day++) {
        char one[8192];
        char other[8192];
        struct answers answers = {true, false};
        turn(&world, &state);
        struct cw_match_events events = ask_world(&world, &answers);
        write_events(&events, one, sizeof(one));
        cw_match_events_clear(&events);
        shuffle_hits(&state, &world.hits);
        for (size_t i = world.tracked_count; i > 1; i--) {
            const size_t j = below(&state, i);
            const struct cw_tracked kept = world.tracked[j];
            world.tracked[j] = world.tracked[i - 1];
            world.tracked[i - 1] = kept;
        }
        events = ask_world(&world, &answers);
        write_events(&events, other, sizeof(other));
        CW_CHECK(strcmp(one, other) == 0, "day %zu: %s\n%s", day, one, other);
        check_sorted(one);
        settle_events(&world, &events);
        cw_match_events_clear(&events);
    }
    world_end(&world);
}

#endif
