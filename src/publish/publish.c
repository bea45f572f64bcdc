#include "publish/publish.h"

#include "base/file.h"
#include "base/stop.h"

/* ---- what goes in ---- */

/* One source on its way into the builder. */
struct filling {
    struct cw_index_builder *builder;
    uint32_t source;
    struct cw_index_episode *episodes; /* room, used again for every listing */
    size_t episodes_cap;
    const struct cw_clock *clock; /* NULL: it cannot be stopped */
    size_t listings;
};

static enum cw_status add_source(struct filling *filling, enum cw_index_source_kind kind,
                                 const char *id, const struct cw_rule *rule, struct cw_error *err)
{
    const struct cw_index_source source = {
        .kind = kind,
        .id = cw_span_cstr(id),
        .title = rule == NULL ? CW_SPAN("") : cw_span_cstr(rule->title),
        .relations = rule == NULL ? CW_INDEX_ALL_RELATIONS : rule->relations,
    };
    return cw_index_builder_source(filling->builder, &source, &filling->source, err);
}

static enum cw_status add_rule_address(struct filling *filling, const struct cw_rule *rule,
                                       const struct cw_rule_address *own, struct cw_error *err)
{
    struct cw_address address;
    char canonical[CW_CANONICAL_BYTES];
    const enum cw_address_error why = cw_rule_address_decode(own, &address);
    CW_ASSERT(why == CW_ADDRESS_OK); /* a loaded rule set holds only decoded addresses */
    cw_address_canonical(&address, canonical);
    const struct cw_index_listing listing = {
        .source = filling->source,
        .value = own->value,
        .canonical = cw_span_cstr(canonical),
        .entry_id = cw_span_cstr(rule->id),
        .note = own->note,
        .is_active = true,
    };
    return cw_index_builder_decoded(filling->builder, &listing, &address, err);
}

static enum cw_status add_rules(struct filling *filling, const struct cw_rules *rules,
                                struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t r = 0; status == CW_OK && r < cw_rules_count(rules); r++) {
        const struct cw_rule *rule = cw_rules_at(rules, r);
        status = add_source(filling, CW_INDEX_RULE, rule->id, rule, err);
        for (size_t a = 0; status == CW_OK && a < rule->addresses_count; a++) {
            status = add_rule_address(filling, rule, &rule->addresses[a], err);
        }
    }
    return status;
}

static enum cw_status copy_episodes(struct filling *filling, const struct cw_history *history,
                                    struct cw_error *err)
{
    if (history->episodes_count > filling->episodes_cap) {
        const size_t cap = 2 * history->episodes_count;
        struct cw_index_episode *moved =
            realloc(filling->episodes, cap * sizeof(*filling->episodes));
        if (moved == NULL) {
            return cw_error_set(err, CW_NOMEM, "out of memory for episodes");
        }
        filling->episodes = moved;
        filling->episodes_cap = cap;
    }
    for (size_t i = 0; i < history->episodes_count; i++) {
        filling->episodes[i] =
            (struct cw_index_episode){history->episodes[i].from_s, history->episodes[i].until_s};
    }
    return CW_OK;
}

static enum cw_status on_listing(void *ctx, const struct cw_history *history, struct cw_error *err)
{
    struct filling *filling = ctx;
    const struct cw_listing *from = history->listing;
    enum cw_status status = cw_stop_between(filling->clock, filling->listings++, err);
    if (status == CW_OK) {
        status = copy_episodes(filling, history, err);
    }
    if (status != CW_OK) {
        return status;
    }
    const struct cw_index_listing listing = {
        .source = filling->source,
        .value = from->value,
        .tag = from->tag,
        .canonical = from->canonical,
        .entry_id = from->entry_id,
        .entry_name = from->entry_name,
        .listed_on = from->listed_on,
        .note = from->note,
        .programs = from->programs,
        .programs_count = from->programs_count,
        .episodes = filling->episodes,
        .episodes_count = history->episodes_count,
        .is_active = history->is_active,
        .is_reserved = from->is_reserved,
    };
    return cw_index_builder_listing(filling->builder, &listing, err);
}

static enum cw_status on_opaque(void *ctx, const struct cw_opaque *opaque, struct cw_error *err)
{
    struct filling *filling = ctx;
    const struct cw_index_listing listing = {
        .source = filling->source,
        .value = opaque->value,
        .tag = opaque->tag,
        .entry_id = opaque->entry_id,
        .entry_name = opaque->entry_name,
        .error = opaque->error,
        .position = opaque->position,
        .is_active = true,
    };
    return cw_index_builder_opaque(filling->builder, &listing, err);
}

