import Kernels
import Testing
import VectorInterface

/// Convolutions beside nested loops in double.
@Suite struct ConvolutionTests {
    private static func shape(
        _ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1,
        padding: Int
    ) -> ConvolutionShape {
        ConvolutionShape(
            inputHeight: height, inputWidth: width, inputChannels: inputs, outputChannels: outputs,
            kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding)
    }

    static let shapes: [ConvolutionShape] = [
        shape(1, 1, 1, 1, kernel: 1, padding: 0), shape(5, 7, 3, 5, kernel: 3, padding: 1),
        shape(5, 7, 3, 5, kernel: 3, padding: 0),
        shape(6, 7, 3, 17, kernel: 3, stride: 2, padding: 1),
        shape(7, 5, 5, 3, kernel: 5, padding: 2),
        shape(9, 8, 2, 3, kernel: 7, stride: 2, padding: 3),
        shape(6, 6, 16, 8, kernel: 1, padding: 0),
        shape(6, 5, 4, 3, kernel: 1, stride: 2, padding: 0),
        shape(5, 6, 3, 2, kernel: 2, padding: 1), shape(12, 13, 24, 32, kernel: 3, padding: 1),
        shape(3, 4, 2, 3, kernel: 3, padding: 2), shape(4, 4, 3, 3, kernel: 3, padding: 4),
    ]

    /// More output pixels than one block of patches takes, and more tiles than one block of those.
    static let large = shape(40, 40, 16, 4, kernel: 3, padding: 1)

    @Test(arguments: shapes + [large], [1, 3])
    func direct(_ shape: ConvolutionShape, _ batch: Int) {
        let reference = ConvolutionReference(shape, batch: batch)
        let convolution = DirectConvolution(shape)
        var scratch = [Float](repeating: .nan, count: convolution.scratchCount)
        var prepared = [Float](repeating: .nan, count: convolution.preparedFilterCount)
        convolution.prepareFilters(reference.filters, into: &prepared)

        let outputs = reference.emptyOutputs
        convolution.forward(
            reference.images, batch: batch, preparedFilters: prepared, bias: reference.bias,
            into: outputs, scratch: &scratch)
        #expect(relativeError(outputs.values, reference.biasedOutputs) < 5e-7)

        var filterGradients = [Float](repeating: .nan, count: reference.filters.count)
        convolution.filterGradients(
            reference.images, outputGradients: reference.gradientRows, batch: batch,
            into: &filterGradients, scratch: &scratch)
        #expect(relativeError(filterGradients, reference.filterGradients) < 1e-6)

        var imageGradients = [Float](repeating: .nan, count: reference.images.count)
        convolution.imageGradients(
            reference.outputGradients, batch: batch, preparedFilters: prepared,
            into: &imageGradients, scratch: &scratch)
        #expect(relativeError(imageGradients, reference.imageGradients) < 5e-7)
        convolution.imageGradients(
            reference.outputGradients, batch: batch, preparedFilters: prepared, accumulates: true,
            into: &imageGradients, scratch: &scratch)
        #expect(relativeError(imageGradients, reference.imageGradients.map { 2 * $0 }) < 5e-7)
    }

    @Test(arguments: (shapes + [large]).filter(WinogradConvolution.canCompute), [1, 3])
    func winograd(_ shape: ConvolutionShape, _ batch: Int) {
        let reference = ConvolutionReference(shape, batch: batch)
        let convolution = WinogradConvolution(shape, tilesPerBlock: 20)
        var transformed = [Float](repeating: .nan, count: convolution.transformedFilterCount)
        convolution.transformFilters(reference.filters, into: &transformed)
        convolution.transformTransposedFilters(reference.filters, into: &transformed)

        var scratch = [Float](repeating: .nan, count: convolution.forwardScratchCount)
        let outputs = reference.emptyOutputs
        convolution.forward(
            reference.images, batch: batch, transformedFilters: transformed, bias: reference.bias,
            into: outputs, scratch: &scratch)
        #expect(relativeError(outputs.values, reference.biasedOutputs) < 3e-6)

        scratch = Array(repeating: .nan, count: convolution.backwardScratchCount)
        var filterGradients = [Float](repeating: .nan, count: reference.filters.count)
        var imageGradients = [Float](repeating: .nan, count: reference.images.count)
        convolution.backward(
            reference.images, outputGradients: reference.gradientRows, batch: batch,
            transformedFilters: transformed, filterGradients: &filterGradients,
            imageGradients: &imageGradients, scratch: &scratch)
        #expect(relativeError(filterGradients, reference.filterGradients) < 3e-6)
        #expect(relativeError(imageGradients, reference.imageGradients) < 3e-6)

        convolution.backward(
            reference.images, outputGradients: reference.gradientRows, batch: batch,
            transformedFilters: transformed, filterGradients: nil,
            imageGradients: &imageGradients, accumulates: true, scratch: &scratch)
        #expect(relativeError(imageGradients, reference.imageGradients.map { 2 * $0 }) < 3e-6)
    }
}
