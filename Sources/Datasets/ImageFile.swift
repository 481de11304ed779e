/// Single files of images, as given to `predict`.
public enum ImageFile {
    /// Opens one file: CIFAR-10 records if its name ends in `.bin`, else IDX images (plain or gzip).
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - labels: An IDX file with the classes, if there is one; CIFAR-10 records hold their own.
    /// - Returns: Its images; without labels if an IDX file came alone.
    /// - Throws: `Failure` with `.missingInput` for a missing file, with `.badData` for a wrong one.
    public static func open(_ path: String, labels: String? = nil) throws -> any ImageSource {
        path.hasSuffix(".bin") && labels == nil
            ? try CIFAR10(file: path) : try IDXImages(images: path, labels: labels)
    }
}
