import Communication
import Diagnostics
import Kernels

/// Whether all ranks compute the same bits, and if not, who differs and what makes them equal.
public struct RankComparison {
    private let identities: [RankIdentity]

    /// Compares ranks.
    ///
    /// - Parameter identities: By rank, at least one.
    public init(_ identities: [RankIdentity]) { self.identities = identities }

    /// One failure for each thing that is not the same everywhere.
    public var failures: [Failure] {
        [
            failure("distrain", of: { $0.program ?? "unreadable" }, fix: Self.programFix),
            failure("OpenBLAS", of: \.blasBuild, fix: Self.libraryFix),
            failure("OpenBLAS core type", of: \.blasCoreType, fix: coreTypeFix),
            failure("vector kernels", of: \.instructionSet.rawValue, fix: vectorsFix),
        ].compactMap { $0 }
    }

    private static let programFix = "install the same build on all hosts and start that one"
    private static let libraryFix =
        "install the same OpenBLAS on all hosts, or point LD_LIBRARY_PATH at the same one"

    private var coreTypeFix: String {
        "start all ranks with `mpirun -x OPENBLAS_CORETYPE=\(Self.coreType(for: common)) …`"
    }

    private var vectorsFix: String {
        "start all ranks with `mpirun -x DISTRAIN_VECTORS=\(common.shortName) …`"
    }

    /// The widest instruction set that all processors have.
    private var common: InstructionSet {
        identities.map(\.widestInstructionSet).min() ?? .baseline
    }

    /// The core type of OpenBLAS that every processor with an instruction set can run.
    ///
    /// - Parameter instructionSet: What the processors have in common.
    /// - Returns: A value of `OPENBLAS_CORETYPE`.
    public static func coreType(for instructionSet: InstructionSet) -> String {
        switch instructionSet {
        case .x86_64_v4: return "SkylakeX"
        case .x86_64_v3: return "Haswell"
        case .baseline:
            #if arch(arm64)
            return "ARMV8"
            #else
            return "Prescott"
            #endif
        }
    }

    private func failure(
        _ subject: String, of value: (RankIdentity) -> String, fix: String
    ) -> Failure? {
        let values = identities.map(value)
        guard Set(values).count > 1 else { return nil }
        return Failure(
            .badLaunch, in: subject, expected: "the same on all ranks",
            found: RankGrouping(values, hosts: identities.map(\.hostName)).text, fix: fix)
    }
}
