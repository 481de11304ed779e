import Optimizers
import Testing

/// Every optimizer finds the minimum of two functions.
struct ConvergenceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let optimizer: String
        var settings = OptimizerSettings()
        /// The learning rates for the quadratic and for Rosenbrock's function.
        let rates: (quadratic: Double, rosenbrock: Double)

        var testDescription: String { "\(optimizer) \(settings)" }
    }

    static let rows = [
        Row(optimizer: "sgd", rates: (0.1, 1e-3)),
        Row(optimizer: "sgd", settings: OptimizerSettings(momentum: 0.9), rates: (0.05, 2e-4)),
        Row(
            optimizer: "sgd", settings: OptimizerSettings(momentum: 0.9, nesterov: true),
            rates: (0.05, 2e-4)),
        Row(optimizer: "adam", rates: (0.1, 0.02)),
        Row(optimizer: "adamw", rates: (0.1, 0.02)),
        Row(optimizer: "rmsprop", rates: (0.1, 5e-3)),
        Row(
            optimizer: "rmsprop", settings: OptimizerSettings(momentum: 0.5, centered: true),
            rates: (0.05, 5e-3)),
        Row(optimizer: "adagrad", rates: (2, 0.5)),
        Row(optimizer: "lars", rates: (10, 2)),
        Row(optimizer: "lamb", rates: (0.1, 0.02)),
        Row(optimizer: "muon", rates: (0.1, 0.02)),
    ]

    /// Runs an optimizer with a learning rate that falls to 0, and returns where it ends.
    private func minimize(
        _ row: Row, _ rate: Double, from start: [Float], steps: Int,
        gradient: ([Float]) -> [Float]
    ) throws -> [Float] {
        let optimizer = try OptimizerCatalog.make(row.optimizer, row.settings)
        let schedule = try ScheduleCatalog.make("cosine", ScheduleSettings(learningRate: rate))
        var state = OptimizerState(start, for: optimizer)
        for step in 0..<steps {
            state.gradients = gradient(state.parameters)
            let rate = schedule.learningRate(step: step, totalSteps: steps)
            let settings = StepSettings(step: step + 1, learningRate: rate)
            state.update(optimizer, settings)
        }
        return state.parameters
    }

    @Test(arguments: rows)
    func quadratic(_ row: Row) throws {
        // Curvatures of 1 to 10, minimum at 1, 2, …, 10.
        let start = Array(repeating: Float(0), count: 10)
        let end = try minimize(row, row.rates.quadratic, from: start, steps: 1000) { x in
            x.enumerated().map { Float($0.offset + 1) * ($0.element - Float($0.offset + 1)) }
        }
        for (index, found) in end.enumerated() {
            #expect(abs(found - Float(index + 1)) < 1e-3)
        }
    }

    @Test(arguments: rows)
    func rosenbrock(_ row: Row) throws {
        let end = try minimize(row, row.rates.rosenbrock, from: [-1, 1], steps: 20_000) { x in
            let valley = x[1] - x[0] * x[0]
            return [-2 * (1 - x[0]) - 400 * x[0] * valley, 200 * valley]
        }
        #expect(abs(end[0] - 1) < 0.02, "\(end)")
        #expect(abs(end[1] - 1) < 0.04, "\(end)")
    }

    @Test func rowsCoverTheTable() {
        #expect(Set(Self.rows.map(\.optimizer)) == Set(OptimizerCatalog.names))
    }
}
