/// What is shown where an operation looks beyond the border of an image.
public enum Fill: String, Hashable, Sendable, CaseIterable {
    /// Black: raw pixels of value 0, which normalisation then maps like any other pixel.
    case zero
    /// The image mirrored at its border without repeating the border's pixels.
    case reflect
    /// The border's pixels, repeated.
    case edge
    /// The image once more from its other side.
    case wrap

    /// The place inside of an image that is shown at a place anywhere along its axis.
    ///
    /// - Parameters:
    ///   - place: The place, also before 0 or behind the end.
    ///   - count: The places along the axis, at least 1.
    /// - Returns: A place in `0 ..< count`, or nil for black.
    @inline(__always)
    func source(of place: Int, count: Int) -> Int? {
        if place >= 0 && place < count { return place }
        switch self {
        case .zero: return nil
        case .edge: return place < 0 ? 0 : count - 1
        case .wrap: return positiveRemainder(place, count)
        case .reflect:
            let period = max(1, 2 * (count - 1))
            let remainder = positiveRemainder(place, period)
            return remainder < count ? remainder : period - remainder
        }
    }

    @inline(__always)
    private func positiveRemainder(_ place: Int, _ period: Int) -> Int {
        let remainder = place % period
        return remainder < 0 ? remainder + period : remainder
    }
}
