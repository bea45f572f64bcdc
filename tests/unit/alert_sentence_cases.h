/* alert_sentence_cases.h: sentences as people read them, and how Korean words end. */
#ifndef CW_TESTS_ALERT_SENTENCE_CASES_H
#define CW_TESTS_ALERT_SENTENCE_CASES_H

#include "alert/internal.h"

struct sound_row {
    const char *word;
    enum cw_korean_nought nought;
    enum cw_korean_end end;
};

static const struct sound_row sound_rows[] = {
    {"kygt080", CW_KOREAN_JERO, CW_KOREAN_VOWEL}, {"EX-10", CW_KOREAN_YEONG, CW_KOREAN_CONSONANT},
    {"x1", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},  {"x2", CW_KOREAN_JERO, CW_KOREAN_VOWEL},
    {"x3", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},  {"x4", CW_KOREAN_JERO, CW_KOREAN_VOWEL},
    {"x5", CW_KOREAN_JERO, CW_KOREAN_VOWEL},      {"x6", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},
    {"x7", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},  {"x8", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},
    {"x9", CW_KOREAN_JERO, CW_KOREAN_VOWEL},      {"5H", CW_KOREAN_JERO, CW_KOREAN_VOWEL},
    {"5L", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},  {"5m", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},
    {"5N", CW_KOREAN_JERO, CW_KOREAN_CONSONANT},  {"5r", CW_KOREAN_JERO, CW_KOREAN_VOWEL},
    {"5z", CW_KOREAN_JERO, CW_KOREAN_VOWEL},      {"사건", CW_KOREAN_YEONG, CW_KOREAN_CONSONANT},
    {"주소", CW_KOREAN_YEONG, CW_KOREAN_VOWEL},   {"a1)", CW_KOREAN_YEONG, CW_KOREAN_CONSONANT},
    {"EX-2.", CW_KOREAN_YEONG, CW_KOREAN_VOWEL},  {"é", CW_KOREAN_YEONG, CW_KOREAN_UNKNOWN},
    {"...", CW_KOREAN_YEONG, CW_KOREAN_UNKNOWN},  {"", CW_KOREAN_YEONG, CW_KOREAN_UNKNOWN},
};

struct sentence_row {
    enum cw_alert_type type;
    const char *language;
    const char *text;
    bool is_baseline;
    bool is_entity;
    bool is_first;
    bool is_all_gone;
    uint64_t failures;
};

static const struct sentence_row sentence_rows[] = {
    {CW_ALERT_LISTED, "ko", "사건 C-7의 주소 1BgL이 ofac 목록에 등재되었습니다.", .failures = 0},
    {CW_ALERT_CHANGED, "ko", "사건 C-7과 일치하는 ofac 항목 é이(가) 변경되었습니다.",
     .failures = 0},
    {CW_ALERT_FEED_FAILED, "ko", "피드 ofac가 T부터 12회 실패했습니다.", .failures = 12},
    {CW_ALERT_FEED_FAILED, "en", "Feed ofac has failed once since T.", .failures = 1},
    {CW_ALERT_FEED_FAILED, "fr", "Le flux ofac a échoué une fois depuis T.", .failures = 1},
    {CW_ALERT_FEED_RECOVERED, "ko", "T부터 실패하던 피드 ofac를 다시 읽을 수 있습니다.",
     .failures = 0},
    {CW_ALERT_FEED_SUSPECT, "ko",
     "피드 ofac는 새 내용이 타당해 보이지 않아 T부터 보류 중이며, 마지막 정상 목록이 계속 "
     "유효합니다.",
     .failures = 0},
    {CW_ALERT_FEED_SUSPECT, "en",
     "Feed ofac is held since T because its new content is implausible, and the last good list "
     "stays in force.",
     .failures = 0},
    {CW_ALERT_FEED_SUSPECT, "en",
     "Feed ofac is held since T because its content is implausible, and nothing of it is in force.",
     .is_first = true},
    {CW_ALERT_FEED_SUSPECT, "fr",
     "Le flux ofac est retenu depuis T car son contenu n’est pas plausible, et rien n’en est en "
     "vigueur.",
     .is_first = true},
    {CW_ALERT_FEED_SUSPECT, "ko",
     "피드 ofac는 내용이 타당해 보이지 않아 T부터 보류 중이며, 이 피드에서 유효한 목록은 아직 "
     "없습니다.",
     .is_first = true},
    {CW_ALERT_FEED_SUSPECT, "en", "Every monitored address on feed ofac left it at once (T).",
     .is_all_gone = true},
    {CW_ALERT_FEED_SUSPECT, "fr",
     "Toutes les adresses surveillées du flux ofac l’ont quitté en une fois (T).",
     .is_all_gone = true},
    {CW_ALERT_FEED_SUSPECT, "ko",
     "피드 ofac에 있던 감시 대상 주소가 한꺼번에 모두 삭제되었습니다(T).", .is_all_gone = true},
    {CW_ALERT_LISTED, "en",
     "Address 1BgL of case C-7 was already on ofac when this list was first read for the case.",
     .is_baseline = true},
    {CW_ALERT_LISTED, "ko",
     "사건 C-7의 주소 1BgL은 이 사건을 위해 ofac 목록을 처음 읽었을 때 이미 등재되어 있었습니다.",
     .is_baseline = true},
    {CW_ALERT_LISTED, "en",
     "Address 1BgL of a listed party that case C-7 follows appeared on ofac.", .is_entity = true},
    {CW_ALERT_DELISTED, "fr",
     "L’adresse 1BgL d’une partie listée suivie par le dossier C-7 ne figure plus sur ofac.",
     .is_entity = true},
    {CW_ALERT_RETRACTED, "en", "The alert ID5 is withdrawn.", .failures = 0},
    {CW_ALERT_KEY_CHANGED, "fr", "Une clé de signature de ce scanner a changé (key:1).",
     .failures = 0},
    {CW_ALERT_TEST, "en", "This is a test event of scanner s-1, and nothing was found.",
     .failures = 0},
};

#endif
