// Single vector instructions for the Swift kernels.
//
// Swift imports the vector type below as SIMD16<Float>. The standard library spells some operations
// lane by lane, a fused multiply-add among them, and the optimiser does not always put the lanes
// together again, so these come from here as the compiler's own vector operations. Everything is
// inlined into the kernels, with the instruction set of the target that they are built for; nothing
// is ever called.
#ifndef CVECTOR_H
#define CVECTOR_H

typedef float cvector_float16 __attribute__((ext_vector_type(16)));

#include <stdint.h>

#define CVECTOR_INLINE static inline __attribute__((always_inline))

typedef double cvector_double16 __attribute__((ext_vector_type(16), aligned(8)));
typedef uint8_t cvector_byte16 __attribute__((ext_vector_type(16), aligned(1)));

typedef uint32_t cvector_word16 __attribute__((ext_vector_type(16)));

// What long kernels with many live values compute with: a vector that is one register, or two where
// registers are many and small.
#if defined(__AVX512F__)
typedef cvector_float16 cvector_tile;
#else
typedef float cvector_tile __attribute__((ext_vector_type(8)));
#endif

CVECTOR_INLINE cvector_tile cvector_tile_multiply_add(cvector_tile a, cvector_tile b,
                                                      cvector_tile c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// a * b + c, with one rounding where the instruction set has it.
CVECTOR_INLINE cvector_float16 cvector_multiply_add(cvector_float16 a, cvector_float16 b,
                                                    cvector_float16 c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// The larger lane; a NaN in `a` stays, a NaN in `b` is passed over.
CVECTOR_INLINE cvector_float16 cvector_maximum(cvector_float16 a, cvector_float16 b) {
    return a < b ? b : a;
}

CVECTOR_INLINE cvector_float16 cvector_minimum(cvector_float16 a, cvector_float16 b) {
    return b < a ? b : a;
}

// `a` where `b` is greater than zero, else zero.
CVECTOR_INLINE cvector_float16 cvector_where_positive(cvector_float16 a, cvector_float16 b) {
    const cvector_float16 zero = {0};
    return b > zero ? a : zero;
}

// `a` where `x` and `y` are equal, else zero.
CVECTOR_INLINE cvector_float16 cvector_where_equal(cvector_float16 a, cvector_float16 x,
                                                   cvector_float16 y) {
    const cvector_float16 zero = {0};
    return x == y ? a : zero;
}

// Zero where `x` and `y` are equal, else `a`.
CVECTOR_INLINE cvector_float16 cvector_where_different(cvector_float16 a, cvector_float16 x,
                                                       cvector_float16 y) {
    const cvector_float16 zero = {0};
    return x == y ? zero : a;
}

// `a` where `x` is greater than `y`, else `otherwise`.
CVECTOR_INLINE cvector_float16 cvector_where_greater(cvector_float16 a, cvector_float16 x,
                                                     cvector_float16 y, cvector_float16 otherwise) {
    return x > y ? a : otherwise;
}

// `a` where `x` and `y` are equal, else `otherwise`.
CVECTOR_INLINE cvector_float16 cvector_select_equal(cvector_float16 a, cvector_float16 x,
                                                    cvector_float16 y, cvector_float16 otherwise) {
    return x == y ? a : otherwise;
}

CVECTOR_INLINE cvector_float16 cvector_absolute(cvector_float16 a) {
    return __builtin_elementwise_abs(a);
}

// `a` with the sign of `b`.
CVECTOR_INLINE cvector_float16 cvector_copy_sign(cvector_float16 a, cvector_float16 b) {
    return __builtin_elementwise_copysign(a, b);
}

// Asks for the cache line to be brought into the second cache; any address will do.
CVECTOR_INLINE void cvector_prefetch(const void *place) { __builtin_prefetch(place, 0, 2); }

// Adds to doubles in memory.
CVECTOR_INLINE void cvector_add_to_doubles(cvector_float16 a, double *totals) {
    *(cvector_double16 *)totals += __builtin_convertvector(a, cvector_double16);
}

// Whole numbers from 0 to 255, a byte each in memory.
CVECTOR_INLINE void cvector_store_bytes(cvector_float16 a, uint8_t *bytes) {
    *(cvector_byte16 *)bytes = __builtin_convertvector(a, cvector_byte16);
}

CVECTOR_INLINE cvector_float16 cvector_load_bytes(const uint8_t *bytes) {
    return __builtin_convertvector(*(const cvector_byte16 *)bytes, cvector_float16);
}

// Takes the bits of floats into the state of a hash, lane by lane. With the bits fixed it is a
// bijection of the state, with the state fixed one of the bits: a change of one float changes its
// lane for good.
CVECTOR_INLINE cvector_word16 cvector_absorb_bits(cvector_word16 state, cvector_float16 a) {
    const cvector_word16 product = (state ^ (cvector_word16)a) * 0x9e3779b1u;
    return product ^ (product >> 15);
}

// target[c, r] = source[r, c] for 8 rows and columns, the rows `stride` and `target_stride` apart.
CVECTOR_INLINE void cvector_transpose8(const float *source, long stride, float *target,
                                       long target_stride) {
    typedef float row8 __attribute__((ext_vector_type(8), aligned(4)));
    row8 a[8], b[8];
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) {
        a[r] = *(const row8 *)(source + r * stride);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r += 2) {
        b[r] = __builtin_shufflevector(a[r], a[r + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        b[r + 1] = __builtin_shufflevector(a[r], a[r + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) {
        const int other = r ^ 2;
        a[r] = r & 2 ? __builtin_shufflevector(b[other], b[r], 2, 3, 10, 11, 6, 7, 14, 15)
                     : __builtin_shufflevector(b[r], b[other], 0, 1, 8, 9, 4, 5, 12, 13);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) {
        const int other = r ^ 4;
        const row8 row = r & 4 ? __builtin_shufflevector(a[other], a[r], 4, 5, 6, 7, 12, 13, 14, 15)
                               : __builtin_shufflevector(a[r], a[other], 0, 1, 2, 3, 8, 9, 10, 11);
        *(row8 *)(target + r * target_stride) = row;
    }
}

#endif
