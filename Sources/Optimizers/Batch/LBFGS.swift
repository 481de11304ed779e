/// The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno in limited memory: the inverse of
/// the curvature follows from the last 10 steps, by the two-loop recursion.
///
/// Before the oldest of them it is taken as γ times the identity, γ = s · y / y · y of the newest step
/// s and its gradient change y. A step of which s · y is not above 0 teaches nothing.
///
/// Source: Nocedal & Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 7.5.
public struct LBFGS: SearchDirection {
    /// The name on the command line.
    public static let name = "lbfgs"
    /// The share of the slope that the line search may leave.
    public static let curvature = 0.9
    /// The number of steps that are remembered.
    public static let historyLength = 10

    private struct Pair {
        let step: [Double]
        let gradientChange: [Double]
        let inverseProduct: Double

        init(step: [Double], gradientChange: [Double]) {
            self.step = step
            self.gradientChange = gradientChange
            inverseProduct = 1 / dot(step, gradientChange)
        }
    }

    private let count: Int
    private var pairs: [Pair] = []

    /// Creates a rule that remembers nothing.
    public init(parameterCount: Int) { count = parameterCount }

    /// Two vectors for each step.
    public static func memoryByteCount(parameterCount: Int) -> Int {
        16 * historyLength * parameterCount
    }

    /// The steps and gradient changes, numbered from the oldest.
    public var memory: [String: [Double]] {
        var memory: [String: [Double]] = [:]
        for (number, pair) in pairs.enumerated() {
            memory["step.\(number)"] = pair.step
            memory["gradient_change.\(number)"] = pair.gradientChange
        }
        return memory
    }

    /// Takes steps and gradient changes.
    public mutating func restore(_ memory: [String: [Double]]) -> Bool {
        var restored: [Pair] = []
        while let step = memory["step.\(restored.count)"],
            let change = memory["gradient_change.\(restored.count)"], step.count == count,
            change.count == count
        {
            restored.append(Pair(step: step, gradientChange: change))
        }
        guard 2 * restored.count == memory.count, restored.count <= Self.historyLength else {
            return false
        }
        pairs = restored
        return true
    }

    /// Forgets all steps.
    public mutating func forget() { pairs = [] }

    /// Whether the next direction is that of steepest descent.
    public var isFresh: Bool { pairs.isEmpty }

    /// Remembers a step instead of the oldest.
    public mutating func learn(step: [Double], gradientChange: [Double]) {
        guard hasCurvature(step, gradientChange) else { return }
        if pairs.count == Self.historyLength { pairs.removeFirst() }
        pairs.append(Pair(step: step, gradientChange: gradientChange))
    }

    /// Chooses the direction.
    public mutating func direction(gradient: [Double]) -> [Double] {
        var direction = gradient.map(-)
        var shares: [Double] = []
        for pair in pairs.reversed() {
            let share = pair.inverseProduct * dot(pair.step, direction)
            add(-share, pair.gradientChange, to: &direction)
            shares.append(share)
        }
        if let newest = pairs.last {
            let square = dot(newest.gradientChange, newest.gradientChange)
            let scale = 1 / (newest.inverseProduct * square)
            for index in direction.indices { direction[index] *= scale }
        }
        for (pair, share) in zip(pairs, shares.reversed()) {
            let other = pair.inverseProduct * dot(pair.gradientChange, direction)
            add(share - other, pair.step, to: &direction)
        }
        return direction
    }
}

/// Whether a step tells of a curvature above 0 that is more than rounding.
func hasCurvature(_ step: [Double], _ gradientChange: [Double]) -> Bool {
    let square = dot(gradientChange, gradientChange)
    let product = dot(step, gradientChange)
    return product > 0x1p-52 * square * 1e-8 && (1 / product).isFinite && square.isFinite
}
