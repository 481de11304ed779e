import CVector

typealias Vector = SIMD16<Float>

/// How many floats a vector holds.
@inline(__always)
var vectorWidth: Int { 16 }

@inline(__always)
func load(_ pointer: UnsafePointer<Float>, _ lanes: Int) -> Vector {
    lanes == vectorWidth
        ? UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self) : loadPart(pointer, lanes)
}

@inline(__always)
func load(_ pointer: UnsafeMutablePointer<Float>, _ lanes: Int) -> Vector {
    load(UnsafePointer(pointer), lanes)
}

@inline(__always)
func store(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, _ lanes: Int) {
    if lanes == vectorWidth {
        UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: Vector.self)
    } else {
        storePart(vector, pointer, lanes)
    }
}

/// The first lanes from memory, the others zero.
@inline(never)
func loadPart(_ pointer: UnsafePointer<Float>, _ lanes: Int) -> Vector {
    var vector = Vector()
    var first = 0
    if lanes >= 8 {
        vector.lowHalf = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
        first = 8
    }
    for lane in first..<lanes { vector[lane] = pointer[lane] }
    return vector
}

@inline(never)
func storePart(_ vector: Vector, _ pointer: UnsafeMutablePointer<Float>, _ lanes: Int) {
    var first = 0
    if lanes >= 8 {
        UnsafeMutableRawPointer(pointer).storeBytes(of: vector.lowHalf, as: SIMD8<Float>.self)
        first = 8
    }
    for lane in first..<lanes { pointer[lane] = vector[lane] }
}

/// Whole numbers from 0 to 255, one a byte in memory; missing lanes are zero.
@inline(__always)
func loadBytes(_ pointer: UnsafePointer<UInt8>, _ lanes: Int) -> Vector {
    if lanes == vectorWidth { return cvector_load_bytes(pointer) }
    var vector = Vector()
    for lane in 0..<lanes { vector[lane] = Float(pointer[lane]) }
    return vector
}

@inline(__always)
func storeBytes(_ vector: Vector, _ pointer: UnsafeMutablePointer<UInt8>, _ lanes: Int) {
    if lanes == vectorWidth {
        cvector_store_bytes(vector, pointer)
    } else {
        for lane in 0..<lanes { pointer[lane] = UInt8(vector[lane]) }
    }
}

/// Calls `body` with the start and the number of lanes of each vector in a run of floats.
///
/// One call site serves whole and partial vectors alike: with two the compiler no longer inlines
/// the body, and both give the same bits because they are the same code.
@inline(__always)
func forEachVector(of count: Int, _ body: (_ start: Int, _ lanes: Int) -> Void) {
    var start = 0
    while start < count {
        body(start, min(vectorWidth, count &- start))
        start &+= vectorWidth
    }
}

/// a · b + c, with one rounding where the instruction set has it.
@inline(__always)
func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    cvector_multiply_add(a, b, c)
}

/// Brings floats that will be read next into the second cache while others are computed with.
///
/// Kernels that go down columns read memory in strides, which processors do not foresee well.
@inline(__always)
func prefetch(_ pointer: UnsafePointer<Float>, count: Int) {
    var start = 0
    while start < count {
        cvector_prefetch(pointer + start)
        start &+= 16
    }
}
