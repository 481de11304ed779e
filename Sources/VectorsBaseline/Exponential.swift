import CVector

/// eˣ for each lane, for x in [−87, 88].
///
/// Lanes outside are moved to the nearer end; a NaN stays.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ by a polynomial of degree 6, 2ⁿ into the exponent bits.
/// The softmax that stands on it is tested to 1e-6 relative.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
    // Adding 1.5·2²³ leaves the nearest integer in the low bits of the sum.
    let magic = Vector(repeating: 0x1.8p23)
    let bounded = cvector_minimum(
        cvector_maximum(x, Vector(repeating: -87)), Vector(repeating: 88))
    let shifted = multiplyAdd(bounded, Vector(repeating: 1.442_695_04), magic)
    let n = shifted - magic
    // ln 2 in two parts, the first with so few bits that n times it is exact.
    var r = multiplyAdd(n, Vector(repeating: -0.693_359_375), bounded)
    r = multiplyAdd(n, Vector(repeating: 2.121_944_4e-4), r)
    var p = Vector(repeating: 1.0 / 720)
    p = multiplyAdd(p, r, Vector(repeating: 1.0 / 120))
    p = multiplyAdd(p, r, Vector(repeating: 1.0 / 24))
    p = multiplyAdd(p, r, Vector(repeating: 1.0 / 6))
    p = multiplyAdd(p, r, Vector(repeating: 0.5))
    p = multiplyAdd(p, r, Vector(repeating: 1))
    p = multiplyAdd(p, r, Vector(repeating: 1))
    let exponent = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &<< 23
    return unsafeBitCast(unsafeBitCast(p, to: SIMD16<UInt32>.self) &+ exponent, to: Vector.self)
}

/// The normal distribution function Φ(x) and density φ(x) for each lane.
///
/// Source: Abramowitz & Stegun 1964, 7.1.26; absolute error of Φ at most 1.5e-7.
@inline(__always)
func normalDistribution(_ x: Vector) -> (distribution: Vector, density: Vector) {
    let z = cvector_absolute(x) * Vector(repeating: 0.707_106_78)
    let t =
        Vector(repeating: 1) / multiplyAdd(z, Vector(repeating: 0.327_591_1), Vector(repeating: 1))
    var p = Vector(repeating: 1.061_405_429)
    p = multiplyAdd(p, t, Vector(repeating: -1.453_152_027))
    p = multiplyAdd(p, t, Vector(repeating: 1.421_413_741))
    p = multiplyAdd(p, t, Vector(repeating: -0.284_496_736))
    p = multiplyAdd(p, t, Vector(repeating: 0.254_829_592))
    let gaussian = exponential(Vector() - z * z)
    let half = Vector(repeating: 0.5)
    let errorFunction = Vector(repeating: 1) - p * t * gaussian
    let distribution = multiplyAdd(cvector_copy_sign(errorFunction, x), half, half)
    return (distribution, gaussian * Vector(repeating: 0.398_942_28))
}
