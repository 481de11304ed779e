import Diagnostics

/// Finds a minimum of a smooth function from its values and gradients, along lines on each of which
/// a step fulfils the strong Wolfe conditions; with an `AbsolutePenalty` along paths that end where
/// weights become 0, each with a sufficient decrease.
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
    /// What is added to the function.
    public let penalty: AbsolutePenalty?
    /// The point at which the function is to be evaluated next.
    public private(set) var trialPoint: [Double]
    /// The point that the last iteration has reached; the beginning before the first.
    public private(set) var point: [Double]
    /// The gradient of the function there, without the penalty; zeros before the first evaluation.
    public private(set) var gradient: [Double]
    /// How far it has come.
    public private(set) var counts = BatchCounts()

    private var rule: any SearchDirection
    private var direction: [Double] = []
    /// The search along the direction: one of the two.
    private var search: LineSearch?
    private var arc: ArcSearch?

    /// Iterations in a row without a decrease of the value or of the gradient that end it.
    private static let longestStall = 10

    /// Begins at a point.
    ///
    /// - Parameters:
    ///   - rule: The method.
    ///   - start: Where to begin.
    ///   - limits: When to stop.
    ///   - penalty: What is added to the function.
    public init(
        _ rule: any SearchDirection.Type, from start: [Double], _ limits: BatchLimits,
        penalty: AbsolutePenalty? = nil
    ) {
        self.rule = rule.init(parameterCount: start.count)
        self.limits = limits
        self.penalty = penalty
        trialPoint = start
        point = start
        gradient = Array(repeating: 0, count: start.count)
    }

    /// The value at `point`, with the penalty; nil before the first evaluation.
    public var value: Double? { counts.value }
    /// Why there is nothing more to evaluate; nil as long as there is.
    public var end: BatchEnd? { counts.end }

    /// Takes the value and the gradient at `trialPoint`, and chooses the next one.
    ///
    /// - Parameters:
    ///   - value: The value of the function, without the penalty.
    ///   - gradient: Its gradient, as long as the point.
    /// - Returns: Whether an iteration has ended with it: `point` is a new one.
    @discardableResult
    public mutating func take(value: Double, gradient: [Double]) -> Bool {
        precondition(counts.end == nil, "an evaluation after the end")
        precondition(gradient.count == point.count, "a gradient of \(gradient.count) numbers")
        counts.evaluations += 1
        let value = value + (penalty?.value(at: trialPoint) ?? 0)
        guard search != nil || arc != nil, let lastValue = counts.value else {
            begin(value: value, gradient: gradient)
            return false
        }
        switch verdict(value: value, gradient: gradient) {
        case .evaluate:
            moveTrialPoint()
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
            counts.step = step
            noteIteration(value: value, lastValue: lastValue)
            if counts.end == nil { beginLine() }
            return true
        }
    }

    /// The step of the search.
    private var step: Double { search?.step ?? arc?.step ?? 0 }

    /// The slopes at `point`: the gradient, or what the penalty makes of it.
    private var slopes: [Double] { penalty?.slopes(gradient, at: point) ?? gradient }

    private mutating func verdict(value: Double, gradient: [Double]) -> LineSearch.Verdict {
        guard let penalty, arc != nil else {
            let slope = dot(gradient, direction)
            return search?.take(value: value, slope: slope) ?? .failed
        }
        let change = dot(slopes, difference(trialPoint, point))
        let steepest = largestMagnitude(penalty.slopes(gradient, at: trialPoint))
        let isFlatter = steepest < counts.gradientNorm
        return arc?.take(value: value, change: change, isFlatter: isFlatter) ?? .failed
    }

    private mutating func begin(value: Double, gradient: [Double]) {
        self.gradient = gradient
        counts.gradientNorm = largestMagnitude(slopes)
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
        counts.gradientNorm = largestMagnitude(slopes)
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
        let slopes = slopes
        counts.isSteepest = rule.isFresh
        chooseDirection(slopes)
        var slope = dot(slopes, direction)
        if !(slope < 0 && slope.isFinite) {
            rule.forget()
            counts.isSteepest = true
            chooseDirection(slopes)
            slope = dot(slopes, direction)
        }
        // The first step along the plain gradient has the length of 1 or less.
        let firstStep =
            counts.isSteepest
            ? 1 / max(1, (-slope).squareRoot())
            : rule.firstStep(slope: slope, lastDecrease: counts.lastDecrease)
        if penalty != nil {
            arc = ArcSearch(value: value, firstStep: firstStep, noise: limits.valueNoise)
        } else {
            search = LineSearch(
                value: value, slope: slope, firstStep: firstStep,
                conditions: LineSearch.Conditions(
                    decrease: 1e-4, curvature: type(of: rule).curvature,
                    noise: limits.valueNoise))
        }
        moveTrialPoint()
    }

    private mutating func chooseDirection(_ slopes: [Double]) {
        direction = rule.direction(gradient: slopes)
        penalty?.restrict(&direction, slopes)
    }

    private mutating func moveTrialPoint() {
        trialPoint = point
        add(step, direction, to: &trialPoint)
        penalty?.clip(&trialPoint, from: point, slopes)
    }
}

extension BatchOptimizer {
    /// Everything that it knows.
    public var state: BatchState {
        var vectors = rule.memory
        vectors["point"] = point
        vectors["gradient"] = gradient
        if search != nil || arc != nil { vectors["direction"] = direction }
        return BatchState(
            method: type(of: rule).name, counts: counts, search: search, arc: arc,
            vectors: vectors)
    }

    /// Goes on from a state.
    ///
    /// - Parameters:
    ///   - state: What `state` of another one was.
    ///   - limits: When to stop; they may differ from those of the other one.
    ///   - penalty: What is added to the function, as for the other one.
    /// - Throws: `Failure` with `badData` if the state does not hold together.
    public init(
        resuming state: BatchState, _ limits: BatchLimits, penalty: AbsolutePenalty? = nil
    ) throws {
        guard let type = BatchOptimizerCatalog.rule(named: state.method) else {
            throw unknownName(state.method, in: "optimizer", of: BatchOptimizerCatalog.names)
        }
        var memory = state.vectors
        let point = memory.removeValue(forKey: "point") ?? []
        let gradient = memory.removeValue(forKey: "gradient") ?? []
        let direction = memory.removeValue(forKey: "direction") ?? []
        var rule = type.init(parameterCount: point.count)
        let isSearching = state.search != nil || state.arc != nil
        let lengthsFit =
            gradient.count == point.count && direction.count == (isSearching ? point.count : 0)
            && (!isSearching || state.counts.value != nil)
            && (penalty == nil ? state.arc == nil : state.search == nil)
        guard lengthsFit, state.isPossible, rule.restore(memory) else {
            throw Failure(
                .badData, in: "state of \(state.method)",
                expected: "a point, its gradient and the method's own vectors",
                found: state.vectors.map { "\($0.key) of \($0.value.count)" }.sorted()
                    .joined(separator: ", "))
        }
        self.rule = rule
        self.limits = limits
        self.penalty = penalty
        (self.point, self.gradient, self.direction) = (point, gradient, direction)
        (counts, search, arc, trialPoint) = (state.counts, state.search, state.arc, point)
        let hasMoreToDo =
            counts.end == .iterationLimit
            || counts.end == .converged && counts.gradientNorm > limits.gradientTolerance
        if hasMoreToDo && counts.iterations < limits.maxIterations {
            counts.end = nil
            beginLine()
        } else if isSearching && counts.end == nil {
            moveTrialPoint()
        }
    }
}
