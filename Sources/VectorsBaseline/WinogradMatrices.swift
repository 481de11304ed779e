import CVector

// The matrices for the points 0, ±a, ±b, ∞ with a = 5/8 and b = 3/2, each applied to the rows of a
// vector of vectors. All their entries but those of G are exact in float.

@inline(__always)
private var a: Float { 0.625 }
@inline(__always)
private var b: Float { 1.5 }

typealias Three = (TileVector, TileVector, TileVector)
typealias Four = (TileVector, TileVector, TileVector, TileVector)
typealias Six = (TileVector, TileVector, TileVector, TileVector, TileVector, TileVector)

@inline(__always)
private func times(_ factor: Float, _ x: TileVector, plus y: TileVector) -> TileVector {
    cvector_tile_multiply_add(TileVector(repeating: factor), x, y)
}

@inline(__always)
private func times(_ factor: Float, _ x: TileVector) -> TileVector {
    TileVector(repeating: factor) * x
}

/// Bᵀ d.
@inline(__always)
func inputTransform(_ d: Six) -> Six {
    let evenA = times(-b * b, d.2, plus: d.4)
    let oddA = times(-b * b, d.1, plus: d.3)
    let evenB = times(-a * a, d.2, plus: d.4)
    let oddB = times(-a * a, d.1, plus: d.3)
    return (
        times(a * a * b * b, d.0, plus: times(-(a * a + b * b), d.2, plus: d.4)),
        times(a, oddA, plus: evenA), times(-a, oddA, plus: evenA),
        times(b, oddB, plus: evenB), times(-b, oddB, plus: evenB),
        times(a * a * b * b, d.1, plus: times(-(a * a + b * b), d.3, plus: d.5))
    )
}

/// B v, the transpose of `inputTransform`.
@inline(__always)
func inputGradientTransform(_ v: Six) -> Six {
    let sumA = v.1 + v.2
    let differenceA = v.1 - v.2
    let sumB = v.3 + v.4
    let differenceB = v.3 - v.4
    let d1 = times(
        a * a * b * b, v.5,
        plus: times(-a * b * b, differenceA, plus: times(-a * a * b, differenceB)))
    let d2 = times(
        -(a * a + b * b), v.0, plus: times(-b * b, sumA, plus: times(-a * a, sumB)))
    let d3 = times(-(a * a + b * b), v.5, plus: times(a, differenceA, plus: times(b, differenceB)))
    return (times(a * a * b * b, v.0), d1, d2, d3, v.0 + (sumA + sumB), v.5)
}

/// Aᵀ m.
@inline(__always)
func outputTransform(_ m: Six) -> Four {
    let sumA = m.1 + m.2
    let differenceA = m.1 - m.2
    let sumB = m.3 + m.4
    let differenceB = m.3 - m.4
    return (
        m.0 + (sumA + sumB), times(a, differenceA, plus: times(b, differenceB)),
        times(a * a, sumA, plus: times(b * b, sumB)),
        times(a * a * a, differenceA, plus: times(b * b * b, differenceB, plus: m.5))
    )
}

/// A y, the transpose of `outputTransform`.
@inline(__always)
func outputGradientTransform(_ y: Four) -> Six {
    let evenA = times(a * a, y.2, plus: y.0)
    let oddA = times(a * a, y.3, plus: y.1)
    let evenB = times(b * b, y.2, plus: y.0)
    let oddB = times(b * b, y.3, plus: y.1)
    return (
        y.0, times(a, oddA, plus: evenA), times(-a, oddA, plus: evenA),
        times(b, oddB, plus: evenB), times(-b, oddB, plus: evenB), y.3
    )
}

// The denominators of G's rows: the products of a point's distances from the other finite points.
@inline(__always)
private var zeroFactor: Float { 1 / (a * a * b * b) }
@inline(__always)
private var aFactor: Float { 1 / (2 * a * a * (a * a - b * b)) }
@inline(__always)
private var bFactor: Float { 1 / (2 * b * b * (b * b - a * a)) }

/// G g.
@inline(__always)
func filterTransform(_ g: Three) -> Six {
    let evenA = times(aFactor, times(a * a, g.2, plus: g.0))
    let oddA = times(aFactor * a, g.1)
    let evenB = times(bFactor, times(b * b, g.2, plus: g.0))
    let oddB = times(bFactor * b, g.1)
    return (times(zeroFactor, g.0), evenA + oddA, evenA - oddA, evenB + oddB, evenB - oddB, g.2)
}

/// Gᵀ u, the transpose of `filterTransform`.
@inline(__always)
func filterGradientTransform(_ u: Six) -> Three {
    let evenA = times(aFactor, u.1 + u.2)
    let evenB = times(bFactor, u.3 + u.4)
    let odd = times(aFactor * a, u.1 - u.2, plus: times(bFactor * b, u.3 - u.4))
    return (
        times(zeroFactor, u.0, plus: evenA + evenB), odd,
        times(a * a, evenA, plus: times(b * b, evenB, plus: u.5))
    )
}
