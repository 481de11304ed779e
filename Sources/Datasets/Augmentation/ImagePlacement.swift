/// Where each pixel of the result is taken from, while the geometric operations are decided one
/// after the other; the pixels themselves are moved once, at the end.
///
/// If all operations move whole pixels, the placement is a list of stored rows and one of stored
/// columns, and the result has the stored pixels. Else it is one affine map, along which the image
/// is resampled.
public struct ImagePlacement {
    /// What is shown where an operation looks beyond the border.
    let fill: Fill
    /// Whether all operations move whole pixels.
    let keepsPixels: Bool
    /// For each row of the result the stored row, where pixels are kept.
    private(set) var rows: AxisMap
    /// For each column of the result the stored column, where pixels are kept.
    private(set) var columns: AxisMap
    /// Where points of the result come from, where pixels are not kept.
    private(set) var map = AffineMap.identity

    /// Columns of the image.
    public let width: Int
    /// Rows of the image.
    public let height: Int

    /// Allocates the lists; `deallocate` gives the memory back.
    init(format: ImageFormat, fill: Fill, keepsPixels: Bool) {
        self.fill = fill
        self.keepsPixels = keepsPixels
        (width, height) = (format.width, format.height)
        rows = AxisMap(count: height)
        columns = AxisMap(count: width)
    }

    func deallocate() {
        rows.deallocate()
        columns.deallocate()
    }

    /// Begins with the next image: every pixel at its place.
    mutating func reset() {
        if keepsPixels {
            rows.reset()
            columns.reset()
        } else {
            map = .identity
        }
    }

    /// Mirrors the image, left to right.
    public mutating func reverseColumns() {
        if keepsPixels {
            columns.reverse()
        } else {
            map = AffineMap.scaling(across: -1, down: 1).following(map)
        }
    }

    /// Mirrors the image, top to bottom.
    public mutating func reverseRows() {
        if keepsPixels {
            rows.reverse()
        } else {
            map = AffineMap.scaling(across: 1, down: -1).following(map)
        }
    }

    /// Moves the window that is seen, by whole pixels.
    ///
    /// - Parameters:
    ///   - right: Columns to the right.
    ///   - down: Rows down.
    public mutating func moveWindow(right: Int, down: Int) {
        if keepsPixels {
            rows.move(by: down, fill: fill)
            columns.move(by: right, fill: fill)
        } else {
            map = AffineMap.translation(right: -Double(right), down: -Double(down)).following(map)
        }
    }

    /// Transforms the image; only for operations that do not keep pixels.
    ///
    /// - Parameter next: Where points after the operation come from.
    public mutating func transform(_ next: AffineMap) {
        precondition(!keepsPixels, "an operation that resamples says that it keeps pixels")
        map = next.following(map)
    }
}
