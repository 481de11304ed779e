import Foundation
import Testing

/// The job scripts of all schedulers, with programs that stand in for the schedulers' and mpirun.
struct JobScriptTests {
    /// A script, and what differs between schedulers.
    struct Script: Sendable, CustomTestStringConvertible {
        let name: String
        /// What the scheduler sets.
        let variables: [String: String]
        /// The signal before the limit; nil where there is none.
        let warning: Int32?
        /// What starts the ranks.
        var launcher = "mpirun"
        /// How the job goes back into the queue, by a command.
        var requeue = ""
        /// What the script exits with when it goes back into the queue.
        var requeueCode: Int32 = 75
        /// What it exits with when it has been restarted often enough.
        var stopCode: Int32 = 75
        /// The file that counts restarts.
        let counter: String
        /// Arguments that only this scheduler needs.
        var more = ""

        var testDescription: String { name }
    }

    private static let slurm = [
        "SLURM_CPUS_PER_TASK": "1", "SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "net",
        "SLURM_JOB_NUM_NODES": "2",
    ]

    static let scripts = [
        Script(
            name: "slurm-mpirun.sh", variables: slurm, warning: SIGUSR1,
            requeue: "scontrol requeue 7\n", counter: ".restarts-net"),
        Script(
            name: "slurm-srun.sh", variables: slurm, warning: SIGUSR1, launcher: "srun",
            requeue: "scontrol requeue 7\n", counter: ".restarts-net"),
        Script(
            name: "pbs.sh",
            variables: [
                "PBS_JOBID": "7.server", "PBS_JOBNAME": "net", "PBS_O_WORKDIR": "scripts",
                "work": ".",
            ], warning: nil, requeue: "qsub pbs.sh in scripts\n", counter: ".restarts-net",
            more: " --max-time 3h50m"),
        Script(
            name: "lsf.sh",
            variables: ["LSB_JOBID": "7", "LSB_JOBNAME": "net", "LSB_JOBINDEX": "0"],
            warning: SIGUSR1, stopCode: 1, counter: ".restarts-net"),
        Script(
            name: "gridengine.sh",
            variables: ["JOB_ID": "7", "JOB_NAME": "net", "SGE_TASK_ID": "undefined"],
            warning: SIGUSR2, requeueCode: 99, counter: ".restarts-net",
            more: " --max-time 3h50m"),
    ]

    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .appending(path: "../../../cluster-configs").standardizedFileURL.path

