/// The texts that stand for a missing value.
struct MissingMarkers {
    private let markers: [[UInt8]]
    /// Whether some marker is a number, as `-999` is.
    let areNumbers: Bool
    /// By first byte, whether a marker begins with it.
    private let begins: [Bool]

    /// Collects the markers; the empty text always is one.
    ///
    /// - Parameter markers: The markers, or none for the usual ones.
    init(_ markers: [String]) {
        let texts = markers.isEmpty ? TableOptions.usualMissingMarkers : markers
        self.markers = texts.map { Array($0.utf8) }.filter { !$0.isEmpty }
        areNumbers = self.markers.contains { marker in
            marker.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return false }
                return DecimalNumber.parse(start, from: 0, to: bytes.count).next == bytes.count
            }
        }
        var begins = [Bool](repeating: false, count: 256)
        for marker in self.markers { begins[Int(marker[0])] = true }
        self.begins = begins
    }

    /// Whether a text is one of them.
    func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first else { return true }
        return begins[Int(first)] && markers.contains { text.elementsEqual($0) }
    }
}
