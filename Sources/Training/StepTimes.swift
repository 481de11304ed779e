/// The time that one rank spent on the parts of its steps, besides the layers.
struct StepTimes {
    /// Taking microbatches from the loader: waiting for them, and giving back the buffer before.
    var loading = Duration.zero
    /// Computing the loss and its gradient.
    var loss = Duration.zero
    /// Adding up this rank's microbatches, as far as that is done before the exchange.
    var accumulation = Duration.zero
    /// The exchange with other ranks, waiting for them included.
    var communication = Duration.zero
    /// The norm of the gradient, the optimizer, and the running statistics.
    var optimizer = Duration.zero
    /// The fingerprints of the tensors.
    var fingerprints = Duration.zero

    /// The time since an earlier moment.
    static func - (now: StepTimes, earlier: StepTimes) -> StepTimes {
        StepTimes(
            loading: now.loading - earlier.loading, loss: now.loss - earlier.loss,
            accumulation: now.accumulation - earlier.accumulation,
            communication: now.communication - earlier.communication,
            optimizer: now.optimizer - earlier.optimizer,
            fingerprints: now.fingerprints - earlier.fingerprints)
    }
}

extension Duration {
    /// Whole nanoseconds, rounded towards zero.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// Grows by the time that some work takes.
    ///
    /// - Parameter work: What to do.
    /// - Returns: What it returns.
    mutating func measure<Result>(_ work: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer { self += ContinuousClock.now - start }
        return try work()
    }
}
