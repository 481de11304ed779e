import Foundation
import Testing

/// Ranks that would not compute the same bits, started by one mpirun.
@Suite(.enabled(if: ProgramProcess.hasMPIRun, "mpirun is not on the PATH: install openmpi-bin"))
struct EqualRanksTests {
    /// Runs `train` on one rank as it is and on one that differs.
    ///
    /// - Parameters:
    ///   - other: What the second rank is started by, before the arguments.
    ///   - folder: The working folder.
    /// - Returns: The finished run.
    /// - Throws: If it cannot be started.
    private func run(
        _ other: [String], in folder: TemporaryFolder
    ) throws -> ProgramProcess {
        let arguments = TrainingTests.arguments
        let launcher = ["mpirun", "--oversubscribe", "--bind-to", "none", "--timeout", "300"]
        return try ProgramProcess(
            command: launcher + ["-n", "1", ProgramProcess.program()] + arguments
                + [":", "-n", "1"] + other + arguments, in: folder)
    }

    /// Expects the run to be refused before it does anything.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - message: What it says, with words in capitals for what depends on the machine.
    ///   - folder: Its working folder.
    private func expectRefusal(
        _ run: ProgramProcess, _ message: String, in folder: TemporaryFolder
    ) {
        #expect(run.output == "")
        let errors = run.errors
            .replacing(/\([^)]+\)/, with: "(HOST)")
            .replacing(/[0-9a-f]{16}/, with: "DIGEST")
            .replacing(/type: \w+/, with: "type: CHOSEN")
            .replacing(/OPENBLAS_CORETYPE=\w+/, with: "OPENBLAS_CORETYPE=COMMON")
            .replacing(/DISTRAIN_VECTORS=\w+/, with: "DISTRAIN_VECTORS=COMMON")
            .replacing(/x86-64-v3 or less|baseline or less/, with: "WIDEST or less")
            .replacing(/kernels: x86-64-v[34]/, with: "kernels: WIDEST")
        #expect(errors == message + "\n")
        #expect(run.exitCode == 77)
        #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
    }

    #if arch(x86_64)
    @Test func otherCoreTypesOfOpenBLAS() throws {
        try withTemporaryFolder { folder in
            let run = try run(
                ["env", "OPENBLAS_CORETYPE=Prescott", ProgramProcess.program()], in: folder)
            expectRefusal(
                run,
                "OpenBLAS core type: CHOSEN on rank 0 (HOST), Prescott on rank 1 (HOST), expected "
                    + "the same on all ranks; start all ranks with "
                    + "`mpirun -x OPENBLAS_CORETYPE=COMMON …`",
                in: folder)
        }
    }

    @Test(.enabled(if: supportsAVX2, "the processor has no AVX2, so baseline is all it can do"))
    func otherVectorKernels() throws {
        try withTemporaryFolder { folder in
            let run = try run(
                ["env", "DISTRAIN_VECTORS=baseline", ProgramProcess.program()], in: folder)
            expectRefusal(
                run,
                "vector kernels: WIDEST on rank 0 (HOST), baseline on rank 1 (HOST), expected the "
                    + "same on all ranks; start all ranks with "
                    + "`mpirun -x DISTRAIN_VECTORS=COMMON …`",
                in: folder)
        }
    }

    @Test(.enabled(if: !supportsAVX512, "the processor has AVX-512, so nothing is out of reach"))
    func vectorsThatTheProcessorLacks() throws {
        try withTemporaryFolder { folder in
            let run = try run(["env", "DISTRAIN_VECTORS=v4", ProgramProcess.program()], in: folder)
            expectRefusal(
                run,
                "rank 1: DISTRAIN_VECTORS: x86-64-v4, expected WIDEST or less, which is what the "
                    + "processor can do; start all ranks with "
                    + "`mpirun -x DISTRAIN_VECTORS=COMMON …`, or what all their processors can do",
                in: folder)
        }
    }
    #endif

    @Test func anotherProgram() throws {
        try withTemporaryFolder { folder in
            var program = try Data(contentsOf: URL(filePath: ProgramProcess.program()))
            program.append(0)
            try folder.write(program, to: "distrain")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: folder.file("distrain"))
            let run = try run([folder.file("distrain")], in: folder)
            expectRefusal(
                run,
                "distrain: DIGEST on rank 0 (HOST), DIGEST on rank 1 (HOST), expected the same on "
                    + "all ranks; install the same build on all hosts and start that one",
                in: folder)
        }
    }

    @Test func anUnknownSetOfInstructions() throws {
        try withTemporaryFolder { folder in
            let run = try ProgramProcess(
                TrainingTests.arguments, rankCount: 2, in: folder,
                environment: ["DISTRAIN_VECTORS": "v5"])
            #expect(
                run.errors
                    == "DISTRAIN_VECTORS: \"v5\", expected one of baseline, v3, v4; did you mean "
                    + "v3?\n")
            #expect(run.exitCode == 64)
        }
    }

    /// What narrower vectors are for: bits that do not depend on the processor or the ranks.
    @Test func forcedVectorsAreTheSameOnAnyNumberOfRanks() throws {
        try withTemporaryFolder { folder in
            let hashes = try [nil, 1, 2].map { rankCount in
                try ProgramProcess(
                    TrainingTests.arguments
                        + ["--max-steps", "2", "--output", "run\(rankCount ?? 0)"],
                    rankCount: rankCount, in: folder, environment: ["DISTRAIN_VECTORS": "baseline"]
                ).lastLine
            }
            #expect(hashes[0].hasPrefix("parameters sha256:"))
            #expect(hashes[1] == hashes[0] && hashes[2] == hashes[0])
        }
    }

    private static let processor =
        (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    private static let supportsAVX2 = processor.contains(" avx2 ")
    private static let supportsAVX512 = processor.contains(" avx512vl ")
}
