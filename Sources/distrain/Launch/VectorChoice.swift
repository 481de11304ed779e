import Diagnostics
import Kernels
import Launch

extension LaunchEnvironment {
    /// Makes the vector kernels those of the instruction set that the user asks for.
    ///
    /// To be called before the first kernel.
    ///
    /// - Throws: `Failure` with `.usage` for no name of a set, with `.badLaunch` if this processor
    ///   cannot run it.
    func applyVectors() throws {
        if let set = try forcedInstructionSet(available: InstructionSet.available) {
            Vectors.use(set)
        }
    }

    /// The instruction set that the user forces on the vector kernels: `DISTRAIN_VECTORS`, or nil.
    ///
    /// - Parameter available: The sets that the processor can run.
    /// - Returns: One of these.
    /// - Throws: As `applyVectors`.
    func forcedInstructionSet(available: [InstructionSet]) throws -> InstructionSet? {
        guard let name = givenVectors else { return nil }
        guard let set = InstructionSet.allCases.first(where: { $0.shortName == name }) else {
            let names = InstructionSet.allCases.map(\.shortName)
            throw Failure(
                .usage, in: "DISTRAIN_VECTORS",
                expected: "one of \(names.joined(separator: ", "))", found: "\"\(name)\"",
                fix: names.nearest(to: name).map { "did you mean \($0)?" })
        }
        guard available.contains(set) else {
            let widest = available.last ?? .baseline
            throw Failure(
                .badLaunch, in: "DISTRAIN_VECTORS",
                expected: "\(widest.rawValue) or less, which is what the processor can do",
                found: set.rawValue,
                fix: "start all ranks with `mpirun -x DISTRAIN_VECTORS=\(widest.shortName) …`, or "
                    + "what all their processors can do")
        }
        return set
    }
}
