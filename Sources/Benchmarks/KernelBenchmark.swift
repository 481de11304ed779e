import Communication
import Diagnostics
import Kernels
import Layers

/// The rate of each kernel beside the roofline that the same run measures on the same core.
public struct KernelBenchmark {
    private let cases: [KernelCase]
    private let seconds: Double
    private let imageCount: Int

    /// Describes a measurement of the kernels of all networks that can be chosen by name.
    ///
    /// - Parameters:
    ///   - filter: A text that occurs in a kernel's name, shape and method, as the report shows
    ///     them; nil for all kernels.
    ///   - seconds: How long to repeat each kernel, above 0.
    ///   - imageCount: Images of a pass.
    /// - Throws: `Failure` with `usage` if there is no such kernel or no such time.
    public init(filter: String? = nil, seconds: Double = 0.1, imageCount: Int = 64) throws {
        guard seconds > 0 && seconds <= 3600 else {
            throw Failure(
                .usage, in: "--seconds", expected: "above 0, at most 3600", found: "\(seconds)")
        }
        self.seconds = seconds
        self.imageCount = imageCount
        let all = try Self.allCases(imageCount: imageCount)
        cases = all.filter { filter == nil || $0.matches(filter ?? "") }
        guard !cases.isEmpty else {
            let kernels = distinct(all.map(\.kernel)).joined(separator: ", ")
            throw Failure(
                .usage, in: "--filter", expected: "a part of a line of the table",
                found: "\"\(filter ?? "")\"", fix: "the kernels are \(kernels)")
        }
    }

    private static func allCases(imageCount: Int) throws -> [KernelCase] {
        let sites = try CatalogSites()
        let convolutions = sites.convolutions
        return ProductCases(shapes: convolutions).all
            + ConvolutionCases(shapes: convolutions, imageCount: imageCount).all
            + NormalizationCases(
                shapes: sites.inputShapes(of: BatchNorm.self), imageCount: imageCount
            ).all
            + ElementwiseCases(sites: sites, imageCount: imageCount).all
            + PoolingCases(sites: sites, imageCount: imageCount).all
            + (try OptimizerCases(parameterCounts: sites.parameterCounts).all())
    }

    /// Measures; every rank has to call it, and all measure the same kernel at the same time.
    ///
    /// - Parameter communicator: The ranks.
    /// - Returns: This rank's measurement.
    /// - Throws: `Failure` if the message-passing system reports an error.
    public func run(_ communicator: any Communicator) throws -> KernelReport {
        try communicator.barrier()
        var roofline = Roofline(seconds: seconds)
        var timings: [Timing] = []
        for kernel in cases {
            let call = try kernel.makeCall()
            try communicator.barrier()
            timings.append(Timing(for: seconds, of: call))
        }
        // The speed of a machine drifts: the roofline is the better of before and after.
        try communicator.barrier()
        roofline.raise(to: Roofline(seconds: seconds))
        return report(roofline, timings, rankCount: communicator.rankCount)
    }

    private func report(
        _ roofline: Roofline, _ timings: [Timing], rankCount: Int
    ) -> KernelReport {
        KernelReport(
            ranks: rankCount, images: imageCount, blasCore: BLASLibrary.coreType,
            instructionSet: Vectors.instructionSet.rawValue,
            sgemmGflops: roofline.productRate * 1e-9, readGbps: roofline.memory.read * 1e-9,
            readWriteGbps: roofline.memory.readWrite * 1e-9,
            cacheReadGbps: roofline.secondCache.read * 1e-9,
            cacheReadWriteGbps: roofline.secondCache.readWrite * 1e-9,
            kernels: zip(cases, timings).map { kernel, timing in
                KernelReport.Row(
                    kernel: kernel.kernel, shape: kernel.shape, method: kernel.method,
                    seconds: timing.median,
                    gflops: kernel.work.operations.map { $0 / timing.median * 1e-9 },
                    gbps: kernel.work.byteCount / timing.median * 1e-9,
                    roofline: roofline.leastSeconds(for: kernel.work) / timing.median)
            })
    }
}
