import Diagnostics
import Kernels
import Launch
import Testing

/// What is said of ranks that would compute other bits.
struct RankComparisonTests {
    private func identity(
        _ hostName: String, program: String? = "aa", build: String = "OpenBLAS 0.3.21",
        coreType: String = "Zen", instructionSet: InstructionSet = .x86_64_v3,
        widest: InstructionSet = .x86_64_v3
    ) -> RankIdentity {
        RankIdentity(
            hostName: hostName, program: program, blasBuild: build, blasCoreType: coreType,
            instructionSet: instructionSet, widestInstructionSet: widest)
    }

    private func messages(_ identities: [RankIdentity]) -> [String] {
        RankComparison(identities).failures.map(\.description)
    }

    @Test func equalRanksOfSeveralHosts() {
        #expect(messages([identity("node1"), identity("node1"), identity("node2")]) == [])
        #expect(messages([identity("node1")]) == [])
    }

    @Test func ranksAreGroupedByValue() {
        var identities = [String](repeating: "node1", count: 6).map { identity($0) }
        identities[4] = identity("node2", coreType: "Haswell")
        #expect(
            messages(identities) == [
                "OpenBLAS core type: Zen on ranks 0–3, 5 (node1), Haswell on rank 4 (node2), "
                    + "expected the same on all ranks; start all ranks with "
                    + "`mpirun -x OPENBLAS_CORETYPE=Haswell …`"
            ])
    }

    @Test func theAdviceIsWhatAllProcessorsCanDo() {
        let old = identity(
            "old", coreType: "Nehalem", instructionSet: .baseline, widest: .baseline)
        let new = identity(
            "new", coreType: "SkylakeX", instructionSet: .x86_64_v4, widest: .x86_64_v4)
        let oldCoreType = RankComparison.coreType(for: .baseline)
        #expect(
            messages([old, new]) == [
                "OpenBLAS core type: Nehalem on rank 0 (old), SkylakeX on rank 1 (new), expected "
                    + "the same on all ranks; start all ranks with "
                    + "`mpirun -x OPENBLAS_CORETYPE=\(oldCoreType) …`",
                "vector kernels: baseline on rank 0 (old), x86-64-v4 on rank 1 (new), expected the "
                    + "same on all ranks; start all ranks with "
                    + "`mpirun -x DISTRAIN_VECTORS=baseline …`",
            ])
        #expect(RankComparison.coreType(for: .x86_64_v4) == "SkylakeX")
    }

    @Test func otherBuildsAreNamed() {
        let first = identity("node1")
        #expect(
            messages([first, identity("node2", program: "bb"), identity("node3", program: nil)])
                == [
                    "distrain: aa on rank 0 (node1), bb on rank 1 (node2), unreadable on rank 2 "
                        + "(node3), expected the same on all ranks; install the same build on all "
                        + "hosts and start that one"
                ])
        #expect(
            messages([first, identity("node2", build: "OpenBLAS 0.3.29")]) == [
                "OpenBLAS: OpenBLAS 0.3.21 on rank 0 (node1), OpenBLAS 0.3.29 on rank 1 (node2), "
                    + "expected the same on all ranks; install the same OpenBLAS on all hosts, or "
                    + "point LD_LIBRARY_PATH at the same one"
            ])
    }

    @Test func everyFailureIsABadLaunch() {
        let failures = RankComparison([identity("a"), identity("b", program: "bb")]).failures
        #expect(failures.map(\.exitCode) == [.badLaunch])
    }

    @Test func manyHostsAreCounted() {
        let names = (1...6).map { "node\($0)" }
        let grouping = RankGrouping(names.map { _ in "Zen" }, hosts: names)
        #expect(grouping.text == "Zen on ranks 0–5 (node1, node2, node3 and 3 more)")
    }

    @Test func anIdentitySurvivesItsWay() throws {
        let identities = [identity("a"), identity("b", program: nil)]
        #expect(try RankIdentity.decoded(identities.map { try $0.encoded() }) == identities)
    }
}
