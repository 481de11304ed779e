import Kernels
import Launch
import Testing

/// What is said of the libraries, and of how messages travel.
struct LibraryCheckTests {
    private func launch(
        coreType: String, forced: String? = nil, widest: InstructionSet,
        instructionSet: InstructionSet? = nil
    ) -> LaunchFacts {
        var launch = goodLaunch([2])
        launch.launcher.forcedCoreType = forced
        for rank in 0..<2 {
            launch.ranks[rank].identity = RankIdentity(
                hostName: "node1", program: "aa", blasBuild: "OpenBLAS 0.3.21 DYNAMIC",
                blasCoreType: coreType, instructionSet: instructionSet ?? widest,
                widestInstructionSet: widest)
        }
        return launch
    }

    @Test func kernelsForAnOlderProcessor() {
        let forced = launch(coreType: "Haswell", forced: "Haswell", widest: .x86_64_v4)
        #expect(
            forced.says("OpenBLAS") == [
                "wrong: ranks 0, 1 (node1): OpenBLAS uses its kernels for Haswell, though the "
                    + "processor can do x86-64-v4 → OPENBLAS_CORETYPE=Haswell asks for it: unset it"
            ])
        let missing = launch(coreType: "Zen", widest: .x86_64_v4)
        #expect(
            missing.says("OpenBLAS")[0].hasSuffix(
                " → install an OpenBLAS that has those for SkylakeX: built with DYNAMIC_ARCH"))
        #expect(Diagnosis(missing).status == .wrong)
        let inVain = launch(coreType: "Zen", forced: "skylakex", widest: .x86_64_v4)
        #expect(inVain.says("OpenBLAS") == missing.says("OpenBLAS"))
    }

    @Test func forcedKernelsThatSuit() {
        let launch = launch(coreType: "Haswell", forced: "Haswell", widest: .x86_64_v3)
        #expect(
            launch.says("OpenBLAS") == [
                "note: OpenBLAS 0.3.21 for Haswell, as OPENBLAS_CORETYPE=Haswell asks for → unset "
                    + "it, unless hosts with unlike processors work together: runs without it "
                    + "give other bits"
            ])
    }

    @Test func narrowVectors() {
        let launch = launch(coreType: "Zen", widest: .x86_64_v3, instructionSet: .baseline)
        #expect(
            launch.says("vectors") == [
                "note: ranks 0, 1 (node1): baseline, though the processor can do x86-64-v3 → "
                    + "unset DISTRAIN_VECTORS, unless hosts with unlike processors work together"
            ])
    }

    @Test func ranksThatDiffer() {
        var launch = goodLaunch([1, 1])
        launch.ranks[1].identity = RankIdentity(
            hostName: "node2", program: "bb", blasBuild: "OpenBLAS 0.3.21 DYNAMIC",
            blasCoreType: "Zen", instructionSet: .x86_64_v3, widestInstructionSet: .x86_64_v3)
        launch.ranks[1].library.version = "Open MPI v5.0.0"
        #expect(
            launch.says("equal ranks") == [
                "wrong: distrain: aa on rank 0 (node1), bb on rank 1 (node2) → install the same "
                    + "build on all hosts and start that one"
            ])
        #expect(
            launch.says("MPI") == [
                "wrong: Open MPI v4.1.4 on rank 0 (node1), Open MPI v5.0.0 on rank 1 (node2) → "
                    + "install the same Open MPI on all hosts, or load the same module"
            ])
    }

    @Test func aHostWithoutMemoryTransport() {
        var launch = goodLaunch([2])
        for rank in 0..<2 {
            launch.ranks[rank].library.components = ["btl self", "btl tcp", "pml ob1"]
            launch.ranks[rank].library.settings = ["btl": "self,tcp"]
        }
        #expect(
            launch.says("transports") == [
                "wrong: ranks 0, 1 (node1): ranks of one host do not exchange through memory, by "
                    + "OMPI_MCA_btl=self,tcp → let Open MPI choose, or name vader too: --mca btl "
                    + "self,vader,tcp"
            ])
    }

    @Test func aFastNetworkThatIsNotUsed() {
        var launch = goodLaunch([1, 1])
        for rank in 0..<2 { launch.ranks[rank].library.fastNetworks = ["mlx5_0"] }
        #expect(
            launch.says("transports") == [
                "wrong: ranks 0, 1 (node1, node2): mlx5_0 is there, but messages go by TCP → use "
                    + "an Open MPI that is built with UCX, and let it choose"
            ])
        for rank in 0..<2 {
            launch.ranks[rank].library.components = ["pml ucx"]
            launch.ranks[rank].library.lockableByteCount = 8 << 20
        }
        #expect(
            launch.says("transports")[0].hasPrefix(
                "wrong: ranks 0, 1 (node1, node2): mlx5_0 has only 8 MiB of memory to lock → "))
    }

    @Test func memoryThatRanksMayNotRead() {
        var launch = goodLaunch([2])
        for rank in 0..<2 { launch.ranks[rank].singleCopy = .fails("Operation not permitted") }
        #expect(
            launch.says("single copy") == [
                "wrong: ranks 0, 1 (node1) cannot read each other's memory: Operation not "
                    + "permitted → export OMPI_MCA_btl_vader_single_copy_mechanism=none, or allow "
                    + "it: docker run --cap-add=SYS_PTRACE"
            ])
        for rank in 0..<2 {
            launch.ranks[rank].library.settings = ["btl_vader_single_copy_mechanism": "none"]
        }
        #expect(launch.says("single copy") == ["ok: forbidden, and turned off"])
        for rank in 0..<2 { launch.ranks[rank].singleCopy = .works }
        #expect(launch.says("single copy")[0].hasPrefix("note: works, but "))
    }

    @Test func componentsAreFoundAmongMappedFiles() {
        let maps = """
            7f0 r-xp 00000000 08:01 1 /usr/lib/openmpi/lib/openmpi3/mca_btl_vader.so
            7f1 r--p 00001000 08:01 1 /usr/lib/openmpi/lib/openmpi3/mca_btl_vader.so
            7f2 r-xp 00000000 08:01 2 /usr/lib/openmpi/lib/openmpi3/mca_pml_ob1.so
            7f3 r-xp 00000000 08:01 3 /usr/lib/openmpi/lib/openmpi3/mca_coll_tuned.so
            7f4 rw-p 00000000 00:00 0 [heap]
            """
        #expect(LibraryFacts.components(inMaps: maps) == ["btl vader", "pml ob1"])
    }

    @Test func listsOfNumbers() {
        #expect(SystemFiles.numbers(inList: "0-3,8,10-11") == [0, 1, 2, 3, 8, 10, 11])
        #expect(SystemFiles.numbers(inList: "5") == [5])
        #expect(SystemFiles.numbers(inList: "") == [])
        #expect(SystemFiles.numbers(inList: "3-1,x") == [])
    }
}
