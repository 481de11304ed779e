import ArgumentParser
import Diagnostics
import Launch

/// `distrain doctor`.
struct Doctor: TrainingCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Finds what is wrong with a launch, and how to put it right.",
        discussion: """
            Start it as the training is to be started, with the same options: it trains nothing, but
            looks at what the training will meet. It takes a few seconds and leaves nothing behind.

            Each check says ok, note (worth knowing) or wrong (runs will fail, crawl or give other
            bits), with the fix beneath. The exit code is 77 if anything is wrong, else 0.

            EXAMPLES
              mpirun -n 8 distrain doctor
              mpirun -n 8 distrain doctor --model resnet18 --batch-size 512 --output /scratch/run
              mpirun -n 8 distrain doctor --config run.yml --json
            """)
    static let computes = false

    @Flag(help: "Prints one JSON object.") var json = false

    @OptionGroup var flags: TrainingFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        var run = run
        let request = try run.communicator.agreeing {
            try run.environment.applyVectors()
            return try flags.request(run.environment)
        }
        request.settings.apply(to: &run)
        let facts = try LaunchFacts.gather(
            run.communicator, launcher: run.environment.launcherFacts,
            librarySettings: run.environment.librarySettings, overrides: request.overrides)
        let diagnosis = Diagnosis(facts)
        try run.onFirstRank {
            try run.console.print(
                json ? jsonLine(diagnosis) : DiagnosisReport(diagnosis: diagnosis).text)
        }
        return diagnosis.status == .wrong ? .badLaunch : .success
    }
}
