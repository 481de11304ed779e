import Foundation
import Testing

/// Signals, the end of a job's time, and what a run that is to go on exits with.
@Suite(
    .serialized,
    .enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
struct StopTests {
    /// More steps than are made before the signal comes.
    private static let arguments = [
        "train", "--dataset", "builtin", "--model", "mnist-cnn", "--batch-size", "64",
        "--microbatch", "16", "--epochs", "50", "--output", "run", "--checkpoint-every", "5steps",
    ]

    private static let checkpoint = "run/checkpoints/step-000000005/MANIFEST.json"

    @Test(arguments: [SIGUSR1, SIGUSR2, SIGTERM])
    func aSignalToAnyRankStopsAll(signal: Int32) throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                Self.arguments, rankCount: 3, in: folder,
                signal: (signal, file: folder.file(Self.checkpoint)), rankIsSignalled: true)
            #expect(run.exitCode == 75, "\(run.errors)")
            #expect(run.count(of: "to be submitted again: run") == 1)
        }
    }

    @Test(arguments: [SIGUSR1, SIGUSR2])
    func aSignalToTheLauncherStopsAll(signal: Int32) throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                Self.arguments + ["--requeue-code", "99"], rankCount: 2, in: folder,
                signal: (signal, file: folder.file(Self.checkpoint)))
            #expect(run.exitCode == 99, "\(run.errors)")
            #expect(run.count(of: "to be submitted again: run") == 1)
        }
    }

    @Test func aSecondSignalEndsAtOnce() throws {
        try withTemporaryFolder { folder in
            // A step of resnet18 takes longer than there is between the signals.
            let script = """
                "$@" & pid=$!
                until [[ -e run/config.yml ]]; do sleep 0.05; done
                kill -USR1 $pid; sleep 3.2; kill -USR2 $pid
                wait $pid
                """
            let run = try ProgramProcess(
                command: [
                    "bash", "-c", script, "-", ProgramProcess.program(), "train", "--dataset",
                    "builtin", "--model", "resnet18", "--batch-size", "2048", "--output", "run",
                ], in: folder)
            #expect(run.exitCode == 128 + SIGUSR2, "\(run.errors)")
            #expect(!run.output.contains("to be submitted again"))
            #expect(try folder.names(in: "run/checkpoints") == [])
        }
    }

    @Test func theEndOfTheJobsTime() throws {
        try withTemporaryFolder { folder in
            let end = Int(Date().timeIntervalSince1970) + 30
            let run = try ProgramProcess(
                Self.arguments, in: folder, environment: ["SLURM_JOB_END_TIME": "\(end)"])
            #expect(run.exitCode == 75, "\(run.errors)")
            #expect(Date().timeIntervalSince1970 < Double(end))
            #expect(run.count(of: "by SLURM_JOB_END_TIME: the run will write a checkpoint") == 1)
        }
    }

    @Test func aTimeThatIsOverSaysNothing() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                Self.arguments + ["--max-steps", "2"], in: folder,
                environment: ["SLURM_JOB_END_TIME": "1700000000"])
            #expect(run.exitCode == 0, "\(run.errors)")
        }
    }

    @Test func faultsToRehearse() throws {
        try withTemporaryFolder { folder in
            let wrong = try ProgramProcess(
                Self.arguments, in: folder, environment: ["DISTRAIN_FAULT": "1:sleep:3:KILL"])
            #expect(wrong.exitCode == 64)
            #expect(
                wrong.errors
                    == "DISTRAIN_FAULT: \"1:sleep:3:KILL\", expected RANK:PHASE:STEP:SIGNAL with a "
                    + "phase of start, loading, forward, backward, reduction, optimizer step, "
                    + "evaluation, level, validation, checkpoint and a signal of KILL, STOP, TERM, "
                    + "USR1, USR2\n")
            let run = try ProgramProcess(
                Self.arguments, rankCount: 2, in: folder,
                environment: ["DISTRAIN_FAULT": "1:backward:7:USR1"])
            #expect(run.exitCode == 75, "\(run.errors)")
            #expect(
                run.count(
                    of: "DISTRAIN_FAULT: signal \(SIGUSR1) in backward after step 7") == 1)
        }
    }

    @Test func aFolderOfOneLetter() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                ["train", "--dataset", "builtin", "--max-steps", "1", "--output", "r"], in: folder)
            #expect(run.exitCode == 0, "\(run.errors)")
        }
    }
}
