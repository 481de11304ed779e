#include "AllocationCounter.h"

#include <errno.h>
#include <stddef.h>

// Sanitizers have an allocator of their own, which must not be replaced.
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)

int allocation_counter_counts(void) { return 0; }

long allocation_counter_thread_count(void) { return 0; }

#else

int allocation_counter_counts(void) { return 1; }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

// By thread, since tests run beside each other.
static _Thread_local long count;

long allocation_counter_thread_count(void) { return count; }

void *malloc(size_t size) {
    count += 1;
    return __libc_malloc(size);
}

void *calloc(size_t element_count, size_t size) {
    count += 1;
    return __libc_calloc(element_count, size);
}

void *realloc(void *memory, size_t size) {
    count += 1;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count += 1;
    return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
    count += 1;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    count += 1;
    *memory = __libc_memalign(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

#endif
