/// A division of a node's rows by one feature.
struct Split: Hashable {
    /// Which feature.
    let feature: Int
    /// The last bin that goes left; all bins do where only missing values go right.
    let bin: Int
    /// The first bin on the right that the node's rows have; the number of bins if there is none.
    let next: Int
    /// Whether missing values go left.
    let sendsMissingLeft: Bool

    /// The number of integers by which ranks exchange a split.
    static let wordCount = 4

    /// The split as integers, the first of which is above 0.
    var words: [Int64] {
        [Int64(feature + 1), Int64(bin), Int64(next), sendsMissingLeft ? 1 : 0]
    }

    init(feature: Int, bin: Int, next: Int, sendsMissingLeft: Bool) {
        self.feature = feature
        self.bin = bin
        self.next = next
        self.sendsMissingLeft = sendsMissingLeft
    }

    /// The split that has become integers; nil if there is none.
    init?(words: ArraySlice<Int64>) {
        let first = words.startIndex
        guard words[first] > 0 else { return nil }
        feature = Int(words[first]) - 1
        bin = Int(words[first + 1])
        next = Int(words[first + 2])
        sendsMissingLeft = words[first + 3] == 1
    }
}
