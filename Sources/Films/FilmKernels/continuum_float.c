#define SCALAR float
#define NAME(name) name##_float
#include "continuum.inc"
