#include "alert/internal.h"

/* Templates: {name} is replaced by a word. In Korean {name|A|B} is the word and the particle that
 * fits its sound: A after a consonant, B after a vowel, "A(B)" when the sound is not known.
 * Languages are columns, so that a new sentence cannot be forgotten in one of them. */
enum language { ENGLISH, FRENCH, KOREAN, LANGUAGES };
static const char *const language_tags[LANGUAGES] = {"en", "fr", "ko"};

enum sentence {
    LISTED,
    LISTED_BASELINE,
    LISTED_ENTITY,
    DELISTED,
    DELISTED_ENTITY,
    CHANGED,
    RETRACTED,
    FEED_FAILED_ONCE,
    FEED_FAILED,
    FEED_RECOVERED,
    FEED_STALE,
    FEED_SUSPECT,
    FEED_SUSPECT_FIRST,
    FEED_ALL_GONE,
    KEY_CHANGED,
    ENDPOINT_DISABLED,
    HEARTBEAT,
    TEST,
};

static const char *const templates[][LANGUAGES] = {
    [LISTED] = {"Address {address} of case {case} appeared on {feed}.",
                "L’adresse {address} du dossier {case} est apparue sur {feed}.",
                "사건 {case}의 주소 {address|이|가} {feed} 목록에 등재되었습니다."},
    [LISTED_BASELINE] =
        {"Address {address} of case {case} was already on {feed} when this list was first read "
         "for the case.",
         "L’adresse {address} du dossier {case} figurait déjà sur {feed} à la première lecture de "
         "cette liste pour le dossier.",
         "사건 {case}의 주소 {address|은|는} 이 사건을 위해 {feed} 목록을 처음 읽었을 때 이미 "
         "등재되어 있었습니다."},
    [LISTED_ENTITY] =
        {"Address {address} of a listed party that case {case} follows appeared on {feed}.",
         "L’adresse {address} d’une partie listée suivie par le dossier {case} est apparue sur "
         "{feed}.",
         "사건 {case}에서 추적하는 등재 당사자의 주소 {address|이|가} {feed} 목록에 "
         "등재되었습니다."},
    [DELISTED] = {"Address {address} of case {case} is no longer on {feed}.",
                  "L’adresse {address} du dossier {case} ne figure plus sur {feed}.",
                  "사건 {case}의 주소 {address|이|가} {feed} 목록에서 삭제되었습니다."},
    [DELISTED_ENTITY] =
        {"Address {address} of a listed party that case {case} follows is no longer on {feed}.",
         "L’adresse {address} d’une partie listée suivie par le dossier {case} ne figure plus sur "
         "{feed}.",
         "사건 {case}에서 추적하는 등재 당사자의 주소 {address|이|가} {feed} 목록에서 "
         "삭제되었습니다."},
    [CHANGED] = {"The entry {entry} on {feed} that matches case {case} changed.",
                 "L’entrée {entry} de {feed} correspondant au dossier {case} a changé.",
                 "사건 {case|과|와} 일치하는 {feed} 항목 {entry|이|가} 변경되었습니다."},
    [RETRACTED] = {"The alert {retracts} is withdrawn.", "L’alerte {retracts} est retirée.",
                   "경보 {retracts|이|가} 철회되었습니다."},
    [FEED_FAILED_ONCE] = {"Feed {feed} has failed once since {since}.",
                          "Le flux {feed} a échoué une fois depuis {since}.",
                          "피드 {feed|이|가} {since}부터 1회 실패했습니다."},
    [FEED_FAILED] = {"Feed {feed} has failed {failures} times since {since}.",
                     "Le flux {feed} a échoué {failures} fois depuis {since}.",
                     "피드 {feed|이|가} {since}부터 {failures}회 실패했습니다."},
    [FEED_RECOVERED] = {"Feed {feed}, which had failed since {since}, can be read again.",
                        "Le flux {feed}, en échec depuis {since}, est de nouveau lisible.",
                        "{since}부터 실패하던 피드 {feed|을|를} 다시 읽을 수 있습니다."},
    [FEED_STALE] = {"Feed {feed} has not been updated since {since}.",
                    "Le flux {feed} n’a pas été mis à jour depuis {since}.",
                    "피드 {feed|이|가} {since} 이후 갱신되지 않았습니다."},
    [FEED_SUSPECT] =
        {"Feed {feed} is held since {since} because its new content is implausible, and the last "
         "good list stays in force.",
         "Le flux {feed} est retenu depuis {since} car son nouveau contenu n’est pas plausible, et "
         "la dernière liste valable reste en vigueur.",
         "피드 {feed|은|는} 새 내용이 타당해 보이지 않아 {since}부터 보류 중이며, 마지막 정상 "
         "목록이 계속 유효합니다."},
    [FEED_SUSPECT_FIRST] =
        {"Feed {feed} is held since {since} because its content is implausible, and nothing of it "
         "is in force.",
         "Le flux {feed} est retenu depuis {since} car son contenu n’est pas plausible, et rien "
         "n’en est en vigueur.",
         "피드 {feed|은|는} 내용이 타당해 보이지 않아 {since}부터 보류 중이며, 이 피드에서 유효한 "
         "목록은 아직 없습니다."},
    [FEED_ALL_GONE] =
        {"Every monitored address on feed {feed} left it at once ({since}).",
         "Toutes les adresses surveillées du flux {feed} l’ont quitté en une fois ({since}).",
         "피드 {feed}에 있던 감시 대상 주소가 한꺼번에 모두 삭제되었습니다({since})."},
    [KEY_CHANGED] = {"A signing key of this scanner changed ({subject}).",
                     "Une clé de signature de ce scanner a changé ({subject}).",
                     "이 스캐너의 서명 키가 변경되었습니다({subject})."},
    [ENDPOINT_DISABLED] = {"Deliveries to {subject} have been stopped.",
                           "Les envois vers {subject} ont été arrêtés.",
                           "{subject} 수신처에 대한 전송이 중단되었습니다."},
    [HEARTBEAT] = {"Scanner {instance} is running.", "Le scanner {instance} fonctionne.",
                   "스캐너 {instance|이|가} 작동 중입니다."},
    [TEST] = {"This is a test event of scanner {instance}, and nothing was found.",
              "Ceci est un événement de test du scanner {instance}, et rien n’a été trouvé.",
              "스캐너 {instance}의 시험 이벤트이며, 발견된 것은 없습니다."},
};

