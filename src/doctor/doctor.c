#include "doctor/doctor.h"

#include <stdarg.h>

#include "base/datetime.h"
#include "base/text.h"
#include "doctor/internal.h"

/* What a group cannot do without. */
enum need { NOTHING, CONFIG, DATABASE };

static const struct group {
    const char *name;
    enum need need;
    void (*look)(struct cw_doctor *doctor);
} groups[] = {
    {"config", NOTHING, cw_doctor_config},
    {"keys", CONFIG, cw_doctor_keys},
    {"state", CONFIG, cw_doctor_state},
    {"database", CONFIG, cw_doctor_database},
    {"index", CONFIG, cw_doctor_index},
    {"snapshots", DATABASE, cw_doctor_snapshots},
    {"feeds", DATABASE, cw_doctor_feeds},
    {"outbox", DATABASE, cw_doctor_outbox},
    {"log", CONFIG, cw_doctor_log},
    {"clock", NOTHING, cw_doctor_clock},
    {"programs", NOTHING, cw_doctor_programs},
};

const char *const *cw_doctor_groups(void)
{
    static const char *const names[] = {"config", "keys",      "state",    "database",
                                        "index",  "snapshots", "feeds",    "outbox",
                                        "log",    "clock",     "programs", NULL};
    static_assert(CW_COUNT(names) == CW_COUNT(groups) + 1, "a name for each group");
    return names;
}

const char *cw_finding_state_name(enum cw_finding_state state)
{
    switch (state) {
    case CW_FINDING_OK:
        return "ok";
    case CW_FINDING_WARNING:
        return "warning";
    case CW_FINDING_ERROR:
        break;
    }
    return "error";
}

/* ---- telling ------------------------------------------------------------------------------- */

static void tell(struct cw_doctor *doctor, struct cw_finding finding, const char *fmt, va_list args)
    CW_PRINTF(3, 0);

/* Hostile words may be in it: a list's own, an answer's, a file's name. */
static void tell(struct cw_doctor *doctor, struct cw_finding finding, const char *fmt, va_list args)
{
    char raw[CW_DOCTOR_TEXT_BYTES];
    char text[CW_DOCTOR_TEXT_BYTES];
    char command[CW_DOCTOR_COMMAND_BYTES];
    struct cw_doctor_report *report = doctor->report;
    (void)vsnprintf(raw, sizeof(raw), fmt, args);
    cw_text_escape_to(text, sizeof(text), cw_span_cstr(raw));
    cw_text_escape_to(command, sizeof(command),
                      cw_span_cstr(finding.command != NULL ? finding.command : ""));
    finding.text = text;
    finding.command = command;
    report->oks += finding.state == CW_FINDING_OK ? 1 : 0;
    report->warnings += finding.state == CW_FINDING_WARNING ? 1 : 0;
    report->errors += finding.state == CW_FINDING_ERROR ? 1 : 0;
    if (finding.state == CW_FINDING_ERROR && report->first_error == CW_OK) {
        report->first_error = finding.status;
    }
    doctor->options->found(doctor->options->ctx, &finding);
}

void cw_doctor_ok(struct cw_doctor *doctor, const char *check, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    tell(doctor, (struct cw_finding){.check = check, .state = CW_FINDING_OK}, fmt, args);
    va_end(args);
}

void cw_doctor_warn(struct cw_doctor *doctor, const char *check, const char *command,
                    const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    tell(doctor,
         (struct cw_finding){.check = check, .state = CW_FINDING_WARNING, .command = command}, fmt,
         args);
    va_end(args);
}

void cw_doctor_fail(struct cw_doctor *doctor, const char *check, enum cw_status status,
                    const char *command, const char *fmt, ...)
{
    va_list args;
    CW_ASSERT(status != CW_OK);
    va_start(args, fmt);
    tell(doctor,
         (struct cw_finding){
             .check = check, .state = CW_FINDING_ERROR, .status = status, .command = command},
         fmt, args);
    va_end(args);
}

/* ---- what to type -------------------------------------------------------------------------- */

static bool is_plain(const char *word)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@%=";
    return word[0] != '\0' && strspn(word, plain) == strlen(word);
}

struct cw_quoted cw_doctor_quote(const char *path)
{
    struct cw_quoted quoted = {""};
    struct cw_buf text;
    cw_buf_init(&text, sizeof(quoted.text) - 1);
    if (path[0] == '-') {
        cw_buf_str(&text, "./"); /* a path, and no option */
    }
    if (is_plain(path)) {
        cw_buf_str(&text, path);
    } else {
        cw_buf_char(&text, '\'');
        for (const char *c = path; *c != '\0'; c++) {
            if (*c == '\'') {
                cw_buf_str(&text, "'\\''");
            } else {
                cw_buf_char(&text, *c);
            }
        }
        cw_buf_char(&text, '\'');
    }
    if (cw_buf_status(&text, NULL) == CW_OK) {
        (void)snprintf(quoted.text, sizeof(quoted.text), "%s", text.data);
    }
    cw_buf_clear(&text);
    return quoted;
}

