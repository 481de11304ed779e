import COpenBLAS

/// Whether a matrix product reads an operand as it lies in memory or transposed.
public enum Transposition: Sendable {
    /// As it lies, [row, column].
    case none
    /// Lying as [column, row].
    case transposed

    fileprivate var blas: CBLAS_TRANSPOSE { self == .none ? CblasNoTrans : CblasTrans }
}

/// Row-major matrix products in float, on OpenBLAS.
public enum MatrixProduct {
    /// C ← A · B + (accumulates ? C : 0).
    ///
    /// - Parameters:
    ///   - a: A, [m, k], or [k, m] if transposed.
    ///   - aTransposition: How A is read.
    ///   - aStride: Floats from one row in memory of A to the next.
    ///   - b: B, [k, n], or [n, k] if transposed.
    ///   - bTransposition: How B is read.
    ///   - bStride: Floats from one row in memory of B to the next.
    ///   - c: C, [m, n].
    ///   - cStride: Floats from one row of C to the next.
    ///   - m: Rows of C.
    ///   - n: Columns of C.
    ///   - k: Columns of A and rows of B.
    ///   - accumulates: Whether C's old values are added.
    ///
    /// Error: k·2⁻²⁴·Σ|a||b| for each element.
    public static func multiply(
        _ a: UnsafePointer<Float>, _ aTransposition: Transposition = .none, stride aStride: Int,
        _ b: UnsafePointer<Float>, _ bTransposition: Transposition = .none, stride bStride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int, m: Int, n: Int, k: Int,
        accumulates: Bool = false
    ) {
        guard m > 0 && n > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, aTransposition.blas, bTransposition.blas, blasint(m), blasint(n),
            blasint(k), 1, a, blasint(aStride), b, blasint(bStride), accumulates ? 1 : 0, c,
            blasint(cStride))
    }
}

/// The OpenBLAS library that the process has loaded.
public enum BLASLibrary {
    /// The processor type that its kernels were chosen for, such as `SkylakeX`.
    public static var coreType: String { String(cString: openblas_get_corename()) }
    /// Its version and build options in one line.
    public static var configuration: String { String(cString: openblas_get_config()) }
    /// The number of threads that one product may use.
    public static var threadCount: Int { Int(openblas_get_num_threads()) }
    /// Sets the number of threads that one product may use.
    ///
    /// Ranks are the parallelism, so each normally has one.
    ///
    /// - Parameter count: The number of threads, at least 1.
    public static func setThreadCount(_ count: Int) {
        precondition(count >= 1, "a product needs at least 1 thread, got \(count)")
        openblas_set_num_threads(Int32(count))
    }
}
