import ArgumentParser
import Diagnostics
import FoundationEssentials
import Interchange
import Training

/// `distrain export`.
struct Export: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a trained model for other programs.",
        discussion: """
            safetensors: parameters and running statistics by PyTorch's names, in PyTorch's order of
            elements; of trees their nodes. onnx: the whole model, which takes images as bytes, or
            the columns of a table, and tells labels and probabilities, or values. text: trees in
            words, and the importance of features.

            EXAMPLES
              distrain export --checkpoint runs/cifar-net-cifar10 --output cifar-net.safetensors
              distrain export --checkpoint runs/cifar-net-cifar10 --format onnx --output net.onnx
              distrain export --checkpoint runs/tree --format text --output tree.txt
            """)
    static let computes = false

    /// The forms that can be written.
    private static let formats = ["onnx", "safetensors", "text"]

    @OptionGroup var source: CheckpointOption

    @Option(
        help: ArgumentHelp(
            "The form of the file: onnx, safetensors, or text for trees.", valueName: "name"))
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
            try write(network.model)
            try run.console.print("\(output): \(network.model.description.name)")
        }
        return .success
    }

    private func write(_ model: any TrainedModel) throws {
        switch format {
        case "onnx": try model.onnxGraph().write(to: URL(fileURLWithPath: output))
        case "text":
            guard let trees = model as? TreeModel else {
                throw Failure(
                    .usage, in: "--format", expected: "onnx or safetensors for a network",
                    found: format, fix: "leave it out; only trees can be written as text")
            }
            try trees.writeText(to: output)
        default: try model.write(to: output)
        }
    }
}
