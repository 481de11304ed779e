import Diagnostics

/// What a layer computes in inference, in the terms in which formats of exchange describe it.
///
/// Tensors are those of the layer's parameters and statistics, by the last parts of their names.
public enum LayerOperation: Hashable, Sendable {
    /// A correlation with `weight` [outputs, inputs, rows, columns], plus `bias` [outputs].
    case convolution(stride: Int, padding: Int, hasBias: Bool)
    /// (x − `running_mean`) / √(`running_var` + epsilon), times `weight`, plus `bias`.
    case batchNormalization(epsilon: Float, hasScale: Bool)
    /// x · `weight`ᵀ with `weight` [outputs, inputs], plus `bias` [outputs].
    case dense(hasBias: Bool)
    /// The largest value of each window.
    case maximumPooling(kernel: Int, stride: Int, padding: Int)
    /// The mean of each window.
    case averagePooling(kernel: Int, stride: Int, padding: Int, countsPadding: Bool)
    /// The mean of each channel.
    case globalAveragePooling
    /// One vector in the order channel, row, column.
    case flattening
    /// max(x, 0).
    case relu
    /// x · Φ(x) with Φ the normal distribution function.
    case gelu
    /// cos(x).
    case cosine
    /// factor · x + offset.
    case scaling(factor: Float, offset: Float)
    /// The sum of the two inputs.
    case addition
    /// x as it is.
    case identity
}

extension NetworkDescription {
    /// A layer as other programs compute it.
    public struct Operation: Sendable {
        /// The layer's name, which its tensors' names begin with.
        public let name: String
        /// What it computes.
        public let operation: LayerOperation
        /// Where its inputs come from.
        public let inputs: [NodeReference]
        /// The shape of its output.
        public let outputShape: FeatureShape
    }

    /// The layers in the order of computation, as other programs compute them.
    ///
    /// - Returns: The operations; a reference's index is one in this list.
    /// - Throws: `Failure` with `usage` if a layer is in no other program's terms, or does not fit.
    public func operations() throws -> [Operation] {
        try zip(nodes, shapes()).map { node, shape in
            guard let operation = node.layer.operation else {
                throw Failure(
                    .usage, in: "\(name), layer \(node.name)",
                    expected: "a layer that other programs have",
                    found: "\(type(of: node.layer))")
            }
            return Operation(
                name: node.name, operation: operation, inputs: node.inputs, outputShape: shape)
        }
    }
}
