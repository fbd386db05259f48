#ifndef FILM_PEERS_H
#define FILM_PEERS_H

/* A macro-cell film as one would write it down: arrays per component, neighbours by bounds tests, dense dipole tensor.
 * Moments start along x. */
typedef struct plain_film_float plain_film_float;
typedef struct plain_film_double plain_film_double;

plain_film_float *plain_film_make_float(int side);
void plain_film_steps_float(plain_film_float *film, const float *drive, int steps);
float plain_film_mz_float(const plain_film_float *film, int cell);
void plain_film_free_float(plain_film_float *film);
plain_film_double *plain_film_make_double(int side);
void plain_film_steps_double(plain_film_double *film, const double *drive, int steps);
double plain_film_mz_double(const plain_film_double *film, int cell);
void plain_film_free_double(plain_film_double *film);

/* Runs fused products and sums from registers; returns floating-point operations per second of one core. The fused kind
 * that this machine has is used. */
double peak_flops_float(void);
double peak_flops_double(void);

/* Bytes per second that one core reads and writes in a copy of arrays of `bytes` bytes each. */
double copy_bandwidth(long bytes);

#endif
