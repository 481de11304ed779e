import Foundation
import Randomness

/// The buffers between the loader's threads and its consumer: microbatch `n` lives in slot
/// `n mod slotCount` from the time a thread begins to fill it until the consumer asks for the next.
///
/// `@unchecked Sendable`: the mutable state is touched under `state` (a mutex with its condition) or
/// `scheduleLock`; a slot's memory belongs to the one thread that was given its number until it is
/// marked as ready, then to the consumer.
final class MicrobatchRing: @unchecked Sendable {
    /// One microbatch's place in memory.
    struct Slot {
        /// `[image, height, width, channel]`.
        let images: UnsafeMutablePointer<Float>
        let labels: UnsafeMutablePointer<Int32>
        let targets: UnsafeMutablePointer<Float>
        let imageNumbers: UnsafeMutablePointer<Int32>
        let partnerLabels: UnsafeMutablePointer<Int32>
        let shares: UnsafeMutablePointer<Float>
    }

    private let slots: [Slot]
    private let memory: [UnsafeMutableRawPointer]
    private let scheduleLock = NSLock()
    private var schedule: MicrobatchSchedule
    private let state = NSCondition()
    private var entries: [MicrobatchSchedule.Entry?]
    private var releasedCount = 0
    private var total: Int?
    private var isStopped = false

    /// Allocates all buffers, aligned to 64 bytes, and touches every page.
    init(schedule: MicrobatchSchedule, slotCount: Int, imageCount: Int, elementCount: Int) {
        self.schedule = schedule
        let floats = imageCount * elementCount
        memory = (0..<slotCount).map { _ in
            allocateAligned(
                byteCount: alignedByteCount(4 * floats) + 5 * alignedByteCount(4 * imageCount))
        }
        slots = memory.map { start in
            func list<Element>(
                _ number: Int, of type: Element.Type
            ) -> UnsafeMutablePointer<Element> {
                let offset =
                    alignedByteCount(4 * floats) + number * alignedByteCount(4 * imageCount)
                return (start + offset).bindMemory(to: type, capacity: imageCount)
            }
            return Slot(
                images: start.bindMemory(to: Float.self, capacity: floats),
                labels: list(0, of: Int32.self), targets: list(1, of: Float.self),
                imageNumbers: list(2, of: Int32.self), partnerLabels: list(3, of: Int32.self),
                shares: list(4, of: Float.self))
        }
        entries = Array(repeating: nil, count: slotCount)
    }

    deinit {
        for block in memory { block.deallocate() }
    }

    /// Gives the next microbatch to a loader thread, once its slot is free; nil when there is nothing
    /// left to load.
    func beginLoading() -> (entry: MicrobatchSchedule.Entry, slot: Slot)? {
        scheduleLock.lock()
        let entry = schedule.next()
        scheduleLock.unlock()

        state.lock()
        defer { state.unlock() }
        guard let entry else {
            endReached()
            return nil
        }
        while !isStopped && entry.number - releasedCount >= slots.count { state.wait() }
        if isStopped { return nil }
        return (entry, slots[entry.number % slots.count])
    }

    /// Hands a filled slot to the consumer.
    func finishLoading(_ entry: MicrobatchSchedule.Entry) {
        state.lock()
        entries[entry.number % slots.count] = entry
        state.broadcast()
        state.unlock()
    }

    /// Waits for a microbatch.
    ///
    /// - Parameters:
    ///   - number: Which of the consumer's microbatches; all before it are given back.
    ///   - waiting: Grows by the time for which the call was blocked.
    /// - Returns: The microbatch, or nil after the last one or after `stop`.
    func take(_ number: Int, waiting: inout Duration) -> (MicrobatchSchedule.Entry, Slot)? {
        let place = number % slots.count
        state.lock()
        defer { state.unlock() }
        if releasedCount < number {
            releasedCount = number
            state.broadcast()
        }
        if let entry = entries[place], entry.number == number, !isStopped {
            return (entry, slots[place])
        }
        let start = ContinuousClock.now
        defer { waiting += ContinuousClock.now - start }
        while !isStopped && number != total {
            if let entry = entries[place], entry.number == number { return (entry, slots[place]) }
            state.wait()
        }
        return nil
    }

    /// Wakes everybody up for the end.
    func stop() {
        state.lock()
        isStopped = true
        state.broadcast()
        state.unlock()
    }

    /// Notes the number of microbatches, which is known when the schedule ends.
    ///
    /// The caller holds `state`.
    private func endReached() {
        scheduleLock.lock()
        total = schedule.entryCount
        scheduleLock.unlock()
        state.broadcast()
    }
}

/// A number of bytes rounded up to whole cache lines.
private func alignedByteCount(_ byteCount: Int) -> Int { (byteCount + 63) / 64 * 64 }

/// Memory that begins a cache line and whose pages are all present.
private func allocateAligned(byteCount: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return memory
}
