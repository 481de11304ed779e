/// What image operations compute at once.
typealias FloatVector = SIMD8<Float>

/// Floats behind the end of a buffer of a `WorkingImage` that may be read and overwritten, so that
/// rows are computed in whole vectors.
let floatSlack = FloatVector.scalarCount

extension UnsafePointer<Float> {
    /// The vector that begins at an element.
    @inline(__always)
    func vector(at offset: Int) -> FloatVector {
        UnsafeRawPointer(self + offset).loadUnaligned(as: FloatVector.self)
    }
}

extension UnsafeMutablePointer<Float> {
    /// The vector that begins at an element.
    @inline(__always)
    func vector(at offset: Int) -> FloatVector {
        UnsafeRawPointer(self + offset).loadUnaligned(as: FloatVector.self)
    }

    /// Overwrites the elements from one on.
    @inline(__always)
    func store(_ vector: FloatVector, at offset: Int) {
        UnsafeMutableRawPointer(self + offset).storeBytes(of: vector, as: FloatVector.self)
    }

    /// Replaces so many elements, and up to a vector behind them, by what becomes of them.
    @inline(__always)
    func transform(count: Int, _ body: (FloatVector) -> FloatVector) {
        var offset = 0
        while offset < count {
            store(body(vector(at: offset)), at: offset)
            offset += FloatVector.scalarCount
        }
    }
}

extension FloatVector {
    /// The smaller of each two elements.
    @inline(__always)
    static func smaller(_ first: FloatVector, _ second: FloatVector) -> FloatVector {
        second.replacing(with: first, where: first .< second)
    }

    /// The larger of each two elements.
    @inline(__always)
    static func larger(_ first: FloatVector, _ second: FloatVector) -> FloatVector {
        second.replacing(with: first, where: first .> second)
    }

    /// What lies beyond 0 and 1 becomes 0 and 1.
    @inline(__always)
    var limitedToUnit: FloatVector {
        Self.smaller(Self.larger(self, FloatVector()), FloatVector(repeating: 1))
    }

    /// The elements without their signs.
    @inline(__always)
    var magnitudes: FloatVector {
        unsafeBitCast(
            unsafeBitCast(self, to: SIMD8<UInt32>.self) & 0x7fff_ffff, to: FloatVector.self)
    }

    /// 2 to the power of each element, which must be at most 0; below −126 it is 2⁻¹²⁶.
    ///
    /// The relative error is below 4e-7: a polynomial of degree 6 on [−1/2, 1/2].
    @inline(__always)
    var powerOfTwo: FloatVector {
        // Adding 1.5 · 2²³ rounds to a whole number and leaves it in the lowest bits.
        let rounder: Float = 12_582_912
        let exponent = Self.larger(self, FloatVector(repeating: -126))
        let shifted = exponent + rounder
        let rest = exponent - (shifted - rounder)
        var sum = FloatVector(repeating: 1.540_353e-4)
        sum = sum * rest + 1.333_355_8e-3
        sum = sum * rest + 9.618_129e-3
        sum = sum * rest + 5.550_411e-2
        sum = sum * rest + 2.402_265e-1
        sum = sum * rest + 6.931_472e-1
        sum = sum * rest + 1
        let power = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23
        return unsafeBitCast(
            unsafeBitCast(sum, to: SIMD8<UInt32>.self) &+ power, to: FloatVector.self)
    }
}
