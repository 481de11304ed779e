import ArgumentParser
import Datasets
import Layers

/// Which images, and which network.
struct DataFlags: ConfigurationFlags {
    @Option(
        help: ArgumentHelp(
            "The data set: \(DatasetName.allCases.map(\.rawValue).joined(separator: ", ")). "
                + "auto takes cifar10 if it is found, else builtin: generated images.",
            valueName: "name"))
    var dataset: String?

    @Option(
        help: ArgumentHelp(
            "The folder with the data sets' files, or with their folders. "
                + "The default is $DISTRAIN_DATA, else ./data.", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "The network: \(ModelCatalog.all.map(\.name).joined(separator: ", ")). "
                + "The default depends on the data set, as those of the optimizer depend on "
                + "the network.",
            valueName: "name"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "Random changes of training images, or none: "
                + "\(Augmentation.usages.joined(separator: ", ")).",
            valueName: "name,name…"))
    var augment: String?

    @Option(
        help: ArgumentHelp(
            "Pixels as numbers: dataset (by mean and deviation), unit (0 to 1), "
                + "symmetric (-1 to 1).",
            valueName: "name"))
    var normalization: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Threads that load images, on each rank.", valueName: "n"))
    var loaderThreads: String?
}
