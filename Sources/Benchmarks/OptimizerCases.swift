import Layers
import Optimizers

/// Updates of all parameters of the networks, and of single matrices.
struct OptimizerCases {
    /// The number of parameters of each network.
    let parameterCounts: [(model: String, count: Int)]

    /// Each optimizer for each network, and Muon for filters of the first and the last layers of
    /// resnet18 as they lie in memory.
    ///
    /// - Throws: `Failure` with `usage` if an optimizer refuses its settings.
    func all() throws -> [KernelCase] {
        let optimizers: [(method: String, optimizer: any Optimizer)] = [
            ("momentum", try OptimizerCatalog.make("sgd", OptimizerSettings(momentum: 0.9))),
            ("adam", try OptimizerCatalog.make("adam")),
        ]
        let muon = try Muon(OptimizerSettings())
        let matrices = [
            MatrixShape(rows: 576, columns: 64), MatrixShape(rows: 4608, columns: 512),
        ]
        return optimizers.flatMap { method, optimizer in
            parameterCounts.map { model, count in
                update(optimizer, method: method, model: model, count: count)
            }
        } + matrices.map { update(muon, $0) }
    }

    private func update(
        _ optimizer: any Optimizer, method: String, model: String, count: Int
    ) -> KernelCase {
        let slotCount = optimizer.slotNames.count
        return KernelCase(
            "optimizer update", shape: model, method: method,
            work: KernelWork(
                readCount: (2 + slotCount) * count, writtenCount: (1 + slotCount) * count)
        ) {
            call(count: count, slotCount: slotCount) { slice, settings, _ in
                optimizer.update(slice, settings)
            }
        }
    }

    private func update(_ muon: Muon, _ shape: MatrixShape) -> KernelCase {
        KernelCase(
            "optimizer products", shape: "\(shape.rows)×\(shape.columns)", method: Muon.name,
            work: KernelWork(
                operations: 2 * Double(muon.multiplicationCount(shape)),
                readCount: 3 * shape.count, writtenCount: 2 * shape.count)
        ) {
            call(
                count: shape.count, slotCount: muon.slotNames.count,
                scratchCount: muon.scratchCount(shape)
            ) { slice, settings, scratch in
                muon.update(slice, shape, settings, scratch: scratch)
            }
        }
    }

    /// Allocates parameters with what belongs to them, and returns a step.
    private func call(
        count: Int, slotCount: Int, scratchCount: Int = 0,
        _ step: @escaping (ParameterSlice, StepSettings, UnsafeMutablePointer<Float>) -> Void
    ) -> () -> Void {
        let settings = StepSettings(step: 1, learningRate: 1e-6, weightDecay: 5e-4)
        let values = Arena.random(count: 2 * count)
        let slots = Arena(count: slotCount * count)
        let scratch = Arena(count: scratchCount)
        return {
            withExtendedLifetime((values, slots, scratch)) {
                step(
                    ParameterSlice(
                        parameters: values.base, gradients: values.base + count,
                        slots: slots.base, slotStride: count, count: count),
                    settings, scratch.base)
            }
        }
    }
}
