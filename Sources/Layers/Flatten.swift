import Kernels

/// Lays out each image's features as one vector in the order channel, row, column, which is how
/// PyTorch flattens, so that the weights of a dense layer behind it are the same in both.
public struct Flatten: Layer {
    /// Creates a flattening.
    public init() {}

    /// A vector.
    public func outputShape(for inputs: [FeatureShape]) throws -> FeatureShape {
        .vector(inputs[0].count)
    }

    /// A flattening.
    public var operation: LayerOperation? { .flattening }

    /// [height, width, channel] → [channel, height, width].
    public func forward(_ pass: ForwardPass) {
        let shape = pass.inputShape()
        for image in 0..<pass.imageCount {
            Vectors.kernels.transpose(
                pass.input() + image * shape.count, rows: shape.pixelCount,
                columns: shape.channels, rowStride: shape.channels,
                into: pass.output + image * shape.count, targetStride: shape.pixelCount)
        }
    }

    /// The other way round.
    public func backward(_ pass: BackwardPass) {
        guard let gradient = pass.inputGradient() else { return }
        let shape = pass.inputShape()
        for image in 0..<pass.imageCount {
            Vectors.kernels.transpose(
                pass.outputGradient + image * shape.count, rows: shape.channels,
                columns: shape.pixelCount, rowStride: shape.pixelCount,
                into: gradient + image * shape.count, targetStride: shape.channels)
        }
    }
}
