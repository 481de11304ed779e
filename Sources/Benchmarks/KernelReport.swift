/// What a core does with each kernel beside what it can do at best; encoded, the line that
/// `bench kernels --json` prints.
public struct KernelReport: Encodable, Sendable {
    /// A kernel's measurement.
    public struct Row: Encodable, Sendable {
        /// What is computed, as in `convolution forward`.
        public let kernel: String
        /// The extents.
        public let shape: String
        /// How it is computed, as in `winograd`.
        public let method: String
        /// The median time of a call.
        public let seconds: Double
        /// Billions of operations a second, or nil where counting them says nothing.
        ///
        /// For convolutions the operations are those of the direct way, whatever the way.
        public let gflops: Double?
        /// Billions of bytes a second of the traffic that nothing can avoid: each operand read once
        /// and each result written once.
        public let gbps: Double
        /// The least time by the roofline, as a fraction of `seconds`.
        ///
        /// Winograd's method can be above 1, since it does a quarter of the direct way's products.
        public let roofline: Double

        /// The names in JSON.
        public enum CodingKeys: String, CodingKey {
            case kernel, shape, method, seconds, gflops, gbps, roofline
        }

        /// Writes all names in every row: where there is no number, null.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(kernel, forKey: .kernel)
            try container.encode(shape, forKey: .shape)
            try container.encode(method, forKey: .method)
            try container.encode(seconds, forKey: .seconds)
            try container.encode(gflops, forKey: .gflops)
            try container.encode(gbps, forKey: .gbps)
            try container.encode(roofline, forKey: .roofline)
        }
    }

    /// The number of ranks that measured at the same time.
    public let ranks: Int
    /// Images of a pass.
    public let images: Int
    /// The processor type that OpenBLAS chose its kernels for.
    public let blasCore: String
    /// The instruction set of the vector kernels.
    public let instructionSet: String
    /// Billions of operations a second of OpenBLAS on large square matrices.
    public let sgemmGflops: Double
    /// Billions of bytes a second of reading a buffer much larger than the caches.
    public let readGbps: Double
    /// The same of reading and writing it, both ways together.
    public let readWriteGbps: Double
    /// Billions of bytes a second of reading a buffer in the second cache.
    public let cacheReadGbps: Double
    /// The same of reading and writing it, both ways together.
    public let cacheReadWriteGbps: Double
    /// The kernels.
    public let kernels: [Row]

    /// The names in JSON.
    public enum CodingKeys: String, CodingKey {
        case ranks, images, kernels
        case blasCore = "blas_core"
        case instructionSet = "instruction_set"
        case sgemmGflops = "sgemm_gflops"
        case readGbps = "read_gbps"
        case readWriteGbps = "read_write_gbps"
        case cacheReadGbps = "cache_read_gbps"
        case cacheReadWriteGbps = "cache_read_write_gbps"
    }
}
