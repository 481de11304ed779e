import Diagnostics

/// Finds a minimum of a smooth function from its values and gradients, along lines on each of which
/// a step fulfils the strong Wolfe conditions.
///
/// It is a state machine: the caller evaluates the function at `trialPoint` and tells what came out,
/// so that evaluation, checkpoints and the ranks of a run are the caller's own.
///
/// ```swift
/// var optimizer = BatchOptimizer(LBFGS.self, from: start, BatchLimits(maxIterations: 500))
/// while optimizer.end == nil {
///     let (value, gradient) = evaluate(optimizer.trialPoint)
///     optimizer.take(value: value, gradient: gradient)
/// }
/// print(optimizer.value, optimizer.point)
/// ```
///
/// An iteration is one line search: one evaluation or more. All sums have a fixed order, so the same
/// values lead to the same bits. `state` holds everything at any moment.
public struct BatchOptimizer: Sendable {
    /// When to stop.
    public let limits: BatchLimits
    /// The point at which the function is to be evaluated next.
    public private(set) var trialPoint: [Double]
    /// The point that the last iteration has reached; the beginning before the first.
    public private(set) var point: [Double]
    /// The gradient there, zeros before the first evaluation.
    public private(set) var gradient: [Double]
    /// How far it has come.
    public private(set) var counts = BatchCounts()

    private var rule: any SearchDirection
    private var direction: [Double] = []
    private var search: LineSearch?

    /// Iterations in a row without a decrease of the value or of the gradient that end it.
    private static let longestStall = 10

    /// Begins at a point.
    ///
    /// - Parameters:
    ///   - rule: The method.
    ///   - start: Where to begin.
    ///   - limits: When to stop.
    public init(_ rule: any SearchDirection.Type, from start: [Double], _ limits: BatchLimits) {
        self.rule = rule.init(parameterCount: start.count)
        self.limits = limits
        trialPoint = start
        point = start
        gradient = Array(repeating: 0, count: start.count)
    }

    /// The value at `point`; nil before the first evaluation.
    public var value: Double? { counts.value }
    /// Why there is nothing more to evaluate; nil as long as there is.
    public var end: BatchEnd? { counts.end }

    /// Takes the value and the gradient at `trialPoint`, and chooses the next one.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - gradient: The gradient, as long as the point.
    /// - Returns: Whether an iteration has ended with it: `point` is a new one.
    @discardableResult
    public mutating func take(value: Double, gradient: [Double]) -> Bool {
        precondition(counts.end == nil, "an evaluation after the end")
        precondition(gradient.count == point.count, "a gradient of \(gradient.count) numbers")
        counts.evaluations += 1
        guard var search, let lastValue = counts.value else {
            begin(value: value, gradient: gradient)
            return false
        }
        let verdict = search.take(value: value, slope: dot(gradient, direction))
        self.search = search
        switch verdict {
        case .evaluate:
            moveTrialPoint(by: search.step)
            return false
        case .failed:
            if counts.isSteepest {
                counts.end = .noDecrease
                trialPoint = point
            } else {
                rule.forget()
                beginLine()
            }
            return false
        case .accepted:
            rule.learn(
                step: difference(trialPoint, point),
                gradientChange: difference(gradient, self.gradient))
            (point, self.gradient) = (trialPoint, gradient)
            counts.step = search.step
            noteIteration(value: value, lastValue: lastValue)
            if counts.end == nil { beginLine() }
            return true
        }
    }

    private mutating func begin(value: Double, gradient: [Double]) {
        self.gradient = gradient
        counts.gradientNorm = largestMagnitude(gradient)
        guard value.isFinite && counts.gradientNorm.isFinite else {
            counts.gradientNorm = 0
            counts.end = .notFinite
            return
        }
        counts.value = value
        counts.smallestGradientNorm = counts.gradientNorm
        if counts.gradientNorm <= limits.gradientTolerance {
            counts.end = .converged
        } else if limits.maxIterations == 0 {
            counts.end = .iterationLimit
        } else {
            beginLine()
        }
    }

