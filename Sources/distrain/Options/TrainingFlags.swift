import ArgumentParser

/// All options of a training, and of what looks at one before it begins.
package struct TrainingFlags: ParsableArguments {
    @Option(help: ArgumentHelp("A YAML file with some of these options.", valueName: "file"))
    var config: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The exit code of a run that wrote a checkpoint and is to be submitted again; 75 if not "
                + "given, Grid Engine wants 99.",
            valueName: "n"))
    var requeueCode: String?

    @OptionGroup(title: "Data and network") var data: DataFlags
    @OptionGroup(title: "Trees") var trees: TreeFlags
    @OptionGroup(title: "Length") var length: LengthFlags
    @OptionGroup(title: "Loss, optimizer and schedule") var optimizer: OptimizerFlags
    @OptionGroup(title: "Output") var output: OutputFlags
    @OptionGroup(title: "Process") var process: ProcessFlags

    /// Asks for nothing.
    package init() {}

    /// What flags, file and environment ask for.
    ///
    /// - Parameter environment: Knows where data sets are.
    /// - Returns: All of it together.
    /// - Throws: As `RunRequest`.
    package func request(_ environment: LaunchEnvironment) throws -> RunRequest {
        try RunRequest(
            [data, trees, length, optimizer, output], process: process, requeueCode: requeueCode,
            file: config, environment: environment)
    }
}
