/* folder.h: a log as files in a folder, read with suspicion and written durably.
 *
 * Knows where tiles and the checkpoint lie and how long they must be. Refuses to know what they
 * prove. Everything read is bounded, and must have exactly the length that its place asks for.
 */
#ifndef CW_LOG_FOLDER_H
#define CW_LOG_FOLDER_H

#include "tlog/checkpoint.h"
#include "tlog/note.h"
#include "tlog/tile.h"

/** Reads the first `tile->width` hashes or entries of a tile, from the partial file of that width
 *  or, when it is gone, from the full one (C2SP tlog-tiles).
 *  Out:     ret  initialised by the caller; replaced
 *  Returns: CW_OK; CW_UNTRUSTED when the file is missing or of the wrong length, or is no bundle of
 *           that many entries, naming it; CW_DENIED, CW_IO, CW_NOMEM. */
CW_NODISCARD enum cw_status cw_log_tile_read(const char *folder, const struct cw_tlog_tile *tile,
                                             struct cw_buf *ret, struct cw_error *err);
/** Writes a tile, mode 0644, making its folders; an older file is replaced in one step. */
CW_NODISCARD enum cw_status cw_log_tile_write(const char *folder, const struct cw_tlog_tile *tile,
                                              struct cw_span bytes, struct cw_error *err);
/** Removes the partial files of a tile that is full now. What cannot be removed does no harm. */
void cw_log_tile_drop_parts(const char *folder, const struct cw_tlog_tile *tile);

/** A checkpoint with its note; all borrowed from `bytes`. */
struct cw_log_head {
    struct cw_buf bytes; /* initialised by cw_log_head_init */
    struct cw_tlog_note note;
    struct cw_tlog_checkpoint checkpoint;
};
void cw_log_head_init(struct cw_log_head *head);
void cw_log_head_clear(struct cw_log_head *head);
/** Takes bytes apart that are in head->bytes. CW_UNTRUSTED, CW_LIMIT with the reason. */
CW_NODISCARD enum cw_status cw_log_head_parse(struct cw_log_head *head, struct cw_error *err);
/** Reads a signed note from a file, or that of a folder; signatures are not checked.
 *  Returns: as cw_file_read and cw_log_head_parse; the text names the file. */
CW_NODISCARD enum cw_status cw_log_head_read(const char *path, struct cw_log_head *ret,
                                             struct cw_error *err);
CW_NODISCARD enum cw_status cw_log_head_read_in(const char *folder, struct cw_log_head *ret,
                                                struct cw_error *err);

/** Nodes of the tree out of tiles, for proofs. One tile of each level is kept in memory, so that a
 * proof reads each file once. */
struct cw_log_tiles;
/** In:  folder  borrowed; size  of the tree whose tiles are read. NULL: no memory. */
struct cw_log_tiles *cw_log_tiles_new(const char *folder, uint64_t size);
void cw_log_tiles_free(struct cw_log_tiles *tiles);
void cw_log_tiles_freep(struct cw_log_tiles **tiles);
/** Borrowed. */
struct cw_tlog_nodes cw_log_tiles_nodes(struct cw_log_tiles *tiles);

/** Reads entry `index` of a log of `size` entries; appended to ret. Errors as cw_log_tile_read. */
CW_NODISCARD enum cw_status cw_log_entry_at(const char *folder, uint64_t index, uint64_t size,
                                            struct cw_buf *ret, struct cw_error *err);

#endif
