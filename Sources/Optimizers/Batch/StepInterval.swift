/// A function of the step along a line, with its slope, at one step.
struct LinePoint: Codable, Hashable, Sendable {
    var step: Double
    var value: Double
    var slope: Double

    /// The point of the function from which a line through the origin is taken.
    func lowered(by lineSlope: Double) -> LinePoint {
        LinePoint(step: step, value: value - step * lineSlope, slope: slope - lineSlope)
    }
}

/// The interval in which a line search looks for its step, and the step to try next in it.
///
/// Source: Moré & Thuente, Line search algorithms with guaranteed sufficient decrease, ACM TOMS 20
/// (1994), section 4: trial value selection and updating of the interval.
struct StepInterval: Codable, Hashable, Sendable {
    /// The best step so far; the function falls from here into the interval.
    var best: LinePoint
    /// The other end.
    var other: LinePoint
    /// Whether a minimum is known to lie between the ends.
    var isBracket = false

    /// The distance between the ends.
    var width: Double { abs(other.step - best.step) }

    /// Takes a trial in and chooses the next step.
    ///
    /// - Parameters:
    ///   - trial: The function at the last step.
    ///   - bounds: Between which the next step may lie as long as there is no bracket.
    /// - Returns: The next step.
    mutating func refine(with trial: LinePoint, in bounds: ClosedRange<Double>) -> Double {
        let turns = trial.slope * (best.slope.sign == .minus ? -1 : 1) < 0
        let next: Double
        if trial.value > best.value {
            next = stepBelowRise(trial)
            isBracket = true
        } else if turns {
            let cubic = cubicStep(trial, best)
            let secant = secantStep(trial, best)
            next = abs(cubic - trial.step) > abs(secant - trial.step) ? cubic : secant
            isBracket = true
        } else if abs(trial.slope) < abs(best.slope) {
            next = stepOnFlatteningSlope(trial, in: bounds)
        } else if isBracket {
            next = cubicStep(trial, other)
        } else {
            next = trial.step > best.step ? bounds.upperBound : bounds.lowerBound
        }

        if trial.value > best.value {
            other = trial
        } else {
            if turns { other = best }
            best = trial
        }
        return next
    }

    /// Case 1: the value rose, so that a minimum lies between.
    private func stepBelowRise(_ trial: LinePoint) -> Double {
        let cubic = cubicStep(best, trial)
        let length = trial.step - best.step
        let chord = (best.value - trial.value) / length + best.slope
        let quadratic = best.step + best.slope / chord / 2 * length
        return abs(cubic - best.step) < abs(quadratic - best.step)
            ? cubic : cubic + (quadratic - cubic) / 2
    }

    /// Case 3: the value fell, and the slope has the same sign but is smaller.
    private func stepOnFlatteningSlope(
        _ trial: LinePoint, in bounds: ClosedRange<Double>
    ) -> Double {
        let secant = secantStep(trial, best)
        let far = trial.step > best.step ? bounds.upperBound : bounds.lowerBound
        let cubic = cubicStepAhead(trial) ?? far
        let cubicIsCloser = abs(cubic - trial.step) < abs(secant - trial.step)
        guard isBracket else {
            let step = cubicIsCloser ? secant : cubic
            return min(max(step, bounds.lowerBound), bounds.upperBound)
        }
        let limit = trial.step + 0.66 * (other.step - trial.step)
        let step = cubicIsCloser ? cubic : secant
        return trial.step > best.step ? min(limit, step) : max(limit, step)
    }

    /// The minimum of the cubic through both points with their slopes.
    private func cubicStep(_ from: LinePoint, _ to: LinePoint) -> Double {
        let length = to.step - from.step
        let (theta, scale) = Self.cubicTerms(from, to)
        let under = (theta / scale) * (theta / scale) - from.slope / scale * (to.slope / scale)
        var gamma = scale * max(0, under).squareRoot()
        if length < 0 { gamma = -gamma }
        let ratio = (gamma - from.slope + theta) / (gamma - from.slope + gamma + to.slope)
        return from.step + ratio * length
    }

    /// The minimum of the cubic through the best point and the trial if it lies beyond the trial.
    private func cubicStepAhead(_ trial: LinePoint) -> Double? {
        let (theta, scale) = Self.cubicTerms(best, trial)
        let under = (theta / scale) * (theta / scale) - best.slope / scale * (trial.slope / scale)
        var gamma = scale * max(0, under).squareRoot()
        if trial.step > best.step { gamma = -gamma }
        let ratio =
            (gamma - trial.slope + theta) / (gamma + (best.slope - trial.slope) + gamma)
        guard ratio < 0 && gamma != 0 else { return nil }
        return trial.step + ratio * (best.step - trial.step)
    }

    private static func cubicTerms(
        _ from: LinePoint, _ to: LinePoint
    ) -> (theta: Double, scale: Double) {
        let theta =
            3 * (from.value - to.value) / (to.step - from.step) + from.slope + to.slope
        return (theta, max(abs(theta), abs(from.slope), abs(to.slope)))
    }

    /// Where the slope would be 0 if it went along a line.
    private func secantStep(_ trial: LinePoint, _ from: LinePoint) -> Double {
        trial.step + trial.slope / (trial.slope - from.slope) * (from.step - trial.step)
    }
}
