import Diagnostics
import Optimizers
import Testing

/// Schedules against torch.optim.lr_scheduler, and at their edges.
struct ScheduleTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let schedule: String
        let settings: ScheduleSettings
        let totalSteps: Int
        let rates: [Double]

        var testDescription: String { "\(schedule), \(totalSteps) steps" }
    }

    @Test(arguments: try Golden<Case>(named: "schedules.json").cases)
    func allSteps(_ expected: Case) throws {
        let golden = try Golden<Case>(named: "schedules.json")
        let schedule = try ScheduleCatalog.make(expected.schedule, expected.settings)
        #expect(expected.rates.count == expected.totalSteps)
        for (step, rate) in expected.rates.enumerated() {
            let found = schedule.learningRate(step: step, totalSteps: expected.totalSteps)
            #expect(golden.agree(found, rate), "step \(step): \(found), expected \(rate)")
        }
    }

    @Test func everyScheduleHasGoldens() throws {
        let tested = Set(try Golden<Case>(named: "schedules.json").cases.map(\.schedule))
        #expect(tested == Set(ScheduleCatalog.names))
    }

    @Test func warmUpIsALineToTheSchedulesFirstRate() throws {
        let settings = ScheduleSettings(learningRate: 1, warmUpSteps: 4)
        let schedule = try ScheduleCatalog.make("constant", settings)
        let rates = (0..<6).map { schedule.learningRate(step: $0, totalSteps: 10) }
        #expect(rates == [0.2, 0.4, 0.6, 0.8, 1, 1])
    }

    @Test func warmUpOverAllStepsRisesToWhereTheCycleBegins() throws {
        let settings = ScheduleSettings(learningRate: 1, initialDivisor: 4, warmUpSteps: 3)
        let schedule = try ScheduleCatalog.make("onecycle", settings)
        let rates = (0..<3).map { schedule.learningRate(step: $0, totalSteps: 3) }
        #expect(rates == [0.0625, 0.125, 0.1875])
    }

    @Test func epochsCountFromTheBeginningOfTheRun() throws {
        let settings = ScheduleSettings(
            learningRate: 1, stepsPerEpoch: 2, drops: .at(epochs: [3]), gamma: 0.5, warmUpSteps: 3)
        let schedule = try ScheduleCatalog.make("step", settings)
        let rates = (0..<8).map { schedule.learningRate(step: $0, totalSteps: 8) }
        #expect(rates == [0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0.5])
    }

    @Test(arguments: ScheduleCatalog.names)
    func everyStepHasARate(_ name: String) throws {
        for warmUp in [0, 1, 2, 5] {
            let settings = ScheduleSettings(learningRate: 0.1, warmUpSteps: warmUp)
            let schedule = try ScheduleCatalog.make(name, settings)
            for totalSteps in 0...4 {
                for step in 0...6 {
                    let rate = schedule.learningRate(step: step, totalSteps: totalSteps)
                    #expect(rate >= 0 && rate <= 0.1, "\(name) \(warmUp) \(totalSteps) \(step)")
                }
            }
        }
    }

    @Test(arguments: ["cosine", "linear"])
    func beyondTheEndIsTheFinalRate(_ name: String) throws {
        let settings = ScheduleSettings(learningRate: 1, finalLearningRate: 0.25)
        let schedule = try ScheduleCatalog.make(name, settings)
        #expect(schedule.learningRate(step: 10, totalSteps: 10) == 0.25)
        #expect(schedule.learningRate(step: 99, totalSteps: 10) == 0.25)
    }

    @Test func unknownNameNamesTheNearest() {
        let failure = #expect(throws: Failure.self) {
            try ScheduleCatalog.make("cosin", ScheduleSettings(learningRate: 1))
        }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.fix == "did you mean cosine?")
    }

    static let outOfRange: [(String, ScheduleSettings, String)] = [
        ("constant", ScheduleSettings(learningRate: -1), "learning_rate"),
        ("constant", ScheduleSettings(learningRate: .nan), "learning_rate"),
        ("constant", ScheduleSettings(learningRate: 1, warmUpSteps: -1), "warmup"),
        ("cosine", ScheduleSettings(learningRate: 1, finalLearningRate: -1), "final_learning_rate"),
        ("step", ScheduleSettings(learningRate: 1, drops: .every(epochs: 0)), "step_size"),
        ("step", ScheduleSettings(learningRate: 1, gamma: .infinity), "gamma"),
        ("onecycle", ScheduleSettings(learningRate: 1, risingShare: 1.5), "rising_share"),
        ("onecycle", ScheduleSettings(learningRate: 1, initialDivisor: 0), "initial_divisor"),
    ]

    @Test(arguments: outOfRange)
    func valueOutOfRangeIsRefused(_ row: (String, ScheduleSettings, String)) {
        let failure = #expect(throws: Failure.self) { try ScheduleCatalog.make(row.0, row.1) }
        #expect(failure?.exitCode == .usage)
        #expect(failure?.subject == row.2)
    }
}
