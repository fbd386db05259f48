// System calls of Linux that Swift's own module of the C library leaves out.
#pragma once
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

// fcntl.h has it behind _GNU_SOURCE, which cannot be set for a header that another module owns.
int sync_file_range(int descriptor, int64_t offset, int64_t count, unsigned int flags);
enum { LARMOR_SYNC_FILE_RANGE_WRITE = 2 };

// The members of timespec belong to whichever module Swift met first.
static inline int larmor_timerfd_set(int timer, int64_t nanoseconds) {
    struct itimerspec time = {.it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000}};
    return timerfd_settime(timer, 0, &time, 0);
}
