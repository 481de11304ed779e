import Layers

/// The fingerprints of a network's tensors as they are now; taking them allocates nothing.
final class TensorFingerprints {
    /// Which fingerprint belongs to which tensor.
    let plan: FingerprintPlan
    private let hashes: UnsafeMutablePointer<UInt64>
    private let fingerprints: UnsafeMutableBufferPointer<UInt32>

    /// Makes room.
    ///
    /// - Parameter layout: Where the tensors lie.
    init(layout: ParameterLayout) {
        plan = FingerprintPlan(layout: layout)
        hashes = .allocate(capacity: plan.segmentCount)
        hashes.initialize(repeating: 0, count: plan.segmentCount)
        fingerprints = .allocate(capacity: plan.tensorNames.count)
        fingerprints.initialize(repeating: 0)
    }

    deinit {
        hashes.deallocate()
        fingerprints.deallocate()
    }

    /// As last taken, in the order of `plan.tensorNames`.
    var values: UnsafeBufferPointer<UInt32> { UnsafeBufferPointer(fingerprints) }

    /// Takes the fingerprints.
    ///
    /// - Parameters:
    ///   - parameters: The parameters' slab.
    ///   - statistics: The statistics' slab.
    func take(_ parameters: UnsafePointer<Float>, _ statistics: UnsafePointer<Float>) {
        guard let base = fingerprints.baseAddress else { return }
        for segment in 0..<plan.segmentCount {
            hashes[segment] = plan.hash(
                segment: segment, parameters: parameters, statistics: statistics)
        }
        plan.fold(hashes, into: base)
    }
}
