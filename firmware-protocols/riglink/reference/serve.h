/* Serves the example board on file descriptors of a POSIX system. */
#ifndef SERVE_H
#define SERVE_H

/* Serves until the input ends. Returns 0 then, 1 after an error. */
int serve_board(int input, int output, double rate);

#endif
