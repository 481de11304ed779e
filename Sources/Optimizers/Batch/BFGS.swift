/// The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno, which keeps the inverse of the
/// curvature as a matrix H.
///
/// With s a step, y its gradient change and ρ = 1 / s · y:
///
///     H ← (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ,        direction = −H g
///
/// H begins as the identity times the larger of 1 and s · y / y · y of the first step: a curvature below
/// 1 everywhere is met at once, while one large curvature, along which the first step goes, does not
/// make H too small for all others. A step of which s · y is not above 0 teaches nothing.
///
/// Source: Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 6.1, (6.17) and (6.20), but for
/// the 1; the first step is (3.60).
public struct BFGS: SearchDirection {
    /// The name on the command line.
    public static let name = "bfgs"
    /// The share of the slope that the line search may leave.
    public static let curvature = 0.9

    private let count: Int
    /// H, [count, count]; empty as long as it is the identity.
    private var inverse: [Double] = []

    /// Creates a rule that remembers nothing.
    public init(parameterCount: Int) { count = parameterCount }

    /// A matrix.
    public static func memoryByteCount(parameterCount: Int) -> Int {
        let (square, overflows) = parameterCount.multipliedReportingOverflow(by: parameterCount)
        return overflows || square > Int.max / 8 ? Int.max : 8 * square
    }

    /// The matrix.
    public var memory: [String: [Double]] { isFresh ? [:] : ["inverse_curvature": inverse] }

    /// Takes a matrix.
    public mutating func restore(_ memory: [String: [Double]]) -> Bool {
        guard let matrix = memory["inverse_curvature"], memory.count == 1,
            matrix.count == count * count
        else { return memory.isEmpty }
        inverse = matrix
        return true
    }

    /// Goes back to the identity.
    public mutating func forget() { inverse = [] }

    /// Whether the next direction is that of steepest descent.
    public var isFresh: Bool { inverse.isEmpty }

    /// Takes a step into the matrix.
    public mutating func learn(step: [Double], gradientChange: [Double]) {
        guard hasCurvature(step, gradientChange) else { return }
        let product = dot(step, gradientChange)
        if isFresh {
            inverse = Array(repeating: 0, count: count * count)
            let scale = max(1, product / dot(gradientChange, gradientChange))
            for index in 0..<count { inverse[index * count + index] = scale }
        }
        // H − ρ (s (H y)ᵀ + (H y) sᵀ) + ρ (1 + ρ y · H y) s sᵀ, the symmetric form of the above.
        let image = times(gradientChange)
        let factor = (1 + dot(gradientChange, image) / product) / product
        let count = count
        inverse.withUnsafeMutableBufferPointer { inverse in
            for row in 0..<count {
                let line = UnsafeMutableBufferPointer(
                    rebasing: inverse[row * count..<(row + 1) * count])
                let (own, ownImage) = (step[row], image[row] / product)
                let share = factor * own - ownImage
                let imageShare = own / product
                for column in 0..<count {
                    line[column] += share * step[column] - imageShare * image[column]
                }
            }
        }
    }

    /// Chooses the direction.
    public mutating func direction(gradient: [Double]) -> [Double] {
        isFresh ? gradient.map(-) : times(gradient).map(-)
    }

    /// The whole step, or that which would bring the decrease of the last one on a parabola if it is
    /// shorter, as (3.60) says.
    public func firstStep(slope: Double, lastDecrease: Double) -> Double {
        let step = -2.02 * lastDecrease / slope
        return step > 0 ? min(1, step) : 1
    }

    /// The product of the matrix and a vector.
    private func times(_ vector: [Double]) -> [Double] {
        inverse.withUnsafeBufferPointer { inverse in
            vector.withUnsafeBufferPointer { vector in
                (0..<count).map { row in
                    dot(
                        UnsafeBufferPointer(rebasing: inverse[row * count..<(row + 1) * count]),
                        vector, count: count)
                }
            }
        }
    }
}
