/// The L2 norm of all gradients, added up in an order that no distribution of the work changes.
///
/// The gradients are cut into blocks of a fixed length from the slab's beginning. Each block is
/// summed on its own, by whoever holds it, and the blocks are added along one binary tree. A norm
/// that is not finite tells of a NaN or an infinity among the gradients, as squares of float32
/// numbers cannot overflow in Double.
public enum GradientNorm {
    /// The number of gradients in a block; the last block may be shorter.
    public static let blockLength = 4096

    /// The number of blocks of so many gradients.
    ///
    /// - Parameter count: The number of gradients.
    /// - Returns: The number of blocks.
    public static func blockCount(_ count: Int) -> Int {
        (count + blockLength - 1) / blockLength
    }

    /// Sums the squares of each block.
    ///
    /// - Parameters:
    ///   - gradients: Gradients from a block's beginning, [count].
    ///   - count: The number of gradients.
    ///   - sums: The sums, [blockCount(count)].
    public static func sumSquares(
        of gradients: UnsafePointer<Float>, count: Int, into sums: UnsafeMutablePointer<Double>
    ) {
        for block in 0..<blockCount(count) {
            let start = block * blockLength
            sums[block] = sumOfSquares(gradients + start, min(blockLength, count - start))
        }
    }

    /// The norm from the sums of squares of all blocks.
    ///
    /// - Parameters:
    ///   - sums: The sums of all blocks in their order, [blockCount].
    ///   - blockCount: The number of blocks.
    /// - Returns: The norm; NaN or infinite if any gradient is.
    public static func norm(ofBlockSums sums: UnsafePointer<Double>, blockCount: Int) -> Double {
        treeSum(0..<blockCount) { sums[$0] }.squareRoot()
    }

    /// The norm of gradients that lie in one place; the same bits as by way of the block sums.
    ///
    /// - Parameters:
    ///   - gradients: All gradients, [count].
    ///   - count: The number of gradients.
    /// - Returns: The norm; NaN or infinite if any gradient is.
    public static func norm(of gradients: UnsafePointer<Float>, count: Int) -> Double {
        treeSum(0..<blockCount(count)) { block in
            let start = block * blockLength
            return sumOfSquares(gradients + start, min(blockLength, count - start))
        }.squareRoot()
    }

    /// The factor that limits the norm of the gradients, min(1, maximum / (norm + 1e-6)).
    ///
    /// For gradients that are still to be scaled, such as sums over images, give the norm times
    /// that scale, and multiply the factor by it to get `StepSettings.gradientScale`.
    ///
    /// Source: `torch.nn.utils.clip_grad_norm_`.
    ///
    /// - Parameters:
    ///   - norm: The norm of the gradients.
    ///   - maximum: What the norm is limited to.
    /// - Returns: The factor; NaN if the norm is.
    public static func clipFactor(norm: Double, maximum: Double) -> Double {
        let factor = maximum / (norm + 1e-6)
        // Not min(1, factor), which would make 1 out of NaN.
        return factor > 1 ? 1 : factor
    }
}

/// Adds values along the tree that halves a range at the largest power of two below its length.
func treeSum(_ range: Range<Int>, _ value: (Int) -> Double) -> Double {
    guard range.count > 1 else { return range.isEmpty ? 0 : value(range.lowerBound) }
    let half = 1 << (Int.bitWidth - 1 - (range.count - 1).leadingZeroBitCount)
    let middle = range.lowerBound + half
    return treeSum(range.lowerBound..<middle, value) + treeSum(middle..<range.upperBound, value)
}

/// The sum of the squares of one block.
private func sumOfSquares(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
    var sum = SquareSum()
    var start = 0
    while start + Vector.scalarCount <= count {
        sum.add(loadWhole(values + start))
        start += Vector.scalarCount
    }
    if start < count { sum.add(loadPart(values + start, count - start)) }
    return sum.value
}

/// Adds up squares in Double, in sixteen running sums that are added in the order of their lanes.
struct SquareSum {
    private var sums = SIMD16<Double>()

    /// Adds the squares of 16 numbers.
    @inline(__always)
    mutating func add(_ vector: Vector) {
        let vector = SIMD16<Double>(vector)
        sums += vector * vector
    }

    /// The sum.
    var value: Double { sums.sum() }
}
