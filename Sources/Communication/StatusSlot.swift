import Glibc

/// What a rank is doing, as others see it.
public struct RankStatus: Sendable, Hashable, Codable {
    /// The rank.
    public var rank: Int
    /// Its process.
    public var process: Int32
    /// Whether this process can look for that process.
    public var processIsVisible: Bool
    /// Its host.
    public var host: String
    /// What it is about, as in "forward".
    public var phase: String
    /// The number of optimizer steps made.
    public var step: Int
    /// The operation with others in which it is; empty between operations.
    public var operation: String
    /// How long phase, step and operation have been as they are.
    public var sinceChange: Duration
    /// How long its watchdog has not been seen to run.
    public var sinceSign: Duration
    /// Whether it has left the watch in order.
    public var hasLeft: Bool
}

/// A place in memory for a rank's status, which it writes and others read.
///
/// What is read while it is being written may be of two moments; it is for reports alone. Unchecked
/// for that reason.
struct StatusSlot: @unchecked Sendable {
    /// Bytes of a slot: whole cache lines.
    static let byteCount = 256

    let base: UnsafeMutableRawPointer

    private enum Offset {
        static let rank = 0
        static let process = 4
        static let hasLeft = 8
        static let namespace = 12
        static let sign = 16
        static let change = 24
        static let step = 32
        static let phase = 40
        static let operation = 88
        static let host = 152
    }
    /// Bytes of each text, with the zero byte that ends it.
    private enum Capacity {
        static let phase = 48
        static let operation = 64
        static let host = 104
    }

    /// Begins a rank's status.
    func begin(rank: Int, host: String) {
        base.storeBytes(of: Int32(rank), toByteOffset: Offset.rank, as: Int32.self)
        base.storeBytes(of: getpid(), toByteOffset: Offset.process, as: Int32.self)
        base.storeBytes(
            of: Self.processNamespace(), toByteOffset: Offset.namespace, as: UInt32.self)
        write(host, at: Offset.host, capacity: Capacity.host)
        write("start", step: 0, operation: nil)
        sign()
    }

    /// Whether this process can look for the rank's process: a container may hide it, or have another
    /// one of the same number.
    var processIsVisible: Bool {
        let namespace = base.load(fromByteOffset: Offset.namespace, as: UInt32.self)
        return namespace != 0 && namespace == Self.processNamespace()
    }

    /// Notes a change.
    func write(_ phase: String, step: Int, operation: String?) {
        write(phase, at: Offset.phase, capacity: Capacity.phase)
        write(operation ?? "", at: Offset.operation, capacity: Capacity.operation)
        base.storeBytes(of: Int64(step), toByteOffset: Offset.step, as: Int64.self)
        base.storeBytes(of: Self.now(), toByteOffset: Offset.change, as: UInt64.self)
    }

    /// Notes that the rank's watchdog runs.
    func sign() { base.storeBytes(of: Self.now(), toByteOffset: Offset.sign, as: UInt64.self) }

    /// Notes that the rank needs no watch any more.
    func leave() { base.storeBytes(of: 1, toByteOffset: Offset.hasLeft, as: UInt32.self) }

    /// The status; nil as long as there is none.
    func read() -> RankStatus? {
        let process = base.load(fromByteOffset: Offset.process, as: Int32.self)
        guard process != 0 else { return nil }
        return RankStatus(
            rank: Int(base.load(fromByteOffset: Offset.rank, as: Int32.self)), process: process,
            processIsVisible: processIsVisible,
            host: text(at: Offset.host, capacity: Capacity.host),
            phase: text(at: Offset.phase, capacity: Capacity.phase),
            step: Int(base.load(fromByteOffset: Offset.step, as: Int64.self)),
            operation: text(at: Offset.operation, capacity: Capacity.operation),
            sinceChange: age(Offset.change), sinceSign: age(Offset.sign),
            hasLeft: base.load(fromByteOffset: Offset.hasLeft, as: UInt32.self) != 0)
    }

    private func age(_ offset: Int) -> Duration {
        let moment = base.load(fromByteOffset: offset, as: UInt64.self)
        let now = Self.now()
        return .nanoseconds(now > moment ? Int64(now - moment) : 0)
    }

    /// Cut to the capacity, and always ended by a zero byte; allocates nothing for a short text.
    private func write(_ text: String, at offset: Int, capacity: Int) {
        var text = text
        text.withUTF8 { bytes in
            let count = min(bytes.count, capacity - 1)
            if let source = bytes.baseAddress {
                (base + offset).copyMemory(from: source, byteCount: count)
            }
            base.storeBytes(of: 0, toByteOffset: offset + count, as: UInt8.self)
        }
    }

    private func text(at offset: Int, capacity: Int) -> String {
        let bytes = UnsafeRawBufferPointer(start: base + offset, count: capacity)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Which numbers of processes this process knows, as Linux counts such namespaces; 0 if unknown.
    private static func processNamespace() -> UInt32 {
        var status = stat()
        return stat("/proc/self/ns/pid", &status) == 0
            ? UInt32(truncatingIfNeeded: status.st_ino) : 0
    }

    /// Nanoseconds of the host's clock that nobody sets.
    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
