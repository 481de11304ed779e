import Diagnostics
import Foundation
import Testing

import Optimizers

/// Conjugate gradients, BFGS and L-BFGS beside SciPy's, and at their edges.
struct BatchOptimizerTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let function: SmoothFunction
        let method: String
        let start: [Double]
        let value: Double
        let iterations: Int
        let evaluations: Int

        var testDescription: String { "\(method), \(function) in \(start.count) dimensions" }
    }

    /// Minimises from a start, and looks at the optimizer before each evaluation.
    private func minimize(
        _ method: String, from start: [Double], maxIterations: Int = 10_000,
        tolerance: Double = 1e-6, _ evaluate: ([Double]) -> (value: Double, gradient: [Double]),
        before: (inout BatchOptimizer) throws -> Void = { _ in }
    ) throws -> BatchOptimizer {
        let rule = try #require(BatchOptimizerCatalog.rule(named: method))
        var optimizer = BatchOptimizer(
            rule, from: start,
            BatchLimits(maxIterations: maxIterations, gradientTolerance: tolerance))
        while optimizer.end == nil {
            try before(&optimizer)
            let (value, gradient) = evaluate(optimizer.trialPoint)
            optimizer.take(value: value, gradient: gradient)
        }
        return optimizer
    }

    @Test(arguments: try Golden<Case>(named: "minima.json").cases)
    func besideSciPy(_ expected: Case) throws {
        let golden = try Golden<Case>(named: "minima.json")
        let optimizer = try minimize(
            expected.method, from: expected.start, tolerance: golden.tolerance,
            expected.function.evaluate)
        #expect(optimizer.end == .converged)
        let value = try #require(optimizer.value)
        // All minima are 0. Of Powell's function, which is flat there, the gradient says little.
        #expect(value <= max(2 * expected.value, 1e-10), "\(value), SciPy \(expected.value)")
        let counts = optimizer.counts
        let (iterations, evaluations) = (counts.iterations, counts.evaluations)
        #expect(Double(iterations) <= 1.1 * Double(expected.iterations))
        #expect(Double(evaluations) <= 1.1 * Double(expected.evaluations))
    }

    @Test func goldensCoverTheTable() throws {
        let tested = Set(try Golden<Case>(named: "minima.json").cases.map(\.method))
        #expect(tested == Set(BatchOptimizerCatalog.names))
    }

    /// A state that goes through JSON before each evaluation changes no bit.
    @Test(arguments: BatchOptimizerCatalog.names)
    func resumedAnywhereItGoesTheSameWay(_ method: String) throws {
        let start = [-1.2, 1, -1.2, 1, -1.2, 1]
        let straight = try minimize(
            method, from: start, SmoothFunction.rosenbrock.evaluate)
        let interrupted = try minimize(
            method, from: start, SmoothFunction.rosenbrock.evaluate
        ) { optimizer in
            let data = try JSONEncoder().encode(optimizer.state)
            let state = try JSONDecoder().decode(BatchState.self, from: data)
            let trialPoint = optimizer.trialPoint
            optimizer = try BatchOptimizer(resuming: state, optimizer.limits)
            #expect(optimizer.trialPoint == trialPoint)
        }
        #expect(interrupted.state == straight.state)
        #expect(straight.counts.iterations > 10)
    }

    @Test(arguments: BatchOptimizerCatalog.names)
    func moreIterationsGoOnWhereTheLimitWas(_ method: String) throws {
        let start = [-1.2, 1]
        let straight = try minimize(method, from: start, SmoothFunction.rosenbrock.evaluate)
        let first = try minimize(
            method, from: start, maxIterations: 5, SmoothFunction.rosenbrock.evaluate)
        #expect(first.end == .iterationLimit)
        #expect(first.counts.iterations == 5)
        var second = try BatchOptimizer(resuming: first.state, straight.limits)
        while second.end == nil {
            let (value, gradient) = SmoothFunction.rosenbrock.evaluate(second.trialPoint)
            second.take(value: value, gradient: gradient)
        }
        #expect(second.state == straight.state)
    }

    /// A tolerance that rounding keeps out of reach ends the search, and near the minimum.
    @Test(arguments: BatchOptimizerCatalog.names)
    func endsWhereNothingButRoundingIsLeft(_ method: String) throws {
        // The constant takes all but three digits from the values.
        let optimizer = try minimize(
            method, from: [-1.2, 1], maxIterations: 1000, tolerance: 0
        ) { x in
            let (value, gradient) = SmoothFunction.rosenbrock.evaluate(x)
            return (value + 1e12, gradient.map { $0 + 1e-9 })
        }
        #expect(optimizer.end == .noDecrease || optimizer.end == .converged)
        #expect(optimizer.counts.evaluations < 1000)
        #expect(abs(optimizer.point[0] - 1) < 0.05 && abs(optimizer.point[1] - 1) < 0.1)
    }

    /// −log x + x overflows for a first step that is too long.
    @Test(arguments: BatchOptimizerCatalog.names)
    func comesBackFromWhereThereIsNoValue(_ method: String) throws {
        let optimizer = try minimize(method, from: [1e-4, 30]) { x in
            (x.reduce(0) { $0 + ($1 > 0 ? $1 - log($1) : .nan) }, x.map { 1 - 1 / $0 })
        }
        #expect(optimizer.end == .converged)
        #expect(optimizer.point.allSatisfy { abs($0 - 1) < 1e-5 }, "\(optimizer.point)")
    }

    @Test(arguments: BatchOptimizerCatalog.names)
    func valueThatFallsForEverEndsByTheLimit(_ method: String) throws {
        let optimizer = try minimize(method, from: [0], maxIterations: 20) { x in (-x[0], [-1]) }
        #expect(optimizer.end == .iterationLimit || optimizer.end == .noDecrease)
        #expect(optimizer.point[0] > 1000)
    }

    @Test func badBeginningIsToldOf() throws {
        let optimizer = try minimize("lbfgs", from: [0]) { _ in (.nan, [1]) }
        #expect(optimizer.end == .notFinite)
        let other = try minimize("lbfgs", from: [0]) { _ in (1, [.infinity]) }
        #expect(other.end == .notFinite)
    }

    @Test func minimumAtTheBeginningTakesOneEvaluation() throws {
        let optimizer = try minimize("bfgs", from: [1, 1], SmoothFunction.rosenbrock.evaluate)
        #expect(optimizer.end == .converged)
        #expect(optimizer.counts.iterations == 0)
        #expect(optimizer.counts.evaluations == 1)
    }

    @Test(arguments: BatchOptimizerCatalog.names)
    func stateThatDoesNotHoldTogetherIsRefused(_ method: String) throws {
        let optimizer = try minimize(
            method, from: [-1.2, 1], maxIterations: 3, SmoothFunction.rosenbrock.evaluate)
        for name in optimizer.state.vectors.keys {
            var state = optimizer.state
            state.vectors[name]?.append(0)
            let failure = #expect(throws: Failure.self) {
                try BatchOptimizer(resuming: state, optimizer.limits)
            }
            #expect(failure?.exitCode == .badData)
        }
    }
}
