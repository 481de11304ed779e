/// The sum of products, in eight running sums that are added in the order of their lanes, so that its
/// bits are the same everywhere.
func dot(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "vectors of \(a.count) and \(b.count) numbers")
    return a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in dot(a, b, count: a.count) }
    }
}

/// The sum of products of the first `count` numbers, as `dot` of arrays.
func dot(
    _ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>, count: Int
) -> Double {
    guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
    var sums = SIMD8<Double>()
    var start = 0
    while start + 8 <= count {
        sums += load(first + start) * load(second + start)
        start += 8
    }
    var rest = 0.0
    for index in start..<count { rest += first[index] * second[index] }
    return sums.sum() + rest
}

@inline(__always)
private func load(_ source: UnsafePointer<Double>) -> SIMD8<Double> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Double>.self)
}

/// Adds a multiple of one vector to another.
func add(_ factor: Double, _ vector: [Double], to target: inout [Double]) {
    precondition(vector.count == target.count, "\(vector.count) numbers to \(target.count)")
    target.withUnsafeMutableBufferPointer { target in
        vector.withUnsafeBufferPointer { vector in
            for index in vector.indices { target[index] += factor * vector[index] }
        }
    }
}

/// The difference of two vectors.
func difference(_ a: [Double], _ b: [Double]) -> [Double] {
    precondition(a.count == b.count, "vectors of \(a.count) and \(b.count) numbers")
    return Array(unsafeUninitializedCapacity: a.count) { result, count in
        for index in 0..<a.count { result[index] = a[index] - b[index] }
        count = a.count
    }
}

/// The largest magnitude; NaN if any number is.
func largestMagnitude(_ vector: [Double]) -> Double {
    var largest = 0.0
    for value in vector {
        // A comparison with NaN is false either way, so NaN is taken and kept.
        if !(abs(value) <= largest) && !largest.isNaN { largest = abs(value) }
    }
    return largest
}
