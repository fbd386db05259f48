#include "FilmKernels.h"

/* Products and sums are fused where FMA says so and nowhere else. */
#pragma clang fp contract(off)

#if defined(__x86_64__)
#define HAS_X86 1
#else
#define HAS_X86 0
#endif

/* The sum of all lanes: the halves of the vector first, then the quarters and so on. */
#define TOTAL_2(v) (v[0] + v[1])
#define TOTAL_4(v)                                                                                                  \
    ({                                                                                                             \
        const __auto_type v4 = v;                                                                                  \
        const __auto_type v2 = __builtin_shufflevector(v4, v4, 0, 1) + __builtin_shufflevector(v4, v4, 2, 3);      \
        TOTAL_2(v2);                                                                                               \
    })
#define TOTAL_8(v)                                                                                                  \
    ({                                                                                                             \
        const __auto_type v8 = v;                                                                                  \
        TOTAL_4((__builtin_shufflevector(v8, v8, 0, 1, 2, 3) + __builtin_shufflevector(v8, v8, 4, 5, 6, 7)));      \
    })
#define TOTAL_16(v)                                                                                                 \
    ({                                                                                                             \
        const __auto_type v16 = v;                                                                                 \
        TOTAL_8((__builtin_shufflevector(v16, v16, 0, 1, 2, 3, 4, 5, 6, 7)                                         \
            + __builtin_shufflevector(v16, v16, 8, 9, 10, 11, 12, 13, 14, 15)));                                   \
    })

#define SET baseline
#define TARGET
#define FMA(a, b, c) ((a) * (b) + (c))
#define SCALAR float
#define LANES 4
#include "macro_cell_kernel.inc"
#define SCALAR double
#define LANES 2
#include "macro_cell_kernel.inc"
#undef SET
#undef TARGET
#undef FMA

#if HAS_X86
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)

#define SET avx2
#define TARGET __attribute__((target("avx2,fma")))
#define SCALAR float
#define LANES 8
#include "macro_cell_kernel.inc"
#define SCALAR double
#define LANES 4
#include "macro_cell_kernel.inc"
#undef SET
#undef TARGET

#define SET avx512
#define TARGET __attribute__((target("avx512f,fma")))
#define SCALAR float
#define LANES 16
#include "macro_cell_kernel.inc"
#define SCALAR double
#define LANES 8
#include "macro_cell_kernel.inc"
#endif

int larmor_best_instruction_set(void)
{
#if HAS_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f"))
        return LARMOR_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return LARMOR_AVX2;
#endif
    return LARMOR_BASELINE;
}

#if HAS_X86
#define DISPATCH(scalar, loop, ...)                                                                                 \
    switch (instruction_set) {                                                                                     \
    case LARMOR_AVX512: scalar##_avx512_##loop(__VA_ARGS__); break;                                                \
    case LARMOR_AVX2: scalar##_avx2_##loop(__VA_ARGS__); break;                                                    \
    default: scalar##_baseline_##loop(__VA_ARGS__);                                                                \
    }
#else
#define DISPATCH(scalar, loop, ...)                                                                                 \
    (void)instruction_set;                                                                                         \
    scalar##_baseline_##loop(__VA_ARGS__)
#endif

void larmor_macro_cell_steps_float(const larmor_macro_cell_film_float *film, long steps, int instruction_set)
{
    DISPATCH(float, steps, film, steps)
}

void larmor_macro_cell_steps_double(const larmor_macro_cell_film_double *film, long steps, int instruction_set)
{
    DISPATCH(double, steps, film, steps)
}

void larmor_macro_cell_half_step_float(const larmor_macro_cell_film_float *film, int corrects, int instruction_set)
{
    DISPATCH(float, half_step, film, corrects)
}

void larmor_macro_cell_half_step_double(const larmor_macro_cell_film_double *film, int corrects, int instruction_set)
{
    DISPATCH(double, half_step, film, corrects)
}

void larmor_dipole_field_float(const larmor_dipoles_float *dipoles, const float *mx, const float *my, const float *mz,
    float moment, float *bx, float *by, float *bz, long stride, int instruction_set)
{
    DISPATCH(float, dipole_field, dipoles, mx, my, mz, moment, bx, by, bz, stride)
}

void larmor_dipole_field_double(const larmor_dipoles_double *dipoles, const double *mx, const double *my, const double *mz,
    double moment, double *bx, double *by, double *bz, long stride, int instruction_set)
{
    DISPATCH(double, dipole_field, dipoles, mx, my, mz, moment, bx, by, bz, stride)
}
