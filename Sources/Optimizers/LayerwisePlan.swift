/// How the tensors of a slab are measured and moved by a layerwise optimizer, whoever holds which part
/// of the slab.
///
/// Tensors are cut where blocks of `GradientNorm.blockLength` parameters end, counted from the
/// beginning of the slab. Each segment is measured on its own, and the sums of a tensor's segments are
/// added along one binary tree; therefore its norm has the same bits however the blocks are spread.
public struct LayerwisePlan: Sendable {
    /// A tensor of the slab.
    public struct Tensor: Hashable, Sendable {
        /// Its place in the slab.
        public var range: Range<Int>
        /// Whether its step is scaled by its norms and its weights decay; biases and the parameters of
        /// normalisations are small and few, and go without both.
        public var isScaled: Bool

        /// Describes a tensor.
        ///
        /// - Parameters:
        ///   - range: Its place in the slab.
        ///   - isScaled: Whether its step is scaled by its norms and its weights decay.
        public init(range: Range<Int>, isScaled: Bool) {
            self.range = range
            self.isScaled = isScaled
        }
    }

    private let tensors: [Tensor]
    /// The parts of all tensors, in the order of the tensors.
    private let segments: [Range<Int>]
    /// The segments of each tensor.
    private let segmentRanges: [Range<Int>]

    /// Cuts tensors.
    ///
    /// - Parameter tensors: The tensors that are trained, in ascending order without overlap.
    public init(_ tensors: [Tensor]) {
        let block = GradientNorm.blockLength
        var segments: [Range<Int>] = []
        segmentRanges = tensors.map { tensor in
            let first = segments.count
            var start = tensor.range.lowerBound
            while start < tensor.range.upperBound {
                let end = min((start / block + 1) * block, tensor.range.upperBound)
                segments.append(start..<end)
                start = end
            }
            return first..<segments.count
        }
        self.tensors = tensors
        self.segments = segments
    }

    /// The number of segments of all tensors.
    public var segmentCount: Int { segments.count }

    /// The first half of a step, on a part of the slab.
    ///
    /// - Parameters:
    ///   - range: The part, which begins at a multiple of `GradientNorm.blockLength` and ends at one
    ///     or behind all tensors.
    ///   - slab: The whole slab.
    ///   - optimizer: The optimizer.
    ///   - step: The settings of the step.
    ///   - squares: The sums of all segments, [`segmentCount`]; those of the part are written.
    public func measure(
        _ range: Range<Int>, of slab: ParameterSlice, by optimizer: some LayerwiseOptimizer,
        _ step: StepSettings, into squares: UnsafeMutablePointer<TensorSquares>
    ) {
        for (tensor, own) in zip(tensors, segmentRanges) where tensor.range.overlaps(range) {
            let step = settings(of: tensor, step)
            for number in own where segments[number].overlaps(range) {
                squares[number] = optimizer.measure(slab[checked(number, in: range)], step)
            }
        }
    }

    /// The second half of a step, after all segments were measured.
    ///
    /// - Parameters:
    ///   - range: The part, as in the first half.
    ///   - slab: The whole slab.
    ///   - optimizer: The optimizer.
    ///   - step: The settings of the step.
    ///   - squares: The sums of all segments, [`segmentCount`].
    public func move(
        _ range: Range<Int>, of slab: ParameterSlice, by optimizer: some LayerwiseOptimizer,
        _ step: StepSettings, squares: UnsafePointer<TensorSquares>
    ) {
        for (tensor, own) in zip(tensors, segmentRanges) where tensor.range.overlaps(range) {
            let step = settings(of: tensor, step)
            let ratio =
                tensor.isScaled
                ? optimizer.trustRatio(
                    parameterNorm: treeSum(own) { squares[$0].parameters }.squareRoot(),
                    directionNorm: treeSum(own) { squares[$0].directions }.squareRoot(), step)
                : 1
            for number in own where segments[number].overlaps(range) {
                optimizer.move(slab[checked(number, in: range)], trustRatio: ratio, step)
            }
        }
    }

    private func settings(of tensor: Tensor, _ step: StepSettings) -> StepSettings {
        var settings = step
        if !tensor.isScaled { settings.weightDecay = 0 }
        return settings
    }

    private func checked(_ number: Int, in range: Range<Int>) -> Range<Int> {
        let segment = segments[number]
        precondition(
            range.contains(segment.lowerBound) && segment.upperBound <= range.upperBound,
            "a border of parameters \(range) lies inside segment \(segment)")
        return segment
    }
}
