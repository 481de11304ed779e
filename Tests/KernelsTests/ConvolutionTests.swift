import Kernels
import Randomness
import Testing
import VectorInterface

/// Convolutions beside seven nested loops in double.
@Suite struct ConvolutionTests {
    static let shapes: [ConvolutionShape] = [
        (1, 1, 1, 1, 1, 1, 0), (5, 7, 3, 5, 3, 1, 1), (5, 7, 3, 5, 3, 1, 0), (6, 7, 3, 17, 3, 2, 1),
        (7, 5, 5, 3, 5, 1, 2), (9, 8, 2, 3, 7, 2, 3), (6, 6, 16, 8, 1, 1, 0), (6, 5, 4, 3, 1, 2, 0),
        (5, 6, 3, 2, 2, 1, 1), (12, 13, 24, 32, 3, 1, 1), (3, 4, 2, 3, 3, 1, 2),
        (4, 4, 3, 3, 3, 1, 4),
    ].map { height, width, inputs, outputs, kernel, stride, padding in
        ConvolutionShape(
            inputHeight: height, inputWidth: width, inputChannels: inputs, outputChannels: outputs,
            kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding)
    }

    private func random(_ name: String, _ count: Int) -> [Float] {
        let key = RandomKey(seed: 12).derived(name)
        return (0..<count).map { 2 * key.uniform(at: $0) - 1 }
    }

    /// Calls `body` with the positions of the image, filter and output values of each product.
    private func forEachProduct(
        _ shape: ConvolutionShape, batch: Int,
        _ body: (_ image: Int, _ filter: Int, _ output: Int) -> Void
    ) {
        for pixel in 0..<batch * shape.outputPixelCount {
            let image = pixel / shape.outputPixelCount
            let row = pixel % shape.outputPixelCount / shape.outputWidth
            let column = pixel % shape.outputWidth
            for position in 0..<shape.patchCount {
                let channel = position % shape.inputChannels
                let kernelColumn = position / shape.inputChannels % shape.kernelWidth
                let kernelRow = position / (shape.inputChannels * shape.kernelWidth)
                let y = row * shape.stride + kernelRow - shape.padding
                let x = column * shape.stride + kernelColumn - shape.padding
                guard (0..<shape.inputHeight).contains(y), (0..<shape.inputWidth).contains(x) else {
                    continue
                }
                let source =
                    ((image * shape.inputHeight + y) * shape.inputWidth + x)
                    * shape.inputChannels + channel
                for output in 0..<shape.outputChannels {
                    body(
                        source, position * shape.outputChannels + output,
                        pixel * shape.outputChannels + output)
                }
            }
        }
    }

    private func largestDifference(_ own: [Float], _ expected: [Double]) -> Double {
        zip(own, expected).reduce(0) {
            let difference = abs(Double($1.0) - $1.1)
            return difference.isNaN ? .infinity : max($0, difference)
        }
    }

    @Test(arguments: shapes, [1, 3]) func allPasses(_ shape: ConvolutionShape, _ batch: Int) {
        let images = random("images", batch * shape.inputCount)
        let filters = random("filters", shape.filterCount)
        let bias = random("bias", shape.outputChannels)
        let gradients = random("gradients", batch * shape.outputCount)
        let convolution = DirectConvolution(shape)
        var scratch = [Float](repeating: .nan, count: convolution.scratchCount)

        var outputs = [Double](repeating: 0, count: gradients.count)
        var filterGradients = [Double](repeating: 0, count: filters.count)
        var imageGradients = [Double](repeating: 0, count: images.count)
        forEachProduct(shape, batch: batch) { image, filter, output in
            outputs[output] += Double(images[image]) * Double(filters[filter])
            filterGradients[filter] += Double(images[image]) * Double(gradients[output])
            imageGradients[image] += Double(filters[filter]) * Double(gradients[output])
        }

        var ownOutputs = [Float](repeating: .nan, count: outputs.count)
        convolution.forward(
            images, batch: batch, filters: filters, bias: bias, .relu, into: &ownOutputs,
            scratch: &scratch)
        let biased = outputs.indices.map {
            max(outputs[$0] + Double(bias[$0 % shape.outputChannels]), 0)
        }
        #expect(largestDifference(ownOutputs, biased) < 2e-5)

        var ownFilters = [Float](repeating: .nan, count: filters.count)
        convolution.filterGradients(
            images, outputGradients: gradients, batch: batch, into: &ownFilters, scratch: &scratch)
        #expect(largestDifference(ownFilters, filterGradients) < 2e-4)

        var ownImages = [Float](repeating: .nan, count: images.count)
        convolution.imageGradients(
            gradients, batch: batch, filters: filters, into: &ownImages, scratch: &scratch)
        #expect(largestDifference(ownImages, imageGradients) < 2e-5)
        convolution.imageGradients(
            gradients, batch: batch, filters: filters, accumulates: true, into: &ownImages,
            scratch: &scratch)
        #expect(largestDifference(ownImages, imageGradients.map { 2 * $0 }) < 4e-5)
    }

    /// More output pixels than one block of patches takes.
    @Test func severalBlocks() {
        let shape = ConvolutionShape(
            inputHeight: 40, inputWidth: 40, inputChannels: 16, outputChannels: 4, kernelHeight: 3,
            kernelWidth: 3, stride: 1, padding: 1)
        allPasses(shape, 2)
    }
}
