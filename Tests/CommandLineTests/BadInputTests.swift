import Diagnostics
import Foundation
import Launch
import Testing
import distrain

/// Inputs that once ended the process, or took time or memory without bound.
@Suite struct BadInputTests {
    private func failure(reading text: String) throws -> Failure {
        try withTemporaryFolder { folder in
            try folder.write(text, to: "run.yml")
            return try #require(throws: Failure.self) {
                try ConfigurationFile(path: folder.file("run.yml"))
            }
        }
    }

    @Test("Aliases of aliases, as keys, which are compared")
    func aliases() throws {
        let levels = (0..<30).map { level in
            "a\(level): &a\(level) [" + (level == 0 ? "x" : "*a\(level - 1), *a\(level - 1)") + "]"
        }
        let failure = try failure(
            reading: levels.joined(separator: "\n") + "\n? *a29\n: 1\n? *a29\n: 2\n")
        #expect(failure.exitCode == .usage && failure.found == "60 of them")
    }

    @Test(
        "Nesting without end",
        arguments: ["[", "{a: ", "- ", "? ", "{? ", "\t[", "a: [", "!!x "])
    func nesting(opening: String) throws {
        let text = "epochs: " + String(repeating: opening, count: 100_000)
        #expect(try failure(reading: text).exitCode == .usage)
    }

    @Test("A file that never ends") func endless() throws {
        let failure = try #require(throws: Failure.self) {
            try ConfigurationFile(path: "/dev/zero")
        }
        #expect(failure.exitCode == .usage && failure.found == "more")
    }

    @Test("Every file of up to 20 bytes is read as it is", arguments: 0...11) func short(
        length: Int
    ) throws {
        try withTemporaryFolder { folder in
            try folder.write("epochs: 3" + String(repeating: " ", count: length), to: "run.yml")
            let overrides = try ConfigurationFile(path: folder.file("run.yml")).overrides
            #expect(overrides.text(of: .epochs) == "3")
        }
    }

    @Test("A node file that never ends") func nodeFile() {
        let environment = LaunchEnvironment(["PBS_NODEFILE": "/dev/zero", "NSLOTS": "3"])
        #expect(environment.launcherFacts.expectations.map(\.variable) == ["NSLOTS"])
    }

    /// Command lines that are refused before anything is computed, with their exit codes.
    static let refusals: [(String, Int32)] = [
        ("bench step --batch-size 9223372036854775807", 64),
        ("bench step --steps 9223372036854775807", 64),
        ("bench step --model resnet18 --batch-size 1000000 --microbatch 1000000", 77),
        ("bench allreduce --bytes 9223372036854775807", 64),
        ("bench allreduce --bytes 1099511627776", 77),
        ("bench allreduce --repetitions 9223372036854775807", 64),
        ("bench kernels --seconds 1e300", 64),
        ("train --config /dev/zero", 64),
        ("verify . --steps 1-9223372036854775807", 66),
    ]

    @Test(arguments: refusals) func refusal(arguments: String, exitCode: Int32) throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                arguments.split(separator: " ").map(String.init), in: folder,
                wrapper: ["prlimit", "--as=4294967296"])
            #expect(run.exitCode == exitCode, "\(run.errors)")
            #expect(run.output.isEmpty && !run.errors.isEmpty)
        }
    }

    @Test(
        "The longest words that the system hands over, and many of them",
        arguments: [("--", 20_000, 1), ("--model=", 20_000, 1), ("", 20_000, 1), ("w", 1, 20_000)])
    func longWords(prefix: String, length: Int, count: Int) throws {
        try withTemporaryFolder { folder in
            let word = prefix + String(repeating: "resnet", count: length)
            let run = try ProgramProcess(
                ["bench", "step"] + Array(repeating: word, count: count), in: folder,
                wrapper: ["prlimit", "--as=4294967296"])
            #expect(run.exitCode == 64)
            #expect(run.errors.utf8.count < 3_000)
        }
    }
}
