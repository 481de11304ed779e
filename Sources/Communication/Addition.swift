/// Adds floats to others, element by element.
///
/// - Parameters:
///   - source: What is added, [count].
///   - sums: The sums, [count]; also the first operand of each addition.
///   - count: The number of floats.
func add(
    _ source: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int
) {
    let rawSource = UnsafeRawPointer(source)
    let rawSums = UnsafeMutableRawPointer(sums)
    let width = SIMD16<Float>.scalarCount
    let vectorized = count / width * width
    for index in stride(from: 0, to: vectorized, by: width) {
        let offset = index * MemoryLayout<Float>.size
        let sum =
            rawSums.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
            + rawSource.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
        rawSums.storeBytes(of: sum, toByteOffset: offset, as: SIMD16<Float>.self)
    }
    for index in vectorized..<count { sums[index] += source[index] }
}
