// System calls of Linux that Swift's own module of the C library leaves out.
#pragma once
#include <stddef.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

// fcntl.h has it behind _GNU_SOURCE, which cannot be set for a header that another module owns.
int sync_file_range(int descriptor, int64_t offset, int64_t count, unsigned int flags);
enum { LARMOR_SYNC_FILE_RANGE_WRITE = 2 };

// So have these: descriptors that a program which another thread starts meanwhile does not inherit.
int pipe2(int ends[2], int flags);
int accept4(int listener, void *address, void *length, int flags);
int posix_openpt(int flags);
int grantpt(int descriptor);
int unlockpt(int descriptor);
int ptsname_r(int descriptor, char *name, size_t size);

// The members of timespec belong to whichever module Swift met first.
static inline int larmor_timerfd_set(int timer, int64_t nanoseconds) {
    struct itimerspec time = {.it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000}};
    return timerfd_settime(timer, 0, &time, 0);
}

// Bytes that the program has claimed and not given back, small and large blocks together.
static inline uint64_t larmor_live_bytes(void) {
    struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

// Swift knows no functions with a variable number of arguments. The kernel signals this process when the thread that made it ends.
static inline int larmor_end_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
