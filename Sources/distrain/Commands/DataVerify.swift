import ArgumentParser
import Datasets
import Diagnostics

/// `distrain data verify`.
struct DataVerify: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compares a data set's files with published checksums.",
        discussion: """
            EXAMPLES
              distrain data verify cifar10
              distrain data verify mnist --data /scratch/data
            """)
    static let computes = false

    @OptionGroup var dataset: DatasetArguments

    func execute(_ run: ProgramRun) throws -> ExitCode {
        let name = try dataset.parsedName(run)
        let folder = dataset.folder(run)
        try run.onFirstRank {
            let files = try Verification.verify(name, folder: folder)
            for file in files { try run.console.print("\(file)") }
            let bad = files.filter { !$0.isGood }
            guard bad.isEmpty else {
                throw Failure(
                    bad.contains { $0.outcome != .missing } ? .badData : .missingInput,
                    in: name.rawValue, expected: "\(files.count) good files",
                    found: "\(files.count - bad.count)",
                    fix: "fetch it with `distrain data fetch \(name.rawValue) --data \(folder)`")
            }
        }
        return .success
    }
}
