import CProcessor
import Synchronization
import VectorInterface
import VectorsBaseline

#if arch(x86_64)
import VectorsV3
import VectorsV4
#endif

/// An instruction set that the vector kernels are built for.
public enum InstructionSet: String, Sendable, CaseIterable, Codable, Comparable {
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

    /// The widest set that this processor can run.
    public static var widest: InstructionSet { available.last ?? .baseline }

    /// Whether the first is the narrower of two sets.
    public static func < (first: InstructionSet, second: InstructionSet) -> Bool {
        let order = allCases
        return (order.firstIndex(of: first) ?? 0) < (order.firstIndex(of: second) ?? 0)
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

/// The instruction set in use, chosen once: the widest of the processor, if nobody asks for another.
public enum Vectors {
    /// The set in use.
    public static let instructionSet = wanted.withLock { $0 } ?? InstructionSet.widest
    /// The kernels for `instructionSet`.
    public static let kernels = instructionSet.kernels

    /// What `use` asks for, read once, when the first kernel is called.
    private static let wanted = Mutex<InstructionSet?>(nil)

    /// Chooses a narrower set than the processor's widest, so that processors of several kinds
    /// compute the same bits.
    ///
    /// To be called before the first kernel.
    ///
    /// - Parameter set: One of `InstructionSet.available`.
    public static func use(_ set: InstructionSet) {
        precondition(
            InstructionSet.available.contains(set), "this processor cannot run \(set.rawValue)")
        wanted.withLock { $0 = set }
        precondition(
            instructionSet == set,
            "\(set.rawValue) is asked for after kernels for \(instructionSet.rawValue) were used")
    }
}
