import CVector
import VectorInterface

/// An activation and its derivative for a vector of inputs; a type for each, so that the choice is
/// made once a call and not once a vector.
protocol VectorActivation {
    static func value(_ x: Vector) -> Vector
    /// dy · activation'(x).
    static func gradient(_ dy: Vector, at x: Vector) -> Vector
}

enum IdentityActivation: VectorActivation {
    @inline(__always)
    static func value(_ x: Vector) -> Vector { x }
    @inline(__always)
    static func gradient(_ dy: Vector, at x: Vector) -> Vector { dy }
}

enum ReLUActivation: VectorActivation {
    // The operand order lets a NaN through.
    @inline(__always)
    static func value(_ x: Vector) -> Vector { cvector_maximum(x, Vector()) }
    @inline(__always)
    static func gradient(_ dy: Vector, at x: Vector) -> Vector { cvector_where_positive(dy, x) }
}

enum GELUActivation: VectorActivation {
    @inline(__always)
    static func value(_ x: Vector) -> Vector { x * normalDistribution(x).distribution }
    @inline(__always)
    static func gradient(_ dy: Vector, at x: Vector) -> Vector {
        let normal = normalDistribution(x)
        return dy * multiplyAdd(x, normal.density, normal.distribution)
    }
}
