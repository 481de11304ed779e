/// How long a call takes, from repetitions of it.
struct Timing: Sendable {
    /// The median of the repetitions in seconds.
    let median: Double
    /// The shortest repetition in seconds.
    let shortest: Double

    /// Repeats a call, after once to warm up, and at least three times.
    ///
    /// - Parameters:
    ///   - seconds: How long to go on.
    ///   - call: What is measured.
    init(for seconds: Double, of call: () -> Void) {
        let clock = ContinuousClock()
        let warmUp = clock.measure(call) / .seconds(1)
        // Reading the clock takes about 50 ns: of a short call many are measured at a time.
        let callsPerSample = max(1, min(10_000, Int(50e-6 / max(warmUp, 1e-9))))
        let end = clock.now + .seconds(seconds)
        var samples: [Double] = []
        repeat {
            let duration = clock.measure {
                for _ in 0..<callsPerSample { call() }
            }
            samples.append(duration / .seconds(1) / Double(callsPerSample))
        } while samples.count < 3 || clock.now < end
        samples.sort()
        let middle = samples.count / 2
        median =
            samples.count.isMultiple(of: 2)
            ? (samples[middle - 1] + samples[middle]) / 2 : samples[middle]
        shortest = samples[0]
    }
}
