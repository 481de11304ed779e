import Diagnostics
import Foundation
import Interchange
import Testing

/// Graphs as such; what they compute is looked at where models are exported.
@Suite struct ONNXGraphTests {
    @Test func everyValueHasANameOfItsOwn() {
        var graph = ONNXGraph("names")
        let inputs = ["x", "", "x", "input"].map { name in
            graph.addInput(name, .float32, sampleShape: [1])
        }
        #expect(inputs.map(\.name) == ["x", "input", "x.2", "input.2"])
        let constant = graph.addConstant(TensorValue("x", shape: [], floats: [1]))
        let sum = graph.apply("Add", to: [inputs[0], constant], named: "x.2")
        #expect([constant, sum].map(\.name) == ["x.3", "x.2.2"])
    }

    @Test func equalGraphsAreEqualFiles() throws {
        let files = try (0..<2).map { _ in
            let folder = try TemporaryFolder()
            var graph = ONNXGraph("scaled")
            for key in ["b", "a", "c"] { graph.metadata[key] = "text" }
            let input = graph.addInput("features", .float32, sampleShape: [4])
            let half = graph.addConstant(TensorValue("half", shape: [], floats: [0.5]))
            let result = graph.apply("Mul", to: [input, half], named: "result")
            graph.addOutput(result, .float32, sampleShape: [4])
            let file = folder.file("graph.onnx")
            try graph.write(to: file)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            #expect(names == ["graph.onnx"])
            return try Data(contentsOf: file)
        }
        #expect(files[0] == files[1] && files[0].count > 100)
    }

    @Test func aFolderThatIsNotThere() {
        let failure = #expect(throws: Failure.self) {
            try ONNXGraph("lost").write(to: URL(fileURLWithPath: "/nowhere/graph.onnx"))
        }
        #expect(failure?.exitCode == .inputOutput)
    }
}
