// Counts what each thread of the program claims from the heap and gives back. The program's own definitions stand before the C
// library's for all of its shared libraries, too; they pass everything on to glibc's functions under their other names.
#define _GNU_SOURCE
#include "allocation_counter.h"
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LEAVE_TO_SANITIZER
#endif
#endif

#define REMEMBERED 64

static __thread struct allocation_counts counts __attribute__((tls_model("initial-exec")));
static __thread void *callers[REMEMBERED] __attribute__((tls_model("initial-exec")));

struct allocation_counts allocation_counts(void) { return counts; }

const char *allocation_caller(uint64_t number) {
    Dl_info information;
    if (number >= counts.claimed || counts.claimed - number > REMEMBERED) return NULL;
    return dladdr(callers[number % REMEMBERED], &information) != 0 ? information.dli_fname : NULL;
}

#ifdef LEAVE_TO_SANITIZER

int allocations_are_counted(void) { return 0; }

#else

int allocations_are_counted(void) { return 1; }

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

#define NOTE_CLAIM() (callers[counts.claimed++ % REMEMBERED] = __builtin_return_address(0))

void *malloc(size_t size) {
    NOTE_CLAIM();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    NOTE_CLAIM();
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    NOTE_CLAIM();
    return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
    NOTE_CLAIM();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    NOTE_CLAIM();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    NOTE_CLAIM();
    void *claimed = __libc_memalign(alignment, size);
    if (claimed == NULL) return ENOMEM;
    *memory = claimed;
    return 0;
}

void free(void *memory) {
    if (memory != NULL) counts.released++;
    __libc_free(memory);
}

#endif
