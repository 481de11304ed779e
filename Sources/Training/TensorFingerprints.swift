import Layers

/// The fingerprints of a network's tensors after each step.
///
/// Ranks that share the tensors share the work: each hashes its part of the segments into memory of
/// all, and then anybody can fold the hashes. Neither allocates.
final class TensorFingerprints {
    /// Which fingerprint belongs to which tensor.
    let plan: FingerprintPlan
    private let model: Model
    private let hashes: UnsafeMutablePointer<UInt64>
    private let ownSegments: StrideTo<Int>
    private let fingerprints: UnsafeMutableBufferPointer<UInt32>

    /// Makes room for the fingerprints.
    ///
    /// - Parameters:
    ///   - plan: How the tensors are cut.
    ///   - model: The tensors.
    ///   - hashes: Memory of all ranks for `2 * plan.segmentCount` floats.
    ///   - part: This rank's part of the segments.
    ///   - partCount: The number of ranks.
    init(
        _ plan: FingerprintPlan, of model: Model, hashes: UnsafeMutablePointer<Float>, part: Int,
        of partCount: Int
    ) {
        self.plan = plan
        self.model = model
        self.hashes = UnsafeMutableRawPointer(hashes)
            .bindMemory(to: UInt64.self, capacity: plan.segmentCount)
        ownSegments = stride(from: part, to: plan.segmentCount, by: partCount)
        fingerprints = .allocate(capacity: plan.tensorNames.count)
        fingerprints.initialize(repeating: 0)
    }

    deinit { fingerprints.deallocate() }

    /// As last folded, in the order of `plan.tensorNames`.
    var values: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(fingerprints) }

    /// Hashes this rank's segments.
    func hashOwnSegments() {
        for segment in ownSegments { hashes[segment] = hash(segment) }
    }

    /// Folds the hashes of all ranks.
    func fold() {
        guard let base = fingerprints.baseAddress else { return }
        plan.fold(hashes, into: base)
    }

    /// The first tensor of which a segment of this rank's is not what it was when it was hashed.
    func firstChangedTensor() -> Int? {
        ownSegments.first { hash($0) != hashes[$0] }.map(plan.tensor(ofSegment:))
    }

    private func hash(_ segment: Int) -> UInt64 {
        plan.hash(
            segment: segment, parameters: model.parameters.base,
            statistics: model.statistics.base)
    }
}
