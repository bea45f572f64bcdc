/* screen_receipt.h: what one `screen` read and found, until it becomes a signed receipt.
 *
 * Knows the hash of each file as it is stored, the first hits, and the hash of all of them. Refuses
 * to know how hits are found and printed.
 *
 *   cw_screen_draft_begin(&draft, name);      for each file, in the order of asking:
 *   cw_screen_draft_hit(&draft, &place, …);   its hits in the order of the text,
 *   cw_screen_draft_end(&draft, …);           and what came of it
 *   cw_screen_draft_write(&draft, …);         once
 *   cw_screen_draft_clear(&draft);            in any case
 */
#ifndef CW_CLI_SCREEN_RECEIPT_H
#define CW_CLI_SCREEN_RECEIPT_H

#include "base/limits.h"
#include "cli/receipt_write.h"
#include "cli/screen_hit.h"
#include "crypto/hash.h"

/** A document as it is stored. */
struct cw_screen_read {
    char sha256[CW_SHA256_HEX_BYTES];
    uint64_t bytes;
    uint64_t lines;
};

struct cw_screen_file {
    struct cw_screen_read read;
    char *error; /* NULL: read to its end */
    const char *name;
    uint64_t listed;
    uint64_t related;
};

struct cw_screen_hit_kept {
    json_t *json; /* as it was put */
    size_t file;
    uint64_t line;
};

struct cw_screen_draft {
    bool is_wanted;
    bool is_hashed; /* no name, no address, no entry */
    struct cw_screen_file *files;
    size_t files_count;
    struct cw_screen_hit_kept hits[2 * CW_RECEIPT_HITS_MAX];
    size_t hits_count;
    size_t kept[2]; /* hits and their bytes of text, by verdict */
    size_t kept_bytes[2];
    struct cw_sha256_stream all_hits;
};

/** Begins with the next file. In: name  as given, borrowed until the draft is cleared
 *  Returns: CW_OK; CW_LIMIT beyond CW_RECEIPT_FILES_MAX; CW_NOMEM */
CW_NODISCARD enum cw_status cw_screen_draft_begin(struct cw_screen_draft *draft, const char *name,
                                                  struct cw_error *err);
/** Counts a hit of this file and hashes its line; keeps the first of each verdict.
 *  Returns: CW_OK; CW_NOMEM */
CW_NODISCARD enum cw_status cw_screen_draft_hit(struct cw_screen_draft *draft,
                                                const struct cw_hit_place *place,
                                                const struct cw_hit_told *told,
                                                struct cw_error *err);
/** Ends this file.
 *  In:      read   NULL when it was not read to its end
 *           error  then why
 *  Returns: CW_OK; CW_NOMEM */
CW_NODISCARD enum cw_status cw_screen_draft_end(struct cw_screen_draft *draft,
                                                const struct cw_screen_read *read,
                                                const char *error, struct cw_error *err);

/** What was asked for, and what it came to. */
struct cw_screen_result {
    enum cw_screen_against against;
    bool is_every_token;
    enum cw_verdict verdict;
};
/** Signs it, and makes the file. Returns: as cw_receipt_write. */
CW_NODISCARD enum cw_status cw_screen_draft_write(struct cw_screen_draft *draft,
                                                  const struct cw_screen_result *result,
                                                  const struct cw_receipt_place *place,
                                                  struct cw_error *err);
void cw_screen_draft_clear(struct cw_screen_draft *draft);

/** Hashes a regular file from its beginning to its end. Returns: CW_OK; CW_IO */
CW_NODISCARD enum cw_status cw_screen_read_file(int fd, struct cw_screen_read *ret,
                                                struct cw_error *err);

#endif
