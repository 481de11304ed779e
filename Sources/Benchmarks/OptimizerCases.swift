import Layers
import Optimizers

/// Updates of all parameters of the networks.
struct OptimizerCases {
    /// The number of parameters of each network.
    let parameterCounts: [(model: String, count: Int)]

    /// Each optimizer for each network.
    ///
    /// - Throws: `Failure` with `usage` if an optimizer refuses its settings.
    func all() throws -> [KernelCase] {
        let optimizers: [(method: String, optimizer: any Optimizer)] = [
            ("momentum", try OptimizerCatalog.make("sgd", OptimizerSettings(momentum: 0.9))),
            ("adam", try OptimizerCatalog.make("adam")),
        ]
        let muon = try Muon(OptimizerSettings())
        return optimizers.flatMap { method, optimizer in
            parameterCounts.map { model, count in
                update(optimizer, method: method, model: model, count: count)
            }
        } + [(576, 64), (4608, 512)].map { update(muon, MatrixShape(rows: $0, columns: $1)) }
    }

    /// A matrix as filters lie, of the first and of the last layers of resnet18.
    private func update(_ muon: Muon, _ shape: MatrixShape) -> KernelCase {
        let count = shape.count
        let slotCount = muon.slotNames.count
        let settings = StepSettings(step: 1, learningRate: 1e-6, weightDecay: 5e-4)
        return KernelCase(
            "optimizer products", shape: "\(shape.rows)×\(shape.columns)", method: Muon.name,
            work: KernelWork(
                operations: 2 * Double(muon.multiplicationCount(shape)), readCount: 3 * count,
                writtenCount: 2 * count)
        ) {
            let values = Arena.random(count: 2 * count)
            let slots = Arena(count: slotCount * count)
            let scratch = Arena(count: muon.scratchCount(shape))
            return {
                withExtendedLifetime((values, slots, scratch)) {
                    muon.update(
                        ParameterSlice(
                            parameters: values.base, gradients: values.base + count,
                            slots: slots.base, slotStride: count, count: count),
                        shape, settings, scratch: scratch.base)
                }
            }
        }
    }

    private func update(
        _ optimizer: any Optimizer, method: String, model: String, count: Int
    ) -> KernelCase {
        let slotCount = optimizer.slotNames.count
        let settings = StepSettings(step: 1, learningRate: 1e-6, weightDecay: 5e-4)
        return KernelCase(
            "optimizer update", shape: model, method: method,
            work: KernelWork(
                readCount: (2 + slotCount) * count, writtenCount: (1 + slotCount) * count)
        ) {
            let values = Arena.random(count: 2 * count)
            let slots = Arena(count: slotCount * count)
            return {
                withExtendedLifetime((values, slots)) {
                    optimizer.update(
                        ParameterSlice(
                            parameters: values.base, gradients: values.base + count,
                            slots: slots.base, slotStride: count, count: count), settings)
                }
            }
        }
    }
}
