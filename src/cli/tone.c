#include "cli/tone.h"

const char *cw_tone_begin(const struct cw_cli *cli, enum cw_tone tone)
{
    if (!cli->is_colour) {
        return "";
    }
    switch (tone) {
    case CW_TONE_PLAIN:
        return "";
    case CW_TONE_GOOD:
        return "\x1b[1;32m";
    case CW_TONE_NOTICE:
        return "\x1b[1;33m";
    case CW_TONE_ALARM:
        return "\x1b[1;31m";
    case CW_TONE_UNKNOWN:
        return "\x1b[1;35m";
    }
    return "";
}

const char *cw_tone_end(const struct cw_cli *cli, enum cw_tone tone)
{
    return cli->is_colour && tone != CW_TONE_PLAIN ? "\x1b[0m" : "";
}

void cw_tone_print(const struct cw_cli *cli, enum cw_tone tone, const char *word, int columns)
{
    const int rest = columns - (int)strlen(word);
    (void)printf("%s%s%s%*s", cw_tone_begin(cli, tone), word, cw_tone_end(cli, tone),
                 rest > 0 ? rest : 0, "");
}

enum cw_tone cw_tone_of_severity(enum cw_severity severity)
{
    switch (severity) {
    case CW_INFO:
    case CW_LOW:
        return CW_TONE_PLAIN;
    case CW_MEDIUM:
        return CW_TONE_NOTICE;
    case CW_HIGH:
    case CW_CRITICAL:
        return CW_TONE_ALARM;
    }
    return CW_TONE_PLAIN;
}
