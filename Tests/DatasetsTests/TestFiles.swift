import CZlib
import Diagnostics
import Foundation
import Testing

/// Real data sets, which are too large for the repository.
enum RealData {
    /// The folder `shared/data` beside the package, or what `DISTRAIN_TEST_DATA` names.
    static let folder =
        ProcessInfo.processInfo.environment["DISTRAIN_TEST_DATA"]
        ?? URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../shared/data")
        .standardizedFileURL.path

    static let hasCIFAR10 = exists("cifar-10-batches-bin/data_batch_1.bin")
    static let hasMNIST = exists("mnist/train-images-idx3-ubyte.gz")

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + path)
    }
}

/// A folder of one test's own, deleted with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/datasets-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, with its folders, and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    func contains(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/" + name)
    }
}

/// An IDX file: header and values.
func idx(_ dimensions: [UInt32], values: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(dimensions.count)]
        + dimensions.flatMap { dimension in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: dimension >> $0) }
        } + values
}

/// The bytes as one gzip member.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    var status = deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    try #require(status == Z_OK)
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1000)
    let room = output.count
    let left = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            status = deflate(&stream, Z_FINISH)
            return Int(stream.avail_out)
        }
    }
    try #require(status == Z_STREAM_END)
    return Array(output[..<(room - left)])
}

/// The failure that a body throws, or nil (with an issue) if it throws none.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation, of body: () throws -> Void
) -> Failure? {
    #expect(throws: Failure.self, sourceLocation: sourceLocation) { try body() }
}

/// Distinct but reproducible bytes.
func pattern(_ count: Int, seed: Int = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 31 &+ seed &* 17) ^ ($0 >> 5)) }
}
