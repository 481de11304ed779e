import Diagnostics
import Kernels
import VectorInterface

/// A dense (fully connected) layer: y = x · weightᵀ + bias, over all values of an image as they lie.
///
/// Parameters: `weight` [outputs, inputs] and, with a bias, `bias` [outputs]; if nothing else is asked
/// for, both are before training uniform in ±1/√inputs as PyTorch does it.
public struct Dense: Layer {
    /// The length of the output.
    public let outputs: Int
    /// Whether each output has a bias.
    public let hasBias: Bool
    /// Whether the optimizer leaves the weights and the bias as they are.
    public let isFrozen: Bool
    private let initialWeight: Initializer?
    private let initialBias: Initializer?
    private var fusedActivation = FusedActivation.identity

    /// Creates a dense layer.
    ///
    /// - Parameters:
    ///   - outputs: The length of the output.
    ///   - hasBias: Whether each output has a bias.
    ///   - isFrozen: Whether the optimizer leaves the weights and the bias as they are.
    ///   - initialWeight: The weights before training; uniform in ±1/√inputs if nil.
    ///   - initialBias: The bias before training; uniform in ±1/√inputs if nil.
    public init(
        _ outputs: Int, hasBias: Bool = true, isFrozen: Bool = false,
        initialWeight: Initializer? = nil, initialBias: Initializer? = nil
    ) {
        self.outputs = outputs
        self.hasBias = hasBias
        self.isFrozen = isFrozen
        self.initialWeight = initialWeight
        self.initialBias = initialBias
    }

    /// A vector.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { .vector(outputs) }

    /// The weights and the bias.
    public func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification] {
        let initializer = Initializer.fanIn(inputs[0].count)
        let weight = ParameterSpecification(
            "weight", shape: [outputs, inputs[0].count],
            initializer: initialWeight ?? initializer, isTrainable: !isFrozen)
        let bias = ParameterSpecification(
            "bias", shape: [outputs], initializer: initialBias ?? initializer,
            isTrainable: !isFrozen)
        return hasBias ? [weight, bias] : [weight]
    }

    /// A dense layer, unless an activation follows.
    public var operation: LayerOperation? {
        fusedActivation == .identity ? .dense(hasBias: hasBias) : nil
    }
    /// The input; with an activation also the output, whose sign tells the activation's slope.
    public var backwardReads: BackwardReads {
        fusedActivation == .identity ? .inputs : [.inputs, .output]
    }
    /// True.
    public var accumulatesInputGradient: Bool { true }
    /// True with an activation, whose slope is multiplied into it.
    public var modifiesOutputGradient: Bool { fusedActivation != .identity }

    /// Takes a ReLU, whose slope can be told from its output.
    public func fusing(_ activation: FusedActivation) -> (any Layer)? {
        guard activation == .relu && fusedActivation == .identity else { return nil }
        var copy = self
        copy.fusedActivation = activation
        return copy
    }

    /// Computes the outputs.
    public func forward(_ pass: ForwardPass) {
        let inputs = pass.inputShape().count
        MatrixProduct.multiply(
            pass.input(), stride: inputs, pass.parameter(0), .transposed, stride: inputs,
            into: pass.output, stride: outputs, m: pass.imageCount, n: outputs, k: inputs)
        if hasBias {
            Vectors.kernels.addBias(
                pass.parameter(1), fusedActivation, to: pass.output, rows: pass.imageCount,
                columns: outputs)
        } else if fusedActivation != .identity {
            Vectors.kernels.activate(
                pass.output, fusedActivation, into: pass.output, count: pass.imageCount * outputs)
        }
    }

    /// Computes the gradients of bias, weights and input.
    public func backward(_ pass: BackwardPass) {
        let inputs = pass.inputShape().count
        let count = pass.imageCount * outputs
        if fusedActivation != .identity {
            Vectors.kernels.activationGradient(
                at: pass.output, fusedActivation, outputGradient: pass.outputGradient,
                into: pass.outputGradient, count: count)
        }
        if hasBias, let gradient = pass.parameterGradient(1) {
            Vectors.kernels.sumRows(
                of: pass.outputGradient, rows: pass.imageCount, columns: outputs,
                accumulates: false, into: gradient)
        }
        if let gradient = pass.parameterGradient(0) {
            MatrixProduct.multiply(
                pass.outputGradient, .transposed, stride: outputs, pass.input(), stride: inputs,
                into: gradient, stride: inputs, m: outputs, n: inputs, k: pass.imageCount)
        }
        if let gradient = pass.inputGradient() {
            MatrixProduct.multiply(
                pass.outputGradient, stride: outputs, pass.parameter(0), stride: inputs,
                into: gradient, stride: inputs, m: pass.imageCount, n: inputs, k: outputs,
                accumulates: pass.accumulates())
        }
    }
}
