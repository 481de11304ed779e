import ArgumentParser
import Diagnostics

/// `distrain export`.
struct Export: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a trained network for other programs.",
        discussion: """
            safetensors: parameters and running statistics by PyTorch's names, in PyTorch's order of
            elements.

            EXAMPLES
              distrain export --checkpoint runs/cifar-net-cifar10 --output cifar-net.safetensors
            """)
    static let computes = false

    /// The forms that can be written.
    private static let formats = ["safetensors"]

    @OptionGroup var source: CheckpointOption

    @Option(help: ArgumentHelp("The form of the file: safetensors.", valueName: "name"))
    var format = "safetensors"

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    func execute(_ run: ProgramRun) throws -> ExitCode {
        try run.communicator.agreeing {
            guard Self.formats.contains(format) else {
                throw Failure(
                    .usage, in: "--format",
                    expected: "one of \(Self.formats.joined(separator: ", "))",
                    found: "\"\(format)\"",
                    fix: Self.formats.nearest(to: format).map { "did you mean \($0)?" })
            }
        }
        try run.onFirstRank {
            let network = try TrainedNetwork(source.checkpoint)
            try network.model.write(to: output)
            try run.console.print("\(output): \(network.model.description.name)")
        }
        return .success
    }
}
