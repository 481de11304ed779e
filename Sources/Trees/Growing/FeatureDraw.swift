import Randomness

/// Draws the features from which a node's split is chosen.
struct FeatureDraw {
    private let key: RandomKey
    /// The features in ascending order, but for the time of a draw.
    private var order: [Int32]

    /// Prepares draws.
    ///
    /// - Parameters:
    ///   - featureCount: The number of features.
    ///   - key: The key of the tree.
    init(featureCount: Int, key: RandomKey) {
        self.key = key.derived("features")
        order = (0..<Int32(featureCount)).map { $0 }
    }

    /// Some features of the random order that belongs to a node.
    ///
    /// - Parameters:
    ///   - places: Which of that order.
    ///   - node: The node.
    ///   - drawn: Where they go.
    ///
    /// Source: Durstenfeld 1964, from the front and as far as needed.
    mutating func draw(
        _ places: Range<Int>, ofNode node: Int, into drawn: UnsafeMutablePointer<Int32>
    ) {
        let key = key.derived(node)
        func partner(of place: Int) -> Int {
            place + key.integer(below: order.count - place, at: place)
        }
        for place in 0..<places.upperBound { order.swapAt(place, partner(of: place)) }
        for (index, place) in places.enumerated() { drawn[index] = order[place] }
        // Swapped back, so that the next draw begins with the same order.
        for place in (0..<places.upperBound).reversed() { order.swapAt(place, partner(of: place)) }
    }
}
