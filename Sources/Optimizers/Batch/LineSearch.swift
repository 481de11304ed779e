/// A search along a line for a step that fulfils the strong Wolfe conditions.
///
///     f(step) ≤ f(0) + decrease · step · f'(0)        and        |f'(step)| ≤ curvature · |f'(0)|
///
/// It is a state machine: `step` is to be evaluated next, `take` tells what came out.
///
/// Near a minimum the change of f is smaller than the rounding errors of f, and the first condition
/// means nothing. Where f moved less than `noise · |f(0)|`, the slope decides alone, as in the
/// approximate Wolfe conditions of Hager & Zhang (2005). A step at which f is not a number or
/// infinite is too long, and half of it becomes the longest.
///
/// Source: Moré & Thuente, Line search algorithms with guaranteed sufficient decrease, ACM TOMS 20
/// (1994).
struct LineSearch: Codable, Hashable, Sendable {
    /// What counts as a good step.
    struct Conditions: Codable, Hashable, Sendable {
        /// The share of the first slope by which f has to fall.
        var decrease: Double
        /// The share of the first slope that may be left.
        var curvature: Double
        /// The rounding error of f, relative to f.
        var noise: Double
    }

    /// What is to be done after an evaluation.
    enum Verdict: Hashable, Sendable {
        /// Evaluate at `step`.
        case evaluate
        /// The step that was evaluated is good.
        case accepted
        /// No step is good enough.
        case failed
    }

    /// The step to evaluate next, or the accepted one.
    private(set) var step: Double

    private let conditions: Conditions
    private let start: LinePoint
    private var interval: StepInterval
    /// Whether no step was seen yet with a sufficient decrease and a rising slope.
    private var isFirstStage = true
    private var widths = [Self.longestStep, 2 * Self.longestStep]
    private var bounds: [Double]
    private var limit = Self.longestStep
    private(set) var evaluationCount = 0
    private var isLastTrial = false

    /// Whether a search can have come to this state, which may come from a file.
    var isPossible: Bool { bounds.count == 2 && widths.count == 2 && bounds[0] <= bounds[1] }

    private static let longestStep = 1e20
    private static let largestEvaluationCount = 30
    private static let smallestRelativeWidth = 1e-12

    /// Begins a search.
    ///
    /// - Parameters:
    ///   - value: f(0).
    ///   - slope: f'(0), negative.
    ///   - firstStep: The step to try first.
    ///   - conditions: What counts as a good step.
    init(value: Double, slope: Double, firstStep: Double, conditions: Conditions) {
        start = LinePoint(step: 0, value: value, slope: slope)
        interval = StepInterval(best: start, other: start)
        step = min(firstStep, Self.longestStep)
        bounds = [0, step + 4 * step]
        self.conditions = conditions
    }

    /// Takes f and its slope at `step`.
    ///
    /// - Parameters:
    ///   - value: f(step).
    ///   - slope: f'(step).
    /// - Returns: What is to be done.
    mutating func take(value: Double, slope: Double) -> Verdict {
        evaluationCount += 1
        let trial = LinePoint(step: step, value: value, slope: slope)
        guard value.isFinite && slope.isFinite else { return halve() }
        if isGood(trial) { return .accepted }
        if isLastTrial { return hasDecrease(trial) ? .accepted : .failed }
        // The function falls steeply up to the longest step there is.
        if step == limit && hasDecrease(trial) && slope <= lineSlope { return .accepted }
        let next = refine(with: trial)
        let isNarrow =
            interval.isBracket
            && (next <= bounds[0] || next >= bounds[1]
                || bounds[1] - bounds[0] <= Self.smallestRelativeWidth * bounds[1])
        step = next
        guard isNarrow || evaluationCount >= Self.largestEvaluationCount else { return .evaluate }
        isLastTrial = true
        step = interval.best.step
        if step == trial.step { return hasDecrease(trial) ? .accepted : .failed }
        return step > 0 ? .evaluate : .failed
    }

    private var lineSlope: Double { conditions.decrease * start.slope }

    private func hasDecrease(_ trial: LinePoint) -> Bool {
        trial.value <= start.value + trial.step * lineSlope
    }

    private func isGood(_ trial: LinePoint) -> Bool {
        let isWithinNoise =
            abs(trial.value - start.value) <= conditions.noise * abs(start.value)
        return (hasDecrease(trial) || isWithinNoise)
            && abs(trial.slope) <= conditions.curvature * abs(start.slope)
    }

    /// Takes a trial into the interval.
    ///
    /// - Returns: The next step.
    private mutating func refine(with trial: LinePoint) -> Double {
        if isFirstStage && hasDecrease(trial) && trial.slope >= 0 { isFirstStage = false }
        let range = bounds[0]...bounds[1]
        var next: Double
        if isFirstStage && trial.value <= interval.best.value && !hasDecrease(trial) {
            // As long as no step has the decrease, the search is for the minimum of f less the line
            // below which f has to be.
            var lowered = interval
            lowered.best = interval.best.lowered(by: lineSlope)
            lowered.other = interval.other.lowered(by: lineSlope)
            next = lowered.refine(with: trial.lowered(by: lineSlope), in: range)
            interval = lowered
            interval.best = lowered.best.lowered(by: -lineSlope)
            interval.other = lowered.other.lowered(by: -lineSlope)
        } else {
            next = interval.refine(with: trial, in: range)
        }
        let (best, other) = (interval.best.step, interval.other.step)
        if interval.isBracket {
            // The interval has to shrink by a third in two trials.
            if interval.width >= 0.66 * widths[1] { next = best + (other - best) / 2 }
            widths = [interval.width, widths[0]]
            bounds = [min(best, other), max(best, other)]
        } else {
            bounds = [next + 1.1 * (next - best), next + 4 * (next - best)]
        }
        return min(next, limit)
    }

    /// Goes back from a step that is too long to be evaluated.
    private mutating func halve() -> Verdict {
        let best = interval.best.step
        limit = best + (step - best) / 2
        step = limit
        bounds[1] = max(bounds[0], min(bounds[1], limit))
        let isTooShort = limit - best <= Self.smallestRelativeWidth * max(best, 1e-12)
        return isTooShort || evaluationCount >= Self.largestEvaluationCount ? .failed : .evaluate
    }
}
