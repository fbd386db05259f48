#define SCALAR float
#define NAME(name) name##_float
#include "continuum.inc"

/* A film in double whose demagnetising field is computed in float. */
#define OUTER double
#define OUTER_NAME(name) name##_float_of_double
#include "continuum_demag_ends.inc"
