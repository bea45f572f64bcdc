#include "address/explain.h"

#include <stdio.h>

#include "base/status.h"

/* Letters that are taken for others in addresses: Cyrillic, Greek, full-width, foreign digits.
 * Names are those of the Unicode character database, 15.0; resemblance is that of Unicode Technical
 * Standard 39 where both are letters of an address. */

static const struct {
    uint32_t code_point;
    char ascii;
    const char *name;
} rows[] = {
    {0x0131, 'i', "LATIN SMALL LETTER DOTLESS I"},
    {0x0391, 'A', "GREEK CAPITAL LETTER ALPHA"},
    {0x0392, 'B', "GREEK CAPITAL LETTER BETA"},
    {0x0395, 'E', "GREEK CAPITAL LETTER EPSILON"},
    {0x0396, 'Z', "GREEK CAPITAL LETTER ZETA"},
    {0x0397, 'H', "GREEK CAPITAL LETTER ETA"},
    {0x0399, 'I', "GREEK CAPITAL LETTER IOTA"},
    {0x039a, 'K', "GREEK CAPITAL LETTER KAPPA"},
    {0x039c, 'M', "GREEK CAPITAL LETTER MU"},
    {0x039d, 'N', "GREEK CAPITAL LETTER NU"},
    {0x039f, 'O', "GREEK CAPITAL LETTER OMICRON"},
    {0x03a1, 'P', "GREEK CAPITAL LETTER RHO"},
    {0x03a4, 'T', "GREEK CAPITAL LETTER TAU"},
    {0x03a5, 'Y', "GREEK CAPITAL LETTER UPSILON"},
    {0x03a7, 'X', "GREEK CAPITAL LETTER CHI"},
    {0x03b1, 'a', "GREEK SMALL LETTER ALPHA"},
    {0x03bd, 'v', "GREEK SMALL LETTER NU"},
    {0x03bf, 'o', "GREEK SMALL LETTER OMICRON"},
    {0x03c1, 'p', "GREEK SMALL LETTER RHO"},
    {0x0405, 'S', "CYRILLIC CAPITAL LETTER DZE"},
    {0x0406, 'I', "CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I"},
    {0x0408, 'J', "CYRILLIC CAPITAL LETTER JE"},
    {0x0410, 'A', "CYRILLIC CAPITAL LETTER A"},
    {0x0412, 'B', "CYRILLIC CAPITAL LETTER VE"},
    {0x0415, 'E', "CYRILLIC CAPITAL LETTER IE"},
    {0x0417, '3', "CYRILLIC CAPITAL LETTER ZE"},
    {0x041a, 'K', "CYRILLIC CAPITAL LETTER KA"},
    {0x041c, 'M', "CYRILLIC CAPITAL LETTER EM"},
    {0x041d, 'H', "CYRILLIC CAPITAL LETTER EN"},
    {0x041e, 'O', "CYRILLIC CAPITAL LETTER O"},
    {0x0420, 'P', "CYRILLIC CAPITAL LETTER ER"},
    {0x0421, 'C', "CYRILLIC CAPITAL LETTER ES"},
    {0x0422, 'T', "CYRILLIC CAPITAL LETTER TE"},
    {0x0423, 'Y', "CYRILLIC CAPITAL LETTER U"},
    {0x0425, 'X', "CYRILLIC CAPITAL LETTER HA"},
    {0x0430, 'a', "CYRILLIC SMALL LETTER A"},
    {0x0435, 'e', "CYRILLIC SMALL LETTER IE"},
    {0x043a, 'k', "CYRILLIC SMALL LETTER KA"},
    {0x043c, 'm', "CYRILLIC SMALL LETTER EM"},
    {0x043e, 'o', "CYRILLIC SMALL LETTER O"},
    {0x0440, 'p', "CYRILLIC SMALL LETTER ER"},
    {0x0441, 'c', "CYRILLIC SMALL LETTER ES"},
    {0x0442, 't', "CYRILLIC SMALL LETTER TE"},
    {0x0443, 'y', "CYRILLIC SMALL LETTER U"},
    {0x0445, 'x', "CYRILLIC SMALL LETTER HA"},
    {0x0455, 's', "CYRILLIC SMALL LETTER DZE"},
    {0x0456, 'i', "CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"},
    {0x0458, 'j', "CYRILLIC SMALL LETTER JE"},
    {0x04bb, 'h', "CYRILLIC SMALL LETTER SHHA"},
    {0x0501, 'd', "CYRILLIC SMALL LETTER KOMI DE"},
    {0x051b, 'q', "CYRILLIC SMALL LETTER QA"},
    {0x051d, 'w', "CYRILLIC SMALL LETTER WE"},
};

static const char *const digit_words[] = {"ZERO", "ONE", "TWO",   "THREE", "FOUR",
                                          "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"};

/* Blocks whose names follow from the ASCII character they stand for. */
static const struct {
    uint32_t first;
    uint32_t count;
    char ascii;
    const char *name; /* in front of the digit's word, or of the letter */
} blocks[] = {
    {0x0660, 10, '0', "ARABIC-INDIC DIGIT"},
    {0x06f0, 10, '0', "EXTENDED ARABIC-INDIC DIGIT"},
    {0x0966, 10, '0', "DEVANAGARI DIGIT"},
    {0xff10, 10, '0', "FULLWIDTH DIGIT"},
    {0xff21, 26, 'A', "FULLWIDTH LATIN CAPITAL LETTER"},
    {0xff41, 26, 'a', "FULLWIDTH LATIN SMALL LETTER"},
};

bool cw_look_alike(uint32_t code_point, char ret_name[static 64], char *ret_ascii)
{
    for (size_t i = 0; i < CW_COUNT(rows); i++) {
        if (rows[i].code_point == code_point) {
            (void)snprintf(ret_name, 64, "%s", rows[i].name);
            *ret_ascii = rows[i].ascii;
            return true;
        }
    }
    for (size_t i = 0; i < CW_COUNT(blocks); i++) {
        const uint32_t at = code_point - blocks[i].first;
        if (code_point < blocks[i].first || at >= blocks[i].count) {
            continue;
        }
        const char letter[2] = {(char)('A' + (char)at), '\0'};
        *ret_ascii = (char)(blocks[i].ascii + (char)at);
        (void)snprintf(ret_name, 64, "%s %s", blocks[i].name,
                       blocks[i].ascii == '0' ? digit_words[at] : letter);
        return true;
    }
    return false;
}
