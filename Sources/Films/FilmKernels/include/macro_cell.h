#ifndef LARMOR_MACRO_CELL_H
#define LARMOR_MACRO_CELL_H

/* The two hot loops of the macro-cell film: Heun steps of the Landau-Lifshitz-Gilbert equation, and the dipole field.
 *
 * One binary serves all machines: each loop exists for several instruction sets, and the caller names one.
 * On a given instruction set the result of an element depends on its inputs only, not on where it stands in a vector.
 */

enum {
    LARMOR_BASELINE = 0, /* whatever the compiler assumes: SSE2 on x86-64 */
    LARMOR_AVX2 = 1,     /* with FMA */
    LARMOR_AVX512 = 2,   /* the F subset */
};

/* The best instruction set of this machine. */
int larmor_best_instruction_set(void);

/* Elements lie as [cell][film]. Every array with one value per element may be read from `row` elements before its first
 * one, and read and written up to `row` + 16 elements after its last one. The magnetisation there must be a unit vector,
 * coefficients and fields zero. Constants of the films are given as a pattern that repeats every `period` elements, a
 * multiple of 16. */
#define LARMOR_MACRO_CELL_FILM(NAME, SCALAR)                                                                        \
    typedef struct NAME {                                                                                          \
        long elements;                             /* cells * films */                                             \
        long films;                                /* distance of the neighbour in the same row */                 \
        long row;                                  /* distance of the neighbour in the next row: columns * films */\
        long period;                               /* of the constants */                                          \
        SCALAR *mx, *my, *mz;                      /* unit magnetisation, updated */                               \
        SCALAR *px, *py, *pz;                      /* predictor, scratch */                                        \
        SCALAR *qx, *qy, *qz;                      /* m + k/2, scratch */                                          \
        const SCALAR *west, *east, *south, *north; /* geometry of the exchange with each neighbour */              \
        const SCALAR *bx, *by, *bz;                /* field that is constant during the call, tesla */             \
        const SCALAR *exchange;                    /* tesla per unit of geometry */                                \
        const SCALAR *anisotropy;                  /* K / mu, tesla; easy axis z */                                \
        const SCALAR *turn;                        /* -gamma dt / (1 + alpha^2), rad / T */                        \
        const SCALAR *damping;                     /* alpha */                                                     \
    } NAME

LARMOR_MACRO_CELL_FILM(larmor_macro_cell_film_float, float);
LARMOR_MACRO_CELL_FILM(larmor_macro_cell_film_double, double);

/* Takes `steps` steps. */
void larmor_macro_cell_steps_float(const larmor_macro_cell_film_float *film, long steps, int instruction_set);
void larmor_macro_cell_steps_double(const larmor_macro_cell_film_double *film, long steps, int instruction_set);

/* The predictor of one step (corrects = 0) or the corrector that follows it. */
void larmor_macro_cell_half_step_float(const larmor_macro_cell_film_float *film, int corrects, int instruction_set);
void larmor_macro_cell_half_step_double(const larmor_macro_cell_film_double *film, int corrects, int instruction_set);

/* The dipole couplings of a film by classes of cells: all cells whose column has one class and whose row has one class
 * see the same couplings. A cell sums over `height` rows of cells from its row + from_row on; in the row at distance o it
 * sums over `width[o + reach]` columns from its column + from_column[class][o + reach] on. Widths are multiples of 64
 * bytes; couplings of cells that do not exist are zero. For each class pair and row the couplings lie as width values of
 * xx, of xy, of yy and of zz. */
#define LARMOR_DIPOLES(NAME, SCALAR)                                                                                \
    typedef struct NAME {                                                                                          \
        long rows, columns, reach, column_classes;                                                                 \
        const int *column_class;    /* [columns] */                                                                \
        const int *row_class;       /* [rows] */                                                                   \
        const int *width;           /* [2 reach + 1] */                                                            \
        const int *from_column;     /* [column classes][2 reach + 1] */                                            \
        const int *from_row;        /* [row classes] */                                                            \
        const int *height;          /* [row classes] */                                                            \
        const long *start;          /* [row classes]: first coupling of its column class 0 */                      \
        const long *size;           /* [row classes]: couplings of one class pair */                               \
        const SCALAR *couplings;                                                                                   \
        const SCALAR *atoms;        /* [cells]: weight of each source */                                           \
        SCALAR *sx, *sy, *sz;       /* scratch, [cells + longest width], zero at first */                          \
    } NAME

LARMOR_DIPOLES(larmor_dipoles_float, float);
LARMOR_DIPOLES(larmor_dipoles_double, double);

/* Overwrites the field of one film: b[cell * stride] = moment * sum over couplings, atoms and m[cell * stride]. */
void larmor_dipole_field_float(const larmor_dipoles_float *dipoles, const float *mx, const float *my, const float *mz,
    float moment, float *bx, float *by, float *bz, long stride, int instruction_set);
void larmor_dipole_field_double(const larmor_dipoles_double *dipoles, const double *mx, const double *my, const double *mz,
    double moment, double *bx, double *by, double *bz, long stride, int instruction_set);

#endif
