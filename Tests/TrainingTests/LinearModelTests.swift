import Communication
import Diagnostics
import Foundation
import Interchange
import Testing
import Training

/// Tables that are too large for the repository.
private enum ClassicTables {
    /// The folder `shared/data/tabular` beside the package, or in what `DISTRAIN_TEST_DATA` names.
    static let folder =
        (ProcessInfo.processInfo.environment["DISTRAIN_TEST_DATA"]
            ?? URL(filePath: #filePath).appending(path: "../../../../shared/data")
            .standardizedFileURL.path) + "/tabular"

    static let exist = FileManager.default.fileExists(atPath: folder + "/iris.csv")
}

/// Linear models at their minimum beside scikit-learn and SciPy, on the classic tables.
@Suite(.enabled(if: ClassicTables.exist, "tabular is not in shared/data"))
struct LinearModelTests {
    struct Golden: Decodable {
        let tolerance: Double
        let cases: [Case]

        init() throws {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let file = folder.appendingPathComponent("Reference/linear_models.json")
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
        }
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let header: Bool
        let label: Int
        let columnTypes: [String]
        let model: String
        let l1: Double
        let l2: Double
        let weights: [Double]
        let biases: [Double]
        let value: Double

        var testDescription: String { "\(model) on \(file), l1 \(l1)" }

        /// What is asked for, with training and test files in a folder.
        func overrides(in folder: String) throws -> RunConfigurationOverrides {
            var overrides = RunConfigurationOverrides()
            // The tolerance of the gradient is absolute, and houses cost some 200,000.
            let tolerance = model == "linear-regression" ? "1e-3" : "1e-9"
            let settings: [ConfigurationKey: String] = [
                .dataset: "csv:\(folder)/training.csv", .testFile: "\(folder)/test.csv",
                .label: "\(label)", .header: "\(header)", .model: model, .optimizer: "lbfgs",
                .l1Penalty: "\(l1)", .l2Penalty: "\(l2)", .gradientTolerance: tolerance,
                .maxIterations: "2000", .output: "\(folder)/run",
            ]
            for (key, text) in settings { try overrides.set(key, to: text) }
            if !columnTypes.isEmpty {
                try overrides.set(.columnTypes, to: columnTypes.joined(separator: ","))
            }
            return overrides
        }
    }

    /// Cuts a table in two as the script does: every fifth row is a test row.
    private func split(_ golden: Case, into folder: String) throws {
        let text = try String(
            contentsOfFile: "\(ClassicTables.folder)/\(golden.file)", encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline)
        let head = golden.header ? [lines[0]] : []
        var parts = (training: head, test: head)
        for (row, line) in lines.dropFirst(head.count).enumerated() {
            if row % 5 == 4 { parts.test.append(line) } else { parts.training.append(line) }
        }
        for (name, part) in [("training", parts.training), ("test", parts.test)] {
            try (part.joined(separator: "\n") + "\n").write(
                toFile: "\(folder)/\(name).csv", atomically: true, encoding: .utf8)
        }
    }

    @Test(arguments: try Golden().cases)
    func coefficientsAndLoss(_ golden: Case) throws {
        let folder = try TemporaryFolder()
        try split(golden, into: folder.path)
        let overrides = try golden.overrides(in: folder.path)
        let result = try ThreadCommunicator.run(hosts: [0, 0]) { communicator in
            try PreparedRun.open(overrides, communicator: communicator)
                .train(communicator: communicator)
        }[0]
        let tolerance = try Golden().tolerance
        let value = try #require(result.batch?.value)
        #expect(abs(value - golden.value) <= tolerance * golden.value, "\(value)")
        let file = try SafetensorsFile(
            contentsOf: URL(
                fileURLWithPath: folder.path + "/run/checkpoints/last/model.safetensors"))
        for (name, numbers) in [
            ("linear.weight", golden.weights), ("linear.bias", golden.biases),
        ] {
            let found = try file.floats(named: name)
            #expect(found.count == numbers.count)
            // Coefficients near 0 are measured by the largest one.
            let largest = numbers.map(abs).max() ?? 0
            for (found, expected) in zip(found, numbers) {
                let scale = max(abs(expected), 0.01 * largest)
                #expect(
                    abs(Double(found) - expected) <= tolerance * scale,
                    "\(name): \(found), expected \(expected)")
                if expected == 0 { #expect(found == 0, "\(name)") }
            }
        }
    }
}
