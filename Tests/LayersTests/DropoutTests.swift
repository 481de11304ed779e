import Layers
import Testing

/// Which values dropout leaves out, and on what that depends.
@Suite struct DropoutTests {
    private func network() -> NetworkDescription {
        var network = NetworkDescription("dropout", input: .vector(1000))
        network.append(Dropout(0.25), named: "dropout")
        return network
    }

    @Test func aQuarterGoesAndTheRestGrows() throws {
        let workbench = try Workbench(network(), imageCount: 8)
        let outputs = workbench.forward([Float](repeating: 1, count: 8000))
        let kept = outputs.filter { $0 != 0 }
        #expect(kept.allSatisfy { $0 == 1 / 0.75 })
        #expect(abs(Double(kept.count) / 8000 - 0.75) < 0.02)
    }

    /// An image's dropout is the same whatever images are computed with it.
    @Test func anImageIsTheSameInAnyCompany() throws {
        let many = try Workbench(network(), imageCount: 8)
        let few = try Workbench(network(), imageCount: 3)
        let ofMany = many.forward([Float](repeating: 1, count: 8000))
        let ofFew = few.forward([Float](repeating: 1, count: 3000))
        #expect(Array(ofMany[..<3000]) == ofFew)
        #expect(ofMany[..<1000] != ofMany[1000..<2000])
    }

    @Test func inferenceKeepsAll() throws {
        let workbench = try Workbench(network(), imageCount: 2)
        let inference = try Network(network(), batch: 2, mode: .inference)
        let images = Golden.values(Golden.key, count: 2000)
        #expect(workbench.infer(images, through: inference) == images)
    }
}