static enum sentence sentence_of(enum cw_alert_type type, const struct cw_sentence_words *words)
{
    switch (type) {
    case CW_ALERT_LISTED:
        return words->is_entity ? LISTED_ENTITY : (words->is_baseline ? LISTED_BASELINE : LISTED);
    case CW_ALERT_DELISTED:
        return words->is_entity ? DELISTED_ENTITY : DELISTED;
    case CW_ALERT_CHANGED:
        return CHANGED;
    case CW_ALERT_RETRACTED:
        return RETRACTED;
    case CW_ALERT_FEED_FAILED:
        return words->failures == 1 ? FEED_FAILED_ONCE : FEED_FAILED;
    case CW_ALERT_FEED_RECOVERED:
        return FEED_RECOVERED;
    case CW_ALERT_FEED_STALE:
        return FEED_STALE;
    case CW_ALERT_FEED_SUSPECT:
        return words->is_all_gone ? FEED_ALL_GONE
                                  : (words->is_first ? FEED_SUSPECT_FIRST : FEED_SUSPECT);
    case CW_ALERT_KEY_CHANGED:
        return KEY_CHANGED;
    case CW_ALERT_ENDPOINT_DISABLED:
        return ENDPOINT_DISABLED;
    case CW_ALERT_HEARTBEAT:
        return HEARTBEAT;
    case CW_ALERT_TEST:
        break;
    }
    return TEST;
}

static struct cw_span word_of(const struct cw_sentence_words *words, struct cw_span name)
{
    const struct {
        const char *name;
        const char *word;
    } table[] = {
        {"address", words->address},   {"case", words->case_id},      {"feed", words->feed},
        {"entry", words->entry},       {"retracts", words->retracts}, {"subject", words->subject},
        {"instance", words->instance}, {"since", words->since},
    };
    for (size_t i = 0; i < CW_COUNT(table); i++) {
        if (cw_span_is(name, table[i].name)) {
            return cw_span_cstr(table[i].word);
        }
    }
    return (struct cw_span){NULL, 0};
}

/* In an address letters and digits are spelled out one by one; other words end in a number. */
static void put_particle(struct cw_buf *out, struct cw_span name, struct cw_span word,
                         struct cw_span choice)
{
    const size_t bar = cw_span_find(choice, '|', 0);
    const struct cw_span after_consonant = cw_span_slice(choice, 0, bar);
    const struct cw_span after_vowel = cw_span_slice(choice, bar + 1, choice.len);
    const enum cw_korean_nought nought =
        cw_span_is(name, "address") ? CW_KOREAN_JERO : CW_KOREAN_YEONG;
    switch (cw_korean_end_of(word, nought)) {
    case CW_KOREAN_CONSONANT:
        cw_buf_span(out, after_consonant);
        return;
    case CW_KOREAN_VOWEL:
        cw_buf_span(out, after_vowel);
        return;
    case CW_KOREAN_UNKNOWN:
        break;
    }
    cw_buf_printf(out, "%.*s(%.*s)", CW_SPAN_ARG(after_consonant), CW_SPAN_ARG(after_vowel));
}

static void put_placeholder(struct cw_buf *out, struct cw_span inside,
                            const struct cw_sentence_words *words)
{
    if (cw_span_is(inside, "failures")) {
        cw_buf_printf(out, "%llu", (unsigned long long)words->failures);
        return;
    }
    const size_t bar = cw_span_find(inside, '|', 0);
    const struct cw_span name = cw_span_slice(inside, 0, bar);
    const struct cw_span word = word_of(words, name);
    cw_buf_span(out, word);
    if (bar < inside.len) {
        put_particle(out, name, word, cw_span_slice(inside, bar + 1, inside.len));
    }
}

static void fill_in(struct cw_buf *out, struct cw_span template,
                    const struct cw_sentence_words *words)
{
    for (size_t at = 0; at < template.len;) {
        const size_t open = cw_span_find(template, '{', at);
        const size_t close = cw_span_find(template, '}', open);
        cw_buf_span(out, cw_span_slice(template, at, open));
        if (open < template.len) {
            put_placeholder(out, cw_span_slice(template, open + 1, close), words);
        }
        at = close < template.len ? close + 1 : template.len;
    }
}

bool cw_sentence_write(struct cw_buf *out, struct cw_span language, enum cw_alert_type type,
                       const struct cw_sentence_words *words)
{
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (cw_span_is(language, language_tags[i])) {
            fill_in(out, cw_span_cstr(templates[sentence_of(type, words)][i]), words);
            return true;
        }
    }
    return false;
}
