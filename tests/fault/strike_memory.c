/* The calls of kind "memory" (strike.h). */
#include "strike.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

static bool is_exhausted(enum fault_call call)
{
    const bool is_now = fault_strikes(FAULT_MEMORY, call);
    if (is_now) {
        errno = ENOMEM;
    }
    return is_now;
}

void *malloc(size_t size)
{
    NEXT(void *, malloc, size_t)
    return is_exhausted(CALL_malloc) ? NULL : next(size);
}

void *calloc(size_t count, size_t size)
{
    NEXT(void *, calloc, size_t, size_t)
    return is_exhausted(CALL_calloc) ? NULL : next(count, size);
}

void *realloc(void *old, size_t size)
{
    NEXT(void *, realloc, void *, size_t)
    return is_exhausted(CALL_realloc) ? NULL : next(old, size);
}

void *reallocarray(void *old, size_t count, size_t size)
{
    NEXT(void *, reallocarray, void *, size_t, size_t)
    return is_exhausted(CALL_reallocarray) ? NULL : next(old, count, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    NEXT(void *, aligned_alloc, size_t, size_t)
    return is_exhausted(CALL_aligned_alloc) ? NULL : next(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
    NEXT(int, posix_memalign, void **, size_t, size_t)
    return is_exhausted(CALL_posix_memalign) ? ENOMEM : next(ret, alignment, size);
}

void *mmap(void *address, size_t len, int protection, int flags, int fd, off_t offset)
{
    NEXT(void *, mmap, void *, size_t, int, int, int, off_t)
    return is_exhausted(CALL_mmap) ? MAP_FAILED : next(address, len, protection, flags, fd, offset);
}

void *mmap64(void *address, size_t len, int protection, int flags, int fd, off64_t offset)
{
    return mmap(address, len, protection, flags, fd, offset);
}

int pthread_create(pthread_t *restrict ret, const pthread_attr_t *restrict attributes,
                   void *(*run)(void *), void *restrict ctx)
{
    NEXT(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *)
    return is_exhausted(CALL_pthread_create) ? EAGAIN : next(ret, attributes, run, ctx);
}
