#pragma once
#include <cblas.h>
#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

// Of OpenBLAS built for many processors; absent from builds for one.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

/// An OpenBLAS older than the processor takes its kernels of 2004, which are several times slower than those that this processor can
/// run. Chooses better ones by what the processor says that it has. To be called before anything else computes. OPENBLAS_CORETYPE, where
/// the user has set it, stands.
static inline void openblas_choose_kernels(void) {
#ifdef __x86_64__
    if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit || getenv("OPENBLAS_CORETYPE")) return;
    if (strcmp(openblas_get_corename(), "Prescott") != 0) return;
    const char *core = NULL;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
        core = "SkylakeX";
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        core = "Haswell";
    if (!core) return;
    setenv("OPENBLAS_CORETYPE", core, 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv("OPENBLAS_CORETYPE");
#endif
}
