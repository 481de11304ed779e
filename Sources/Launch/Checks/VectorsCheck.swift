/// Whether the vector kernels use what the processor can do.
enum VectorsCheck: LaunchCheck {
    static let name = "vectors"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let narrow = launch.grouped { rank in
            let identity = rank.identity
            guard identity.instructionSet < identity.widestInstructionSet else { return nil }
            return "\(identity.instructionSet.rawValue), though the processor can do "
                + identity.widestInstructionSet.rawValue
        }
        if !narrow.isEmpty {
            return narrow.map {
                .note(
                    "\($0.place): \($0.value)",
                    fix: "unset DISTRAIN_VECTORS, unless hosts with unlike processors work together"
                )
            }
        }
        let sets = launch.grouped { $0.identity.instructionSet.rawValue }
        return [.ok(sets.map(\.value).joined(separator: ", "))]
    }
}
