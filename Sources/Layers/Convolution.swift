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
        return mapsShape(for: inputs[0])
    }

    /// The output's shape for an input that the kernel fits into.
    func mapsShape(for input: FeatureShape) -> FeatureShape {
        let shape = shape(for: input)
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

    /// A block of patches or of transformed tiles; the filters in the order in which products read
    /// them.
    public func memory(
        for inputs: [FeatureShape], batch: Int, mode: PassMode
    ) -> LayerMemory {
        let algorithm = algorithm(for: inputs[0])
        return LayerMemory(
            scratchCount: algorithm.scratchCount(isTraining: mode == .training),
            preparedCount: algorithm.preparedFilterCount(isTraining: mode == .training))
    }

    /// How the convolution of an input is computed.
    func algorithm(for input: FeatureShape) -> ConvolutionAlgorithm {
        ConvolutionAlgorithm(shape(for: input), method)
    }

    /// A convolution, unless an activation follows.
    public var operation: LayerOperation? {
        fusedActivation == .identity
            ? .convolution(stride: stride, padding: padding, hasBias: hasBias) : nil
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

    /// Takes in a batch normalisation or a pooling too.
    public func absorbing(_ next: any Layer, named name: String) -> (any Layer)? {
        if let activation = next.activation { return fusing(activation) }
        var plain = self
        plain.fusedActivation = .identity
        return ConvolutionBlock(plain, fusedActivation).absorbing(next, named: name)
    }

    /// Brings the filters into the order in which products read them.
    public func prepare(_ pass: PreparationPass) {
        algorithm(for: pass.inputShape())
            .prepareFilters(
                pass.parameter(0), isTraining: pass.mode == .training, into: pass.prepared)
    }

    /// Computes the outputs.
    public func forward(_ pass: ForwardPass) {
        compute(
            pass, into: StoredOutput(pass.output, columns: channels, activation: fusedActivation))
    }

    /// Computes the outputs without an activation.
    func compute(_ pass: ForwardPass, into sink: some RowSink) {
        algorithm(for: pass.inputShape()).forward(
            pass.input(), batch: pass.imageCount, preparedFilters: pass.prepared,
            bias: hasBias ? pass.parameter(1) : nil, into: sink, scratch: pass.scratch)
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
        let algorithm = algorithm(for: pass.inputShape())
        let gradients = StoredRows(pass.outputGradient, columns: channels)
        differentiate(pass, algorithm, gradients, stored: gradients)
    }

    /// Computes the gradients of filters and input.
    ///
    /// - Parameters:
    ///   - pass: Where everything lies.
    ///   - algorithm: How the convolution is computed.
    ///   - gradients: The output's gradients, [batch · height · width, channel].
    ///   - stored: The same in memory, once all rows have been taken from `gradients`.
    func differentiate(
        _ pass: BackwardPass, _ algorithm: ConvolutionAlgorithm, _ gradients: some RowSource,
        stored: StoredRows
    ) {
        algorithm.backward(
            pass.input(), outputGradients: gradients, stored: stored, batch: pass.imageCount,
            preparedFilters: pass.prepared, filterGradients: pass.parameterGradient(0),
            imageGradients: pass.inputGradient(), accumulates: pass.accumulates(),
            scratch: pass.scratch)
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
