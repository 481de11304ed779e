import Training

/// Whether checkpoints can be written where the run will write them.
enum OutputCheck: LaunchCheck {
    static let name = "output"

    private static let slowSeconds = 1.0

    static func findings(of launch: LaunchFacts) -> [Finding] {
        let folder = launch.folder
        let locks = folder.problems.filter { ["flock", "fcntl locks"].contains($0.operation) }
        let problems = folder.problems.filter { !locks.contains($0) }
        if !problems.isEmpty {
            return problems.map {
                .wrong(
                    "\(folder.triedFolder): \($0.operation): \($0.reason)",
                    fix: "free some space or choose another --output")
            }
        }
        let room = room(folder, launch.needs)
        var findings = [room]
        findings += locks.map {
            .note("\(folder.triedFolder): \($0.operation): \($0.reason); distrain needs none")
        }
        if folder.synchronizingSeconds > slowSeconds {
            findings.append(
                .note(
                    "1 MiB takes \(QuantityText.time(folder.synchronizingSeconds)) to reach the disk",
                    fix: "choose an --output on a faster file system"))
        }
        return findings
    }

    private static func room(_ folder: FolderFacts, _ needs: TrainingNeeds?) -> Finding {
        let text =
            "\(folder.path) on \(folder.fileSystem), \(QuantityText.freeMiB(folder.freeByteCount)) "
            + "free"
        if let need = needs?.checkpointsByteCount, need > folder.freeByteCount {
            return .wrong(
                "\(text), checkpoints take \(QuantityText.neededMiB(need))",
                fix: "free some space, choose another --output, or --keep fewer")
        }
        if FileSystem.isInMemory(folder.fileSystem) {
            return .note(
                "\(text): it is lost when the machine ends",
                fix: "choose an --output on a disk")
        }
        return .ok(text)
    }
}
