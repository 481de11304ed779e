// Products of matrices that lie in panels, for the Swift kernels: the innermost loops.
//
// A panel is 16 columns of a matrix, row by row: 16 floats a row without gaps. Each function
// computes a block of C whose sums stay in registers from the first product to the last; how many
// rows that block has depends on the instruction set of the target that includes this. In C, since
// an array of vectors with a constant length becomes registers here for certain.
//
// Each sum is taken in the order of k, so its bits do not depend on how rows are put into blocks.
// On a wider machine the same loops only have more rows or panels in registers.
#ifndef CPANEL_H
#define CPANEL_H

#include <stdbool.h>
#include <stddef.h>

#define CPANEL_INLINE static inline __attribute__((always_inline))

enum { cpanel_width = 16 };

// The vectors that a panel's row consists of, and the blocks that fill the registers: of
// `cpanel_product` rows by up to `cpanel_panels` panels, of `cpanel_outer_product` rows by as many.
#if defined(__AVX512F__)
enum { cpanel_lanes = 16, cpanel_rows = 12, cpanel_panels = 2, cpanel_outer_rows = 8 };
#elif defined(__AVX__)
enum { cpanel_lanes = 8, cpanel_rows = 6, cpanel_panels = 1, cpanel_outer_rows = 6 };
#elif defined(__aarch64__)
enum { cpanel_lanes = 4, cpanel_rows = 6, cpanel_panels = 1, cpanel_outer_rows = 4 };
#else
enum { cpanel_lanes = 4, cpanel_rows = 3, cpanel_panels = 1, cpanel_outer_rows = 2 };
#endif
enum { cpanel_vectors = cpanel_width / cpanel_lanes };

typedef float cpanel_vector __attribute__((ext_vector_type(cpanel_lanes), aligned(4)));

// The sums of a block: rows by vectors, of which a call uses the first ones.
typedef struct {
    cpanel_vector values[cpanel_rows][cpanel_panels * cpanel_vectors];
} cpanel_block;

CPANEL_INLINE cpanel_vector cpanel_multiply_add(cpanel_vector a, cpanel_vector b, cpanel_vector c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// Where vector v of a row is, panels being `panel` floats apart.
CPANEL_INLINE ptrdiff_t cpanel_place(int v, ptrdiff_t panel) {
    return v / cpanel_vectors * panel + v % cpanel_vectors * cpanel_lanes;
}

CPANEL_INLINE void cpanel_clear(cpanel_block *block, int rows, int vectors) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            block->values[row][v] = (cpanel_vector)0.0f;
        }
    }
}

// What C holds is added last: a sum of blocks of k has a smaller error than one long sum.
CPANEL_INLINE void cpanel_store(const cpanel_block *block, int rows, int vectors, float *c,
                                ptrdiff_t c_panel, bool accumulates) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            float *place = c + row * cpanel_width + cpanel_place(v, c_panel);
            const cpanel_vector sum = block->values[row][v];
            *(cpanel_vector *)place = accumulates ? *(const cpanel_vector *)place + sum : sum;
        }
    }
}

// values[r][v] += a[r * a_row] * b[v], for one k.
CPANEL_INLINE void cpanel_add_products(cpanel_block *block, int rows, int vectors, const float *a,
                                       ptrdiff_t a_row, const float *b, ptrdiff_t b_panel) {
    cpanel_vector row_of_b[cpanel_panels * cpanel_vectors];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        row_of_b[v] = *(const cpanel_vector *)(b + cpanel_place(v, b_panel));
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        const cpanel_vector value = (cpanel_vector)a[row * a_row];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            block->values[row][v] = cpanel_multiply_add(value, row_of_b[v], block->values[row][v]);
        }
    }
}

