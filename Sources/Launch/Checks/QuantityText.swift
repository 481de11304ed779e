import Diagnostics

/// Quantities as findings tell them.
enum QuantityText {
    /// As in `1 rank` and `1,024 ranks`.
    static func count(_ count: Int, _ noun: String) -> String {
        "\(count.grouped) \(noun)\(count == 1 ? "" : "s")"
    }

    /// Bytes as whole MiB, rounded up where they are needed.
    static func neededMiB(_ byteCount: Int) -> String {
        "\(((byteCount + 1 << 20 - 1) >> 20).grouped) MiB"
    }

    /// Bytes as whole MiB, rounded down where they are there.
    static func freeMiB(_ byteCount: Int) -> String { "\((byteCount >> 20).grouped) MiB" }

    /// A number with one digit after the point.
    static func tenths(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
        let tenths = Int((10 * value).rounded())
        return "\((tenths / 10).grouped).\((tenths % 10).magnitude)"
    }

    /// Seconds as µs, ms or s.
    static func time(_ seconds: Double) -> String {
        if seconds < 1e-3 { return "\(tenths(1e6 * seconds)) µs" }
        return seconds < 1 ? "\(tenths(1e3 * seconds)) ms" : "\(tenths(seconds)) s"
    }

    /// Bytes a second as GB/s or MB/s.
    static func rate(_ bytesPerSecond: Double) -> String {
        bytesPerSecond < 1e9
            ? "\(tenths(1e-6 * bytesPerSecond)) MB/s" : "\(tenths(1e-9 * bytesPerSecond)) GB/s"
    }
}
