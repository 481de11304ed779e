import ArgumentParser
import Datasets
import Training

/// Which images, and which network.
struct DataFlags: ConfigurationFlags {
    @Option(
        help: ArgumentHelp(
            "The data set: \(DatasetName.usages.joined(separator: ", ")). "
                + "auto takes cifar10 if it is found, else builtin: generated images.",
            valueName: "name"))
    var dataset: String?

    @Option(
        help: ArgumentHelp(
            "The folder with the data sets' files, or with their folders. "
                + "The default is $DISTRAIN_DATA, else ./data.", valueName: "dir"))
    var data: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The column of a table that is to be predicted: its name, or its number from 1, or "
                + "from the end as in -1.", valueName: "column"))
    var label: String?

    @Option(
        help: ArgumentHelp(
            "What is learned from a table: \(Self.taskNames.joined(separator: ", ")); by default "
                + "texts and up to 20 whole numbers are classes.", valueName: "name"))
    var task: String?

    @Option(
        help: ArgumentHelp(
            "A second table, to measure with; else rows are split off.", valueName: "file"))
    var testFile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The share of a table's rows that is split off to measure with; 0.2 if not given.",
            valueName: "x"))
    var testFraction: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the split is computed from; 42 if not given.", valueName: "n"))
    var splitSeed: String?

    @Option(
        help: ArgumentHelp(
            "What stands between a table's cells: a character, or tab; found out if not given.",
            valueName: "c"))
    var delimiter: String?

    @Flag(
        inversion: .prefixedNo,
        help: "A table's first line holds the names of columns; found out if not given.")
    var header: Bool?

    @Option(
        help: ArgumentHelp(
            "Types of columns in place of those found out: numeric, category or ignored.",
            valueName: "column=type,…"))
    var columnTypes: String?

    @Option(
        help: ArgumentHelp(
            "Cells that stand for a missing value, in place of the usual ones.",
            valueName: "text,text…"))
    var missing: String?

    @Option(
        help: ArgumentHelp(
            "The model: \(RunConfiguration.modelNames.joined(separator: ", ")). "
                + "The default depends on the data set, as those of the optimizer depend on "
                + "the model.",
            valueName: "name"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The lengths of the hidden layers of mlp; 64,32 if not given.", valueName: "n,n…"))
    var hidden: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Random Fourier features of svm; 1000 if not given.", valueName: "n"))
    var kernelFeatures: String?

    @Option(
        help: ArgumentHelp(
            "The kernel of svm is exp(-gamma d²) at a distance d; scale, the default, is "
                + "1 / (features · variance).", valueName: "x"))
    var kernelGamma: String?

    @Option(
        help: ArgumentHelp(
            "What is done to all images first, in training, evaluation and prediction, or none: "
                + "\(Preprocessing.usages.joined(separator: ", ")).",
            valueName: "name,name…"))
    var preprocess: String?

    @Option(
        help: ArgumentHelp(
            "Random changes of training images, or none: "
                + "\(Augmentation.usages.joined(separator: ", ")). "
                + "Numbers are ranges: rotate:15 for -15 to 15, brightness:0.2 for 0.8 to 1.2, "
                + "or LOW..HIGH. FILL is what is beyond the border: zero, reflect, edge or wrap.",
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

    private static let taskNames = TableTask.allCases.map(\.rawValue)
}
