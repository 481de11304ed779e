import Optimizers

/// Parameters, gradients and slots for a test.
struct OptimizerState {
    var parameters: [Float]
    var gradients: [Float]
    private(set) var slots: [Float]
    private let slotNames: [String]

    init(_ parameters: [Float], for optimizer: any Optimizer) {
        self.parameters = parameters
        gradients = Array(repeating: 0, count: parameters.count)
        slotNames = optimizer.slotNames
        slots = Array(repeating: 0, count: parameters.count * slotNames.count)
    }

    /// The contents of a slot.
    func slot(_ name: String) -> ArraySlice<Float>? {
        guard let index = slotNames.firstIndex(of: name) else { return nil }
        return slots[index * parameters.count..<(index + 1) * parameters.count]
    }

    /// Hands out a view of all parameters.
    mutating func withSlice(_ body: (ParameterSlice) -> Void) {
        let count = parameters.count
        parameters.withUnsafeMutableBufferPointer { parameters in
            gradients.withUnsafeBufferPointer { gradients in
                slots.withUnsafeMutableBufferPointer { slots in
                    guard let parameters = parameters.baseAddress,
                        let gradients = gradients.baseAddress
                    else { return }
                    body(
                        ParameterSlice(
                            parameters: parameters, gradients: gradients,
                            slots: slots.isEmpty ? nil : slots.baseAddress, slotStride: count,
                            count: count))
                }
            }
        }
    }
}

extension OptimizerState {
    /// Makes a step of a layerwise optimizer, part after part of the slab.
    mutating func update(
        _ optimizer: any LayerwiseOptimizer, _ plan: LayerwisePlan, _ step: StepSettings,
        parts: [Range<Int>]
    ) {
        var squares = Array(
            repeating: TensorSquares(parameters: .nan, directions: .nan), count: plan.segmentCount)
        withSlice { slab in
            for part in parts { plan.measure(part, of: slab, by: optimizer, step, into: &squares) }
            for part in parts { plan.move(part, of: slab, by: optimizer, step, squares: squares) }
        }
    }

    /// Makes a step of a matrix optimizer on all parameters as one matrix.
    mutating func update(
        _ optimizer: some MatrixOptimizer, _ shape: MatrixShape, _ step: StepSettings
    ) {
        // Whatever is in the scratch must not matter.
        var scratch = Array(repeating: Float.nan, count: optimizer.scratchCount(shape))
        withSlice { optimizer.update($0, shape, step, scratch: &scratch) }
    }

    /// Makes a step on all parameters as one tensor.
    mutating func update(_ optimizer: any Optimizer, _ step: StepSettings) {
        guard let layerwise = optimizer as? any LayerwiseOptimizer else {
            return withSlice { optimizer.update($0, step) }
        }
        let whole = 0..<parameters.count
        update(
            layerwise, LayerwisePlan([LayerwisePlan.Tensor(range: whole, isScaled: true)]), step,
            parts: [whole])
    }

    /// The bits of everything that an update changes.
    var bits: [UInt32] { (parameters + slots).map(\.bitPattern) }
}
