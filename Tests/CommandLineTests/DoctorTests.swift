import Foundation
import Kernels
import Launch
import Testing
import distrain

/// `distrain doctor` on good and on spoilt launches.
@Suite(.enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
struct DoctorTests {
    /// A finished run with what it found.
    private struct Examination {
        let run: ProgramProcess
        let diagnosis: Diagnosis

        init(_ run: ProgramProcess) throws {
            self.run = run
            diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(run.output.utf8))
            #expect(run.errors == "")
            #expect(run.exitCode == (diagnosis.status == .wrong ? 77 : 0))
        }

        /// What a check says, as `status: text`.
        func says(_ check: String) -> [String] {
            diagnosis.findings(of: check).map { "\($0.status.rawValue): \($0.text)" }
        }
    }

    private func examine(
        _ arguments: [String] = [], rankCount: Int? = 2, in folder: TemporaryFolder,
        environment: [String: String] = [:], wrapper: [String] = []
    ) throws -> Examination {
        try Examination(
            ProgramProcess(
                ["doctor", "--json"] + arguments, rankCount: rankCount, in: folder,
                environment: environment, wrapper: wrapper))
    }

    @Test(arguments: [nil, 1, 2, 3]) func aLaunchIsLookedAt(rankCount: Int?) throws {
        try withTemporaryFolder { folder in
            let examination = try examine(rankCount: rankCount, in: folder)
            #expect(examination.diagnosis.ranks == rankCount ?? 1)
            #expect(examination.diagnosis.hosts == 1)
            for check in ["ranks", "equal ranks", "MPI", "memory", "clocks"] {
                #expect(examination.says(check).allSatisfy { $0.hasPrefix("ok: ") }, "\(check)")
            }
            #expect(try folder.names(in: ".") == [])
        }
    }

    @Test func theTableSaysTheSame() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(["doctor"], in: folder)
            let examination = try examine(rankCount: nil, in: folder)
            let checks = run.lines.dropLast().filter { !$0.hasPrefix(" ") }
            let expected = examination.diagnosis.checks.flatMap { entry in
                entry.findings.map { "\($0.status.rawValue) \(entry.check) " }
            }
            #expect(checks.count == expected.count)
            for (line, start) in zip(checks, expected) {
                #expect(line.split(separator: " ").joined(separator: " ").hasPrefix(start))
            }
            #expect(run.exitCode == examination.run.exitCode)
        }
    }

    @Test func moreRanksThanCores() throws {
        let coreCount = ProcessInfo.processInfo.activeProcessorCount
        try withTemporaryFolder { folder in
            let examination = try examine(
                ["--batch-size", "1024"], rankCount: 2 * coreCount, in: folder)
            #expect(examination.says("cores").count == 1)
            #expect(
                examination.says("cores")[0].hasPrefix("wrong: \(2 * coreCount) ranks on "))
            #expect(examination.says("cores")[0].hasSuffix(": they take turns"))
        }
    }

    @Test(.enabled(if: Self.firstCores.count > 1, "the machine has one core"))
    func twoRanksOnOneCore() throws {
        try withTemporaryFolder { folder in
            let core = "\(Self.firstCores[0])"
            let examination = try examine(in: folder, wrapper: ["taskset", "-c", core])
            let binding = examination.says("binding")
            #expect(binding.count == 1)
            #expect(
                binding[0].wholeMatch(
                    of: /wrong: ranks 0, 1 \(.+\) are bound to the same core \d+/) != nil)
            #expect(examination.says("cores")[0].hasPrefix("wrong: 2 ranks on 1 of the "))
        }
    }

    @Test func aForcedCoreTypeIsNamed() throws {
        try withTemporaryFolder { folder in
            let examination = try examine(
                in: folder, environment: ["OPENBLAS_CORETYPE": "Haswell"])
            let blas = try #require(examination.diagnosis.findings(of: "OpenBLAS").first)
            let processor = try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
            // Where the processor has AVX-512 it costs half the speed, else it costs nothing.
            #expect(blas.status == (processor.contains(" avx512vl ") ? .wrong : .note))
            #expect("\(blas.text) \(blas.fix ?? "")".contains("OPENBLAS_CORETYPE=Haswell"))
        }
    }

    /// Also where OpenBLAS does not know the processor.
    @Test func theCoreTypeSuitsUnlessForced() throws {
        try withTemporaryFolder { folder in
            let examination = try examine(in: folder)
            #expect(examination.says("OpenBLAS").map { $0.prefix(4) } == ["ok: "])
            #expect(examination.says("OpenBLAS")[0].contains(/OpenBLAS [0-9.]+ for \w+$/))
        }
    }

    @Test func theProgramStartsAnewOnlyByItself() {
        func restart(
            _ variables: [String: String], chosen: String, _ instructionSet: InstructionSet
        ) -> String? {
            LaunchEnvironment(variables)
                .coreTypeToRestartWith(chosen: chosen, instructionSet: instructionSet)
        }
        #expect(restart([:], chosen: "Prescott", .x86_64_v4) == "SkylakeX")
        #expect(restart([:], chosen: "Prescott", .x86_64_v3) == "Haswell")
        #expect(restart(["OPENBLAS_CORETYPE": ""], chosen: "Zen", .x86_64_v4) == "SkylakeX")
        #expect(restart([:], chosen: "Prescott", .baseline) == nil)
        #expect(restart([:], chosen: "Cooperlake", .x86_64_v4) == nil)
        #expect(restart(["OPENBLAS_CORETYPE": "Prescott"], chosen: "Prescott", .x86_64_v4) == nil)
        // A new start that did not help.
        let again = [
            "OPENBLAS_CORETYPE": "SkylakeX", "DISTRAIN_CHOSEN_CORETYPE": "SkylakeX",
        ]
        #expect(restart(again, chosen: "Prescott", .x86_64_v4) == nil)
        #expect(LaunchEnvironment(again).forcedBLASCoreType == nil)
        #expect(
            LaunchEnvironment(["OPENBLAS_CORETYPE": "Zen"]).forcedBLASCoreType == "Zen")
    }

    @Test func ranksThatDifferAreNamed() throws {
        try withTemporaryFolder { folder in
            let program = try ProgramProcess.program()
            let doctor = [program, "doctor", "--json"]
            let examination = try Examination(
                ProgramProcess(
                    command: ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "1"] + doctor
                        + [":", "-n", "1", "env", "OPENBLAS_CORETYPE=Prescott"] + doctor,
                    in: folder))
            #expect(
                examination.says("equal ranks")[0].hasPrefix("wrong: OpenBLAS core type: "))
        }
    }

    @Test(.enabled(if: canMount, "only root can mount file systems, where containers allow it"))
    func sharedMemoryWithoutRoom() throws {
        try withTemporaryFolder { folder in
            let mount = #"mount -t tmpfs -o size=16m tmpfs /dev/shm && exec "$@""#
            let examination = try examine(
                in: folder, wrapper: ["unshare", "-m", "sh", "-c", mount, "sh"])
            let text = examination.says("/dev/shm")
            #expect(
                text[0].wholeMatch(
                    of:
                        /wrong: 1\d MiB free on .+, training cifar-net shares \d+ MiB: ranks .+/)
                    != nil)
        }
    }

    @Test(.enabled(if: canMount, "only root can mount file systems, where containers allow it"))
    func aFullDisk() throws {
        try withTemporaryFolder { folder in
            try folder.write("", to: "disk/.keep")
            let mount = #"mount -t tmpfs -o size=64k tmpfs disk && exec "$@""#
            let examination = try examine(
                ["--output", "disk/run"], in: folder,
                wrapper: ["unshare", "-m", "sh", "-c", mount, "sh"])
            #expect(
                examination.says("output") == [
                    "wrong: \(folder.file("disk")): writing 1 MiB: No space left on device"
                ])
        }
    }

    @Test func ranksThatDoNotKnowOfEachOther() throws {
        try withTemporaryFolder { folder in
            let first = try examine(
                rankCount: nil, in: folder,
                environment: ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"])
            #expect(
                first.says("ranks") == [
                    "wrong: MPI connects 1 rank, though 2 were started as SLURM_STEP_NUM_TASKS "
                        + "says: they do not know of each other"
                ])
            let second = try ProgramProcess(
                ["doctor"], in: folder,
                environment: ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1"])
            #expect(second.output == "")
            #expect(second.errors == "")
            #expect(second.exitCode == 77)
        }
    }

    /// A scheduler's variable, and what 2 ranks are beside it.
    static let jobs = [
        ("SLURM_NTASKS", "1", "wrong: 2 ranks in a job for 1, as SLURM_NTASKS says"),
        ("SLURM_STEP_NUM_TASKS=1 SLURM_NTASKS", "1", "ok: 2 ranks on 1 host"),
        ("SLURM_NTASKS", "2", "ok: 2 ranks on 1 host, as SLURM_NTASKS says"),
        ("LSB_DJOB_NUMPROC", "4", "note: 2 ranks in a job for 4, as LSB_DJOB_NUMPROC says"),
        ("NSLOTS", "1", "wrong: 2 ranks in a job for 1, as NSLOTS says"),
        ("PBS_NODEFILE", "nodes", "note: 2 ranks in a job for 3, as PBS_NODEFILE says"),
    ]

    @Test(arguments: jobs) func theSchedulersRoom(job: (String, String, String)) throws {
        try withTemporaryFolder { folder in
            try folder.write("node1\nnode1\nnode2\n", to: "nodes")
            let program = try ProgramProcess.program()
            // Not in mpirun's environment, where it would ask the scheduler itself.
            let told = try Examination(
                ProgramProcess(
                    command: [
                        "mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2", "env",
                    ] + "\(job.0)=\(job.1)".split(separator: " ").map(String.init)
                        + [program, "doctor", "--json"], in: folder))
            #expect(told.says("ranks") == [job.2])
        }
    }

    @Test func moreRanksThanMicrobatches() throws {
        try withTemporaryFolder { folder in
            let examination = try examine(["--batch-size", "64"], in: folder)
            #expect(
                examination.says("ranks") == [
                    "wrong: 2 ranks: more ranks than microbatches, expected at most one for each "
                        + "of the 1 microbatches of 64 in a batch of 64"
                ])
        }
    }

    @Test func memoryThatIsNotReadThoughItCouldBe() throws {
        try withTemporaryFolder { folder in
            let examination = try examine(
                in: folder,
                environment: ["OMPI_MCA_btl_vader_single_copy_mechanism": "none"])
            #expect(examination.run.exitCode == 0)
            let text = examination.says("single copy")
            #expect(
                [
                    "ok: forbidden, and turned off",
                    "note: works, but OMPI_MCA_btl_vader_single_copy_mechanism=none turns it off",
                ].contains(text[0]))
        }
    }

    @Test func aWrongConfigurationIsRefused() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                ["doctor", "--model", "resnet81"], rankCount: 2, in: folder)
            #expect(run.output == "")
            #expect(run.errors.hasSuffix("did you mean resnet18?\n"))
            #expect(run.exitCode == 64)
        }
    }

    /// The numbers of the cores that this process may use.
    private static let firstCores: [Int] = {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        return SystemFiles.numbers(
            inList: String(line?.dropFirst("Cpus_allowed_list:".count) ?? "")
                .replacing(/\s/, with: ""))
    }()
}
