import Communication
import Crypto
import Datasets
import Foundation
import Interchange
import Testing
import Training

/// Exported models beside onnxruntime.
///
/// The goldens hold what it computed with the very files that are written here, known by their
/// digests. With `DISTRAIN_ONNX_FOLDER` set, the tests only write these files and their inputs
/// there, for `Reference/run_onnx.py`, which makes the goldens.
@Suite struct ONNXTests {
    struct Golden: Decodable {
        /// Of the file that was run.
        let sha256: String
        /// The number of the class of each sample; empty where there are no classes.
        let labels: [Int]
        /// The probabilities, the scores or the value of each sample.
        let values: [[Double]]

        static func all() throws -> [String: Golden] {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Reference/onnx.json")
            return try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: file))
        }
    }

    private static let goldenFolder = ProcessInfo.processInfo.environment["DISTRAIN_ONNX_FOLDER"]

    @Test(arguments: ExportedModel.all)
    func onnxruntimeTellsTheSame(exported: ExportedModel) throws {
        let folder = try TemporaryFolder()
        let (model, samples, inputs) = try exported.make(in: folder)
        var graph = try model.onnxGraph()
        #expect(graph.metadata.keys.sorted() == ["distrain"])
        // They name the folder of the table.
        graph.metadata = [:]
        let file = URL(fileURLWithPath: (Self.goldenFolder ?? folder.path) + "/\(exported).onnx")
        try graph.write(to: file)
        if let goldenFolder = Self.goldenFolder {
            try JSONEncoder().encode(inputs).write(
                to: URL(fileURLWithPath: goldenFolder + "/\(exported).json"))
            return
        }
        let golden = try #require(try Golden.all()[exported.name])
        let digest = SHA256.hash(data: try Data(contentsOf: file))
        #expect(
            digest.map { String(format: "%02x", $0) }.joined() == golden.sha256,
            "another file than the one that was run: make the goldens anew")
        let predictor = try Predictor(model, communicator: SingleProcessCommunicator())
        let predictions = try #require(try predictor.predict(samples))
        #expect(predictions.count == golden.values.count && predictions.count > 3)
        for (prediction, expected) in zip(predictions, golden.values) {
            #expect(prediction.probabilities.count == expected.count)
            for (value, expected) in zip(prediction.probabilities, expected) {
                #expect(abs(Double(value) - expected) <= 2e-5 * max(1, abs(expected)))
            }
        }
        #expect(golden.labels.isEmpty == predictor.classNames.isEmpty)
        if !golden.labels.isEmpty { #expect(predictions.map(\.label) == golden.labels) }
    }
}

/// A model that is exported: what it learns from, and what is then asked of it.
struct ExportedModel: CustomTestStringConvertible, CustomStringConvertible, Sendable {
    /// What a graph gets: numbers or texts, in the order of its inputs.
    enum Input: Encodable {
        case bytes(shape: [Int], [UInt8])
        case numbers([Double?])
        case texts([String])
    }

    private enum Source: Sendable {
        case images(side: Int)
        case table(label: String)
    }

    let name: String
    private let source: Source
    private let settings: [ConfigurationKey: String]

    var description: String { name }
    var testDescription: String { name }

    private static func images(
        _ model: String, side: Int = 8, _ settings: [ConfigurationKey: String] = [:]
    ) -> ExportedModel {
        ExportedModel(
            name: model, source: .images(side: side),
            settings: [
                .model: model, .batchSize: "8", .microbatch: "8", .maxSteps: "1",
                .optimizer: "sgd",
            ].merging(settings) { $1 })
    }

    private static func table(
        _ name: String, _ model: String, label: String = "colour",
        _ settings: [ConfigurationKey: String] = [:]
    ) -> ExportedModel {
        ExportedModel(
            name: name, source: .table(label: label),
            settings: settings.merging([.model: model]) { $1 })
    }

    /// Every network of the catalog, every kind of output, and trees of all kinds.
    static let all = [
        images("resnet18"), images("cifar-net"), images("mnist-cnn"),
        images("speednet", side: 26),
        images("logistic-regression"), images("mlp"),
        table("mlp-table", "mlp"), table("mlp-value", "mlp", label: "size"),
        table("linear-regression", "linear-regression", label: "size"),
        table("binary-logistic-regression", "logistic-regression", label: "sort"),
        table("binary-linear-svm", "linear-svm", label: "sort", [.loss: "hinge"]),
        table("linear-svm", "linear-svm"), table("svm", "svm", [.kernelFeatures: "40"]),
        table("decision-tree", "decision-tree"),
        table("regression-tree", "decision-tree", label: "size"),
        table("random-forest", "random-forest", [.trees: "5"]),
        table("regression-forest", "random-forest", label: "size", [.trees: "4"]),
    ]

