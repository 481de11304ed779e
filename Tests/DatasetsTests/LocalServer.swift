import Foundation
import Testing

/// An HTTP server for tests: files from memory on 127.0.0.1, with ranges, faults on demand and a
/// record of the requests.
///
/// `@unchecked Sendable`: `lock` guards what changes.
final class LocalServer: @unchecked Sendable {
    struct Request: Equatable {
        let path: String
        /// Where the client asked to begin, or nil without a `Range` header.
        let start: Int?
    }

    /// How the server behaves.
    struct Behaviour {
        var files: [String: [UInt8]]
        var supportsRanges = true
        /// Closes the next connection that serves a file after so many of its bytes.
        var nextCut: Int?
    }

    /// The address of the root, ending in a slash.
    let url: String
    private let listener: Int32
    private let lock = NSLock()
    private var behaviour: Behaviour
    private var log: [Request] = []

    init(_ files: [String: [UInt8]]) throws {
        behaviour = Behaviour(files: files)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(listener >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) + listen(listener, 8)
                    + getsockname(listener, address, &length)
            }
        }
        try #require(status == 0)
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
        Thread.detachNewThread { [weak self] in
            // Nobody else closes it: its number would go to the next server at once, whose
            // connections this thread would then accept and drop.
            defer { close(listener) }
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 {
                    // The answer to `shutdown`; anything else concerns one connection.
                    if errno == EINVAL { return }
                    continue
                }
                self?.serve(connection)
                close(connection)
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// What was asked for so far.
    var requests: [Request] { lock.withLock { log } }

    func change(_ change: (inout Behaviour) -> Void) {
        lock.withLock { change(&behaviour) }
    }

    private func serve(_ connection: Int32) {
        guard let request = receive(connection) else { return }
        let (behaviour, cut) = lock.withLock { () -> (Behaviour, Int?) in
            log.append(request)
            defer { self.behaviour.nextCut = nil }
            return (self.behaviour, self.behaviour.nextCut)
        }
        guard let file = behaviour.files[request.path] else {
            return send(connection, "404 Not Found", [], body: [])
        }
        guard let start = request.start, behaviour.supportsRanges else {
            return send(connection, "200 OK", [], body: file[...], cut: cut)
        }
        guard start < file.count else {
            return send(
                connection, "416 Range Not Satisfiable", ["Content-Range: bytes */\(file.count)"],
                body: [])
        }
        send(
            connection, "206 Partial Content",
            ["Content-Range: bytes \(start)-\(file.count - 1)/\(file.count)"], body: file[start...],
            cut: cut)
    }

    private func receive(_ connection: Int32) -> Request? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("\r\n\r\n") {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        let lines = text.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
        let start = range.flatMap { line in
            Int(line.dropFirst("range: bytes=".count).prefix { $0.isNumber })
        }
        return Request(path: String(words[1].dropFirst()), start: start)
    }

    private func send(
        _ connection: Int32, _ status: String, _ headers: [String], body: ArraySlice<UInt8>,
        cut: Int? = nil
    ) {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)", "Connection: close"]
        let text = (head + headers).joined(separator: "\r\n") + "\r\n\r\n"
        let bytes = Array(text.utf8) + body.prefix(cut ?? body.count)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                Foundation.send(
                    connection, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
