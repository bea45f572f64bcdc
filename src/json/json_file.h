/* json_file.h: our own JSON files (configuration, feeds, rules), read strictly and with places.
 *
 * Knows the text of a file and the line and column of every member in it; refuses duplicate
 * members, bad UTF-8, depth beyond CW_JSON_DEPTH_MAX and, through a table of fields, unknown
 * members (naming the nearest known one). Refuses to know what a field means.
 *
 * Ownership: the document owns its tree; every json_t and string got from it is borrowed until
 * cw_json_file_free.
 */
#ifndef CW_JSON_JSON_FILE_H
#define CW_JSON_JSON_FILE_H

#include <jansson.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "json/mistakes.h"

struct cw_json_file; /* one document: bytes, tree, digest */

/** Reads a file of at most bytes_max bytes. Every problem becomes a mistake with its place; a file
 *  that everybody may write is one of them. A member that stands twice is
 * a mistake, and the document is still read, so that the rest of it is checked in the same run.
 *  Out:     ret  NULL when the file could not be parsed at all
 *  Returns: CW_OK also when mistakes were added; CW_NOMEM only otherwise. */
CW_NODISCARD enum cw_status cw_json_file_open(const char *path, size_t bytes_max,
                                              struct cw_mistakes *mistakes,
                                              struct cw_json_file **ret, struct cw_error *err);
/** The same over bytes in memory; `name` stands for the file in messages. */
CW_NODISCARD enum cw_status cw_json_file_from(struct cw_span text, const char *name,
                                              struct cw_mistakes *mistakes,
                                              struct cw_json_file **ret, struct cw_error *err);
/** Adds a mistake when a file, or a folder without the sticky bit, may be written by everybody;
 * true when none was added. cw_json_file_open does this for its own file. */
bool cw_json_check_mode(const char *path, struct cw_mistakes *mistakes);
void cw_json_file_free(struct cw_json_file *file);
void cw_json_file_freep(struct cw_json_file **file);

const json_t *cw_json_file_root(const struct cw_json_file *file);
/** SHA-256 of the exact bytes, lower-case hex, NUL-terminated; borrowed. */
const char *cw_json_file_sha256(const struct cw_json_file *file);
const char *cw_json_file_path(const struct cw_json_file *file);

/** Adds a mistake at the place of a JSON Pointer ("" is the document). For an unknown member
 *  point at the member: its name is the last token. */
void cw_json_file_mistake(const struct cw_json_file *file, struct cw_mistakes *mistakes,
                          enum cw_mistake_grade grade, const char *pointer, const char *fmt, ...)
    CW_PRINTF(5, 6);

/** The same value for json_object_foreach, which wants it mutable and does not change it. */
static inline json_t *cw_json_iterable(const json_t *value)
{
    const union {
        const json_t *given;
        json_t *iterable;
    } same = {.given = value};
    return same.iterable;
}

enum cw_field_type {
    CW_FIELD_STRING,   /* const char *, printable, within min..max bytes */
    CW_FIELD_INTEGER,  /* int64_t within min..max */
    CW_FIELD_BOOL,     /* bool */
    CW_FIELD_DURATION, /* int64_t seconds, from "6h", within min..max seconds */
    CW_FIELD_DATE,     /* const char *, "2026-11-20", a date that exists */
    CW_FIELD_CHOICE,   /* int: index into `choices` */
    CW_FIELD_ARRAY,    /* const json_t *, an array of min..max elements */
    CW_FIELD_OBJECT,   /* const json_t * */
};

/** One member of an object: a row of a table that describes the whole object. */
struct cw_field {
    const char *name;
    enum cw_field_type type;
    bool is_required;
    int64_t min;
    int64_t
        max; /* 0 means no maximum, but for CW_FIELD_INTEGER, where it is a value like another */
    const char *const *choices; /* CW_FIELD_CHOICE: NULL-terminated */
    size_t offset;              /* offsetof the target in the struct that `target` points to */
};

/** A whole table; CW_FIELDS over an array. */
struct cw_fields {
    const struct cw_field *rows;
    size_t count;
};
#define CW_FIELDS(array) ((struct cw_fields){(array), CW_COUNT(array)})

/** Reads one object by its table: reports wrong types, values out of range, missing and unknown
 *  members (with the nearest known name), and stores what is right. Targets of absent members are
 *  left alone, so defaults are what the caller put there.
 *  In:      pointer  place of the object in the document, "" for the root
 *  Returns: true when no mistake was added. */
bool cw_json_read_object(const struct cw_json_file *file, const json_t *object, const char *pointer,
                         struct cw_fields fields, void *target, struct cw_mistakes *mistakes);

enum { CW_JSON_STRINGS_MAX = 1000 }; /* elements of one array of strings · refused */

/** An array of strings and what is asked of its elements. */
struct cw_json_strings {
    const json_t *array;                  /* NULL gives an empty list */
    const char *pointer;                  /* place of the array */
    size_t bytes_max;                     /* of one string; each has at least 1 and is printable */
    bool (*is_good)(struct cw_span text); /* NULL: anything printable */
    const char *expected;                 /* what is_good wants, in words: "a host name" */
};

/** Reads an array of different strings.
 *  Out:     ret  NULL-terminated copy of the good ones, in the arena
 *  Returns: CW_OK, also when mistakes were added; CW_NOMEM when the arena is full */
CW_NODISCARD enum cw_status cw_json_read_strings(const struct cw_json_file *file,
                                                 const struct cw_json_strings *strings,
                                                 struct cw_arena *arena,
                                                 struct cw_mistakes *mistakes, const char ***ret,
                                                 struct cw_error *err);

/** Appends canonical JSON (sorted members, compact), the only way we write JSON that is hashed or
 *  signed. */
CW_NODISCARD enum cw_status cw_json_canonical(const json_t *value, struct cw_buf *out,
                                              struct cw_error *err);

#endif
