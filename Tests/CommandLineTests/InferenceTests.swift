import Foundation
import Testing

/// `evaluate`, `predict`, `export` and `bench` as processes.
struct InferenceTests {
    /// Trains a few steps in a folder.
    private func train(in folder: TemporaryFolder) throws {
        let run = try ProgramProcess(
            [
                "train", "--dataset", "builtin", "--model", "mnist-cnn", "--batch-size", "64",
                "--max-steps", "2", "--output", "run",
            ], in: folder)
        try #require(run.exitCode == 0, "\(run.errors)")
    }

    /// Two CIFAR-10 records.
    private static let records = Data(
        (0..<2).flatMap { image in
            [UInt8(image)] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 * (image + 3)) }
        })

    @Test func aTrainedNetworkIsMeasuredAndUsed() throws {
        try withTemporaryFolder { folder in
            try train(in: folder)
            try checkEvaluation(in: folder)
            try checkPredictions(in: folder)
            try checkRefusals(in: folder)
            let export = try ProgramProcess(
                ["export", "--checkpoint", "run", "--output", "net.safetensors"], in: folder)
            #expect(export.output == "net.safetensors: mnist-cnn\n")
            #expect(export.exitCode == 0)
            let graph = try ProgramProcess(
                ["export", "--checkpoint", "run", "--format", "onnx", "--output", "net.onnx"],
                in: folder)
            #expect(graph.output == "net.onnx: mnist-cnn\n")
            #expect(graph.exitCode == 0)
            // The parameters are in it as they are.
            let parameters = try Data(contentsOf: URL(fileURLWithPath: folder.file("net.onnx")))
            #expect(parameters.count > 4 * 545_098)
            #expect(try folder.names(in: ".").filter { $0.hasSuffix(".partial") } == [])
        }
    }

    private func checkEvaluation(in folder: TemporaryFolder) throws {
        let table = try ProgramProcess(["evaluate", "--checkpoint", "run"], in: folder)
        let lines = table.lines
        #expect(
            lines.first
                == "mnist-cnn of run/checkpoints/last on the 2,000 test images of builtin")
        #expect(lines.count == 1 + 21 + 11 + 11)
        #expect(table.exitCode == 0)

        let one = try ProgramProcess(["evaluate", "--checkpoint", "run", "--json"], in: folder)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any])
        #expect(object["images"] as? Int == 2_000)
        let rankCount = ProgramProcess.hasMPIRun ? 3 : nil
        let three = try ProgramProcess(
            ["evaluate", "--checkpoint", "run", "--json"], rankCount: rankCount, in: folder)
        #expect(three.output == one.output)
        try checkCurves(in: folder, object)
    }

    /// The area under the ROC curve in the file is the value in the report.
    private func checkCurves(in folder: TemporaryFolder, _ report: [String: Any]) throws {
        let rankCount = ProgramProcess.hasMPIRun ? 2 : nil
        let run = try ProgramProcess(
            [
                "evaluate", "--checkpoint", "run", "--metrics", "top2_accuracy,loss", "--curves",
                "curves.csv",
            ], rankCount: rankCount, in: folder)
        #expect(run.exitCode == 0)
        #expect(run.lines.count == 1 + 4 + 11 + 11)
        let lines = try folder.text("curves.csv").split(separator: "\n").map {
            $0.split(separator: ",").map(String.init)
        }
        #expect(
            lines[0] == ["class", "threshold", "false_positive_rate", "recall", "precision"])
        let ring = lines.filter { $0[0] == "ring" }
            .map { row in row.dropFirst().compactMap { Double($0) } }
        #expect(
            ring.first == [.infinity, 0, 0, 1] && ring.last?[1...2] == [1, 1])
        let area = zip(ring, ring.dropFirst()).reduce(0.0) {
            $0 + ($1.1[1] - $1.0[1]) * ($1.1[2] + $1.0[2]) / 2
        }
        let classes = try #require(report["classes"] as? [[String: Any]])
        #expect(classes[1]["name"] as? String == "ring")
        #expect(abs(area - (classes[1]["roc_auc"] as? Double ?? -1)) < 1e-12)
    }

    private func checkPredictions(in folder: TemporaryFolder) throws {
        try folder.write(Self.records, to: "two.bin")
        let csv = try ProgramProcess(["predict", "--checkpoint", "run", "two.bin"], in: folder)
        let lines = csv.lines
        #expect(
            lines.first == "file,index,class,class_name,disc,ring,square,triangle,cross,"
                + "horizontal stripes,vertical stripes,diagonal stripes,checkerboard,dots")
        #expect(lines.count == 3)
        for (index, line) in lines.dropFirst().enumerated() {
            let cells = line.split(separator: ",").map(String.init)
            #expect(line.hasPrefix("two.bin,\(index),"))
            #expect(cells.count == 14)
            let sum = cells.dropFirst(4).compactMap(Double.init).reduce(0, +)
            #expect(abs(sum - 1) < 1e-5)
        }
        let json = try ProgramProcess(
            ["predict", "--checkpoint", "run", "--json", "two.bin", "two.bin"], in: folder)
        #expect(json.lines.count == 4)
        #expect(json.output.hasPrefix("{\"class\":"))
    }

    private func checkRefusals(in folder: TemporaryFolder) throws {
        try folder.write(Self.records.dropLast(), to: "short.bin")
        let rankCount = ProgramProcess.hasMPIRun ? 2 : nil
        let short = try ProgramProcess(
            ["predict", "--checkpoint", "run", "two.bin", "short.bin"], rankCount: rankCount,
            in: folder)
        #expect(short.output == "")
        #expect(short.count(of: "short.bin: 6,145 bytes") == 1)
        #expect(short.exitCode == 65)
        let missing = try ProgramProcess(
            ["evaluate", "--checkpoint", "nothing"], rankCount: rankCount, in: folder)
        #expect(
            missing.errors
                == "nothing: no such folder, expected a checkpoint or a run directory with one\n")
        #expect(missing.exitCode == 66)
        let metric = try ProgramProcess(
            ["evaluate", "--checkpoint", "run", "--metrics", "f1_binary"], rankCount: rankCount,
            in: folder)
        #expect(metric.count(of: "--metrics: f1_binary means nothing for 10 classes") == 1)
        #expect(metric.errors.hasSuffix("; did you mean f1_micro?\n"))
        #expect(metric.exitCode == 64)
        let curves = try ProgramProcess(
            ["evaluate", "--checkpoint", "run", "--curves", "no/curves.csv"], in: folder)
        #expect(
            curves.errors
                == "no/curves.csv: cannot be written; give --curves a file in a folder that exists\n"
        )
        #expect(curves.exitCode == 74)
        let format = try ProgramProcess(
            ["export", "--checkpoint", "run", "--output", "net", "--format", "safetensor"],
            in: folder)
        #expect(
            format.errors
                == "--format: \"safetensor\", expected one of onnx, safetensors, text; did you "
                + "mean safetensors?\n")
        #expect(format.exitCode == 64)
    }

    @Test func theBenchmarkPrintsOneLineForPrograms() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                [
                    "bench", "step", "--model", "mnist-cnn", "--batch-size", "8", "--steps", "2",
                    "--json",
                ], in: folder)
            #expect(run.output.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            for key in ["images_per_second", "loader_percent", "peak_memory_mib"] {
                #expect(object[key] is Double, "\(key)")
            }
            #expect(object["model"] as? String == "mnist-cnn")
            #expect(object["batch"] as? Int == 8)
            #expect(run.exitCode == 0)
        }
    }
}
