#include "NetworkKernels.h"

#include <math.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

#define INLINE static inline __attribute__((always_inline))

typedef double v8 __attribute__((vector_size(64)));
typedef double v8u __attribute__((vector_size(64), aligned(8)));
typedef float f8u __attribute__((vector_size(32), aligned(4)));
typedef float f8 __attribute__((vector_size(32)));
typedef int32_t m8 __attribute__((vector_size(32)));
typedef int64_t i8 __attribute__((vector_size(64)));

/* Vectors travel by pointer: by value, their way would depend on the processor that a function is made for. */
#define ALL(x) ((v8){(x), (x), (x), (x), (x), (x), (x), (x)})
#define CHOOSE(mask, yes, no) ((v8)(((i8)(yes) & (mask)) | ((i8)(no) & ~(mask))))

/* x becomes e^x to about one unit of the last place, for x from minus infinity to 700; 0 below -708.
 * x = k ln 2 + r with |r| <= ln 2 / 2; the series of e^r up to r^13 / 13!. */
INLINE void exponential(v8 *x)
{
    const v8 shift = ALL(0x1.8p52);
    i8 isTiny = *x < ALL(-708.0);
    v8 y = CHOOSE(isTiny, ALL(-708.0), *x);
    v8 t = y * ALL(0x1.71547652b82fep0) + shift;
    v8 k = t - shift;
    v8 r = y - k * ALL(0x1.62e42fefa3800p-1);
    r -= k * ALL(0x1.ef35793c76730p-45);
    v8 p = ALL(1.0 / 6227020800);
    p = p * r + ALL(1.0 / 479001600);
    p = p * r + ALL(1.0 / 39916800);
    p = p * r + ALL(1.0 / 3628800);
    p = p * r + ALL(1.0 / 362880);
    p = p * r + ALL(1.0 / 40320);
    p = p * r + ALL(1.0 / 5040);
    p = p * r + ALL(1.0 / 720);
    p = p * r + ALL(1.0 / 120);
    p = p * r + ALL(1.0 / 24);
    p = p * r + ALL(1.0 / 6);
    p = p * r + ALL(0.5);
    p = p * r + ALL(1.0);
    p = p * r + ALL(1.0);
    v8 scale = (v8)(((i8)t + 1023) << 52);
    *x = CHOOSE(isTiny, ALL(0.0), p * scale);
}

/* x becomes ln x, for x from 1 to 3: x = 2^h f with f from 1 / sqrt 2 to sqrt 2, and ln f = 2 artanh((f - 1) / (f + 1)) up to
 * the 21st power. */
INLINE void logarithm(v8 *x)
{
    i8 isOver = *x > ALL(1.4142135623730951), isFar = *x > ALL(2.8284271247461903);
    v8 f = CHOOSE(isFar, *x * ALL(0.25), CHOOSE(isOver, *x * ALL(0.5), *x));
    v8 h = CHOOSE(isFar, ALL(2.0), CHOOSE(isOver, ALL(1.0), ALL(0.0)));
    v8 s = (f - ALL(1.0)) / (f + ALL(1.0));
    v8 z = s * s;
    v8 p = ALL(2.0 / 21);
    p = p * z + ALL(2.0 / 19);
    p = p * z + ALL(2.0 / 17);
    p = p * z + ALL(2.0 / 15);
    p = p * z + ALL(2.0 / 13);
    p = p * z + ALL(2.0 / 11);
    p = p * z + ALL(2.0 / 9);
    p = p * z + ALL(2.0 / 7);
    p = p * z + ALL(2.0 / 5);
    p = p * z + ALL(2.0 / 3);
    *x = h * ALL(0.6931471805599453) + (s * ALL(2.0) + s * z * p);
}

/* a becomes ln(e^a + e^b + e^c). */
INLINE void addLogarithms(v8 *a, const v8 *b, const v8 *c)
{
    v8 m = CHOOSE(*b > *a, *b, *a);
    m = CHOOSE(*c > m, *c, m);
    i8 isImpossible = m == ALL(-INFINITY);
    v8 base = CHOOSE(isImpossible, ALL(0.0), m);
    v8 x = *a - base, y = *b - base, z = *c - base;
    exponential(&x);
    exponential(&y);
    exponential(&z);
    /* Between 1 and 3, but for what is impossible. */
    v8 sum = x + y + z;
    sum = CHOOSE(sum < ALL(1.0), ALL(1.0), sum);
    logarithm(&sum);
    *a = CHOOSE(isImpossible, m, base + sum);
}

DISPATCHED double larmor_softmax(const float *x, long units, float *y)
{
    f8 top = {x[0], x[0], x[0], x[0], x[0], x[0], x[0], x[0]};
    f8 odd = {0};
    long k = 0;
    for (; k + 8 <= units; k += 8) {
        f8 v = *(const f8u *)(x + k);
        m8 isOver = v > top;
        top = (f8)(((m8)v & isOver) | ((m8)top & ~isOver));
        odd += v * 0.0f;
    }
    float largest = x[0], strange = 0;
    for (int i = 0; i < 8; i++) {
        largest = top[i] > largest ? top[i] : largest;
        strange += odd[i];
    }
    for (long i = k; i < units; i++) {
        largest = x[i] > largest ? x[i] : largest;
        strange += x[i] * 0.0f;
    }
    if (strange != 0) return NAN;
    v8 sums = ALL(0.0);
    for (k = 0; k + 8 <= units; k += 8) {
        v8 e = __builtin_convertvector(*(const f8u *)(x + k), v8) - ALL((double)largest);
        exponential(&e);
        sums += e;
        if (y) *(f8u *)(y + k) = __builtin_convertvector(e, f8);
    }
    if (k < units) {
        v8 e = ALL(-INFINITY);
        for (long i = k; i < units; i++) e[i - k] = (double)x[i] - largest;
        exponential(&e);
        sums += e;
        if (y)
            for (long i = k; i < units; i++) y[i] = (float)e[i - k];
    }
    double sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    if (y) {
        double scale = 1 / sum;
        for (long i = 0; i < units; i++) y[i] = (float)(y[i] * scale);
    }
    return largest + log(sum);
}

DISPATCHED void larmor_ctc_forward(
    const double *before, const double *skip, const double *emission, double *next, long width)
{
    for (long s = 0; s < width; s += 8) {
        v8 a = *(const v8u *)(before + s), b = *(const v8u *)(before + s - 1);
        v8 c = *(const v8u *)(before + s - 2) + *(const v8u *)(skip + s);
        addLogarithms(&a, &b, &c);
        *(v8u *)(next + s) = a + *(const v8u *)(emission + s);
    }
}

DISPATCHED void larmor_ctc_backward(double *after, const double *emission, const double *skip, double *now, long width)
{
    for (long s = 0; s < width; s += 8) *(v8u *)(after + s) += *(const v8u *)(emission + s);
    for (long s = 0; s < width; s += 8) {
        v8 a = *(const v8u *)(after + s), b = *(const v8u *)(after + s + 1);
        v8 c = *(const v8u *)(after + s + 2) + *(const v8u *)(skip + s + 2);
        addLogarithms(&a, &b, &c);
        *(v8u *)(now + s) = a;
    }
}

DISPATCHED void larmor_ctc_share(const double *alpha, const double *beta, double total, double *share, long width)
{
    for (long s = 0; s < width; s += 8) {
        v8 x = *(const v8u *)(alpha + s) + *(const v8u *)(beta + s) - ALL(total);
        exponential(&x);
        *(v8u *)(share + s) = x;
    }
}
