#include "NetworkKernels.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float f16 __attribute__((vector_size(64)));
typedef float f16u __attribute__((vector_size(64), aligned(4)));

/* Sixteen outputs of `count` rows, 1 to 8, of which `width` are kept. Each output is one sum over the inputs in their order, whatever
 * stands beside it. */
INLINE void block(
    int count, long inputs, const float *x, long xStride, const float *w, const float *bias, float *y, long yStride, long outputs,
    long width)
{
    f16 sum[8];
    f16 first;
    memset(&first, 0, sizeof first);
    memcpy(&first, bias, outputs * sizeof(float));
    for (int r = 0; r < count; r++) sum[r] = first;
    for (long i = 0; i < inputs; i++) {
        f16 column = *(const f16u *)(w + i * 16);
        for (int r = 0; r < count; r++) sum[r] += x[r * xStride + i] * column;
    }
    if (width == 16) {
        for (int r = 0; r < count; r++) *(f16u *)(y + r * yStride) = sum[r];
    } else {
        for (int r = 0; r < count; r++)
            for (long k = 0; k < width; k++) y[r * yStride + k] = sum[r][k];
    }
}

DISPATCHED
void larmor_grouped_affine(
    long rows, long members, long inputs, long outputs, const float *x, long xStride, long xMember, const float *weight,
    const float *bias, float *packed, float *y, long yStride)
{
    for (long g = 0; g < members; g++) {
        for (long j = 0; j < outputs; j += 16) {
            long width = outputs - j < 16 ? outputs - j : 16;
            const float *w = weight + (g * outputs + j) * inputs;
            memset(packed, 0, inputs * 16 * sizeof(float));
            for (long k = 0; k < width; k++)
                for (long i = 0; i < inputs; i++) packed[i * 16 + k] = w[k * inputs + i];
            const float *b = bias + g * outputs + j;
            const float *from = x + g * xMember;
            float *to = y + g * outputs + j;
            /* What a whole vector writes beyond its member is in the place of the next one, which comes later. */
            long kept = g * outputs + j + 16 <= members * outputs ? 16 : width;
            long r = 0;
            for (; r + 8 <= rows; r += 8)
                block(8, inputs, from + r * xStride, xStride, packed, b, to + r * yStride, yStride, width, kept);
            for (; r < rows; r++)
                block(1, inputs, from + r * xStride, xStride, packed, b, to + r * yStride, yStride, width, kept);
        }
    }
}
