import Diagnostics
import Kernels

/// A network as a list of layers in the order of computation; configuration only.
///
/// ```swift
/// var network = NetworkDescription("small", input: FeatureShape(height: 28, width: 28, channels: 1))
/// network.append(Convolution(channels: 32, kernel: 3, padding: 1), named: "conv1")
/// network.append(ReLU())
/// network.append(Dense(10), named: "fc")
/// ```
public struct NetworkDescription: Sendable {
    /// A layer and where its inputs come from.
    struct Node: Sendable {
        var layer: any Layer
        var name: String
        /// The nodes that the inputs come from; nil is the network's input.
        var inputs: [NodeReference]
    }

    /// A value in the network that later layers can take as their input.
    public struct NodeReference: Sendable, Hashable {
        /// The node's position in the list, or nil for the network's input.
        public let index: Int?
    }

    /// The network's name, such as `resnet18`.
    public let name: String
    /// The shape of one image.
    public let inputShape: FeatureShape
    private(set) var nodes: [Node] = []
    /// What the layer that was appended last computes.
    public private(set) var last = NodeReference(index: nil)

    /// Creates a network without layers.
    ///
    /// - Parameters:
    ///   - name: The network's name.
    ///   - inputShape: The shape of one image.
    public init(_ name: String, input inputShape: FeatureShape) {
        self.name = name
        self.inputShape = inputShape
    }

    /// Appends a layer.
    ///
    /// - Parameters:
    ///   - layer: The layer.
    ///   - name: What its parameters' names begin with; needed only for layers that have some or
    ///     draw random numbers. By default the layer's number.
    ///   - inputs: Where its inputs come from; by default the layer before it.
    /// - Returns: What the layer computes.
    @discardableResult
    public mutating func append(
        _ layer: any Layer, named name: String? = nil, from inputs: [NodeReference]? = nil
    ) -> NodeReference {
        nodes.append(
            Node(layer: layer, name: name ?? "layers.\(nodes.count)", inputs: inputs ?? [last]))
        last = NodeReference(index: nodes.count - 1)
        return last
    }

    /// The network with all convolutions computed in one way.
    ///
    /// - Parameter method: How convolutions are computed.
    /// - Returns: The network.
    public func computingConvolutions(by method: ConvolutionMethod) -> NetworkDescription {
        var result = self
        for index in nodes.indices {
            guard var convolution = nodes[index].layer as? Convolution else { continue }
            convolution.method = method
            result.nodes[index].layer = convolution
        }
        return result
    }

    /// The network with layers taken into the ones before them, where those can do both at once and
    /// nothing else reads what comes between.
    func fused() -> NetworkDescription {
        var readers = [Int](repeating: 0, count: nodes.count)
        for node in nodes {
            for input in node.inputs {
                if let index = input.index { readers[index] += 1 }
            }
        }
        var result = NetworkDescription(name, input: inputShape)
        // Where each old node's value is found in the new list.
        var moved: [NodeReference] = []
        for node in nodes {
            let inputs = node.inputs.map { input in input.index.map { moved[$0] } ?? input }
            if let source = node.inputs[0].index, readers[source] == 1,
                let target = moved[source].index,
                // What the other layer takes besides must be there before the first begins.
                inputs.dropFirst().allSatisfy({ ($0.index ?? -1) < target }),
                let layer = result.nodes[target].layer.absorbing(node.layer, named: node.name)
            {
                result.nodes[target].layer = layer
                result.nodes[target].inputs += inputs.dropFirst()
                moved.append(moved[source])
            } else {
                moved.append(result.append(node.layer, named: node.name, from: inputs))
            }
        }
        return result
    }

    /// The shape of each node's output.
    ///
    /// - Throws: `Failure` with `usage`, naming the layer that does not fit.
    func shapes() throws -> [FeatureShape] {
        var shapes: [FeatureShape] = []
        for node in nodes {
            let inputs = node.inputs.map { $0.index.map { shapes[$0] } ?? inputShape }
            do {
                shapes.append(try node.layer.outputShape(for: inputs))
            } catch let failure as Failure {
                throw Failure(
                    failure.exitCode, in: "\(name), layer \(node.name)", expected: failure.expected,
                    found: failure.found, fix: failure.fix)
            }
        }
        return shapes
    }
}