struct cw_quoted cw_doctor_quote_in(const char *folder, const char *name)
{
    char path[CW_DOCTOR_PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return cw_doctor_quote(path);
}

const char *cw_doctor_type(struct cw_doctor *doctor, const char *fmt, ...)
{
    va_list args;
    char rest[CW_DOCTOR_COMMAND_BYTES];
    const char *option = doctor->options->config_option;
    const struct cw_quoted config = cw_doctor_quote(option != NULL ? option : "");
    va_start(args, fmt);
    (void)vsnprintf(rest, sizeof(rest), fmt, args);
    va_end(args);
    return cw_doctor_shell(doctor, "cryptowatch %s%s%s", rest, option != NULL ? " --config " : "",
                           option != NULL ? config.text : "");
}

const char *cw_doctor_shell(struct cw_doctor *doctor, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int len = vsnprintf(doctor->command, sizeof(doctor->command), fmt, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof(doctor->command)) {
        doctor->command[0] = '\0'; /* half a command is worse than none */
    }
    return doctor->command;
}

struct cw_moment cw_doctor_moment(const struct cw_doctor *doctor, int64_t at_s)
{
    struct cw_moment moment;
    char time[CW_TIME_TEXT_BYTES];
    char age[32];
    const bool is_past = at_s <= doctor->now_s;
    cw_time_format(at_s, time);
    cw_age_format(is_past ? doctor->now_s - at_s : at_s - doctor->now_s, age, sizeof(age));
    (void)snprintf(moment.text, sizeof(moment.text), "%s, %s%s%s", time, is_past ? "" : "in ", age,
                   is_past ? " ago" : "");
    return moment;
}

/* ---- the visit ----------------------------------------------------------------------------- */

static bool is_wanted(const struct cw_doctor_options *options, const char *name)
{
    if (options->only == NULL || options->only[0] == NULL) {
        return true;
    }
    for (size_t i = 0; options->only[i] != NULL; i++) {
        if (strcmp(options->only[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void look(struct cw_doctor *doctor, const struct group *group)
{
    if (group->need != NOTHING && doctor->home.config == NULL) {
        cw_doctor_warn(doctor, group->name, NULL,
                       "not looked at: there is no configuration that can be read");
    } else if (group->need == DATABASE && doctor->store == NULL) {
        if (doctor->store_status != CW_NOT_FOUND) {
            cw_doctor_warn(doctor, group->name, NULL, "not looked at: the database cannot be read");
        } else {
            cw_doctor_ok(doctor, group->name, "nothing yet: no scan was ever run");
        }
    } else {
        group->look(doctor);
    }
}

/* What most groups look at is opened once. That it did not open is told by config and database. */
static void open_all(struct cw_doctor *doctor)
{
    const char *path = doctor->options->config_path;
    if (path != NULL) {
        doctor->home_status = cw_home_load(path, &doctor->options->programs, &doctor->mistakes,
                                           &doctor->home, &doctor->home_error);
    }
    if (doctor->home.config == NULL) {
        return;
    }
    const char *state_dir = doctor->home.config->state_dir;
    doctor->lock = cw_state_lock_holder(state_dir);
    doctor->store_status =
        cw_store_open(state_dir, CW_STORE_READ, &doctor->store, &doctor->store_error);
    if (doctor->store_status == CW_OK) {
        doctor->store_status =
            cw_store_totals_get(doctor->store, &doctor->totals, &doctor->store_error);
    }
    if (doctor->store_status != CW_OK) {
        cw_store_closep(&doctor->store);
    }
}

void cw_doctor_run(const struct cw_doctor_options *options, struct cw_doctor_report *ret)
{
    *ret = (struct cw_doctor_report){.first_error = CW_OK};
    struct cw_doctor *doctor = calloc(1, sizeof(*doctor));
    if (doctor == NULL) {
        ret->errors = 1;
        ret->first_error = CW_NOMEM;
        const struct cw_finding finding = {.check = "doctor",
                                           .state = CW_FINDING_ERROR,
                                           .status = CW_NOMEM,
                                           .text = "not enough memory to look at anything",
                                           .command = ""};
        options->found(options->ctx, &finding);
        return;
    }
    doctor->options = options;
    doctor->report = ret;
    doctor->now_s = cw_clock_now_s(&options->clock);
    open_all(doctor);
    for (size_t i = 0; i < CW_COUNT(groups); i++) {
        if (is_wanted(options, groups[i].name)) {
            look(doctor, &groups[i]);
        }
    }
    cw_store_close(doctor->store);
    cw_home_clear(&doctor->home);
    cw_mistakes_clear(&doctor->mistakes);
    free(doctor);
}
