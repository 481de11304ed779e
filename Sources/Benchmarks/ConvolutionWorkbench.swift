import Kernels
import Layers

/// A way to compute a convolution.
enum ConvolutionAlgorithm: String, Sendable, Codable, CaseIterable {
    /// Winograd's F(4×4, 3×3).
    case winograd
    /// Matrix products over patches.
    case direct

    /// The ways in which a shape can be computed.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: At least the direct one.
    static func all(for shape: ConvolutionShape) -> [ConvolutionAlgorithm] {
        WinogradConvolution.canCompute(shape) ? [.winograd, .direct] : [.direct]
    }

    /// The way that networks take where nobody chose one.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: The way.
    static func automatic(for shape: ConvolutionShape) -> ConvolutionAlgorithm {
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
    /// How it is computed.
    let algorithm: ConvolutionAlgorithm
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
    private let transformedFilters: Arena
    private let scratch: Arena

    /// Makes room; the operands are numbers in ±1.
    ///
    /// - Parameters:
    ///   - shape: What is convolved with what.
    ///   - batch: The number of images.
    ///   - algorithm: How it is computed.
    init(_ shape: ConvolutionShape, batch: Int, _ algorithm: ConvolutionAlgorithm) {
        self.shape = shape
        self.batch = batch
        self.algorithm = algorithm
        images = Arena.random(count: batch * shape.inputCount)
        filters = Arena.random(count: shape.filterCount)
        outputs = Arena(count: batch * shape.outputCount)
        outputGradients = Arena.random(count: batch * shape.outputCount)
        imageGradients = Arena(count: batch * shape.inputCount)
        filterGradients = Arena(count: shape.filterCount)
        switch algorithm {
        case .winograd:
            let convolution = WinogradConvolution(shape)
            transformedFilters = Arena(count: Self.transformedFilterCount(of: shape))
            scratch = Arena(
                count: max(convolution.forwardScratchCount, convolution.backwardScratchCount))
        case .direct:
            transformedFilters = Arena(count: 0)
            scratch = Arena(count: DirectConvolution(shape).scratchCount)
        }
        prepare()
    }

    /// Floats of the filters of a shape as Winograd's method transforms them.
    ///
    /// - Parameter shape: What is convolved with what.
    /// - Returns: The number of floats.
    static func transformedFilterCount(of shape: ConvolutionShape) -> Int {
        WinogradConvolution(shape).transformedFilterCount
    }

    /// Computes what passes need of the filters; after each change of them.
    func prepare() {
        guard algorithm == .winograd else { return }
        WinogradConvolution(shape).transformFilters(filters.base, into: transformedFilters.base)
    }

    /// Computes the results of some passes; both gradients in one go, as training does.
    ///
    /// - Parameter passes: Which.
    func run(_ passes: Set<ConvolutionPass>) {
        if passes.contains(.forward) { forward() }
        let needsFilters = passes.contains(.filterGradient)
        let needsImages = passes.contains(.imageGradient)
        guard needsFilters || needsImages else { return }
        switch algorithm {
        case .winograd:
            WinogradConvolution(shape).backward(
                images.base, outputGradients: outputGradients.base, batch: batch,
                transformedFilters: transformedFilters.base,
                filterGradients: needsFilters ? filterGradients.base : nil,
                imageGradients: needsImages ? imageGradients.base : nil, scratch: scratch.base)
        case .direct:
            backwardDirectly(filters: needsFilters, images: needsImages)
        }
    }

    private func forward() {
        switch algorithm {
        case .winograd:
            WinogradConvolution(shape).forward(
                images.base, batch: batch, transformedFilters: transformedFilters.base, bias: nil,
                into: outputs.base, scratch: scratch.base)
        case .direct:
            DirectConvolution(shape).forward(
                images.base, batch: batch, filters: filters.base, bias: nil, into: outputs.base,
                scratch: scratch.base)
        }
    }

    private func backwardDirectly(filters needsFilters: Bool, images needsImages: Bool) {
        let convolution = DirectConvolution(shape)
        if needsFilters {
            convolution.filterGradients(
                images.base, outputGradients: outputGradients.base, batch: batch,
                into: filterGradients.base, scratch: scratch.base)
        }
        if needsImages {
            convolution.imageGradients(
                outputGradients.base, batch: batch, filters: filters.base,
                into: imageGradients.base, scratch: scratch.base)
        }
    }
}
