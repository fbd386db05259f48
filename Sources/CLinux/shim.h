// System calls of Linux that Swift's own module of the C library leaves out.
#pragma once
#include <stdint.h>

// fcntl.h has it behind _GNU_SOURCE, which cannot be set for a header that another module owns.
int sync_file_range(int descriptor, int64_t offset, int64_t count, unsigned int flags);
enum { LARMOR_SYNC_FILE_RANGE_WRITE = 2 };
