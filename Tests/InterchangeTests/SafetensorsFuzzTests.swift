import Diagnostics
import Foundation
import Interchange
import Mutation
import Testing

/// Mutated tensor files: taken or refused, never a trap.
@Suite struct SafetensorsFuzzTests {
    private static let words = [
        "F32", "I64", "BF16", "\"dtype\":\"F32\"", "\"shape\":[]", "\"data_offsets\":[0,0]",
        "__metadata__", "\"data_offsets\":[0,9223372036854775807]",
        "\"shape\":[4294967296,4294967296]",
        ",\"c\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[24,24]}",
    ]

    private func corpus() throws -> [[UInt8]] {
        let folder = try TemporaryFolder()
        let files = [
            ([TensorValue("a", shape: [], integers: [7])], [String: String]()),
            (
                [
                    TensorValue("a", shape: [2, 2], floats: [1, 2, 3, 4]),
                    TensorValue("b.c", shape: [1], integers: [7]),
                ], ["format": "pt", "k": "ü\"\\"]
            ),
        ]
        return try files.map { tensors, metadata in
            let url = folder.file("good.safetensors")
            try Safetensors.write(tensors, metadata: metadata, to: url)
            return Array(try Data(contentsOf: url))
        }
    }

    private static func readAll(_ path: String) throws {
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
        for name in file.names where try file.elementType(of: name) == .float32 {
            let count = try file.shape(of: name).reduce(1, *)
            #expect(try file.floats(named: name).count == count)
        }
    }

    @Test func files() throws {
        var campaign = try Campaign(
            "safetensors", corpus: corpus(), dictionary: Self.words, count: 3_000,
            exitCodes: [.badData])
        try campaign.run { path, _ in try Self.readAll(path) }
    }

    @Test("Headers that agree with their length") func headers() throws {
        let headers = try corpus().map { file in
            Array(file[8..<8 + file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }])
        }
        var campaign = try Campaign(
            "safetensors-header", corpus: headers, dictionary: Self.words, count: 3_000,
            exitCodes: [.badData])
        try campaign.run { path, header in
            let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
            try (length + header + Data(count: 24)).write(to: URL(fileURLWithPath: path))
            try Self.readAll(path)
        }
    }
}
