import Foundation
import Interchange
import Layers
import Optimizers

/// An optimizer with what it remembers from step to step.
package final class OptimizerState {
    /// The optimizer; nil where a batch optimizer moves the parameters.
    let optimizer: (any Optimizer)?
    /// What a batch optimizer knows; on rank 0 alone, and only when a checkpoint was read or is to be
    /// written.
    var batch: BatchState?
    /// The slots behind each other, each as long as the parameters' slab.
    package let slots: Arena
    private let layout: ParameterLayout
    private let groups: [ParameterGroup]
    /// How tensors are measured, if the optimizer is one of those that do.
    private let layerwise: (optimizer: any LayerwiseOptimizer, plan: LayerwisePlan)?
    /// What is moved as whole matrices, if the optimizer is one of those that do.
    let matrixPlan: MatrixPlan?

    /// Makes room for the slots; all values are 0, as before the first step.
    ///
    /// - Parameters:
    ///   - optimizer: The optimizer; nil for a batch optimizer.
    ///   - layout: Where the parameters lie.
    ///   - memory: Gives memory of so many floats, zeros.
    package init(
        _ optimizer: (any Optimizer)?, layout: ParameterLayout, memory: (Int) -> Arena
    ) {
        self.optimizer = optimizer
        self.layout = layout
        slots = memory(Self.slotCount(optimizer, layout: layout))
        groups = layout.parameters.filter { !$0.isTrainable }.map {
            ParameterGroup(range: $0.range, learningRateScale: 0, weightDecay: 0)
        }
        layerwise = (optimizer as? any LayerwiseOptimizer).map {
            ($0, LayerwisePlan(layout: layout))
        }
        matrixPlan = Self.matrixPlan(optimizer, layout: layout)
    }

    /// What the optimizer moves as whole matrices, if it is one of those that do.
    static func matrixPlan(
        _ optimizer: (any Optimizer)?, layout: ParameterLayout
    ) -> MatrixPlan? {
        (optimizer as? any MatrixOptimizer).map { MatrixPlan($0, layout: layout) }
    }

    /// The floats that the slots take.
    static func slotCount(_ optimizer: (any Optimizer)?, layout: ParameterLayout) -> Int {
        (optimizer?.slotNames.count ?? 0) * layout.slabCount
    }

    /// The floats that sums of squares of tensors take in memory of all ranks of a host; 0 if the
    /// optimizer has none.
    static func tensorSquareCount(_ optimizer: (any Optimizer)?, layout: ParameterLayout) -> Int {
        guard optimizer is any LayerwiseOptimizer else { return 0 }
        return LayerwisePlan(layout: layout).segmentCount * MemoryLayout<TensorSquares>.stride / 4
    }

    /// Whether all ranks have to measure their parts, and meet, before the step can be made.
    var needsMeasuring: Bool { layerwise != nil }

    /// Measures some of the parameters for an optimizer that needs it.
    ///
    /// - Parameters:
    ///   - range: Which, as positions in the slab.
    ///   - parameters: The parameters' slab.
    ///   - gradients: The gradients' slab.
    ///   - step: The settings of the step.
    ///   - squares: The sums of squares of all ranks of the host.
    func measure(
        _ range: Range<Int>, of parameters: UnsafeMutablePointer<Float>,
        gradients: UnsafePointer<Float>, _ step: StepSettings,
        into squares: UnsafeMutablePointer<TensorSquares>
    ) {
        guard let layerwise else { return }
        layerwise.plan.measure(
            range, of: slab(parameters, gradients), by: layerwise.optimizer, step, into: squares)
    }

    /// Makes one optimizer step on some of the parameters, but not on matrices that are moved as a whole.
    ///
    /// - Parameters:
    ///   - range: Which, as positions in the slab.
    ///   - parameters: The parameters' slab.
    ///   - gradients: The gradients' slab.
    ///   - step: The settings of the step.
    ///   - squares: The sums of squares of all ranks of the host.
    func update(
        _ range: Range<Int>, of parameters: UnsafeMutablePointer<Float>,
        gradients: UnsafePointer<Float>, _ step: StepSettings,
        squares: UnsafePointer<TensorSquares>
    ) {
        let slab = slab(parameters, gradients)
        if let layerwise {
            layerwise.plan.move(range, of: slab, by: layerwise.optimizer, step, squares: squares)
        } else if let matrixPlan {
            matrixPlan.forEachGap(in: range) { updateSlice($0, of: slab, step) }
        } else {
            updateSlice(range, of: slab, step)
        }
    }

    /// Makes one optimizer step on a matrix.
    ///
    /// - Parameters:
    ///   - matrix: One of `matrixPlan`.
    ///   - parameters: The parameters' slab.
    ///   - gradients: The gradients' slab.
    ///   - step: The settings of the step.
    ///   - scratch: As much as `matrixPlan` says.
    func update(
        _ matrix: MatrixPlan.Matrix, of parameters: UnsafeMutablePointer<Float>,
        gradients: UnsafePointer<Float>, _ step: StepSettings,
        scratch: UnsafeMutablePointer<Float>
    ) {
        matrixPlan?.update(matrix, of: slab(parameters, gradients), step, scratch: scratch)
    }

    private func updateSlice(
        _ range: Range<Int>, of slab: ParameterSlice, _ step: StepSettings
    ) {
        optimizer?.update(slab[range], at: range.lowerBound, groups: groups, step)
    }

    private func slab(
        _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>
    ) -> ParameterSlice {
        ParameterSlice(
            parameters: parameters, gradients: gradients,
            slots: slots.count > 0 ? slots.base : nil, slotStride: layout.slabCount,
            count: layout.slabCount)
    }

    /// Writes the slots as tensors `PARAMETER.SLOT`, in the order of elements of the parameters.
    ///
    /// - Parameter path: Where.
    /// - Throws: `Failure` with `inputOutput`.
    func write(to path: String) throws {
        var tensors: [TensorValue] = []
        for (number, slot) in slotNames.enumerated() {
            for parameter in layout.parameters {
                tensors.append(
                    TensorValue(
                        "\(parameter.name).\(slot)", shape: parameter.shape,
                        floats: parameter.fileValues(in: slots.base + number * layout.slabCount)))
            }
        }
        var metadata = ["optimizer": optimizer.map { type(of: $0).name } ?? batch?.method ?? ""]
        if let batch {
            tensors += batch.vectors.sorted { $0.key < $1.key }.map {
                TensorValue($0.key, shape: [$0.value.count], doubles: $0.value)
            }
            metadata[Self.batchKey] = try batch.frameText()
        }
        try Safetensors.write(tensors, metadata: metadata, to: URL(fileURLWithPath: path))
    }

    private static let batchKey = "batch"

    private var slotNames: [String] { optimizer?.slotNames ?? [] }

    /// Reads what `write(to:)` wrote.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Failure` with `badData` or `missingInput`.
    func read(from path: String) throws {
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
        if optimizer == nil {
            var state = try BatchState(
                frameText: file.metadata[Self.batchKey] ?? "", path: path)
            for name in file.names { state.vectors[name] = try file.doubles(named: name) }
            batch = state
        }
        for (number, slot) in slotNames.enumerated() {
            for parameter in layout.parameters {
                let name = "\(parameter.name).\(slot)"
                try checkShape(of: name, is: parameter.shape, in: file, path: path)
                try file.floats(named: name).withUnsafeBufferPointer {
                    parameter.setFileValues($0, in: slots.base + number * layout.slabCount)
                }
            }
        }
    }
}

