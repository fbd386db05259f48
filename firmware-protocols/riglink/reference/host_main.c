/* The example board as a program: on standard input and output, or on a terminal device.
 *
 *     cc -std=c99 -Wall -Wextra -pedantic -o board host_main.c serve.c example_board.c riglink.c
 *     ./board [--rate HZ] [--lines] [DEVICE]
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve.h"

int main(int count, char **arguments) {
    double rate = 250;
    int place = 1, has_lines = 0, line;
    if (count > place + 1 && strcmp(arguments[place], "--rate") == 0) {
        rate = strtod(arguments[place + 1], NULL);
        place += 2;
    }
    if (count > place && strcmp(arguments[place], "--lines") == 0) {
        has_lines = 1;
        place++;
    }
    if (!(rate > 0 && rate <= 1e6) || count > place + 1) {
        fprintf(stderr, "usage: %s [--rate HZ] [--lines] [DEVICE]\n", arguments[0]);
        return 64;
    }
    if (count == place) return serve_board(0, 1, rate, 0, has_lines);
    line = open(arguments[place], O_RDWR | O_NOCTTY);
    if (line < 0) {
        perror(arguments[place]);
        return 66;
    }
    return serve_board(line, line, rate, 0, has_lines);
}
