import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func transformOutput(
        _ planes: UnsafePointer<Float>, planeStride: Int, panelStride: Int, channels: Int,
        bias: UnsafePointer<Float>?, into pixels: UnsafeMutablePointer<Float>, rowStride: Int,
        rows: Int, columns: Int
    ) {
        let source = UnsafeMutablePointer(mutating: planes)
        let tile = OutputTile(
            pixels: pixels, rowStride: rowStride, channels: channels, rows: rows, columns: columns)
        forEachTileVector(of: channels, panelStride: panelStride) { access, channel, offset in
            transformOutput(
                access, Planes(base: source + offset, stride: planeStride), bias, tile, channel)
        } part: { access, channel, offset in
            transformOutput(
                access, Planes(base: source + offset, stride: planeStride), bias, tile, channel)
        }
    }

    @inline(__always)
    private static func transformOutput<Access: LaneAccess>(
        _ access: Access, _ planes: Planes, _ bias: UnsafePointer<Float>?, _ tile: OutputTile,
        _ start: Int
    ) {
        @inline(__always)
        func column(_ number: Int) -> Four {
            outputTransform(planes.column(access, number))
        }
        let shift = bias.map { access.load($0 + start) } ?? TileVector()
        @inline(__always)
        func put(_ row: Int, _ values: Six) {
            guard row < tile.rows else { return }
            let y = outputTransform(values)
            let target = tile.pixels + row &* tile.rowStride + start
            access.store(y.0 + shift, target)
            if tile.columns > 1 {
                access.store(y.1 + shift, target + tile.channels)
            }
            if tile.columns > 2 {
                access.store(y.2 + shift, target + 2 &* tile.channels)
            }
            if tile.columns > 3 {
                access.store(y.3 + shift, target + 3 &* tile.channels)
            }
        }
        let c = (column(0), column(1), column(2), column(3), column(4), column(5))
        put(0, (c.0.0, c.1.0, c.2.0, c.3.0, c.4.0, c.5.0))
        put(1, (c.0.1, c.1.1, c.2.1, c.3.1, c.4.1, c.5.1))
        put(2, (c.0.2, c.1.2, c.2.2, c.3.2, c.4.2, c.5.2))
        put(3, (c.0.3, c.1.3, c.2.3, c.3.3, c.4.3, c.5.3))
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func transformOutputGradient(
        _ pixels: UnsafePointer<Float>, rowStride: Int, rows: Int, columns: Int, channels: Int,
        into planes: UnsafeMutablePointer<Float>, planeStride: Int, panelStride: Int
    ) {
        let tile = OutputTile(
            pixels: UnsafeMutablePointer(mutating: pixels), rowStride: rowStride,
            channels: channels, rows: rows, columns: columns)
        forEachTileVector(of: channels, panelStride: panelStride) { access, channel, offset in
            transformOutputGradient(
                access, tile, Planes(base: planes + offset, stride: planeStride), channel)
        } part: { access, channel, offset in
            transformOutputGradient(
                access, tile, Planes(base: planes + offset, stride: planeStride), channel)
        }
    }

    @inline(__always)
    private static func transformOutputGradient<Access: LaneAccess>(
        _ access: Access, _ tile: OutputTile, _ planes: Planes, _ start: Int
    ) {
        @inline(__always)
        func pixel(_ row: Int, _ column: Int) -> TileVector {
            guard row < tile.rows && column < tile.columns else { return TileVector() }
            return access.load(
                tile.pixels + row &* tile.rowStride + column &* tile.channels + start)
        }
        @inline(__always)
        func column(_ number: Int) -> Six {
            outputGradientTransform(
                (pixel(0, number), pixel(1, number), pixel(2, number), pixel(3, number)))
        }
        let c = (column(0), column(1), column(2), column(3))
        @inline(__always)
        func put(_ row: Int, _ values: Four) {
            planes.store(access, outputGradientTransform(values), row: row)
        }
        put(0, (c.0.0, c.1.0, c.2.0, c.3.0))
        put(1, (c.0.1, c.1.1, c.2.1, c.3.1))
        put(2, (c.0.2, c.1.2, c.2.2, c.3.2))
        put(3, (c.0.3, c.1.3, c.2.3, c.3.3))
        put(4, (c.0.4, c.1.4, c.2.4, c.3.4))
        put(5, (c.0.5, c.1.5, c.2.5, c.3.5))
    }
}

/// The part of a tile that lies in the output.
private struct OutputTile {
    let pixels: UnsafeMutablePointer<Float>
    let rowStride: Int
    let channels: Int
    let rows: Int
    let columns: Int
}
