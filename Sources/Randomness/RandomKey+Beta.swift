import Foundation

extension RandomKey {
    /// A number of the symmetric beta distribution, in [0, 1].
    ///
    /// x / (x + y) for two numbers of the gamma distribution, from their logarithms, so that the
    /// smallest parameters do not end in 0 / 0.
    ///
    /// - Parameter alpha: Both parameters of the distribution, above 0: below 1 numbers near 0 and 1
    ///   are more likely, at 1 all are as likely, above 1 those near 1/2 are.
    /// - Returns: The number.
    public func symmetricBeta(_ alpha: Double) -> Double {
        precondition(alpha > 0, "a beta distribution needs parameters above 0, got \(alpha)")
        let x = derived("first").gammaLogarithm(alpha)
        let y = derived("second").gammaLogarithm(alpha)
        return 1 / (1 + exp(y - x))
    }

    /// The logarithm of a number of the gamma distribution with scale 1.
    ///
    /// Source: Marsaglia & Tsang 2000, with their method for shapes below 1.
    private func gammaLogarithm(_ shape: Double) -> Double {
        guard shape >= 1 else {
            return derived("boost").gammaLogarithm(shape + 1) + log(positiveUniform(at: 0)) / shape
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        var index = 0
        while true {
            let u = positiveUniform(at: index)
            let x =
                (-2 * log(positiveUniform(at: index + 1))).squareRoot()
                * cos(2 * .pi * positiveUniform(at: index + 2))
            index += 3
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            if log(u) < 0.5 * x * x + d - d * v + d * log(v) { return log(d * v) }
        }
    }

    /// A number in (0, 1], a multiple of 2⁻⁵³.
    private func positiveUniform(at index: Int) -> Double {
        Double((bits(at: index) >> 11) + 1) * 0x1p-53
    }
}
