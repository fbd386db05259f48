#ifndef LARMOR_CONTINUUM_KERNELS_H
#define LARMOR_CONTINUUM_KERNELS_H

/* Inner loops of the continuum film. Cells lie x fastest, then y, then z. Every array that holds a vector component has
 * at least nx * ny + 8 readable, finite elements before its first one and after its last one. */

#define LARMOR_CONTINUUM_TYPES(FFT, DEMAG, SCALAR)                                                                  \
    /* A complex transform of one length, taken for eight lines at once. */                                        \
    typedef struct FFT {                                                                                           \
        long length;                                                                                               \
        long passes;                                                                                               \
        const int *radices;       /* 2, 3, 4 or 5; their product is the length */                                  \
        const SCALAR *twiddles;   /* per pass, per group p: cos, sin of 2 pi p k / n for k = 1 ... radix - 1 */    \
    } FFT;                                                                                                         \
    typedef struct DEMAG {                                                                                         \
        long nx, ny, nz;          /* cells */                                                                      \
        FFT x, y, z;              /* y has half the padded length: real lines are packed in pairs */               \
        const SCALAR *unpack;     /* cos, sin of 2 pi k / (2 y.length), k = 0 ... y.length */                      \
        /* xx yy zz xy xz yz as [ky / 8][kz 0 ... z/2][kx 0 ... x/2][ky % 8], with all scale factors */            \
        const SCALAR *kernel[6];                                                                                   \
        const SCALAR *moment;     /* saturation magnetisation per cell, A/m */                                     \
        SCALAR *spectrum;         /* [3][nz][8 * groups][2 * 8 * blocks] */                                        \
        long groups;              /* of eight ky */                                                                \
        long blocks;              /* of eight x */                                                                 \
    } DEMAG

LARMOR_CONTINUUM_TYPES(larmor_fft_float, larmor_demag_float, float);
LARMOR_CONTINUUM_TYPES(larmor_fft_double, larmor_demag_double, double);

/* What follows exists for float and for double, with the type's name at the end.
 *
 * The three phases of a convolution; each does its share `part` of `parts`, and all parts of one must be done before the
 * next begins. `scratch` holds larmor_demag_scratch() numbers of the caller's thread, 64-byte aligned.
 *
 * larmor_add_exchange: the field of the six neighbours, h += 1/ms sum c_ij (m_j - m_i), for cells first ... last - 1.
 * cx[i], cy[i], cz[i] couple the cell i with the next one along x, y, z; nought where there is none. cz is null for one layer.
 *
 * larmor_llg_slope: k = -gamma / (1 + alpha^2) (precession m x h + alpha m x (m x h)), for cells first ... last - 1.
 *
 * larmor_combine: y = m + sum a_j k_j.
 *
 * larmor_largest_error: the largest |sum e_j k_j| of a component in cells first ... last - 1; not a number when one is not
 * finite. k holds the three components of each slope in turn; first is a multiple of eight, and what follows `last` up to
 * one is nought.
 *
 * larmor_sums: sums in double over cells 0 ... count - 1, always in the same order; what follows up to a multiple of eight is
 * nought.
 *
 * larmor_normalise: scales each vector of non-zero length to length one. */
#define LARMOR_CONTINUUM_KERNELS(SUFFIX, SCALAR)                                                                    \
    long larmor_demag_scratch_##SUFFIX(const larmor_demag_##SUFFIX *demag);                                        \
    void larmor_demag_forward_##SUFFIX(const larmor_demag_##SUFFIX *demag, const SCALAR *const m[3],               \
                                       SCALAR *scratch, long part, long parts);                                    \
    void larmor_demag_convolve_##SUFFIX(const larmor_demag_##SUFFIX *demag, SCALAR *scratch,                       \
                                        long part, long parts);                                                    \
    void larmor_demag_inverse_##SUFFIX(const larmor_demag_##SUFFIX *demag, SCALAR *const h[3], SCALAR *scratch,    \
                                       long part, long parts);                                                     \
    void larmor_add_exchange_##SUFFIX(long first, long last, long row, long layer, const SCALAR *m,                \
                                      const SCALAR *cx, const SCALAR *cy, const SCALAR *cz,                        \
                                      const SCALAR *inverse_ms, SCALAR *h);                                        \
    void larmor_llg_slope_##SUFFIX(long first, long last, const SCALAR *const m[3], const SCALAR *const h[3],      \
                                   const SCALAR *alpha, double gamma, double precession, SCALAR *const k[3]);      \
    void larmor_combine_##SUFFIX(long first, long last, const SCALAR *m, long count, const SCALAR *const *k,       \
                                 const double *a, SCALAR *y);                                                      \
    double larmor_largest_error_##SUFFIX(long first, long last, long count, const SCALAR *const *k,                \
                                         const double *e);                                                         \
    void larmor_sums_##SUFFIX(long count, const SCALAR *const v[3], double sums[3]);                               \
    void larmor_normalise_##SUFFIX(long first, long last, SCALAR *const m[3])

LARMOR_CONTINUUM_KERNELS(float, float);
LARMOR_CONTINUUM_KERNELS(double, double);

/* The two phases that touch the film, for a film in double and a convolution in float. */
void larmor_demag_forward_float_of_double(const larmor_demag_float *demag, const double *const m[3], float *scratch, long part,
                                          long parts);
void larmor_demag_inverse_float_of_double(const larmor_demag_float *demag, double *const h[3], float *scratch, long part,
                                          long parts);

#endif