    private mutating func noteIteration(value: Double, lastValue: Double) {
        counts.iterations += 1
        counts.value = value
        counts.lastDecrease = lastValue - value
        counts.gradientNorm = largestMagnitude(gradient)
        let isProgress =
            counts.lastDecrease > limits.valueNoise * abs(lastValue)
            || counts.gradientNorm < counts.smallestGradientNorm
        counts.stalled = isProgress ? 0 : counts.stalled + 1
        counts.smallestGradientNorm = min(counts.smallestGradientNorm, counts.gradientNorm)
        if counts.gradientNorm <= limits.gradientTolerance {
            counts.end = .converged
        } else if counts.stalled >= Self.longestStall {
            counts.end = .noDecrease
        } else if counts.iterations >= limits.maxIterations {
            counts.end = .iterationLimit
        }
    }

    private mutating func beginLine() {
        guard let value = counts.value else { return }
        counts.isSteepest = rule.isFresh
        direction = rule.direction(gradient: gradient)
        var slope = dot(gradient, direction)
        if !(slope < 0 && slope.isFinite) {
            rule.forget()
            counts.isSteepest = true
            direction = rule.direction(gradient: gradient)
            slope = dot(gradient, direction)
        }
        // The first step along the plain gradient has the length of 1 or less.
        let firstStep =
            counts.isSteepest
            ? 1 / max(1, (-slope).squareRoot())
            : rule.firstStep(slope: slope, lastDecrease: counts.lastDecrease)
        let search = LineSearch(
            value: value, slope: slope, firstStep: firstStep,
            conditions: LineSearch.Conditions(
                decrease: 1e-4, curvature: type(of: rule).curvature, noise: limits.valueNoise))
        self.search = search
        moveTrialPoint(by: search.step)
    }

    private mutating func moveTrialPoint(by step: Double) {
        trialPoint = point
        add(step, direction, to: &trialPoint)
    }
}

extension BatchOptimizer {
    /// Everything that it knows.
    public var state: BatchState {
        var vectors = rule.memory
        vectors["point"] = point
        vectors["gradient"] = gradient
        if search != nil { vectors["direction"] = direction }
        return BatchState(
            method: type(of: rule).name, counts: counts, search: search, vectors: vectors)
    }

    /// Goes on from a state.
    ///
    /// - Parameters:
    ///   - state: What `state` of another one was.
    ///   - limits: When to stop; they may differ from those of the other one.
    /// - Throws: `Failure` with `badData` if the state does not hold together.
    public init(resuming state: BatchState, _ limits: BatchLimits) throws {
        guard let type = BatchOptimizerCatalog.rule(named: state.method) else {
            throw unknownName(state.method, in: "optimizer", of: BatchOptimizerCatalog.names)
        }
        var memory = state.vectors
        let point = memory.removeValue(forKey: "point") ?? []
        let gradient = memory.removeValue(forKey: "gradient") ?? []
        let direction = memory.removeValue(forKey: "direction") ?? []
        var rule = type.init(parameterCount: point.count)
        let lengthsFit =
            gradient.count == point.count
            && direction.count == (state.search == nil ? 0 : point.count)
            && (state.search == nil || state.counts.value != nil)
        guard lengthsFit, rule.restore(memory) else {
            throw Failure(
                .badData, in: "state of \(state.method)",
                expected: "a point, its gradient and the method's own vectors",
                found: state.vectors.map { "\($0.key) of \($0.value.count)" }.sorted()
                    .joined(separator: ", "))
        }
        self.rule = rule
        self.limits = limits
        (self.point, self.gradient, self.direction) = (point, gradient, direction)
        (counts, search, trialPoint) = (state.counts, state.search, point)
        if counts.end == .iterationLimit && counts.iterations < limits.maxIterations {
            counts.end = nil
            beginLine()
        } else if let search, counts.end == nil {
            moveTrialPoint(by: search.step)
        }
    }
}
