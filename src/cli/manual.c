/* The man page of a command, in the requests of man(7) that groff and mandoc both know. No date and
 * nothing of the machine stands in it: the same program gives the same bytes. */
#include <ctype.h>

#include "base/text.h"
#include "cli/cli.h"

/* ---- characters ---- */

static const struct {
    char plain;
    const char *roff;
} escapes[] = {
    {'\\', "\\(rs"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'"', "\\(dq"}, {'^', "\\(ha"}, {'~', "\\(ti"},
};

static void put_code_point(uint32_t code_point)
{
    for (size_t i = 0; i < CW_COUNT(escapes); i++) {
        if (code_point == (uint32_t)(unsigned char)escapes[i].plain) {
            (void)printf("%s", escapes[i].roff);
            return;
        }
    }
    if (code_point < 0x80) {
        (void)printf("%c", (char)code_point);
    } else {
        (void)printf("\\[u%04X]", (unsigned)code_point);
    }
}

/* A line of text: a dot at its start would be a request. */
static void put_start(struct cw_span text)
{
    if (text.len > 0 && text.data[0] == '.') {
        (void)printf("\\&");
    }
}

/* As it is typed. */
static void put_plain(struct cw_span text)
{
    size_t at = 0;
    uint32_t code_point = 0;
    while (cw_utf8_next(text, &at, &code_point)) {
        if (code_point == '`') {
            (void)printf("\\(ga");
        } else {
            put_code_point(code_point);
        }
    }
}

/* Prose: what stands between two backquotes is bold, and a newline is a blank. */
static void put_prose(struct cw_span text)
{
    bool is_bold = false;
    size_t at = 0;
    uint32_t code_point = 0;
    put_start(text);
    while (cw_utf8_next(text, &at, &code_point)) {
        if (code_point == '`') {
            is_bold = !is_bold;
            (void)printf("%s", is_bold ? "\\fB" : "\\fR");
        } else {
            put_code_point(code_point == '\n' ? ' ' : code_point);
        }
    }
    CW_ASSERT(!is_bold);
    (void)printf("\n");
}

static void put_upper(const char *text)
{
    for (; *text != '\0'; text++) {
        (void)printf("%c", toupper((unsigned char)*text));
    }
}

static void put_heading(const char *request, const char *title)
{
    (void)printf(".%s \"", request);
    if (strcmp(request, "SH") == 0) {
        put_upper(title);
    } else {
        put_plain(cw_span_cstr(title));
    }
    (void)printf("\"\n");
}

/* ---- parts ---- */

static void put_form(const struct cw_cli *cli, struct cw_span form, bool is_first)
{
    (void)printf("%s\\fBcryptowatch%s", is_first ? "" : ".br\n", cli->command != NULL ? " " : "");
    put_plain(cw_span_cstr(cli->command != NULL ? cli->command->name : ""));
    (void)printf("\\fR ");
    put_plain(form);
    (void)printf("\n");
}

static void put_synopsis(const struct cw_cli *cli, const struct cw_usage *usage)
{
    struct cw_span rest = cw_span_cstr(usage->synopsis);
    struct cw_span line;
    bool is_first = true;
    put_heading("SH", "synopsis");
    while (cw_span_next_line(&rest, &line)) {
        put_form(cli, line, is_first);
        is_first = false;
    }
    for (size_t i = 0; usage->synopsis == NULL && i < usage->verbs.count; i++) {
        put_form(cli, cw_span_cstr(usage->verbs.rows[i].term), i == 0);
    }
}

static void put_text(const char *text)
{
    struct cw_span rest = cw_span_cstr(text);
    put_heading("SH", "description");
    for (bool is_first = true; rest.len > 0; is_first = false) {
        const char *end = strstr(rest.data, "\n\n");
        const size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        (void)printf("%s", is_first ? "" : ".PP\n");
        put_prose(cw_span_slice(rest, 0, len));
        rest = cw_span_slice(rest, len + 2, rest.len);
    }
}

static void put_terms(const char *title, struct cw_terms terms)
{
    put_heading("SH", title);
    for (size_t i = 0; i < terms.count; i++) {
        (void)printf(".TP\n\\fB");
        put_plain(cw_span_cstr(terms.rows[i].term));
        (void)printf("\\fR\n");
        put_prose(cw_span_cstr(terms.rows[i].text));
    }
}

static void put_option(const struct cw_option *option)
{
    (void)printf(".TP\n\\fB\\-\\-");
    put_plain(cw_span_cstr(option->name));
    (void)printf("\\fR");
    if (option->argument != NULL) {
        (void)printf(" \\fI");
        put_plain(cw_span_cstr(option->argument));
        (void)printf("\\fR");
    }
    (void)printf("\n");
    put_prose(cw_span_cstr(option->help));
}

