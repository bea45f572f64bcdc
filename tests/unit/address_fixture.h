/* address_fixture.h: rows of tests/fixtures/address/, fields separated by tabs, bytes that are not
 * printable ASCII as \xHH and a backslash as two. */
#ifndef CW_TESTS_ADDRESS_FIXTURE_H
#define CW_TESTS_ADDRESS_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

enum { FIXTURE_FIELDS_MAX = 16, FIXTURE_LINE_MAX = 64 * 1024 };

struct fixture {
    FILE *file;
    unsigned line;
    char *text;
    struct cw_span fields[FIXTURE_FIELDS_MAX];
    size_t count;
};

static inline bool fixture_open(struct fixture *fixture, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/address/%s.tsv", CW_FIXTURES, name);
    *fixture = (struct fixture){.file = fopen(path, "rb"), .text = malloc(FIXTURE_LINE_MAX)};
    return fixture->file != NULL && fixture->text != NULL;
}

static inline void fixture_close(struct fixture *fixture)
{
    if (fixture->file != NULL) {
        (void)fclose(fixture->file);
    }
    free(fixture->text);
}

/* Undoes the escapes of one field in place. */
static inline struct cw_span fixture_unescape(char *data, size_t len)
{
    size_t written = 0;
    for (size_t i = 0; i < len; i++) {
        if (data[i] != '\\') {
            data[written++] = data[i];
        } else if (data[i + 1] == 'x') {
            uint8_t byte = 0;
            (void)cw_hex_decode(cw_span_make(data + i + 2, 2), &byte, 1);
            data[written++] = (char)byte;
            i += 3;
        } else {
            data[written++] = data[++i];
        }
    }
    return cw_span_make(data, written);
}

/* The next row that is no comment; false at the end. */
static inline bool fixture_next(struct fixture *fixture)
{
    do {
        if (fgets(fixture->text, FIXTURE_LINE_MAX, fixture->file) == NULL) {
            return false;
        }
        fixture->line++;
    } while (fixture->text[0] == '#');
    fixture->count = 0;
    char *at = fixture->text;
    while (*at != '\0' && fixture->count < FIXTURE_FIELDS_MAX) {
        const size_t len = strcspn(at, "\t\n");
        const bool is_last = at[len] != '\t';
        fixture->fields[fixture->count++] = fixture_unescape(at, len);
        at += len + (is_last ? strlen(at + len) : 1);
    }
    return true;
}

#endif
