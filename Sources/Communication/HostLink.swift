import Diagnostics
import Glibc

/// How the watchdogs of hosts hear of each other: datagrams beside MPI, which is of no use where a
/// host hangs, between the first rank of each host and that of the first.
///
/// A host of which nothing was ever heard is not missed: a firewall may be in the way.
final class HostLink {
    /// What was last heard of ranks on other hosts.
    private(set) var remote: [RankStatus] = []

    private struct Peer {
        var addresses: [sockaddr_in]
        var lastHeard: ContinuousClock.Instant?
        var statuses: [RankStatus] = []
    }

    private static let capacity = 60_000
    private let socket: Int32
    private let index: Int
    private var peers: [Peer]
    private var buffer: [UInt8]

    /// Opens the link; the first ranks of all hosts have to call it.
    ///
    /// - Parameter leaders: The group of these ranks.
    /// - Throws: `AgreedFailure` if a socket cannot be had; `Failure` if the message-passing system
    ///   reports an error.
    init(leaders: any Communicator) throws {
        index = leaders.rank
        buffer = [UInt8](repeating: 0, count: Self.capacity)
        let socket = try leaders.agreeing { try Self.open() }
        self.socket = socket.descriptor
        let own = Self.localAddresses(port: socket.port).flatMap { address in
            withUnsafeBytes(of: address) { Array($0) }
        }
        peers = try leaders.allGather(own).map { bytes in
            let size = MemoryLayout<sockaddr_in>.size
            return Peer(
                addresses: stride(from: 0, to: bytes.count, by: size).map { offset in
                    bytes.withUnsafeBytes {
                        $0.loadUnaligned(fromByteOffset: offset, as: sockaddr_in.self)
                    }
                })
        }
    }

    deinit { close(socket) }

    /// Whether this is the first host, which hears of all.
    var isFirstHost: Bool { index == 0 }

    /// Tells others of this host, and hears of them; waits for nobody.
    ///
    /// - Parameter statuses: Those of the ranks of this host.
    func exchange(_ statuses: [RankStatus]) {
        let sender = withUnsafeBytes(of: UInt32(index).littleEndian) { Array($0) }
        let message = (sender + StatusMessage.encoded(statuses)).prefix(Self.capacity)
        for peer in isFirstHost ? Array(peers.indices.dropFirst()) : [0] {
            send(Array(message), to: peers[peer].addresses)
        }
        receive()
        remote = peers.flatMap(\.statuses)
    }

    /// A rank of a host that has been silent for too long, and has not left in order.
    func silentHost(for limit: Duration) -> RankStatus? {
        let now = ContinuousClock.now
        // Other hosts than the first tell in turn, so that one is heard.
        let limit = limit + .seconds(2 * min(index, 5))
        for peer in peers {
            guard let heard = peer.lastHeard, now - heard > limit,
                var status = peer.statuses.first(where: { !$0.hasLeft })
            else { continue }
            status.sinceSign = now - heard
            return status
        }
        return nil
    }

    private func send(_ message: [UInt8], to addresses: [sockaddr_in]) {
        for address in addresses {
            withUnsafePointer(to: address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    // What does not arrive is sent anew soon.
                    _ = sendto(
                        socket, message, message.count, Int32(MSG_DONTWAIT), $0,
                        socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    private func receive() {
        while true {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { return }
            let sender = buffer.withUnsafeBytes {
                Int(UInt32(littleEndian: $0.load(as: UInt32.self)))
            }
            guard count > 4, peers.indices.contains(sender), sender != index,
                let statuses = StatusMessage.decoded(Array(buffer[4..<count]))
            else { continue }
            peers[sender].lastHeard = .now
            peers[sender].statuses = statuses
        }
    }

    private static func open() throws -> (descriptor: Int32, port: in_port_t) {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard descriptor >= 0, isBound else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw Failure(.inputOutput, in: "a socket for watching hosts", found: reason)
        }
        return (descriptor, address.sin_port)
    }

    /// This host's addresses that others may reach.
    private static func localAddresses(port: in_port_t) -> [sockaddr_in] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var addresses: [sockaddr_in] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, Int32(address.pointee.sa_family) == AF_INET,
                entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0
            else { continue }
            var copy = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee }
            copy.sin_port = port
            addresses.append(copy)
        }
        return addresses
    }
}
