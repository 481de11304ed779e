/// Whether all ranks use the same message-passing library.
enum LibraryCheck: LaunchCheck {
    static let name = "MPI"

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let versions = launch.grouped { $0.library.version }
        guard let first = versions.first else { return [.ok("not used: started without mpirun")] }
        if versions.count > 1 {
            let text = versions.map { "\($0.value) on \($0.place)" }.joined(separator: ", ")
            return [
                .wrong(
                    text, fix: "install the same Open MPI on all hosts, or load the same module")
            ]
        }
        return [.ok(first.value)]
    }
}
