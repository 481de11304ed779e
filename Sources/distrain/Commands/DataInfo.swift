import ArgumentParser
import Datasets
import Diagnostics

/// `distrain data info`.
struct DataInfo: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Describes a data set: sizes, classes, means.",
        discussion: """
            EXAMPLES
              distrain data info builtin
              distrain data info cifar10 --data /scratch/data
            """)
    static let computes = false

    @OptionGroup var dataset: DatasetArguments

    func execute(_ run: ProgramRun) throws -> ExitCode {
        let name = try dataset.parsedName(run)
        try run.onFirstRank {
            let opened = try Dataset.open(name, folder: dataset.folder(run))
            if let note = opened.note { run.logger.notice("\(note)") }
            try run.console.print(Self.text(of: DatasetInfo(opened)))
        }
        return .success
    }

    private static func text(of info: DatasetInfo) -> String {
        var table = TextTable()
        table.add("class", "training", "test")
        for (label, name) in info.classNames.enumerated() {
            table.add(
                name, info.training.classCounts[label].grouped,
                info.test.classCounts[label].grouped)
        }
        table.add("all", info.training.count.grouped, info.test.count.grouped)
        return """
            \(info.name.rawValue): \(info.classNames.count) classes, images of \(info.format) \
            (height × width × channels)
            mean of the training images' bytes: \(list(info.statistics.mean))
            deviation: \(list(info.statistics.deviation))

            \(table.text)
            """
    }

    private static func list(_ values: [Double]) -> String {
        values.map { $0.fixed(3) }.joined(separator: ", ")
    }
}
