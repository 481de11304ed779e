import Foundation
import Testing

/// `data preview` and `bench loader` as processes.
struct PreviewTests {
    @Test func aSheetIsWritten() throws {
        try withTemporaryFolder { folder in
            let words = [
                "data", "preview", "--dataset", "builtin", "--augment",
                "rotate:30:edge,brightness:0.3,mixup", "--count", "9", "--output",
            ]
            let run = try ProgramProcess(words + ["sheet.png"], in: folder)
            #expect(
                run.output
                    == "sheet.png: 9 images of builtin training, before above after\n")
            #expect(run.errors == "")
            #expect(run.exitCode == 0)
            let file = [UInt8](try Data(contentsOf: URL(filePath: folder.file("sheet.png"))))
            #expect(file.prefix(4) == [0x89, 0x50, 0x4e, 0x47])
            // Two rows of pairs, each picture of 64 pixels a side.
            #expect(file[16..<24].elementsEqual([0, 0, 2, 36, 0, 0, 1, 28]))
            let large = try ProgramProcess(
                [
                    "data", "preview", "--dataset", "builtin", "--preprocess", "resize:4096",
                    "--output", "large.png",
                ], in: folder)
            #expect(large.exitCode == 64 && large.errors.hasPrefix("--count: "), "\(large.errors)")
            let other = try ProgramProcess(words + ["no/where.png"], in: folder)
            #expect(other.exitCode == 74)
            #expect(other.errors.hasPrefix("no/where.png: cannot be written"))
        }
    }

    @Test func operationsAreMeasured() throws {
        try withTemporaryFolder { folder in
            let words = ["bench", "loader", "--seconds", "0.001"]
            let run = try ProgramProcess(
                words + ["--augment", "flip,blur:1", "--preprocess", "resize:16", "--json"],
                in: folder)
            #expect(run.exitCode == 0, "\(run.errors)")
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(object["images_per_second"] as? Double ?? 0 > 0)
            let rows = try #require(object["operations"] as? [[String: Any]])
            #expect(
                rows.map { $0["operation"] as? String } == ["resize:16", "flip", "blur:1"])
            #expect(rows.allSatisfy { $0["microseconds_per_image"] as? Double ?? 0 > 0 })
            let table = try ProgramProcess(words + ["--model", "mnist-cnn"], in: folder)
            #expect(table.lines.first == "images of 28×28×1, one thread a rank, ranks: 1")
            #expect(table.lines.count == 2 + 1 + 15 + 1)
        }
    }
}
