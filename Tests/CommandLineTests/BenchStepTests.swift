import Foundation
import Testing

private let isSkippedWithoutMPI: Comment = "mpirun is not on the PATH: install openmpi-bin"

/// What `distrain bench step` prints.
@Suite(.serialized)
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

    @Test func withoutAProfileThereIsNoneInTheLine() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(Self.arguments + ["--json"], in: folder)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try object(run).keys.sorted() == Self.keys)
        }
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, isSkippedWithoutMPI))
    func aProfileOnTwoRanksIsInTheSameLine() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                Self.arguments + ["--profile", "--json"], rankCount: 2, in: folder)
            #expect(run.exitCode == 0, "\(run.errors)")
            let object = try object(run)
            #expect(object.keys.sorted() == (Self.keys + ["profile"]).sorted())
            #expect(object["ranks"] as? Int == 2)
            let rows = try #require(object["profile"] as? [[String: Any]])
            let first = try #require(rows.first)
            #expect(first["name"] as? String == "conv1")
            #expect(
                first.keys.sorted() == [
                    "backward_ms", "forward_ms", "ms", "name", "percent", "prepare_ms",
                ])
            let last = try #require(rows.last)
            #expect(last["name"] as? String == "other")
            #expect(last.keys.sorted() == ["ms", "name", "percent"])
            let percent = rows.reduce(0.0) { $0 + ($1["percent"] as? Double ?? .nan) }
            #expect(abs(percent - 100) < 1e-6)
        }
    }

    @Test func aProfileIsATableThatEndsWithATotal() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(Self.arguments + ["--profile"], in: folder)
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(run.errors == "")
            let lines = run.lines
            #expect(
                lines.first == "mnist-cnn: 3 steps of 16 images, microbatches of 16, ranks: 1")
            let head = try #require(lines.firstIndex { $0.hasPrefix("ms a step") })
            #expect(head == 7, "a line for what was measured and one for each of six numbers")
            let table = lines[head...]
            #expect(Set(table.map(\.count)).count == 1, "columns are straight")
            #expect(table.dropFirst().first?.hasPrefix("conv1 ") == true)
            #expect(table.last?.wholeMatch(of: /total( +[0-9]+\.[0-9]{3}){4} +100\.0/) != nil)
        }
    }
}
