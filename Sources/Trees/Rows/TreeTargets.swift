import Diagnostics

/// What the rows are to be predicted to be.
public enum TreeTargets: Sendable {
    /// Classes, by numbers in 0 ..< `count`.
    case classes([Int32], count: Int)
    /// Numbers.
    case numbers([Float])

    /// The number of rows.
    var rowCount: Int {
        switch self {
        case .classes(let labels, _): labels.count
        case .numbers(let numbers): numbers.count
        }
    }
}

/// What a tree predicts.
public enum TreeTask: Hashable, Sendable {
    /// The probabilities of classes.
    case classification(classCount: Int)
    /// A number.
    case regression

    /// The numbers that a leaf holds.
    public var outputCount: Int {
        switch self {
        case .classification(let count): count
        case .regression: 1
        }
    }
}

/// Numbers as integers in units of a power of two, so that sums of them are exact in any order.
///
/// The numbers are taken from the middle of their range, and the unit is the 2⁻³⁰-th part of half of
/// the range, or down to half of that: each number is rounded once, by at most half a unit.
struct FixedPoint: Hashable {
    /// The number that is 0.
    let center: Double
    /// Units of one.
    let scale: Double

    /// The unit for numbers.
    ///
    /// - Parameter numbers: The numbers of all ranks' rows.
    /// - Throws: `Failure` with `badData` if one is NaN or infinite.
    init(_ numbers: [Float]) throws {
        if let row = numbers.firstIndex(where: { !$0.isFinite }) {
            throw Failure(
                .badData, in: "target of row \(row + 1)", expected: "a finite number",
                found: "\(numbers[row])")
        }
        let (low, high) = (Double(numbers.min() ?? 0), Double(numbers.max() ?? 0))
        center = (low + high) / 2
        let reach = high - center
        scale =
            reach > 0
            ? Double(sign: .plus, exponent: 30 - Int(reach.exponent), significand: 1) : 1
    }

    /// The number in units, at most 2³¹ of either sign.
    func integer(_ number: Float) -> Int64 {
        Int64(((Double(number) - center) * scale).rounded())
    }
}
