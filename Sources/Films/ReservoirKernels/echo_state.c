#include "ReservoirKernels.h"

/* Every product and every sum is rounded: the same bits with and without fused operations. */
#pragma clang fp contract(off)

#if defined(__x86_64__)
#include <immintrin.h>
#define HAS_X86 1
#else
#define HAS_X86 0
#endif

typedef double lanes __attribute__((vector_size(64), aligned(8)));
typedef int64_t masks __attribute__((vector_size(64), aligned(8)));

#define SET baseline
#define TARGET
#define GATHER(x, at) ((lanes){x[at[0]], x[at[1]], x[at[2]], x[at[3]], x[at[4]], x[at[5]], x[at[6]], x[at[7]]})
#include "echo_state_kernel.inc"
#undef SET
#undef TARGET
#undef GATHER

#if HAS_X86
#define SET avx2
#define TARGET __attribute__((target("avx2")))
/* Eight loads are no slower than the gather of AVX2. */
#define GATHER(x, at) ((lanes){x[at[0]], x[at[1]], x[at[2]], x[at[3]], x[at[4]], x[at[5]], x[at[6]], x[at[7]]})
#include "echo_state_kernel.inc"
#undef SET
#undef TARGET
#undef GATHER

#define SET avx512
#define TARGET __attribute__((target("avx512f")))
#define GATHER(x, at) ((lanes)_mm512_i32gather_pd(_mm256_loadu_si256((const __m256i *)(at)), x, 8))
#include "echo_state_kernel.inc"
#endif

int larmor_echo_level(void) {
#if HAS_X86
    if (__builtin_cpu_supports("avx512f")) return 2;
    if (__builtin_cpu_supports("avx2")) return 1;
#endif
    return 0;
}

void larmor_echo_run(
    const struct larmor_echo *network, long steps, const double *u, double *x, double *states, long kept, int level) {
#if HAS_X86
    if (level >= 2) return run_avx512(network, steps, u, x, states, kept);
    if (level == 1) return run_avx2(network, steps, u, x, states, kept);
#endif
    (void)level;
    run_baseline(network, steps, u, x, states, kept);
}

void larmor_tanh(const double *x, double *y, long count, int level) {
#if HAS_X86
    if (level >= 2) return tanh_avx512(x, y, count);
    if (level == 1) return tanh_avx2(x, y, count);
#endif
    (void)level;
    tanh_baseline(x, y, count);
}
