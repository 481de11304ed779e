/// The extents of a two-dimensional convolution or pooling: what one image's input and output are.
///
/// Activations are [batch, height, width, channel]; filters are
/// [kernelHeight, kernelWidth, inputChannel, outputChannel].
public struct ConvolutionShape: Hashable, Sendable {
    /// Rows of the input.
    public let inputHeight: Int
    /// Columns of the input.
    public let inputWidth: Int
    /// Channels of the input.
    public let inputChannels: Int
    /// Channels of the output.
    public let outputChannels: Int
    /// Rows of the kernel.
    public let kernelHeight: Int
    /// Columns of the kernel.
    public let kernelWidth: Int
    /// Input pixels from one output pixel to the next, in both directions.
    public let stride: Int
    /// Rows and columns of zeros around the input.
    public let padding: Int

    /// Creates a shape; the kernel must fit into the padded input.
    ///
    /// - Parameters:
    ///   - inputHeight: Rows of the input.
    ///   - inputWidth: Columns of the input.
    ///   - inputChannels: Channels of the input.
    ///   - outputChannels: Channels of the output.
    ///   - kernelHeight: Rows of the kernel.
    ///   - kernelWidth: Columns of the kernel.
    ///   - stride: Input pixels from one output pixel to the next.
    ///   - padding: Rows and columns of zeros around the input.
    public init(
        inputHeight: Int, inputWidth: Int, inputChannels: Int, outputChannels: Int,
        kernelHeight: Int, kernelWidth: Int, stride: Int, padding: Int
    ) {
        precondition(
            min(inputHeight, inputWidth, inputChannels, outputChannels) > 0
                && min(kernelHeight, kernelWidth, stride) > 0 && padding >= 0,
            "extents must be positive: input \(inputHeight)×\(inputWidth)×\(inputChannels), "
                + "output channels \(outputChannels), kernel \(kernelHeight)×\(kernelWidth), "
                + "stride \(stride), padding \(padding)")
        precondition(
            inputHeight + 2 * padding >= kernelHeight && inputWidth + 2 * padding >= kernelWidth,
            "kernel \(kernelHeight)×\(kernelWidth) exceeds the input \(inputHeight)×\(inputWidth) "
                + "with padding \(padding)")
        self.inputHeight = inputHeight
        self.inputWidth = inputWidth
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.stride = stride
        self.padding = padding
    }

    /// Rows of the output.
    public var outputHeight: Int { (inputHeight + 2 * padding - kernelHeight) / stride + 1 }
    /// Columns of the output.
    public var outputWidth: Int { (inputWidth + 2 * padding - kernelWidth) / stride + 1 }
    /// Floats of one image's input.
    public var inputCount: Int { inputHeight * inputWidth * inputChannels }
    /// Pixels of one image's output.
    public var outputPixelCount: Int { outputHeight * outputWidth }
    /// Floats of one image's output.
    public var outputCount: Int { outputPixelCount * outputChannels }
    /// Input values that one output value depends on.
    public var patchCount: Int { kernelHeight * kernelWidth * inputChannels }
    /// Floats of the filters.
    public var filterCount: Int { patchCount * outputChannels }
}
