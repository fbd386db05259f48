#include "FilmPeers.h"

#include <math.h>
#include <stdlib.h>

/* Nickel of the founding study, 5 nm cells of 14.4 x 14.4 atoms, damping 0.1, 100 fs. */
#define SCALAR float
#define NAME(x) plain_film_##x##_float
#define FILM plain_film_float
#include "plain_film.inc"
#undef SCALAR
#undef NAME
#undef FILM
#define SCALAR double
#define NAME(x) plain_film_##x##_double
#define FILM plain_film_double
#include "plain_film.inc"
