#define _POSIX_C_SOURCE 200809L
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "example_board.h"

/* What the line did not take yet. A message that finds it full is lost, as on a board whose transmit buffer is full. */
static struct {
    uint8_t bytes[65536];
    size_t filled;
} waiting;

static int queue_message(void *context, const uint8_t *bytes, size_t count) {
    (void)context;
    if (count > sizeof waiting.bytes - waiting.filled) return 0;
    memcpy(waiting.bytes + waiting.filled, bytes, count);
    waiting.filled += count;
    return 1;
}

static uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Returns 0 when the line is gone. */
static int flush(int output) {
    while (waiting.filled > 0) {
        ssize_t count = write(output, waiting.bytes, waiting.filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN;
        memmove(waiting.bytes, waiting.bytes + count, waiting.filled - (size_t)count);
        waiting.filled -= (size_t)count;
    }
    return 1;
}

int serve_board(int input, int output, double rate, int carries_clock, int has_lines) {
    static example_board board;
    uint8_t bytes[4096];
    board_init(&board, rate, queue_message, NULL);
    board.carries_clock = carries_clock;
    board.has_lines = has_lines;
    waiting.filled = 0;
    if (fcntl(output, F_SETFL, fcntl(output, F_GETFL) | O_NONBLOCK) != 0) return 1;
    for (;;) {
        struct pollfd lines[2];
        memset(lines, 0, sizeof lines);
        lines[0].fd = input;
        lines[0].events = POLLIN;
        lines[1].fd = waiting.filled > 0 ? output : -1;
        lines[1].events = POLLOUT;
        if (poll(lines, 2, board.is_streaming ? 2 : 50) < 0 && errno != EINTR) return 1;
        if (lines[0].revents & (POLLIN | POLLHUP | POLLERR)) {
            ssize_t count = read(input, bytes, sizeof bytes);
            if (count == 0) return 0;
            if (count < 0 && errno != EINTR && errno != EAGAIN) return errno == EIO ? 0 : 1;
            if (count > 0) board_receive(&board, bytes, (size_t)count, now_ns());
        }
        board_poll(&board, now_ns());
        if (!flush(output)) return 1;
    }
}
