/* Serves the example board on file descriptors of a POSIX system. */
#ifndef SERVE_H
#define SERVE_H

/* Serves until the input ends. Returns 0 then, 1 after an error.
 * carries_clock: whether the samples carry the times of CLOCK_MONOTONIC at which they are made (example_board.h).
 * has_lines: whether it is a board of digital lines. */
int serve_board(int input, int output, double rate, int carries_clock, int has_lines);

#endif
