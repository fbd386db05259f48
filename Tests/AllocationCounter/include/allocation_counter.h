#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/// Whether this program's malloc, free and relatives are counted: not under a sanitizer, which has its own.
int allocations_are_counted(void);

/// Of the calling thread, since it began.
struct allocation_counts {
    uint64_t claimed;
    uint64_t released;
};
struct allocation_counts allocation_counts(void);

/// The file (program or shared library) whose code asked the calling thread's allocation `number`, counted from 0; a null pointer for one
/// that is no longer remembered (the last 64 are) and for code of no file. Allocates nothing.
const char *allocation_caller(uint64_t number);

#endif
