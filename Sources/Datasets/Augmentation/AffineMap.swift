import Foundation

/// Where in the image before an operation a point of the image after it comes from.
///
/// Points are pixels right of (x) and below (y) the image's centre. A point (x, y) comes from
/// (xx·x + xy·y + x0, yx·x + yy·y + y0).
public struct AffineMap: Hashable, Sendable {
    private(set) var xx = 1.0
    private(set) var xy = 0.0
    private(set) var x0 = 0.0
    private(set) var yx = 0.0
    private(set) var yy = 1.0
    private(set) var y0 = 0.0

    /// Every point comes from itself.
    public static let identity = AffineMap()

    /// The image turned about its centre.
    ///
    /// - Parameter degrees: The angle, counter-clockwise.
    /// - Returns: The map.
    public static func rotation(degrees: Double) -> AffineMap {
        let angle = degrees * .pi / 180
        return AffineMap(xx: cos(angle), xy: -sin(angle), yx: sin(angle), yy: cos(angle))
    }

    /// The image moved.
    ///
    /// - Parameters:
    ///   - right: Pixels to the right.
    ///   - down: Pixels down.
    /// - Returns: The map.
    public static func translation(right: Double, down: Double) -> AffineMap {
        AffineMap(x0: -right, y0: -down)
    }

    /// The image enlarged about its centre.
    ///
    /// - Parameters:
    ///   - across: The factor of widths, negative for a mirrored image, not 0.
    ///   - down: The factor of heights.
    /// - Returns: The map.
    public static func scaling(across: Double, down: Double) -> AffineMap {
        AffineMap(xx: 1 / across, yy: 1 / down)
    }

    /// The image with its rows moved in proportion to their distance from the centre's.
    ///
    /// - Parameter degrees: By how much columns lean, the upper end to the right; less than 90.
    /// - Returns: The map.
    public static func shear(degrees: Double) -> AffineMap {
        AffineMap(xy: tan(degrees * .pi / 180))
    }

    /// Both operations, this one made after another.
    ///
    /// - Parameter first: The map of the operation that was made first.
    /// - Returns: Where a point after both comes from in the image before both.
    public func following(_ first: AffineMap) -> AffineMap {
        AffineMap(
            xx: first.xx * xx + first.xy * yx, xy: first.xx * xy + first.xy * yy,
            x0: first.xx * x0 + first.xy * y0 + first.x0,
            yx: first.yx * xx + first.yy * yx, yy: first.yx * xy + first.yy * yy,
            y0: first.yx * x0 + first.yy * y0 + first.y0)
    }
}
