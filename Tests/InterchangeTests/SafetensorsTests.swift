import Diagnostics
import Foundation
import Interchange
import Testing

@Suite struct SafetensorsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatIsWrittenIsReadBack() throws {
        let url = folder.file("model.safetensors")
        let weights = (0..<24).map { Float($0) / 7 - 1 }
        try weights.withUnsafeBufferPointer { weights in
            try Safetensors.write(
                [
                    TensorValue("b", shape: [2, 3, 4], floats: weights),
                    TensorValue("a", shape: [3], floats: [.nan, -.infinity, 0x1p-149]),
                    TensorValue("steps", shape: [], integers: [-5_000_000_000]),
                    TensorValue("none", shape: [0, 7], floats: []),
                    TensorValue("größe \"q\"\\\n", shape: [1, 1], floats: [42]),
                ], metadata: ["note": "tab\tand ü"], to: url)
        }
        let file = try SafetensorsFile(contentsOf: url)
        #expect(file.names == ["a", "b", "größe \"q\"\\\n", "none", "steps"])
        #expect(file.metadata == ["note": "tab\tand ü"])
        #expect(try file.shape(of: "b") == [2, 3, 4])
        #expect(try file.elementType(of: "steps") == .int64)
        #expect(try file.floats(named: "b") == weights)
        let special = try file.floats(named: "a")
        #expect(special[0].isNaN && special[1] == -.infinity && special[2] == 0x1p-149)
        #expect(try file.floats(named: "none").isEmpty)
        #expect(try file.floats(named: "größe \"q\"\\\n") == [42])
        var steps: [Int64] = [0]
        try steps.withUnsafeMutableBufferPointer { try file.readIntegers(named: "steps", into: $0) }
        #expect(steps == [-5_000_000_000])
    }

    @Test func onlyFilesAreReplaced() throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        let failure = #expect(throws: Failure.self) {
            try Safetensors.write([TensorValue("a", shape: [1], floats: [1])], to: pipe)
        }
        #expect(failure?.exitCode == .inputOutput)
        var status = stat()
        #expect(stat(pipe.path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        #expect(!FileManager.default.fileExists(atPath: pipe.path + ".partial"))
    }

    @Test func layoutIsByNameAndAligned() throws {
        let url = folder.file("model.safetensors")
        try Safetensors.write(
            [
                TensorValue("b", shape: [1], floats: [2]),
                TensorValue("a", shape: [1], floats: [1]),
                TensorValue("z", shape: [1], integers: [3]),
            ], to: url)
        let bytes = try Data(contentsOf: url)
        let header = """
            {"z":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},\
            "a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},\
            "b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}
            """
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let length = UInt8(padded.utf8.count)
        let data: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
        #expect(Array(bytes) == [length, 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8) + data)
    }

    @Test func emptyFileOfNoTensors() throws {
        let url = folder.file("none.safetensors")
        try Safetensors.write([], to: url)
        let file = try SafetensorsFile(contentsOf: url)
        #expect(file.names.isEmpty && file.metadata.isEmpty)
    }

    @Test func existingFileIsReplacedAndNothingElseIsLeft() throws {
        let url = folder.file("model.safetensors")
        for value in [Float(1), 2] {
            try Safetensors.write([TensorValue("a", shape: [], floats: [value])], to: url)
        }
        #expect(try SafetensorsFile(contentsOf: url).floats(named: "a") == [2])
        let entries = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(entries == ["model.safetensors"])
    }

    @Test func missingFolderIsAnInputOutputFailure() throws {
        let url = folder.file("nowhere/model.safetensors")
        let failure = try #require(throws: Failure.self) { try Safetensors.write([], to: url) }
        #expect(failure.exitCode == .inputOutput)
        #expect(
            failure.description
                == "\(url.path).partial: cannot be created: No such file or directory; "
                + "create the folder first")
    }

    @Test func missingFile() throws {
        let url = folder.file("absent.safetensors")
        let failure = try #require(throws: Failure.self) { try SafetensorsFile(contentsOf: url) }
        #expect(failure.exitCode == .missingInput)
        #expect(failure.description == "\(url.path): cannot be opened: No such file or directory")
    }

    @Test func wrongQuestionsAreFailures() throws {
        let url = folder.file("model.safetensors")
        try Safetensors.write(
            [
                TensorValue("conv.weight", shape: [2, 2], floats: [1, 2, 3, 4]),
                TensorValue("steps", shape: [], integers: [1]),
            ], to: url)
        let file = try SafetensorsFile(contentsOf: url)
        var three = [Float](repeating: 0, count: 3)
        func message(_ name: String) -> String? {
            three.withUnsafeMutableBufferPointer { buffer in
                (#expect(throws: Failure.self) { try file.readFloats(named: name, into: buffer) })
                    .map { "\($0.exitCode.rawValue) \($0)" }
            }
        }
        let path = url.path
        #expect(
            message("conv.weigth")
                == "65 \(path): has no tensor conv.weigth; the nearest name is conv.weight")
        #expect(
            message("conv.weight")
                == "65 \(path): tensor conv.weight has 4, shape [2, 2], expected 3 elements")
        #expect(message("steps") == "65 \(path): tensor steps has dtype I64, expected F32")
    }
}
