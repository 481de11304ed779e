import Diagnostics
import Kernels

/// The mean of each window and channel.
///
/// Rows and columns that fill no whole window are left out.
public struct AveragePool: Layer {
    private let window: PoolingWindow
    private let countsPadding: Bool

    /// Creates an average pooling.
    ///
    /// - Parameters:
    ///   - kernel: Rows and columns of a window.
    ///   - stride: Input pixels from one window to the next; by default the kernel.
    ///   - padding: Rows and columns around the input that windows may reach into, at most half of
    ///     the kernel.
    ///   - countsPadding: Whether the padding counts as zeros in the mean, as in PyTorch's default.
    public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = true) {
        precondition(2 * padding <= kernel, "padding \(padding) exceeds half of kernel \(kernel)")
        window = PoolingWindow(kernel: kernel, stride: stride ?? kernel, padding: padding)
        self.countsPadding = countsPadding
    }

    /// One pixel for each window.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape {
        try window.outputShape(for: inputs[0])
    }

    /// One window's offsets and one pixel.
    public func memory(
        for inputs: [FeatureShape], batch: Int, mode: PassMode
    ) -> LayerMemory {
        LayerMemory(scratchCount: aligned(window.scratchCount) + inputs[0].channels)
    }

    /// The windows.
    public var operation: LayerOperation? {
        .averagePooling(
            kernel: window.kernel, stride: window.stride, padding: window.padding,
            countsPadding: countsPadding)
    }

    private func factor(_ count: Int) -> Float {
        1 / Float(countsPadding ? window.kernel * window.kernel : count)
    }

    /// Takes the means.
    public func forward(_ pass: ForwardPass) {
        let input = pass.inputShape()
        let output = pass.outputShape
        let vectors = Vectors.kernels
        for image in 0..<pass.imageCount {
            let source = pass.input() + image * input.count
            let target = pass.output + image * output.count
            window.forEach(input: input, output: output, scratch: pass.scratch) {
                let mean = target + $2
                mean.update(repeating: 0, count: input.channels)
                for pixel in 0..<$1 {
                    vectors.accumulate(source + $0[pixel], into: mean, count: input.channels)
                }
                vectors.scale(mean, by: factor($1), into: mean, count: input.channels)
            }
        }
    }

    /// Spreads each gradient evenly over its window.
    public func backward(_ pass: BackwardPass) {
        guard let gradients = pass.inputGradient() else { return }
        let input = pass.inputShape()
        let output = pass.outputShape
        let vectors = Vectors.kernels
        let share = pass.scratch + aligned(window.scratchCount)
        gradients.update(repeating: 0, count: pass.imageCount * input.count)
        for image in 0..<pass.imageCount {
            let source = pass.outputGradient + image * output.count
            let target = gradients + image * input.count
            window.forEach(input: input, output: output, scratch: pass.scratch) {
                vectors.scale(source + $2, by: factor($1), into: share, count: input.channels)
                for pixel in 0..<$1 {
                    vectors.accumulate(share, into: target + $0[pixel], count: input.channels)
                }
            }
        }
    }
}

/// The mean of each channel over all pixels of an image.
///
/// Source: Lin, Chen & Yan 2014.
public struct GlobalAveragePool: Layer {
    /// Creates a global average pooling.
    public init() {}

    /// A vector of the channels.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape {
        .vector(inputs[0].channels)
    }

    /// The means of channels.
    public var operation: LayerOperation? { .globalAveragePooling }

    /// Takes the means.
    public func forward(_ pass: ForwardPass) {
        let input = pass.inputShape()
        for image in 0..<pass.imageCount {
            let mean = pass.output + image * input.channels
            Vectors.kernels.sumRows(
                of: pass.input() + image * input.count, rows: input.pixelCount,
                columns: input.channels, accumulates: false, into: mean)
            Vectors.kernels.scale(
                mean, by: 1 / Float(input.pixelCount), into: mean, count: input.channels)
        }
    }

    /// Spreads each gradient evenly over the pixels.
    public func backward(_ pass: BackwardPass) {
        guard let gradients = pass.inputGradient() else { return }
        let input = pass.inputShape()
        for pixel in 0..<pass.imageCount * input.pixelCount {
            Vectors.kernels.scale(
                pass.outputGradient + pixel / input.pixelCount * input.channels,
                by: 1 / Float(input.pixelCount), into: gradients + pixel * input.channels,
                count: input.channels)
        }
    }
}
