import Kernels
import Diagnostics
import Layers

/// The rounding errors of ResNet-18's convolutions in its first training step, L2 relative to plain
/// loops in double; encoded, the line that `bench kernels --errors --json` prints.
public struct ConvolutionErrors: Encodable, Sendable {
    /// The errors of one layer computed in one way.
    public struct Row: Encodable, Sendable {
        /// The layer's name.
        public let layer: String
        /// The extents.
        public let shape: String
        /// How it is computed, as in `winograd`.
        public let method: String
        /// Whether networks compute it so where nobody chose.
        public let isAutomatic: Bool
        /// The error of the outputs.
        public let forward: Double
        /// The error of the gradient with respect to the images.
        public let imageGradient: Double
        /// The error of the gradient with respect to the filters.
        public let filterGradient: Double

        /// The names in JSON.
        public enum CodingKeys: String, CodingKey {
            case layer, shape, method, forward
            case isAutomatic = "auto"
            case imageGradient = "image_gradient"
            case filterGradient = "filter_gradient"
        }

        fileprivate var passes: [(ConvolutionPass, Double)] {
            [
                (.forward, forward), (.imageGradient, imageGradient),
                (.filterGradient, filterGradient),
            ]
        }
    }

    /// An error and where it is.
    public struct Place: Encodable, Sendable {
        /// The layer's name.
        public let layer: String
        /// How it is computed.
        public let method: String
        /// The pass, as in `filter gradient`.
        public let pass: String
        /// The error.
        public let error: Double
    }

    /// The layers in the order of computation, each in the way that networks take where nobody
    /// chose, then directly where that is another.
    public let layers: [Row]

    /// The names in JSON.
    public enum CodingKeys: String, CodingKey {
        case layers, largest
    }

    /// Measures.
    ///
    /// - Parameters:
    ///   - filter: A text that occurs in a layer's name, shape and method; nil for all layers.
    ///   - convolutions: The convolutions and their operands.
    /// - Throws: `Failure` with `usage` if no layer has the text.
    public init(filter: String? = nil, of convolutions: [RecordedConvolution]) throws {
        layers = convolutions.flatMap { Self.rows(of: $0, filter) }
        guard !layers.isEmpty else {
            throw Failure(
                .usage, in: "--filter", expected: "a part of a line of the table",
                found: "\"\(filter ?? "")\"")
        }
    }

    /// The largest error of the ways that networks take where nobody chose.
    public var largest: Place? {
        layers.filter(\.isAutomatic).flatMap { row in
            row.passes.map { pass, error in
                Place(layer: row.layer, method: row.method, pass: pass.rawValue, error: error)
            }
        }.max { $0.error < $1.error }
    }

    /// Writes the layers and the largest error.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(layers, forKey: .layers)
        try container.encode(largest, forKey: .largest)
    }

    private static func rows(of convolution: RecordedConvolution, _ filter: String?) -> [Row] {
        let automatic = ConvolutionMethod.automatic(for: convolution.shape)
        let methods = distinct([automatic, .direct]).filter { method in
            filter.map {
                "\(convolution.name) \(convolution.shape.text) \(method.rawValue)"
                    .lowercased().contains($0.lowercased())
            } ?? true
        }
        if methods.isEmpty { return [] }
        let reference = ExactConvolution(convolution)
        let exact = ConvolutionPass.allCases.map { reference.result(of: $0) }
        return methods.map { method in
            let workbench = ConvolutionWorkbench(convolution, method)
            workbench.run(Set(ConvolutionPass.allCases))
            let results = [workbench.outputs, workbench.imageGradients, workbench.filterGradients]
            let errors = withExtendedLifetime(results) {
                zip(results, exact).map { own, exact in
                    relativeError(UnsafeBufferPointer(start: own.base, count: own.count), exact)
                }
            }
            return Row(
                layer: convolution.name, shape: convolution.shape.text, method: method.rawValue,
                isAutomatic: method == automatic, forward: errors[0], imageGradient: errors[1],
                filterGradient: errors[2])
        }
    }
}

extension ConvolutionWorkbench {
    /// Takes over the operands that a network met.
    ///
    /// - Parameters:
    ///   - convolution: The convolution and its operands.
    ///   - method: How it is computed.
    fileprivate convenience init(
        _ convolution: RecordedConvolution, _ method: ConvolutionMethod
    ) {
        self.init(convolution.shape, batch: convolution.batch, method)
        images.base.update(from: convolution.images, count: convolution.images.count)
        filters.base.update(from: convolution.filters, count: convolution.filters.count)
        outputGradients.base.update(
            from: convolution.outputGradients, count: convolution.outputGradients.count)
        prepare()
    }
}

/// ‖own − exact‖ / ‖exact‖, and infinity for a NaN.
///
/// - Parameters:
///   - own: The values with errors.
///   - exact: As many values without.
/// - Returns: The error.
func relativeError(_ own: UnsafeBufferPointer<Float>, _ exact: [Double]) -> Double {
    precondition(own.count == exact.count, "\(own.count) values beside \(exact.count)")
    var difference = 0.0
    var size = 0.0
    for (own, exact) in zip(own, exact) {
        difference += (Double(own) - exact) * (Double(own) - exact)
        size += exact * exact
    }
    let error = (difference / size).squareRoot()
    return error.isNaN ? .infinity : error
}
