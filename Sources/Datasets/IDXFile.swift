import Diagnostics

/// An array of bytes in the IDX form: a magic number that tells type and rank, the dimensions as
/// big-endian 32-bit integers, the values.
///
/// Source: LeCun, Cortes & Burges, the MNIST database.
struct IDXFile {
    /// More than this is taken for a broken header.
    static let largestByteCount = 4 << 30

    private static let fix = "fetch it again"

    let dimensions: [Int]
    private let bytes: ImmutableBytes
    private let offset: Int

    /// The values, in row-major order.
    var values: UnsafePointer<UInt8> { bytes.start + offset }

    /// Reads a file, plain (then it is mapped) or compressed by gzip.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - rank: How many dimensions it must have.
    ///   - fix: What the user can do about a wrong file.
    /// - Throws: `Failure` with `.missingInput` or `.badData`.
    init(path: String, rank: Int, fix: String = Self.fix) throws {
        let file = try ImmutableBytes(mapping: path, fix: fix)
        let headerByteCount = 4 + 4 * rank
        offset = GzipReader.isGzip(file) ? 0 : headerByteCount
        if GzipReader.isGzip(file) {
            (dimensions, bytes) = try Self.decompress(file, rank: rank, path: path)
            return
        }
        guard !path.hasSuffix(".gz") else {
            throw Failure(
                .badData, in: path, expected: "gzip data, which begins with 1f 8b",
                found: hexadecimal(
                    UnsafeBufferPointer(start: file.start, count: min(2, file.count)),
                    separator: " "), fix: fix)
        }
        dimensions = try Self.dimensions(
            of: file.start, available: file.count, rank: rank, path: path)
        let expected = headerByteCount + dimensions.reduce(1, *)
        guard file.count == expected else {
            throw Failure(
                .badData, in: path, expected: "\(expected.grouped) (\(text(of: dimensions)))",
                found: "\(file.count.grouped) bytes", fix: fix)
        }
        bytes = file
    }

    private static func decompress(
        _ file: ImmutableBytes, rank: Int, path: String
    ) throws -> (dimensions: [Int], values: ImmutableBytes) {
        let reader = try GzipReader(file, path: path)
        let headerByteCount = 4 + 4 * rank
        let dimensions = try withUnsafeTemporaryAllocation(
            of: UInt8.self, capacity: headerByteCount
        ) { header in
            guard let start = header.baseAddress else { return [Int]() }
            let found = try reader.read(headerByteCount, into: start)
            return try Self.dimensions(of: start, available: found, rank: rank, path: path)
        }
        let count = dimensions.reduce(1, *)
        guard count / GzipReader.largestRatio <= file.count else {
            throw Failure(
                .badData, in: path, expected: "\(count.grouped) bytes (\(text(of: dimensions)))",
                found: "\(file.count.grouped) compressed bytes, too few to hold them", fix: fix)
        }
        let values = try ImmutableBytes(for: path, count: count + 1) { memory in
            let found = try reader.read(count + 1, into: memory)
            guard found == count else {
                throw Failure(
                    .badData, in: path,
                    expected: "\(count.grouped) bytes of values (\(text(of: dimensions)))",
                    found: found > count ? "more" : found.grouped, fix: fix)
            }
        }
        return (dimensions, values)
    }

    /// Checks a header before anything is believed of it.
    private static func dimensions(
        of header: UnsafePointer<UInt8>, available: Int, rank: Int, path: String
    ) throws -> [Int] {
        let magic: [UInt8] = [0, 0, 8, UInt8(rank)]
        let start = UnsafeBufferPointer(start: header, count: min(4, available))
        guard start.elementsEqual(magic) else {
            throw Failure(
                .badData, in: path,
                expected: "00 00 08 0\(rank) (\(rank == 1 ? "labels" : "images") in IDX form)",
                found: "magic number " + hexadecimal(start, separator: " "),
                fix: "check that this is the right file")
        }
        guard available >= 4 + 4 * rank else {
            throw Failure(
                .badData, in: path, expected: "a header of \(4 + 4 * rank) bytes",
                found: "\(available) bytes", fix: fix)
        }
        let dimensions = (1...rank).map { axis in
            (0..<4).reduce(0) { value, byte in value << 8 | Int(header[4 * axis + byte]) }
        }
        try check(dimensions, path: path)
        return dimensions
    }

    private static func check(_ dimensions: [Int], path: String) throws {
        var product = 1
        for dimension in dimensions {
            let (value, overflows) = product.multipliedReportingOverflow(by: dimension)
            product = overflows ? .max : value
        }
        guard product > 0 && product <= largestByteCount && dimensions[0] <= Int(Int32.max) else {
            throw Failure(
                .badData, in: path,
                expected: "1 to \(largestByteCount.grouped) bytes of values",
                found: "a header of \(text(of: dimensions))", fix: fix)
        }
    }
}

/// As in `60,000 × 28 × 28`.
private func text(of dimensions: [Int]) -> String {
    dimensions.map(\.grouped).joined(separator: " × ")
}
