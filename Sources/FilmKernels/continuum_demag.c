#include "ContinuumKernels.h"

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif

#include "continuum_fft.inc"

static long larger(long a, long b) { return a > b ? a : b; }

static long line_points(const larmor_demag *d) { return larger(d->x.length, 8 * d->blocks); }

long larmor_demag_scratch(const larmor_demag *d)
{
    const long lines = 3 * d->nz + 1;
    const long convolve = lines * line_points(d) + 4 * d->z.length;
    return 16 * larger(convolve, 2 * d->y.length + 2);
}

/* The share of `count` things that falls to `part`. */
static long share(long count, long part, long parts) { return count * part / parts; }

INLINE point *row_of(const larmor_demag *d, long component, long z, long ky)
{
    return (point *)d->spectrum + ((component * d->nz + z) * 8 * d->groups + ky) * d->blocks;
}

/* Real transforms along y of all columns: neighbouring columns fill the lanes, two rows make one complex number. */
DISPATCHED
void larmor_demag_forward(const larmor_demag *d, const double *const m[3], double *scratch, long part, long parts)
{
    const long half = d->y.length, units = 3 * d->nz * d->blocks, last = share(units, part + 1, parts);
    const long live = (d->ny + 1) / 2, filled = skips_half(&d->y, live) ? half / 2 : half;
    point *a = (point *)scratch, *b = a + half + 1;
    for (long unit = share(units, part, parts); unit < last; unit++) {
        const long block = unit % d->blocks, z = unit / d->blocks % d->nz, component = unit / (d->blocks * d->nz);
        const long start = z * d->nx * d->ny + 8 * block;
        const double *source = m[component] + start, *moment = d->moment + start;
        for (long j = 0; j < d->ny / 2; j++) {
            a[j].re = *(const v8u *)(source + 2 * j * d->nx) * *(const v8u *)(moment + 2 * j * d->nx);
            a[j].im = *(const v8u *)(source + (2 * j + 1) * d->nx) * *(const v8u *)(moment + (2 * j + 1) * d->nx);
        }
        if (d->ny & 1) {
            a[live - 1].re = *(const v8u *)(source + (d->ny - 1) * d->nx) * *(const v8u *)(moment + (d->ny - 1) * d->nx);
            a[live - 1].im = (v8){0};
        }
        for (long j = live; j < filled; j++) a[j] = (point){{0}, {0}};
        const point *r = transform(&d->y, a, b, 0, live, half);
        /* Twice the spectrum of the real line. */
        for (long k = 0; k <= half; k++) {
            const long i = k == half ? 0 : k, j = k == 0 ? 0 : half - k;
            const double c = d->unpack[2 * k], s = d->unpack[2 * k + 1];
            const v8 er = r[i].re + r[j].re, ei = r[i].im - r[j].im;
            const v8 odd_r = r[i].im + r[j].im, oi = r[j].re - r[i].re;
            point *target = row_of(d, component, z, k) + block;
            target->re = er + c * odd_r + s * oi;
            target->im = ei + c * oi - s * odd_r;
        }
    }
}

/* The inverse of the above, adding nothing: h is overwritten. */
DISPATCHED
void larmor_demag_inverse(const larmor_demag *d, double *const h[3], double *scratch, long part, long parts)
{
    const long half = d->y.length, units = 3 * d->nz * d->blocks, last = share(units, part + 1, parts);
    const long live = (d->ny + 1) / 2;
    point *a = (point *)scratch, *b = a + half + 1;
    for (long unit = share(units, part, parts); unit < last; unit++) {
        const long block = unit % d->blocks, z = unit / d->blocks % d->nz, component = unit / (d->blocks * d->nz);
        double *target = h[component] + z * d->nx * d->ny + 8 * block;
        for (long k = 0; k < half; k++) {
            const point *x = row_of(d, component, z, k) + block, *y = row_of(d, component, z, half - k) + block;
            const double c = d->unpack[2 * k], s = d->unpack[2 * k + 1];
            const v8 er = x->re + y->re, ei = x->im - y->im;
            const v8 fr = x->re - y->re, fi = x->im + y->im;
            const v8 odd_r = c * fr - s * fi, oi = c * fi + s * fr;
            a[k].re = er - oi;
            a[k].im = ei + odd_r;
        }
        const point *r = transform(&d->y, a, b, 1, half, live);
        const long width = d->nx - 8 * block;
        if (width >= 8) {
            for (long j = 0; j < d->ny / 2; j++) {
                *(v8u *)(target + 2 * j * d->nx) = r[j].re;
                *(v8u *)(target + (2 * j + 1) * d->nx) = r[j].im;
            }
            if (d->ny & 1) *(v8u *)(target + (d->ny - 1) * d->nx) = r[live - 1].re;
        } else {
            for (long y = 0; y < d->ny; y++) {
                const double *values = (const double *)(r + y / 2) + 8 * (y & 1);
                for (long x = 0; x < width; x++) target[y * d->nx + x] = values[x];
            }
        }
    }
}

