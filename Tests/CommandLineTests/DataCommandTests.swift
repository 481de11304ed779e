import Foundation
import Testing

/// `distrain data`.
struct DataCommandTests {
    @Test func infoDescribesTheBuiltinImages() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(["data", "info", "builtin"], in: folder)
            let lines = run.lines
            #expect(
                lines.first
                    == "builtin: 10 classes, images of 32×32×3 (height × width × channels)")
            #expect(lines.last == "all                   10,000  2,000")
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
        }
    }

    private static let flowers = "x,y,kind,id\n1,5,a,k1\n2,,b,k2\n3,7,a,k3\n4,8,b,k4\n5,9,a,k5\n"

    @Test func infoDescribesATable() throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.flowers, to: "t.csv")
            let run = try ProgramProcess(
                ["data", "info", "csv:t.csv", "--label", "kind", "--column-types", "id=ignored"],
                in: folder)
            #expect(
                run.output == """
                    t.csv: 5 rows, 4 columns, names in the first line

                    column      type  missing  smallest  mean  largest  levels
                    x        numeric        0         1     3        5       -
                    y        numeric        1         5  7.25        9       -
                    kind    category        0         -     -        -       2
                    id       ignored        -         -     -        -       -

                    kind  rows
                    a        3
                    b        2

                    """)
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
        }
    }

    @Test func infoOfImagesTakesNoFlagsOfTables() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(["data", "info", "builtin", "--label", "x"], in: folder)
            #expect(
                run.errors == "--label: is for tables alone, not for builtin; leave it out\n")
            #expect(run.exitCode == 64)
        }
    }

    @Test func aSplitReplacesFilesAlone() throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.flowers, to: "t.csv.partial")
            func split(
                _ source: String, _ training: String, _ test: String
            ) throws -> ProgramProcess {
                try ProgramProcess(
                    ["data", "split", source, "--training", training, "--test", test], in: folder)
            }
            try FileManager.default.createDirectory(
                atPath: folder.file("folder"), withIntermediateDirectories: true)
            let other = try split("t.csv.partial", "a.csv", "folder")
            #expect(other.exitCode == 74 && other.errors.hasPrefix("folder: "), "\(other.errors)")
            // While it is written a file has another name, which may be that of the source.
            #expect(try split("t.csv.partial", "t.csv", "b.csv").exitCode == 64)
            #expect(try split("t.csv.partial", "b", "b.partial").exitCode == 64)
            #expect(try folder.text("t.csv.partial") == Self.flowers)
            #expect(try split("t.csv.partial", "a.csv", "b.csv").exitCode == 0)
        }
    }

    @Test func aBadTableEndsWithAMessage() throws {
        try withTemporaryFolder { folder in
            try folder.write("x,y\n1,2\n3\n", to: "t.csv")
            for words in [
                ["data", "info", "csv:t.csv"], ["bench", "table", "t.csv"],
                ["data", "split", "t.csv", "--training", "a.csv", "--test", "b.csv"],
            ] {
                let run = try ProgramProcess(words, in: folder)
                #expect(run.output == "")
                #expect(
                    run.errors
                        == "t.csv, line 3: 1 cell, expected 2 as in the first line; see that the "
                        + "separator is right and that cells that hold it are quoted\n")
                #expect(run.exitCode == 65)
            }
        }
    }

    @Test func splitWritesTwoFiles() throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.flowers, to: "t.csv")
            let run = try ProgramProcess(
                [
                    "data", "split", "t.csv", "--label", "kind", "--test-fraction", "0.4",
                    "--split-seed", "7", "--training", "a.csv", "--test", "b.csv",
                ], in: folder)
            #expect(
                run.output
                    == "a.csv: 3 rows\nb.csv: 2 rows, each class of kind by its share\n")
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
            let files = try ["a.csv", "b.csv"].map {
                try String(contentsOfFile: folder.path + "/" + $0, encoding: .utf8)
                    .split(separator: "\n")
            }
            #expect(files.allSatisfy { $0[0] == "x,y,kind,id" })
            #expect(
                files.flatMap { $0.dropFirst() }.sorted()
                    == Array(Self.flowers.split(separator: "\n").dropFirst()))
            #expect(files[1].count { $0.contains(",a,") } == 1)
        }
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
    func aTableIsReadOnTwoRanks() throws {
        try withTemporaryFolder { folder in
            try folder.write(Self.flowers, to: "t.csv")
            let run = try ProgramProcess(
                ["bench", "table", "t.csv", "--repetitions", "1"], rankCount: 2, in: folder)
            #expect(run.output.hasPrefix("5 rows × 4 columns on 2 ranks: "))
            #expect(run.exitCode == 0)
        }
    }

    @Test func verifyNamesEveryFile() throws {
        try withTemporaryFolder { folder in
            try folder.write("no images", to: "data/mnist/t10k-images-idx3-ubyte.gz")
            let run = try ProgramProcess(["data", "verify", "mnist"], in: folder)
            #expect(
                run.output == """
                    data/mnist/train-images-idx3-ubyte: missing; fetch it
                    data/mnist/train-labels-idx1-ubyte: missing; fetch it
                    data/mnist/t10k-images-idx3-ubyte.gz: MD5 fbad9e615aaa2788de3272d634d7c72a, \
                    expected MD5 9fb629c4189551a2d022fa330f9573f3; fetch it again
                    data/mnist/t10k-labels-idx1-ubyte: missing; fetch it

                    """)
            #expect(
                run.errors
                    == "mnist: 0, expected 4 good files; fetch it with `distrain data fetch mnist "
                    + "--data data`\n")
            #expect(run.exitCode == 65)
        }
    }

    @Test func theFolderComesFromTheEnvironmentIfNotGiven() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                ["data", "verify", "cifar10"], in: folder,
                environment: ["DISTRAIN_DATA": "elsewhere"])
            #expect(
                run.errors
                    == "elsewhere: no such folder; fetch it with `distrain data fetch cifar10 "
                    + "--data elsewhere`\n")
            #expect(run.exitCode == 66)
        }
    }

    @Test(.enabled(if: RealData.hasMNIST, "MNIST is not in \(RealData.folder)"))
    func theRealFilesAreVerified() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                ["data", "verify", "mnist", "--data", RealData.folder], in: folder)
            #expect(run.lines.count == 4)
            #expect(run.count(of: ": verified, MD5 ") == 4)
            #expect(run.exitCode == 0)
        }
    }
}
