import CZlib
import Diagnostics

/// A picture of bytes, as a PNG file.
///
/// Source: W3C, Portable Network Graphics (second edition).
public struct PNGImage: Sendable {
    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Values of a pixel: 1 for grey, 3 for red, green and blue.
    public let channels: Int
    /// The picture, `[height, width, channel]`.
    public private(set) var pixels: [UInt8]

    /// Creates a picture of one grey.
    ///
    /// - Parameters:
    ///   - height: Rows, at least 1.
    ///   - width: Columns, at least 1.
    ///   - channels: 1 or 3.
    ///   - grey: The value of all pixels.
    public init(height: Int, width: Int, channels: Int, grey: UInt8) {
        precondition(
            height > 0 && width > 0 && (channels == 1 || channels == 3),
            "no picture of \(height)×\(width)×\(channels)")
        (self.height, self.width, self.channels) = (height, width, channels)
        pixels = [UInt8](repeating: grey, count: height * width * channels)
    }

    /// A value of a pixel.
    public subscript(row: Int, column: Int, channel: Int) -> UInt8 {
        get { pixels[(row * width + column) * channels + channel] }
        set { pixels[(row * width + column) * channels + channel] = newValue }
    }

    /// The file.
    ///
    /// - Returns: Its bytes.
    /// - Throws: `Failure` with `.internalError` if zlib cannot compress the picture.
    public func encoded() throws -> [UInt8] {
        let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        // 8 bits a value, the only compression and filters there are, no interlacing.
        let header =
            bigEndian(width) + bigEndian(height) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
        return signature + chunk("IHDR", header) + chunk("IDAT", try compressedRows())
            + chunk("IEND", [])
    }

    /// All rows as one zlib stream, each with the filter "none" before it.
    private func compressedRows() throws -> [UInt8] {
        var rows: [UInt8] = []
        let rowCount = width * channels
        rows.reserveCapacity(height * (rowCount + 1))
        for row in 0..<height {
            rows.append(0)
            rows += pixels[row * rowCount..<(row + 1) * rowCount]
        }
        var count = compressBound(UInt(rows.count))
        var stream = [UInt8](repeating: 0, count: Int(count))
        let status = compress2(&stream, &count, rows, UInt(rows.count), Z_DEFAULT_COMPRESSION)
        guard status == Z_OK else {
            throw Failure(.internalError, in: "PNG", found: "zlib does not compress (\(status))")
        }
        return Array(stream[..<Int(count)])
    }

    /// A chunk: its length, its type, its contents and a checksum of the last two.
    private func chunk(_ type: String, _ contents: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + contents
        return bigEndian(contents.count) + body + bigEndian(Int(crc32(0, body, UInt32(body.count))))
    }

    private func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
