/* rule.h: rules/<id>.json, one reported case each, as our operator wrote it (design.md section 3).
 *
 * Knows the fields of a rule, what makes one wrong, and the digest of a whole set. Refuses to know
 * lists or alerts. Every address of a loaded rule has been decoded once, strictly, with success.
 *
 * Memory: a rule set may hold CW_RULE_ADDRESSES_MAX addresses, and a decoded struct cw_address is
 * two kilobytes. So a rule keeps the text only (40 bytes and the text itself, in one arena);
 * whoever needs the key decodes again with cw_rule_address_decode, which cannot fail for a set
 * without errors.
 *
 *   CW_CLEANUP(cw_rules_freep) struct cw_rules *rules = NULL;
 *   if (cw_rules_load(folder, &mistakes, &rules, err) != CW_OK || mistakes.errors > 0) { ... }
 */
#ifndef CW_MATCH_RULE_H
#define CW_MATCH_RULE_H

#include "address/address.h"
#include "match/grade.h"
#include "json/mistakes.h"

/** A public report on the case. Strings are never NULL ("" when absent). */
struct cw_rule_report {
    const char *id; /* what `source` of an address points to; may be "" */
    const char *title;
    const char *url;
    const char *published; /* "2026-11-20" or "" */
    const char *publisher;
};

enum { CW_RULE_NO_REPORT = -1 };

/** One watched address, as written. */
struct cw_rule_address {
    struct cw_span value;
    struct cw_span note; /* may be empty */
    int32_t reported;    /* index into cw_rule.reported, or CW_RULE_NO_REPORT */
};

/** A listed party whose *new* addresses raise a `relation: entity` alert. Each array is
 *  NULL-terminated and may be empty; at least one is not. */
struct cw_rule_party {
    const char *feed;
    const char *const *entry_ids;
    const char *const *programs;
    const char *const *names;
    const char *const *related_to;
};

/** One rule. Strings are never NULL ("" when absent), all borrowed until cw_rules_free. */
struct cw_rule {
    const char *id;
    const char *title;
    const char *summary;
    int tlp;            /* enum cw_tlp, index into cw_grade_tlps; default amber */
    int severity;       /* enum cw_severity, index into cw_grade_severities */
    int64_t confidence; /* 0..100, default 50 */
    const char *group_name;
    const char *group_attack_id; /* "G0032" or "" */
    const struct cw_rule_report *reported;
    size_t reported_count;                   /* at least 1 */
    const char *reviewed;                    /* "2026-11-20" */
    const struct cw_rule_address *addresses; /* those of the file, then those of addresses_file */
    size_t addresses_count;
    size_t addresses_inline; /* how many of them stand in the rule file itself */
    const struct cw_rule_party *parties;
    size_t parties_count;
    uint32_t relations;           /* a bit (1u << enum cw_relation) for each relation that alerts */
    const char *sha256;           /* of the rule file's exact bytes, hex */
    const char *addresses_sha256; /* of the addresses_file's exact bytes, hex, or "" */
    const char *addresses_path;   /* of the addresses_file, absolute or as the folder is, or "" */
};

static inline bool cw_rule_has_relation(const struct cw_rule *rule, enum cw_relation relation)
{
    return (rule->relations & (1u << (unsigned)relation)) != 0;
}

struct cw_rules; /* all rules of a folder, sorted by id */

/** Reads every *.json of a folder. All mistakes of all files are collected; on any error the set is
 *  unusable for matching and *ret is still set, so that `rule list` can show what was readable (a
 *  rule without a usable id is left out).
 *  Errors are those of rule.schema.json, and: an address that does not decode, a secret key in
 *  place of an address (never echoed), a `source` that points nowhere, an id that differs from the
 *  file's name, a file or folder that everybody may write. Warnings: the same key twice in one
 *  rule, in any spelling; an address of the rule file without a source; an address that nobody
 *  holds (address/reserved.h), which never alerts; a rule that watches nothing. An addresses_file
 * is a text beside the rule (or an absolute path): one address a line,
 * "#" starts a comment; its mistakes name that file and line. Returns: CW_OK (look at
 * mistakes->errors), CW_NOT_FOUND when the folder is missing, CW_IO, CW_LIMIT (arena), CW_NOMEM.
 *  Limits:  CW_RULES_MAX files, CW_RULE_BYTES_MAX each, CW_ADDRESSES_FILE_MAX each,
 *           CW_RULE_ADDRESSES_MAX addresses in all: a mistake beyond */
CW_NODISCARD enum cw_status cw_rules_load(const char *folder, struct cw_mistakes *mistakes,
                                          struct cw_rules **ret, struct cw_error *err);
/** A set of one rule from bytes in memory; `path` stands for the file (its name gives the id that
 *  is expected, its folder is where an addresses_file is looked for). For tests and fuzzing. */
CW_NODISCARD enum cw_status cw_rules_from(struct cw_span text, const char *path,
                                          struct cw_mistakes *mistakes, struct cw_rules **ret,
                                          struct cw_error *err);
void cw_rules_free(struct cw_rules *rules);
void cw_rules_freep(struct cw_rules **rules);
size_t cw_rules_count(const struct cw_rules *rules);
const struct cw_rule *cw_rules_at(const struct cw_rules *rules, size_t index);
/** NULL when there is none. */
const struct cw_rule *cw_rules_find(const struct cw_rules *rules, struct cw_span id);
/** Addresses of all rules together. */
size_t cw_rules_addresses(const struct cw_rules *rules);

/** Decodes a watched address again, in the mode it was checked with. */
enum cw_address_error cw_rule_address_decode(const struct cw_rule_address *address,
                                             struct cw_address *ret);

/** Digest of the whole set, lower-case hex and NUL: SHA-256 over one line per rule in order of id,
 *  "<id> <sha256>\n", or "<id> <sha256> <addresses_sha256>\n" for a rule with an addresses_file. */
void cw_rules_sha256(const struct cw_rules *rules, char ret_hex[static 65]);

#endif
