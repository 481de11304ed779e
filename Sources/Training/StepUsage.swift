import Datasets

/// What one rank's steps took of time and pages, besides the time by layers.
struct StepUsage {
    /// The time for which nothing was loaded yet.
    var waited: Duration
    /// The time by parts of the step.
    var times: StepTimes
    /// The faults of the process.
    var faults: PageFaults

    /// What steps have taken up to now.
    ///
    /// - Parameters:
    ///   - step: The steps.
    ///   - loader: What they load from.
    init(_ step: TrainingStep, _ loader: MicrobatchLoader) {
        waited = loader.waited
        times = step.times
        faults = PageFaults.ofProcess()
    }

    /// What was taken since an earlier moment.
    static func - (now: StepUsage, earlier: StepUsage) -> StepUsage {
        var result = now
        result.waited -= earlier.waited
        result.times = now.times - earlier.times
        result.faults = now.faults - earlier.faults
        return result
    }
}
