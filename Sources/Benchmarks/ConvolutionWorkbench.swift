import Kernels
import Layers

extension ConvolutionMethod {
    /// The ways in which a shape can be computed.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: At least the direct one.
    static func all(for shape: ConvolutionShape) -> [ConvolutionMethod] {
        WinogradConvolution.canCompute(shape) ? [.winograd, .direct] : [.direct]
    }

    /// The way that networks take where nobody chose one.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: The way.
    static func automatic(for shape: ConvolutionShape) -> ConvolutionMethod {
        ConvolutionMethod.automatic.usesWinograd(for: shape) ? .winograd : .direct
    }
}

/// One of the passes of a convolution.
enum ConvolutionPass: String, Sendable, CaseIterable {
    /// The outputs.
    case forward
    /// The gradient with respect to the images.
    case imageGradient = "image gradient"
    /// The gradient with respect to the filters.
    case filterGradient = "filter gradient"
}

/// A convolution with memory for its operands and results: the one place in which benchmarks call
/// convolutions.
final class ConvolutionWorkbench {
    /// What is convolved with what.
    let shape: ConvolutionShape
    /// The number of images.
    let batch: Int
    private let algorithm: ConvolutionAlgorithm
    /// [batch, inputHeight, inputWidth, inputChannel].
    let images: Arena
    /// [kernelHeight, kernelWidth, inputChannel, outputChannel].
    let filters: Arena
    /// [batch, outputHeight, outputWidth, outputChannel].
    let outputs: Arena
    /// As `outputs`.
    let outputGradients: Arena
    /// As `images`.
    let imageGradients: Arena
    /// As `filters`.
    let filterGradients: Arena
    private let preparedFilters: Arena
    private let scratch: Arena

    /// Makes room; the operands are numbers in ±1.
    ///
    /// - Parameters:
    ///   - shape: What is convolved with what.
    ///   - batch: The number of images.
    ///   - method: How it is computed.
    init(_ shape: ConvolutionShape, batch: Int, _ method: ConvolutionMethod) {
        self.shape = shape
        self.batch = batch
        algorithm = ConvolutionAlgorithm(shape, method)
        images = Arena.random(count: batch * shape.inputCount)
        filters = Arena.random(count: shape.filterCount)
        outputs = Arena(count: batch * shape.outputCount)
        outputGradients = Arena.random(count: batch * shape.outputCount)
        imageGradients = Arena(count: batch * shape.inputCount)
        filterGradients = Arena(count: shape.filterCount)
        preparedFilters = Arena(count: algorithm.preparedFilterCount(isTraining: true))
        scratch = Arena(count: algorithm.scratchCount(isTraining: true))
        prepare()
    }

    /// Computes what passes need of the filters; after each change of them.
    func prepare() {
        algorithm.prepareFilters(filters.base, isTraining: true, into: preparedFilters.base)
    }

    /// Computes the results of some passes; both gradients in one go, as training does.
    ///
    /// - Parameter passes: Which.
    func run(_ passes: Set<ConvolutionPass>) {
        if passes.contains(.forward) {
            algorithm.forward(
                images.base, batch: batch, preparedFilters: preparedFilters.base, bias: nil,
                into: StoredOutput(outputs.base, columns: shape.outputChannels),
                scratch: scratch.base)
        }
        let needsFilters = passes.contains(.filterGradient)
        let needsImages = passes.contains(.imageGradient)
        guard needsFilters || needsImages else { return }
        let gradients = StoredRows(outputGradients.base, columns: shape.outputChannels)
        algorithm.backward(
            images.base, outputGradients: gradients, stored: gradients, batch: batch,
            preparedFilters: preparedFilters.base,
            filterGradients: needsFilters ? filterGradients.base : nil,
            imageGradients: needsImages ? imageGradients.base : nil, accumulates: false,
            scratch: scratch.base)
    }
}