static void put_group(const char *title, const struct cw_usage *usage, const struct cw_term *group)
{
    put_heading("SS", title);
    for (size_t i = 0; i < usage->options_count; i++) {
        if (cw_usage_group(usage, usage->options[i].name) == group) {
            put_option(&usage->options[i]);
        }
    }
}

static bool has_general_option(const struct cw_usage *usage)
{
    for (size_t i = 0; i < usage->options_count; i++) {
        if (cw_usage_group(usage, usage->options[i].name) == NULL) {
            return true;
        }
    }
    return false;
}

static void put_options(struct cw_cli *cli, const struct cw_usage *usage)
{
    put_heading("SH", "options");
    if (has_general_option(usage)) {
        put_group("General", usage, NULL);
    }
    for (size_t i = 0; i < usage->groups.count; i++) {
        const struct cw_term *group = &usage->groups.rows[i];
        const bool is_verb = cw_usage_verb(usage, group->term) != NULL;
        char title[128];
        (void)snprintf(title, sizeof(title), "%s%s", is_verb ? "Of " : "", group->term);
        title[0] = (char)toupper((unsigned char)title[0]);
        put_group(title, usage, group);
    }
    bool is_help = false;
    struct cw_option common[CW_COMMON_OPTIONS];
    cw_usage_common(cli, &is_help, common);
    const struct cw_usage all = {.options = common, .options_count = CW_COMMON_OPTIONS};
    put_group("Of every command", &all, NULL);
}

static void put_examples(const char *examples)
{
    struct cw_span rest = cw_span_cstr(examples);
    struct cw_span line;
    put_heading("SH", "examples");
    (void)printf(".nf\n");
    while (cw_span_next_line(&rest, &line)) {
        put_start(line);
        put_plain(line);
        (void)printf("\n");
    }
    (void)printf(".fi\n");
}

static void put_exits(const char *exits)
{
    struct cw_span rest = cw_span_cstr(exits);
    struct cw_span line;
    put_heading("SH", "exit status");
    while (cw_span_next_line(&rest, &line)) {
        const size_t end = cw_span_find(line, ' ', 0);
        (void)printf(".TP\n\\fB%.*s\\fR\n", (int)end, line.data);
        put_prose(cw_span_slice(line, end + 1, line.len));
    }
}

/* "name(1)" in bold up to the bracket. */
static void put_see(const struct cw_cli *cli, const struct cw_usage *usage)
{
    struct cw_span rest = cw_span_cstr(usage->see);
    put_heading("SH", "see also");
    (void)printf("%s", cli->command != NULL ? "\\fBcryptowatch\\fR(1),\n" : "");
    while (rest.len > 0) {
        const size_t end = cw_span_find(rest, ' ', 0);
        const struct cw_span page = cw_span_slice(rest, 0, end);
        const size_t bracket = cw_span_find(page, '(', 0);
        (void)printf("\\fB");
        put_plain(cw_span_slice(page, 0, bracket));
        (void)printf("\\fR");
        put_plain(cw_span_slice(page, bracket, page.len));
        (void)printf("\n");
        rest = cw_span_slice(rest, end + 1, rest.len);
    }
}

void cw_usage_manual(struct cw_cli *cli, const struct cw_usage *usage)
{
    const char *name = cli->command != NULL ? cli->command->name : "";
    (void)printf(".TH \"CRYPTOWATCH%s", cli->command != NULL ? "\\-" : "");
    put_upper(name);
    (void)printf("\" \"1\" \"\" \"cryptowatch %s\" \"cryptowatch\"\n.nh\n.ad l\n", CW_VERSION);
    put_heading("SH", "name");
    (void)printf("cryptowatch%s", cli->command != NULL ? "\\-" : "");
    put_plain(cw_span_cstr(name));
    (void)printf(" \\- ");
    put_prose(cw_span_cstr(cli->command != NULL ? cli->command->summary : CW_SUMMARY));
    put_synopsis(cli, usage);
    put_text(usage->text);
    if (usage->verbs.count > 0) {
        put_terms(cli->command == NULL ? "commands" : "subcommands", usage->verbs);
    }
    for (size_t i = 0; i < CW_SECTIONS_MAX && usage->sections[i].title != NULL; i++) {
        put_terms(usage->sections[i].title, usage->sections[i].terms);
    }
    put_options(cli, usage);
    put_examples(usage->examples);
    put_exits(usage->exits);
    put_see(cli, usage);
}
