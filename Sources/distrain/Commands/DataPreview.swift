import ArgumentParser
import Datasets
import Diagnostics
import Foundation
import Training

/// `distrain data preview`.
struct DataPreview: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Draws training images before and after augmentation, as a PNG file.",
        discussion: """
            In rows of eight pairs: above the image as it is stored, below what the network gets,
            with the same random numbers as train with this seed in this epoch; not normalised.

            EXAMPLES
              distrain data preview --dataset cifar10 --augment crop:4,flip,cutout:8 --output sheet.png
              distrain data preview --dataset builtin --augment rotate:15:reflect,mixup:0.2 \\
                  --epoch 2 --count 16 --output sheet.png
              distrain data preview --dataset mnist --preprocess resize:32,blur:0.5 --output sheet.png
            """)
    static let computes = false

    @Option(
        help: ArgumentHelp(
            "The data set: cifar10, mnist, fashion-mnist or builtin.", valueName: "name"))
    var dataset = DatasetName.auto.rawValue

    @Option(
        help: ArgumentHelp(
            "The folder with the data sets' files; the default is $DISTRAIN_DATA, else ./data.",
            valueName: "dir"))
    var data: String?

    @OptionGroup var operations: OperationFlags

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many images, the first of the data set.", valueName: "n"))
    var count = 32

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the random numbers are computed from.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(parsing: .unconditional, help: ArgumentHelp("The epoch, from 1.", valueName: "n"))
    var epoch = 1

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    /// More pictures would be a file that nobody can look at.
    private static let largestCount = 1_024

    func execute(_ run: ProgramRun) throws -> ExitCode {
        let (name, sheet) = try run.communicator.agreeing {
            let largestEpoch = 1_000_000_000
            for (flag, value, limit) in [
                ("--count", count, Self.largestCount), ("--epoch", epoch, largestEpoch),
            ] where value < 1 || value > limit {
                throw Failure(
                    .usage, in: flag, expected: "1 to \(limit.grouped)", found: "\(value)")
            }
            return (
                try DatasetName(parsing: dataset),
                ContactSheet(
                    preprocessing: try Preprocessing(parsing: operations.preprocessWords() ?? []),
                    augmentation: try Augmentation(parsing: operations.augmentWords() ?? []),
                    seed: seed, epoch: epoch - 1)
            )
        }
        try run.onFirstRank {
            let opened = try Dataset.open(
                name,
                folder: data ?? run.environment.givenDataFolder ?? RunConfiguration.defaultData)
            if let note = opened.note { run.logger.notice("\(note)") }
            let count = min(count, opened.training.count)
            let file = try sheet.draw(opened.training, count: count).encoded()
            do {
                try Data(file).write(to: URL(fileURLWithPath: output))
            } catch {
                throw Failure(
                    .inputOutput, in: output, found: "cannot be written (\(error))",
                    fix: "check the folder and the room in it")
            }
            try run.console.print(
                "\(output): \(count.counted("image")) of \(opened.training.name), before above after"
            )
        }
        return .success
    }
}
