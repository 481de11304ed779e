import Foundation
import Testing

/// The Slurm script, with programs that stand in for mpirun and scontrol.
struct JobScriptTests {
    private static let script = URL(filePath: #filePath).resolvingSymlinksInPath()
        .appending(path: "../../../cluster-configs/slurm-cifar10.sh").standardizedFileURL.path

    /// Ends with 75 after SIGUSR1, as a run of distrain does; at once if the job says how.
    private static let mpirun = """
        #!/usr/bin/env bash
        trap 'sleep 0.3; exit 75' USR1
        touch started
        [[ -z ${END_WITH:-} ]] || exit "$END_WITH"
        for _ in {1..600}; do sleep 0.1; done
        """
    private static let scontrol = """
        #!/usr/bin/env bash
        echo "scontrol $*"
        """

    private func run(
        _ variables: [String: String], signal: Int32?, in folder: TemporaryFolder
    ) throws -> ProgramProcess {
        for (name, text) in [("mpirun", Self.mpirun), ("scontrol", Self.scontrol)] {
            try folder.write(text + "\n", to: "bin/\(name)")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: folder.file("bin/\(name)"))
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let job = [
            "PATH": folder.file("bin") + ":" + path, "SLURM_CPUS_PER_TASK": "1",
            "SLURM_JOB_ID": "7",
        ]
        return try ProgramProcess(
            command: ["bash", Self.script], in: folder,
            environment: job.merging(variables) { $1 },
            signal: signal.map { ($0, folder.file("started")) })
    }

    @Test func aJobGoesBackIntoTheQueueBeforeItsTimeIsUp() throws {
        try withTemporaryFolder { folder in
            let job = try run(["SLURM_RESTART_COUNT": "3"], signal: SIGUSR1, in: folder)
            #expect(
                job.output == """
                    Passing SIGUSR1 on to mpirun.
                    Checkpointed; back into the queue after restart 3.
                    scontrol requeue 7

                    """)
            #expect(job.errors == "")
            #expect(job.exitCode == 75)
        }
    }

    @Test func restartsAreBounded() throws {
        try withTemporaryFolder { folder in
            let job = try run(["SLURM_RESTART_COUNT": "20"], signal: SIGUSR1, in: folder)
            #expect(job.output == "Passing SIGUSR1 on to mpirun.\n")
            #expect(
                job.errors
                    == "Checkpointed, but restarted 20 times already: submit it again by hand.\n")
            #expect(job.exitCode == 75)
        }
    }

    @Test(arguments: [0, 65]) func anyOtherEndIsTheJobs(exitCode: Int32) throws {
        try withTemporaryFolder { folder in
            let job = try run(["END_WITH": "\(exitCode)"], signal: nil, in: folder)
            #expect(job.output == "")
            #expect(job.errors == "")
            #expect(job.exitCode == exitCode)
        }
    }
}