// C = A B + (accumulates ? C : 0) for cpanel_rows rows and `panels` panels of C.
//
// A is in panels of k, `a_panel` floats apart; B is [k] rows of a panel, and C a panel's rows.
CPANEL_INLINE void cpanel_product(const float *a, ptrdiff_t a_panel, const float *b,
                                  ptrdiff_t b_panel, ptrdiff_t k, float *c, ptrdiff_t c_panel,
                                  int panels, bool accumulates) {
    const int vectors = panels * cpanel_vectors;
    cpanel_block block;
    cpanel_clear(&block, cpanel_rows, vectors);
    for (; k >= cpanel_width; k -= cpanel_width, a += a_panel) {
#pragma clang loop unroll_count(4)
        for (int lane = 0; lane < cpanel_width; lane++, b += cpanel_width) {
            cpanel_add_products(&block, cpanel_rows, vectors, a + lane, cpanel_width, b, b_panel);
        }
    }
    for (ptrdiff_t lane = 0; lane < k; lane++, b += cpanel_width) {
        cpanel_add_products(&block, cpanel_rows, vectors, a + lane, cpanel_width, b, b_panel);
    }
    cpanel_store(&block, cpanel_rows, vectors, c, c_panel, accumulates);
}

// C = A B for cpanel_rows rows and `panels` panels of C, A being where rows overlap in memory.
//
// Row r of A is `segments` runs of `length` floats, `a_segment` floats apart; row r + 1 begins
// `a_row` floats behind row r.
CPANEL_INLINE void cpanel_sliding_product(const float *a, ptrdiff_t a_row, ptrdiff_t a_segment,
                                          ptrdiff_t segments, ptrdiff_t length, const float *b,
                                          ptrdiff_t b_panel, float *c, ptrdiff_t c_panel,
                                          int panels) {
    const int vectors = panels * cpanel_vectors;
    cpanel_block block;
    cpanel_clear(&block, cpanel_rows, vectors);
    for (ptrdiff_t segment = 0; segment < segments; segment++, a += a_segment) {
#pragma clang loop unroll_count(3)
        for (ptrdiff_t k = 0; k < length; k++, b += cpanel_width) {
            cpanel_add_products(&block, cpanel_rows, vectors, a + k, a_row, b, b_panel);
        }
    }
    cpanel_store(&block, cpanel_rows, vectors, c, c_panel, false);
}

// C = Aᵀ B + (accumulates ? C : 0) for `rows` rows and `panels` panels of C.
//
// Row k of A is `a_row` floats behind row k − 1; C's rows are neighbouring columns of A. B is [k]
// rows of a panel.
CPANEL_INLINE void cpanel_outer_product(const float *a, ptrdiff_t a_row, const float *b,
                                        ptrdiff_t b_panel, ptrdiff_t k, float *c,
                                        ptrdiff_t c_panel, int rows, int panels,
                                        bool accumulates) {
    const int vectors = panels * cpanel_vectors;
    cpanel_block block;
    cpanel_clear(&block, rows, vectors);
#pragma clang loop unroll_count(2)
    for (ptrdiff_t step = 0; step < k; step++, a += a_row, b += cpanel_width) {
        cpanel_add_products(&block, rows, vectors, a, 1, b, b_panel);
    }
    cpanel_store(&block, rows, vectors, c, c_panel, accumulates);
}

// The same for any number of rows.
CPANEL_INLINE void cpanel_outer_products(const float *a, ptrdiff_t a_row, const float *b,
                                         ptrdiff_t b_panel, ptrdiff_t k, float *c,
                                         ptrdiff_t c_panel, ptrdiff_t rows, int panels,
                                         bool accumulates) {
    for (; rows >= cpanel_outer_rows; rows -= cpanel_outer_rows) {
        cpanel_outer_product(a, a_row, b, b_panel, k, c, c_panel, cpanel_outer_rows, panels,
                             accumulates);
        a += cpanel_outer_rows;
        c += cpanel_outer_rows * cpanel_width;
    }
    for (; rows >= 3; rows -= 3, a += 3, c += 3 * cpanel_width) {
        cpanel_outer_product(a, a_row, b, b_panel, k, c, c_panel, 3, panels, accumulates);
    }
    for (; rows >= 1; rows -= 1, a += 1, c += cpanel_width) {
        cpanel_outer_product(a, a_row, b, b_panel, k, c, c_panel, 1, panels, accumulates);
    }
}

#endif
