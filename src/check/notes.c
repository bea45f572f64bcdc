#include "address/resemble.h"
#include "check/internal.h"

/* Notes said of one question: a list of look-alikes would only be noise. */
enum { NOTES_MAX = 3 };

struct looking {
    const struct cw_check *check;
    struct cw_answer *answer;
    struct cw_span text; /* bare text of the question */
    bool is_decoded;
    size_t said;
    char last[CW_ADDRESS_TEXT_BYTES]; /* said last: many lists hold one address */
};

static bool is_telling(const struct looking *looking, enum cw_resemblance resemblance)
{
    /* Half a text may share its ends with anything; only a whole address is worth a warning. */
    return resemblance == CW_RESEMBLES_ONE_CHARACTER ||
           (resemblance == CW_RESEMBLES_ENDS && looking->is_decoded);
}

static void say(struct looking *looking, const struct cw_index_item *item, const char *listed,
                enum cw_resemblance resemblance, size_t at)
{
    const char *kind = item->kind == CW_INDEX_RULE ? "case" : "list";
    if (resemblance == CW_RESEMBLES_ENDS) {
        cw_answer_reason(looking->answer,
                         "it begins and ends like %s of %s %.*s, and is another address: look at "
                         "all of it",
                         listed, kind, CW_SPAN_ARG(item->source_id));
    } else {
        cw_answer_reason(looking->answer,
                         "character %zu is all in which it differs from %s of %s %.*s: was it "
                         "mistyped? This is no match",
                         at + 1, listed, kind, CW_SPAN_ARG(item->source_id));
    }
    cw_answer_mark_note(looking->answer);
    (void)snprintf(looking->last, sizeof(looking->last), "%s", listed);
    looking->said++;
}

static enum cw_status on_candidate(void *ctx, const struct cw_index_item *item,
                                   enum cw_relation relation, struct cw_error *err)
{
    (void)relation;
    (void)err;
    struct looking *looking = ctx;
    struct cw_address listed;
    size_t at = 0;
    if (looking->said >= NOTES_MAX || item->is_opaque || item->is_reserved ||
        !cw_check_standing(looking->check, item).is_active ||
        cw_index_item_decode(item, &listed) != CW_ADDRESS_OK) {
        return CW_OK;
    }
    const struct cw_span source = cw_address_source(&listed);
    const enum cw_resemblance resemblance = cw_resemble_judge(looking->text, source, &at);
    if (is_telling(looking, resemblance) && !cw_span_is(source, looking->last)) {
        say(looking, item, source.data, resemblance, at);
    }
    return CW_OK;
}

static enum cw_status look(struct looking *looking, struct cw_error *err)
{
    uint64_t keys[CW_RESEMBLE_KEYS];
    uint64_t hashes[CW_RESEMBLE_KEYS];
    size_t count = 0;
    (void)cw_resemble_keys(looking->text, keys);
    for (size_t i = 0; i < CW_RESEMBLE_KEYS; i++) {
        if (keys[i] != 0) {
            hashes[count++] = keys[i];
        }
    }
    return cw_index_find_lookalikes(looking->check->index, hashes, count, on_candidate, looking,
                                    err);
}

enum cw_status cw_check_note_looks(const struct cw_check *check, struct cw_span text,
                                   const struct cw_address *address, struct cw_answer *answer,
                                   struct cw_error *err)
{
    struct looking looking = {.check = check, .answer = answer, .is_decoded = address != NULL};
    char canonical[CW_ADDRESS_TEXT_BYTES];
    looking.text = address == NULL ? cw_span_trim(text) : cw_address_source(address);
    enum cw_status status = look(&looking, err);
    if (address != NULL && status == CW_OK && looking.said == 0) {
        /* and as we would write it: lists hold other spellings of the same coin */
        cw_address_text(address, canonical);
        looking.text = cw_span_cstr(canonical);
        status = look(&looking, err);
    }
    return status;
}
