import Diagnostics
import Kernels

/// The largest value of each window and channel.
///
/// Rows and columns that fill no whole window are left out; padding never wins. The gradient goes to
/// the window's first largest value.
public struct MaxPool: Layer {
    private let window: PoolingWindow

    /// Creates a max pooling.
    ///
    /// - Parameters:
    ///   - kernel: Rows and columns of a window.
    ///   - stride: Input pixels from one window to the next; by default the kernel.
    ///   - padding: Rows and columns around the input that windows may reach into, at most half of
    ///     the kernel.
    public init(_ kernel: Int, stride: Int? = nil, padding: Int = 0) {
        precondition(2 * padding <= kernel, "padding \(padding) exceeds half of kernel \(kernel)")
        window = PoolingWindow(kernel: kernel, stride: stride ?? kernel, padding: padding)
    }

    /// Whether windows are 2×2 pixels that do not overlap.
    var isOfPairs: Bool { window == PoolingWindow(kernel: 2, stride: 2, padding: 0) }

    /// One pixel for each window.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape {
        try window.outputShape(for: inputs[0])
    }

    /// One window's offsets.
    public func memory(
        for inputs: [FeatureShape], batch: Int, mode: PassMode
    ) -> LayerMemory {
        LayerMemory(scratchCount: window.scratchCount)
    }

    /// The windows.
    public var operation: LayerOperation? {
        .maximumPooling(kernel: window.kernel, stride: window.stride, padding: window.padding)
    }
    /// Both: the first input equal to the output was the largest.
    public var backwardReads: BackwardReads { [.inputs, .output] }

    /// Takes the largest values.
    public func forward(_ pass: ForwardPass) {
        let input = pass.inputShape()
        let output = pass.outputShape
        let vectors = Vectors.kernels
        for image in 0..<pass.imageCount {
            let source = pass.input() + image * input.count
            let target = pass.output + image * output.count
            window.forEach(input: input, output: output, scratch: pass.scratch) {
                vectors.windowMaximum(
                    source, offsets: $0, offsetCount: $1, channels: input.channels,
                    into: target + $2)
            }
        }
    }

    /// Hands each gradient to the value that was the largest.
    public func backward(_ pass: BackwardPass) {
        guard let gradients = pass.inputGradient() else { return }
        let input = pass.inputShape()
        let output = pass.outputShape
        let vectors = Vectors.kernels
        let accumulates = !window.tiles(input)
        if accumulates { gradients.update(repeating: 0, count: pass.imageCount * input.count) }
        for image in 0..<pass.imageCount {
            let source = pass.input() + image * input.count
            let largest = pass.output + image * output.count
            let outputGradient = pass.outputGradient + image * output.count
            let target = gradients + image * input.count
            window.forEach(input: input, output: output, scratch: pass.scratch) {
                vectors.windowMaximumGradient(
                    source, y: largest + $2, outputGradient: outputGradient + $2, offsets: $0,
                    offsetCount: $1, channels: input.channels, accumulates: accumulates,
                    into: target)
            }
        }
    }
}
