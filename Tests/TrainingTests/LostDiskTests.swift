import Foundation
import Testing
import Training

/// A disk on which nothing can be written costs checkpoints, never the training.
@Suite struct LostDiskTests {
    /// Does something to the run directory after some steps, once no checkpoint is being written.
    private final class Vandal: TrainingObserver {
        private let acts: [Int: () throws -> Void]
        private let path: String
        private(set) var warnings: [String] = []
        private(set) var checkpoints: [Int] = []
        private(set) var hidden: Set<String> = []

        init(_ path: String, _ acts: [Int: () throws -> Void]) {
            self.path = path
            self.acts = acts
        }

        func stepFinished(_ report: StepReport) { try? acts[report.step]?() }
        func warned(_ text: String) {
            warnings.append(text)
            let names = try? FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints")
            hidden.formUnion((names ?? []).filter { $0.hasPrefix(".") })
        }
        func checkpointWritten(_ path: String, step: Int) { checkpoints.append(step) }
    }

    @Test("A run directory that is deleted during the run is made again, with what comes then")
    func deleted() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let whole = try TestRun([.output: folder.path + "/whole", .epochs: "3"]).train()
        let vandal = try TestRun([
            .output: path, .epochs: "3", .logEvery: "1", .checkpointEvery: "1step",
        ]).trainOnThisThread(
            Vandal(path, [5: { try FileManager.default.removeItem(atPath: path) }]),
            setUp: finishBeforeSteps)
        let state = try Checkpoint.open(path + "/checkpoints/last").state
        #expect(state.parametersSHA256 == whole.parametersSHA256)
        #expect(vandal.warnings.contains { $0.contains("/checkpoints: was removed") })
        #expect(vandal.warnings.contains { $0.contains("ledger.jsonl: was deleted") })
        #expect(vandal.checkpoints.suffix(3) == [7, 8, 9])
        #expect(try events(in: path, named: "step").last?["step"] as? Int == 9)
        #expect(try events(in: path, named: "final").count == 1)
    }

    @Test(
        "A folder that may not be written for a while",
        .disabled(if: getuid() == 0, "root may write everywhere; fullFileSystem covers the rest"))
    func readOnly() throws {
        try checkOutage { path in
            chmod(path + "/checkpoints", 0o500)
        } end: { path in
            chmod(path + "/checkpoints", 0o700)
        }
    }

    @Test("A place that is no folder for a while")
    func noFolder() throws {
        let files = FileManager.default
        try checkOutage { path in
            try files.moveItem(atPath: path + "/checkpoints", toPath: path + "/away")
            try Data().write(to: URL(fileURLWithPath: path + "/checkpoints"))
        } end: { path in
            try files.removeItem(atPath: path + "/checkpoints")
            try files.moveItem(atPath: path + "/away", toPath: path + "/checkpoints")
        }
    }

    /// Lets no checkpoint be in the making when a step ends.
    private func finishBeforeSteps(_ trainer: Trainer) {
        trainer.beforeStep = { [unowned trainer] _ in trainer.checkpoints?.finish() }
    }

    /// Trains while the checkpoints of the steps 4 to 6 cannot be written.
    private func checkOutage(
        begin: @escaping (String) throws -> Void, end: @escaping (String) throws -> Void
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/run"
        let whole = try TestRun([.output: folder.path + "/whole", .epochs: "3"]).train()
        let run = TestRun([
            .output: path, .epochs: "3", .checkpointEvery: "1step", .monitor: "val_loss",
        ])
        try run.with([.maxSteps: "3"]).train()
        let vandal = Vandal(path, [4: { try begin(path) }, 7: { try end(path) }])
        _ = try run.with([.resume: "auto"]).trainOnThisThread(vandal, setUp: finishBeforeSteps)
        for step in 4...6 {
            #expect(
                vandal.warnings.contains {
                    $0.hasPrefix("no checkpoint was written at step \(step): ")
                }, "\(vandal.warnings)")
        }
        #expect(vandal.checkpoints.suffix(3) == [7, 8, 9])
        #expect(vandal.hidden == [])
        let names = try FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints")
        #expect(
            Set(names).subtracting(["best"])
                == Set(["last"] + [1, 2, 3, 7, 8, 9].map { "step-00000000\($0)" }))
        #expect(try Checkpoint.open(path + "/checkpoints/step-000000003").state.progress.step == 3)
        let state = try Checkpoint.open(path + "/checkpoints/last").state
        #expect(state.parametersSHA256 == whole.parametersSHA256)
    }

    /// Whether this process may make a file system of its own.
    private static let canMount =
        (try? bash("unshare -m true && unshare -m mount -t tmpfs tmpfs /mnt"))?.status == 0

    @Test(
        "A full file system: the run goes on, and the old checkpoints are good",
        .enabled(if: canMount, "unshare -m and mount need root"))
    func fullFileSystem() throws {
        let folder = try TemporaryFolder()
        let probe = try probePath()
        // The run goes on while the file system is full, and is killed after the first checkpoint
        // that is good again; what was there while it was full is kept as a copy.
        let script = """
            cd '\(folder.path)' && mkdir disk && mount -t tmpfs -o size=64m tmpfs disk || exit 99
            stdbuf -oL '\(probe)' train disk/run 1000000 > output & run=$!
            count() { grep -c "$1" output; }
            until [ "$(count ^checkpoint)" -gt 2 ]; do sleep 0.02; done
            dd if=/dev/zero of=disk/ballast bs=4k 2>&-
            until [ "$(count 'no checkpoint was written')" -gt 3 ]; do sleep 0.02; done
            cp -r disk/run kept; good=$(count ^checkpoint)
            echo "hidden: $(ls -A kept/checkpoints | grep -c '^[.]')"
            rm disk/ballast
            until [ "$(count ^checkpoint)" -gt "$good" ]; do sleep 0.02; done
            kill -9 $run; wait $run 2>&-
            grep -c 'ledger ends before this' output; grep -m 1 'no checkpoint was' output
            echo "half lines: $(grep -vc '^{.*}$' disk/run/metrics.jsonl)"
            for folder in kept disk/run; do '\(probe)' train $folder 1; echo "status $?"; done
            umount disk
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: folder.path + "/script"))
        let output = try bash("unshare -m bash '\(folder.path)/script' 2>&1").output
        let lines = output.split(separator: "\n").map(String.init)
        #expect(lines.contains("hidden: 0") || lines.contains("hidden: 1"), "\(output)")
        // Whether the ledger found no room hangs on what a checkpoint had just freed; if so, it is told
        // once.
        #expect(lines.contains("0") || lines.contains("1"), "\(output)")
        #expect(lines.contains("half lines: 0"), "\(output)")
        #expect(output.contains("No space left on device; free some space"), "\(output)")
        // Both are whole, or a warning would tell of what was passed over.
        #expect(lines.count { $0 == "status 0" } == 2, "\(output)")
        #expect(!output.contains("is not used"), "\(output)")
    }
}
