/// Whether OpenBLAS suits the processor.
enum BLASCheck: LaunchCheck {
    static let name = "OpenBLAS"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let forced = launch.launcher.forcedCoreType
        var fixes: [String: String] = [:]
        let problems = launch.grouped { rank in
            let advice = CoreTypeAdvice(
                coreType: rank.identity.blasCoreType, forced: forced,
                instructionSet: rank.identity.widestInstructionSet)
            if let advice { fixes[advice.text] = advice.fix }
            return advice?.text
        }
        if !problems.isEmpty {
            return problems.map { .wrong("\($0.place): \($0.value)", fix: fixes[$0.value] ?? "") }
        }
        let builds = launch.grouped { rank in
            // The rest are options of the build.
            let version = rank.identity.blasBuild.split(separator: " ").prefix(2)
            return "\(version.joined(separator: " ")) for \(rank.identity.blasCoreType)"
        }
        let text = builds.map(\.value).joined(separator: ", ")
        if let forced {
            return [
                .note(
                    "\(text), as OPENBLAS_CORETYPE=\(forced) asks for",
                    fix: "unset it, unless hosts with unlike processors work together: runs "
                        + "without it give other bits")
            ]
        }
        return [.ok(text)]
    }
}
