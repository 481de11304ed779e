import Optimizers
import Testing

/// Muon beside PyTorch, and what makes its steps the same on any number of ranks.
struct MuonTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let rows: Int
        let columns: Int
        let settings: OptimizerSettings
        let learningRate: Double
        let weightDecay: Double
        let gradientScale: Double
        let steps: Int
        let stride: Int
        let parameters: [Double]
        let momentum: [Double]

        var testDescription: String { "\(rows) x \(columns), \(settings), decay \(weightDecay)" }
    }

    @Test(arguments: try Golden<Case>(named: "muon.json").cases)
    func pyTorchInDouble(_ expected: Case) throws {
        let golden = try Golden<Case>(named: "muon.json")
        let muon = try Muon(expected.settings)
        let shape = MatrixShape(rows: expected.rows, columns: expected.columns)
        var state = OptimizerState(goldenValues(0, shape.count), for: muon)
        for step in 1...expected.steps {
            state.gradients = (0..<shape.count).map { goldenValues(1000 * step + 7 * $0, 1)[0] }
            let settings = StepSettings(
                step: step, learningRate: expected.learningRate / Double(step),
                weightDecay: expected.weightDecay, gradientScale: expected.gradientScale)
            state.update(muon, shape, settings)
        }
        let momentum = Array(try #require(state.slot("exp_avg")))
        #expect(expected.parameters.count == (shape.count - 1) / expected.stride + 1)
        for (index, numbers) in zip(expected.parameters, expected.momentum).enumerated() {
            let place = index * expected.stride
            #expect(golden.agree(Double(state.parameters[place]), numbers.0), "element \(place)")
            #expect(golden.agree(Double(momentum[place]), numbers.1), "momentum \(place)")
        }
    }

    /// The iteration as it is published, on the matrix itself, in Double.
    private func orthogonalized(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
        func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
            var c = Array(repeating: 0.0, count: m * n)
            for i in 0..<m {
                for l in 0..<k {
                    let value = a[i * k + l]
                    for j in 0..<n { c[i * n + j] += value * b[l * n + j] }
                }
            }
            return c
        }
        let norm = matrix.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var x = matrix.map { $0 / norm }
        for _ in 0..<5 {
            let transposed = (0..<rows * columns).map { x[$0 % rows * columns + $0 / rows] }
            let gram = product(x, transposed, rows, columns, rows)
            let square = product(gram, gram, rows, rows, rows)
            let factor = zip(gram, square).map { -4.7750 * $0 + 2.0315 * $1 }
            let change = product(factor, x, rows, rows, columns)
            x = zip(x, change).map { 3.4445 * $0 + $1 }
        }
        return x
    }

    /// What a matrix of zeros becomes in one step of which the factor is 1, without momentum.
    private func step(_ gradients: [Float], _ shape: MatrixShape) throws -> [Double] {
        let muon = try Muon(OptimizerSettings(momentum: 0, nesterov: false))
        var state = OptimizerState(Array(repeating: 0, count: shape.count), for: muon)
        state.gradients = gradients
        let rate = 1 / (0.2 * Double(shape.longSide).squareRoot())
        state.update(muon, shape, StepSettings(step: 1, learningRate: rate))
        return state.parameters.map { -Double($0) }
    }

    @Test("As many digits as float has, also where singular values lie far from each other")
    func errorOfTheIteration() throws {
        let (rows, columns) = (48, 432)
        let gradients = goldenValues(5, rows * columns).enumerated().map {
            $0.element * Float(1 + $0.offset / columns * ($0.offset / columns))
        }
        let expected = orthogonalized(gradients.map(Double.init), rows: rows, columns: columns)
        let wide = try step(gradients, MatrixShape(rows: rows, columns: columns))
        let transposed = (0..<rows * columns).map { gradients[$0 % rows * columns + $0 / rows] }
        let tall = try step(transposed, MatrixShape(rows: columns, columns: rows))
        let back = (0..<rows * columns).map { tall[$0 % columns * rows + $0 / columns] }
        let norm = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for (name, found) in [("wide", wide), ("tall", back)] {
            let error = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                .squareRoot()
            #expect(error / norm < 1e-5, "\(name): \(error / norm)")
        }
    }

    @Test("Zeros stay zeros, and a factor on the gradients changes nothing")
    func scaleOfTheGradients() throws {
        let shape = MatrixShape(rows: 20, columns: 30)
        let zeros = try step(Array(repeating: 0, count: shape.count), shape)
        #expect(zeros.allSatisfy { $0 == 0 })
        let gradients = goldenValues(3, shape.count)
        let (plain, scaled) = (
            try step(gradients, shape), try step(gradients.map { $0 * 1024 }, shape)
        )
        #expect(zip(plain, scaled).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func whatIsNoMatrixMovesAsByAdamW() throws {
        func end(_ name: String) throws -> [UInt32] {
            let optimizer = try OptimizerCatalog.make(name, OptimizerSettings(beta2: 0.95))
            var state = OptimizerState(goldenValues(0, 40), for: optimizer)
            for step in 1...3 {
                state.gradients = goldenValues(1000 * step, 40)
                let settings = StepSettings(step: step, learningRate: 0.01, weightDecay: 0.1)
                state.withSlice { optimizer.update($0, settings) }
            }
            return state.bits
        }
        #expect(try end("muon") == end("adamw"))
    }

    static let matrices = [
        MatrixPlan.Matrix(range: 0..<600, shape: MatrixShape(rows: 20, columns: 30)),
        MatrixPlan.Matrix(range: 608..<708, shape: MatrixShape(rows: 10, columns: 10)),
        MatrixPlan.Matrix(range: 1000..<4000, shape: MatrixShape(rows: 300, columns: 10)),
    ]

    private func plan() throws -> MatrixPlan {
        MatrixPlan(try Muon(OptimizerSettings()), Self.matrices)
    }

    @Test("Every matrix has one rank", arguments: [1, 2, 3, 4, 7])
    func shares(partCount: Int) throws {
        let plan = try plan()
        let shares = (0..<partCount).map { plan.share($0, of: partCount) }
        let all = shares.flatMap { $0 }.sorted { $0.range.lowerBound < $1.range.lowerBound }
        #expect(all == Self.matrices)
        #expect(shares.filter { !$0.isEmpty }.count == min(partCount, 3))
    }

    @Test("What is no matrix is moved by slices, wherever they are cut")
    func gaps() throws {
        let plan = try plan()
        for cuts in [[0, 5000], [0, 100, 5000], [0, 600, 640, 900, 4000, 4500, 5000]] {
            var covered: [Int] = []
            for (start, end) in zip(cuts, cuts.dropFirst()) {
                plan.forEachGap(in: start..<end) { covered += Array($0) }
            }
            #expect(covered == Array(600..<608) + Array(708..<1000) + Array(4000..<5000), "\(cuts)")
        }
    }
}
