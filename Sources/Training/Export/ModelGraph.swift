import Datasets
import Diagnostics
import Interchange
import Layers

/// What all models have in common as graphs of ONNX's operators: inputs as files hold samples, and
/// outputs as predictions tell them.
///
/// Images come in as bytes, [channel, row, column], as the preprocessing leaves them. Of a table each
/// column is an input, a number or a text. A classification has the outputs `label`, the number of
/// the class, and `probabilities`, or `scores` where the loss has no probabilities; a regression has
/// the output `value`. Metadata by the key `distrain` are those of checkpoints, with the names of the
/// classes.
struct ModelGraph {
    /// The graph.
    var graph: ONNXGraph
    private let description: ModelDescription
    private var scalars: [Float: ONNXGraph.Value] = [:]

    /// Begins a graph.
    ///
    /// - Parameter description: The model.
    /// - Throws: What encoding the description throws.
    init(_ description: ModelDescription) throws {
        self.description = description
        graph = ONNXGraph(description.name)
        // Says that tensors are in PyTorch's order, to readers of safetensors.
        graph.metadata = try description.metadata().filter { $0.key != "format" }
    }

    /// A number as a constant.
    mutating func scalar(_ value: Float) -> ONNXGraph.Value {
        if let known = scalars[value] { return known }
        let constant = graph.addConstant(
            TensorValue("constant.\(value)", shape: [], floats: [value]))
        scalars[value] = constant
        return constant
    }

    /// Adds the inputs and what makes them the numbers that the model takes.
    ///
    /// - Returns: Images [N, channel, row, column], or rows of features [N, feature].
    /// - Throws: `Failure` with `usage` for a table whose categories are numbered.
    mutating func addInputs() throws -> ONNXGraph.Value {
        switch description.input {
        case .images(let format, let preprocessing, let normalization):
            addImages(format, preprocessing, normalization)
        case .table(let encoder): try addTable(encoder)
        }
    }

    /// Adds the outputs of a network.
    ///
    /// - Parameter outputs: What the loss takes, [N, output].
    mutating func addOutputs(of outputs: ONNXGraph.Value) {
        let loss = description.loss.make()
        let classCount = description.classNames.count
        guard classCount > 0 else { return addValue(outputs) }
        var scores = outputs
        if loss.outputCount(classCount: classCount) == 1 {
            // Scores are multiples of a single output.
            var factors = [Float](repeating: 0, count: classCount)
            loss.writeScores(of: [1], classCount: classCount, into: &factors)
            let row = TensorValue("scores.factors", shape: [1, classCount], floats: factors)
            scores = graph.apply("Mul", to: [outputs, graph.addConstant(row)], named: "outputs")
        }
        if loss.scoresAreLogits {
            addClasses(
                graph.apply(
                    "Softmax", to: [scores], attributes: ["axis": .int(1)], named: "probabilities"))
        } else {
            addClasses(graph.apply("Identity", to: [scores], named: "scores"))
        }
    }

    /// Adds the outputs of a classification.
    ///
    /// - Parameter values: A number for each class, [N, class].
    mutating func addClasses(_ values: ONNXGraph.Value) {
        let label = graph.apply(
            "ArgMax", to: [values], attributes: ["axis": .int(1), "keepdims": .int(0)],
            named: "label")
        let names = description.classNames.joined(separator: ", ")
        graph.addOutput(label, .int64, sampleShape: [], "the number of the class, from 0")
        graph.addOutput(values, .float32, sampleShape: [description.classNames.count], names)
    }

    /// Adds the output of a regression.
    ///
    /// - Parameter value: The value, [N, 1].
    mutating func addValue(_ value: ONNXGraph.Value) {
        graph.addOutput(
            graph.apply("Identity", to: [value], named: "value"), .float32, sampleShape: [1])
    }

