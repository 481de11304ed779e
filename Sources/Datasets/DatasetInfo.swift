/// What `distrain data info` tells about a data set.
public struct DatasetInfo: Sendable {
    /// Counts of one split.
    public struct Split: Hashable, Sendable {
        /// The number of images.
        public let count: Int
        /// The number of images of each class.
        public let classCounts: [Int]

        init(_ source: any ImageSource) {
            var counts = [Int](repeating: 0, count: source.classNames.count)
            for image in 0..<source.count { counts[source.label(at: image)] += 1 }
            count = source.count
            classCounts = counts
        }
    }

    /// Which data set.
    public let name: DatasetName
    /// The size of every image.
    public let format: ImageFormat
    /// The names of the classes.
    public let classNames: [String]
    /// The training images.
    public let training: Split
    /// The test images.
    public let test: Split
    /// Means and deviations of the training images, as bytes.
    public let statistics: ChannelStatistics
    /// The constants that training uses if no others are given.
    public let normalization: Normalization

    /// Reads a whole data set.
    ///
    /// - Parameter dataset: The data set.
    public init(_ dataset: Dataset) {
        name = dataset.name
        format = dataset.training.format
        classNames = dataset.training.classNames
        training = Split(dataset.training)
        test = Split(dataset.test)
        statistics = ChannelStatistics(of: dataset.training)
        normalization = dataset.training.normalization
    }
}
