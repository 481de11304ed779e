import Diagnostics
import Foundation
import Randomness

/// What one loader thread does: fill slots of the ring until there is nothing left.
final class LoadingJob {
    private let source: any InputSource
    private let ring: MicrobatchRing
    private let key: RandomKey
    private var reader: any InputReader

    init(source: any InputSource, seed: UInt64, ring: MicrobatchRing) {
        self.source = source
        self.ring = ring
        key = RandomKey(seed: seed).derived("augment")
        reader = source.makeReader()
    }

    deinit { reader.deallocate() }

    /// Starts a thread that owns the job.
    ///
    /// - Returns: The thread, to be joined.
    /// - Throws: `Failure` with `.internalError` if the system gives no thread.
    func start() throws -> pthread_t {
        var thread = pthread_t()
        let job = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<LoadingJob>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, job.toOpaque())
        guard status == 0 else {
            job.release()
            throw Failure(
                .internalError, in: "loader thread", found: String(cString: strerror(status)),
                fix: "raise the limit of threads (ulimit -u)")
        }
        return thread
    }

    private func run() {
        while let (entry, slot) = ring.beginLoading() {
            load(entry, into: slot)
            ring.finishLoading(entry)
        }
    }

    private func load(_ entry: MicrobatchSchedule.Entry, into slot: MicrobatchRing.Slot) {
        let epochKey = key.derived(entry.position.epoch)
        let elementCount = source.elementCount
        let hasLabels = source.hasLabels
        for (place, position) in entry.images.enumerated() {
            let image = Int(entry.order[position])
            reader.read(image, key: epochKey, into: slot.images + place * elementCount)
            slot.labels[place] = hasLabels ? Int32(source.label(at: image)) : 0
            slot.targets[place] = hasLabels ? source.target(at: image) : 0
            slot.imageNumbers[place] = Int32(image)
            guard source.mixesSamples else { continue }
            let mixture = reader.mixture
            slot.shares[place] = mixture?.share ?? 1
            slot.partnerLabels[place] =
                hasLabels ? Int32(source.label(at: mixture?.partner ?? image)) : 0
        }
    }
}
