import Communication
import Datasets
import Diagnostics
import Layers

/// A model's outputs for all samples of a source, each sample on exactly one rank.
///
/// Samples are cut into microbatches of a fixed size in the order of the source, whatever the number
/// of ranks, so that outputs have the same bits on any.
final class InferencePass {
    /// Images of a microbatch.
    static let microbatchSize = 64

    /// What the model is.
    let description: ModelDescription
    private let inference: any Inference
    private let communicator: any Communicator
    private let loaderThreads: Int

    /// Prepares passes.
    ///
    /// - Parameters:
    ///   - inference: What computes outputs.
    ///   - description: What the model is.
    ///   - communicator: The ranks that share the work.
    ///   - loaderThreads: Threads that load samples, on each rank.
    init(
        _ inference: any Inference, of description: ModelDescription,
        communicator: any Communicator, loaderThreads: Int
    ) {
        self.inference = inference
        self.description = description
        self.communicator = communicator
        self.loaderThreads = loaderThreads
    }

    /// Bytes of the memory for activations.
    var memoryByteCount: Int { inference.memoryByteCount }

    /// Computes the outputs of this rank's share of the samples.
    ///
    /// - Parameters:
    ///   - source: The samples, as the network takes them.
    ///   - body: Gets each microbatch and its outputs, [image, output].
    /// - Throws: `Failure` with `internalError` if no loader thread can be started.
    func forEachMicrobatch(
        of source: any InputSource, _ body: (LoadedMicrobatch, UnsafePointer<Float>) -> Void
    ) throws {
        let inputCount = description.input.shape.count
        precondition(
            source.elementCount == inputCount,
            "samples of \(source.elementCount) numbers for a network that takes \(inputCount)")
        let (rank, rankCount) = (communicator.rank, communicator.rankCount)
        let sampler = try Sampler(
            imageCount: source.count, batchSize: Self.microbatchSize * rankCount,
            microbatchSize: Self.microbatchSize, seed: 0, shuffles: false)
        let loader = try MicrobatchLoader(
            source: source, sampler: sampler, end: .epochs(1), threadCount: loaderThreads,
            share: { BalancedPartition.range(of: rank, outOf: rankCount, count: $0) })
        defer { loader.stop() }
        inference.begin()
        while let microbatch = loader.next() {
            communicator.log.advance()
            body(microbatch, inference.outputs(for: microbatch))
        }
    }
}
