#include "FilmPeers.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif

/* Twelve independent chains hide the latency of two fused units; the empty statement keeps each one as it stands. */
#define PEAK(SCALAR)                                                                                                \
    double peak_flops_##SCALAR(void)                                                                               \
    {                                                                                                              \
        typedef SCALAR vector __attribute__((vector_size(BYTES)));                                                 \
        vector a[12];                                                                                              \
        for (int i = 0; i < 12; i++)                                                                               \
            a[i] = (vector){0} + (SCALAR)i;                                                                        \
        vector b = (vector){0} + (SCALAR)0.999, c = (vector){0} + (SCALAR)0.001;                                   \
        double best = 0;                                                                                           \
        for (int trial = 0; trial < 5; trial++) {                                                                  \
            const long rounds = 10000000;                                                                          \
            const double start = now();                                                                            \
            for (long i = 0; i < rounds; i++) {                                                                    \
                _Pragma("clang loop unroll(full)") for (int k = 0; k < 12; k++)                                    \
                {                                                                                                  \
                    a[k] = a[k] * b + c;                                                                           \
                    __asm__ volatile("" : "+x"(a[k]));                                                             \
                }                                                                                                  \
            }                                                                                                      \
            const double rate = 12.0 * 2 * (BYTES / sizeof(SCALAR)) * (double)rounds / (now() - start);            \
            best = rate > best ? rate : best;                                                                      \
        }                                                                                                          \
        return best;                                                                                               \
    }

PEAK(float)
PEAK(double)

double copy_bandwidth(long bytes)
{
    char *from = malloc(bytes), *to = malloc(bytes);
    memset(from, 1, bytes);
    memset(to, 2, bytes);
    const long rounds = 2000000000 / bytes + 1;
    double best = 0;
    for (int trial = 0; trial < 3; trial++) {
        const double start = now();
        for (long i = 0; i < rounds; i++) {
            memcpy(to, from, bytes);
            __asm__ volatile("" : : "r"(to), "r"(from) : "memory");
        }
        const double rate = 2.0 * (double)bytes * (double)rounds / (now() - start);
        best = rate > best ? rate : best;
    }
    free(from);
    free(to);
    return best;
}
