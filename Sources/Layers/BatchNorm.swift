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
    public func memory(
        for inputs: [FeatureShape], batch: Int, mode: PassMode
    ) -> LayerMemory {
        let channels = inputs[0].channels
        return LayerMemory(savedCount: 4 * channels, scratchCount: 6 * channels)
    }

    /// A batch normalisation, unless an activation follows.
    public var operation: LayerOperation? {
        fusedActivation == .identity
            ? .batchNormalization(epsilon: epsilon, hasScale: hasScale) : nil
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
        let isTraining = pass.context.mode == .training
        let values = ChannelValues(isTraining ? pass.saved : pass.scratch, channels: channels)
        if isTraining {
            let moments = ChannelMoments(doubles(pass.scratch), columns: channels)
            moments.add(pass.input(), rows: 0..<rows)
            measure(
                moments, firstRow: pass.input(), rows: rows, pass: pass, statistic: 0,
                into: values)
        } else {
            takeRunningStatistics(pass, statistic: 0, into: values)
        }
        setAffine(pass, parameter: 0, of: values)
        Vectors.kernels.normalize(
            pass.input(), rows: rows, columns: channels, scale: values.scale, shift: values.shift,
            fusedActivation, into: pass.output)
    }

    /// Computes the gradients of scale, bias and input.
    public func backward(_ pass: BackwardPass) {
        let channels = pass.inputShape().channels
        let rows = pass.imageCount * pass.inputShape().pixelCount
        let values = ChannelValues(pass.saved, channels: channels)
        let sums = doubles(pass.scratch)
        let products = sums + channels
        Vectors.kernels.normalizationGradientSums(
            pass.input(), outputGradient: pass.outputGradient, rows: rows, columns: channels,
            scale: values.scale, shift: values.shift, mean: values.mean, fusedActivation,
            sums: sums, products: products)
        let slopes = finishGradients(
            pass, parameter: 0, values, rows: rows, sums: sums, products: products,
            memory: pass.scratch + 4 * channels)
        guard let gradient = pass.inputGradient() else { return }
        Vectors.kernels.normalizationGradient(
            pass.input(), outputGradient: pass.outputGradient, rows: rows, columns: channels,
            scale: values.scale, shift: values.shift, mean: values.mean, slope: slopes.slope,
            offset: slopes.offset, fusedActivation, into: gradient)
    }
}

/// The parts of the passes, for layers that have a batch normalisation inside.
extension BatchNorm {
    /// The layer without its activation, and the activation.
    var parts: (norm: BatchNorm, activation: FusedActivation) {
        var norm = self
        norm.fusedActivation = .identity
        return (norm, fusedActivation)
    }

    /// Takes the microbatch's mean and variance.
    ///
    /// - Parameters:
    ///   - moments: The sums over all rows.
    ///   - firstRow: What the moments are shifted by.
    ///   - rows: The number of rows.
    ///   - pass: Where the statistics go.
    ///   - statistic: The number of the layer's first statistic.
    ///   - values: Where mean and inverse deviation go.
    func measure(
        _ moments: ChannelMoments, firstRow: UnsafePointer<Float>, rows: Int, pass: ForwardPass,
        statistic: Int, into values: ChannelValues
    ) {
        let count = Double(rows)
        let images = Float(pass.imageCount)
        for channel in 0..<values.channels {
            let shift = moments.sums[channel] / count
            let mean = Float(Double(firstRow[channel]) + shift)
            let variance = max(0, moments.squares[channel] / count - shift * shift)
            values.mean[channel] = mean
            values.inverse[channel] = Float(1 / (variance + Double(epsilon)).squareRoot())
            // One value has no unbiased variance; the biased one, 0, stands in.
            let unbiased = rows > 1 ? variance * count / (count - 1) : variance
            pass.batchStatistic(statistic)[channel] = images * mean
            pass.batchStatistic(statistic + 1)[channel] = images * Float(unbiased)
        }
    }

    /// Takes the running mean and variance.
    func takeRunningStatistics(_ pass: ForwardPass, statistic: Int, into values: ChannelValues) {
        for channel in 0..<values.channels {
            values.mean[channel] = pass.runningStatistic(statistic)[channel]
            values.inverse[channel] =
                1 / (pass.runningStatistic(statistic + 1)[channel] + epsilon).squareRoot()
        }
    }

    /// Turns mean, inverse deviation, scale and bias into y = scale · x + shift.
    ///
    /// - Parameters:
    ///   - pass: Where the parameters are.
    ///   - parameter: The number of the layer's first parameter.
    ///   - values: Mean and inverse deviation; scale and shift are written.
    func setAffine(_ pass: ForwardPass, parameter: Int, of values: ChannelValues) {
        for channel in 0..<values.channels {
            let weight = hasScale ? pass.parameter(parameter + 1)[channel] : 1
            let scale = weight * values.inverse[channel]
            values.scale[channel] = scale
            values.shift[channel] =
                pass.parameter(parameter)[channel] - values.mean[channel] * scale
        }
    }

    /// Turns the two sums into the parameters' gradients and the slopes of the input's.
    ///
    /// - Parameters:
    ///   - pass: Where the parameters' gradients go.
    ///   - parameter: The number of the layer's first parameter.
    ///   - values: Those of the forward pass.
    ///   - rows: The number of rows.
    ///   - sums: Σ dz, [channel].
    ///   - products: Σ dz · (x − mean), [channel].
    ///   - memory: 2 · channels floats for the slopes.
    /// - Returns: The slopes.
    func finishGradients(
        _ pass: BackwardPass, parameter: Int, _ values: ChannelValues, rows: Int,
        sums: UnsafePointer<Double>, products: UnsafePointer<Double>,
        memory: UnsafeMutablePointer<Float>
    ) -> NormalizationSlopes {
        let slope = memory
        let offset = memory + values.channels
        for channel in 0..<values.channels {
            let scale = values.scale[channel]
            let inverse = values.inverse[channel]
            slope[channel] = -scale * inverse * inverse * Float(products[channel] / Double(rows))
            offset[channel] = -scale * Float(sums[channel] / Double(rows))
        }
        if let gradient = pass.parameterGradient(parameter) {
            for channel in 0..<values.channels { gradient[channel] = Float(sums[channel]) }
        }
        if hasScale, let gradient = pass.parameterGradient(parameter + 1) {
            for channel in 0..<values.channels {
                gradient[channel] = Float(products[channel] * Double(values.inverse[channel]))
            }
        }
        return NormalizationSlopes(
            affine: values.affine, mean: values.mean, slope: slope, offset: offset)
    }
}

/// Scratch memory as doubles.
func doubles(_ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Double.self)
}

/// Four values for each channel, one after the other.
struct ChannelValues {
    let channels: Int
    let mean: UnsafeMutablePointer<Float>
    /// 1 / √(variance + epsilon).
    let inverse: UnsafeMutablePointer<Float>
    let scale: UnsafeMutablePointer<Float>
    let shift: UnsafeMutablePointer<Float>

    /// Floats of memory for some channels.
    static func count(channels: Int) -> Int { 4 * channels }

    init(_ base: UnsafeMutablePointer<Float>, channels: Int) {
        self.channels = channels
        mean = base
        inverse = base + channels
        scale = base + 2 * channels
        shift = base + 3 * channels
    }

    var affine: ChannelAffine { ChannelAffine(scale: scale, shift: shift) }
}
