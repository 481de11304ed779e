import FoundationEssentials
import Kernels

/// Something that is not as it should be on a rank, though the run can go on.
struct LaunchWarning: Hashable, Codable, Sendable {
    /// The text; ranks whose texts are equal have the same problem.
    let text: String

    /// The warnings of this rank.
    ///
    /// - Parameter environment: What the user forces.
    /// - Returns: Those that are due.
    static func all(_ environment: LaunchEnvironment) -> [LaunchWarning] {
        let blas = blas(
            coreType: BLASLibrary.coreType, forced: environment.forcedBLASCoreType,
            instructionSet: .widest)
        return [blas].compactMap { $0 }
    }

    /// Compares the kernels that OpenBLAS chose with what the processor can do.
    ///
    /// - Parameters:
    ///   - coreType: The core type in use.
    ///   - forced: The core type that the user forces, or nil.
    ///   - instructionSet: The widest instruction set of the processor.
    /// - Returns: A warning if the kernels leave wider vector units unused.
    static func blas(
        coreType: String, forced: String?, instructionSet: InstructionSet
    ) -> LaunchWarning? {
        // The first is the one to recommend. Zen's kernels are AVX2 even where the processor has
        // AVX-512, and then half as fast.
        let suitable: [String]
        switch instructionSet {
        case .baseline: return nil
        case .x86_64_v3: suitable = ["Haswell", "Zen"]
        case .x86_64_v4: suitable = ["SkylakeX", "Cooperlake", "SapphireRapids"]
        }
        guard !suitable.contains(where: { $0.lowercased() == coreType.lowercased() }) else {
            return nil
        }
        let fix =
            forced.map { "OPENBLAS_CORETYPE=\($0) asks for it: unset it" }
            ?? "try OPENBLAS_CORETYPE=\(suitable[0])"
        return LaunchWarning(
            text: "OpenBLAS uses its kernels for \(coreType), though the processor can do "
                + "\(instructionSet.rawValue); \(fix)")
    }

    /// The warnings of a rank as bytes for another.
    static func encoded(_ warnings: [LaunchWarning]) throws -> [UInt8] {
        Array(try JSONEncoder().encode(warnings))
    }

    /// One line a kind, with the number of ranks if it is not all of them.
    ///
    /// - Parameter gathered: The encoded warnings by rank.
    /// - Returns: The lines.
    /// - Throws: If they are not what `encoded` made.
    static func summary(of gathered: [[UInt8]]) throws -> [String] {
        var order: [LaunchWarning] = []
        var counts: [LaunchWarning: Int] = [:]
        for bytes in gathered {
            for warning in try JSONDecoder().decode([LaunchWarning].self, from: Data(bytes)) {
                if counts[warning] == nil { order.append(warning) }
                counts[warning, default: 0] += 1
            }
        }
        return order.map { warning in
            let count = counts[warning, default: 0]
            return count == gathered.count
                ? warning.text : "\(warning.text) (on \(count) of \(gathered.count) ranks)"
        }
    }
}
