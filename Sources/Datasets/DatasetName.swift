import Diagnostics

/// The data sets that `--dataset` knows.
public enum DatasetName: String, Hashable, Sendable, CaseIterable, Codable {
    /// CIFAR-10 if it is found, else the built-in images.
    case auto
    /// CIFAR-10: 32×32×3, ten classes, 50,000 + 10,000 images.
    case cifar10
    /// MNIST: 28×28×1, ten classes, 60,000 + 10,000 images.
    case mnist
    /// Fashion-MNIST: 28×28×1, ten classes, 60,000 + 10,000 images.
    case fashionMNIST = "fashion-mnist"
    /// Generated images: 32×32×3, ten classes, 10,000 + 2,000 images.
    case builtin

    /// Finds a data set by its name.
    ///
    /// - Parameter name: What the user wrote.
    /// - Throws: `Failure` with `.usage` for an unknown name, naming the nearest known one.
    public init(parsing name: String) throws {
        guard let known = DatasetName(rawValue: name) else {
            let names = Self.allCases.map(\.rawValue)
            throw Failure(
                .usage, in: "--dataset", expected: "one of \(names.joined(separator: ", "))",
                found: "unknown data set \"\(name)\"",
                fix: names.nearest(to: name).map { "did you mean \($0)?" })
        }
        self = known
    }
}
