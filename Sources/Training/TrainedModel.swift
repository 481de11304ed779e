import Datasets
import Interchange
import Layers
import Randomness

/// What a run has learned, as evaluation, prediction and export use it: a network with its
/// parameters, or trees.
public protocol TrainedModel: AnyObject {
    /// What the model is.
    var description: ModelDescription { get }
    /// The SHA-256 over all that was learned.
    ///
    /// - Returns: 64 hexadecimal digits.
    func sha256() -> String
    /// Writes a safetensors file.
    ///
    /// - Parameter path: Where.
    /// - Throws: `Failure` with `inputOutput`.
    func write(to path: String) throws
    /// The model as a graph of ONNX's operators, from samples as files hold them to predictions.
    ///
    /// - Returns: The graph.
    /// - Throws: `Failure` with `usage` if the model has parts for which there are no operators.
    func onnxGraph() throws -> ONNXGraph
    /// How the model computes outputs.
    ///
    /// - Returns: What computes them, on one thread.
    /// - Throws: `Failure` with `usage` if the model is not known.
    func makeInference() throws -> any Inference
}

/// Computes a model's outputs of microbatches.
public protocol Inference: AnyObject {
    /// Bytes of its memory.
    var memoryByteCount: Int { get }
    /// Called before a pass over a source; the model may have changed since the last one.
    func begin()
    /// Computes outputs.
    ///
    /// - Parameter microbatch: At most `InferencePass.microbatchSize` samples, as the model takes
    ///   them.
    /// - Returns: The outputs, [sample, output], until the next call.
    func outputs(for microbatch: LoadedMicrobatch) -> UnsafePointer<Float>
}

extension Model: TrainedModel {
    /// How the network computes outputs.
    ///
    /// - Returns: What computes them.
    /// - Throws: `Failure` with `usage` if the network is not known.
    public func makeInference() throws -> any Inference { try NetworkInference(self) }
}

/// The outputs of a network.
final class NetworkInference: Inference {
    private let model: Model
    private let network: Network
    private let preparesParameters: Bool

    /// Plans the network.
    ///
    /// - Parameters:
    ///   - model: The network with its parameters.
    ///   - training: A training of the network, which prepares the parameters; without one they are
    ///     prepared before each pass over a source.
    /// - Throws: `Failure` with `usage` if the network is not known.
    init(_ model: Model, of training: SharedState? = nil) throws {
        self.model = model
        network = try Network(
            training?.network ?? model.description.network(), batch: InferencePass.microbatchSize,
            mode: .inference, prepared: training?.prepared)
        preparesParameters = training == nil
    }

    var memoryByteCount: Int { network.memoryByteCount }

    func begin() { if preparesParameters { network.parametersDidChange() } }

    func outputs(for microbatch: LoadedMicrobatch) -> UnsafePointer<Float> {
        let context = PassContext(
            imageCount: microbatch.imageCount, mode: .inference, key: RandomKey(seed: 0),
            imageNumbers: microbatch.imageNumbers)
        return network.infer(
            microbatch.images, context, parameters: model.parameters.base,
            statistics: model.statistics.base)
    }
}
