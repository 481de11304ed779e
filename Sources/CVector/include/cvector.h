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

#define CVECTOR_INLINE static inline __attribute__((always_inline))

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

CVECTOR_INLINE cvector_float16 cvector_absolute(cvector_float16 a) {
    return __builtin_elementwise_abs(a);
}

// `a` with the sign of `b`.
CVECTOR_INLINE cvector_float16 cvector_copy_sign(cvector_float16 a, cvector_float16 b) {
    return __builtin_elementwise_copysign(a, b);
}

#endif
