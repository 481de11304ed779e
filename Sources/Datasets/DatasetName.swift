import Diagnostics

/// The data sets that `--dataset` knows.
public enum DatasetName: Hashable, Sendable {
    /// CIFAR-10 if it is found, else the built-in images.
    case auto
    /// CIFAR-10: 32×32×3, ten classes, 50,000 + 10,000 images.
    case cifar10
    /// MNIST: 28×28×1, ten classes, 60,000 + 10,000 images.
    case mnist
    /// Fashion-MNIST: 28×28×1, ten classes, 60,000 + 10,000 images.
    case fashionMNIST
    /// Generated images: 32×32×3, ten classes, 10,000 + 2,000 images.
    case builtin
    /// The table in a file, by its path.
    case csv(String)

    /// The data sets of images, which have fixed names.
    public static let images: [DatasetName] = [.auto, .cifar10, .mnist, .fashionMNIST, .builtin]

    /// How the names are written, for messages and help texts.
    public static let usages = images.map(\.rawValue) + ["csv:FILE"]

    private static let tablePrefix = "csv:"

    /// Finds a data set by its name.
    ///
    /// - Parameter name: What the user wrote.
    /// - Throws: `Failure` with `.usage` for an unknown name, naming the nearest known one.
    public init(parsing name: String) throws {
        guard let known = DatasetName(rawValue: name) else {
            throw Failure(
                .usage, in: "--dataset", expected: "one of \(Self.usages.joined(separator: ", "))",
                found: "unknown data set \"\(name)\"",
                fix: Self.usages.nearest(to: name).map { "did you mean \($0)?" })
        }
        self = known
    }
}

extension DatasetName: RawRepresentable, Codable {
    /// Finds a data set by its name.
    ///
    /// - Parameter rawValue: What the user wrote; nil comes back for an unknown name.
    public init?(rawValue: String) {
        if let known = Self.images.first(where: { $0.rawValue == rawValue }) {
            self = known
        } else if rawValue.hasPrefix(Self.tablePrefix), rawValue != Self.tablePrefix {
            self = .csv(String(rawValue.dropFirst(Self.tablePrefix.count)))
        } else {
            return nil
        }
    }

    /// The name as a user writes it, such as `cifar10` or `csv:data/iris.csv`.
    public var rawValue: String {
        switch self {
        case .auto: "auto"
        case .cifar10: "cifar10"
        case .mnist: "mnist"
        case .fashionMNIST: "fashion-mnist"
        case .builtin: "builtin"
        case .csv(let path): Self.tablePrefix + path
        }
    }

    /// Whether it is a table.
    public var isTable: Bool {
        if case .csv = self { true } else { false }
    }

    /// A name that can be part of a file's name: for a table that of its file, without its ending.
    public var shortName: String {
        guard case .csv(let path) = self else { return rawValue }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file }
        return String(file[..<dot])
    }
}
