import Foundation

/// What the program takes from environment variables, which nothing else reads.
package struct LaunchEnvironment: Sendable {
    private let variables: [String: String]

    /// Takes over variables.
    ///
    /// - Parameter variables: Their values by name; those of the process if not given.
    package init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
        self.variables = variables
    }

    /// Where the user wants data sets to be looked for without `--data`: `DISTRAIN_DATA`, or nil.
    var givenDataFolder: String? { text("DISTRAIN_DATA") }

    /// Whether text may be coloured.
    ///
    /// Source: https://no-color.org.
    var allowsColor: Bool { text("NO_COLOR") == nil && text("TERM") != "dumb" }

    /// The name of the instruction set that the user forces on the vector kernels, or nil.
    var givenVectors: String? { text("DISTRAIN_VECTORS") }

    /// The fault that the user wants to see, `DISTRAIN_FAULT`, or nil.
    var givenFault: String? { text("DISTRAIN_FAULT") }

    /// Whether Open MPI's `mpirun` started this process.
    var isUnderMPIRun: Bool { text("OMPI_COMM_WORLD_SIZE") != nil }

    /// Whether a launcher started this process in a way that lets MPI find the others.
    var isConnected: Bool {
        ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"].contains { text($0) != nil }
    }

    /// A number of ranks that a launcher speaks of.
    package struct ExpectedGroup: Hashable, Sendable {
        /// The variable that holds the number.
        let variable: String
        /// The number of ranks.
        package let rankCount: Int
        /// This process among them.
        let rank: Int
    }

    /// How many ranks the launcher says it started, or nil without a launcher.
    ///
    /// A Slurm batch script is no launch: only within a job step, that is under `srun`, the number
    /// of tasks is that of the processes.
    package var expectedGroup: ExpectedGroup? {
        let candidates = [
            ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
            ("PMI_SIZE", "PMI_RANK"),
            ("SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
        ]
        for (sizeName, rankName) in candidates {
            if let rankCount = number(sizeName), rankCount >= 1 {
                return ExpectedGroup(
                    variable: sizeName, rankCount: rankCount, rank: number(rankName) ?? 0)
            }
        }
        return nil
    }

    /// The names of all variables, sorted.
    var names: [String] { variables.keys.sorted() }

    /// The value of a variable; nil if it is unset or empty.
    func text(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The value of a variable as a number; nil if it is none.
    func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
}
