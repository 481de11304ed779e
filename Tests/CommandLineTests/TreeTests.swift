import Foundation
import Testing

/// Decision trees and random forests by the program.
struct TreeTests {
    /// 60 rows: a number tells the class, but for some; a cell is missing here and there.
    private static let table =
        "x,kind,label\n"
        + (0..<60).map { row in
            let isHigh = row % 3 == 0
            let number = row % 10 == 7 ? "" : "\((isHigh ? 10 : 0) + row % 7)"
            let isWrong = row % 19 == 5
            return "\(number),\(row % 4 < 2 ? "a" : "b"),\(isHigh != isWrong ? "high" : "low")\n"
        }.joined()

    private func run(
        _ arguments: String, in folder: TemporaryFolder, ranks: Int? = nil
    ) throws -> ProgramProcess {
        try ProgramProcess(
            arguments.split(separator: " ").map(String.init), rankCount: ranks, in: folder)
    }

    @Test(arguments: ["decision-tree", "random-forest"])
    func trainingToPrediction(model: String) throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.table, to: "t.csv")
            let trees = model == "random-forest" ? " --trees 12" : ""
            let command =
                "train --dataset csv:t.csv --label label --model \(model)\(trees) --output "
            let alone = try run(command + "alone", in: folder)
            let ranks = try run(command + "run", in: folder, ranks: 2)
            #expect(alone.exitCode == 0 && ranks.exitCode == 0, "\(alone.errors) \(ranks.errors)")
            let lines = ranks.output.split(separator: "\n")
            #expect(lines.first == "\(model) on csv:t.csv: 48 training rows, 12 for validation")
            #expect(lines.last?.hasPrefix("parameters sha256:") == true)
            #expect(lines.last == alone.output.split(separator: "\n").last)
            let measured = try run("evaluate --checkpoint run --json", in: folder, ranks: 2)
            #expect(measured.exitCode == 0 && measured.output.contains("\"log_loss\""))
            try folder.write("x,kind\n1,a\n16,b\n,a\n", to: "new.csv")
            let predicted = try run("predict --checkpoint run new.csv", in: folder)
            let classes = predicted.output.split(separator: "\n").dropFirst().map {
                $0.split(separator: ",")[3]
            }
            #expect(classes.count == 3 && Array(classes.prefix(2)) == ["low", "high"])
            let export = try run("export --checkpoint run --format text --output t.txt", in: folder)
            #expect(export.exitCode == 0, "\(export.errors)")
            let text = try folder.text("t.txt")
            #expect(text.hasPrefix("tree 1: ") && text.contains("x <= "))
            #expect(text.contains("\ntree 12: ") == (model == "random-forest"))
        }
    }

    @Test func whatTreesHaveNot() throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.table, to: "t.csv")
            let tree = "train --dataset csv:t.csv --label label --model decision-tree"
            for (arguments, message) in [
                ("train --dataset builtin --model decision-tree", "--model"),
                ("\(tree) --learning-rate 0.1", "--learning-rate"),
                ("\(tree) --trees 3", "--trees"),
                ("\(tree) --criterion squared-error", "gini or entropy"),
                ("\(tree) --max-features many", "--max-features"),
                ("bench step --model random-forest", "--model"),
            ] {
                let result = try run(arguments, in: folder)
                #expect(result.exitCode == 64, "\(arguments): \(result.errors)")
                #expect(result.errors.contains(message), "\(arguments): \(result.errors)")
            }
            let doctor = try run(
                "doctor --dataset csv:t.csv --label label --model random-forest --trees 200 "
                    + "--requeue-code 99", in: folder)
            #expect(doctor.output.contains("random-forest"), "\(doctor.errors)")
        }
    }
}
