import Foundation
import Testing

/// What `distrain bench step` prints.
struct BenchStepTests {
    private static let arguments = [
        "bench", "step", "--model", "mnist-cnn", "--batch-size", "16", "--steps", "3",
    ]
    private static let keys = [
        "batch", "communication_percent", "images_per_second", "loader_percent",
        "major_faults_per_step", "microbatch", "minor_faults_per_step", "model", "peak_memory_mib",
        "ranks", "steps",
    ]

    private func object(_ run: ProgramProcess) throws -> [String: Any] {
        #expect(run.lines.count == 1)
        return try #require(
            try JSONSerialization.jsonObject(with: Data(run.lastLine.utf8)) as? [String: Any])
    }

    @Test func aLineHasTheseKeys() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(Self.arguments + ["--json"], in: folder)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try object(run).keys.sorted() == Self.keys)
        }
    }
}
