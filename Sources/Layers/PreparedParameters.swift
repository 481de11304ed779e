/// What layers compute from their parameters alone, such as transformed filters.
///
/// It may be shared: by a network for training and one for inference of the same layers, and by
/// processes, each of which prepares its part.
public final class PreparedParameters {
    /// Whether it is that of the parameters as they are.
    ///
    /// Whoever changes parameters clears it, and whoever has seen all parts prepared sets it.
    public var isCurrent = false
    /// What it is planned for; what training needs serves inference too.
    let mode: PassMode
    let memory: Arena
    let part: Int
    let partCount: Int

    /// Makes use of memory.
    ///
    /// - Parameters:
    ///   - memory: `count(for:mode:)` floats.
    ///   - mode: What it is planned for.
    ///   - part: Which part `Network.prepare` is to compute.
    ///   - partCount: The number of parts.
    public init(_ memory: Arena, mode: PassMode, part: Int = 0, of partCount: Int = 1) {
        precondition((0..<partCount).contains(part), "part \(part) of \(partCount)")
        self.memory = memory
        self.mode = mode
        self.part = part
        self.partCount = partCount
    }

    /// The layers of one part: the largest ones first, each to the part with the least so far.
    ///
    /// - Parameter counts: The floats that each layer prepares.
    /// - Returns: The layers, ascending.
    func layers(_ counts: [Int]) -> [Int] {
        var sums = [Int](repeating: 0, count: partCount)
        var own: [Int] = []
        let order = counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
        for layer in order where counts[layer] > 0 {
            let least = sums.indices.min { (sums[$0], $0) < (sums[$1], $1) } ?? 0
            sums[least] += counts[layer]
            if least == part { own.append(layer) }
        }
        return own.sorted()
    }
}
