import Datasets
import Foundation

/// The smooth losses of linear models in Double; each is defined as the loss of the same name in
/// `Layers`.
enum DoubleLoss {
    /// `LogisticLoss`, and `SoftmaxCrossEntropy` without label smoothing.
    case logistic
    /// The square of `HingeLoss`.
    case squaredHinge
    /// `MeanSquaredError`.
    case meanSquaredError

    /// The loss of a name, nil for one that is not smooth or not a sum over samples.
    init?(_ name: LossName) {
        switch name {
        case .crossEntropy, .logistic: self = .logistic
        case .squaredHinge: self = .squaredHinge
        case .meanSquaredError: self = .meanSquaredError
        case .hinge, .softF1: return nil
        }
    }

    /// Adds the loss and the number of right answers to sums, and turns outputs into gradients.
    ///
    /// - Parameters:
    ///   - outputs: The outputs, [row, output]; then the gradient with respect to them.
    ///   - rows: Which rows of the table.
    ///   - table: Tells their classes or values.
    ///   - outputCount: The outputs of a row.
    ///   - sums: Loss and number of right answers.
    func evaluate(
        _ outputs: UnsafeMutablePointer<Double>, of rows: Range<Int>, table: EncodedTable,
        outputCount: Int, sums: UnsafeMutablePointer<Double>
    ) {
        var output = outputs
        for row in rows {
            let label = table.label(at: row)
            if self != .meanSquaredError || outputCount > 1 {
                sums[1] += Self.choice(output, outputCount) == label ? 1 : 0
            }
            switch self {
            case .logistic where outputCount == 1:
                sums[0] += Self.logistic(output, isSecond: label == 1)
            case .logistic: sums[0] += Self.crossEntropy(output, outputCount, label: label)
            case .squaredHinge: sums[0] += Self.squaredHinge(output, outputCount, label: label)
            case .meanSquaredError:
                sums[0] += Self.squaredError(
                    output, outputCount, label: label, target: Double(table.target(at: row)))
            }
            output += outputCount
        }
    }

    /// The class that outputs stand for; a single one is that of the second of two.
    private static func choice(_ output: UnsafePointer<Double>, _ count: Int) -> Int {
        if count == 1 { return output[0] > 0 ? 1 : 0 }
        var best = 0
        for index in 1..<count where output[index] > output[best] { best = index }
        return best
    }

    private static func logistic(
        _ output: UnsafeMutablePointer<Double>, isSecond: Bool
    ) -> Double {
        let margin = isSecond ? output[0] : -output[0]
        // exp of a number above 0 could overflow.
        let small = exp(-abs(margin))
        let slope = (margin > 0 ? small : 1) / (1 + small)
        output[0] = isSecond ? -slope : slope
        return max(-margin, 0) + log1p(small)
    }

    private static func crossEntropy(
        _ output: UnsafeMutablePointer<Double>, _ count: Int, label: Int
    ) -> Double {
        let own = output[label]
        var largest = output[0]
        for index in 1..<count { largest = max(largest, output[index]) }
        var sum = 0.0
        for index in 0..<count {
            output[index] = exp(output[index] - largest)
            sum += output[index]
        }
        for index in 0..<count { output[index] /= sum }
        output[label] -= 1
        return log(sum) + largest - own
    }

    private static func squaredHinge(
        _ output: UnsafeMutablePointer<Double>, _ count: Int, label: Int
    ) -> Double {
        let first = count == 1 ? 1 : 0
        var sum = 0.0
        for index in 0..<count {
            let sign = first + index == label ? 1.0 : -1.0
            let margin = 1 - sign * output[index]
            // Not by max(), which would take NaN for 0.
            let shortfall = margin < 0 ? 0 : margin
            sum += shortfall * shortfall
            output[index] = -2 * sign * shortfall
        }
        return sum
    }

    private static func squaredError(
        _ output: UnsafeMutablePointer<Double>, _ count: Int, label: Int, target: Double
    ) -> Double {
        var sum = 0.0
        for index in 0..<count {
            let difference = output[index] - (count == 1 ? target : (index == label ? 1 : 0))
            sum += difference * difference
            output[index] = 2 * difference / Double(count)
        }
        return sum / Double(count)
    }
}
