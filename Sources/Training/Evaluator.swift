import Communication
import Datasets
import Diagnostics
import Layers
import Metrics

/// Measures a network on images whose classes are known, with all ranks and exact counts.
public final class Evaluator {
    private let pass: InferencePass
    private let communicator: any Communicator
    private let loss: any Loss
    /// What the loss wants, and behind it the scores of one image's classes.
    private let scratch: Arena
    private let outputCount: Int

    /// Prepares the measurement.
    ///
    /// - Parameters:
    ///   - model: The network, which may go on learning between two measurements.
    ///   - communicator: The ranks that share the work; every one has the same parameters.
    ///   - loaderThreads: Threads that load images, on each rank.
    /// - Throws: `Failure` with `usage` if the network is not known.
    public convenience init(
        _ model: Model, communicator: any Communicator, loaderThreads: Int = 1
    ) throws {
        try self.init(
            InferencePass(model, communicator: communicator, loaderThreads: loaderThreads),
            communicator)
    }

    /// Prepares the measurement of a network that is being trained.
    convenience init(of training: SharedState, loaderThreads: Int) throws {
        let communicator = training.team.communicator
        try self.init(
            InferencePass(
                training.model, communicator: communicator, loaderThreads: loaderThreads,
                of: training), communicator)
    }

    private init(_ pass: InferencePass, _ communicator: any Communicator) {
        self.pass = pass
        self.communicator = communicator
        let model = pass.model
        loss = model.description.loss.make()
        let classCount = model.description.classNames.count
        outputCount = loss.outputCount(classCount: classCount)
        scratch = Arena(count: 1 + outputCount + classCount)
    }

    /// Bytes of the memory for activations on this rank.
    public var memoryByteCount: Int { pass.memoryByteCount }

    /// Measures the network; every rank has to call it.
    ///
    /// - Parameter source: The samples with their classes, as `ModelInput` prepares them.
    /// - Returns: The counts over all images, on every rank the same, for any number of ranks.
    /// - Throws: `Failure` with `badData` if the classes do not fit the network.
    public func evaluate(_ source: any InputSource) throws -> EvaluationResult {
        let classNames = pass.model.description.classNames
        guard source.hasLabels, source.classNames.count == classNames.count else {
            throw Failure(
                .badData, in: source.name,
                expected: "images of \(classNames.count) known classes, as the network has",
                found: source.hasLabels ? "\(source.classNames.count) classes" : "no classes")
        }
        var counts = ClassificationCounts(classCount: classNames.count)
        try pass.forEachMicrobatch(of: source) { microbatch, outputs in
            for image in 0..<microbatch.imageCount {
                add(outputs + image * outputCount, of: image, in: microbatch, to: &counts)
            }
        }
        var flattened = counts.flattened
        try communicator.sum(&flattened)
        counts.replace(withFlattened: flattened)
        return EvaluationResult(counts: counts, classNames: classNames)
    }

    private func add(
        _ output: UnsafePointer<Float>, of image: Int, in microbatch: LoadedMicrobatch,
        to counts: inout ClassificationCounts
    ) {
        let value = loss.evaluate(
            output, labels: microbatch.labels + image, targets: microbatch.targets + image,
            imageCount: 1, outputCount: outputCount, gradients: nil, scratch: scratch.base)
        let scores = scratch.base + 1 + outputCount
        loss.writeScores(of: output, classCount: counts.classCount, into: scores)
        counts.add(
            scores: UnsafeBufferPointer(start: scores, count: counts.classCount),
            label: Int(microbatch.labels[image]), loss: Double(value.sum))
    }
}
