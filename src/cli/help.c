#include "base/text.h"
#include "cli/cli.h"
#include "cli/flow.h"

/* Left columns wider than this stand on a line of their own. */
enum { LEFT_MAX = 20, LEFT_BYTES = 128, PAGES_MAX_BYTES = 1024 };

/* ---- a list of two columns ---- */

static void print_pair(const char *left, size_t width, const char *text)
{
    const size_t indent = 2 + width + 2;
    const size_t taken = cw_flow_columns(cw_span_cstr(left));
    (void)printf("  %s", left);
    if (taken > width) {
        (void)printf("\n%*s", (int)indent, "");
    } else {
        (void)printf("%*s", (int)(width - taken + 2), "");
    }
    const struct cw_flow flow = {CW_FLOW_HELP_COLUMNS, indent, indent, false};
    cw_flow_print(&flow, cw_span_cstr(text));
}

static size_t wider(size_t width, const char *left)
{
    const size_t columns = cw_flow_columns(cw_span_cstr(left));
    return columns > width && columns <= LEFT_MAX ? columns : width;
}

static void print_terms(const char *title, struct cw_terms terms)
{
    size_t width = 0;
    for (size_t i = 0; i < terms.count; i++) {
        width = wider(width, terms.rows[i].term);
    }
    (void)printf("\n%s:\n", title);
    for (size_t i = 0; i < terms.count; i++) {
        print_pair(terms.rows[i].term, width, terms.rows[i].text);
    }
}

/* ---- usage and what it does ---- */

static void print_form(const struct cw_cli *cli, const char *lead, struct cw_span form)
{
    char head[LEFT_BYTES];
    (void)snprintf(head, sizeof(head), "%s cryptowatch%s%s ", lead, cli->command != NULL ? " " : "",
                   cli->command != NULL ? cli->command->name : "");
    (void)printf("%s", head);
    const struct cw_flow flow = {CW_FLOW_HELP_COLUMNS, strlen(head) + 4, strlen(head), true};
    cw_flow_print(&flow, form);
}

static void print_forms(const struct cw_cli *cli, const struct cw_usage *usage)
{
    const char *lead = "usage:";
    struct cw_span rest = cw_span_cstr(usage->synopsis);
    struct cw_span line;
    while (cw_span_next_line(&rest, &line)) {
        print_form(cli, lead, line);
        lead = "      ";
    }
    for (size_t i = 0; usage->synopsis == NULL && i < usage->verbs.count; i++) {
        print_form(cli, lead, cw_span_cstr(usage->verbs.rows[i].term));
        lead = "      ";
    }
}

static void print_text(const char *text)
{
    static const struct cw_flow flow = {CW_FLOW_HELP_COLUMNS, 0, 0, false};
    struct cw_span rest = cw_span_cstr(text);
    while (rest.len > 0) {
        const char *end = strstr(rest.data, "\n\n");
        const size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        (void)printf("\n");
        cw_flow_print(&flow, cw_span_slice(rest, 0, len));
        rest = cw_span_slice(rest, len + 2, rest.len);
    }
}

static void print_verbs(const struct cw_cli *cli, const struct cw_usage *usage)
{
    size_t width = 0;
    char left[LEFT_BYTES];
    (void)printf("\n%s:\n", cli->command == NULL ? "commands" : "subcommands");
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < usage->verbs.count; i++) {
            const struct cw_term *verb = &usage->verbs.rows[i];
            (void)snprintf(left, sizeof(left), "%.*s", cw_usage_word(verb->term), verb->term);
            width = wider(width, left);
            if (pass == 1) {
                print_pair(left, width, verb->text);
            }
        }
    }
}

/* ---- options ---- */

static void write_option(const struct cw_option *option, char *ret, size_t bytes)
{
    (void)snprintf(ret, bytes, "--%s%s%s", option->name, option->argument != NULL ? " " : "",
                   option->argument != NULL ? option->argument : "");
}

/* Those of one group; NULL: the general ones. */
static void print_options(const char *title, const struct cw_usage *usage,
                          const struct cw_term *group)
{
    size_t width = 0;
    size_t count = 0;
    char left[LEFT_BYTES];
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < usage->options_count; i++) {
            const struct cw_option *option = &usage->options[i];
            if (cw_usage_group(usage, option->name) != group) {
                continue;
            }
            write_option(option, left, sizeof(left));
            width = wider(width, left);
            if (pass == 1) {
                (void)printf("%s%s%s", count == 0 ? "\n" : "", count == 0 ? title : "",
                             count == 0 ? ":\n" : "");
                print_pair(left, width, option->help);
                count++;
            }
        }
    }
}

static void print_groups(struct cw_cli *cli, const struct cw_usage *usage)
{
    print_options("options", usage, NULL);
    for (size_t i = 0; i < usage->groups.count; i++) {
        const struct cw_term *group = &usage->groups.rows[i];
        const bool is_verb = cw_usage_verb(usage, group->term) != NULL;
        char title[LEFT_BYTES];
        (void)snprintf(title, sizeof(title), "options %s%s", is_verb ? "of " : "", group->term);
        print_options(title, usage, group);
    }
    bool is_help = false;
    struct cw_option common[CW_COMMON_OPTIONS];
    cw_usage_common(cli, &is_help, common);
    const struct cw_usage all = {.options = common, .options_count = CW_COMMON_OPTIONS};
    print_options("options of every command", &all, NULL);
}

/* ---- the end ---- */

static void print_exits(const char *exits)
{
    struct cw_span rest = cw_span_cstr(exits);
    struct cw_span line;
    (void)printf("\nexit codes:\n");
    while (cw_span_next_line(&rest, &line)) {
        const size_t end = cw_span_find(line, ' ', 0);
        const struct cw_flow flow = {CW_FLOW_HELP_COLUMNS, 6, 6, false};
        (void)printf("  %-4.*s", (int)end, line.data);
        cw_flow_print(&flow, cw_span_slice(line, end + 1, line.len));
    }
}

static void print_see(const struct cw_cli *cli, const struct cw_usage *usage)
{
    static const struct cw_flow flow = {CW_FLOW_HELP_COLUMNS, 2, 2, false};
    char pages[PAGES_MAX_BYTES];
    (void)snprintf(pages, sizeof(pages), "%s%s", cli->command != NULL ? "cryptowatch(1), " : "",
                   usage->see);
    (void)printf("\nsee also:\n  ");
    cw_flow_print(&flow, cw_span_cstr(pages));
}

void cw_usage_help(struct cw_cli *cli, const struct cw_usage *usage)
{
    print_forms(cli, usage);
    print_text(usage->text);
    if (usage->verbs.count > 0) {
        print_verbs(cli, usage);
    }
    for (size_t i = 0; i < CW_SECTIONS_MAX && usage->sections[i].title != NULL; i++) {
        print_terms(usage->sections[i].title, usage->sections[i].terms);
    }
    print_groups(cli, usage);
    (void)printf("\nexamples:\n");
    struct cw_span rest = cw_span_cstr(usage->examples);
    struct cw_span line;
    while (cw_span_next_line(&rest, &line)) {
        (void)printf("  %.*s\n", CW_SPAN_ARG(line));
    }
    print_exits(usage->exits);
    print_see(cli, usage);
}
