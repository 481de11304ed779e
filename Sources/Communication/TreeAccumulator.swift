/// Adds up the leaves of one rank as they come, keeping the partial sums of the largest tree nodes
/// that lie in the rank: about log₂ of the number of leaves, in slabs allocated once.
final class TreeAccumulator {
    let schedule: TreeSchedule
    let slabs: SlabPool
    private var leafCount = 0
    private var depth = 0

    init(schedule: TreeSchedule, elementCount: Int) {
        self.schedule = schedule
        slabs = SlabPool(slabCount: schedule.slabCount, elementCount: elementCount)
    }

    /// Whether all leaves are in.
    var isComplete: Bool { leafCount == schedule.leaves.count }

    /// Forgets all leaves, for the next step.
    func reset() {
        leafCount = 0
        depth = 0
    }

    /// Adds the next leaf.
    func add(_ leaf: UnsafeBufferPointer<Float>) {
        precondition(
            !isComplete && leaf.count == slabs.elementCount,
            "leaf \(leafCount + 1) of \(schedule.leaves.count) has \(leaf.count) elements of "
                + "\(slabs.elementCount)")
        let mergeCount = schedule.mergeCounts[leafCount]
        leafCount += 1
        if mergeCount == 0 {
            _ = slabs[depth].update(fromContentsOf: leaf)
            depth += 1
            return
        }
        Communication.add(leaf, into: slabs[depth - 1])
        for _ in 1..<mergeCount {
            Communication.add(UnsafeBufferPointer(slabs[depth - 1]), into: slabs[depth - 2])
            depth -= 1
        }
    }
}
