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
    private let scratch: Arena

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
        scratch = Arena(count: 2 * (model.description.classNames.count + 1))
    }

    /// Bytes of the memory for activations on this rank.
    public var memoryByteCount: Int { pass.memoryByteCount }

    /// Measures the network; every rank has to call it.
    ///
    /// - Parameter source: The images, with classes.
    /// - Returns: The counts over all images, on every rank the same, for any number of ranks.
    /// - Throws: `Failure` with `badData` if the images or classes do not fit the network.
    public func evaluate(_ source: any ImageSource) throws -> EvaluationResult {
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
                add(outputs + image * classNames.count, microbatch.labels + image, to: &counts)
            }
        }
        var flattened = counts.flattened
        try communicator.sum(&flattened)
        counts.replace(withFlattened: flattened)
        return EvaluationResult(counts: counts, classNames: classNames)
    }

    private func add(
        _ outputs: UnsafePointer<Float>, _ label: UnsafePointer<Int32>,
        to counts: inout ClassificationCounts
    ) {
        let value = loss.evaluate(
            outputs, labels: label, imageCount: 1, classCount: counts.classCount, gradients: nil,
            scratch: scratch.base)
        counts.add(
            scores: UnsafeBufferPointer(start: outputs, count: counts.classCount),
            label: Int(label.pointee), loss: Double(value.sum))
    }
}
