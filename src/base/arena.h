/* arena.h: memory for the bulk data of one feed run, freed as a whole.
 *
 * The cap is the memory budget: past it every allocation fails with NULL and stays failed, and the
 * feed run ends with CW_LIMIT. Blocks are aligned for any type and never move.
 */
#ifndef CW_BASE_ARENA_H
#define CW_BASE_ARENA_H

#include "base/span.h"
#include "base/status.h"

struct cw_arena;

/** New arena that hands out at most bytes_max bytes in all. NULL when memory is exhausted. */
struct cw_arena *cw_arena_new(size_t bytes_max);
void cw_arena_free(struct cw_arena *arena);
void cw_arena_freep(struct cw_arena **arena);
/** Zeroed memory that lives as long as the arena; NULL past the cap or out of memory. */
void *cw_arena_alloc(struct cw_arena *arena, size_t bytes);
/** count * size with overflow check. */
void *cw_arena_array(struct cw_arena *arena, size_t count, size_t size);
/** Copy of a span, NUL-terminated beyond its length. `.data` is NULL on failure only. */
struct cw_span cw_arena_copy(struct cw_arena *arena, struct cw_span text);
/** Why it has failed: CW_OK when it has not, CW_LIMIT past the cap, CW_NOMEM. */
enum cw_status cw_arena_status(const struct cw_arena *arena);
/** Makes it fail, when what was to be copied into it could not be made: so that one look at the end
 *  of many copies is enough. The first reason stays. */
void cw_arena_fail(struct cw_arena *arena, enum cw_status why);
/** Counts bytes that live elsewhere, in an array that has to be moved while it grows, against the
 *  cap. False, and the arena has failed with CW_LIMIT, when they do not fit any more. */
bool cw_arena_charge(struct cw_arena *arena, size_t bytes);
/** Bytes handed out and charged so far. */
size_t cw_arena_used(const struct cw_arena *arena);

#endif
