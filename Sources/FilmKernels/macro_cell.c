#include "FilmKernels.h"

/* One binary for machines with and without AVX-512: the loader picks the clone. */
#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

#define SCALAR float
#define FILM larmor_macro_cell_film_float
#define NAME(x) larmor_macro_cell_##x##_float
#include "macro_cell_kernel.inc"
#undef SCALAR
#undef FILM
#undef NAME

#define SCALAR double
#define FILM larmor_macro_cell_film_double
#define NAME(x) larmor_macro_cell_##x##_double
#include "macro_cell_kernel.inc"
