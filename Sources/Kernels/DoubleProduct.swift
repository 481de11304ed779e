import COpenBLAS

/// Row-major products of matrices in double precision, on OpenBLAS.
public enum DoubleProduct {
    /// C ← C + A · Bᵀ, for outputs of a dense layer: rows of A are samples, rows of B are weights.
    ///
    /// - Parameters:
    ///   - a: A, [m, k].
    ///   - b: B, [n, k].
    ///   - c: C, [m, n], added to.
    ///   - m: Rows of A and C.
    ///   - n: Rows of B, columns of C.
    ///   - k: Columns of A and B.
    ///
    /// Error: k·2⁻⁵³·Σ|a||b| for each element.
    public static func addRows(
        _ a: UnsafePointer<Double>, timesRowsOf b: UnsafePointer<Double>,
        to c: UnsafeMutablePointer<Double>, m: Int, n: Int, k: Int
    ) {
        guard m > 0 && n > 0 && k > 0 else { return }
        if n == 1 {
            cblas_dgemv(
                CblasRowMajor, CblasNoTrans, blasint(m), blasint(k), 1, a, blasint(k), b, 1, 1, c, 1
            )
        } else {
            cblas_dgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a,
                blasint(k), b, blasint(k), 1, c, blasint(n))
        }
    }

    /// C ← C + Aᵀ · B, for gradients of a dense layer's weights: rows of A and B are samples.
    ///
    /// - Parameters:
    ///   - a: A, [k, m].
    ///   - b: B, [k, n].
    ///   - c: C, [m, n], added to.
    ///   - m: Columns of A, rows of C.
    ///   - n: Columns of B and C.
    ///   - k: Rows of A and B.
    ///
    /// Error: k·2⁻⁵³·Σ|a||b| for each element.
    public static func addColumns(
        _ a: UnsafePointer<Double>, timesColumnsOf b: UnsafePointer<Double>,
        to c: UnsafeMutablePointer<Double>, m: Int, n: Int, k: Int
    ) {
        guard m > 0 && n > 0 && k > 0 else { return }
        if m == 1 {
            cblas_dgemv(
                CblasRowMajor, CblasTrans, blasint(k), blasint(n), 1, b, blasint(n), a, 1, 1, c, 1)
        } else {
            cblas_dgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
                blasint(m), b, blasint(n), 1, c, blasint(n))
        }
    }
}
