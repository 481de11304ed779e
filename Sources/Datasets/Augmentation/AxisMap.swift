/// For each place along an axis of the result, the place in the stored image, or none for black.
///
/// The memory belongs to a loader thread and is used again for each image.
struct AxisMap {
    /// Stands for black among the places of the stored image.
    static let outside: Int32 = -1

    /// Stored place of each result place, or `outside`.
    private(set) var places: UnsafeMutableBufferPointer<Int32>
    private var spare: UnsafeMutableBufferPointer<Int32>

    /// Allocates the map of an axis; `deallocate` gives the memory back.
    init(count: Int) {
        places = .allocate(capacity: count)
        spare = .allocate(capacity: count)
        spare.initialize(repeating: 0)
        places.initialize(repeating: 0)
        reset()
    }

    func deallocate() {
        places.deallocate()
        spare.deallocate()
    }

    /// Makes every place its own source.
    func reset() {
        for place in 0..<places.count { places[place] = Int32(truncatingIfNeeded: place) }
    }

    /// Mirrors the axis.
    mutating func reverse() { places.reverse() }

    /// Moves the image along the axis: the new place `i` shows what was at place `i + distance`.
    ///
    /// - Parameters:
    ///   - distance: Places to move by, in either direction.
    ///   - fill: What is shown where there was no place.
    mutating func move(by distance: Int, fill: Fill) {
        for place in 0..<places.count {
            let source = fill.source(of: place + distance, count: places.count)
            spare[place] = source.map { places[$0] } ?? Self.outside
        }
        swap(&places, &spare)
    }
}
