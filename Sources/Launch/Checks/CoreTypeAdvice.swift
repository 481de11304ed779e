import Kernels

/// Whether OpenBLAS uses the kernels that suit the processor, and which it should use instead.
public struct CoreTypeAdvice: Hashable, Sendable {
    /// The core type to use instead, a value of `OPENBLAS_CORETYPE`.
    public let coreType: String
    /// What is not as it should be.
    public let text: String
    /// What to do about it.
    public let fix: String

    /// Compares the kernels that OpenBLAS chose with what the processor can do; nil if they use its
    /// widest vector units.
    ///
    /// - Parameters:
    ///   - coreType: The core type in use.
    ///   - forced: The core type that the user forces, or nil.
    ///   - instructionSet: The widest instruction set of the processor.
    public init?(coreType: String, forced: String?, instructionSet: InstructionSet) {
        // The first is the one to recommend. Zen's kernels are AVX2 even where the processor has
        // AVX-512, and then half as fast.
        let suitable: [String]
        switch instructionSet {
        case .baseline: return nil
        case .x86_64_v3: suitable = ["Haswell", "Zen"]
        case .x86_64_v4: suitable = ["SkylakeX", "Cooperlake", "SapphireRapids"]
        }
        func suits(_ name: String) -> Bool {
            suitable.contains { $0.lowercased() == name.lowercased() }
        }
        if suits(coreType) { return nil }
        self.coreType = suitable[0]
        text =
            "OpenBLAS uses its kernels for \(coreType), though the processor can do "
            + instructionSet.rawValue
        if let forced, !suits(forced) {
            fix = "OPENBLAS_CORETYPE=\(forced) asks for it: unset it"
        } else {
            // The program chooses by itself, so these kernels are not there.
            fix = "install an OpenBLAS that has those for \(suitable[0]): built with DYNAMIC_ARCH"
        }
    }
}
