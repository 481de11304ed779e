import Kernels
import VectorInterface

/// Batch normalisation by channel: y = weight · (x − mean) / √(variance + epsilon) + bias.
///
/// In training mean and variance are those of the microbatch; in inference they are the running
/// ones, which take in `momentum` of each step's mean over the batch's images of the microbatches'
/// mean and unbiased variance.
///
/// Parameters: `weight`, `bias` [channels]. Statistics: `running_mean`, `running_var` [channels].
///
/// Source: Ioffe & Szegedy 2015; running variance unbiased as PyTorch has it.
public struct BatchNorm: Layer {
    /// Added to the variance.
    public let epsilon: Float
    /// How much of each step's statistics goes into the running ones.
    public let momentum: Float
    /// Whether the scale is a parameter; otherwise it is 1.
    public let hasScale: Bool
    private var fusedActivation = FusedActivation.identity

    /// Creates a batch normalisation.
    ///
    /// - Parameters:
    ///   - epsilon: Added to the variance.
    ///   - momentum: How much of each step's statistics goes into the running ones.
    ///   - hasScale: Whether the scale is a parameter.
    public init(epsilon: Float = 1e-5, momentum: Float = 0.1, hasScale: Bool = true) {
        self.epsilon = epsilon
        self.momentum = momentum
        self.hasScale = hasScale
    }

    /// The same as the input's.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }

    /// The scale and the bias.
    public func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification] {
        let shape = [inputs[0].channels]
        let bias = ParameterSpecification("bias", shape: shape, initializer: .constant(0))
        let weight = ParameterSpecification("weight", shape: shape, initializer: .constant(1))
        return hasScale ? [bias, weight] : [bias]
    }

    /// The running mean and variance.
    public func statistics(for inputs: [FeatureShape]) -> [StatisticSpecification] {
        let channels = inputs[0].channels
        return [
            StatisticSpecification(
                "running_mean", count: channels, initialValue: 0, momentum: momentum),
            StatisticSpecification(
                "running_var", count: channels, initialValue: 1, momentum: momentum),
        ]
    }

    /// Mean, inverse deviation, scale and shift of each channel; two sums in double for each.
    public func memory(for inputs: [FeatureShape], batch: Int) -> LayerMemory {
        let channels = inputs[0].channels
        return LayerMemory(savedCount: 4 * channels, scratchCount: 6 * channels)
    }

    /// The input.
    public var backwardReads: BackwardReads { .inputs }
    /// Element by element, given two sums.
    public var gradientFlow: GradientFlow { .elementwise }

    /// Takes any activation: its input is computed again from the layer's own.
    public func fusing(_ activation: FusedActivation) -> (any Layer)? {
        guard fusedActivation == .identity else { return nil }
        var copy = self
        copy.fusedActivation = activation
        return copy
    }

    /// Normalises.
    public func forward(_ pass: ForwardPass) {
        let channels = pass.inputShape().channels
        let rows = pass.imageCount * pass.inputShape().pixelCount
        let values = ChannelValues(
            pass.context.mode == .training ? pass.saved : pass.scratch, channels: channels)
        if pass.context.mode == .training {
            measure(pass, rows: rows, into: values)
        } else {
            for channel in 0..<channels {
                values.mean[channel] = pass.runningStatistic(0)[channel]
                values.inverse[channel] =
                    1 / (pass.runningStatistic(1)[channel] + epsilon).squareRoot()
            }
        }
        for channel in 0..<channels {
            let scale = (hasScale ? pass.parameter(1)[channel] : 1) * values.inverse[channel]
            values.scale[channel] = scale
            values.shift[channel] = pass.parameter(0)[channel] - values.mean[channel] * scale
        }
        Vectors.kernels.normalize(
            pass.input(), rows: rows, columns: channels, scale: values.scale, shift: values.shift,
            fusedActivation, into: pass.output)
    }

    /// Takes the microbatch's mean and variance.
    private func measure(_ pass: ForwardPass, rows: Int, into values: ChannelValues) {
        let channels = pass.inputShape().channels
        let sums = UnsafeMutableRawPointer(pass.scratch)
            .bindMemory(to: Double.self, capacity: 2 * channels)
        let squares = sums + channels
        ChannelMoments(sums, columns: channels).add(pass.input(), rows: 0..<rows)
        let count = Double(rows)
        let images = Float(pass.imageCount)
        for channel in 0..<channels {
            let shift = sums[channel] / count
            let mean = Float(Double(pass.input()[channel]) + shift)
            let variance = max(0, squares[channel] / count - shift * shift)
            values.mean[channel] = mean
            values.inverse[channel] = Float(1 / (variance + Double(epsilon)).squareRoot())
            // One value has no unbiased variance; the biased one, 0, stands in.
            let unbiased = rows > 1 ? variance * count / (count - 1) : variance
            pass.batchStatistic(0)[channel] = images * mean
            pass.batchStatistic(1)[channel] = images * Float(unbiased)
        }
    }

    /// Computes the gradients of scale, bias and input.
    public func backward(_ pass: BackwardPass) {
        let channels = pass.inputShape().channels
        let rows = pass.imageCount * pass.inputShape().pixelCount
        let values = ChannelValues(pass.saved, channels: channels)
        let sums = UnsafeMutableRawPointer(pass.scratch)
            .bindMemory(to: Double.self, capacity: 2 * channels)
        let products = sums + channels
        Vectors.kernels.normalizationGradientSums(
            pass.input(), outputGradient: pass.outputGradient, rows: rows, columns: channels,
            scale: values.scale, shift: values.shift, mean: values.mean, fusedActivation,
            sums: sums, products: products)
        writeParameterGradients(pass, values, sums: sums, products: products)
        guard let gradient = pass.inputGradient() else { return }
        let slope = pass.scratch + 4 * channels
        let offset = pass.scratch + 5 * channels
        for channel in 0..<channels {
            let scale = values.scale[channel]
            let inverse = values.inverse[channel]
            slope[channel] =
                -scale * inverse * inverse * Float(products[channel] / Double(rows))
            offset[channel] = -scale * Float(sums[channel] / Double(rows))
        }
        Vectors.kernels.normalizationGradient(
            pass.input(), outputGradient: pass.outputGradient, rows: rows, columns: channels,
            scale: values.scale, shift: values.shift, mean: values.mean, slope: slope,
            offset: offset, fusedActivation, into: gradient)
    }

    private func writeParameterGradients(
        _ pass: BackwardPass, _ values: ChannelValues, sums: UnsafePointer<Double>,
        products: UnsafePointer<Double>
    ) {
        let channels = pass.inputShape().channels
        if let gradient = pass.parameterGradient(0) {
            for channel in 0..<channels { gradient[channel] = Float(sums[channel]) }
        }
        if hasScale, let gradient = pass.parameterGradient(1) {
            for channel in 0..<channels {
                gradient[channel] = Float(products[channel] * Double(values.inverse[channel]))
            }
        }
    }
}

/// Four values for each channel, one after the other.
private struct ChannelValues {
    let mean: UnsafeMutablePointer<Float>
    /// 1 / √(variance + epsilon).
    let inverse: UnsafeMutablePointer<Float>
    let scale: UnsafeMutablePointer<Float>
    let shift: UnsafeMutablePointer<Float>

    init(_ base: UnsafeMutablePointer<Float>, channels: Int) {
        mean = base
        inverse = base + channels
        scale = base + 2 * channels
        shift = base + 3 * channels
    }
}
