import Layers
import Randomness

/// What a kernel has at least to do, whatever way it goes about it.
struct KernelWork: Sendable {
    /// Additions and multiplications; nil where counting them says nothing.
    var operations: Double?
    /// Floats of the operands, each counted once.
    var readCount: Int
    /// Floats of the results, each counted once.
    var writtenCount: Int

    /// Bytes that have to move.
    var byteCount: Double { Double((readCount + writtenCount) * MemoryLayout<Float>.stride) }
}

/// A kernel on operands of one shape, ready to be called again and again.
struct KernelCase {
    /// What is computed, as in `convolution forward`.
    let kernel: String
    /// The extents, as in `64→128 3×3 /2 @ 32×32`.
    let shape: String
    /// How it is computed, as in `winograd`.
    let method: String
    /// What has at least to be done.
    let work: KernelWork
    /// Allocates operands and returns the call; throws `Failure` with `usage` if a layer cannot take
    /// its operands.
    let makeCall: () throws -> () -> Void

    /// Describes a kernel that brings its own memory.
    ///
    /// - Parameters:
    ///   - kernel: What is computed.
    ///   - shape: The extents.
    ///   - method: How it is computed.
    ///   - work: What has at least to be done.
    ///   - makeCall: Allocates operands and returns the call.
    init(
        _ kernel: String, shape: String, method: String, work: KernelWork,
        makeCall: @escaping () throws -> () -> Void
    ) {
        self.kernel = kernel
        self.shape = shape
        self.method = method
        self.work = work
        self.makeCall = makeCall
    }

    /// Describes a kernel that works on buffers of floats.
    ///
    /// - Parameters:
    ///   - kernel: What is computed.
    ///   - shape: The extents.
    ///   - method: How it is computed.
    ///   - work: What has at least to be done.
    ///   - buffers: The floats of each buffer.
    ///   - call: Takes the buffers, filled with numbers in ±1.
    init(
        _ kernel: String, shape: String, method: String, work: KernelWork, buffers: [Int],
        call: @escaping (_ buffers: [UnsafeMutablePointer<Float>]) -> Void
    ) {
        self.init(kernel, shape: shape, method: method, work: work) {
            let arenas = buffers.map { Arena.random(count: $0) }
            let bases = arenas.map(\.base)
            return { withExtendedLifetime(arenas) { call(bases) } }
        }
    }

    /// Whether a text occurs in the kernel, the shape or the method, or in all of them in one line.
    ///
    /// - Parameter text: What is looked for, in any case.
    /// - Returns: Whether it does.
    func matches(_ text: String) -> Bool {
        "\(kernel) \(shape) \(method)".lowercased().contains(text.lowercased())
    }
}

extension Arena {
    /// Memory filled with numbers in ±1.
    ///
    /// - Parameter count: The number of floats.
    /// - Returns: The memory.
    static func random(count: Int) -> Arena {
        let arena = Arena(count: count)
        fillRandomly(arena.base, count: count)
        return arena
    }
}

/// Fills memory with numbers in ±1.
///
/// - Parameters:
///   - values: The first float.
///   - count: The number of floats.
func fillRandomly(_ values: UnsafeMutablePointer<Float>, count: Int) {
    let key = RandomKey(seed: 0).derived("operands")
    // The same numbers again and again: how long a kernel takes does not hang on them.
    let period = min(count, 1 << 14)
    for index in 0..<period { values[index] = 2 * key.uniform(at: index) - 1 }
    for start in stride(from: period, to: count, by: max(period, 1)) {
        (values + start).update(from: values, count: min(period, count - start))
    }
}
