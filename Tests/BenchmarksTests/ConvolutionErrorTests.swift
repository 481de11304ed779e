import Benchmarks
import Diagnostics
import Kernels
import Testing

/// The rounding errors of convolutions on the operands of a real training step.
@Suite struct ConvolutionErrorTests {
    @Test("Each pass of each convolution of resnet18 is within 2e-6 of double precision")
    func normalGradients() throws {
        let errors = try ConvolutionErrors(of: RecordedConvolution.resNet18(gradients: .normal))
        let rows = errors.layers
        #expect(Set(rows.map(\.layer)).count == 20)
        #expect(rows.filter(\.isAutomatic).count == 20)
        #expect(rows.filter { $0.method == "direct" }.count == 20)
        for row in rows {
            for error in [row.forward, row.imageGradient, row.filterGradient] {
                #expect(error > 0 && error <= 2e-6, "\(row)")
            }
        }
    }

    @Test("So is each pass with the gradients of the loss")
    func ownGradients() throws {
        let errors = try ConvolutionErrors(of: RecordedConvolution.resNet18())
        for row in errors.layers {
            for error in [row.forward, row.imageGradient, row.filterGradient] {
                #expect(error > 0 && error <= 2e-6, "\(row)")
            }
        }
        #expect(errors.largest?.error ?? 1 <= 2e-6)
    }

    @Test("Errors of sums in which everything cancels are seen")
    func detection() throws {
        let shape = ConvolutionShape(
            inputHeight: 6, inputWidth: 6, inputChannels: 16, outputChannels: 16, kernelHeight: 3,
            kernelWidth: 3, stride: 1, padding: 1)
        let images = (0..<shape.inputCount).map { 1000 + Float($0 % 7) / 7 }
        // Half of the channels are added up before the other half is taken away.
        let filters = (0..<shape.filterCount).map { Float($0 / 16 % 16 < 8 ? 1 : -1) }
        let errors = try ConvolutionErrors(of: [
            RecordedConvolution(
                name: "conv", shape: shape, batch: 1, images: images, filters: filters,
                outputGradients: Array(repeating: 1, count: shape.outputCount))
        ])
        #expect(errors.layers.map(\.method) == ["winograd", "direct"])
        #expect(errors.layers.allSatisfy { $0.forward > 2e-6 })
        #expect(errors.largest?.pass == "forward")
    }

    @Test("A text that no layer has is refused")
    func filter() {
        #expect(throws: Failure.self) { try ConvolutionErrors(filter: "conv1", of: []) }
    }
}
