import Kernels

/// Sets each value to zero with a given probability while training, and scales the others so that
/// the expectation stays.
///
/// Which values go is a function of the run, the epoch, the image and the layer's name, so it is the
/// same wherever and in whatever company an image is computed.
///
/// Source: Srivastava et al. 2014, inverted form.
public struct Dropout: Layer {
    /// The probability of zero, in [0, 1).
    public let rate: Float

    /// Creates a dropout.
    ///
    /// - Parameter rate: The probability of zero, in [0, 1).
    public init(_ rate: Float) {
        precondition(rate >= 0 && rate < 1, "a dropout rate lies in [0, 1), got \(rate)")
        self.rate = rate
    }

    /// The same as the input's.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }

    /// The factor of each value.
    public func memory(
        for inputs: [FeatureShape], batch: Int, mode: PassMode
    ) -> LayerMemory {
        LayerMemory(savedCount: batch * inputs[0].count)
    }

    /// Nothing: in inference all values stay.
    public var operation: LayerOperation? { .identity }
    /// Element by element.
    public var gradientFlow: GradientFlow { .elementwise }

    /// Multiplies each value by 0 or 1 / (1 − rate) in training, by 1 in inference.
    public func forward(_ pass: ForwardPass) {
        let count = pass.inputShape().count
        guard pass.context.mode == .training else {
            pass.output.update(from: pass.input(), count: pass.imageCount * count)
            return
        }
        let kept = 1 / (1 - rate)
        let key = pass.key
        for image in 0..<pass.imageCount {
            let own = key.derived(pass.context.imageNumbers[image])
            let factors = pass.saved + image * count
            for index in 0..<count { factors[index] = own.uniform(at: index) < rate ? 0 : kept }
        }
        Vectors.kernels.multiply(
            pass.input(), pass.saved, into: pass.output, count: pass.imageCount * count)
    }

    /// Multiplies the gradient by the same factors.
    public func backward(_ pass: BackwardPass) {
        guard let gradient = pass.inputGradient() else { return }
        Vectors.kernels.multiply(
            pass.outputGradient, pass.saved, into: gradient,
            count: pass.imageCount * pass.inputShape().count)
    }
}
