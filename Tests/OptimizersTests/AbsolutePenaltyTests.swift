import Diagnostics
import Foundation
import Optimizers
import Testing

/// L-BFGS by orthants, on functions whose minima are known or can be recognised.
struct AbsolutePenaltyTests {
    /// ½ ‖A x − b‖² with numbers in A and b that look random.
    private struct LeastSquares {
        let rows: Int
        let columns: Int

        private func number(_ index: Int) -> Double { sin(Double(index * index + 3 * index + 1)) }

        func evaluate(_ x: [Double]) -> (value: Double, gradient: [Double]) {
            var (value, gradient) = (0.0, [Double](repeating: 0, count: columns))
            for row in 0..<rows {
                let line = (0..<columns).map { number(row * columns + $0) }
                let rest = zip(line, x).reduce(-number(row + 7)) { $0 + $1.0 * $1.1 }
                value += rest * rest / 2
                for column in 0..<columns { gradient[column] += rest * line[column] }
            }
            return (value, gradient)
        }
    }

    private let squares = LeastSquares(rows: 40, columns: 12)
    private let limits = BatchLimits(maxIterations: 1000, gradientTolerance: 1e-9)

    private func minimize(
        from start: [Double], _ penalty: AbsolutePenalty,
        _ evaluate: ([Double]) -> (value: Double, gradient: [Double]),
        before: (inout BatchOptimizer) throws -> Void = { _ in }
    ) throws -> BatchOptimizer {
        var optimizer = BatchOptimizer(LBFGS.self, from: start, limits, penalty: penalty)
        while optimizer.end == nil {
            try before(&optimizer)
            let (value, gradient) = evaluate(optimizer.trialPoint)
            optimizer.take(value: value, gradient: gradient)
        }
        return optimizer
    }

    /// Where each parameter has a parabola of its own, the penalty shifts the minimum towards 0.
    @Test func parabolasHaveTheirMinimaMovedTowardsZero() throws {
        let (steepness, lowest) = ([1.0, 4, 0.5, 2, 1], [3.0, -1, 0.9, 0.2, -0.1])
        let penalty = AbsolutePenalty(factor: 0.5, ranges: [0..<2, 3..<5])
        let optimizer = try minimize(from: [-1, 0, 0, 1, 0], penalty) { x in
            let gaps = zip(x, lowest).map { $0 - $1 }
            return (
                zip(steepness, gaps).reduce(0) { $0 + $1.0 * $1.1 * $1.1 / 2 },
                zip(steepness, gaps).map { $0 * $1 }
            )
        }
        #expect(optimizer.end == .converged)
        let expected = [2.5, -0.875, 0.9, 0, 0]
        for (found, expected) in zip(optimizer.point, expected) {
            #expect(abs(found - expected) < 1e-9, "\(optimizer.point)")
        }
        #expect(optimizer.point[3] == 0 && optimizer.point[4] == 0)
    }

    /// At the minimum the gradient is −l1 · sign(w) where w is not 0, and at most l1 where it is.
    @Test(arguments: [0.5, 2, 6])
    func theMinimumIsOne(factor: Double) throws {
        let penalty = AbsolutePenalty(factor: factor, ranges: [1..<12])
        let start = (0..<12).map { Double($0 % 3) - 1 }
        let optimizer = try minimize(from: start, penalty, squares.evaluate)
        #expect(optimizer.end == .converged)
        let (value, gradient) = squares.evaluate(optimizer.point)
        #expect(abs(gradient[0]) < 1e-8)
        for index in 1..<12 {
            let weight = optimizer.point[index]
            let sign: Double = weight > 0 ? 1 : -1
            #expect(
                weight == 0
                    ? abs(gradient[index]) <= factor + 1e-8
                    : abs(gradient[index] + factor * sign) < 1e-8)
        }
        let sizes = optimizer.point[1...].reduce(0) { $0 + abs($1) }
        #expect(abs((optimizer.value ?? .nan) - value - factor * sizes) < 1e-12)
        let zeros = optimizer.point.count { $0 == 0 }
        #expect(zeros > 0 && zeros < 12, "\(zeros) zeros")
        #expect(optimizer.counts.iterations < 100)
    }

    @Test func resumedAnywhereItGoesTheSameWay() throws {
        let penalty = AbsolutePenalty(factor: 2, ranges: [1..<12])
        let start = [Double](repeating: 1, count: 12)
        let straight = try minimize(from: start, penalty, squares.evaluate)
        let interrupted = try minimize(from: start, penalty, squares.evaluate) { optimizer in
            let data = try JSONEncoder().encode(optimizer.state)
            let state = try JSONDecoder().decode(BatchState.self, from: data)
            let trialPoint = optimizer.trialPoint
            optimizer = try BatchOptimizer(resuming: state, limits, penalty: penalty)
            #expect(optimizer.trialPoint == trialPoint)
        }
        #expect(interrupted.state == straight.state)
    }

    @Test func aStateOfAnotherKindOfSearchIsRefused() throws {
        let penalty = AbsolutePenalty(factor: 2, ranges: [1..<12])
        let pairs: [(AbsolutePenalty?, AbsolutePenalty?)] = [(penalty, nil), (nil, penalty)]
        for (own, other) in pairs {
            var optimizer = BatchOptimizer(
                LBFGS.self, from: [Double](repeating: 1, count: 12), limits, penalty: own)
            let (value, gradient) = squares.evaluate(optimizer.trialPoint)
            optimizer.take(value: value, gradient: gradient)
            let state = optimizer.state
            let failure = #expect(throws: Failure.self) {
                try BatchOptimizer(resuming: state, limits, penalty: other)
            }
            #expect(failure?.exitCode == .badData)
        }
    }
}
