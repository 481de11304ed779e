import Testing

@Suite struct PageFaultTests {
    /// In a process of its own: faults are counted by process, and other tests have their own.
    ///
    /// The kernel may take pages away now and then to move them; what the program causes itself comes
    /// every time.
    @Test("A steady step touches no new memory", arguments: ["mnist-cnn", "cifar-net"])
    func steadySteps(model: String) throws {
        let probe = try probePath()
        var outputs: [String] = []
        while outputs.count < 3 && outputs.last != "page faults: 0 minor, 0 major\n" {
            let run = try bash("'\(probe)' bench \(model) 20")
            #expect(run.status == 0)
            outputs.append(run.output)
        }
        #expect(outputs.last == "page faults: 0 minor, 0 major\n", "\(outputs)")
    }
}
