/// The elements that are updated together.
///
/// Formulas multiply and add in two roundings, never fused, so that their bits are those of the
/// instruction set that has no fused form.
typealias Vector = SIMD16<Float>

/// The slots of 16 parameters; an optimizer uses the first one, two or three.
struct SlotVectors {
    var first = Vector()
    var second = Vector()
    var third = Vector()
}

extension ParameterSlice {
    /// Runs an update formula over all elements, 16 at a time.
    ///
    /// The remainder goes through the same formula in a vector padded with zeros, therefore an
    /// element's bits do not depend on its place in the slice.
    ///
    /// - Parameters:
    ///   - slotCount: The number of slots to read and write, a literal so that the compiler
    ///     removes the others.
    ///   - formula: Takes 16 parameters, their gradients and their slots, and changes the first
    ///     and the last.
    @inline(__always)
    func forEachVector(
        slotCount: Int,
        _ formula: (inout Vector, Vector, inout SlotVectors) -> Void
    ) {
        precondition(
            slotCount == 0 || slots != nil, "an optimizer with \(slotCount) slots was given none")
        precondition(
            slotCount < 2 || slotStride >= count,
            "slots of \(count) parameters overlap at a stride of \(slotStride)")
        let width = Vector.scalarCount
        // Without slots this pointer is never read.
        let slots = slots ?? parameters
        var start = 0
        while start + width <= count {
            apply(formula, at: start, slots, slotCount, load: loadWhole, store: storeWhole)
            start += width
        }
        if start < count {
            let length = count - start
            apply(
                formula, at: start, slots, slotCount,
                load: { loadPart($0, length) }, store: { storePart($0, $1, length) })
        }
    }

    /// Runs the formula on the elements from `start`.
    @inline(__always)
    private func apply(
        _ formula: (inout Vector, Vector, inout SlotVectors) -> Void, at start: Int,
        _ slots: UnsafeMutablePointer<Float>, _ slotCount: Int,
        load: (UnsafePointer<Float>) -> Vector, store: (Vector, UnsafeMutablePointer<Float>) -> Void
    ) {
        let slot = slots + start
        var parameter = load(parameters + start)
        var state = SlotVectors()
        if slotCount > 0 { state.first = load(slot) }
        if slotCount > 1 { state.second = load(slot + slotStride) }
        if slotCount > 2 { state.third = load(slot + 2 * slotStride) }
        formula(&parameter, load(gradients + start), &state)
        store(parameter, parameters + start)
        if slotCount > 0 { store(state.first, slot) }
        if slotCount > 1 { store(state.second, slot + slotStride) }
        if slotCount > 2 { store(state.third, slot + 2 * slotStride) }
    }
}

/// The 16 numbers at a pointer.
@inline(__always)
func loadWhole(_ source: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
}

/// Writes 16 numbers.
@inline(__always)
private func storeWhole(_ vector: Vector, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: vector, as: Vector.self)
}

/// The `length` numbers at a pointer, then zeros.
func loadPart(_ source: UnsafePointer<Float>, _ length: Int) -> Vector {
    var vector = Vector()
    for lane in 0..<length { vector[lane] = source[lane] }
    return vector
}

/// Writes the first `length` numbers.
private func storePart(
    _ vector: Vector, _ target: UnsafeMutablePointer<Float>, _ length: Int
) {
    for lane in 0..<length { target[lane] = vector[lane] }
}
