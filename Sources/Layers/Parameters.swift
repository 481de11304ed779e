/// How a parameter's elements lie in memory, relative to the order in which files hold them.
public enum ParameterOrder: Sendable, Hashable {
    /// The same order as in files.
    case same
    /// Convolution filters: files hold [output, input, height, width], as PyTorch does; memory
    /// holds [height, width, input, output].
    case filters
}

/// What a layer says of a parameter that it wants.
public struct ParameterSpecification: Sendable {
    /// The last part of its name: `weight`, `bias`.
    public let name: String
    /// Its extents in the order in which files hold them.
    public let shape: [Int]
    /// How it lies in memory.
    public let order: ParameterOrder
    /// Its values before training.
    public let initializer: Initializer
    /// Whether the optimizer changes it.
    public let isTrainable: Bool
    /// What its name begins with, if not the layer's name.
    var owner: String?

    /// Creates a specification.
    ///
    /// - Parameters:
    ///   - name: The last part of its name.
    ///   - shape: Its extents in the order in which files hold them.
    ///   - order: How it lies in memory.
    ///   - initializer: Its values before training.
    ///   - isTrainable: Whether the optimizer changes it.
    public init(
        _ name: String, shape: [Int], order: ParameterOrder = .same, initializer: Initializer,
        isTrainable: Bool = true
    ) {
        self.name = name
        self.shape = shape
        self.order = order
        self.initializer = initializer
        self.isTrainable = isTrainable
    }
}

/// What a layer says of a running statistic that it keeps: a mean over batches, used in inference.
public struct StatisticSpecification: Sendable {
    /// The last part of its name: `running_mean`.
    public let name: String
    /// Its length.
    public let count: Int
    /// Its value before training.
    public let initialValue: Float
    /// How much of each step's value goes into the running one, in (0, 1].
    public let momentum: Float
    /// What its name begins with, if not the layer's name.
    var owner: String?

    /// Creates a specification.
    ///
    /// - Parameters:
    ///   - name: The last part of its name.
    ///   - count: Its length.
    ///   - initialValue: Its value before training.
    ///   - momentum: How much of each step's value goes into the running one.
    public init(_ name: String, count: Int, initialValue: Float, momentum: Float) {
        self.name = name
        self.count = count
        self.initialValue = initialValue
        self.momentum = momentum
    }
}