static enum cw_status add_feeds(struct filling *filling, const struct cw_feeds *feeds,
                                struct cw_store *store, struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = 0; status == CW_OK && i < cw_feeds_count(feeds); i++) {
        const struct cw_feed *feed = cw_feeds_at(feeds, i);
        if (!feed->enabled) {
            continue; /* switched off by the operator: its old rows no longer speak */
        }
        status = add_source(filling, CW_INDEX_FEED, feed->id, NULL, err);
        if (status == CW_OK && store != NULL) {
            status = cw_store_each_listing(store, feed->id, on_listing, filling, err);
        }
        if (status == CW_OK && store != NULL) {
            status = cw_store_each_opaque(store, feed->id, on_opaque, filling, err);
        }
    }
    return status;
}

enum cw_status cw_publish_build(const struct cw_home *home, struct cw_store *store,
                                const struct cw_index_options *options,
                                const struct cw_clock *clock, struct cw_index_builder **ret,
                                struct cw_error *err)
{
    struct filling filling = {.clock = clock};
    enum cw_status status = cw_index_builder_new(options, &filling.builder, err);
    if (status == CW_OK) {
        status = add_rules(&filling, home->rules, err);
    }
    if (status == CW_OK) {
        status = add_feeds(&filling, home->feeds, store, err);
    }
    if (status == CW_OK) {
        status = cw_stop_between(clock, 0, err);
    }
    if (status == CW_OK) {
        status = cw_index_builder_finish(filling.builder, err);
    }
    free(filling.episodes);
    if (status != CW_OK) {
        cw_index_builder_free(filling.builder);
        return status;
    }
    *ret = filling.builder;
    return CW_OK;
}

/* ---- the folder ---- */

/* The index in force, when it was built from what there is now and is whole: every block is read,
 * for a damaged one would keep readers from an answer until a list changes. CW_STATE in ret_damage
 * when it is there and is not what was written. */
static bool is_current(const char *folder, const struct cw_manifest *wanted,
                       struct cw_manifest *ret_old, struct cw_error *ret_damage)
{
    CW_CLEANUP(cw_index_closep) struct cw_index *index = NULL;
    return cw_index_open_current(folder, ret_old, &index, ret_damage) == CW_OK &&
           memcmp(ret_old->basis, wanted->basis, sizeof(wanted->basis)) == 0 &&
           cw_index_verify(index, ret_damage) == CW_OK;
}

static enum cw_status build_file(const struct cw_home *home, struct cw_store *store,
                                 const char *folder, const struct cw_manifest *manifest,
                                 const struct cw_clock *clock, struct cw_error *err)
{
    char *path = cw_index_file_path(folder, manifest->index);
    if (path == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the index");
    }
    struct cw_index_builder *builder = NULL;
    const struct cw_index_options options = {
        .path = path,
        .generation = manifest->index,
        .built_at_s = manifest->built_at_s,
        .basis = manifest->basis,
        .has_text_filter = true,
    };
    const enum cw_status status = cw_publish_build(home, store, &options, clock, &builder, err);
    cw_index_builder_free(builder);
    free(path);
    return status;
}

static enum cw_status bring_up_to_date(const struct cw_home *home, struct cw_store *store,
                                       const char *folder, const struct cw_publish_options *options,
                                       struct cw_published *ret, struct cw_error *err)
{
    struct cw_manifest manifest = {.generation = options->generation, .built_at_s = options->now_s};
    struct cw_manifest old = {0};
    enum cw_status status = cw_publish_describe(home, store, &manifest, err);
    struct cw_error damage = {0};
    const bool is_old_right = status == CW_OK && is_current(folder, &manifest, &old, &damage);
    ret->is_built = status == CW_OK && (options->is_forced || !is_old_right);
    manifest.index = ret->is_built ? options->generation : old.index;
    if (ret->is_built) {
        status = build_file(home, store, folder, &manifest, options->clock, err);
    }
    if (status == CW_OK) {
        status = cw_manifest_publish(folder, &manifest, err);
    }
    if (status == CW_OK && damage.code == CW_STATE) {
        ret->damage = damage;
    }
    if (status == CW_OK && ret->is_built) {
        cw_index_prune(folder, manifest.index, old.index); /* readers may still have the old one */
    }
    cw_manifest_clear(&manifest);
    cw_manifest_clear(&old);
    return status;
}

enum cw_status cw_publish(const struct cw_home *home, struct cw_store *store,
                          const struct cw_publish_options *options, struct cw_published *ret,
                          struct cw_error *err)
{
    struct cw_published published = {0};
    bool is_mine = false;
    char *folder = cw_publish_folder(home->config);
    if (folder == NULL) {
        return cw_error_set(err, CW_NOMEM, "out of memory for the index");
    }
    enum cw_status status = cw_dir_make(folder, 0700, err);
    if (status == CW_OK) {
        status = cw_store_read_begin(store, &is_mine, err);
    }
    if (status == CW_OK) {
        status = bring_up_to_date(home, store, folder, options, &published, err);
    }
    cw_store_read_end(store, is_mine);
    free(folder);
    if (status == CW_OK) {
        *ret = published;
    }
    return status;
}
