import Datasets
import Kernels
import Layers
import Randomness
import Synchronization

/// A convolution of a network with the operands that it meets there in training.
public struct RecordedConvolution: Sendable {
    /// The layer's name, such as `blocks.0.conv1`.
    public let name: String
    /// What is convolved with what.
    public let shape: ConvolutionShape
    /// The number of images.
    public let batch: Int
    /// [batch, inputHeight, inputWidth, inputChannel].
    public let images: [Float]
    /// [kernelHeight, kernelWidth, inputChannel, outputChannel].
    public let filters: [Float]
    /// [batch, outputHeight, outputWidth, outputChannel].
    public let outputGradients: [Float]

    /// Groups a convolution with its operands.
    ///
    /// - Parameters:
    ///   - name: The layer's name.
    ///   - shape: What is convolved with what.
    ///   - batch: The number of images.
    ///   - images: [batch, inputHeight, inputWidth, inputChannel].
    ///   - filters: [kernelHeight, kernelWidth, inputChannel, outputChannel].
    ///   - outputGradients: [batch, outputHeight, outputWidth, outputChannel].
    public init(
        name: String, shape: ConvolutionShape, batch: Int, images: [Float], filters: [Float],
        outputGradients: [Float]
    ) {
        precondition(
            images.count == batch * shape.inputCount && filters.count == shape.filterCount
                && outputGradients.count == batch * shape.outputCount,
            "\(images.count), \(filters.count) and \(outputGradients.count) values for \(batch) "
                + "images of \(shape)")
        self.name = name
        self.shape = shape
        self.batch = batch
        self.images = images
        self.filters = filters
        self.outputGradients = outputGradients
    }

    /// Which gradients the outputs have.
    public enum OutputGradients: Sendable {
        /// Those that the loss leads to.
        case own
        /// Normal numbers.
        case normal
    }

    /// Records all convolutions of ResNet-18 in the first pass of a training: initial weights,
    /// generated images, cross-entropy.
    ///
    /// - Parameters:
    ///   - batch: The number of images.
    ///   - seed: What the initial weights are computed from.
    ///   - gradients: Which gradients the outputs have.
    /// - Returns: The convolutions in the order of computation.
    /// - Throws: `Failure` with `usage` if the network's layers do not fit together.
    public static func resNet18(
        batch: Int = 2, seed: UInt64 = 1, gradients: OutputGradients = .own
    ) throws -> [RecordedConvolution] {
        let source = BuiltinImages(.test)
        let format = source.format
        let input = FeatureShape(
            height: format.height, width: format.width, channels: format.channels)
        let description = try ModelCatalog.make(
            "resnet18", input: input, outputCount: source.classNames.count)
        var recordings: [(site: LayerSite, operands: Recording)] = []
        let observed = try description.observed { site in
            guard site.convolution != nil else { return nil }
            let recording = Recording()
            recordings.append((site, recording))
            return (Observer(.input, recording), Observer(.output, recording))
        }
        let pass = try FirstTrainingPass(
            observed.computingConvolutions(by: .direct), batch: batch, seed: seed)
        pass.run(images: source)
        return recordings.compactMap { site, recording in
            guard let shape = site.convolution,
                let filters = pass.parameter(named: site.name + ".weight")
            else { return nil }
            return RecordedConvolution(
                name: site.name, shape: shape, batch: batch, images: recording.input,
                filters: filters,
                outputGradients: gradients == .own
                    ? recording.outputGradient : normal(site.name, shape, batch: batch))
        }
    }
}

/// Normal numbers as output gradients.
private func normal(_ name: String, _ shape: ConvolutionShape, batch: Int) -> [Float] {
    let key = RandomKey(seed: 0).derived("output gradients").derived(name)
    // He's initializer has deviation √(2 / fanIn).
    let distribution = Initializer.heNormal(fanIn: 2)
    return (0..<batch * shape.outputCount).map { distribution.value(at: $0, key: key) }
}

/// What two observers, around one layer, have seen.
private final class Recording: Sendable {
    private let values = Mutex<(input: [Float], outputGradient: [Float])>(([], []))

    var input: [Float] { values.withLock { $0.input } }
    var outputGradient: [Float] { values.withLock { $0.outputGradient } }

    func setInput(_ input: [Float]) { values.withLock { $0.input = input } }
    func setOutputGradient(_ gradient: [Float]) {
        values.withLock { $0.outputGradient = gradient }
    }
}

/// Hands everything on and records what a convolution reads of it.
private struct Observer: Layer {
    enum Place {
        case input, output
    }

    private let place: Place
    private let recording: Recording

    init(_ place: Place, _ recording: Recording) {
        self.place = place
        self.recording = recording
    }

    func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape { inputs[0] }

    func forward(_ pass: ForwardPass) {
        let values = UnsafeBufferPointer(
            start: pass.input(), count: pass.imageCount * pass.outputShape.count)
        pass.output.update(from: pass.input(), count: values.count)
        if place == .input { recording.setInput(Array(values)) }
    }

    func backward(_ pass: BackwardPass) {
        let values = UnsafeBufferPointer(
            start: UnsafePointer(pass.outputGradient),
            count: pass.imageCount * pass.outputShape.count)
        pass.inputGradient()?.update(from: pass.outputGradient, count: values.count)
        if place == .output { recording.setOutputGradient(Array(values)) }
    }
}
