#ifndef LARMOR_NETWORK_KERNELS_H
#define LARMOR_NETWORK_KERNELS_H

/* Inner loops of grouped layers, and of connectionist temporal classification, in double precision and eight states at once.
 *
 * Logarithms of probabilities; minus infinity is the impossible. A row of the lattice has room for `width` states, a multiple of
 * eight: those beyond the target's are impossible. Before and after a row at least two more impossible ones can be read. */

/* The softmax of one frame.
 *
 * y[k] = exp(x[k]) / sum exp(x), or not written where y is null.
 * Returns ln sum exp(x); not a number when a logit is not finite. */
double larmor_softmax(const float *x, long units, float *y);

/* next[s] = emission[s] + ln(e^before[s] + e^before[s - 1] + e^(before[s - 2] + skip[s])) */
void larmor_ctc_forward(const double *before, const double *skip, const double *emission, double *next, long width);

/* after[s] becomes after[s] + emission[s], and
 * now[s] = ln(e^after[s] + e^after[s + 1] + e^(after[s + 2] + skip[s + 2])). */
void larmor_ctc_backward(double *after, const double *emission, const double *skip, double *now, long width);

/* share[s] = e^(alpha[s] + beta[s] - total) */
void larmor_ctc_share(const double *alpha, const double *beta, double total, double *share, long width);

/* m dense layers side by side, as one product:
 *
 * y[r, g outputs + j] = bias[g outputs + j] + sum_i weight[(g outputs + j) inputs + i] x[r xStride + g xMember + i]
 *
 * An output's bits do not depend on the number of members or rows: one call gives what m calls of one member give. `packed` has room
 * for 16 inputs. */
void larmor_grouped_affine(
    long rows, long members, long inputs, long outputs, const float *x, long xStride, long xMember, const float *weight,
    const float *bias, float *packed, float *y, long yStride);

#endif
