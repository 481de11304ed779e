import Kernels
import VectorInterface

/// max(x, 0).
public struct ReLU: Layer {
    /// Creates a ReLU.
    public init() {}

    /// The same as the input's.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }
    /// ReLU.
    public var activation: FusedActivation? { .relu }
    /// ReLU.
    public var operation: LayerOperation? { .relu }
    /// The output, whose sign tells the slope.
    public var backwardReads: BackwardReads { .output }
    /// Element by element.
    public var gradientFlow: GradientFlow { .elementwise }

    /// Computes max(x, 0).
    public func forward(_ pass: ForwardPass) {
        Vectors.kernels.activate(
            pass.input(), .relu, into: pass.output, count: pass.imageCount * pass.outputShape.count)
    }

    /// Passes the gradient where the output is positive.
    public func backward(_ pass: BackwardPass) {
        guard let gradient = pass.inputGradient() else { return }
        Vectors.kernels.activationGradient(
            at: pass.output, .relu, outputGradient: pass.outputGradient, into: gradient,
            count: pass.imageCount * pass.outputShape.count)
    }
}

/// x · Φ(x) with Φ the normal distribution function.
///
/// Source: Hendrycks & Gimpel 2016, the exact form.
public struct GELU: Layer {
    /// Creates a GELU.
    public init() {}

    /// The same as the input's.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }
    /// GELU.
    public var activation: FusedActivation? { .gelu }
    /// GELU.
    public var operation: LayerOperation? { .gelu }
    /// The input.
    public var backwardReads: BackwardReads { .inputs }
    /// Element by element.
    public var gradientFlow: GradientFlow { .elementwise }

    /// Computes x · Φ(x).
    public func forward(_ pass: ForwardPass) {
        Vectors.kernels.activate(
            pass.input(), .gelu, into: pass.output, count: pass.imageCount * pass.outputShape.count)
    }

    /// Multiplies the gradient by Φ(x) + x · φ(x).
    public func backward(_ pass: BackwardPass) {
        guard let gradient = pass.inputGradient() else { return }
        Vectors.kernels.activationGradient(
            at: pass.input(), .gelu, outputGradient: pass.outputGradient, into: gradient,
            count: pass.imageCount * pass.outputShape.count)
    }
}
