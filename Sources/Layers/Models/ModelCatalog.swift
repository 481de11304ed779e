import Diagnostics

/// The networks that can be chosen by name.
public enum ModelCatalog {
    /// A network that can be chosen by name.
    public struct Entry: Sendable {
        /// The name on the command line.
        public let name: String
        /// One line for the help text.
        public let summary: String
        /// Makes the network for images of a shape and a number of classes.
        public let make: @Sendable (_ input: FeatureShape, _ classCount: Int) -> NetworkDescription
    }

    /// All networks; a new one is a row here.
    public static let all: [Entry] = [
        Entry(
            name: "resnet18", summary: "ResNet-18 in its form for CIFAR-10, 11.17 M parameters",
            make: { .resNet18(input: $0, classCount: $1) }),
        Entry(
            name: "cifar-net", summary: "three convolutions with batch norm, two dense layers",
            make: { .cifarNet(input: $0, classCount: $1) }),
        Entry(
            name: "mnist-cnn", summary: "two convolutions and two dense layers with dropout",
            make: { .mnistCNN(input: $0, classCount: $1) }),
        Entry(
            name: "speednet", summary: "the network of the CIFAR-10 speed runs, 1.97 M parameters",
            make: { .speedNet(input: $0, classCount: $1) }),
    ]

    /// The network of a name.
    ///
    /// - Parameters:
    ///   - name: The name on the command line.
    ///   - input: The shape of one image.
    ///   - classCount: The number of classes.
    /// - Returns: The network.
    /// - Throws: `Failure` with `usage`, naming the nearest known name.
    public static func make(
        _ name: String, input: FeatureShape, classCount: Int
    ) throws -> NetworkDescription {
        if let entry = all.first(where: { $0.name == name }) {
            return entry.make(input, classCount)
        }
        let names = all.map(\.name)
        throw Failure(
            .usage, in: "model", expected: "one of \(names.joined(separator: ", "))",
            found: "\"\(name)\"", fix: names.nearest(to: name).map { "did you mean \($0)?" })
    }
}
