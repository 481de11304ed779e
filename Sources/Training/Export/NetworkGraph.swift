import Diagnostics
import Interchange
import Layers

extension Model {
    /// The network as a graph of ONNX's operators, from samples as files hold them to predictions.
    ///
    /// - Returns: The graph.
    /// - Throws: `Failure` with `usage` if a layer has no such operator.
    public func onnxGraph() throws -> ONNXGraph {
        let tensors = fileTensors().map { TensorValue($0.name, shape: $0.shape, floats: $0.values) }
        return try NetworkGraph(description, tensors).graph
    }
}

/// A network as a graph of ONNX's operators.
private struct NetworkGraph {
    private var model: ModelGraph
    private let tensors: [String: TensorValue]
    /// The values that are vectors in the graph too, [N, channel].
    private var vectors: Set<ONNXGraph.Value> = []

    /// The graph.
    var graph: ONNXGraph { model.graph }

    /// Builds the graph.
    ///
    /// - Parameters:
    ///   - description: The network.
    ///   - tensors: Its parameters and statistics as files hold them.
    /// - Throws: `Failure` with `usage` if a layer has no such operator.
    init(_ description: ModelDescription, _ tensors: [TensorValue]) throws {
        model = try ModelGraph(description)
        self.tensors = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let network = try description.network()
        let input = try model.addInputs()
        if case .table = description.input { vectors.insert(input) }
        var values: [ONNXGraph.Value] = []
        let operations = try network.operations()
        for operation in operations {
            let inputs = operation.inputs.map { $0.index.map { values[$0] } ?? input }
            if case .dense = operation.operation {
                let shape =
                    operation.inputs[0].index.map { operations[$0].outputShape }
                    ?? network.inputShape
                precondition(
                    vectors.contains(inputs[0]) || shape.isVector,
                    "\(operation.name) takes pixels in an order that is not the graph's")
            }
            values.append(apply(operation, to: inputs))
        }
        let outputs = values.last ?? input
        model.addOutputs(of: vector(outputs, named: "outputs.flat"))
    }

    /// A value as vectors, [N, channel].
    private mutating func vector(
        _ value: ONNXGraph.Value, named name: String
    ) -> ONNXGraph.Value {
        if vectors.contains(value) { return value }
        let flat = model.graph.apply(
            "Flatten", to: [value], attributes: ["axis": .int(1)], named: name)
        vectors.insert(flat)
        return flat
    }

    /// A layer's tensor as a constant.
    private mutating func tensor(
        _ part: String, of operation: NetworkDescription.Operation
    ) -> ONNXGraph.Value {
        let name = "\(operation.name).\(part)"
        guard let tensor = tensors[name] else {
            preconditionFailure("\(name) is no tensor of the network")
        }
        return model.graph.addConstant(tensor)
    }

    /// Adds a layer.
    ///
    /// - Returns: What it makes.
    private mutating func apply(
        _ layer: NetworkDescription.Operation, to inputs: [ONNXGraph.Value]
    ) -> ONNXGraph.Value {
        let name = layer.name
        let input = inputs[0]
        var result: ONNXGraph.Value
        switch layer.operation {
        case .convolution(let stride, let padding, let hasBias):
            let bias = hasBias ? [tensor("bias", of: layer)] : []
            result = model.graph.apply(
                "Conv", to: [input, tensor("weight", of: layer)] + bias,
                attributes: [
                    "strides": .ints([stride, stride]),
                    "pads": .ints([Int](repeating: padding, count: 4)),
                ], named: name)
        case .batchNormalization(let epsilon, let hasScale):
            result = model.graph.apply(
                "BatchNormalization",
                to: [
                    input, hasScale ? tensor("weight", of: layer) : ones(for: layer),
                    tensor("bias", of: layer), tensor("running_mean", of: layer),
                    tensor("running_var", of: layer),
                ], attributes: ["epsilon": .float(epsilon)], named: name)
        case .dense(let hasBias):
            let bias = hasBias ? [tensor("bias", of: layer)] : []
            result = model.graph.apply(
                "Gemm",
                to: [vector(input, named: "\(name).flat"), tensor("weight", of: layer)] + bias,
                attributes: ["transB": .int(1)], named: name)
            vectors.insert(result)
        case .maximumPooling(let kernel, let stride, let padding):
            result = model.graph.apply(
                "MaxPool", to: [input], attributes: Self.window(kernel, stride, padding),
                named: name)
        case .averagePooling(let kernel, let stride, let padding, let countsPadding):
            result = model.graph.apply(
                "AveragePool", to: [input],
                attributes: Self.window(kernel, stride, padding, countsPadding: countsPadding),
                named: name)
        case .globalAveragePooling:
            let means = model.graph.apply("GlobalAveragePool", to: [input], named: name)
            return vector(means, named: "\(name).flat")
        case .flattening: return vector(input, named: name)
        case .relu: result = model.graph.apply("Relu", to: [input], named: name)
        case .gelu: result = gelu(input, named: name)
        case .cosine: result = model.graph.apply("Cos", to: [input], named: name)
        case .scaling(let factor, let offset):
            result = model.graph.apply("Mul", to: [input, model.scalar(factor)], named: name)
            if offset != 0 {
                result = model.graph.apply(
                    "Add", to: [result, model.scalar(offset)], named: "\(name).offset")
            }
        case .addition: result = model.graph.apply("Add", to: inputs, named: name)
        case .identity: return input
        }
        if vectors.contains(input) { vectors.insert(result) }
        return result
    }

    /// x · (1 + erf(x / √2)) / 2; the operator of that name is younger than many runtimes.
    private mutating func gelu(
        _ input: ONNXGraph.Value, named name: String
    ) -> ONNXGraph.Value {
        let scaled = model.graph.apply(
            "Mul", to: [input, model.scalar(Float(0.5).squareRoot())], named: "\(name).scaled")
        let erf = model.graph.apply("Erf", to: [scaled], named: "\(name).erf")
        let sum = model.graph.apply("Add", to: [erf, model.scalar(1)], named: "\(name).sum")
        let product = model.graph.apply("Mul", to: [input, sum], named: "\(name).product")
        return model.graph.apply("Mul", to: [product, model.scalar(0.5)], named: name)
    }

    /// The scale of a batch normalisation that has none.
    private mutating func ones(for layer: NetworkDescription.Operation) -> ONNXGraph.Value {
        let channels = layer.outputShape.channels
        return model.graph.addConstant(
            TensorValue(
                "\(layer.name).weight", shape: [channels],
                floats: [Float](repeating: 1, count: channels)))
    }

    private static func window(
        _ kernel: Int, _ stride: Int, _ padding: Int
    ) -> KeyValuePairs<String, ONNXGraph.Attribute> {
        [
            "kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride]),
            "pads": .ints([Int](repeating: padding, count: 4)),
        ]
    }

    private static func window(
        _ kernel: Int, _ stride: Int, _ padding: Int, countsPadding: Bool
    ) -> KeyValuePairs<String, ONNXGraph.Attribute> {
        [
            "kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride]),
            "pads": .ints([Int](repeating: padding, count: 4)),
            "count_include_pad": .int(countsPadding ? 1 : 0),
        ]
    }
}
