import CZlib
import Diagnostics

/// Decompresses a gzip file that is in memory, piece by piece, into memory of the caller's.
///
/// Nothing is allocated in proportion to what the file claims to hold.
final class GzipReader {
    /// Deflate cannot compress better than this.
    ///
    /// Source: zlib's technical notes, 1032 : 1.
    static let largestRatio = 1032

    private static let fix = "fetch it again"
    /// `inflate` takes 32-bit counts, so that large files and buffers are handed over in pieces.
    private static let pieceByteCount = 1 << 30

    private let path: String
    private let bytes: ImmutableBytes
    private let stream: UnsafeMutablePointer<z_stream>
    private var position = 0
    private var isAtEnd = false

    /// Whether a file begins as gzip files do.
    static func isGzip(_ bytes: ImmutableBytes, at position: Int = 0) -> Bool {
        bytes.count - position >= 2 && bytes.start[position] == 0x1f
            && bytes.start[position + 1] == 0x8b
    }

    /// Starts at the beginning of a file.
    ///
    /// - Parameters:
    ///   - bytes: The compressed file.
    ///   - path: What messages call it.
    /// - Throws: `Failure` with `.internalError` if zlib cannot start.
    init(_ bytes: ImmutableBytes, path: String) throws {
        self.bytes = bytes
        self.path = path
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, plus 16: a gzip header and no other.
        let status = inflateInit2_(
            stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw Failure(.internalError, in: path, found: "zlib does not start (\(status))")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses the next bytes.
    ///
    /// - Parameters:
    ///   - count: The number of bytes wanted.
    ///   - output: Room for them.
    /// - Returns: The bytes written: `count`, or fewer at the end of the file.
    /// - Throws: `Failure` with `.badData` if the file is broken or ends too early.
    func read(_ count: Int, into output: UnsafeMutablePointer<UInt8>) throws -> Int {
        var written = 0
        while written < count && !isAtEnd {
            let input = min(bytes.count - position, Self.pieceByteCount)
            let room = min(count - written, Self.pieceByteCount)
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.start + position)
            stream.pointee.avail_in = UInt32(input)
            stream.pointee.next_out = output + written
            stream.pointee.avail_out = UInt32(room)
            let status = inflate(stream, Z_NO_FLUSH)
            position += input - Int(stream.pointee.avail_in)
            written += room - Int(stream.pointee.avail_out)
            switch status {
            case Z_OK: continue
            case Z_STREAM_END: try endMember()
            case Z_BUF_ERROR where position == bytes.count: throw truncated()
            default: throw broken()
            }
        }
        return written
    }

    /// After one gzip member there is nothing, or another member.
    private func endMember() throws {
        guard position < bytes.count else {
            isAtEnd = true
            return
        }
        guard Self.isGzip(bytes, at: position), inflateReset(stream) == Z_OK else {
            throw Failure(
                .badData, in: path, expected: "the file's end",
                found: "\((bytes.count - position).grouped) trailing bytes after the gzip data",
                fix: Self.fix)
        }
    }

    private func truncated() -> Failure {
        Failure(
            .badData, in: path, expected: "more gzip data",
            found: "the file's end after \(bytes.count.grouped) bytes", fix: Self.fix)
    }

    private func broken() -> Failure {
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "no reason given"
        return Failure(
            .badData, in: path, expected: "gzip data", found: "broken gzip data (\(reason))",
            fix: Self.fix)
    }
}
