#ifndef LARMOR_FILM_KERNELS_H
#define LARMOR_FILM_KERNELS_H

#include "ContinuumKernels.h"
#include "macro_cell.h"

#endif
