#define SCALAR double
#define NAME(name) name##_double
#include "continuum.inc"
