import CProcessor
import VectorInterface
import VectorsBaseline

#if arch(x86_64)
import VectorsV3
import VectorsV4
#endif

/// An instruction set that the vector kernels are built for.
public enum InstructionSet: String, Sendable, CaseIterable {
    /// What every processor of the architecture has.
    case baseline
    /// AVX2 and FMA.
    case x86_64_v3 = "x86-64-v3"
    /// AVX-512.
    case x86_64_v4 = "x86-64-v4"

    /// The sets that this processor can run, the widest last.
    public static var available: [InstructionSet] {
        let level = cprocessor_x86_64_level()
        return allCases.filter {
            switch $0 {
            case .baseline: true
            case .x86_64_v3: level >= 3
            case .x86_64_v4: level >= 4
            }
        }
    }

    /// The kernels that are built for this set; only for sets in `available`.
    public var kernels: any VectorKernels.Type {
        switch self {
        #if arch(x86_64)
        case .x86_64_v3: VectorsV3.Implementation.self
        case .x86_64_v4: VectorsV4.Implementation.self
        #endif
        default: VectorsBaseline.Implementation.self
        }
    }
}

/// The instruction set in use, chosen once by what the processor can do.
public enum Vectors {
    /// The widest set that this processor can run.
    public static let instructionSet = InstructionSet.available.last ?? .baseline
    /// The kernels for `instructionSet`.
    public static let kernels = instructionSet.kernels
}
