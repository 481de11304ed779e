import Foundation
import Interchange
import Testing

/// Exchange with the Python package: a file it wrote (Reference/write_reference.py), and files that
/// it reads, if it is installed.
@Suite struct SafetensorsReferenceTests {
    @Test func fileWrittenByPython() throws {
        let url = try #require(
            Bundle.module.url(forResource: "python", withExtension: "safetensors"))
        let file = try SafetensorsFile(contentsOf: url)
        #expect(
            file.names == [
                "bn1.num_batches_tracked", "bn1.running_mean", "conv1.weight", "empty",
                "größe \"quoted\"", "half",
            ])
        #expect(file.metadata == ["format": "np", "note": "tab\tand ü"])
        #expect(try file.shape(of: "conv1.weight") == [2, 3, 2, 2])
        #expect(try file.floats(named: "conv1.weight") == (0..<24).map { Float($0) / 7 - 1 })
        #expect(try file.floats(named: "bn1.running_mean") == [1e-38, -3.5, 3.4e38])
        #expect(try file.floats(named: "empty").isEmpty)
        #expect(try file.floats(named: "größe \"quoted\"") == [42])
        #expect(try file.elementType(of: "half") == .float16)
        var steps: [Int64] = [0]
        try steps.withUnsafeMutableBufferPointer {
            try file.readIntegers(named: "bn1.num_batches_tracked", into: $0)
        }
        #expect(steps == [-5_000_000_000])
    }

    @Test(
        .enabled(
            if: python != nil,
            "no Python with the packages safetensors and numpy: set DISTRAIN_PYTHON to one"))
    func pythonReadsOurFile() throws {
        let python = try #require(python)
        let folder = try TemporaryFolder()
        let url = folder.file("ours.safetensors")
        try Safetensors.write(
            [
                TensorValue("w", shape: [2, 3], floats: [1, -2, 0.1, 0x1p-140, .infinity, 6]),
                TensorValue("steps", shape: [], integers: [-5_000_000_000]),
                TensorValue("empty", shape: [0, 4], floats: []),
                TensorValue("ü \"q\"\\", shape: [1], floats: [42]),
            ], metadata: ["note": "tab\tand ü"], to: url)
        let script = """
            import sys
            from safetensors import safe_open
            with safe_open(sys.argv[1], framework="np") as f:
                print(sorted(f.metadata().items()))
                for name in sorted(f.keys()):
                    t = f.get_tensor(name)
                    print(name, t.dtype, t.shape, t.tolist())
            """
        let output = try standardOutput(of: python, ["-c", script, url.path])
        #expect(
            output == """
                [('note', 'tab\\tand ü')]
                empty float32 (0, 4) []
                steps int64 () -5000000000
                w float32 (2, 3) [[1.0, -2.0, 0.10000000149011612], \
                [7.174648137343064e-43, inf, 6.0]]
                ü "q"\\ float32 (1,) [42.0]

                """)
    }
}

/// A Python that has the package: `DISTRAIN_PYTHON`, or `python3`.
private let python: String? = {
    let named = ProcessInfo.processInfo.environment["DISTRAIN_PYTHON"]
    return [named, "python3"].compactMap { $0 }.first {
        (try? standardOutput(of: $0, ["-c", "import safetensors.numpy"])) == ""
    }
}()

private func standardOutput(of program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["PYTHONIOENCODING=utf-8", program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: text, as: UTF8.self)
}
