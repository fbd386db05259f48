#ifndef LARMOR_RESERVOIR_KERNELS_H
#define LARMOR_RESERVOIR_KERNELS_H

#include <stdint.h>

/* Inner loops of echo-state networks in double precision.
 *
 * Eight lanes, products and sums rounded one by one, sums in a fixed order: every processor gives the same bits. The best code path that
 * this processor runs is taken; `larmor_echo_level` 0, 1, 2 (baseline, AVX2, AVX-512) limits it, for tests. */

/* A leaky network of `nodes` tanh nodes, a multiple of eight (those too many have no connections). */
struct larmor_echo {
    long nodes;
    long inputs;
    double leak;
    /* The k-th row of the values belongs to node rows[k] and has the values starts[k] ..< starts[k + 1], whole groups of eight, filled
     * up with zeros of column 0. Rows of equal length should follow one another: the processor then foresees where a row ends. Null
     * columns: the matrix is dense, row k belongs to node k, and rows and starts are not read. */
    const int32_t *rows;
    const int32_t *starts;
    const int32_t *columns;
    const double *values;
    /* Shape [inputs, nodes]. */
    const double *input_weights;
    const double *bias;
    /* Room for `nodes` values. */
    double *work;
};

/* x <- (1 - leak) x + leak tanh(W x + Win u + b), `steps` times.
 *
 * u: [steps, inputs]. x: the state, in and out, 64-byte aligned. states: [steps, kept], the first `kept` nodes after each step. */
void larmor_echo_run(const struct larmor_echo *network, long steps, const double *u, double *x, double *states, long kept, int level);

/* y = tanh x, count a multiple of eight; at most 2 units in the last place from the exact value. NaN stays NaN. */
void larmor_tanh(const double *x, double *y, long count, int level);

/* The best level that this processor runs. */
int larmor_echo_level(void);

#endif
