import Diagnostics

/// The elements of a tensor of trees.
public enum TreeElements: Hashable, Sendable {
    /// Whole numbers.
    case integers([Int64])
    /// Numbers.
    case floats([Float])

    /// The number of elements.
    public var count: Int {
        switch self {
        case .integers(let values): values.count
        case .floats(let values): values.count
        }
    }
}

/// Trees as named arrays over the nodes of all trees, one tree after the other, with which files are
/// written and read.
///
/// - `node_count` [tree]; `feature`, `left`, `right`, `missing_left`, `rows` [node]: integers; a leaf
///   has feature −1, and children are numbered within their tree
/// - `threshold`, `impurity` [node] and `value` [node · output]: floats
public struct TreeTensors: Hashable, Sendable {
    /// The names of all arrays, in the order of the alphabet.
    public static let names = [
        "feature", "impurity", "left", "missing_left", "node_count", "right", "rows", "threshold",
        "value",
    ]

    /// Whether an array has whole numbers.
    public static func areIntegers(_ name: String) -> Bool {
        !["impurity", "threshold", "value"].contains(name)
    }

    /// The arrays by name.
    public let elements: [String: TreeElements]

    /// Takes arrays as they were read.
    ///
    /// - Parameter elements: The arrays by name.
    public init(_ elements: [String: TreeElements]) { self.elements = elements }

    /// Lists the nodes of trees.
    ///
    /// - Parameter trees: The trees.
    public init(_ trees: [DecisionTree]) {
        func integers(_ values: (DecisionTree) -> [some BinaryInteger]) -> TreeElements {
            .integers(trees.flatMap { values($0).map { Int64($0) } })
        }
        func floats(_ values: (DecisionTree) -> [Float]) -> TreeElements {
            .floats(trees.flatMap(values))
        }
        elements = [
            "node_count": .integers(trees.map { Int64($0.nodeCount) }),
            "feature": integers(\.features), "left": integers(\.left),
            "right": integers(\.right), "rows": integers(\.rowCounts),
            "missing_left": integers { $0.sendsMissingLeft.map { $0 ? 1 : 0 } },
            "threshold": floats(\.thresholds), "impurity": floats(\.impurities),
            "value": floats(\.outputs),
        ]
    }

    /// The trees, of which every number is checked, so that a damaged file can neither end nor hold
    /// up the program.
    ///
    /// - Parameters:
    ///   - outputCount: The numbers that a leaf holds, below 2³¹.
    ///   - featureCount: The features of a row.
    ///   - file: What is named in errors.
    /// - Returns: The trees.
    /// - Throws: `Failure` with `badData` that names the array, and the node if one is wrong.
    public func trees(
        outputCount: Int, featureCount: Int, file: String
    ) throws -> [DecisionTree] {
        let reader = TensorReader(elements: elements, file: file)
        let sizes = try reader.integers("node_count")
        guard let nodeCount = Self.sum(of: sizes), sizes.allSatisfy({ $0 > 0 }) else {
            throw reader.failure("node_count", "numbers above 0", "others")
        }
        // Both factors are below 2³¹.
        let valueCount = nodeCount * outputCount
        for name in Self.names where name != "node_count" {
            try reader.check(name, count: name == "value" ? valueCount : nodeCount)
        }
        var (start, trees) = (0, [DecisionTree]())
        for size in sizes {
            let range = start..<start + Int(size)
            let tree = try reader.tree(range, outputCount: outputCount)
            try TreeVerification(
                tree: tree, featureCount: featureCount,
                name: "\(file): tree \(trees.count + 1)"
            ).verify()
            trees.append(tree)
            start = range.upperBound
        }
        return trees
    }

    /// The sum, or nil if it is too large for the numbers of nodes.
    private static func sum(of sizes: [Int64]) -> Int? {
        var sum: Int64 = 0
        for size in sizes {
            guard size <= Int64(Int32.max) else { return nil }
            sum += max(0, size)
            guard sum <= Int64(Int32.max) else { return nil }
        }
        return Int(sum)
    }
}

/// Takes checked arrays out of tensors.
private struct TensorReader {
    let elements: [String: TreeElements]
    let file: String

    func failure(_ name: String, _ expected: String, _ found: String) -> Failure {
        Failure(.badData, in: "\(file): tensor \(name)", expected: expected, found: found)
    }

    func integers(_ name: String) throws -> [Int64] {
        guard case .integers(let values) = elements[name] else {
            throw failure(name, "integers", elements[name] == nil ? "missing" : "floats")
        }
        return values
    }

    func floats(_ name: String) throws -> [Float] {
        guard case .floats(let values) = elements[name] else {
            throw failure(name, "floats", elements[name] == nil ? "missing" : "integers")
        }
        return values
    }

    func check(_ name: String, count: Int) throws {
        let found =
            TreeTensors.areIntegers(name) ? try integers(name).count : try floats(name).count
        guard found == count else {
            throw failure(name, "\(count.grouped) elements", found.grouped)
        }
    }

    /// Numbers that fit in 32 bits.
    private func small(_ name: String, _ range: Range<Int>) throws -> [Int32] {
        try integers(name)[range].map { value in
            guard let number = Int32(exactly: value) else {
                throw failure(name, "numbers of 32 bits", value.grouped)
            }
            return number
        }
    }

    func tree(_ range: Range<Int>, outputCount: Int) throws -> DecisionTree {
        var tree = DecisionTree(outputCount: outputCount)
        tree.features = try small("feature", range)
        tree.left = try small("left", range)
        tree.right = try small("right", range)
        tree.sendsMissingLeft = try small("missing_left", range).map { $0 != 0 }
        tree.rowCounts = Array(try integers("rows")[range])
        tree.thresholds = Array(try floats("threshold")[range])
        tree.impurities = Array(try floats("impurity")[range])
        let values = range.lowerBound * outputCount..<range.upperBound * outputCount
        tree.outputs = Array(try floats("value")[values])
        return tree
    }
}
