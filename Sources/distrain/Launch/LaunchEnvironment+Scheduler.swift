import Launch

extension LaunchEnvironment {
    /// What the launcher, the scheduler and the user say of the launch.
    package var launcherFacts: LauncherFacts {
        var facts = LauncherFacts()
        facts.forcedCoreType = forcedBLASCoreType
        if let expected = expectedGroup {
            facts.expectations.append(
                .init(
                    variable: expected.variable, rankCount: expected.rankCount, isStarted: true))
        }
        facts.expectations += jobSizes.map {
            .init(variable: $0.variable, rankCount: $0.rankCount, isStarted: false)
        }
        return facts
    }

    /// How many ranks the scheduler gave the job room for, by the variables of Slurm, PBS, LSF and
    /// Grid Engine.
    private var jobSizes: [(variable: String, rankCount: Int)] {
        // mpirun may start daemons on the hosts by srun, whose step then counts those.
        let isDaemonsStep = isUnderMPIRun && text("SLURM_STEP_NUM_TASKS") != nil
        let names = (isDaemonsStep ? [] : ["SLURM_NTASKS"]) + ["LSB_DJOB_NUMPROC", "NSLOTS"]
        var sizes = names.compactMap { name in
            number(name).map { (variable: name, rankCount: $0) }
        }
        if let path = text("PBS_NODEFILE"), let lines = SystemFiles.text(path) {
            // One line for each rank.
            sizes.append(("PBS_NODEFILE", lines.split(separator: "\n").count))
        }
        return sizes
    }

    /// When the scheduler will end the job, in seconds since 1970: `SLURM_JOB_END_TIME`, or nil.
    var jobEndTime: Int? { number("SLURM_JOB_END_TIME") }

    /// The settings of Open MPI's components that carry messages, by name without `OMPI_MCA_`.
    package var librarySettings: [String: String] {
        let prefix = "OMPI_MCA_"
        var settings: [String: String] = [:]
        for name in names where name.hasPrefix(prefix) {
            let setting = String(name.dropFirst(prefix.count))
            let framework = setting.prefix { $0 != "_" }
            if ["btl", "pml", "mtl"].contains(framework) { settings[setting] = text(name) }
        }
        return settings
    }
}
