import Foundation
import Testing

/// The program on tables, good and bad ones.
struct TableTests {
    /// 40 rows, of which a number alone tells the class.
    private static let good: [String] = (0..<40).map { row in
        let isEven = row.isMultiple(of: 2)
        let number = isEven ? row % 5 : 10 + row % 5
        let kind = row % 4 < 2 ? "a" : "b"
        let label = isEven ? "no" : "yes"
        return "\(number),\(kind),\(label)"
    }

    private static func table(_ rows: [String], header: String = "x,kind,label") -> String {
        ([header] + rows).joined(separator: "\n") + "\n"
    }

    private func train(_ arguments: String, in folder: TemporaryFolder) throws -> ProgramProcess {
        try ProgramProcess(
            ("train --model logistic-regression --epochs 30 --output run " + arguments)
                .split(separator: " ").map(String.init), in: folder)
    }

    @Test func predictionsAreATable() throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.table(Self.good), to: "t.csv")
            let trained = try train("--dataset csv:t.csv --label label", in: folder)
            #expect(trained.exitCode == 0, "\(trained.errors)")
            // Other columns, another order, another delimiter, a level that is not known, no label.
            try folder.write("kind;other;x\na;1;2\nc;2;13\n", to: "new.csv")
            let run = try ProgramProcess(
                ["predict", "--checkpoint", "run", "new.csv"], in: folder)
            #expect(run.exitCode == 0, "\(run.errors)")
            let lines = run.output.split(separator: "\n").map { $0.split(separator: ",") }
            #expect(lines.count == 3)
            #expect(lines.first?.suffix(2) == ["no", "yes"])
            #expect(lines.dropFirst().map { $0[3] } == ["no", "yes"])
            let measured = try ProgramProcess(
                ["evaluate", "--checkpoint", "run", "--dataset", "csv:t.csv"], in: folder)
            #expect(measured.exitCode == 0, "\(measured.errors)")
        }
    }

    @Test func aRegressionTellsOfIterationsAndValues() throws {
        try withTemporaryFolder { folder in
            let rows = (0..<40).map { "\($0),\($0 % 7),\(3 * $0 - $0 % 7)" }
            try folder.write(Self.table(rows, header: "x,y,value"), to: "t.csv")
            let trained = try ProgramProcess(
                [
                    "train", "--dataset", "csv:t.csv", "--label", "value", "--task", "regression",
                    "--model", "linear-regression", "--output", "run",
                ], in: folder)
            #expect(trained.exitCode == 0, "\(trained.errors)")
            #expect(trained.lines[1].contains(", lbfgs, at most 1,000 iterations"))
            let ending = trained.lines.first { $0.hasPrefix("converged after ") }
            #expect(ending?.hasSuffix("; results: run") == true, "\(trained.output)")
            #expect(!trained.output.contains("accuracy") && !trained.output.contains("epoch"))
            #expect(trained.output.contains("--gradient-tolerance X, below"))
            let measured = try ProgramProcess(["evaluate", "--checkpoint", "run"], in: folder)
            #expect(measured.exitCode == 0, "\(measured.errors)")
            #expect(measured.lines.first?.hasSuffix(" on the 8 test rows of csv:t.csv") == true)
            try folder.write("y,x\n2,10\n", to: "new.csv")
            let predicted = try ProgramProcess(
                ["predict", "--checkpoint", "run", "new.csv"], in: folder)
            #expect(predicted.lines.first == "file,index,value")
            let value = predicted.lines.last?.split(separator: ",").last.flatMap { Double($0) }
            #expect(abs((value ?? 0) - 28) < 1e-3, "\(predicted.output)")
            let unlabelled = try ProgramProcess(
                ["evaluate", "--checkpoint", "run", "--dataset", "csv:new.csv"], in: folder)
            #expect(unlabelled.exitCode == 65 && unlabelled.errors.contains("values"))
        }
    }

    static let mistakes: [(table: String, arguments: String, message: String)] = [
        (table(good), "", "--label"),
        (table(good), "--label species", "species"),
        (table(good.map { $0.replacing("yes", with: "no") }), "--label label", "class"),
        (table(good + ["1,a"]), "--label label", "42"),
        (
            table(good.map { "," + $0.split(separator: ",").dropFirst().joined(separator: ",") }),
            "--label label", "x"
        ),
    ]

    @Test(arguments: mistakes)
    func badTables(table: String, arguments: String, message: String) throws {
        try withTemporaryFolder { folder in
            try folder.write(table, to: "t.csv")
            let run = try train("--dataset csv:t.csv " + arguments, in: folder)
            #expect(run.exitCode == 65)
            #expect(run.errors.contains("t.csv") && run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test func tablesThatTheModelDoesNotKnow() throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.table(Self.good), to: "t.csv")
            #expect(try train("--dataset csv:t.csv --label label", in: folder).exitCode == 0)
            for (text, message) in [
                (Self.table(["text,a,no"]), "text"), (Self.table(["1,a,perhaps"]), "perhaps"),
                (Self.table(["1,no"], header: "x,label"), "kind"),
            ] {
                try folder.write(text, to: "new.csv")
                let run = try ProgramProcess(
                    ["evaluate", "--checkpoint", "run", "--dataset", "csv:new.csv"], in: folder)
                #expect(run.exitCode == 65)
                #expect(run.errors.contains(message), "\(run.errors)")
            }
            let images = try ProgramProcess(
                ["evaluate", "--checkpoint", "run", "--dataset", "builtin"], in: folder)
            #expect(images.exitCode == 65)
        }
    }
}
