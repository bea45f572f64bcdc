#include "alert/internal.h"
#include "base/text.h"

enum { HANGUL_FIRST = 0xac00, HANGUL_LAST = 0xd7a3, HANGUL_FINALS = 28 };

/* Digits are read as Sino-Korean numerals: 1 il, 3 sam, 6 yuk, 7 chil and 8 pal close with a
 * consonant; 2 i, 4 sa, 5 o and 9 gu do not. */
static enum cw_korean_end end_of_digit(char digit, enum cw_korean_nought nought)
{
    if (digit == '0') {
        return nought == CW_KOREAN_JERO ? CW_KOREAN_VOWEL : CW_KOREAN_CONSONANT;
    }
    return strchr("13678", digit) != NULL ? CW_KOREAN_CONSONANT : CW_KOREAN_VOWEL;
}

/* Of the letter names only el, em and en close with a consonant; R is "areu". */
static enum cw_korean_end end_of_letter(char letter)
{
    return strchr("lmn", cw_ascii_lower(letter)) != NULL ? CW_KOREAN_CONSONANT : CW_KOREAN_VOWEL;
}

static enum cw_korean_end end_of_hangul(uint32_t code_point)
{
    return (code_point - HANGUL_FIRST) % HANGUL_FINALS == 0 ? CW_KOREAN_VOWEL : CW_KOREAN_CONSONANT;
}

/* The last character that is spoken decides: punctuation behind it is silent. */
enum cw_korean_end cw_korean_end_of(struct cw_span word, enum cw_korean_nought nought)
{
    enum cw_korean_end end = CW_KOREAN_UNKNOWN;
    uint32_t code_point = 0;
    for (size_t at = 0; cw_utf8_next(word, &at, &code_point);) {
        const char c = (char)(code_point < 0x80 ? code_point : 0);
        if (cw_ascii_is_digit(c)) {
            end = end_of_digit(c, nought);
        } else if (cw_ascii_is_alpha(c)) {
            end = end_of_letter(c);
        } else if (code_point >= HANGUL_FIRST && code_point <= HANGUL_LAST) {
            end = end_of_hangul(code_point);
        } else if (code_point >= 0x80) {
            end = CW_KOREAN_UNKNOWN;
        }
    }
    return end;
}