    /// Starts `distrain` as a run does that ends with 75 after SIGUSR1, or at once if the job says
    /// how; anything else is run.
    private static let launcher = #"""
        #!/usr/bin/env bash
        while [[ $1 == -* || $1 == slot:* || $1 == ppr:* || $1 == core ]]; do shift; done
        [[ $1 == distrain ]] || exec "$@"
        trap 'sleep 0.3; exit 75' USR1
        echo "$*" >started
        for ((i = 1; i < $#; i++)); do
            if [[ ${!i} == --data ]]; then j=$((i + 1)); ls "${!j}" >seen; fi
        done
        [[ -z ${END_WITH:-} ]] || exit "$END_WITH"
        for _ in {1..600}; do sleep 0.1; done
        """#

    private func run(
        _ script: Script, _ variables: [String: String] = [:], signal: Int32? = nil,
        in folder: TemporaryFolder
    ) throws -> ProgramProcess {
        let echo = "#!/usr/bin/env bash\necho \"${0##*/} $*\"\n"
        // A job begins where it was submitted, and finds its script there when it starts again.
        let place = #"""
            #!/usr/bin/env bash
            if [[ $1 == -v ]]; then cat >script; fi
            echo "${0##*/} $* in ${PWD##*/}"

            """#
        for (name, text) in [
            ("mpirun", Self.launcher), ("srun", Self.launcher), ("scontrol", echo), ("qsub", place),
            ("distrain", echo),
        ] {
            try folder.write(text, to: "bin/\(name)")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: folder.file("bin/\(name)"))
        }
        let library = try String(contentsOfFile: Self.folder + "/lib/job.sh", encoding: .utf8)
        try folder.write(library, to: "share/distrain/job.sh")
        try folder.write("images", to: "data/one.bin")
        try folder.write("", to: "scratch/.keep")
        try folder.write("", to: "scripts/.keep")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let job = [
            "PATH": folder.file("bin") + ":" + path, "TMPDIR": folder.file("scratch"),
        ]
        return try ProgramProcess(
            command: ["bash", Self.folder + "/" + script.name], in: folder,
            environment: job.merging(script.variables) { $1 }.merging(variables) { $1 },
            signal: signal.map { ($0, folder.file("started")) })
    }

    @Test(arguments: scripts) func aJobGoesBackIntoTheQueueBeforeItsTimeIsUp(
        script: Script
    ) throws {
        try withTemporaryFolder { folder in
            try folder.write("3\n", to: script.counter)
            // Where no signal comes before the limit, the run ends itself.
            let job = try run(
                script, script.warning == nil ? ["END_WITH": "75"] : [:], signal: script.warning,
                in: folder)
            let name = script.warning == SIGUSR2 ? "SIGUSR2" : "SIGUSR1"
            let warning =
                script.warning == nil ? "" : "Passing \(name) on to \(script.launcher).\n"
            #expect(
                job.output
                    == warning + "Checkpointed; back into the queue after restart 3.\n"
                    + script.requeue)
            #expect(job.errors == "")
            #expect(job.exitCode == script.requeueCode)
            #expect(try folder.text(script.counter) == "4\n")
        }
    }

    @Test(arguments: scripts) func restartsAreBounded(script: Script) throws {
        try withTemporaryFolder { folder in
            try folder.write("20\n", to: script.counter)
            let job = try run(script, ["END_WITH": "75"], in: folder)
            #expect(job.output == "")
            #expect(
                job.errors
                    == "Checkpointed, but restarted 20 times already: submit it again by hand.\n")
            #expect(job.exitCode == script.stopCode)
            #expect(!FileManager.default.fileExists(atPath: folder.file(script.counter)))
        }
    }

    @Test(arguments: scripts, [0, 65]) func anyOtherEndIsTheJobs(
        script: Script, exitCode: Int32
    ) throws {
        try withTemporaryFolder { folder in
            try folder.write("3\n", to: script.counter)
            let job = try run(script, ["END_WITH": "\(exitCode)"], in: folder)
            #expect(job.output == "")
            #expect(job.errors == "")
            #expect(job.exitCode == exitCode)
            #expect(!FileManager.default.fileExists(atPath: folder.file(script.counter)))
        }
    }

    @Test(arguments: scripts) func theDataIsStaged(script: Script) throws {
        try withTemporaryFolder { folder in
            let id = script.name == "pbs.sh" ? "7.server" : "7"
            _ = try run(script, ["END_WITH": "0"], in: folder)
            #expect(
                try folder.text("started")
                    == "distrain train --dataset cifar10 --model resnet18 --epochs 30 --batch-size "
                    + "512 --microbatch 32 --output runs/resnet18 --resume auto\(script.more) "
                    + "--data \(folder.file("scratch"))/distrain-\(id)\n")
            #expect(try folder.text("seen") == "one.bin\n")
            #expect(try folder.names(in: "scratch") == [".keep"])
        }
    }

    @Test func withoutRoomTheDataIsReadWhereItIs() throws {
        try withTemporaryFolder { folder in
            let job = try run(
                Self.scripts[0], ["END_WITH": "0", "TMPDIR": "/proc/no-such-folder"], in: folder)
            #expect(
                job.errors.hasSuffix(
                    "data could not be copied to /proc/no-such-folder/distrain-7: it is read where "
                        + "it is.\n"))
            #expect(try folder.text("started").hasSuffix(" --data data\n"))
            #expect(job.exitCode == 0)
        }
    }

    /// A scheduler's variable for the number in an array, and the rate that the job is to take.
    static let arrays = [
        ("SLURM_ARRAY_TASK_ID", "1", "0.1"), ("PBS_ARRAY_INDEX", "2", "0.2"),
        ("LSB_JOBINDEX", "3", "0.05"), ("SGE_TASK_ID", "undefined", "0.05"),
    ]

    @Test(arguments: arrays) func aSweepTakesOneValueAJob(
        variable: String, index: String, rate: String
    ) throws {
        try withTemporaryFolder { folder in
            let sweep = Script(
                name: "slurm-sweep.sh", variables: Self.slurm, warning: SIGUSR1,
                counter: ".restarts-net-\(index)")
            let job = try run(sweep, ["END_WITH": "75", variable: index], in: folder)
            let started = try folder.text("started")
            #expect(started.contains(" --learning-rate \(rate) --output runs/sweep-\(rate) "))
            #expect(job.exitCode == 75)
            let number = variable == "SLURM_ARRAY_TASK_ID" ? "7_1" : "7"
            #expect(job.output.hasSuffix("\nscontrol requeue \(number)\n"))
            let counter = index == "undefined" ? ".restarts-net" : sweep.counter
            #expect(try folder.text(counter) == "1\n")
        }
    }

    @Test func aJobOfAnArrayUnderPBSGoesBackAlone() throws {
        try withTemporaryFolder { folder in
            let script = try #require(Self.scripts.first { $0.name == "pbs.sh" })
            let text = "#PBS -J 0-2\n#PBS -l walltime=1\n"
            try folder.write(text, to: "scripts/pbs.sh")
            for variable in ["PBS_ARRAY_INDEX", "JOB_INDEX"] {
                let job = try run(script, ["END_WITH": "75", variable: "2"], in: folder)
                #expect(job.output.hasSuffix("\nqsub -v work=.,JOB_INDEX=2 in scripts\n"))
            }
            #expect(try folder.text("scripts/script") == "#PBS -l walltime=1\n")
            #expect(try folder.text(".restarts-net-2") == "2\n")
        }
    }

    /// What ranks end with is not taken for the signal that ended a wait.
    @Test func ranksThatASignalEndedAreNotWaitedForAgain() throws {
        try withTemporaryFolder { folder in
            let job = try run(Self.scripts[0], ["END_WITH": "138"], in: folder)
            #expect(job.exitCode == 138)
        }
    }

    @Test func everyScriptOpensWithThreeLinesToEdit() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
            .filter { $0.hasSuffix(".sh") }
        #expect(names.count == 6)
        for name in names {
            let text = try String(contentsOfFile: Self.folder + "/" + name, encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[2].hasPrefix("# Edit the next three lines, then"), "\(name)")
            #expect(lines[3...5].allSatisfy { $0.hasPrefix("#") && !$0.hasPrefix("# ") })
            #expect(lines[6].hasPrefix("# ("), "\(name)")
        }
    }
}
