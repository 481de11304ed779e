/// Computes the loss and its gradient on some samples, for a `BatchObjective`.
protocol SampleSums: AnyObject {
    /// Takes the point at which the following sums are computed.
    ///
    /// - Parameter point: The parameters, in the order of `ParameterPacking`.
    func setPoint(_ point: [Double])

    /// Computes sums over samples in a row.
    ///
    /// - Parameters:
    ///   - samples: Which, as many as a microbatch has at most.
    ///   - sums: Where they go: the losses' sum, the number of right answers, the sum of the
    ///     gradients, [2 + parameters]; overwritten.
    func compute(_ samples: Range<Int>, into sums: UnsafeMutablePointer<Double>)

    /// The rounding error of the value, relative to it.
    var valueNoise: Double { get }
}
