#ifndef LARMOR_FILM_KERNELS_H
#define LARMOR_FILM_KERNELS_H

#include "ContinuumKernels.h"

/* The inner loop of the macro-cell film: explicit Landau-Lifshitz-Gilbert steps by Heun's method.
 *
 * Elements lie as [cell][film] (films of one array side by side fill the vector lanes). Every magnetisation array has
 * `halo` elements before its first one and after its last one, so that the neighbours at -1 and +1 cell and row can be
 * read without a test; where a neighbour does not exist its coefficient is zero.
 */

#define LARMOR_MACRO_CELL_FILM(NAME, SCALAR)                                                                        \
    typedef struct NAME {                                                                                          \
        long elements;       /* cells * films */                                                                   \
        long films;          /* distance of the neighbour in the same row */                                       \
        long row;            /* distance of the neighbour in the next row: columns * films */                      \
        SCALAR *mx, *my, *mz;                   /* unit magnetisation, updated */                                  \
        SCALAR *px, *py, *pz;                   /* predictor, scratch, same halo */                                \
        SCALAR *kx, *ky, *kz;                   /* first slope, scratch */                                         \
        const SCALAR *west, *east, *south, *north; /* exchange with each neighbour, tesla */                       \
        const SCALAR *anisotropy;               /* K / mu per element, tesla; easy axis z */                       \
        const SCALAR *precession;               /* gamma / (1 + alpha^2), rad / (s T) */                           \
        const SCALAR *damping;                  /* alpha */                                                        \
        const SCALAR *bx, *by, *bz;             /* field that is constant during the call, tesla */                \
    } NAME

LARMOR_MACRO_CELL_FILM(larmor_macro_cell_film_float, float);
LARMOR_MACRO_CELL_FILM(larmor_macro_cell_film_double, double);

/* Takes `steps` steps of `dt` seconds. */
void larmor_macro_cell_steps_float(const larmor_macro_cell_film_float *film, float dt, long steps);
void larmor_macro_cell_steps_double(const larmor_macro_cell_film_double *film, double dt, long steps);

#endif
