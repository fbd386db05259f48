#ifndef LARMOR_FILM_KERNELS_H
#define LARMOR_FILM_KERNELS_H

#include "macro_cell.h"

#endif