    /// Trains the model a little, and gives a network values that no product computed, since these
    /// are not the same on all processors.
    ///
    /// - Parameter folder: Where files may be written.
    /// - Returns: The model, samples that it has not seen, and these as a graph gets them.
    /// - Throws: What training and reading throw.
    func make(
        in folder: TemporaryFolder
    ) throws -> (model: any TrainedModel, samples: any InputSource, inputs: [Input]) {
        var settings = settings.merging([.output: folder.path + "/run"]) { $1 }
        var data: RunData?
        switch source {
        case .images(let side):
            data = RunData(
                name: .builtin, training: CornerImages(count: 8, seed: 1, side: side),
                validation: CornerImages(count: 8, seed: 2, side: side))
        case .table(let label):
            settings[.dataset] = "csv:\(folder.path)/table.csv"
            settings[.label] = label
            try Self.csv(rows: Self.trainingRows).write(
                toFile: folder.path + "/table.csv", atomically: true, encoding: .utf8)
        }
        var overrides = RunConfigurationOverrides()
        for (key, text) in settings { try overrides.set(key, to: text) }
        let communicator = SingleProcessCommunicator()
        _ = try PreparedRun.open(overrides, communicator: communicator, data: data)
            .train(communicator: communicator)
        let checkpoint = try Checkpoint.open(folder.path + "/run")
        var model = try checkpoint.trainedModel()
        if model is Model { model = try Self.revalued(checkpoint, in: folder) }
        switch source {
        case .images(let side):
            let images = CornerImages(count: 6, seed: 5, side: side)
            return (
                model, try model.description.input.preparing(images), [Self.bytes(of: images)]
            )
        case .table(let label):
            let path = folder.path + "/new.csv"
            try Self.csv(rows: Self.newRows).write(toFile: path, atomically: true, encoding: .utf8)
            let samples = try ValidationData.inputs(
                path, for: model.description, of: checkpoint, communicator: communicator)
            return (model, samples, Self.columns(without: label))
        }
    }

    /// The network of a checkpoint with values that are functions of their places.
    private static func revalued(
        _ checkpoint: Checkpoint, in folder: TemporaryFolder
    ) throws -> Model {
        let file = try SafetensorsFile(
            contentsOf: URL(fileURLWithPath: checkpoint.path + "/model.safetensors"))
        let tensors = try file.names.sorted().enumerated().map { number, name in
            let shape = try file.shape(of: name)
            let count = shape.reduce(1, *)
            let fanIn = shape.dropFirst().reduce(1, *)
            let values = (0..<count).map { index in
                let place = Float((index &* 7919 &+ number &* 104_729) % 10_007) / 10_007 - 0.5
                if shape.count > 1 { return place * (12 / Float(fanIn)).squareRoot() }
                return name.hasSuffix("running_var") || name.hasSuffix("weight")
                    ? 1 + place / 2 : place / 4
            }
            return TensorValue(name, shape: shape, floats: values)
        }
        let path = folder.path + "/revalued.safetensors"
        try Safetensors.write(
            tensors, metadata: file.metadata, to: URL(fileURLWithPath: path))
        return try Model.read(from: path)
    }

    /// Images as a graph gets them: [image, channel, row, column].
    private static func bytes(of images: CornerImages) -> Input {
        let (height, width) = (images.format.height, images.format.width)
        var all: [UInt8] = []
        for image in 0..<images.count {
            let pixels = images.pixels(at: image)
            for channel in 0..<3 {
                all += (0..<height * width).map { pixels[3 * $0 + channel] }
            }
        }
        return .bytes(shape: [images.count, 3, height, width], all)
    }

    /// Rows of a table: size, weight, which may be missing, colour and sort.
    private struct Row {
        var size: Double
        var weight: Double?
        var colour: String
        var sort: String
    }

    private static let trainingRows = (0..<90).map { row in
        let kind = row % 3
        return Row(
            size: Double(kind * 3) + Double(row * 37 % 71) / 10,
            weight: row % 13 == 0 ? nil : Double(row * 29 % 101) / 4,
            colour: ["red", "green", "blue"][(kind + (row % 7 == 0 ? 1 : 0)) % 3],
            sort: ["plain", "fancy"][row % 5 % 2])
    }

    /// With a missing number, a missing text and one that no training row has.
    private static let newRows = [
        Row(size: 3.5, weight: 7.25, colour: "green", sort: "plain"),
        Row(size: 0.1, weight: nil, colour: "red", sort: "fancy"),
        Row(size: 12, weight: 25, colour: "violet", sort: "plain"),
        Row(size: 6.625, weight: 11.5, colour: "blue", sort: ""),
        Row(size: -2, weight: 0, colour: "", sort: "fancy"),
    ]

    private static func csv(rows: [Row]) -> String {
        let lines = rows.map { row in
            "\(row.size),\(row.weight.map { "\($0)" } ?? ""),\(row.colour),\(row.sort)"
        }
        return (["size,weight,colour,sort"] + lines).joined(separator: "\n") + "\n"
    }

    /// The columns of the new rows as a graph gets them.
    private static func columns(without label: String) -> [Input] {
        let columns: [(name: String, input: Input)] = [
            ("size", .numbers(newRows.map { $0.size })),
            ("weight", .numbers(newRows.map(\.weight))),
            ("colour", .texts(newRows.map(\.colour))), ("sort", .texts(newRows.map(\.sort))),
        ]
        return columns.filter { $0.name != label }.map(\.input)
    }
}
