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
