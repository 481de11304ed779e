import ArgumentParser
import Datasets
import Diagnostics

/// `distrain data info`.
struct DataInfo: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Describes a data set or a table: sizes, classes, means.",
        discussion: """
            EXAMPLES
              distrain data info builtin
              distrain data info cifar10 --data /scratch/data
              distrain data info csv:iris.csv --label species
            """)
    static let computes = false

    @OptionGroup var dataset: DatasetArguments

    @OptionGroup(title: "Tables, as in csv:FILE") var table: TableFlags

    func execute(_ run: ProgramRun) throws -> ExitCode {
        if let file = dataset.tableFile {
            try run.onFirstRank {
                let table = try Table.read(file, options: table.options())
                try run.console.print(TableReport(table).text)
            }
            return .success
        }
        let name = try dataset.parsedName(run)
        if let flag = table.given.first {
            try run.communicator.agree(
                on: Failure(
                    .usage, in: flag, found: "is for tables alone, not for \(name.rawValue)",
                    fix: "leave it out"))
        }
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
