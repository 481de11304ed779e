import Communication
import Datasets
import Diagnostics
import Layers
import Randomness

/// A network's outputs for all samples of a source, each sample on exactly one rank.
///
/// Samples are cut into microbatches of a fixed size in the order of the source, whatever the number
/// of ranks, so that outputs have the same bits on any.
final class InferencePass {
    /// Images of a microbatch.
    static let microbatchSize = 64

    /// The network with its parameters.
    let model: Model
    private let network: Network
    private let preparesParameters: Bool
    private let communicator: any Communicator
    private let loaderThreads: Int

    /// Plans the network.
    ///
    /// - Parameters:
    ///   - model: The network with its parameters.
    ///   - communicator: The ranks that share the work.
    ///   - loaderThreads: Threads that load images, on each rank.
    ///   - training: A training of the network, which prepares the parameters; without one they are
    ///     prepared before each pass over a source.
    /// - Throws: `Failure` with `usage` if the network is not known.
    init(
        _ model: Model, communicator: any Communicator, loaderThreads: Int,
        of training: SharedState? = nil
    ) throws {
        self.model = model
        self.communicator = communicator
        self.loaderThreads = loaderThreads
        let layers = try training?.network ?? model.description.network()
        if training == nil {
            try MemoryLimit.require(
                Network.memoryByteCount(
                    of: layers, batch: Self.microbatchSize, mode: .inference),
                for: "\(layers.name) on inputs of \(model.description.input.shape)",
                fix: "give a checkpoint of a network for smaller inputs")
        }
        network = try Network(
            layers, batch: Self.microbatchSize, mode: .inference, prepared: training?.prepared)
        preparesParameters = training == nil
    }

    /// Bytes of the memory for activations.
    var memoryByteCount: Int { network.memoryByteCount }

    /// Computes the outputs of this rank's share of the samples.
    ///
    /// - Parameters:
    ///   - source: The samples, as the network takes them.
    ///   - body: Gets each microbatch and its outputs, [image, output].
    /// - Throws: `Failure` with `internalError` if no loader thread can be started.
    func forEachMicrobatch(
        of source: any InputSource, _ body: (LoadedMicrobatch, UnsafePointer<Float>) -> Void
    ) throws {
        let inputCount = model.description.input.shape.count
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
        if preparesParameters { network.parametersDidChange() }
        while let microbatch = loader.next() {
            communicator.log.advance()
            let context = PassContext(
                imageCount: microbatch.imageCount, mode: .inference, key: RandomKey(seed: 0),
                imageNumbers: microbatch.imageNumbers)
            let outputs = network.infer(
                microbatch.images, context, parameters: model.parameters.base,
                statistics: model.statistics.base)
            body(microbatch, outputs)
        }
    }
}
