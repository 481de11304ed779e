import Kernels
import Randomness

/// A convolution's operands and its results by nested loops in double.
struct ConvolutionReference {
    let shape: ConvolutionShape
    let batch: Int
    let images: [Float]
    let filters: [Float]
    let bias: [Float]
    let outputGradients: [Float]
    private(set) var outputs: [Double]
    private(set) var filterGradients: [Double]
    private(set) var imageGradients: [Double]

    init(_ shape: ConvolutionShape, batch: Int) {
        self.shape = shape
        self.batch = batch
        images = Self.random("images", batch * shape.inputCount)
        filters = Self.random("filters", shape.filterCount)
        bias = Self.random("bias", shape.outputChannels)
        outputGradients = Self.random("gradients", batch * shape.outputCount)
        outputs = Array(repeating: 0, count: outputGradients.count)
        filterGradients = Array(repeating: 0, count: filters.count)
        imageGradients = Array(repeating: 0, count: images.count)
        for pixel in 0..<batch * shape.outputPixelCount {
            for position in 0..<shape.patchCount { addProducts(pixel, position) }
        }
    }

    /// The output gradients as kernels take them.
    var gradientRows: ArrayRows { ArrayRows(outputGradients, columns: shape.outputChannels) }

    /// A place for outputs, of which none is there yet.
    var emptyOutputs: ArrayRows {
        ArrayRows(
            [Float](repeating: .nan, count: outputs.count), columns: shape.outputChannels)
    }

    var biasedOutputs: [Double] {
        outputs.indices.map { outputs[$0] + Double(bias[$0 % shape.outputChannels]) }
    }

    private mutating func addProducts(_ pixel: Int, _ position: Int) {
        let image = pixel / shape.outputPixelCount
        let channel = position % shape.inputChannels
        let kernelColumn = position / shape.inputChannels % shape.kernelWidth
        let kernelRow = position / (shape.inputChannels * shape.kernelWidth)
        let row = pixel % shape.outputPixelCount / shape.outputWidth
        let y = row * shape.stride + kernelRow - shape.padding
        let x = pixel % shape.outputWidth * shape.stride + kernelColumn - shape.padding
        guard (0..<shape.inputHeight).contains(y), (0..<shape.inputWidth).contains(x) else {
            return
        }
        let source =
            ((image * shape.inputHeight + y) * shape.inputWidth + x) * shape.inputChannels + channel
        for channel in 0..<shape.outputChannels {
            let filter = position * shape.outputChannels + channel
            let output = pixel * shape.outputChannels + channel
            outputs[output] += Double(images[source]) * Double(filters[filter])
            filterGradients[filter] += Double(images[source]) * Double(outputGradients[output])
            imageGradients[source] += Double(filters[filter]) * Double(outputGradients[output])
        }
    }

    private static func random(_ name: String, _ count: Int) -> [Float] {
        let key = RandomKey(seed: 12).derived(name)
        return (0..<count).map { 2 * key.uniform(at: $0) - 1 }
    }
}

/// The rows of a matrix in memory of their own.
final class ArrayRows: RowSource, RowSink {
    private let memory: UnsafeMutableBufferPointer<Float>
    private let columns: Int

    init(_ values: [Float], columns: Int) {
        memory = .allocate(capacity: values.count)
        _ = memory.initialize(fromContentsOf: values)
        self.columns = columns
    }

    deinit { memory.deallocate() }

    var values: [Float] { Array(memory) }

    func rows(_ range: Range<Int>) -> UnsafePointer<Float> { UnsafePointer(place(for: range)) }

    func place(for range: Range<Int>) -> UnsafeMutablePointer<Float> {
        memory.baseAddress.unsafelyUnwrapped + range.lowerBound * columns
    }

    func completed(_ range: Range<Int>) {}
}

/// ‖own − expected‖ / ‖expected‖, and infinity for a NaN.
func relativeError(_ own: [Float], _ expected: [Double]) -> Double {
    var difference = 0.0
    var size = 0.0
    for (own, expected) in zip(own, expected) {
        difference += (Double(own) - expected) * (Double(own) - expected)
        size += expected * expected
    }
    let error = (difference / max(size, 1e-30)).squareRoot()
    return error.isNaN || own.count != expected.count ? .infinity : error
}
