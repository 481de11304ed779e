import Foundation
import Interchange
import Optimizers
import Testing
import Training

/// Which parameters of a network Muon takes for matrices, and how they lie.
@Suite struct MuonTrainingTests {
    static let rate = 0.01

    /// The parameters and the mean gradients after some steps without momentum.
    private func files(
        afterSteps steps: Int, in folder: String
    ) throws -> (model: SafetensorsFile, optimizer: SafetensorsFile) {
        let path = folder + "/run\(steps)"
        try TestRun([
            .optimizer: "muon", .learningRate: "\(Self.rate)", .weightDecay: "0", .momentum: "0",
            .nesterov: "false", .beta1: "0", .schedule: "constant", .maxSteps: "\(steps)",
            .output: path,
        ]).train(ranks: 2)
        func file(_ name: String) throws -> SafetensorsFile {
            try SafetensorsFile(
                contentsOf: URL(fileURLWithPath: path + "/checkpoints/last/" + name))
        }
        return (try file("model.safetensors"), try file("optimizer.safetensors"))
    }

    /// A step of a matrix from its gradient, as files hold them: [outputs, inputs · height · width].
    private func matrixStep(_ gradients: [Float], outputs: Int) throws -> [Float] {
        let muon = try Muon(OptimizerSettings(momentum: 0, nesterov: false))
        let shape = MatrixShape(rows: outputs, columns: gradients.count / outputs)
        var parameters = Array(repeating: Float(0), count: shape.count)
        var slots = Array(repeating: Float(0), count: shape.count * muon.slotNames.count)
        var scratch = Array(repeating: Float(0), count: muon.scratchCount(shape))
        parameters.withUnsafeMutableBufferPointer { parameters in
            gradients.withUnsafeBufferPointer { gradients in
                slots.withUnsafeMutableBufferPointer { slots in
                    guard let parameters = parameters.baseAddress,
                        let gradients = gradients.baseAddress
                    else { return }
                    muon.update(
                        ParameterSlice(
                            parameters: parameters, gradients: gradients, slots: slots.baseAddress,
                            slotStride: shape.count, count: shape.count),
                        shape, StepSettings(step: 1, learningRate: Self.rate), scratch: &scratch)
                }
            }
        }
        return parameters
    }

    @Test("Filters and hidden layers' weights are matrices of their outputs; nothing else is one")
    func matrices() throws {
        let folder = try TemporaryFolder()
        let before = try files(afterSteps: 1, in: folder.path)
        let after = try files(afterSteps: 2, in: folder.path)
        let matrices = [
            "convs.0.weight": 64, "convs.1.weight": 64, "convs.2.weight": 64, "fc1.weight": 512,
        ]
        for name in after.model.names where !name.contains("running_") {
            let starts = try before.model.floats(named: name)
            let steps = zip(try after.model.floats(named: name), starts).map { $0 - $1 }
            let means = try after.optimizer.floats(named: name + ".exp_avg")
            let squares = try after.optimizer.floats(named: name + ".exp_avg_sq")
            // Biases before a batch normalisation have gradients of zero.
            let hasSquares = matrices[name] == nil && means.contains { $0 != 0 }
            #expect(squares.contains { $0 != 0 } == hasSquares, "\(name)")
            if let outputs = matrices[name] {
                let expected = try matrixStep(means, outputs: outputs)
                let largest = zip(steps, expected).map { abs($0 - $1) }.max()
                #expect(try #require(largest) < 5e-6, "\(name)")
            } else {
                // At most √(1 + beta2) times the rate, in Adam's second step with a beta1 of 0.
                #expect(steps.allSatisfy { abs($0) <= 1.42 * Float(Self.rate) }, "\(name)")
            }
        }
        #expect(Set(matrices.keys).isSubset(of: after.model.names))
    }
}
