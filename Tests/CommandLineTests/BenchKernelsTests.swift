import Foundation
import Testing

/// `bench kernels` as a process; no time is asserted.
struct BenchKernelsTests {
    private func object(_ run: ProgramProcess) throws -> [String: Any] {
        #expect(run.exitCode == 0, "\(run.errors)")
        #expect(run.lines.count == 1)
        return try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    /// Part of a line of the table, and how many lines have it.
    static let filters: [(text: String, count: Int)] = [
        ("softmax", 2), ("SGEMM", 28), ("64→64 3×3 @ 8×8 winograd", 5),
        ("convolution forward 3→64 3×3 @ 32×32", 2), ("max pooling gradient", 9),
        ("optimizer update", 8), ("optimizer products", 2), ("batch norm gradient sums", 9),
        ("gelu", 8),
    ]

    @Test(arguments: filters.indices)
    func kernelsStandBesideTheRoofline(index: Int) throws {
        let (text, count) = Self.filters[index]
        try withTemporaryFolder { folder in
            let report = try object(
                ProgramProcess(
                    ["bench", "kernels", "--filter", text, "--seconds", "0.01", "--json"],
                    in: folder))
            for key in [
                "sgemm_gflops", "read_gbps", "read_write_gbps", "cache_read_gbps",
                "cache_read_write_gbps",
            ] {
                #expect(report[key] as? Double ?? 0 > 0, "\(key)")
            }
            let rows = try #require(report["kernels"] as? [[String: Any]])
            #expect(rows.count == count)
            for row in rows {
                #expect(
                    Set(row.keys) == [
                        "kernel", "shape", "method", "seconds", "gflops", "gbps", "roofline",
                    ])
                for key in ["seconds", "gbps", "roofline"] {
                    #expect(row[key] as? Double ?? 0 > 0, "\(key) of \(row)")
                }
                let names = ["kernel", "shape", "method"].compactMap { row[$0] as? String }
                #expect(names.joined(separator: " ").lowercased().contains(text.lowercased()))
                let isProduct = names.first?.contains(/product|convolution/) ?? false
                #expect(row["gflops"] is Double == isProduct)
            }
        }
    }

    @Test(.enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
    func oneRankReportsForAll() throws {
        try withTemporaryFolder { folder in
            let report = try object(
                ProgramProcess(
                    ["bench", "kernels", "--filter", "softmax", "--seconds", "0.01", "--json"],
                    rankCount: 2, in: folder))
            #expect(report["ranks"] as? Int == 2)
            #expect((report["kernels"] as? [Any])?.count == 2)
        }
    }

    @Test func theTableHasALineForEachKernel() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                ["bench", "kernels", "--filter", "filter transform", "--seconds", "0.01"],
                in: folder)
            #expect(run.lines.contains { $0.hasPrefix("sgemm peak") && $0.hasSuffix(" GF/s") })
            #expect(run.lines.filter { $0.hasPrefix("filter transform ") }.count == 12)
            #expect(run.exitCode == 0)
        }
    }

    @Test func errorsAreThoseOfLayers() throws {
        try withTemporaryFolder { folder in
            let arguments = ["bench", "kernels", "--errors", "--filter", "blocks.7"]
            let report = try object(ProgramProcess(arguments + ["--json"], in: folder))
            let rows = try #require(report["layers"] as? [[String: Any]])
            #expect(
                rows.compactMap { $0["layer"] as? String } == [
                    "blocks.7.conv1", "blocks.7.conv1", "blocks.7.conv2", "blocks.7.conv2",
                ])
            for row in rows {
                for key in ["forward", "image_gradient", "filter_gradient"] {
                    #expect(row[key] as? Double ?? 1 < 1e-5, "\(key) of \(row)")
                }
            }
            let largest = try #require(report["largest"] as? [String: Any])
            #expect(largest["error"] is Double)
            let table = try ProgramProcess(arguments, in: folder)
            #expect(table.lastLine.hasPrefix("largest of auto: "))
            #expect(table.lines.count == 1 + 1 + 4 + 1)
        }
    }
}
