import Communication
import Datasets
import Diagnostics
import Layers
import Metrics

/// Measures a network on samples whose classes or values are known, with all ranks and exactly.
public final class Evaluator {
    private let pass: InferencePass
    private let communicator: any Communicator
    private let loss: any Loss
    private let needs: MeasurementNeeds
    /// What the loss wants, and behind it the scores of one image's classes.
    private let scratch: Arena
    private let outputCount: Int

    /// Prepares the measurement.
    ///
    /// - Parameters:
    ///   - model: The network, which may go on learning between two measurements.
    ///   - metrics: What is to be known afterwards; loss and what is made of counts always is.
    ///   - communicator: The ranks that share the work; every one has the same parameters.
    ///   - loaderThreads: Threads that load images, on each rank.
    /// - Throws: `Failure` with `usage` if the network is not known.
    public convenience init(
        _ model: any TrainedModel, metrics: [Metric] = [], communicator: any Communicator,
        loaderThreads: Int = 1
    ) throws {
        try self.init(
            model.makeInference(), of: model.description, metrics: metrics,
            communicator: communicator, loaderThreads: loaderThreads)
    }

    /// Prepares the measurement of a network that is being trained.
    convenience init(of training: SharedState, metrics: [Metric], loaderThreads: Int) throws {
        try self.init(
            NetworkInference(training.model, of: training), of: training.model.description,
            metrics: metrics, communicator: training.team.communicator,
            loaderThreads: loaderThreads)
    }

    /// Prepares the measurement of what computes outputs.
    convenience init(
        _ inference: any Inference, of description: ModelDescription, metrics: [Metric],
        communicator: any Communicator, loaderThreads: Int = 1
    ) {
        self.init(
            InferencePass(
                inference, of: description, communicator: communicator,
                loaderThreads: loaderThreads), metrics, communicator)
    }

    private init(
        _ pass: InferencePass, _ metrics: [Metric], _ communicator: any Communicator
    ) {
        self.pass = pass
        self.communicator = communicator
        let description = pass.description
        loss = description.loss.make()
        let classCount = description.classNames.count
        outputCount = loss.outputCount(classCount: classCount)
        scratch = Arena(count: InferencePass.microbatchSize * (outputCount + 1) + classCount)
        needs = MeasurementNeeds(of: metrics)
    }

    /// Bytes of the memory for activations on this rank.
    public var memoryByteCount: Int { pass.memoryByteCount }

    /// Measures the network; every rank has to call it.
    ///
    /// - Parameters:
    ///   - source: The samples with their classes or values, as `ModelInput` prepares them.
    ///   - curves: Asks, if given on every rank, for the curves of the classes that are ranked:
    ///     called on rank 0 alone, class after class.
    /// - Returns: What was measured on all samples, on every rank the same, for any number of ranks.
    /// - Throws: `Failure` with `badData` if the classes do not fit the network.
    public func evaluate(
        _ source: any InputSource, curves: ((_ label: Int, RankingCurve) -> Void)? = nil
    ) throws -> EvaluationResult {
        let classNames = pass.description.classNames
        guard source.hasLabels else {
            throw Failure(
                .badData, in: source.name,
                expected: classNames.isEmpty ? "the values to compare with" : "known classes",
                found: "none", fix: "give samples with labels, or use predict")
        }
        guard source.classNames.count == classNames.count else {
            throw Failure(
                .badData, in: source.name,
                expected: "\(classNames.count) classes, as the model has",
                found: "\(source.classNames.count)")
        }
        var collector = MeasurementCollector(
            pass.description.metricTask,
            needs: curves == nil ? needs : needs.union(.rankings))
        try pass.forEachMicrobatch(of: source) { microbatch, outputs in
            let count = microbatch.imageCount
            let mean =
                loss.isSumOverImages
                ? nil : loss(of: 0..<count, outputs, microbatch) / Double(count)
            for image in 0..<count {
                let own = outputs + image * outputCount
                add(
                    own, loss: mean ?? loss(of: image..<image + 1, own, microbatch), of: image,
                    in: microbatch, to: &collector)
            }
        }
        return EvaluationResult(
            measurement: try collector.measurement(over: communicator, curves: curves),
            classNames: classNames)
    }

    /// The loss of some images of a microbatch.
    ///
    /// - Parameters:
    ///   - images: Which.
    ///   - outputs: Their outputs, [image, outputCount].
    ///   - microbatch: The microbatch.
    /// - Returns: The sum of their losses.
    private func loss(
        of images: Range<Int>, _ outputs: UnsafePointer<Float>, _ microbatch: LoadedMicrobatch
    ) -> Double {
        let first = images.lowerBound
        let value = loss.evaluate(
            outputs, labels: microbatch.labels + first, targets: microbatch.targets + first,
            imageCount: images.count, outputCount: outputCount, gradients: nil,
            scratch: scratch.base)
        return Double(value.sum)
    }

    private func add(
        _ output: UnsafePointer<Float>, loss value: Double, of image: Int,
        in microbatch: LoadedMicrobatch, to collector: inout MeasurementCollector
    ) {
        let classCount = pass.description.classNames.count
        guard classCount > 0 else {
            return collector.add(
                prediction: Double(output[0]), target: Double(microbatch.targets[image]),
                loss: value)
        }
        let base = scratch.base + InferencePass.microbatchSize * (outputCount + 1)
        loss.writeScores(of: output, classCount: classCount, into: base)
        let row = UnsafeBufferPointer(start: UnsafePointer(base), count: classCount)
        func add(scores: UnsafeBufferPointer<Float>) {
            collector.add(
                outputs: row, scores: scores, label: Int(microbatch.labels[image]), loss: value)
        }
        if !collector.needs.isEmpty, loss.scoresAreLogits {
            softmax(row).withUnsafeBufferPointer(add)
        } else {
            add(scores: row)
        }
    }
}
