import Diagnostics

/// The networks that can be chosen by name.
public enum ModelCatalog {
    /// A network that can be chosen by name.
    public struct Entry: Sendable {
        /// The name on the command line.
        public let name: String
        /// One line for the help text.
        public let summary: String
        /// Whether it takes rows of tables too, not images alone.
        public let takesTables: Bool
        /// Whether it has an output scale where it tells values.
        public var hasOutputScale = false
        /// Makes the network for samples of a shape and a number of outputs.
        let make:
            @Sendable (
                _ input: FeatureShape, _ outputCount: Int, _ settings: ModelSettings
            ) -> NetworkDescription
    }

    /// All networks; a new one is a row here.
    public static let all: [Entry] = [
        Entry(
            name: "resnet18", summary: "ResNet-18 in its form for CIFAR-10, 11.17 M parameters",
            takesTables: false,
            make: { input, count, _ in .resNet18(input: input, classCount: count) }),
        Entry(
            name: "cifar-net", summary: "three convolutions with batch norm, two dense layers",
            takesTables: false,
            make: { input, count, _ in .cifarNet(input: input, classCount: count) }),
        Entry(
            name: "mnist-cnn", summary: "two convolutions and two dense layers with dropout",
            takesTables: false,
            make: { input, count, _ in .mnistCNN(input: input, classCount: count) }),
        Entry(
            name: "speednet", summary: "the network of the CIFAR-10 speed runs, 1.97 M parameters",
            takesTables: false,
            make: { input, count, _ in .speedNet(input: input, classCount: count) }),
        Entry(
            name: "mlp", summary: "dense layers of the lengths that --hidden names",
            takesTables: true, hasOutputScale: true,
            make: {
                .multilayerPerceptron(input: $0, outputCount: $1, settings: $2)
            }),
        Entry(
            name: "linear-regression", summary: "one dense layer that tells a value",
            takesTables: true,
            make: { input, count, _ in
                .linear("linear-regression", input: input, outputCount: count)
            }),
        Entry(
            name: "logistic-regression", summary: "one dense layer that tells probabilities",
            takesTables: true,
            make: { input, count, _ in
                .linear("logistic-regression", input: input, outputCount: count)
            }),
        Entry(
            name: "linear-svm", summary: "one dense layer with the widest margin",
            takesTables: true,
            make: { input, count, _ in .linear("linear-svm", input: input, outputCount: count) }),
        Entry(
            name: "svm", summary: "a support vector machine with an RBF kernel, approximated",
            takesTables: true,
            make: { .kernelMachine(input: $0, outputCount: $1, settings: $2) }),
    ]

    /// What is known of a name.
    ///
    /// - Parameter name: The name on the command line.
    /// - Returns: The row, or nil where there is none of that name.
    public static func entry(named name: String) -> Entry? { all.first { $0.name == name } }

    /// The network of a name.
    ///
    /// - Parameters:
    ///   - name: The name on the command line.
    ///   - input: The shape of one sample.
    ///   - outputCount: The number of outputs.
    ///   - settings: What can be chosen besides.
    /// - Returns: The network.
    /// - Throws: `Failure` with `usage`, naming the nearest known name, or if the network does not
    ///   take samples of such a shape.
    public static func make(
        _ name: String, input: FeatureShape, outputCount: Int,
        settings: ModelSettings = ModelSettings()
    ) throws -> NetworkDescription {
        if let entry = entry(named: name) {
            guard entry.takesTables || !input.isVector else {
                let others = all.filter(\.takesTables).map(\.name)
                throw Failure(
                    .usage, in: "--model", expected: "one of \(others.joined(separator: ", "))",
                    found: "\(name), which takes images, not rows of a table")
            }
            return entry.make(input, outputCount, settings)
        }
        let names = all.map(\.name)
        throw Failure(
            .usage, in: "model", expected: "one of \(names.joined(separator: ", "))",
            found: "\"\(name)\"", fix: names.nearest(to: name).map { "did you mean \($0)?" })
    }
}
