import Communication
import Datasets
import Diagnostics
import Foundation
import Layers

/// What a network makes of one sample.
public struct Prediction: Sendable, Hashable {
    /// The class with the largest probability; 0 where there are no classes.
    public let label: Int
    /// The probabilities of all classes, or their scores by a loss that has no probabilities; the
    /// value alone where there are no classes.
    public let probabilities: [Float]
}

/// Tells the classes or values of samples, with all ranks.
public final class Predictor {
    private let pass: InferencePass
    private let communicator: any Communicator
    private let loss: any Loss

    /// The names of the classes; empty for a network that tells values.
    public var classNames: [String] { pass.description.classNames }

    /// Prepares the predictions.
    ///
    /// - Parameters:
    ///   - model: The network.
    ///   - communicator: The ranks that share the work.
    ///   - loaderThreads: Threads that load images, on each rank.
    /// - Throws: `Failure` with `usage` if the network is not known.
    public init(
        _ model: any TrainedModel, communicator: any Communicator, loaderThreads: Int = 1
    ) throws {
        pass = InferencePass(
            try model.makeInference(), of: model.description, communicator: communicator,
            loaderThreads: loaderThreads)
        self.communicator = communicator
        loss = model.description.loss.make()
    }

    /// Predicts all samples of a source; every rank has to call it.
    ///
    /// - Parameter source: The samples, as `ModelInput` prepares them.
    /// - Returns: The predictions in the order of the images on rank 0, nil elsewhere.
    /// - Throws: `Failure` with `internalError` if no loader thread can be started.
    public func predict(_ source: any InputSource) throws -> [Prediction]? {
        let outputCount = loss.outputCount(classCount: classNames.count)
        // A value takes the place of one score.
        let classCount = max(classNames.count, 1)
        let scores = Arena(count: classCount)
        // The images of this rank: each a number and the probabilities.
        var bytes: [UInt8] = []
        try pass.forEachMicrobatch(of: source) { microbatch, outputs in
            for image in 0..<microbatch.imageCount {
                loss.writeScores(
                    of: outputs + image * outputCount, classCount: classCount, into: scores.base)
                let row = UnsafeBufferPointer(start: scores.base, count: classCount)
                withUnsafeBytes(of: microbatch.imageNumbers[image]) { bytes += $0 }
                let values = loss.scoresAreLogits ? softmax(row) : Array(row)
                values.withUnsafeBytes { bytes += $0 }
            }
        }
        guard let parts = try communicator.gather(bytes, to: 0) else { return nil }
        let recordCount = 4 + 4 * classCount
        var probabilities = [[Float]](repeating: [], count: source.count)
        for part in parts {
            part.withUnsafeBytes { part in
                for start in stride(from: 0, to: part.count, by: recordCount) {
                    let image = part.loadUnaligned(fromByteOffset: start, as: Int32.self)
                    probabilities[Int(image)] = (0..<classCount).map {
                        part.loadUnaligned(fromByteOffset: start + 4 + 4 * $0, as: Float.self)
                    }
                }
            }
        }
        return probabilities.map { Prediction(label: largest($0), probabilities: $0) }
    }
}

/// The place of the largest value; the first of equals.
private func largest(_ values: [Float]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
}

/// The softmax in double: the probabilities that predictions and metrics are made of.
func softmax(_ outputs: UnsafeBufferPointer<Float>) -> [Float] {
    let top = Double(outputs.max() ?? 0)
    let exponentials = outputs.map { exp(Double($0) - top) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { Float($0 / sum) }
}
