import Kernels

/// Whether OpenBLAS uses the kernels that suit the processor.
public struct CoreTypeAdvice: Hashable, Sendable {
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
        if suitable.contains(where: { $0.lowercased() == coreType.lowercased() }) { return nil }
        text =
            "OpenBLAS uses its kernels for \(coreType), though the processor can do "
            + instructionSet.rawValue
        fix =
            forced.map { "OPENBLAS_CORETYPE=\($0) asks for it: unset it" }
            ?? "try OPENBLAS_CORETYPE=\(suitable[0])"
    }
}
