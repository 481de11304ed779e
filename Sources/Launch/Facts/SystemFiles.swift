import FoundationEssentials
import Glibc

/// What the kernel tells in files of /proc and /sys.
package enum SystemFiles {
    /// More than any such file has.
    private static let largestByteCount = 16 << 20

    /// The text of a file without white space around it; nil if it cannot be read or does not end.
    ///
    /// Files of /proc come in pieces, which Foundation takes for the end.
    package static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &piece, piece.count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self).trimmed }
            guard count > 0, bytes.count <= largestByteCount else { return nil }
            bytes += piece[..<count]
        }
    }

    /// The value of a line such as `MemTotal:  16384 kB`; nil if there is none.
    static func value(of key: String, in path: String) -> String? {
        guard
            let line = text(path)?.split(separator: "\n").first(where: { $0.hasPrefix(key + ":") })
        else { return nil }
        return String(line.dropFirst(key.count + 1)).trimmed
    }

    /// The names in a folder, sorted; none if there is no such folder.
    static func names(in path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// The numbers in a list such as `0-3,8`; nothing for what is no such list.
    package static func numbers(inList text: String) -> [Int] {
        text.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return [] }
            return Array(first...last)
        }
    }
}

extension String {
    /// The text without white space around it.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(start.prefix(start.count - start.reversed().prefix { $0.isWhitespace }.count))
    }
}
