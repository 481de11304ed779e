import VectorInterface

/// A convolution with the way in which it is computed.
public enum ConvolutionAlgorithm: Sendable {
    /// By products over patches.
    case direct(DirectConvolution)
    /// By Winograd's method.
    case winograd(WinogradConvolution)

    /// Chooses how to compute a convolution.
    ///
    /// - Parameters:
    ///   - shape: What is convolved with what.
    ///   - method: How convolutions are computed.
    public init(_ shape: ConvolutionShape, _ method: ConvolutionMethod) {
        self =
            method.usesWinograd(for: shape)
            ? .winograd(WinogradConvolution(shape)) : .direct(DirectConvolution(shape))
    }

    /// The most output pixels that a pass asks a sink or source for at a time, but for passes that
    /// need all of them in memory.
    public var blockPixelCount: Int {
        switch self {
        case .direct(let convolution): convolution.blockPixelCount
        case .winograd(let convolution): convolution.blockPixelCount
        }
    }

    /// Whether the gradients of the images need all output gradients in memory.
    public var readsStoredGradients: Bool {
        if case .direct = self { true } else { false }
    }

    /// Floats that `prepareFilters` writes.
    ///
    /// - Parameter isTraining: Whether there will be backward passes.
    /// - Returns: The number of floats.
    public func preparedFilterCount(isTraining: Bool) -> Int {
        switch self {
        case .direct(let convolution): convolution.preparedFilterCount
        case .winograd(let convolution):
            isTraining ? convolution.transformedFilterCount : convolution.forwardFilterCount
        }
    }

    /// Floats of scratch memory that passes need.
    ///
    /// - Parameter isTraining: Whether there will be backward passes.
    /// - Returns: The number of floats.
    public func scratchCount(isTraining: Bool) -> Int {
        switch self {
        case .direct(let convolution): convolution.scratchCount
        case .winograd(let convolution):
            isTraining
                ? max(convolution.forwardScratchCount, convolution.backwardScratchCount)
                : convolution.forwardScratchCount
        }
    }

    /// Brings the filters into the order in which passes read them, for as many passes as they do not
    /// change.
    ///
    /// - Parameters:
    ///   - filters: [kernelHeight, kernelWidth, inputChannel, outputChannel].
    ///   - isTraining: Whether there will be backward passes.
    ///   - prepared: `preparedFilterCount` floats.
    public func prepareFilters(
        _ filters: UnsafePointer<Float>, isTraining: Bool,
        into prepared: UnsafeMutablePointer<Float>
    ) {
        switch self {
        case .direct(let convolution): convolution.prepareFilters(filters, into: prepared)
        case .winograd(let convolution):
            convolution.transformFilters(filters, into: prepared)
            if isTraining { convolution.transformTransposedFilters(filters, into: prepared) }
        }
    }

    /// Computes the outputs.
    ///
    /// - Parameters:
    ///   - images: [batch, inputHeight, inputWidth, inputChannel].
    ///   - batch: The number of images.
    ///   - prepared: What `prepareFilters` wrote.
    ///   - bias: [outputChannel], or nil.
    ///   - sink: Takes the outputs, [batch · outputHeight · outputWidth, outputChannel], in whole pairs
    ///     of rows; at the end of an image of odd height also the last row with them or alone.
    ///   - scratch: `scratchCount` floats.
    public func forward(
        _ images: UnsafePointer<Float>, batch: Int, preparedFilters prepared: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, into sink: some RowSink,
        scratch: UnsafeMutablePointer<Float>
    ) {
        switch self {
        case .direct(let convolution):
            convolution.forward(
                images, batch: batch, preparedFilters: prepared, bias: bias,
                into: sink, scratch: scratch)
        case .winograd(let convolution):
            convolution.forward(
                images, batch: batch, transformedFilters: prepared, bias: bias,
                into: sink, scratch: scratch)
        }
    }

    /// Computes the gradients with respect to the filters, summed over the batch, and the images.
    ///
    /// - Parameters:
    ///   - images: The forward pass's input.
    ///   - outputGradients: [batch · outputHeight · outputWidth, outputChannel], taken like the
    ///     outputs, each row once.
    ///   - stored: Where the same are in memory once they have been taken; read only if
    ///     `readsStoredGradients` and image gradients are asked for.
    ///   - batch: The number of images.
    ///   - prepared: What `prepareFilters` wrote.
    ///   - filterGradients: [kernelHeight, kernelWidth, inputChannel, outputChannel], or nil.
    ///   - imageGradients: [batch, inputHeight, inputWidth, inputChannel], or nil.
    ///   - accumulates: Whether the image gradients are added to what is there.
    ///   - scratch: `scratchCount` floats.
    public func backward(
        _ images: UnsafePointer<Float>, outputGradients: some RowSource, stored: StoredRows,
        batch: Int, preparedFilters prepared: UnsafePointer<Float>,
        filterGradients: UnsafeMutablePointer<Float>?,
        imageGradients: UnsafeMutablePointer<Float>?, accumulates: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        switch self {
        case .direct(let convolution):
            let pixels = 0..<batch * convolution.shape.outputPixelCount
            if let filterGradients {
                convolution.filterGradients(
                    images, outputGradients: outputGradients, batch: batch, into: filterGradients,
                    scratch: scratch)
            } else if imageGradients != nil {
                _ = outputGradients.rows(pixels)
            }
            if let imageGradients {
                convolution.imageGradients(
                    stored.rows(pixels), batch: batch, preparedFilters: prepared,
                    accumulates: accumulates, into: imageGradients, scratch: scratch)
            }
        case .winograd(let convolution):
            convolution.backward(
                images, outputGradients: outputGradients, batch: batch,
                transformedFilters: prepared, filterGradients: filterGradients,
                imageGradients: imageGradients, accumulates: accumulates, scratch: scratch)
        }
    }
}
