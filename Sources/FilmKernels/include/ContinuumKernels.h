#ifndef LARMOR_CONTINUUM_KERNELS_H
#define LARMOR_CONTINUUM_KERNELS_H

/* Inner loops of the continuum film. Cells lie x fastest, then y, then z. Every array that holds a vector component has
 * at least nx * ny + 8 readable, finite elements before its first one and after its last one. */

/* A complex transform of one length, taken for eight lines at once. */
typedef struct larmor_fft {
    long length;
    long passes;
    const int *radices;       /* 2, 3, 4 or 5; their product is the length */
    const double *twiddles;   /* per pass, per group p: cos, sin of 2 pi p k / n for k = 1 ... radix - 1 */
} larmor_fft;

typedef struct larmor_demag {
    long nx, ny, nz;          /* cells */
    larmor_fft x, y, z;       /* y has half the padded length: real lines are packed in pairs */
    const double *unpack;     /* cos, sin of 2 pi k / (2 y.length), k = 0 ... y.length */
    const double *kernel[6];  /* xx yy zz xy xz yz as [ky / 8][kz 0 ... z/2][kx 0 ... x/2][ky % 8], with all scale factors */
    const double *moment;     /* saturation magnetisation per cell, A/m */
    double *spectrum;         /* [3][nz][8 * groups][2 * 8 * blocks] */
    long groups;              /* of eight ky */
    long blocks;              /* of eight x */
} larmor_demag;

/* The three phases of a convolution; each does its share `part` of `parts`, and all parts of one must be done before the
 * next begins. `scratch` holds larmor_demag_scratch() doubles of the caller's thread, 64-byte aligned. */
long larmor_demag_scratch(const larmor_demag *demag);
void larmor_demag_forward(const larmor_demag *demag, const double *const m[3], double *scratch, long part, long parts);
void larmor_demag_convolve(const larmor_demag *demag, double *scratch, long part, long parts);
void larmor_demag_inverse(const larmor_demag *demag, double *const h[3], double *scratch, long part, long parts);

/* The field of the six neighbours: h += 1/ms sum c_ij (m_j - m_i), for cells first ... last - 1.
 * cx[i], cy[i], cz[i] couple the cell i with the next one along x, y, z; nought where there is none. */
void larmor_add_exchange(long first, long last, long row, long layer, const double *m, const double *cx, const double *cy,
                         const double *cz, const double *inverse_ms, double *h);

/* k = -gamma / (1 + alpha^2) (precession m x h + alpha m x (m x h)), for cells first ... last - 1. */
void larmor_llg_slope(long first, long last, const double *const m[3], const double *const h[3], const double *alpha,
                      double gamma, double precession, double *const k[3]);

/* y = m + sum a_j k_j. */
void larmor_combine(long first, long last, const double *m, long count, const double *const *k, const double *a, double *y);

/* The largest |sum e_j k_j| of a component in cells first ... last - 1; not a number when one is not finite. k holds the
 * three components of each slope in turn; first is a multiple of eight, and what follows `last` up to one is nought. */
double larmor_largest_error(long first, long last, long count, const double *const *k, const double *e);

/* Sums over cells 0 ... count - 1, always in the same order; what follows up to a multiple of eight is nought. */
void larmor_sums(long count, const double *const v[3], double sums[3]);

/* Scales each vector of non-zero length to length one. */
void larmor_normalise(long first, long last, double *const m[3]);

#endif
