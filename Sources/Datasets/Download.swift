import Diagnostics

/// What `distrain data fetch` brings: files with their addresses and checksums.
public struct Download: Hashable, Sendable {
    /// One file to download.
    public struct File: Hashable, Sendable {
        /// Its name on the server and here.
        public let name: String
        /// Its published checksum.
        public let checksum: Checksum

        /// Creates a file's description.
        ///
        /// - Parameters:
        ///   - name: Its name on the server and here.
        ///   - checksum: Its published checksum.
        public init(name: String, checksum: Checksum) {
            self.name = name
            self.checksum = checksum
        }
    }

    /// Where the files are; an address that ends in a slash.
    public let baseURL: String
    /// The folder, in the data folder, that the files end up in.
    public let folderName: String
    /// The files to download.
    public let files: [File]
    /// What `folderName` holds after unpacking, if `files` are tar archives; else empty.
    public let unpackedFiles: [File]

    /// Creates a download.
    ///
    /// - Parameters:
    ///   - baseURL: Where the files are; an address that ends in a slash.
    ///   - folderName: The folder, in the data folder, that the files end up in.
    ///   - files: The files to download.
    ///   - unpackedFiles: If `files` are tar archives, what `folderName` holds after unpacking.
    public init(baseURL: String, folderName: String, files: [File], unpackedFiles: [File] = []) {
        self.baseURL = baseURL
        self.folderName = folderName
        self.files = files
        self.unpackedFiles = unpackedFiles
    }

    /// The official download of a data set.
    ///
    /// - Parameter name: The data set; `.auto` is CIFAR-10.
    /// - Returns: Its files.
    /// - Throws: `Failure` with `.usage` for `.builtin` and tables, which have none.
    public static func official(_ name: DatasetName) throws -> Download {
        switch name {
        case .auto, .cifar10:
            Download(
                baseURL: "https://www.cs.toronto.edu/~kriz/", folderName: "cifar-10-batches-bin",
                files: KnownFiles.cifar10Archive, unpackedFiles: KnownFiles.cifar10)
        case .mnist:
            Download(
                baseURL: "https://ossci-datasets.s3.amazonaws.com/mnist/", folderName: "mnist",
                files: KnownFiles.mnistCompressed)
        case .fashionMNIST:
            Download(
                baseURL: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                folderName: "fashion-mnist", files: KnownFiles.fashionMNISTCompressed)
        case .builtin:
            throw Failure(
                .usage, in: "builtin", found: "generated when it is used: it has no files",
                fix: "name cifar10, mnist or fashion-mnist")
        case .csv:
            throw Failure(
                .usage, in: name.rawValue, found: "a table of your own, that nobody publishes",
                fix: "name cifar10, mnist or fashion-mnist")
        }
    }
}
