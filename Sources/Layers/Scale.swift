import Kernels

/// Multiplies every value by a constant.
public struct Scale: Layer {
    /// The constant.
    public let factor: Float

    /// Creates a scaling.
    ///
    /// - Parameter factor: The constant.
    public init(_ factor: Float) { self.factor = factor }

    /// The same as the input's.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }
    /// Element by element.
    public var gradientFlow: GradientFlow { .elementwise }

    /// Multiplies.
    public func forward(_ pass: ForwardPass) {
        Vectors.kernels.scale(
            pass.input(), by: factor, into: pass.output,
            count: pass.imageCount * pass.outputShape.count)
    }

    /// Multiplies the gradient.
    public func backward(_ pass: BackwardPass) {
        guard let gradient = pass.inputGradient() else { return }
        Vectors.kernels.scale(
            pass.outputGradient, by: factor, into: gradient,
            count: pass.imageCount * pass.outputShape.count)
    }
}
