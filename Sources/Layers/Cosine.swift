import Foundation

/// cos(x), the activation of random Fourier features.
public struct Cosine: Layer {
    /// Creates a cosine.
    public init() {}

    /// The same as the input's.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }
    /// The cosine.
    public var operation: LayerOperation? { .cosine }
    /// The input.
    public var backwardReads: BackwardReads { .inputs }
    /// Element by element.
    public var gradientFlow: GradientFlow { .elementwise }

    /// Computes the cosines.
    public func forward(_ pass: ForwardPass) {
        let input = pass.input()
        for index in 0..<pass.imageCount * pass.outputShape.count {
            pass.output[index] = cos(input[index])
        }
    }

    /// Multiplies the gradient by −sin(x).
    public func backward(_ pass: BackwardPass) {
        guard let gradient = pass.inputGradient() else { return }
        let input = pass.input()
        for index in 0..<pass.imageCount * pass.outputShape.count {
            gradient[index] = -sin(input[index]) * pass.outputGradient[index]
        }
    }
}
