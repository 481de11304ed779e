import Foundation
import Testing

/// Files that are missing or wrong, on one rank and on two: one message, and its exit code.
struct BadDataTests {
    /// The numbers of ranks that can be had.
    static let rankCounts = ProgramProcess.hasMPIRun ? [nil, 2] : [nil]

    private func train(
        _ dataset: String, rankCount: Int?, in folder: TemporaryFolder
    ) throws -> ProgramProcess {
        try ProgramProcess(
            ["train", "--dataset", dataset, "--data", "files"], rankCount: rankCount, in: folder)
    }

    @Test(arguments: rankCounts) func aMissingFolder(rankCount: Int?) throws {
        try withTemporaryFolder { folder in
            let run = try train("cifar10", rankCount: rankCount, in: folder)
            #expect(run.output == "")
            #expect(
                run.errors
                    == "files: no such folder; fetch it with `distrain data fetch cifar10 --data "
                    + "files`\n")
            #expect(run.exitCode == 66)
        }
    }

    @Test(arguments: rankCounts) func aTruncatedFile(rankCount: Int?) throws {
        try withTemporaryFolder { folder in
            let file = "files/cifar-10-batches-bin/data_batch_1.bin"
            try folder.write(Data(count: 29_998_000), to: file)
            let run = try train("cifar10", rankCount: rankCount, in: folder)
            #expect(run.output == "")
            #expect(
                run.errors.hasPrefix("\(file): 29,998,000 bytes, expected 30,730,000"))
            #expect(run.count(of: "data_batch_1.bin") == 1)
            #expect(run.errors.split(separator: "\n").count == 1)
            #expect(run.exitCode == 65)
        }
    }

    @Test(arguments: rankCounts) func aWrongMagicNumber(rankCount: Int?) throws {
        try withTemporaryFolder { folder in
            let file = "files/mnist/train-images-idx3-ubyte"
            try folder.write(Data(count: 100), to: file)
            let run = try train("mnist", rankCount: rankCount, in: folder)
            #expect(run.output == "")
            #expect(run.count(of: file) == 1)
            #expect(run.errors.split(separator: "\n").count == 1)
            #expect(run.exitCode == 65)
        }
    }

    @Test(arguments: rankCounts) func aBrokenGzip(rankCount: Int?) throws {
        try withTemporaryFolder { folder in
            let file = "files/mnist/train-images-idx3-ubyte.gz"
            try folder.write("no gzip at all", to: file)
            let run = try train("mnist", rankCount: rankCount, in: folder)
            #expect(run.output == "")
            #expect(run.count(of: file) == 1)
            #expect(run.exitCode == 65)
        }
    }
}
