import Kernels

/// Multiplies every value by a constant, and adds another one.
public struct Scale: Layer {
    /// The factor.
    public let factor: Float
    /// What is added.
    public let offset: Float

    /// Creates a scaling.
    ///
    /// - Parameters:
    ///   - factor: The factor.
    ///   - offset: What is added.
    public init(_ factor: Float, offset: Float = 0) {
        self.factor = factor
        self.offset = offset
    }

    /// The same as the input's.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }
    /// The factor and the offset.
    public var operation: LayerOperation? { .scaling(factor: factor, offset: offset) }
    /// Element by element.
    public var gradientFlow: GradientFlow { .elementwise }

    /// Multiplies and adds.
    public func forward(_ pass: ForwardPass) {
        let count = pass.imageCount * pass.outputShape.count
        Vectors.kernels.scale(pass.input(), by: factor, into: pass.output, count: count)
        guard offset != 0 else { return }
        for index in 0..<count { pass.output[index] += offset }
    }

    /// Multiplies the gradient.
    public func backward(_ pass: BackwardPass) {
        guard let gradient = pass.inputGradient() else { return }
        Vectors.kernels.scale(
            pass.outputGradient, by: factor, into: gradient,
            count: pass.imageCount * pass.outputShape.count)
    }
}
