import Diagnostics
import Foundation
import Mutation
import Testing

/// Mutated inputs of the whole program, under a limit of memory: whatever happens, it ends by itself
/// with an exit code of its own and, if that is not 0, with a message.
@Suite struct ProcessFuzzTests {
    /// Runs the program with an address space of 4 GiB.
    private func run(_ arguments: [String], in folder: TemporaryFolder) throws {
        let process = try ProgramProcess(
            arguments, in: folder, wrapper: ["timeout", "60", "prlimit", "--as=4294967296"])
        let code = ExitCode(rawValue: process.exitCode)
        guard Self.own.contains(code) else {
            throw Failure(
                .internalError, in: "distrain", found: "exit code \(process.exitCode)",
                fix: String(process.errors.suffix(500)))
        }
        guard code != .success else { return }
        #expect(!process.errors.isEmpty && process.errors.utf8.count < 3_000)
        throw Failure(code, in: "distrain", found: "refused")
    }

    /// All but those of a defect: a trap, a signal, a limit of time.
    private static let own: Set<ExitCode> = [
        .success, .usage, .badData, .missingInput, .inputOutput, .requeue, .badNumbers, .badLaunch,
    ]
    private static let refusals: Set<ExitCode> = [.usage, .badData, .missingInput, .badLaunch]

    @Test func flags() throws {
        try withTemporaryFolder { folder in
            let corpus = [
                "--epochs\n3\n--model\nresnet18", "--config\na.yml", "--augment=crop:4,flip",
            ]
            var campaign = try Campaign(
                "process-flags", corpus: corpus.map { Array($0.utf8) },
                dictionary: ["--seed=", "--help", "--resume=auto", "--output=/", "--batch-size\n"],
                count: 12, exitCodes: Self.refusals)
            try campaign.run { _, bytes in
                // The system hands over no longer word, and none with a zero in it.
                let words = String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
                    .split(separator: "\n").prefix(100).map { String($0.prefix(20_000)) }
                // The data is missing, so that nothing is ever trained.
                try run(["train"] + words + ["--dataset", "cifar10", "--data", "none"], in: folder)
            }
        }
    }

    @Test func configurationFiles() throws {
        try withTemporaryFolder { folder in
            var campaign = try Campaign(
                "process-yaml", corpus: [Array("epochs: 3\naugment: [crop:4, flip]\n".utf8)],
                count: 12, exitCodes: Self.refusals)
            try campaign.run { path, _ in
                try run(
                    ["train", "--config", path, "--dataset", "cifar10", "--data", "none"],
                    in: folder)
            }
        }
    }

    @Test("A checkpoint's files, and images for its network") func predictions() throws {
        try withTemporaryFolder { folder in
            let training = try ProgramProcess(
                [
                    "train", "--dataset", "builtin", "--model", "mnist-cnn", "--max-steps", "1",
                    "--batch-size", "8", "--output", "run",
                ], in: folder)
            #expect(training.exitCode == 0)
            let model = folder.file("run/checkpoints/last/MANIFEST.json")
            let images: [UInt8] = [3] + (0..<3072).map { UInt8($0 % 251) }
            let corpus = [images, Array(try Data(contentsOf: URL(filePath: model)))]
            try folder.write(Data(images), to: "good.bin")
            var campaign = try Campaign(
                "process-predict", corpus: corpus, count: 12, exitCodes: Self.refusals)
            try campaign.run { path, bytes in
                // What begins as an object does takes the manifest's place.
                let isManifest = bytes.first == UInt8(ascii: "{")
                let place = isManifest ? "run/checkpoints/last/MANIFEST.json" : "input.bin"
                try folder.write(Data(bytes), to: place)
                let input = isManifest ? "good.bin" : "input.bin"
                try run(["predict", "--checkpoint", "run/checkpoints/last", input], in: folder)
            }
        }
    }
}
