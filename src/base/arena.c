#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "base/checked.h"

enum { CHUNK_BYTES_MIN = 4096, CHUNK_BYTES_MAX = 1 << 20, ALIGNMENT = alignof(max_align_t) };

struct chunk {
    struct chunk *next;
    size_t used;
    size_t bytes;
    alignas(max_align_t) char data[];
};

/* The first chunk of the list is the one that is being filled. `used` counts what was handed out,
 * the padding before it, so that many small blocks cannot exceed the budget unseen, and what was
 * charged. */
struct cw_arena {
    struct chunk *chunks;
    size_t used;
    size_t max;
    size_t chunk_bytes;
    enum cw_status failed;
};

struct cw_arena *cw_arena_new(size_t bytes_max)
{
    struct cw_arena *arena = calloc(1, sizeof(*arena));
    if (arena != NULL) {
        arena->max = bytes_max;
        arena->chunk_bytes = CHUNK_BYTES_MIN;
    }
    return arena;
}

void cw_arena_free(struct cw_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    for (struct chunk *chunk = arena->chunks; chunk != NULL;) {
        struct chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    free(arena);
}

void cw_arena_freep(struct cw_arena **arena)
{
    CW_ASSERT(arena != NULL);
    cw_arena_free(*arena);
    *arena = NULL;
}

static struct chunk *chunk_new(size_t bytes)
{
    size_t total = 0;
    if (!cw_checked_add(sizeof(struct chunk), bytes, &total)) {
        return NULL;
    }
    struct chunk *chunk = calloc(1, total);
    if (chunk != NULL) {
        chunk->bytes = bytes;
    }
    return chunk;
}

/* A block that would waste much of the current chunk gets a chunk of its own, put behind the
 * current one, which goes on being filled. */
static struct chunk *chunk_for(struct cw_arena *arena, size_t bytes)
{
    const size_t left = arena->max - arena->used;
    if (bytes > arena->chunk_bytes / 4 && arena->chunks != NULL) {
        struct chunk *own = chunk_new(bytes);
        if (own != NULL) {
            own->next = arena->chunks->next;
            arena->chunks->next = own;
        }
        return own;
    }
    size_t size = arena->chunk_bytes < left ? arena->chunk_bytes : left;
    size = size < bytes ? bytes : size;
    struct chunk *fresh = chunk_new(size);
    if (fresh == NULL) {
        return NULL;
    }
    fresh->next = arena->chunks;
    arena->chunks = fresh;
    if (arena->chunk_bytes < CHUNK_BYTES_MAX) {
        arena->chunk_bytes *= 2;
    }
    return fresh;
}

static void *take(struct cw_arena *arena, size_t bytes, size_t alignment)
{
    CW_ASSERT(arena != NULL);
    if (arena->failed != CW_OK) {
        return NULL;
    }
    bytes = bytes == 0 ? 1 : bytes;
    struct chunk *chunk = arena->chunks;
    size_t padding = chunk == NULL ? 0 : (alignment - chunk->used % alignment) % alignment;
    if (chunk == NULL || padding > chunk->bytes - chunk->used ||
        bytes > chunk->bytes - chunk->used - padding) {
        padding = 0;
        chunk = NULL;
    }
    if (padding > arena->max - arena->used || bytes > arena->max - arena->used - padding) {
        cw_arena_fail(arena, CW_LIMIT);
        return NULL;
    }
    if (chunk == NULL) {
        chunk = chunk_for(arena, bytes);
    }
    if (chunk == NULL) {
        arena->failed = CW_NOMEM;
        return NULL;
    }
    void *block = chunk->data + chunk->used + padding;
    chunk->used += padding + bytes;
    arena->used += padding + bytes;
    CW_ASSERT(chunk->used <= chunk->bytes);
    CW_ASSERT(arena->used <= arena->max);
    return block;
}

void *cw_arena_alloc(struct cw_arena *arena, size_t bytes)
{
    return take(arena, bytes, ALIGNMENT);
}

void *cw_arena_array(struct cw_arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;
    if (!cw_checked_mul(count, size, &bytes)) {
        cw_arena_fail(arena, CW_LIMIT);
        return NULL;
    }
    return take(arena, bytes, ALIGNMENT);
}

struct cw_span cw_arena_copy(struct cw_arena *arena, struct cw_span text)
{
    size_t bytes = 0;
    if (!cw_checked_add(text.len, 1, &bytes)) {
        cw_arena_fail(arena, CW_LIMIT);
        return (struct cw_span){NULL, 0};
    }
    char *copy = take(arena, bytes, 1);
    if (copy == NULL) {
        return (struct cw_span){NULL, 0};
    }
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    return (struct cw_span){copy, text.len};
}

enum cw_status cw_arena_status(const struct cw_arena *arena)
{
    return arena->failed;
}

void cw_arena_fail(struct cw_arena *arena, enum cw_status why)
{
    CW_ASSERT(why != CW_OK);
    if (arena->failed == CW_OK) {
        arena->failed = why;
    }
}

bool cw_arena_charge(struct cw_arena *arena, size_t bytes)
{
    CW_ASSERT(arena != NULL);
    CW_ASSERT(arena->used <= arena->max);
    if (arena->failed == CW_OK && bytes > arena->max - arena->used) {
        cw_arena_fail(arena, CW_LIMIT);
    }
    if (arena->failed != CW_OK) {
        return false;
    }
    arena->used += bytes;
    return true;
}

size_t cw_arena_used(const struct cw_arena *arena)
{
    CW_ASSERT(arena != NULL);
    return arena->used;
}
