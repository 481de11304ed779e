import Communication
import Layers

/// What a batch optimizer makes small: the mean loss of all training samples and half of l2 times the
/// sum of the weights' squares, with its gradient; an l1 penalty the optimizer adds itself.
///
/// Samples are cut into microbatches, whose sums are added in Double along one binary tree. Each rank
/// computes the nodes of the tree that lie in its own microbatches, and all ranks get all of these and
/// add up the rest; thus the bits do not depend on the number of ranks.
final class BatchObjective {
    /// What an evaluation comes to, on all ranks the same.
    struct Value {
        let value: Double
        let gradient: [Double]
        /// The samples that were classified rightly.
        let correctCount: Int
        /// What any rank knew.
        let control: ControlWord
    }

    private let sums: any SampleSums
    private let team: HostTeam
    private let tree: LeafTree
    private let sampleCount: Int
    private let microbatch: Int
    private let packing: ParameterPacking
    private let l2: Double
    /// For each rank the nodes whose sums it computes.
    private let nodes: [[Range<Int>]]
    private let stack: UnsafeMutableBufferPointer<Double>

    private var vectorCount: Int { 2 + packing.count }

    /// Divides the samples among the ranks.
    ///
    /// - Parameters:
    ///   - sums: What is summed.
    ///   - packing: The parameters.
    ///   - l2: Twice the factor of the sum of the weights' squares, at least 0.
    ///   - sampleCount: The number of samples.
    ///   - microbatch: Samples of a leaf of the tree.
    ///   - team: All ranks.
    init(
        _ sums: any SampleSums, packing: ParameterPacking, l2: Double, sampleCount: Int,
        microbatch: Int, team: HostTeam
    ) {
        self.l2 = l2
        self.sums = sums
        self.packing = packing
        self.sampleCount = sampleCount
        self.microbatch = microbatch
        self.team = team
        let tree = LeafTree(leafCount: (sampleCount + microbatch - 1) / microbatch)
        let rankCount = team.communicator.rankCount
        var nodes = Array(repeating: [Range<Int>](), count: rankCount)
        for (position, rank) in team.ranks.joined().enumerated() {
            nodes[rank] = tree.nodes(
                of: BalancedPartition.range(
                    of: position, outOf: rankCount, count: tree.leafCount))
        }
        self.nodes = nodes
        self.tree = tree
        stack = .allocate(capacity: tree.depth * (2 + packing.count))
        stack.initialize(repeating: 0)
    }

    deinit { stack.deallocate() }

    /// Bytes of the memory for sums.
    var memoryByteCount: Int { stack.count * MemoryLayout<Double>.stride }

    /// Evaluates at a point; every rank has to call it with the same one.
    ///
    /// - Parameters:
    ///   - point: The parameters, before they were rounded to floats.
    ///   - control: What this rank alone knows.
    /// - Returns: What it comes to.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func evaluate(at point: [Double], control: ControlWord) throws -> Value {
        sums.setPoint(point)
        var control = control
        var partial: [Range<Int>: ArraySlice<Double>] = [:]
        let messages = try team.communicator.allGather(ownMessage(control))
        for (rank, message) in messages.enumerated() {
            let numbers = message.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
            control.formUnion(ControlWord(rawValue: numbers[0].bitPattern))
            for (number, node) in nodes[rank].enumerated() {
                let start = 1 + number * vectorCount
                partial[node] = numbers[start..<start + vectorCount]
            }
        }
        let total = sum(0..<tree.leafCount, of: partial)
        var gradient = total.dropFirst(2).map { $0 / Double(sampleCount) }
        let penalty = addPenalty(to: &gradient, at: point)
        return Value(
            value: total[0] / Double(sampleCount) + penalty, gradient: gradient,
            correctCount: Int(total[1]), control: control)
    }

    /// Adds the gradient of the weights' penalty.
    ///
    /// - Returns: The penalty.
    private func addPenalty(to gradient: inout [Double], at point: [Double]) -> Double {
        guard l2 > 0 else { return 0 }
        var squares = 0.0
        for range in packing.weightRanges {
            for index in range {
                squares += point[index] * point[index]
                gradient[index] += l2 * point[index]
            }
        }
        return l2 / 2 * squares
    }

    /// The facts that this rank knows and the sums of its nodes, as bytes.
    private func ownMessage(_ control: ControlWord) -> [UInt8] {
        guard let base = stack.baseAddress else { return [] }
        let log = team.communicator.log
        var numbers = [Double(bitPattern: control.rawValue)]
        for node in nodes[team.communicator.rank] {
            tree.sum(node, stack: base, count: vectorCount) { leaf, target in
                log.advance()
                let first = leaf * microbatch
                sums.compute(first..<min(first + microbatch, sampleCount), into: target)
            }
            numbers.append(contentsOf: UnsafeMutableBufferPointer(start: base, count: vectorCount))
        }
        return numbers.withUnsafeBytes { Array($0) }
    }

    private func sum(
        _ node: Range<Int>, of partial: [Range<Int>: ArraySlice<Double>]
    ) -> [Double] {
        if let known = partial[node] { return Array(known) }
        let (left, right) = LeafTree.halves(of: node)
        var total = sum(left, of: partial)
        for (index, number) in sum(right, of: partial).enumerated() { total[index] += number }
        return total
    }
}
