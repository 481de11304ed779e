/// What launchers, schedulers and the user say in the environment, and is the same on all ranks.
public struct LauncherFacts: Codable, Hashable, Sendable {
    /// A number of ranks that a variable speaks of.
    public struct Expectation: Codable, Hashable, Sendable {
        /// The variable.
        public let variable: String
        /// The number.
        public let rankCount: Int
        /// Whether so many processes were started; else the job only has room for them.
        public let isStarted: Bool

        /// Takes over a number.
        ///
        /// - Parameters:
        ///   - variable: The variable.
        ///   - rankCount: The number.
        ///   - isStarted: Whether so many processes were started.
        public init(variable: String, rankCount: Int, isStarted: Bool) {
            self.variable = variable
            self.rankCount = rankCount
            self.isStarted = isStarted
        }
    }

    /// All numbers that are known.
    public var expectations: [Expectation] = []
    /// The core type that the user forces on OpenBLAS, or nil.
    public var forcedCoreType: String?

    /// Nothing known yet.
    public init() {}

    /// How ranks that were started together get to know of each other.
    ///
    /// - Parameter variable: By which is known that they were started together.
    /// - Returns: What to do.
    public static func separationFix(_ variable: String) -> String {
        variable.hasPrefix("SLURM")
            ? "start it with mpirun inside of the job script, or with srun --mpi=pmix"
            : "start it with Open MPI's mpirun"
    }
}
