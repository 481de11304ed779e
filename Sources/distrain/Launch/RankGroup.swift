import Communication
import Diagnostics

/// The ranks of this run, from the start of MPI to its end.
struct RankGroup {
    /// All ranks.
    let communicator: any Communicator
    private let world: MPICommunicator?

    /// Starts MPI if a launcher started the process, and checks that it connects all ranks.
    ///
    /// - Parameter environment: What the launcher says.
    /// - Throws: `Failure` with `.badLaunch` if MPI cannot be started or knows fewer ranks than the
    ///   launcher started.
    init(_ environment: LaunchEnvironment) throws {
        // Without a connection MPI_Init may end the process with a message of its own.
        guard environment.isConnected else {
            if let expected = environment.expectedGroup, expected.rankCount > 1 {
                throw Self.separated(expected, found: 1)
            }
            world = nil
            communicator = SingleProcessCommunicator()
            return
        }
        let world = try MPICommunicator.world()
        self.world = world
        communicator = world
        if let expected = environment.expectedGroup, expected.rankCount != world.rankCount {
            throw Self.separated(expected, found: world.rankCount)
        }
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
        let fix =
            expected.variable.hasPrefix("SLURM")
            ? "start it with mpirun inside of the job script, or with srun --mpi=pmix"
            : "start it with Open MPI's mpirun"
        return Failure(
            .badLaunch, in: "launch",
            expected: "\(expected.rankCount) as \(expected.variable) says",
            found: "MPI connects \(rankCount.counted("rank"))", fix: fix)
    }
}
