import Diagnostics

/// The table of all schedules; a new one is a file of its own and a row here.
public enum ScheduleCatalog {
    /// All schedules.
    public static let all: [any Schedule.Type] = [
        ConstantSchedule.self,
        StepSchedule.self,
        CosineSchedule.self,
        LinearSchedule.self,
        OneCycleSchedule.self,
    ]

    /// The names of all schedules.
    public static var names: [String] { all.map { $0.name } }

    /// Creates a schedule with its warm-up, which may be of no steps.
    ///
    /// - Parameters:
    ///   - name: The name on the command line.
    ///   - settings: The learning rate and the form of its course.
    /// - Returns: The schedule.
    /// - Throws: `Failure` (usage) with the nearest name where there is none of that name, and for
    ///   a value out of its range.
    public static func make(_ name: String, _ settings: ScheduleSettings) throws -> WarmUp {
        guard let type = all.first(where: { $0.name == name }) else {
            throw unknownName(name, in: "schedule", of: names)
        }
        guard settings.warmUpSteps >= 0 else {
            throw Failure(
                .usage, in: "warmup", expected: "at least 0 steps",
                found: "\(settings.warmUpSteps)")
        }
        return WarmUp(try type.init(settings), steps: settings.warmUpSteps)
    }
}
