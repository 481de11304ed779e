import Communication
import Diagnostics
import Launch

/// The ranks of this run, from the start of MPI to its end.
struct RankGroup {
    /// All ranks.
    let communicator: any Communicator
    private let world: MPICommunicator?

    /// Starts MPI if a launcher started the process, and checks that it connects all ranks.
    ///
    /// - Parameters:
    ///   - environment: What the launcher says.
    ///   - isDiagnosis: Whether ranks that do not know of each other are to be looked into: the
    ///     first of them then goes on alone.
    /// - Throws: `Failure` with `.badLaunch` if MPI cannot be started or knows fewer ranks than the
    ///   launcher started.
    init(_ environment: LaunchEnvironment, isDiagnosis: Bool = false) throws {
        func checkSize(_ rankCount: Int) throws {
            guard let expected = environment.expectedGroup, expected.rankCount != rankCount,
                !(isDiagnosis && expected.rank == 0)
            else { return }
            throw Self.separated(expected, found: rankCount)
        }
        // Without a connection MPI_Init may end the process with a message of its own.
        guard environment.isConnected else {
            try checkSize(1)
            world = nil
            communicator = SingleProcessCommunicator()
            return
        }
        let world = try MPICommunicator.world()
        self.world = world
        communicator = world
        try checkSize(world.rankCount)
    }

    /// Ends MPI where it was started.
    ///
    /// Every rank has to call it.
    ///
    /// - Throws: `Failure` if MPI reports an error.
    func finalize() throws { try world?.finalize() }

    /// The failure of ranks that were started together but do not know of each other.
    private static func separated(
        _ expected: LaunchEnvironment.ExpectedGroup, found rankCount: Int
    ) -> Failure {
        return Failure(
            .badLaunch, in: "launch",
            expected: "\(expected.rankCount) as \(expected.variable) says",
            found: "MPI connects \(rankCount.counted("rank"))",
            fix: LauncherFacts.separationFix(expected.variable))
    }
}
