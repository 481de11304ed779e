/// The times of a run: since its beginning over all its parts, of its steps, and the time left.
struct RunClock {
    private let earlier: Double
    private let limit: Duration?
    private let beginning = ContinuousClock.now
    private var lapStart = ContinuousClock.now
    private var meterImages = 0
    private var meterSeconds = 0.0

    /// Creates a clock.
    ///
    /// - Parameters:
    ///   - earlier: Seconds that earlier parts of the run took.
    ///   - limit: The longest time for this part.
    init(earlier: Double, limit: Duration?) {
        self.earlier = earlier
        self.limit = limit
    }

    /// Begins the first lap; the limit counts from the making of the clock.
    mutating func start() { lapStart = .now }

    /// Whether the time for this part is over.
    var isUp: Bool { limit.map { ContinuousClock.now - beginning >= $0 } ?? false }

    /// Seconds since the beginning of the run, all its parts together.
    var total: Double { earlier + seconds(since: beginning) }

    /// Seconds since the last step or checkpoint ended.
    var sinceLap: Double { seconds(since: lapStart) }

    /// Ends a step.
    ///
    /// - Parameter imageCount: Its images.
    /// - Returns: Its seconds.
    mutating func lap(imageCount: Int) -> Double {
        let now = ContinuousClock.now
        let seconds = (now - lapStart) / .seconds(1)
        lapStart = now
        meterImages += imageCount
        meterSeconds += seconds
        return seconds
    }

    /// Lets the time since the last step count for none.
    mutating func skip() { lapStart = .now }

    /// Images a second since the meter was restarted.
    var imagesPerSecond: Double { meterSeconds > 0 ? Double(meterImages) / meterSeconds : 0 }

    /// Measures from here on.
    mutating func restartMeter() {
        meterImages = 0
        meterSeconds = 0
    }

    private func seconds(since start: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - start) / .seconds(1)
    }
}
