#include "ContinuumKernels.h"

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

DISPATCHED
void larmor_add_exchange(long first, long last, long row, long layer, const double *restrict m, const double *restrict cx,
                         const double *restrict cy, const double *restrict cz, const double *restrict inverse_ms,
                         double *restrict h)
{
    if (cz) {
#pragma clang loop vectorize(enable) interleave(enable)
        for (long i = first; i < last; i++) {
            const double v = m[i];
            h[i] += inverse_ms[i] * (cx[i] * (m[i + 1] - v) + cx[i - 1] * (m[i - 1] - v) + cy[i] * (m[i + row] - v)
                + cy[i - row] * (m[i - row] - v) + cz[i] * (m[i + layer] - v) + cz[i - layer] * (m[i - layer] - v));
        }
    } else {
#pragma clang loop vectorize(enable) interleave(enable)
        for (long i = first; i < last; i++) {
            const double v = m[i];
            h[i] += inverse_ms[i] * (cx[i] * (m[i + 1] - v) + cx[i - 1] * (m[i - 1] - v) + cy[i] * (m[i + row] - v)
                + cy[i - row] * (m[i - row] - v));
        }
    }
}

DISPATCHED
void larmor_llg_slope(long first, long last, const double *const m[3], const double *const h[3],
                      const double *restrict alpha, double gamma, double precession, double *const k[3])
{
    const double *restrict mx = m[0], *restrict my = m[1], *restrict mz = m[2];
    const double *restrict hx = h[0], *restrict hy = h[1], *restrict hz = h[2];
    double *restrict kx = k[0], *restrict ky = k[1], *restrict kz = k[2];
#pragma clang loop vectorize(enable) interleave(enable)
    for (long i = first; i < last; i++) {
        const double x = mx[i], y = my[i], z = mz[i], a = alpha[i];
        const double cx = y * hz[i] - z * hy[i], cy = z * hx[i] - x * hz[i], cz = x * hy[i] - y * hx[i];
        const double g = -gamma / (1 + a * a);
        kx[i] = g * (precession * cx + a * (y * cz - z * cy));
        ky[i] = g * (precession * cy + a * (z * cx - x * cz));
        kz[i] = g * (precession * cz + a * (x * cy - y * cx));
    }
}

DISPATCHED
void larmor_combine(long first, long last, const double *m, long count, const double *const *k, const double *a, double *y)
{
    /* Blocks that stay in the first-level cache, slopes one after the other: the order of additions is fixed. */
    for (long start = first; start < last; start += 512) {
        const long end = start + 512 < last ? start + 512 : last;
        for (long i = start; i < end; i++) y[i] = m[i];
        for (long j = 0; j < count; j++) {
            const double *restrict slope = k[j];
            const double factor = a[j];
            if (factor == 0) continue;
#pragma clang loop vectorize(enable) interleave(enable)
            for (long i = start; i < end; i++) y[i] += factor * slope[i];
        }
    }
}

DISPATCHED
void larmor_normalise(long first, long last, double *const m[3])
{
    double *restrict mx = m[0], *restrict my = m[1], *restrict mz = m[2];
#pragma clang loop vectorize(enable) interleave(enable)
    for (long i = first; i < last; i++) {
        const double square = mx[i] * mx[i] + my[i] * my[i] + mz[i] * mz[i];
        const double scale = square > 0 ? 1 / __builtin_elementwise_sqrt(square) : 0;
        mx[i] *= scale;
        my[i] *= scale;
        mz[i] *= scale;
    }
}

typedef double v8 __attribute__((vector_size(64), aligned(64)));
typedef double v8u __attribute__((vector_size(64), aligned(8)));

DISPATCHED
double larmor_largest_error(long first, long last, long count, const double *const *k, const double *e)
{
    /* A value that is no number stays in `spoilt`; a comparison would lose it. */
    v8 largest = {0}, spoilt = {0};
    for (long i = first; i < last; i += 8)
        for (int axis = 0; axis < 3; axis++) {
            v8 sum = {0};
            for (long j = 0; j < count; j++)
                if (e[j] != 0) sum += e[j] * *(const v8u *)(k[3 * j + axis] + i);
            largest = __builtin_elementwise_max(largest, __builtin_elementwise_abs(sum));
            spoilt += sum * 0;
        }
    double result = 0;
    for (int lane = 0; lane < 8; lane++) {
        if (spoilt[lane] != 0) return __builtin_nan("");
        if (largest[lane] > result) result = largest[lane];
    }
    return result;
}

DISPATCHED
void larmor_sums(long count, const double *const v[3], double sums[3])
{
    for (int axis = 0; axis < 3; axis++) {
        v8 sum = {0};
        for (long i = 0; i < count; i += 8) sum += *(const v8u *)(v[axis] + i);
        sums[axis] = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
    }
}
