import ArgumentParser
import Diagnostics
import Training

/// The flags of subcommands that show or measure operations on images.
struct OperationFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Random changes of training images, as for train.", valueName: "name,name…"))
    var augment: String?

    @Option(
        help: ArgumentHelp(
            "What is done to all images first, as for train.", valueName: "name,name…"))
    var preprocess: String?

    /// The words of `--augment`, or nil if it is not given.
    func augmentWords() throws -> [String]? { try words(.augment, augment) }

    /// The words of `--preprocess`, or nil if it is not given.
    func preprocessWords() throws -> [String]? { try words(.preprocess, preprocess) }

    private func words(_ key: ConfigurationKey, _ text: String?) throws -> [String]? {
        try text.map { text in
            guard let words = [String](configurationText: text) else {
                throw Failure(
                    .usage, in: key.flag, expected: [String].expectation, found: "\"\(text)\"")
            }
            return words
        }
    }
}
