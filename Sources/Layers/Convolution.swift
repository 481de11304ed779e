import Diagnostics
import Kernels
import VectorInterface

/// A two-dimensional convolution (as networks have it: a correlation), with zeros around the input.
///
/// Parameters: `weight` [channels, inputChannels, kernel, kernel] and, with a bias, `bias`
/// [channels]; both before training uniform in ±1/√(inputs of one output) as PyTorch does it.
public struct Convolution: Layer {
    /// Channels of the output.
    public let channels: Int
    /// Rows and columns of the kernel.
    public let kernel: Int
    /// Input pixels from one output pixel to the next.
    public let stride: Int
    /// Rows and columns of zeros around the input.
    public let padding: Int
    /// Whether each channel has a bias.
    public let hasBias: Bool
    /// Whether the optimizer leaves the filters as they are.
    public let isFrozen: Bool
    /// How it is computed.
    var method = ConvolutionMethod.automatic
    private var fusedActivation = FusedActivation.identity

    /// Creates a convolution.
    ///
    /// - Parameters:
    ///   - channels: Channels of the output.
    ///   - kernel: Rows and columns of the kernel.
    ///   - stride: Input pixels from one output pixel to the next.
    ///   - padding: Rows and columns of zeros around the input.
    ///   - hasBias: Whether each channel has a bias.
    ///   - isFrozen: Whether the optimizer leaves the filters as they are.
    public init(
        channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool = true,
        isFrozen: Bool = false
    ) {
        self.channels = channels
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.hasBias = hasBias
        self.isFrozen = isFrozen
    }

    private func shape(for input: FeatureShape) -> ConvolutionShape {
        ConvolutionShape(
            inputHeight: input.height, inputWidth: input.width, inputChannels: input.channels,
            outputChannels: channels, kernelHeight: kernel, kernelWidth: kernel, stride: stride,
            padding: padding)
    }

    /// Rows and columns shrink by the kernel and the stride.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape {
        try requireKernel(kernel, padding: padding, fits: inputs[0])
        let shape = shape(for: inputs[0])
        return FeatureShape(
            height: shape.outputHeight, width: shape.outputWidth, channels: channels)
    }

    /// The filters and the bias.
    public func parameters(for inputs: [FeatureShape]) -> [ParameterSpecification] {
        let initializer = Initializer.fanIn(inputs[0].channels * kernel * kernel)
        let weight = ParameterSpecification(
            "weight", shape: [channels, inputs[0].channels, kernel, kernel], order: .filters,
            initializer: initializer, isTrainable: !isFrozen)
        let bias = ParameterSpecification("bias", shape: [channels], initializer: initializer)
        return hasBias ? [weight, bias] : [weight]
    }

    /// A block of patches or of transformed tiles; the transformed filters.
    public func memory(for inputs: [FeatureShape], batch: Int) -> LayerMemory {
        let shape = shape(for: inputs[0])
        guard method.usesWinograd(for: shape) else {
            let direct = DirectConvolution(shape)
            return LayerMemory(
                scratchCount: direct.scratchCount, preparedCount: direct.preparedFilterCount)
        }
        let winograd = WinogradConvolution(shape)
        return LayerMemory(
            scratchCount: max(winograd.forwardScratchCount, winograd.backwardScratchCount),
            preparedCount: winograd.transformedFilterCount)
    }

    /// The inputs; with an activation also the output, whose sign tells the activation's slope.
    public var backwardReads: BackwardReads {
        fusedActivation == .identity ? .inputs : [.inputs, .output]
    }
    /// True.
    public var accumulatesInputGradient: Bool { true }
    /// True with an activation, whose slope is multiplied into it.
    public var modifiesOutputGradient: Bool { fusedActivation != .identity }

    /// Takes a ReLU, whose slope can be told from its output.
    public func fusing(_ activation: FusedActivation) -> (any Layer)? {
        guard activation == .relu && fusedActivation == .identity else { return nil }
        var copy = self
        copy.fusedActivation = activation
        return copy
    }

    /// Transforms the filters.
    public func prepare(_ pass: PreparationPass) {
        let shape = shape(for: pass.inputShape())
        if method.usesWinograd(for: shape) {
            WinogradConvolution(shape).transformFilters(pass.parameter(0), into: pass.prepared)
        } else {
            DirectConvolution(shape).prepareFilters(pass.parameter(0), into: pass.prepared)
        }
    }

    /// Computes the outputs.
    public func forward(_ pass: ForwardPass) {
        let shape = shape(for: pass.inputShape())
        let bias = hasBias ? pass.parameter(1) : nil
        if method.usesWinograd(for: shape) {
            WinogradConvolution(shape).forward(
                pass.input(), batch: pass.imageCount, transformedFilters: pass.prepared, bias: bias,
                fusedActivation, into: pass.output, scratch: pass.scratch)
        } else {
            DirectConvolution(shape).forward(
                pass.input(), batch: pass.imageCount, preparedFilters: pass.prepared, bias: bias,
                fusedActivation, into: pass.output, scratch: pass.scratch)
        }
    }

    /// Computes the gradients of bias, filters and input.
    public func backward(_ pass: BackwardPass) {
        let rows = pass.imageCount * pass.outputShape.pixelCount
        if fusedActivation != .identity {
            Vectors.kernels.activationGradient(
                at: pass.output, fusedActivation, outputGradient: pass.outputGradient,
                into: pass.outputGradient, count: rows * channels)
        }
        if hasBias, let gradient = pass.parameterGradient(1) {
            Vectors.kernels.sumRows(
                of: pass.outputGradient, rows: rows, columns: channels, accumulates: false,
                into: gradient)
        }
        let shape = shape(for: pass.inputShape())
        if method.usesWinograd(for: shape) {
            WinogradConvolution(shape).backward(
                pass.input(),
                outputGradients: StoredRows(pass.outputGradient, columns: channels),
                batch: pass.imageCount, transformedFilters: pass.prepared,
                filterGradients: pass.parameterGradient(0),
                imageGradients: pass.inputGradient(), accumulates: pass.accumulates(),
                scratch: pass.scratch)
        } else {
            backwardDirectly(pass, DirectConvolution(shape))
        }
    }

    private func backwardDirectly(_ pass: BackwardPass, _ convolution: DirectConvolution) {
        if let gradient = pass.parameterGradient(0) {
            convolution.filterGradients(
                pass.input(),
                outputGradients: StoredRows(pass.outputGradient, columns: channels),
                batch: pass.imageCount, into: gradient, scratch: pass.scratch)
        }
        if let gradient = pass.inputGradient() {
            convolution.imageGradients(
                pass.outputGradient, batch: pass.imageCount, preparedFilters: pass.prepared,
                accumulates: pass.accumulates(), into: gradient, scratch: pass.scratch)
        }
    }
}

/// Checks that a kernel or window fits into an input.
///
/// - Throws: `Failure` with `usage`.
func requireKernel(_ kernel: Int, padding: Int, fits input: FeatureShape) throws {
    if input.height + 2 * padding < kernel || input.width + 2 * padding < kernel {
        throw Failure(
            .usage, in: "kernel \(kernel)×\(kernel)",
            expected: "an input of at least that size", found: "\(input) with padding \(padding)",
            fix: "use a smaller kernel or fewer poolings before it")
    }
}