    private mutating func addImages(
        _ format: ImageFormat, _ preprocessing: Preprocessing, _ normalization: Normalization
    ) -> ONNXGraph.Value {
        let words = preprocessing.words.joined(separator: ",")
        let images = graph.addInput(
            "images", .uint8, sampleShape: [format.channels, format.height, format.width],
            "channel, row, column" + (preprocessing.isEmpty ? "" : ", after \(words)"))
        func constant(_ name: String, _ values: [Float]) -> TensorValue {
            TensorValue(name, shape: [1, values.count, 1, 1], floats: values)
        }
        let bytes = graph.apply(
            "Cast", to: [images], attributes: ["to": .type(.float32)], named: "bytes")
        let shares = graph.apply("Div", to: [bytes, scalar(255)], named: "shares")
        let mean = graph.addConstant(constant("normalization.mean", normalization.mean))
        let centered = graph.apply("Sub", to: [shares, mean], named: "centered")
        let deviation = graph.addConstant(
            constant("normalization.deviation", normalization.deviation))
        return graph.apply("Div", to: [centered, deviation], named: "normalized")
    }

    private mutating func addTable(_ encoder: TableEncoder) throws -> ONNXGraph.Value {
        var parts: [ONNXGraph.Value] = []
        // Neighbours that are numbers are encoded together.
        var numbers: [(name: String, coding: TableEncoder.NumberCoding?)] = []
        for (name, coding) in encoder.columnCodings {
            switch coding {
            case .number(let coding): numbers.append((name, coding))
            case .oneHot(let levels):
                parts += addNumbers(&numbers)
                parts.append(addCategory(name, levels))
            case .ordinal:
                throw Failure(
                    .usage, in: "column \"\(name)\"", expected: "a feature for each of its texts",
                    found: "the number of a text", fix: "write safetensors")
            }
        }
        parts += addNumbers(&numbers)
        guard parts.count > 1 else { return parts[0] }
        return graph.apply(
            "Concat", to: parts, attributes: ["axis": .int(1)], named: "features")
    }

    /// Adds inputs for columns of numbers, encodes them and empties the list.
    ///
    /// - Returns: Their features, [N, column]; none if there are no such columns.
    private mutating func addNumbers(
        _ columns: inout [(name: String, coding: TableEncoder.NumberCoding?)]
    ) -> [ONNXGraph.Value] {
        guard !columns.isEmpty else { return [] }
        defer { columns = [] }
        let inputs = columns.map { name, _ in
            graph.addInput(name, .float64, sampleShape: [1], "a number, or NaN where it is missing")
        }
        var values = inputs[0]
        if inputs.count > 1 {
            values = graph.apply(
                "Concat", to: inputs, attributes: ["axis": .int(1)], named: "numbers")
        }
        let codings = columns.compactMap(\.coding)
        if !codings.isEmpty {
            func constant(
                _ name: String, _ part: (TableEncoder.NumberCoding) -> Double
            ) -> ONNXGraph.Value {
                graph.addConstant(
                    TensorValue(name, shape: [1, codings.count], doubles: codings.map(part)))
            }
            let isMissing = graph.apply("IsNaN", to: [values], named: "numbers.missing")
            let complete = graph.apply(
                "Where", to: [isMissing, constant("numbers.median", \.missing), values],
                named: "numbers.complete")
            let centered = graph.apply(
                "Sub", to: [complete, constant("numbers.mean", \.mean)], named: "numbers.centered")
            values = graph.apply(
                "Div", to: [centered, constant("numbers.deviation", \.deviation)],
                named: "numbers.scaled")
        }
        return [
            graph.apply(
                "Cast", to: [values], attributes: ["to": .type(.float32)], named: "numbers.encoded")
        ]
    }

    /// Adds an input for a column of texts.
    ///
    /// - Returns: Its features, [N, level].
    private mutating func addCategory(_ name: String, _ levels: [String]) -> ONNXGraph.Value {
        let input = graph.addInput(
            name, .string, sampleShape: [1], "a text, empty where it is missing")
        let encoded = graph.apply(
            "OneHotEncoder", to: [input],
            attributes: ["cats_strings": .strings(levels), "zeros": .int(1)], in: .traditional,
            named: "\(input.name).encoded")
        return graph.apply(
            "Flatten", to: [encoded], attributes: ["axis": .int(1)], named: "\(input.name).features"
        )
    }
}
