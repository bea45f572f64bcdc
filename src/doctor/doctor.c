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
    struct cw_buf whole;
    struct cw_buf text;
    struct cw_buf command;
    struct cw_doctor_report *report = doctor->report;
    cw_buf_init(&whole, CW_DOCTOR_TOLD_BYTES);
    cw_buf_init(&text, CW_DOCTOR_TOLD_BYTES);
    cw_buf_init(&command, CW_DOCTOR_TOLD_BYTES);
    (void)vsnprintf(raw, sizeof(raw), fmt, args);
    cw_shell_complete(&whole, cw_span_cstr(raw), doctor->options->config_option);
    cw_text_escape(&text, cw_buf_as_span(&whole));
    cw_text_escape(&command, cw_span_cstr(finding.command));
    const bool is_told = whole.failed == CW_OK && text.failed == CW_OK && text.len > 0;
    finding.text = is_told ? text.data : "not enough memory to say what was found";
    finding.command = command.failed == CW_OK && command.len > 0 ? command.data : "";
    report->oks += finding.state == CW_FINDING_OK ? 1 : 0;
    report->warnings += finding.state == CW_FINDING_WARNING ? 1 : 0;
    report->errors += finding.state == CW_FINDING_ERROR ? 1 : 0;
    if (finding.state == CW_FINDING_ERROR && report->first_error == CW_OK) {
        report->first_error = finding.status;
    }
    doctor->options->found(doctor->options->ctx, &finding);
    cw_buf_clear(&whole);
    cw_buf_clear(&text);
    cw_buf_clear(&command);
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

const char *cw_doctor_type(struct cw_doctor *doctor, const char *fmt, ...)
{
    va_list args;
    char rest[CW_DOCTOR_COMMAND_BYTES];
    struct cw_buf whole;
    cw_buf_init(&whole, CW_DOCTOR_COMMAND_BYTES);
    va_start(args, fmt);
    const int len = vsnprintf(rest, sizeof(rest), fmt, args);
    va_end(args);
    cw_buf_printf(&whole, "cryptowatch %s", rest);
    cw_shell_config(&whole, doctor->options->config_option);
    const bool is_whole = len >= 0 && (size_t)len < sizeof(rest) && whole.failed == CW_OK;
    const char *command = cw_doctor_shell(doctor, "%s", is_whole ? whole.data : "");
    cw_buf_clear(&whole);
    return command;
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
