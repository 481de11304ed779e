/// Where each parameter and running statistic of a network lies.
///
/// All parameters lie in one slab of floats and all statistics in another, each tensor aligned to 64
/// bytes, in the order of the layers. Gradients lie as the parameters do.
public struct ParameterLayout: Sendable {
    /// A parameter in the slab.
    public struct Parameter: Sendable {
        /// The full name, such as `blocks.0.conv1.weight`.
        public let name: String
        /// Its extents in the order in which files hold them.
        public let shape: [Int]
        /// How it lies in memory.
        public let order: ParameterOrder
        /// Its values before training.
        public let initializer: Initializer
        /// Whether the optimizer changes it.
        public let isTrainable: Bool
        /// Its place in the slab, in floats.
        public let range: Range<Int>
    }

    /// A running statistic in its slab.
    public struct Statistic: Sendable {
        /// The full name, such as `bn1.running_mean`.
        public let name: String
        /// Its value before training.
        public let initialValue: Float
        /// How much of each step's value goes into the running one.
        public let momentum: Float
        /// Its place in the slab, in floats.
        public let range: Range<Int>
    }

    /// The parameters in the order of their places.
    public private(set) var parameters: [Parameter] = []
    /// The statistics in the order of their places.
    public private(set) var statistics: [Statistic] = []
    /// Floats of the parameters' slab, with the gaps that alignment leaves.
    public private(set) var slabCount = 0
    /// Floats of the statistics' slab, with gaps.
    public private(set) var statisticsCount = 0

    /// The number of trained and frozen parameters, without gaps and statistics.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.range.count } }

    /// Where the trained weights lie in the slab, ascending: matrices and filters, neither biases nor
    /// the scales of normalisations.
    public var weightRanges: [Range<Int>] {
        parameters.filter { $0.isTrainable && $0.shape.count > 1 }.map(\.range)
    }

    /// Appends a layer's parameters.
    ///
    /// - Parameters:
    ///   - specifications: The layer's parameters.
    ///   - prefix: What their names begin with.
    /// - Returns: Where each begins.
    mutating func append(_ specifications: [ParameterSpecification], prefix: String) -> [Int] {
        specifications.map { specification in
            let start = slabCount
            let count = specification.shape.reduce(1, *)
            parameters.append(
                Parameter(
                    name: "\(specification.owner ?? prefix).\(specification.name)",
                    shape: specification.shape,
                    order: specification.order, initializer: specification.initializer,
                    isTrainable: specification.isTrainable, range: start..<start + count))
            slabCount = aligned(start + count)
            return start
        }
    }

    /// Appends a layer's running statistics.
    ///
    /// - Parameters:
    ///   - specifications: The layer's statistics.
    ///   - prefix: What their names begin with.
    /// - Returns: Where each begins.
    mutating func append(_ specifications: [StatisticSpecification], prefix: String) -> [Int] {
        specifications.map { specification in
            let start = statisticsCount
            statistics.append(
                Statistic(
                    name: "\(specification.owner ?? prefix).\(specification.name)",
                    initialValue: specification.initialValue, momentum: specification.momentum,
                    range: start..<start + specification.count))
            statisticsCount = aligned(start + specification.count)
            return start
        }
    }
}

/// The next multiple of 16 floats, a cache line.
func aligned(_ count: Int) -> Int { (count + 15) & ~15 }
