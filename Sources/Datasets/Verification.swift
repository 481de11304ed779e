import Diagnostics

/// How one file of a data set compares with its published checksum.
public struct Verification: Hashable, Sendable {
    /// The outcome for a file.
    public enum Outcome: Hashable, Sendable {
        /// The checksum is the published one.
        case verified(Checksum)
        /// The checksum is another one.
        case differs(expected: Checksum, found: Checksum)
        /// There is no such file.
        case missing
        /// The file is there, but nobody has published a checksum of this form of it.
        case unknown
    }

    /// The file.
    public let path: String
    /// How it compares.
    public let outcome: Outcome

    /// Whether the file can be trained on: it is there and does not differ.
    public var isGood: Bool {
        switch outcome {
        case .verified, .unknown: true
        case .differs, .missing: false
        }
    }

    /// Compares every file of a data set with its published checksum.
    ///
    /// - Parameters:
    ///   - name: The data set; `.auto` is CIFAR-10.
    ///   - folder: The data folder, as for `Dataset.open`.
    /// - Returns: One outcome a file.
    /// - Throws: `Failure` with `.missingInput` if there is no file of the data set, with `.usage`
    ///   for `.builtin`, which has none, with `.inputOutput` if a file cannot be read.
    public static func verify(_ name: DatasetName, folder: String) throws -> [Verification] {
        let name = name == .auto ? .cifar10 : name
        _ = try Download.official(name)
        let found = try DatasetFiles.requiredFolder(of: name, in: folder)
        let checksums = KnownFiles.checksums(of: name)
        return try DatasetFiles.fileNames(of: name).map { fileName in
            let path = DatasetFiles.plainOrCompressed(fileName, in: found)
            return Verification(
                path: path, outcome: try outcome(of: path, in: found, checksums: checksums))
        }
    }

    private static func outcome(
        of path: String, in folder: String, checksums: [String: Checksum]
    ) throws -> Outcome {
        guard DatasetFiles.exists(path) else { return .missing }
        guard let expected = checksums[String(path.dropFirst(folder.count + 1))] else {
            return .unknown
        }
        let found = try expected.ofFile(path)
        return found == expected ? .verified(found) : .differs(expected: expected, found: found)
    }
}

extension Verification: CustomStringConvertible {
    /// One line: the path, and how it compares.
    public var description: String {
        switch outcome {
        case .verified(let checksum): "\(path): verified, \(checksum)"
        case .differs(let expected, let found):
            "\(path): \(found), expected \(expected); fetch it again"
        case .missing: "\(path): missing; fetch it"
        case .unknown: "\(path): present, no published checksum for this form of the file"
        }
    }
}
