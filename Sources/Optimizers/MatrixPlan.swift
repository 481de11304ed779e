/// Which tensors of a slab a matrix optimizer moves as a whole, and which rank moves which.
public struct MatrixPlan: Sendable {
    /// A matrix of the slab.
    public struct Matrix: Hashable, Sendable {
        /// Its place in the slab.
        public let range: Range<Int>
        /// Its extents, as it lies in memory.
        public let shape: MatrixShape

        /// Describes a matrix.
        ///
        /// - Parameters:
        ///   - range: Its place in the slab, of as many elements as the matrix.
        ///   - shape: Its extents, as it lies in memory.
        public init(range: Range<Int>, shape: MatrixShape) {
            precondition(range.count == shape.count, "\(shape) in \(range.count) elements")
            self.range = range
            self.shape = shape
        }
    }

    private let optimizer: any MatrixOptimizer
    private let matrices: [Matrix]

    /// Creates a plan.
    ///
    /// - Parameters:
    ///   - optimizer: What moves the matrices.
    ///   - matrices: The matrices, in ascending order without overlap.
    public init(_ optimizer: any MatrixOptimizer, _ matrices: [Matrix]) {
        self.optimizer = optimizer
        self.matrices = matrices
    }

    /// The floats of scratch that the steps of all matrices take, one after the other.
    public var scratchCount: Int {
        matrices.map { optimizer.scratchCount($0.shape) }.max() ?? 0
    }

    /// The matrices of one of the ranks that share a slab.
    ///
    /// Each goes, the largest first, to the rank that has the least to do.
    ///
    /// - Parameters:
    ///   - part: The number of the rank among them.
    ///   - partCount: How many share the slab.
    /// - Returns: Its matrices; with more ranks than matrices some have none.
    public func share(_ part: Int, of partCount: Int) -> [Matrix] {
        var loads = Array(repeating: 0, count: partCount)
        var own: [Matrix] = []
        let sizes = matrices.map {
            (matrix: $0, work: optimizer.multiplicationCount($0.shape))
        }
        for (matrix, work) in sizes.sorted(by: { $0.work > $1.work }) {
            guard let owner = loads.indices.min(by: { loads[$0] < loads[$1] }) else { break }
            loads[owner] += work
            if owner == part { own.append(matrix) }
        }
        return own
    }

    /// The parts of a range that lie outside of all matrices.
    ///
    /// - Parameters:
    ///   - range: Positions in the slab.
    ///   - body: Called with each part that is not empty, in ascending order.
    public func forEachGap(in range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = range.lowerBound
        for matrix in matrices where matrix.range.overlaps(range) {
            if start < matrix.range.lowerBound { body(start..<matrix.range.lowerBound) }
            start = matrix.range.upperBound
        }
        if start < range.upperBound { body(start..<range.upperBound) }
    }

    /// Makes one optimizer step on a matrix; allocates nothing.
    ///
    /// - Parameters:
    ///   - matrix: One of the plan.
    ///   - slab: The whole slab.
    ///   - step: The settings of the step.
    ///   - scratch: `scratchCount` floats, of any value.
    public func update(
        _ matrix: Matrix, of slab: ParameterSlice, _ step: StepSettings,
        scratch: UnsafeMutablePointer<Float>
    ) {
        optimizer.update(slab[matrix.range], matrix.shape, step, scratch: scratch)
    }
}