/* Loads eight lines of one component and layer, x along the line and ky across the lanes. */
INLINE void load_lines(const larmor_demag *d, long component, long z, long group, point *line)
{
    const point *source = row_of(d, component, z, 8 * group);
    for (long block = 0; block < d->blocks; block++) {
        v8 re[8], im[8];
        for (int i = 0; i < 8; i++) {
            re[i] = source[i * d->blocks + block].re;
            im[i] = source[i * d->blocks + block].im;
        }
        transpose(re);
        transpose(im);
        for (int i = 0; i < 8; i++) {
            line[8 * block + i].re = re[i];
            line[8 * block + i].im = im[i];
        }
    }
    const long filled = skips_half(&d->x, d->nx) ? d->x.length / 2 : d->x.length;
    for (long x = d->nx; x < filled; x++) line[x] = (point){{0}, {0}};
}

INLINE void store_lines(const larmor_demag *d, long component, long z, long group, const point *line)
{
    point *target = row_of(d, component, z, 8 * group);
    for (long block = 0; block < d->blocks; block++) {
        v8 re[8], im[8];
        for (int i = 0; i < 8; i++) {
            re[i] = line[8 * block + i].re;
            im[i] = line[8 * block + i].im;
        }
        transpose(re);
        transpose(im);
        for (int i = 0; i < 8; i++) {
            target[i * d->blocks + block].re = re[i];
            target[i * d->blocks + block].im = im[i];
        }
    }
}

/* Multiplies the three components of one wave vector; sx and sz are -1 where kx and kz lie in the mirrored half. */
INLINE void multiply(const larmor_demag *d, long place, double sx, double sz, point *px, point *py, point *pz)
{
#define KERNEL(I) (*(const v8 *)(d->kernel[I] + 8 * place))
    const v8 xx = KERNEL(0), yy = KERNEL(1), zz = KERNEL(2), xy = sx * KERNEL(3);
    const point x = *px, y = *py, z = *pz;
    if (d->z.length > 1) {
        const v8 xz = sx * sz * KERNEL(4), yz = sz * KERNEL(5);
        px->re = xx * x.re + xy * y.re + xz * z.re;
        px->im = xx * x.im + xy * y.im + xz * z.im;
        py->re = xy * x.re + yy * y.re + yz * z.re;
        py->im = xy * x.im + yy * y.im + yz * z.im;
        pz->re = xz * x.re + yz * y.re + zz * z.re;
        pz->im = xz * x.im + yz * y.im + zz * z.im;
    } else {
        px->re = xx * x.re + xy * y.re;
        px->im = xx * x.im + xy * y.im;
        py->re = xy * x.re + yy * y.re;
        py->im = xy * x.im + yy * y.im;
        pz->re = zz * z.re;
        pz->im = zz * z.im;
    }
#undef KERNEL
}

/* Transforms along x (and z), multiplies with the tensor and goes back, for groups of eight ky. */
DISPATCHED
void larmor_demag_convolve(const larmor_demag *d, double *scratch, long part, long parts)
{
    const long points = line_points(d), lines = 3 * d->nz, length = d->x.length, kxs = length / 2 + 1;
    const long kzs = d->z.length / 2 + 1, last = share(d->groups, part + 1, parts);
    point *base = (point *)scratch, *zs = base + (lines + 1) * points;
    /* The transform may end in the spare line, which then changes places with the line. */
    for (long group = share(d->groups, part, parts); group < last; group++) {
        point *line[lines], *spare = base + lines * points;
        for (long i = 0; i < lines; i++) {
            line[i] = base + i * points;
            load_lines(d, i / d->nz, i % d->nz, group, line[i]);
            point *result = transform(&d->x, line[i], spare, 0, d->nx, length);
            if (result == spare) {
                spare = line[i];
                line[i] = result;
            }
        }
        for (long kx = 0; kx < length; kx++) {
            const long j = kx < kxs ? kx : length - kx;
            const double sx = kx < kxs ? 1 : -1;
            if (d->z.length == 1) {
                multiply(d, group * kxs + j, sx, 1, line[0] + kx, line[1] + kx, line[2] + kx);
                continue;
            }
            point *column[3], *free = zs + 3 * d->z.length;
            for (int c = 0; c < 3; c++) {
                point *a = zs + c * d->z.length;
                for (long z = 0; z < d->nz; z++) a[z] = line[c * d->nz + z][kx];
                for (long z = d->nz; z < d->z.length; z++) a[z] = (point){{0}, {0}};
                column[c] = transform(&d->z, a, free, 0, d->nz, d->z.length);
                if (column[c] == free) free = a;
            }
            for (long kz = 0; kz < d->z.length; kz++) {
                const long i = kz < kzs ? kz : d->z.length - kz;
                multiply(d, (group * kzs + i) * kxs + j, sx, kz < kzs ? 1 : -1, column[0] + kz, column[1] + kz,
                         column[2] + kz);
            }
            for (int c = 0; c < 3; c++) {
                const point *r = transform(&d->z, column[c], free, 1, d->z.length, d->nz);
                for (long z = 0; z < d->nz; z++) line[c * d->nz + z][kx] = r[z];
                if (r == free) free = column[c];
            }
        }
        for (long i = 0; i < lines; i++) {
            point *result = transform(&d->x, line[i], spare, 1, length, d->nx);
            store_lines(d, i / d->nz, i % d->nz, group, result);
            if (result == spare) spare = line[i];
        }
    }
}
