// A pseudo-terminal has no modem lines, and libserialport refuses a port that does not answer for them. Preloaded into a
// program that runs on a serial stand-in, this library lets every ioctl pass and answers only for modem lines that the
// kernel refused: all of them off when asked, success when set.
#define _GNU_SOURCE
#include "modem_lines.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>

int larmor_modem_lines_version(void) { return 1; }

int ioctl(int descriptor, unsigned long request, ...) {
    static int (*next)(int, unsigned long, ...);
    if (next == NULL) next = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    int result = next(descriptor, request, argument);
    if (result == 0 || (errno != ENOTTY && errno != EINVAL)) return result;
    switch (request) {
    case TIOCMGET:
        *(int *)argument = 0;
        return 0;
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC:
        return 0;
    default:
        return result;
    }
}
