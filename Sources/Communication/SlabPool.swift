/// Equal blocks of floats, allocated and touched once, 64-byte aligned.
final class SlabPool {
    let elementCount: Int
    private let memory: UnsafeMutableBufferPointer<Float>
    private let stride: Int

    /// Allocates.
    ///
    /// - Parameters:
    ///   - slabCount: The number of blocks.
    ///   - elementCount: The number of floats in each.
    init(slabCount: Int, elementCount: Int) {
        self.elementCount = elementCount
        stride = (elementCount + 15) / 16 * 16
        let raw = UnsafeMutableRawBufferPointer.allocate(
            byteCount: slabCount * stride * MemoryLayout<Float>.size, alignment: 64)
        memory = raw.bindMemory(to: Float.self)
        memory.initialize(repeating: 0)
    }

    deinit { UnsafeMutableRawBufferPointer(memory).deallocate() }

    subscript(slab: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: memory[slab * stride..<slab * stride + elementCount])
    }
}

/// Adds one buffer to another, element by element.
///
/// - Parameters:
///   - source: What is added.
///   - destination: The sums, as many; also the first operand of each addition.
func add(_ source: UnsafeBufferPointer<Float>, into destination: UnsafeMutableBufferPointer<Float>)
{
    precondition(
        source.count == destination.count,
        "\(source.count) values cannot be added to \(destination.count)")
    guard let from = source.baseAddress, let to = destination.baseAddress else { return }
    let rawFrom = UnsafeRawPointer(from)
    let rawTo = UnsafeMutableRawPointer(to)
    let width = SIMD16<Float>.scalarCount
    let vectorized = source.count / width * width
    for index in stride(from: 0, to: vectorized, by: width) {
        let offset = index * MemoryLayout<Float>.size
        let sum =
            rawTo.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
            + rawFrom.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
        rawTo.storeBytes(of: sum, toByteOffset: offset, as: SIMD16<Float>.self)
    }
    for index in vectorized..<source.count { to[index] += from[index] }
}