extension LayerwisePlan {
    /// Takes the tensors that are trained; those of one dimension, biases and the parameters of
    /// normalisations, are not scaled.
    init(layout: ParameterLayout) {
        self.init(
            layout.parameters.filter(\.isTrainable).map {
                Tensor(range: $0.range, isScaled: $0.shape.count > 1)
            })
    }
}

extension MatrixPlan {
    /// Takes the weights that are trained, but for the last, which are the output layer's.
    init(_ optimizer: any MatrixOptimizer, layout: ParameterLayout) {
        let weights = layout.parameters.filter { $0.isTrainable && $0.shape.count > 1 }
        self.init(
            optimizer, weights.dropLast().map { Matrix(range: $0.range, shape: $0.matrixShape) })
    }
}

extension ParameterLayout.Parameter {
    /// Its extents as a matrix of outputs and inputs, as it lies in memory.
    fileprivate var matrixShape: MatrixShape {
        let outputs = shape[0]
        let inputs = range.count / outputs
        return switch order {
        case .same: MatrixShape(rows: outputs, columns: inputs)
        case .filters: MatrixShape(rows: inputs, columns: outputs)
        }
    }
}

extension BatchState {
    /// What is beside the vectors, as JSON.
    func frameText() throws -> String {
        var frame = self
        frame.vectors = [:]
        return String(decoding: try JSONFiles.encode(frame), as: UTF8.self)
    }

    /// Reads what is beside the vectors.
    init(frameText text: String, path: String) throws {
        self = try JSONFiles.decode(BatchState.self, from: Data(text.utf8), path: path)
    }
}
